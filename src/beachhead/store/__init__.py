"""Workspaces on disk: the journal of a firm, its held assumptions and its plans."""
