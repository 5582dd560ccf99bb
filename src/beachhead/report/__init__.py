"""What the user sees of a plan: words, tables, terminal, JSON, the report and its folder."""
