"""The small world as a fixture."""

from __future__ import annotations

import pytest
from small_world import World


@pytest.fixture
def world() -> World:
    return World()
