"""Write a plan's folder all at once or not at all, and never over something else's files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from beachhead.errors import bad

MARKER = ".beachhead-plan"  # a folder that holds this file was made here and may be replaced


def check(folder: Path) -> None:
    """Raise InputError if ``folder`` may not be written: before any work is done."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise bad("--out", str(folder), "this is not a folder; choose another name")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise bad("--out", str(folder), "this folder holds other files; choose a new or empty one")
    parent = folder.resolve().parent
    if not parent.is_dir():
        raise bad("--out", str(folder), f"there is no folder {parent}; make it first")
    if not os.access(parent, os.W_OK):
        raise bad("--out", str(folder), f"{parent} cannot be written to; choose another place")


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write ``files`` (path inside the folder -> text) to a new folder, then put it in the place of the old one."""
    check(folder)
    place = folder.resolve()
    with tempfile.TemporaryDirectory(prefix=f".{place.name}-", dir=place.parent) as work:
        fresh, old = Path(work) / "new", Path(work) / "old"
        fresh.mkdir()
        for name, text in {**files, MARKER: "made by beachhead plan\n"}.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_text(text, encoding="utf-8", newline="\n")
        _swap(fresh, place, old)


def _swap(fresh: Path, place: Path, old: Path) -> None:
    """Move the old folder aside, the new one in; put the old one back if that fails."""
    if place.exists():
        place.rename(old)
    try:
        fresh.rename(place)
    except BaseException:
        if old.exists():
            shutil.rmtree(place, ignore_errors=True)
            old.rename(place)
        raise
