"""The firm file: what is written is what is read, every fault is told at once, and the rules hold."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from strategies import firms

import beachhead
from beachhead.assumptions import entries
from beachhead.errors import InputError
from beachhead.evidence.catalogue import load_catalogue
from beachhead.firm import CRITERIA, Firm, Pace, main_offer, planned, recent, running, sales_abroad, sells_goods
from beachhead.firm_file import check_draft, firm_text, read_firm
from beachhead.firm_file.answers import known_fields, questions, read_answers, read_number
from beachhead.firm_file.countries import find_country, guess_country, names
from beachhead.firm_file.words import model_of, words
from beachhead.products import coverage_of, demand_at_hand
from beachhead.quarters import quarter_name

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))
SMALL: dict[str, Any] = {
    "name": "Firm",
    "home": "IND",
    "sector": "services",
    "sells": [{"code": "icio:M"}],
    "sales": {"home_usd": 1000},
    "capacity": {"team": 3},
    "cash": {"available_usd": 900, "floor_usd": 100},
    "languages": ["en"],
}

DECIDED = {"market": "DEU", "mode": "ecommerce", "quarter": "2027Q1"}


def faults(**changes: Any) -> dict[str, str]:
    """Remedy by field for the small firm with some parts replaced."""
    return {fault.field: fault.remedy for fault in check_draft(SMALL | changes, Path()).faults}


def test_small_firm_is_sound() -> None:
    assert faults() == {}


# Reading and writing.


@given(firms())
@settings(max_examples=40, deadline=None)
def test_written_firm_reads_back_the_same(firm: Firm) -> None:
    assert Firm.model_validate(tomllib.loads(firm_text(firm))) == firm


@given(firms())
@settings(max_examples=25, deadline=None)
def test_written_file_holds_every_field_with_its_description(firm: Firm) -> None:
    text = firm_text(firm)
    prose = " ".join(re.sub(r"^#\s+", "", line) for line in text.splitlines())

    def visit(model: type) -> None:
        for name, field in model.model_fields.items():
            inner = model_of(field.annotation)
            assert re.search(rf"^(# )?(\[\[?)?(\w+\.)?{name}(\]\]?| =)", text, re.MULTILINE), name
            if inner:
                visit(inner)
            else:
                assert field.description, f"{model.__name__}.{name} has no description"
                assert " ".join(field.description.split()) in prose

    visit(Firm)


@given(firms())
@settings(max_examples=10, deadline=None)
def test_commented_examples_are_valid_when_uncommented(firm: Firm) -> None:
    """Every optional field shows an example that the check would accept (but for clashes between examples)."""
    loose = [line[2:] for line in firm_text(firm).splitlines() if re.match(r"# [a-z_]+ = ", line)]
    for line in loose:
        tomllib.loads(line)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_have_no_faults_and_their_files_exist(path: Path) -> None:
    firm = beachhead.load_firm(path)
    assert all(file.is_file() for file in firm.evidence)


def test_examples_are_four_ways_of_knowing_demand() -> None:
    coverage = coverage_of(beachhead.load_evidence())
    kinds = {path.stem: demand_at_hand(beachhead.load_firm(path).sells[0].code, coverage).kind for path in EXAMPLES}
    assert kinds == {
        "india_bentonite": "line",
        "india_mobile_app": "sector",
        "kenya_coffee": "composite",
        "portugal_footwear": "chapter",
    }


def test_example_demand_file_is_in_the_contract_format_and_says_it_is_invented() -> None:
    with (ROOT / "examples/portugal_footwear_demand.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["market", "product", "value_usd", "sd_log", "year", "source"]
    assert {row["product"] for row in rows} == {"hs:64"}
    assert {row["market"] for row in rows} <= set(load_catalogue().markets)
    assert all("not a public statistic" in row["source"] for row in rows)
    assert all(float(row["value_usd"]) > 0 and 0 < float(row["sd_log"]) < 1 for row in rows)


def test_evidence_files_are_found_beside_the_firm_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/own.csv").write_text("market,indicator,value\n")
    (tmp_path / "sub/firm.toml").write_text(firm_text(Firm.model_validate(SMALL | {"evidence": ["own.csv"]})))
    monkeypatch.chdir(tmp_path)
    assert read_firm(Path("sub/firm.toml")).evidence == (Path("sub/own.csv"),)


def test_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    path.write_bytes(b"\xef\xbb\xbf" + firm_text(Firm.model_validate(SMALL)).encode())
    assert read_firm(path).name == "Firm"


# Faults: all at once, each with field, value and remedy.


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    path.write_text(
        'home = "DE"\nsector = "tech"\nnmae = "x"\n[[sells]]\ncode = "hs:7799"\nshare = 2\n[sales]\nhome_usd = "12"\n'
        '[capacity]\nteam = 0\n[cash]\navailable_usd = 5\nfloor_usd = 9\n[screen]\nexclude = ["UK"]\n'
        '[weights]\nmethod = "points"\npoints = {size = nan}\n'
    )
    with pytest.raises(InputError) as caught:
        read_firm(path)
    found = {fault.field: fault for fault in caught.value.faults}
    assert found.keys() == {
        "name", "nmae", "home", "sector", "sells[0].code", "sells[0].share", "sales.home_usd", "capacity.team",
        "cash.floor_usd", "screen.exclude[0]", "weights.points.size",
    }  # fmt: skip
    assert '"DEU" for Germany' in found["home"].remedy and found["home"].value == '"DE"'
    assert 'did you mean "name"' in found["nmae"].remedy
    assert "GBR" in found["screen.exclude[0]"].remedy


@pytest.mark.parametrize(
    ("changes", "field", "remedy"),
    [
        ({"home": "Germany"}, "home", '"DEU" for Germany'),
        ({"home": "deu"}, "home", '"DEU"'),
        ({"home": "ZZZ"}, "home", "three-letter country code"),
        ({"cash": {"available_usd": -1}}, "cash.available_usd", "0 or more"),
        ({"cash": {"available_usd": 10, "floor_usd": 11}}, "cash.floor_usd", "above cash.available_usd"),
        ({"sales": {"home_usd": True}}, "sales.home_usd", "number"),
        ({"sales": {"home_usd": float("nan")}}, "sales.home_usd", "ordinary number"),
        ({"sales": {"home_usd": float("inf")}}, "sales.home_usd", "ordinary number"),
        ({"sales": {"home_usd": 10**400}}, "sales.home_usd", "number"),
        ({"sales": [1]}, "sales", "section"),
        ({"sells": []}, "sells", "one entry or more"),
        ({"sells": {"code": "icio:M"}}, "sells", "[[sells]]"),
        ({"sells": [{"code": "icio:M"}, {"code": "hs:64"}]}, "sells", "add up to 1"),
        ({"sells": [{"code": "hs:64", "share": 0.1}] * 2}, "sells[1].code", "twice"),
        ({"sells": [{"code": "hs:77"}]}, "sells[0].code", "products search"),
        ({"sells": [{"code": "shoes"}]}, "sells[0].code", '"hs:64"'),
        ({"languages": ["German"]}, "languages[0]", '"de"'),
        ({"languages": "en"}, "languages", "square brackets"),
        ({"website": "javascript:alert(1)"}, "website", "https://"),
        ({"name": "a\x1b[2Jb"}, "name", "control character"),
        ({"name": "x" * 300}, "name", "longer than 200"),
        ({"evidence": ["nowhere.csv"]}, "evidence[0]", "no such file"),
        ({"evidence": [__file__]}, "evidence[0]", "CSV or Parquet"),
        ({"presence": [{"country": "IND", "since": "2020"}]}, "presence[0].country", "home country"),
        ({"presence": [{"country": "USA", "since": "2020Q3", "until": "2020Q1"}]}, "presence[0].until", "before since"),
        ({"presence": [{"country": "USA", "since": "2020Q3", "until": "2019"}]}, "presence[0].until", "before since"),
        ({"presence": [{"country": "USA", "since": 2020}]}, "presence[0].since", "quotes"),
        ({"presence": [{"country": "USA", "since": "2020Q5"}]}, "presence[0].since", '"2024Q2"'),
        ({"screen": {"exclude": ["IND"]}}, "screen.exclude", "never a candidate"),
        ({"screen": {"only": ["USA"], "exclude": ["USA"]}}, "screen.only", "also in screen.exclude"),
        ({"screen": {"regions": ["Europe"]}}, "screen.regions[0]", "Europe & Central Asia"),
        ({"screen": {"require_agreement": "yes"}}, "screen.require_agreement", "true or false"),
        ({"weights": {"points": {"ese": 1}}}, "weights.points.ese", 'did you mean "ease"'),
        ({"weights": {"ranking": ["ease"]}}, "weights.ranking", "every criterion"),
        ({"weights": {"ranking": [*CRITERIA, "ease"]}}, "weights.ranking", "more than once"),
        ({"weights": {"method": "ranking"}}, "weights.ranking", "needs it"),
        ({"weights": {"method": "points", "points": {"ease": 0}}}, "weights.points", "above 0"),
        ({"weights": {"pairwise": {"ease": 3}}}, "weights.pairwise.ease", "a/b"),
        ({"weights": {"pairwise": {"ease/ease": 3}}}, "weights.pairwise.ease/ease", "different"),
        ({"weights": {"pairwise": {"ease/logistics": 30}}}, "weights.pairwise.ease/logistics", "1/9"),
        ({"weights": {"pairwise": {"ease/logistics": 3}}}, "weights.pairwise", "every two criteria"),
        (
            {"weights": {"pairwise": {"ease/logistics": 3, "logistics/ease": 3}}},
            "weights.pairwise.logistics/ease",
            "already",
        ),
        ({"pace": {"quarters": 20}}, "pace.quarters", "16 or less"),
        ({"pace": {"quarters": 12.5}}, "pace.quarters", "whole number"),
        ({"pace": {"start": "2027"}}, "pace.start", '"2027Q1"'),
        ({"pace": {"launches_at_once": 0}}, "pace.launches_at_once", "1 or more"),
        ({"pace": {"phases": 1}}, "pace.phases", "true or false"),
        ({"pace": {"floor_risk": 5}}, "pace.floor_risk", "0.05 for 5 %"),
        ({"pace": {"candidates": 61}}, "pace.candidates", "60 or less"),
        ({"pin": {"market": "DEU"}}, "pin", "[[pin]]"),
        ({"pin": [{"market": "Germany"}]}, "pin[0].market", '"DEU"'),
        ({"pin": [{"market": "IND"}]}, "pin[0].market", "home country"),
        ({"pin": [{"market": "DEU", "mode": "direct"}]}, "pin[0].mode", '"direct_export"'),
        ({"pin": [{"market": "DEU", "quarter": "2027"}]}, "pin[0].quarter", '"2027Q2"'),
        ({"pin": [{"mode": "ecommerce"}]}, "pin[0].market", "missing"),
        ({"pin": [{"market": "DEU"}, {"market": "DEU"}]}, "pin[1].market", "stands in pin[0] too"),
        ({"pin": [{"market": "DEU"}], "committed": [DECIDED]}, "pin[0].market", "stands in committed[0] too"),
        ({"pin": [{"market": "DEU"}], "screen": {"exclude": ["DEU"]}}, "pin[0].market", "in screen.exclude"),
        ({"pin": [{"market": "DEU"}], "screen": {"only": ["FRA"]}}, "pin[0].market", "not in screen.only"),
        ({"committed": [{"market": "DEU"}]}, "committed[0].mode", "missing"),
        ({"committed": [DECIDED], "screen": {"exclude": ["DEU"]}}, "committed[0].market", "in screen.exclude"),
        ({"forbid": [{}]}, "forbid[0]", "names nothing"),
        ({"forbid": [{"market": "France"}]}, "forbid[0].market", '"FRA" for France'),
        ({"forbid": [{"market": "IND"}]}, "forbid[0].market", "home country"),
        ({"pin": [{"market": "DEU"}], "forbid": [{"market": "DEU"}]}, "pin[0]", "ruled out by forbid[0]"),
        ({"committed": [DECIDED], "forbid": [{"quarter": "2027Q1"}]}, "committed[0]", "ruled out by forbid[0]"),
        ({"committed": [DECIDED], "forbid": [{"mode": "ecommerce"}]}, "committed[0]", "ruled out by forbid[0]"),
        ({"committed": [DECIDED], "pace": {"start": "2027Q2"}}, "committed[0].quarter", "before the plan"),
        (
            {"pin": [{"market": "DEU", "quarter": "2029Q1"}], "pace": {"start": "2027Q1", "quarters": 8}},
            "pin[0].quarter",
            "from 2027Q1 to 2028Q4",
        ),
        (
            {"pin": [{"market": "DEU"}, {"market": "FRA"}], "pace": {"most_markets": 1}},
            "pace.most_markets",
            "2 markets are pinned",
        ),
        (
            {"pin": [{"market": "FRA", "quarter": "2027Q1"}], "committed": [DECIDED], "pace": {"launches_at_once": 1}},
            "pace.launches_at_once",
            "2 launches are pinned or committed for 2027Q1",
        ),
        ({"assumptions": {"crm.cost_usd": -1}}, "assumptions.crm.cost_usd", "between 0 and"),
        ({"assumptions": {"crm.build_quarters": 1.5}}, "assumptions.crm.build_quarters", "whole number"),
        (
            {"assumptions": {"direct_export.load_service": 0.3}},
            "assumptions.direct_export.load_service",
            "add up to 1.15, not 1",
        ),
        ({"assumptions": {"ramp_2": 0.1}}, "assumptions.ramp_2", "in year 2 after the first sale fall below 0"),
        ({"assumptions": {"firm_market_d": 1}}, "assumptions.firm_market_d", 'did you mean "firm_market_sd"'),
        ({"assumptions": {"ecommerce": {"setup": 1}}}, "assumptions.ecommerce.setup", '"ecommerce.setup_usd"'),
        ({"assumptions": {"access.boarder": -1}}, "assumptions.access.boarder", '"access.border"'),
        ({"assumptions": {"beauty": 1}}, "assumptions.beauty", "'beachhead assumptions' lists"),
        ({"assumptions": {"firm_market_sd": -1}}, "assumptions.firm_market_sd", "between 0 and 5"),
        ({"assumptions": {"ecommerce.reach": 1.1}}, "assumptions.ecommerce.reach", "between 0 and 1"),
        ({"assumptions": {"access.border": 0.5}}, "assumptions.access.border", "between -20 and 0"),
        ({"assumptions": {"level_years": 2.5}}, "assumptions.level_years", "whole number"),
        ({"assumptions": {"firm_market_sd": "1"}}, "assumptions.firm_market_sd", "without quotes"),
        ({"assumptions": {"firm_market_sd": float("nan")}}, "assumptions.firm_market_sd", "ordinary number"),
        ({"assumptions": [1]}, "assumptions", "section"),
        (
            {"assumptions": {"ecommerce": {"setup_usd": 1}, "ecommerce.setup_usd": 1}},
            "assumptions.ecommerce.setup_usd",
            "given twice",
        ),
    ],
)
def test_fault_names_field_and_remedy(changes: dict[str, Any], field: str, remedy: str) -> None:
    found = faults(**changes)
    assert remedy in found[field]


def test_year_and_quarter_of_the_same_year_are_in_order() -> None:
    assert faults(presence=[{"country": "USA", "since": "2020Q3", "until": "2020"}]) == {}


# What the plan must and must not do.


def test_a_file_from_before_there_were_plans_is_still_a_firm() -> None:
    firm = Firm.model_validate(SMALL)
    assert firm.pace == Pace() and (firm.pin, firm.forbid, firm.committed) == ((), (), ())


@pytest.mark.parametrize(
    "changes",
    [
        {"pin": [{"market": "DEU"}], "forbid": [{"market": "DEU", "mode": "subsidiary"}]},  # there are other modes
        {"pin": [{"market": "DEU", "quarter": "2027Q2"}], "forbid": [{"quarter": "2027Q3"}]},
        {"committed": [DECIDED], "forbid": [{"mode": "ecommerce", "quarter": "2027Q2"}]},
        {"committed": [DECIDED], "pace": {"start": "2027Q1"}},
        {"pin": [{"market": "DEU", "quarter": "2031Q4"}]},  # the date of the evidence decides: a warning, no fault
        {"pin": [{"market": "DEU"}], "pace": {"most_markets": 1}},
        # one launch, and one market in which the firm sells: no launch
        {
            "committed": [DECIDED],
            "pin": [{"market": "USA", "mode": "subsidiary", "quarter": "2027Q1"}],
            "presence": [{"country": "USA", "since": "2020"}],
            "pace": {"launches_at_once": 1, "most_markets": 1},
        },
    ],
)
def test_what_a_plan_can_do_is_no_fault(changes: dict[str, Any]) -> None:
    assert faults(**changes) == {}


def test_the_plan_begins_when_the_firm_says_or_after_the_date_of_the_evidence() -> None:
    own = Firm.model_validate(SMALL | {"pace": {"start": "2028Q2", "quarters": 8}})
    assert [quarter_name(q) for q in planned(own, "2026-11")[::7]] == ["2028Q2", "2030Q1"]
    assert quarter_name(planned(Firm.model_validate(SMALL), "2026-11")[0]) == "2027Q1"


def test_own_shares_of_hours_that_make_a_whole_are_no_fault() -> None:
    own = {"direct_export.load_service": 0.3, "direct_export.load_sales": 0.15}
    assert faults(assumptions=own) == {}


# Where the firm is now, and what it mainly sells: one answer for all who ask.


def spells(*presence: dict[str, Any]) -> Firm:
    """The small firm with these spells abroad, in the USA unless said otherwise."""
    return Firm.model_validate(SMALL | {"presence": [{"country": "USA", **p} for p in presence]})


@pytest.mark.parametrize(
    ("since", "until", "runs"),
    [
        ("2020", None, True),
        ("2026", None, True),  # the year has begun
        ("2026Q4", None, True),
        ("2027Q1", None, False),  # not yet
        ("2020", "2026Q3", False),
        ("2020", "2026Q4", True),  # the last quarter with sales is this one
        ("2020", "2026", True),
        ("2020", "2028", True),  # will be left
        ("2027", "2028", False),
    ],
)
def test_a_market_is_sold_in_from_its_first_quarter_to_its_last(since: str, until: str | None, runs: bool) -> None:
    assert bool(running(spells({"since": since, "until": until}), "2026-11")) is runs


def test_a_market_left_is_recent_for_so_many_quarters() -> None:
    firm = spells({"since": "2020", "until": "2025Q4"})
    assert recent(firm, "2026-11", 4) == firm.presence and recent(firm, "2026-11", 3) == ()


def test_sales_of_a_country_are_those_of_all_ways_of_selling_there_now() -> None:
    firm = spells(
        {"since": "2020", "sales_usd": 30_000.0},
        {"since": "2024", "sales_usd": 12_000.0, "mode": "ecommerce"},
        {"since": "2015", "sales_usd": 99_000.0, "until": "2019"},
        {"since": "2020", "country": "DEU"},
        {"since": "2027", "country": "FRA", "sales_usd": 5_000.0},
    )
    assert sales_abroad(firm, "2026-11") == {"USA": 42_000.0}


def offers(*sells: tuple[str, float], sector: str = "services") -> Firm:
    """The small firm with these offers and their shares."""
    return Firm.model_validate(
        SMALL | {"sector": sector, "sells": [{"code": code, "share": share} for code, share in sells]}
    )


def test_the_main_offer_has_the_largest_share_and_is_the_first_of_equals() -> None:
    assert main_offer(offers(("hs:64", 0.3), ("icio:J62_63", 0.7))).code == "icio:J62_63"
    assert main_offer(offers(("hs:64", 0.5), ("icio:J62_63", 0.5))).code == "hs:64"


@pytest.mark.parametrize(
    ("code", "sector", "goods"),
    [
        ("hs:64", "services", True),
        ("icio:C13T15", "technology", True),
        ("icio:A01", "services", True),
        ("icio:J62_63", "manufacturing", False),
        ("user:shoes", "manufacturing", True),
        ("user:advice", "services", False),
    ],
)
def test_what_is_shipped_is_told_from_what_is_not(code: str, sector: str, goods: bool) -> None:
    assert sells_goods(offers((code, 1.0), sector=sector)) is goods


def test_goods_or_service_goes_by_the_main_offer() -> None:
    assert not sells_goods(offers(("hs:64", 0.3), ("icio:J62_63", 0.7)))


def test_an_assumption_may_be_named_with_or_without_quotes() -> None:
    """TOML takes the bare name for a table within the table; both mean the same."""
    bare, quoted = (tomllib.loads(text) for text in ("a.b.x_usd = 1", '"a.b.x_usd" = 1'))
    assert bare != quoted and list(entries(bare)) == list(entries(quoted)) == [("a.b.x_usd", 1)]
    bare, quoted = (
        tomllib.loads(f"[assumptions]\n{name} = 5000") for name in ("ecommerce.setup_usd", '"ecommerce.setup_usd"')
    )
    one, other = (Firm.model_validate(SMALL | draft) for draft in (bare, quoted))
    assert one == other and one.assumptions == {"ecommerce.setup_usd": 5000}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    ),
    st.sampled_from(sorted(Firm.model_fields)),
)
@settings(max_examples=150, deadline=None)
def test_no_value_of_any_field_breaks_the_check(value: Any, field: str) -> None:
    """Whatever stands in a field, the answer is a firm or faults that name it, each on one line."""
    checked = check_draft(SMALL | {field: value}, Path())
    assert (checked.firm is None) == bool(checked.faults)
    assert all(fault.field and fault.remedy and len(fault.value) < 120 for fault in checked.faults)


@given(
    st.sampled_from(["pin", "forbid", "committed", "presence"]),
    st.dictionaries(
        st.sampled_from(["market", "mode", "quarter", "country"]),
        st.none() | st.integers() | st.text() | st.lists(st.integers()) | st.sampled_from(["DEU", "IND", "2027Q1"]),
    ),
    st.dictionaries(
        st.sampled_from(["start", "quarters", "most_markets", "launches_at_once"]),
        st.none() | st.integers() | st.floats() | st.sampled_from(["2027Q1", "2027"]),
    ),
)
@settings(max_examples=150, deadline=None)
def test_no_value_of_a_wish_or_limit_breaks_the_check(section: str, row: dict[str, Any], pace: dict[str, Any]) -> None:
    """Rules that hold the parts against each other pass over what they cannot read."""
    checked = check_draft(SMALL | {section: [row, row], "pace": pace}, Path())
    assert (checked.firm is None) == bool(checked.faults)


def test_a_firm_built_in_python_obeys_the_same_rules() -> None:
    with pytest.raises(ValidationError, match=r"above cash\.available_usd"):
        Firm.model_validate(SMALL | {"cash": {"available_usd": 1, "floor_usd": 2}})


def test_fault_sentences_fill_all_their_places() -> None:
    places = {"description", "near", "per_cent", "examples", "field", "list_form", "table_form"}
    limits = {"gt", "ge", "lt", "le", "expected", "max_length"}
    for sentence in words().values():
        assert set(re.findall(r"{(\w+)", sentence)) <= places | limits


def test_older_hs_code_with_flows_is_known() -> None:
    """Unwrought cobalt was 810510 in HS 1992, the code under which its flows are at hand."""
    assert faults(sells=[{"code": "hs:810510"}]) == {}


# Names.


CODES_OF = {
    "DE": "DEU",
    "UK": "GBR",
    "Germany": "DEU",
    "côte d'ivoire": "CIV",
    "the netherlands": "NLD",
    "na": "NAM",
    "South Korea": "KOR",
    "U.S.A.": "USA",
    "Turkey": "TUR",
    "UAE": "ARE",
    "Taiwan": "TWN",
    "xkx": "XKX",
}


@pytest.mark.parametrize(("text", "iso3"), CODES_OF.items())
def test_country_is_found_by_name_or_code(text: str, iso3: str) -> None:
    country = find_country(text)
    assert country is not None and country.iso3 == iso3


def test_near_names_are_guessed_but_not_taken() -> None:
    guess = guess_country("Grmany")
    assert guess is not None and guess.iso3 == "DEU"
    assert find_country("Grmany") is None


def test_every_economy_is_found_by_its_own_name_and_codes() -> None:
    for country in load_catalogue().countries.values():
        for text in (country.name, country.iso2, country.iso3):
            found = find_country(text)
            assert found is not None and found.iso3 == country.iso3, text
    assert set(names().values()) <= set(load_catalogue().countries)


def test_criteria_are_those_of_the_catalogue() -> None:
    scored = {i.criterion for i in load_catalogue().indicators.values() if i.direction != 0 and i.criterion}
    assert scored == set(CRITERIA)


# Answers.


@pytest.mark.parametrize(
    ("text", "value"),
    [("420000", 420_000), ("420,000", 420_000), ("420k", 420_000), ("1.2m", 1_200_000), ("12 %", 0.12), ("0,5", 0.5),
     ("1,234,567.5", 1_234_567.5), ("420 000 USD", 420_000), ("-5", -5), ("much", "much"), ("1.2.3", "1.2.3")],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, value: float | str) -> None:
    assert read_number(text) == value


def test_questions_ask_for_fields_of_the_model_and_for_all_that_are_required() -> None:
    for question in questions():
        assert question.field in known_fields(question.section), question.id
    asked = {question.id for question in questions()}
    for name, field in Firm.model_fields.items():
        inner = model_of(field.annotation)
        needed = {f"{name}.{k}" for k, f in inner.model_fields.items() if f.is_required()} if inner else {name}
        assert not (inner or field.is_required()) or needed <= asked


def test_answers_by_dotted_id_and_by_section_mean_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"home": "India", "sales.home_usd": "420k", "languages": "English, hi"}')
    (tmp_path / "b.toml").write_text('home = "IND"\nlanguages = ["en", "Hindi"]\n[sales]\nhome_usd = 420000\n')
    assert read_answers(tmp_path / "a.json") == read_answers(tmp_path / "b.toml")
