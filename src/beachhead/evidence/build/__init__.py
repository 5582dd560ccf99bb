"""Build the snapshot from raw files: each module here states its tables, one function runs them all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from beachhead.evidence.build import (
    anchors,
    codes,
    dynamics,
    goods,
    money,
    pairs,
    panel,
    people,
    resolve,
    services,
    world,
)
from beachhead.evidence.build.snapshot import Manifest, Progress, silent, write_snapshot
from beachhead.evidence.build.table import Raw, Spec

TABLES: Final[tuple[Spec, ...]] = (
    *panel.TABLES,
    *resolve.TABLES,
    *anchors.TABLES,
    *money.TABLES,
    *people.TABLES,
    *pairs.TABLES,
    *goods.TABLES,
    *services.TABLES,
    *dynamics.TABLES,
    *codes.TABLES,
    *world.TABLES,
)


def build_snapshot(raw: Path, out: Path, *, progress: Progress = silent, only: Iterable[str] | None = None) -> Manifest:
    """Build the snapshot in ``out`` from the folder ``raw`` that holds ``country/`` and ``trade/``.

    ``progress`` is called with the table's name, its place and the number of tables. ``only``: names of tables to
    build anew; the others stay as they are. Returns the manifest.
    """
    return write_snapshot(TABLES, Raw(raw), out, progress=progress, only=only)
