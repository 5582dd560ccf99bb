"""Malformed firm files through the real command: one clear message, exit code 2, nothing written, no traceback."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from beachhead.cli import main
from beachhead.firm import Firm
from beachhead.firm_file import firm_text

SOUND = firm_text(
    Firm.model_validate(
        {
            "name": "Firm",
            "home": "IND",
            "sector": "services",
            "sells": [{"code": "icio:M"}],
            "sales": {"home_usd": 1000},
            "capacity": {"team": 3},
            "cash": {"available_usd": 900},
        }
    )
)


def changed(old: str, new: str) -> bytes:
    """The sound file with one line replaced."""
    assert old in SOUND
    return SOUND.replace(old, new, 1).encode()


# Content of the file → words that the message must hold.
CONTENTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "only blank lines": (b"\n \n\t\n", "is empty"),
    "only comments": (b"# name = 'x'\n", "is empty"),
    "NUL bytes": (b'name = "a\x00b"\n', "not a text file"),
    "binary": (bytes(range(256)), "not a text file"),
    "zip or spreadsheet": (b"PK\x03\x04\x00\x00" * 20, "not a text file"),
    "UTF-16": ('name = "x"\n'.encode("utf-16"), "UTF-16"),
    "Latin-1": ('name = "Calçado"\n'.encode("latin-1"), "line 1: holds a byte (0xe7) that is not UTF-8"),
    "YAML": (b"name: Firm\nhome: IND\nsells:\n  - code: hs:64\n", "looks like YAML"),
    "YAML with a marker": (b"---\nname: Firm\n", "looks like YAML"),
    "JSON": (b'{"name": "Firm", "home": "IND"}\n', "looks like JSON"),
    "JSON, broken": (b'{"name": "Firm", \n', "looks like JSON"),
    "CSV": (b"name,home,sector\nFirm,IND,services\n", "looks like CSV"),
    "CSV with formulas": (b"name,home\n=cmd|' /C calc'!A0,=HYPERLINK(\"http://x\")\n", "looks like CSV"),
    "HTML": (b"<!doctype html><title>Not found</title>", "looks like HTML"),
    "plain prose": (b"We are a small firm and we sell shoes\n", "line 1, column 4"),
    "text without closing quote": (changed('name = "Firm"', 'name = "Firm'), "quote"),
    "value missing": (changed('name = "Firm"', "name ="), "value is missing"),
    "bare text": (changed('name = "Firm"', "name = Firm"), '"quotes"'),
    "thousands with commas": (changed("home_usd = 1000", "home_usd = 1,000"), "1_000"),
    "field twice": (b'name = "a"\nname = "b"\n', "given twice"),
    "section twice": (SOUND.encode() + b"[sales]\nhome_usd = 1\n", "given twice"),
    "list not closed": (b'languages = ["en", "fr"\nname = "x"\n', "list must end with ]"),
    "section not closed": (b"[sales\nhome_usd = 1\n", "[name]"),
    "arrays 100,000 deep": (b"x = " + b"[" * 100_000 + b"]" * 100_000, "too deep"),
    "tables 10,000 deep": (b"[" + b".".join([b"a"] * 10_000) + b"]\n", "deep"),
    "inline tables 100,000 deep": (b"a = " + b"{a=" * 100_000, "deep"),
    "an integer of 10,000 digits": (changed("home_usd = 1000", "home_usd = " + "9" * 10_000), "too many digits"),
    "a hexadecimal beyond every float": (changed("home_usd = 1000", "home_usd = 0x" + "f" * 5_000), "sales.home_usd"),
    "a line of 900,000 characters": (changed('name = "Firm"', 'name = "' + "x" * 900_000 + '"'), "longer than 200"),
    "10,000 unknown fields": (b"".join(b"a%d=1\n" % i for i in range(10_000)), "10007 faults"),
    "a name of 500,000 characters": (b"a" * 500_000 + b" = 1\n", "not a field here"),
    "a criterion of 500,000 characters": (SOUND.encode() + b"[weights.points]\n" + b"a" * 500_000 + b"=1\n", "longer"),
    "line breaks that forge a message": (changed('home = "IND"', 'home = "x\\nError: y"'), '"x\\nError'),
    "NaN": (changed("home_usd = 1000", "home_usd = nan"), "ordinary number"),
    "infinity": (changed("home_usd = 1000", "home_usd = -inf"), "ordinary number"),
    "negative cash": (changed("available_usd = 900", "available_usd = -900"), "0 or more"),
    "floor above cash": (changed("floor_usd = 0", "floor_usd = 901"), "above cash.available_usd"),
    "number in quotes": (changed("home_usd = 1000", 'home_usd = "1000"'), "without quotes"),
    "true for a number": (changed("home_usd = 1000", "home_usd = true"), "number"),
    "a date for a quarter": (SOUND.encode() + b'[[presence]]\ncountry = "USA"\nsince = 2024-04-01\n', "quotes"),
    "list for text": (changed('name = "Firm"', 'name = ["Firm"]'), "text in"),
    "unknown country": (changed('home = "IND"', 'home = "QQQ"'), "three-letter country code"),
    "two-letter country": (changed('home = "IND"', 'home = "DE"'), '"DEU" for Germany'),
    "country by name": (changed('home = "IND"', 'home = "United Kingdom"'), '"GBR"'),
    "unknown sector": (changed('sector = "services"', 'sector = "service"'), 'did you mean "services"'),
    "unknown product": (changed('code = "icio:M"', 'code = "hs:770000"'), "products search"),
    "product in words": (changed('code = "icio:M"', 'code = "coffee"'), "hs:0901"),
    "product without its scheme": (changed('code = "icio:M"', 'code = "250810"'), 'write "hs:250810"'),
    "ICIO without its scheme": (changed('code = "icio:M"', 'code = "m"'), 'write "icio:M"'),
    "country without evidence": (changed('home = "IND"', 'home = "ATA"'), "not among the 217 economies"),
    "margin in per cent": (changed("gross_margin = 0.4", "gross_margin = 40"), "write 0.4 for 40 %"),
    "growth in per cent": (changed("growth = 0", "growth = 28"), "write 0.28 for 28 %"),
    "misspelt field": (changed("home_usd = 1000", "home_usd = 1000\nhome_us = 1"), 'did you mean "home_usd"'),
    "NaN weights": (SOUND.encode() + b"[weights.points]\nease = nan\n", "ordinary number"),
    "negative weights": (SOUND.encode() + b"[weights.points]\nease = -1\n", "0 or more"),
    "weights of unknown criteria": (SOUND.encode() + b"[weights.points]\nbeauty = 1\n", "not a criterion"),
    "evidence file missing": (changed("evidence = []", 'evidence = ["no.csv"]'), "no such file"),
    "evidence path with NUL": (changed("evidence = []", 'evidence = ["a\\u0000b.csv"]'), "not a file name"),
    "control characters": (changed('name = "Firm"', 'name = "a\\u001b[31mb"'), "control character"),
    "script for a web address": (changed("# website", 'website = "javascript:alert(1)"\n# website'), "https://"),
}  # fmt: skip


def check(path: Path) -> Result:
    return CliRunner().invoke(main, ["firm", "check", str(path)])


def assert_one_clear_message(result: Result, words: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert result.stderr.count("\nError: ") + result.stderr.startswith("Error: ") == 1
    assert words in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr and "pydantic" not in result.stderr
    assert "\x1b" not in result.stderr and "\x00" not in result.stderr
    assert len(result.stderr) < 20_000


def state_of(folder: Path) -> dict[str, bytes]:
    """Names and content of what lies in a folder (small files only)."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file() and p.stat().st_size < 2_000_000}


def test_the_sound_file_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    path.write_text(SOUND)
    assert check(path).exit_code == 0


@pytest.mark.parametrize("name", CONTENTS)
def test_malformed_content(name: str, tmp_path: Path) -> None:
    content, words = CONTENTS[name]
    path = tmp_path / "firm.toml"
    path.write_bytes(content)
    before = state_of(tmp_path)
    assert_one_clear_message(check(path), words)
    assert state_of(tmp_path) == before


# Paths that are no readable file.


def missing(folder: Path) -> Path:
    return folder / "nowhere.toml"


def below_a_file(folder: Path) -> Path:
    (folder / "file").write_text("x")
    return folder / "file" / "firm.toml"


def link_loop(folder: Path) -> Path:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    return folder / "a"


def dangling_link(folder: Path) -> Path:
    (folder / "a").symlink_to(folder / "nowhere")
    return folder / "a"


def one_gigabyte_line(folder: Path) -> Path:
    with (folder / "big.toml").open("wb") as file:
        file.truncate(1 << 30)  # sparse: takes no room on the disk, and would take a gigabyte if it were read
    return folder / "big.toml"


def a_pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


PATHS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing": (missing, "no such file"),
    "folder": (lambda folder: folder, "is a folder"),
    "below a file": (below_a_file, "no such file"),
    "links in a circle": (link_loop, "leads back to itself"),
    "link to nothing": (dangling_link, "no such file"),
    "a line of one gigabyte": (one_gigabyte_line, "too large"),
    "a pipe that nobody writes to": (a_pipe, "device or a pipe"),
    "an endless device": (lambda folder: Path("/dev/zero"), "device or a pipe"),
    "a name too long": (lambda folder: folder / ("x" * 5000), "too long"),
}


@pytest.mark.skipif(os.name != "posix", reason="links, pipes and devices are made the POSIX way")
@pytest.mark.parametrize("name", PATHS)
def test_path_that_is_no_readable_file(name: str, tmp_path: Path) -> None:
    make, words = PATHS[name]
    path = make(tmp_path)
    before = state_of(tmp_path)
    assert_one_clear_message(check(path), words)
    assert state_of(tmp_path) == before


def test_large_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = one_gigabyte_line(tmp_path)
    monkeypatch.setattr(Path, "open", lambda *args, **kwargs: pytest.fail("the file was opened"))
    assert_one_clear_message(check(path), "too large")


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "firm.toml"
    path.write_text(SOUND)
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser may read everything: let the system refuse

        def refuse(*args: object, **kwargs: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    assert_one_clear_message(check(path), "change its permissions")


@pytest.mark.parametrize("name", ["YAML", "arrays 100,000 deep", "UTF-16", "negative cash", "NaN", "empty"])
def test_answers_that_cannot_be_used_write_nothing(name: str, tmp_path: Path) -> None:
    answers, target = tmp_path / "answers.toml", tmp_path / "firm.toml"
    answers.write_bytes(CONTENTS[name][0])
    result = CliRunner().invoke(main, ["firm", "new", str(target), "--from-answers", str(answers)])
    assert_one_clear_message(result, CONTENTS[name][1])
    assert not target.exists() and {p.name for p in tmp_path.iterdir()} == {"answers.toml"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[1, 2]", "one JSON object"),
        ("{", "not JSON"),
        ('{"a": NaN}', "not a field"),
        ('{"home": null}', "home"),
        ('{"home": ' + "[" * 100_000, "not JSON"),
        ('{"sells": "coffee"}', "[[sells]]"),
        ('{"sales.home_usd": [1]}', "number"),
    ],
)
def test_json_answers_that_cannot_be_used_write_nothing(content: str, words: str, tmp_path: Path) -> None:
    answers, target = tmp_path / "answers.json", tmp_path / "firm.toml"
    answers.write_text(content)
    result = CliRunner().invoke(main, ["firm", "new", str(target), "--from-answers", str(answers)])
    assert_one_clear_message(result, words)
    assert not target.exists()


@pytest.mark.parametrize("command", ["plan", "markets"])
def test_commands_that_read_a_firm_refuse_it_the_same_way(command: str, tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    path.write_bytes(CONTENTS["negative cash"][0])
    result = CliRunner().invoke(main, [command, str(path), "--json"])
    assert_one_clear_message(result, "0 or more")
    assert {p.name for p in tmp_path.iterdir()} == {"firm.toml"}
