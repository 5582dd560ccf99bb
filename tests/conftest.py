"""What every test may rely on: a home of its own, the snapshot, no deadlines."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# No deadline: a cold file system is slow, and no test is timed. The same examples each time where nobody watches.
settings.register_profile("beachhead", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("beachhead")


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory):
    """No test sees or touches the evidence that the person at this machine has added."""
    before = os.environ.get("BEACHHEAD_HOME")
    os.environ["BEACHHEAD_HOME"] = str(tmp_path_factory.mktemp("beachhead-home"))
    yield
    os.environ.pop("BEACHHEAD_HOME")
    if before is not None:
        os.environ["BEACHHEAD_HOME"] = before


@pytest.fixture(scope="session")
def evidence(_own_home):
    """The packaged snapshot."""
    from cases import evidence_for

    return evidence_for()
