"""A tournament of ways of deciding: the same simulated worlds, budgets and luck for every policy."""
