"""Write ``DATA_LICENSES.md`` from the manifest and the catalogue: ``python -m beachhead.evidence.build.licences``.

One section for each file of the snapshot, one for each source, and the notices that a licence asks us to pass on.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from beachhead.evidence.catalogue import FOLDER, Catalogue, load_catalogue
from beachhead.evidence.model import Source

PACKAGE: Final = FOLDER.parents[1]
MANIFEST: Final = FOLDER.parent / "snapshot" / "manifest.json"
TARGET: Final = PACKAGE.parents[1] / "DATA_LICENSES.md"
HEAD: Final = """# Licences of the data

The code is under the Apache License 2.0. The facts in the snapshot (`src/beachhead/evidence/snapshot/`) belong to those
who publish them. This page is made from the catalogue and the manifest; `python -m beachhead.evidence.build.licences`
writes it anew.
"""


def file_section(name: str, entry: dict[str, Any], catalogue: Catalogue) -> str:
    """What a file holds and whose it is."""
    years = f", {entry['years'][0]}–{entry['years'][1]}" if entry["years"] else ""
    rows = f"{entry['rows']:,} rows{years}" if entry["rows"] else "no table"
    lines = [f"### {name if '.' in name else name + '.parquet'}", "", rows, ""]
    for source in entry["sources"]:
        about = catalogue.sources[source]
        lines.append(f"* [{about.name}](#{source}) – {about.publisher}; {about.licence}")
    return "\n".join(lines) + "\n"


def source_section(source: Source) -> str:
    """A source, how to cite it and under which terms it may be used."""
    where = f"<{source.url}>  \n" if source.url else ""
    terms = f"[{source.licence}]({source.licence_url})" if source.licence_url else source.licence
    return (
        f'### <a id="{source.id}"></a>{source.name}\n\n{source.publisher}. Licence: {terms}. '
        f"Vintage: {source.vintage}.  \n{where}{source.citation}  \n{source.notes}\n"
    )


def notices(sources: set[str]) -> list[str]:
    """The texts that must accompany some sources' data, word for word."""
    files = sorted((FOLDER / "notices").glob("*.txt"))
    return [
        f"### {f.stem}\n\n```text\n{f.read_text(encoding='utf-8').strip()}\n```\n" for f in files if f.stem in sources
    ]


def page(manifest: dict[str, Any], catalogue: Catalogue) -> str:
    """The whole page."""
    tables = manifest["tables"]
    used = {source for entry in tables.values() for source in entry["sources"]}
    parts = [
        HEAD,
        "## Files\n",
        *(file_section(name, entry, catalogue) for name, entry in tables.items()),
        "## Sources\n",
        *(source_section(about) for name, about in catalogue.sources.items() if name in used),
        "## Notices\n",
        *notices(used),
    ]
    return "\n".join(parts)


def write(manifest: Path = MANIFEST, target: Path = TARGET) -> None:
    """Write the page for the snapshot in the package."""
    text = page(json.loads(manifest.read_text(encoding="utf-8")), load_catalogue())
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
