"""What is shipped: the wheel holds all that the program needs and works on its own; the files name no private place."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "india_bentonite.toml"
LIMIT_MB = 45
# written in halves, so that this file does not name them
PRIVATE = ["python" + "hosted", "pypi.org" + "/simple", "registry." + "npmjs", "/wo" + "rk/", "/ro" + "ot/"]
SCRATCH = "/t" + "mp/"


def tracked() -> list[Path]:
    """Files under version control; without git, all that a build would take."""
    done = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True)
    if done.returncode:
        return [p for p in (ROOT / "src").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return [path for name in done.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_wheel_holds_every_file_of_the_package_and_the_licences(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    source = ROOT / "src"
    wanted = {str(p.relative_to(source)) for p in tracked() if p.is_relative_to(source)}
    assert wanted <= names, sorted(wanted - names)
    endings = {Path(name).suffix for name in names}
    assert {".parquet", ".json", ".csv", ".sql", ".j2", ".css", ".js"} <= endings
    assert {"LICENSE", "DATA_LICENSES.md"} <= {Path(n).name for n in names if ".dist-info/licenses/" in n}


def test_wheel_is_small_enough(wheel: Path) -> None:
    assert wheel.stat().st_size <= LIMIT_MB * 1e6


def test_wheel_works_on_its_own(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = "import sys; sys.path.insert(0, sys.argv[1]); from beachhead.cli import main; main(sys.argv[2:])"
    arguments = ["markets", str(EXAMPLE), "--limit", "1", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(json.loads(done.stdout)["markets"]) == 1


def test_snapshot_is_what_its_manifest_says(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        folder = "beachhead/evidence/snapshot/"
        tables = json.loads(archive.read(f"{folder}manifest.json"))["tables"]
        there = {name for name in archive.namelist() if name.startswith(folder) and not name.endswith("manifest.json")}
    assert {Path(name).name.removesuffix(".parquet") for name in there} == set(tables)
    assert sum(table["bytes"] for table in tables.values()) <= LIMIT_MB * 1e6


def test_no_file_names_a_private_place_or_a_registry() -> None:
    found = []
    for path in tracked():
        if path.suffix in {".parquet", ".png"} or path.name == "LICENSE":
            continue
        words = [*PRIVATE, *([] if path.is_relative_to(ROOT / "tests") else [SCRATCH])]
        content = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in words if word in content]
    assert found == []


def test_licence_is_the_whole_apache_licence() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in text and "END OF TERMS AND CONDITIONS" in text
