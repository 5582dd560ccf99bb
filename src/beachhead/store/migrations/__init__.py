"""How the tables of a workspace came to be, step by step; run by :mod:`beachhead.store.schema`."""
