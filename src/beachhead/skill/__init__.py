"""How good we are: back-tests of choosing markets on real trade, and a tournament of ways of deciding."""
