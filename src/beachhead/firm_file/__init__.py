"""The firm file: reading ``firm.toml`` with all faults at once, and writing one that explains itself."""

from __future__ import annotations

from beachhead.firm_file.read import Checked, check_draft, read_firm
from beachhead.firm_file.source import read_tables
from beachhead.firm_file.write import firm_text, write_firm

__all__ = ["Checked", "check_draft", "firm_text", "read_firm", "read_tables", "write_firm"]
