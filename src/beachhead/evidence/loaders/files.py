"""Open what the user names: a file, a compressed file, an archive or a folder, as named streams of bytes."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from beachhead.errors import bad

TEXT = {".csv", ".txt", ".tsv"}
PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One file: its name, its size when unpacked (compressed size where unknown) and how to open it."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


def members(path: Path) -> list[Member]:
    """The text files that ``path`` holds, in the order of their names; at least one."""
    if not path.exists():
        raise bad("file", str(path), "there is no such file")
    with readable(str(path)):
        found = list(_members(path))
    if not found:
        raise bad("file", str(path), "holds no .csv, .tsv, .txt, .csv.gz or .parquet file")
    return found


def _members(path: Path) -> Iterator[Member]:
    if path.is_dir():
        for child in sorted(path.iterdir()):
            if child.is_file() and (child.suffix.lower() in TEXT or child.suffix.lower() in {".gz", ".zip"}):
                yield from _members(child)
    elif path.suffix.lower() == ".zip" or zipfile.is_zipfile(path):
        yield from _zipped(path)
    elif path.suffix.lower() == ".gz":
        yield Member(path.stem, path.stat().st_size, lambda: _unpacked(path))
    else:
        yield Member(path.name, path.stat().st_size, lambda: path.open("rb"))


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Turn what goes wrong while a file is read into a fault that names it."""
    from pyarrow import ArrowException

    try:
        yield
    except (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, ArrowException) as error:
        raise bad("file", name, "is damaged; download or save it again") from error
    except OSError as error:
        raise bad("file", name, f"cannot be read: {error.strerror or error}") from error


def _unpacked(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path))


def _zipped(path: Path) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise bad("file", str(path), "is not a whole zip archive; download it again") from error
    for info in sorted(archive.infolist(), key=lambda one: one.filename):
        if info.flag_bits & 1:
            raise bad("file", str(path), "is encrypted; unpack it first")
        if Path(info.filename).suffix.lower() in TEXT and not info.is_dir():
            yield Member(Path(info.filename).name, info.file_size, _opener(archive, info))


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(info)


def is_parquet(path: Path) -> bool:
    """Whether a file starts as Parquet does, whatever its name."""
    if not path.is_file():
        return False
    with readable(str(path)), path.open("rb") as stream:
        return stream.read(4) == b"PAR1"


def sha256(path: Path) -> str:
    """Checksum of a file; of a folder that of its files, by name."""
    digest = hashlib.sha256()
    with readable(str(path)):
        for one in sorted(path.iterdir()) if path.is_dir() else [path]:
            if one.is_file():
                digest.update(one.name.encode() if path.is_dir() else b"")
                _feed(digest.update, one)
    return digest.hexdigest()


def _feed(update: Callable[[bytes], None], path: Path) -> None:
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            update(piece)
