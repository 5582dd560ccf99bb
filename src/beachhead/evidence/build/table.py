"""What a table builder is: a name, the sources it draws on and a function from the raw files to rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from beachhead.errors import bad
from beachhead.evidence.catalogue import Catalogue, load_catalogue

HERE: Final = Path(__file__).parent  # the tables that only the build needs lie beside its code


@dataclass(frozen=True, slots=True)
class Raw:
    """The folder of raw files (layout of ``data/README.md``) and the catalogue.

    ``memo`` keeps what several builders share (such as the panel) while one snapshot is built.
    """

    path: Path
    catalogue: Catalogue = field(default_factory=load_catalogue)
    memo: dict[str, Any] = field(default_factory=dict)

    def file(self, name: str) -> Path:
        """Path of a raw file, such as ``country/wgi/wgidataset.csv``; an error names it if it is missing."""
        path = self.path / name
        if not path.is_file():
            remedy = "this raw file is missing; give the folder that holds country/ and trade/"
            raise bad("RAW_DIR", name, remedy, where=str(self.path))
        return path

    def __truediv__(self, name: str | Path) -> Path:
        """``raw / "country/wgi/wgidataset.csv"``: the same as :meth:`file`."""
        return self.file(str(name))

    def share(self, name: str, make: Callable[[Raw], Any]) -> Any:
        """The result of ``make``, computed once per build under ``name``."""
        if name not in self.memo:
            self.memo[name] = make(self)
        return self.memo[name]


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table of the snapshot. ``sources``: ids in ``sources.csv``. ``build``: from raw files to rows.

    Before it is written, it is sorted by the columns of ``order``, then by all others from left to right.
    """

    name: str
    sources: tuple[str, ...]
    build: Callable[[Raw], pa.Table]
    order: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """Name of its file in the snapshot."""
        return f"{self.name}.parquet"


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A file of the snapshot that is no table, such as the map. ``name`` has its ending; ``build`` gives bytes."""

    name: str
    sources: tuple[str, ...]
    build: Callable[[Raw], bytes]

    @property
    def file_name(self) -> str:
        """Name of its file in the snapshot."""
        return self.name


Spec = TableSpec | FileSpec


def check_sources(spec: Spec, catalogue: Catalogue) -> None:
    """Refuse a table whose source or licence is not stated."""
    unknown = [s for s in spec.sources if s not in catalogue.sources]
    if unknown or not spec.sources:
        raise bad(f"{spec.name}.sources", ", ".join(unknown), "add the source and its licence to sources.csv")
