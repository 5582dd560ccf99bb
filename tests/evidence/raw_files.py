"""Where the raw files are, for the tests that build the snapshot anew; without them those tests are skipped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

RAW = Path(os.environ.get("BEACHHEAD_RAW", Path(__file__).parents[3] / "shared" / "data"))
needs_raw = pytest.mark.skipif(
    not (RAW / "country").is_dir(), reason="raw files absent: set BEACHHEAD_RAW to their folder"
)
