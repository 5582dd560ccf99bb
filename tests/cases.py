"""The example firms with their evidence and selections, each made once; where the raw files lie, if they do."""

from __future__ import annotations

import os
from copy import copy
from functools import cache
from pathlib import Path

from beachhead import load_evidence, load_firm, select_markets

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
RAW = Path(os.environ.get("BEACHHEAD_RAW", ROOT.parent / "shared" / "data"))


@cache
def evidence_for(files=()):
    """The snapshot with these files laid over it."""
    return load_evidence(user=files)


@cache
def example(name):
    """An example firm, its evidence and its selection."""
    firm = load_firm(EXAMPLES / f"{name}.toml")
    evidence = evidence_for(firm.evidence)
    return firm, evidence, select_markets(firm, evidence)


def with_facts(evidence, facts):
    """The same evidence with other country-wide facts."""
    other = copy(evidence)
    other._facts = facts
    return other
