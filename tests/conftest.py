"""What the whole suite shares: the snapshot, the example firms, and their selections, each made once."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from beachhead import load_evidence, load_firm, select_markets

settings.register_profile("beachhead", deadline=None)  # a cold file system is slow, and no test is timed
settings.load_profile("beachhead")

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
RAW = Path(os.environ.get("BEACHHEAD_RAW", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory):
    """No test sees or touches the evidence that the person at this machine has added."""
    before = os.environ.get("BEACHHEAD_HOME")
    os.environ["BEACHHEAD_HOME"] = str(tmp_path_factory.mktemp("beachhead-home"))
    yield
    os.environ.pop("BEACHHEAD_HOME")
    if before is not None:
        os.environ["BEACHHEAD_HOME"] = before


@cache
def evidence_for(files=()):
    return load_evidence(user=files)


@cache
def example(name):
    """An example firm, its evidence and its selection."""
    firm = load_firm(EXAMPLES / f"{name}.toml")
    evidence = evidence_for(firm.evidence)
    return firm, evidence, select_markets(firm, evidence)


@pytest.fixture(scope="session")
def evidence(_own_home):
    return evidence_for()


@pytest.fixture(scope="session")
def app_firm(_own_home):
    return example("india_mobile_app")
