"""``beachhead firm``: check says what a file says, new writes a file that reads back the same and never overwrites."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from beachhead.assumptions import packaged
from beachhead.cli import main
from beachhead.evidence.build.languages import languages
from beachhead.firm import Firm
from beachhead.firm_file import firm_text, read_firm, read_tables
from beachhead.firm_file.answers import questions, read_answer
from beachhead.firm_file.languages import language_names

EXAMPLES = Path(__file__).parents[2] / "examples"
ANSWERS: dict[str, Any] = {
    "name": "Tamarind",
    "home": "India",
    "sector": "technology",
    "languages": "English, Hindi",
    "sells": [{"code": "icio:J62_63", "name": "Apps", "share": "80 %"}],
    "sales.home_usd": "420k",
    "sales.growth": "25%",
    "capacity.team": 14,
    "cash.available_usd": "180,000",
    "cash.floor_usd": 60_000,
    "experience": [{"country": "Sweden", "years": "10"}],
    "presence": [{"country": "UAE", "since": "2024Q2", "sales_usd": "46k"}],
    "screen.exclude": "North Korea; RUS",
}


def firm(*args: str | Path, answers: str | None = None) -> Result:
    return CliRunner().invoke(main, ["firm", *map(str, args)], input=answers)


# check


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_check_says_in_words_what_the_file_says(path: Path) -> None:
    result = firm("check", path)
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    known = read_firm(path)
    assert "no faults" in said and known.name in said
    assert f"{known.sales.home_usd:,.0f} USD" in said
    assert f"{known.cash.available_usd - known.cash.floor_usd:,.0f} USD to spend" in said


def test_check_says_in_words_what_the_plan_must_do(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    base = read_tables(EXAMPLES / "india_mobile_app.toml")
    plan: dict[str, Any] = {
        "pace": {"quarters": 8, "start": "2027Q2", "launches_at_once": 1, "phases": False, "most_markets": 4},
        "pin": [{"market": "DEU", "mode": "direct_export", "quarter": "2027Q3"}, {"market": "SWE"}],
        "forbid": [{"mode": "subsidiary"}, {"market": "FRA", "quarter": "2027Q4"}],
        "committed": [{"market": "GBR", "mode": "ecommerce", "quarter": "2027Q2"}],
    }
    path.write_text(firm_text(Firm.model_validate(base | plan)))
    said = " ".join(firm("check", path).stdout.split())
    for words in (
        "8 quarters from 2027Q2, 1 launch at once, no phases, 4 new markets at most",
        "Must enter Germany, direct export, 2027Q3; Sweden",
        "Must not subsidiary; France, 2027Q4",
        "Decided United Kingdom, ecommerce, 2027Q2",
    ):
        assert words in said


def test_check_says_which_assumptions_are_the_firms_own(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    base = read_tables(EXAMPLES / "india_mobile_app.toml")
    own = {"firm_market_sd": 1.2, "ecommerce.setup_usd": 5000}
    ours = {name: f"{packaged()[name].value:.6g}" for name in own}
    path.write_text(firm_text(Firm.model_validate(base | {"assumptions": own})))
    said = " ".join(firm("check", path).stdout.split())
    said_of = [f"{name} {value:g} (ours {ours[name]})" for name, value in own.items()]
    assert ", ".join(said_of) in said


def test_check_as_json_carries_the_firm_and_the_warnings() -> None:
    result = firm("check", EXAMPLES / "kenya_coffee.toml", "--json")
    said = json.loads(result.stdout)
    assert result.exit_code == 0 and said["ok"] and said["faults"] == []
    assert said["firm"]["home"] == "KEN"
    assert any("chapter groups 90 and 91" in warning for warning in said["warnings"])


def test_check_as_json_carries_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    path.write_text('name = "x"\nhome = "DE"\n[cash]\navailable_usd = -1\n')
    result = firm("check", path, "--json")
    said = json.loads(result.stdout)
    assert result.exit_code == 2 and not said["ok"] and said["firm"] is None
    fields = [fault["field"] for fault in said["faults"]]
    assert fields == ["home", "sector", "sells", "sales", "capacity", "cash.available_usd"]
    assert all(fault.keys() == {"field", "value", "remedy"} for fault in said["faults"])
    assert result.stderr.count("Error: ") == 1


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"languages": []}, "languages: none"),
        ({"cash": {"available_usd": 100_000, "floor_usd": 99_000}}, "only 1,000 USD is free"),
        ({"sells": [{"code": "icio:M", "share": 0.4}]}, "other 60%"),
        ({"sells": [{"code": "hs:6403"}]}, "partly known"),
        ({"sells": [{"code": "user:mine"}]}, "no file is named"),
        ({"sales": {"home_usd": 0}, "presence": []}, "none yet"),
        ({"capacity": {"team": 1, "export_hours_per_week": 90}}, "more than the whole team"),
        ({"capacity": {"team": 1, "export_hours_per_week": 0}}, "nobody has time"),
        ({"contacts": [{"country": "IND"}]}, "no effect"),
        ({"presence": [{"country": "ARE", "since": "2020"}]}, "sales_usd is not given for United Arab Emirates"),
        ({"sales": {"home_usd": 1, "growth": 8}}, "8 % is written 0.08"),
        (
            {"presence": [{"country": "ARE", "since": "2045Q1", "sales_usd": 1}]},
            "2045Q1 in United Arab Emirates lies in",
        ),
        ({"screen": {"min_gni_per_capita": 90_000}}, "min_gni_per_capita removes United Arab Emirates, where you sell"),
        ({"screen": {"only": ["DEU"], "max_distance_km": 100}}, "max_distance_km removes United Arab Emirates"),
        ({"weights": {"points": {"ease": 1}}}, "points is given but not used"),
        ({"pace": {"most_markets": 0}}, "enters no new market"),
        ({"pin": [{"market": "DEU", "quarter": "2031Q4"}]}, "pin[0]: 2031Q4 is after the plan, which runs from 2027Q1"),
        (
            {"committed": [{"market": "DEU", "mode": "ecommerce", "quarter": "2026Q2"}]},
            "committed[0]: 2026Q2 is before the plan",
        ),
        ({"forbid": [{"quarter": "2026Q2"}]}, "forbid[0]: 2026Q2 lies outside the plan"),
        ({"pin": [{"market": "ARE", "mode": "direct_export"}]}, "you sell in United Arab Emirates in that way already"),
        (
            {"pin": [{"market": "DEU"}], "screen": {"max_distance_km": 100}},
            "max_distance_km removes Germany, which the plan must enter",
        ),
        ({"sales": {"home_usd": 0}, "assumptions": {"access.border": -3}}, "access.border is given but not used"),
    ],
)
def test_check_warns_without_refusing(changes: dict[str, Any], warning: str, tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    base = read_tables(EXAMPLES / "india_mobile_app.toml")
    path.write_text(firm_text(Firm.model_validate(base | changes)))
    result = firm("check", path, "--json")
    assert result.exit_code == 0
    assert any(warning in text for text in json.loads(result.stdout)["warnings"])


def test_sound_example_has_no_warning() -> None:
    assert json.loads(firm("check", EXAMPLES / "india_mobile_app.toml", "--json").stdout)["warnings"] == []


def test_no_example_screens_out_a_market_where_it_sells() -> None:
    for path in EXAMPLES.glob("*.toml"):
        warnings = json.loads(firm("check", path, "--json").stdout)["warnings"]
        assert not [text for text in warnings if text.startswith(("screen", "presence"))]


OWN_LINE = "exporter,importer,product,year,value_usd\nIND,DEU,hs:852812,2020,5000\n"


def test_a_line_that_only_the_firms_own_file_has_is_known(tmp_path: Path) -> None:
    """852812 is a line of HS 1996 (television receivers) that later revisions do not have."""
    path = tmp_path / "firm.toml"
    text = firm_text(EXPECTED).replace("icio:J62_63", "hs:852812")
    path.write_text(text)
    assert firm("check", path).exit_code == 2
    path.write_text(text.replace("evidence = []", 'evidence = ["own.csv"]'))
    (tmp_path / "own.csv").write_text(OWN_LINE)
    assert firm("check", path).exit_code == 0


def test_check_reads_the_firms_own_evidence(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    path.write_text(firm_text(EXPECTED).replace("evidence = []", 'evidence = ["own.csv"]'))
    (tmp_path / "own.csv").write_text(OWN_LINE + "IND,XXX,hs:852812,2020,5000\n")
    said = json.loads(firm("check", path, "--json").stdout)
    assert any("own.csv, line 3" in text for text in said["warnings"])
    (tmp_path / "own.csv").write_text("some,other,columns\n1,2,3\n")
    refused = firm("check", path)
    assert refused.exit_code == 2 and "columns" in refused.stderr


def test_a_faulty_offer_is_one_fault(tmp_path: Path) -> None:
    """Not also that the list of offers is empty, nor that their shares do not add up."""
    path = tmp_path / "firm.toml"
    path.write_text(firm_text(EXPECTED).replace("icio:J62_63", "bentonite").replace("share = 0.8", "share = 60"))
    faults = json.loads(firm("check", path, "--json").stdout)["faults"]
    assert [fault["field"] for fault in faults] == ["sells[0].code", "sells[0].share"]
    assert 'perhaps "hs:250810" (Clays; bentonite' in faults[0]["remedy"]
    assert "write 0.6 for 60 %" in faults[1]["remedy"]


def test_sums_of_shares_are_written_plainly(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    second = '\n\n[[sells]]\ncode = "icio:N"\nshare = 0.5334\n\n[sales]\n'
    path.write_text(firm_text(EXPECTED).replace("\n[sales]\n", second))
    assert "shares add up to 1.3334" in firm("check", path).stderr


def test_language_names_are_those_of_cldr_and_need_no_babel() -> None:
    pytest.importorskip("babel")
    assert language_names() == languages()
    code = "import sys; from beachhead.firm_file.languages import *; language_names(); print('babel' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# new --from-answers


@pytest.mark.parametrize(
    ("said", "meant"), [("40%", 0.4), ("40", 0.4), ("0.4", 0.4), ("0,4", 0.4), ("1", 1.0), ("12 %", 0.12)]
)
def test_per_cent_and_fractions_are_both_read(said: str, meant: float) -> None:
    assert read_answer("share", said) == meant


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(ANSWERS))
    return path


def test_new_reads_answers_as_people_write_them(answers: Path, tmp_path: Path) -> None:
    result = firm("new", tmp_path / "firm.toml", "--from-answers", answers)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == "" and "firm.toml" in result.stderr
    written = read_firm(tmp_path / "firm.toml")
    assert (written.home, written.languages, written.sales.home_usd) == ("IND", ("en", "hi"), 420_000)
    assert (written.sells[0].share, written.sales.growth, written.cash.available_usd) == (0.8, 0.25, 180_000)
    assert (written.experience[0].country, written.presence[0].country) == ("SWE", "ARE")
    assert written.screen.exclude == ("PRK", "RUS")


def test_new_writes_into_a_folder(answers: Path, tmp_path: Path) -> None:
    assert firm("new", tmp_path, "--from-answers", answers).exit_code == 0
    assert (tmp_path / "firm.toml").is_file()


def test_written_file_as_answers_gives_the_same_firm(answers: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    firm("new", one, "--from-answers", answers)
    firm("new", two, "--from-answers", one)
    assert one.read_bytes() == two.read_bytes()


def test_new_never_overwrites_without_force(answers: Path, tmp_path: Path) -> None:
    target = tmp_path / "firm.toml"
    target.write_text("mine")
    result = firm("new", target, "--from-answers", answers)
    assert result.exit_code == 2 and "--force" in result.stderr
    assert target.read_text() == "mine"


def test_force_keeps_every_older_file(answers: Path, tmp_path: Path) -> None:
    target = tmp_path / "firm.toml"
    for text in ("first", "second"):
        target.write_text(text)
        assert firm("new", target, "--from-answers", answers, "--force").exit_code == 0
    assert (tmp_path / "firm.toml.bak").read_text() == "first"
    assert (tmp_path / "firm.toml.bak1").read_text() == "second"
    assert read_firm(target).name == "Tamarind"
    assert {p.name for p in tmp_path.iterdir()} == {"answers.json", "firm.toml", "firm.toml.bak", "firm.toml.bak1"}


def test_new_names_a_missing_folder(answers: Path, tmp_path: Path) -> None:
    result = firm("new", tmp_path / "no" / "firm.toml", "--from-answers", answers)
    assert result.exit_code == 2 and "no folder" in result.stderr


def test_faulty_answers_are_all_told(answers: Path, tmp_path: Path) -> None:
    answers.write_text(json.dumps(ANSWERS | {"home": "Atlantis", "sales.home_usd": "much"}))
    result = firm("new", tmp_path / "firm.toml", "--from-answers", answers)
    assert result.exit_code == 2
    assert "home" in result.stderr and '"much"' in result.stderr
    assert not (tmp_path / "firm.toml").exists()


# new, asked one by one. An empty answer takes the default or leaves the field out.

TYPED = {
    "name": ["", "Tamarind"],  # needed
    "home": ["Atlantis", "India"],  # the first is refused and asked for again
    "sector": ["1"],
    "languages": ["English, Klingonese", "English, Hindi"],
    "sells.code": ["mobile app", "0", "mobile app", "1"],  # search, again, choose
    "sells.name": ["Apps"],
    "sells.share": ["80%"],
    "sales.home_usd": ["", "lots", "420k"],
    "sales.gross_margin": ["620", "62"],  # a bare number above 1 is per cent
    "capacity.team": ["14"],
    "cash.available_usd": ["180k"],
    "cash.floor_usd": ["200k", "60k"],  # above what is available: asked for again
    "experience.country": ["Sweden"],
    "experience.years": ["10"],
    "presence.country": ["India", "UAE"],  # home is no market
    "presence.mode": ["3"],
    "presence.since": ["2024Q9", "2024Q2"],
    "screen.exclude": ["North Korea"],
    "pace.launches_at_once": ["0", "3"],  # none at all is refused
    "pace.most_markets": ["1"],
    "pin.market": ["North Korea", "France"],  # a market that is excluded is refused
    "pin.mode": ["2"],
    "pin.quarter": ["2027", "2027Q3"],
    "committed.market": ["Japan"],  # that would be two markets, and one is the limit
}
# Whether a block is given.
BLOCKS = {"sells": True, "experience": True, "contacts": False, "presence": True, "pin": True, "committed": False}


def typed() -> str:
    """The keys a person presses, in the order of the questions; blocks end with an empty answer."""
    lines: list[str] = []
    sections = [question.section for question in questions()]
    for i, question in enumerate(questions()):
        if question.section in BLOCKS and not BLOCKS[question.section]:
            lines += [*TYPED.get(question.id, []), ""] * (sections.index(question.section) == i)
            continue
        lines += TYPED.get(question.id, [""])
        if question.section in BLOCKS and (i + 1 == len(sections) or sections[i + 1] != question.section):
            lines.append("")
    return "\n".join(lines) + "\n"


EXPECTED = Firm.model_validate(
    {
        "name": "Tamarind",
        "home": "IND",
        "sector": "technology",
        "languages": ["en", "hi"],
        "sells": [{"code": "icio:J62_63", "name": "Apps", "share": 0.8}],
        "sales": {"home_usd": 420_000, "gross_margin": 0.62},
        "capacity": {"team": 14},
        "cash": {"available_usd": 180_000, "floor_usd": 60_000},
        "experience": [{"country": "SWE", "years": 10}],
        "presence": [{"country": "ARE", "mode": "ecommerce", "since": "2024Q2"}],
        "screen": {"exclude": ["PRK"]},
        "pace": {"launches_at_once": 3, "most_markets": 1},
        "pin": [{"market": "FRA", "mode": "direct_export", "quarter": "2027Q3"}],
    }
)


def test_wizard_asks_again_and_writes_what_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    result = firm("new", path, answers=typed())
    assert result.exit_code == 0, result.stderr
    assert read_firm(path) == EXPECTED
    assert "three-letter country code" in result.stderr, "a refused answer is explained"
    assert "This is needed.\n" in result.stderr and "This is needed; 0 if there is none." in result.stderr
    assert "Read as 62 %." in result.stderr
    assert "pace.most_markets = 1: 2 markets are pinned or committed" in result.stderr


def test_wizard_that_is_broken_off_writes_nothing(tmp_path: Path) -> None:
    for kept in (1, 5, 20):
        begun = "\n".join(typed().splitlines()[:kept]) + "\n"
        result = firm("new", tmp_path / "firm.toml", answers=begun)
        assert result.exit_code == 130
        assert list(tmp_path.iterdir()) == []


def test_wizard_refuses_the_target_before_the_first_question(tmp_path: Path) -> None:
    (tmp_path / "firm.toml").write_text("mine")
    result = firm("new", tmp_path / "firm.toml", answers=typed())
    assert result.exit_code == 2 and "Name of the firm" not in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_wizard_at_a_real_terminal(tmp_path: Path) -> None:
    import pty

    path = tmp_path / "firm.toml"
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover - the other process
        os.execv(
            sys.executable,
            [sys.executable, "-c", f"from beachhead.cli import main; main(['firm', 'new', {str(path)!r}])"],
        )
    os.write(terminal, typed().encode())
    shown = read_all(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, shown.decode()
    assert read_firm(path) == EXPECTED


def read_all(terminal: int) -> bytes:
    """What the terminal shows until its process ends."""
    shown = b""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other side is gone
            return shown
        if not chunk:
            return shown
        shown += chunk
