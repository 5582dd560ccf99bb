"""Make ``catalogue/languages.csv``: ``python -m beachhead.evidence.build.languages``. Needs babel.

English names of languages by BCP 47 code, from CLDR.
"""

from __future__ import annotations

import csv
from pathlib import Path

from beachhead.evidence.catalogue import FOLDER


def languages() -> dict[str, str]:
    """English name by code of every language that CLDR names, in the order of codes."""
    from babel import Locale

    return {str(code): str(name) for code, name in sorted(Locale("en").languages.items())}


def write(names: dict[str, str], path: Path) -> None:
    """Write the table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "name"))
        writer.writerows(names.items())


if __name__ == "__main__":
    write(languages(), FOLDER / "languages.csv")
