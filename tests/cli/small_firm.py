"""A firm whose plan is found in a moment: an example with few candidates and few quarters, in a folder of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from cases import EXAMPLES

from beachhead import load_firm
from beachhead.firm import Firm
from beachhead.firm_file import firm_text

DEMAND = "portugal_footwear_demand.csv"


def small_firm(folder: Path, name: str = "firm.toml", **changes) -> Path:
    """Write the firm file, with its evidence beside it; ``changes`` are sections, laid over those of the example."""
    shutil.copy(EXAMPLES / DEMAND, folder / DEMAND)
    firm = load_firm(EXAMPLES / "portugal_footwear.toml").model_dump()
    firm |= {"evidence": (Path(DEMAND),), "pace": {"candidates": 5, "quarters": 8}}
    for section, values in changes.items():
        firm[section] = firm[section] | values if isinstance(values, dict) else values
    path = folder / name
    path.write_text(firm_text(Firm.model_validate(firm)), encoding="utf-8")
    return path
