"""Write a plan's folder file by file, each whole or not at all, and never over something else's files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from beachhead.errors import InputError, bad

MARKER = ".beachhead-plan"  # a folder that holds this file was made here; it names the files that we wrote
HEADING = "made by beachhead plan"  # first line of the marker
FIRST_MADE = ("report.html", "result.json", "shortlist.csv", "markets.csv")  # by versions whose marker had no list


def check(folder: Path) -> None:
    """Raise InputError if ``folder`` may not be written: before any work is done."""
    try:
        fault = _fault(folder)
    except OSError as error:
        raise _unwritable(folder, error) from None
    if fault:
        raise bad("--out", str(folder), fault)


def _fault(folder: Path) -> str:
    """What is wrong with the place; empty if nothing."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        return "this is not a folder; choose another name"
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        return "this folder holds other files; choose a new or empty one"
    parent = folder.resolve().parent
    if not parent.is_dir():
        return f"there is no folder {parent}; make it first"
    return _trial(folder if folder.is_dir() else parent)


def _trial(place: Path) -> str:
    """Whether a folder can be made in ``place``: only trying tells, for some file systems promise more than they do."""
    try:
        Path(tempfile.mkdtemp(prefix=".beachhead-", dir=place)).rmdir()
    except OSError:
        return f"{place} cannot be written to; choose another place"
    return ""


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write ``files`` (path inside the folder -> text) and take away what an earlier plan left there.

    All texts are first written beside the old ones, so that a full disk costs nothing; then each is moved into its
    place. Files that are not ours stay as they are; one that stands where ours would go is a fault.
    """
    check(folder)
    try:
        _replace(folder, files)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _replace(folder: Path, files: Mapping[str, str]) -> None:
    ours = written_before(folder)
    _refuse_foreign(folder, set(files) - ours)
    new = not folder.exists()
    folder.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".beachhead-", dir=folder) as work:
            fresh = Path(work)
            _write_all(fresh, {**files, MARKER: _marker(ours | set(files))})
            (fresh / MARKER).replace(folder / MARKER)  # first: what follows is ours whatever happens
            _move_all(fresh, folder, files)
            _remove(folder, ours - set(files))
            _write_all(fresh, {MARKER: _marker(files)})
            (fresh / MARKER).replace(folder / MARKER)
    except BaseException:
        if new and not any(folder.iterdir()):
            folder.rmdir()
        raise


def _write_all(place: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8", newline="\n")


def _move_all(fresh: Path, folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).replace(folder / name)


def _marker(names: Iterable[str]) -> str:
    return "\n".join([HEADING, *sorted(names)]) + "\n"


def written_before(folder: Path) -> set[str]:
    """Files in ``folder`` that an earlier plan wrote, by its marker; no name can lead out of the folder."""
    marker = folder / MARKER
    if not marker.is_file():
        return set()
    listed = marker.read_text(encoding="utf-8", errors="replace").splitlines()[1:]
    if not listed:
        charts = {f"charts/{path.name}" for path in (folder / "charts").glob("*.svg")}
        return charts | {name for name in FIRST_MADE if (folder / name).is_file()}
    paths = [PurePosixPath(name) for name in listed if name]
    return {str(path) for path in paths if not path.is_absolute() and ".." not in path.parts}


def _refuse_foreign(folder: Path, names: Iterable[str]) -> None:
    """Raise InputError if something that is not ours stands where one of ours would go."""
    for name in sorted(names):
        inner = [folder / parent for parent in PurePosixPath(name).parents if parent.name]
        blocked = [path for path in inner if path.is_symlink() or path.is_file()]
        if os.path.lexists(folder / name) or blocked:
            raise bad("--out", str(folder), f"{name} in it is not ours to replace; move it or choose another folder")


def _remove(folder: Path, names: Iterable[str]) -> None:
    """Take our own old files away, and the folders that held nothing else."""
    for name in names:
        (folder / name).unlink(missing_ok=True)
        for parent in (folder / name).parents:
            if parent == folder or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()


def _unwritable(folder: Path, error: OSError) -> InputError:
    return bad("--out", str(folder), f"cannot be written ({error.strerror or error}); choose another place")
