"""What the user adds counts before the rest, is kept whole or not at all, and can be taken back."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from beachhead.errors import InputError
from beachhead.evidence import load_evidence
from beachhead.evidence.index import read_index
from beachhead.evidence.model import STATUSES, Status
from beachhead.evidence.user import add_file, check_files, read_in_memory, remove

INDICATORS = "market,indicator,value,sd,year,source\n"
DEMAND = "market,product,value_usd,sd_log,year,source\n"
FLOWS = "exporter,importer,product,year,value_usd\n"


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def file(tmp_path):
    """Writes a file and returns its path."""

    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def cell(evidence, indicator, market):
    facts = evidence.facts()
    i, j = facts.markets.index(market), facts.indicators.index(indicator)
    return facts.value[i, j], facts.sd[i, j], facts.sd_t[i, j], STATUSES[facts.status[i, j]], facts.source[i, j]


def test_an_own_value_stands_before_the_snapshot_and_nothing_else_moves(home, file):
    before = load_evidence(home_dir=home).facts()
    add_file(file("mine.csv", INDICATORS + "DEU,lpi,3.3,0.05,2025,my survey\n"), home)
    evidence = load_evidence(home_dir=home)
    value, sd, _, status, source = cell(evidence, "lpi", "DEU")
    assert (value, status, source) == (3.3, Status.USER, "user")
    assert sd == pytest.approx(0.05)  # as stated: it is of the last complete year
    fact = evidence.fact("lpi", "DEU")
    assert (fact.year, fact.status, fact.licence) == (2025, Status.USER, "The user's own")
    assert evidence.fact("lpi", "DEU", 2025).value == 3.3
    assert evidence.fact("lpi", "DEU", 2023).value == 4.1  # what was observed then is still known
    moved = np.argwhere(before.value != evidence.facts().value)
    assert len(moved) == 1


def test_an_old_value_is_less_sure_and_an_unstated_error_is_the_usual_one(home, file):
    add_file(file("mine.csv", INDICATORS + "DEU,lpi,3.3,0.05,2015,\nFRA,lpi,3.3,,2025,\nITA,lpi,3.3,,,\n"), home)
    evidence = load_evidence(home_dir=home)
    assert cell(evidence, "lpi", "DEU")[1] > 0.1
    usual = evidence.catalogue.noise["lpi"].measurement_sd
    assert cell(evidence, "lpi", "FRA")[1] == cell(evidence, "lpi", "ITA")[1] == pytest.approx(usual)


def test_errors_of_sizes_are_carried_to_the_log_scale(home, file):
    add_file(file("mine.csv", INDICATORS + "DEU,gdp_usd,5e12,5e11,2025,\n"), home)
    _, sd, sd_t, _, _ = cell(load_evidence(home_dir=home), "gdp_usd", "DEU")
    assert sd_t == pytest.approx(0.1)
    assert sd == pytest.approx(5e11)


def test_a_replaced_series_moves_what_is_computed_from_it(home, file):
    rows = "".join(
        f"DEU,inflation_annual,{value},,{year},\n" for year, value in ((2023, 2.0), (2024, 4.0), (2025, 6.0))
    )
    add_file(file("mine.csv", INDICATORS + rows), home)
    value, _, _, status, _ = cell(load_evidence(home_dir=home), "inflation", "DEU")
    assert (value, status) == (pytest.approx(4.0), Status.USER)


def test_the_later_file_counts_and_the_firms_own_counts_most(home, file):
    add_file(file("first.csv", INDICATORS + "DEU,lpi,3.1,,,\n"), home)
    add_file(file("second.csv", INDICATORS + "DEU,lpi,3.2,,,\n"), home)
    extra = file("third.csv", INDICATORS + "DEU,lpi,3.3,,,\nXXX,lpi,3.3,,,\n")
    assert cell(load_evidence(home_dir=home), "lpi", "DEU")[0] == 3.2
    evidence = load_evidence(home_dir=home, user=[extra])
    assert cell(evidence, "lpi", "DEU")[0] == 3.3
    assert str(evidence.rejected[0]).startswith("third.csv, line 3: unknown market “XXX”")
    remove("second.csv", home)
    assert cell(load_evidence(home_dir=home), "lpi", "DEU")[0] == 3.1


def test_removing_is_an_undo(home, file):
    before = load_evidence(home_dir=home).facts()
    add_file(file("mine.csv", INDICATORS + "DEU,lpi,3.3,,,\n"), home)
    assert [one.name for one in remove("mine.csv", home)] == ["mine.csv"]
    after = load_evidence(home_dir=home).facts()
    assert (before.value == after.value).all() and (before.status == after.status).all()
    assert list((home / "evidence").iterdir()) == []
    with pytest.raises(InputError, match="was never added"):
        remove("mine.csv", home)


def test_adding_twice_changes_nothing_and_a_new_version_takes_the_place(home, file):
    path = file("mine.csv", INDICATORS + "DEU,lpi,3.3,,,\n")
    first = add_file(path, home)
    before = sorted(one.name for one in (home / "evidence").iterdir())
    again = add_file(path, home)
    assert (first.already, again.already) == (False, True)
    assert sorted(one.name for one in (home / "evidence").iterdir()) == before
    file("mine.csv", INDICATORS + "DEU,lpi,3.4,,,\n")
    add_file(path, home)
    assert len(read_index(home / "evidence")) == 1
    assert cell(load_evidence(home_dir=home), "lpi", "DEU")[0] == 3.4


def test_the_record_says_what_was_added(home, file):
    import hashlib

    path = file("mine.csv", INDICATORS + "DEU,lpi,3.3,,,\nDEU,lpi,99,,,\n")
    add_file(path, home)
    [one] = read_index(home / "evidence")
    assert (one.name, one.kind, one.format, one.rows, one.rejected) == (
        "mine.csv",
        "indicators",
        "own-indicators",
        1,
        1,
    )
    assert one.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert one.date.startswith("20") and one.date.endswith("+00:00")


BAD_ROWS = {
    "XXX,lpi,3,,,": "unknown market",
    "Germany,lpi,3,,,": "unknown market",
    "DEU,lpx,3,,,": "unknown indicator",
    "DEU,distance,3,,,": "unknown indicator",  # no value per market
    "DEU,lpi,three,,,": "not a number",
    'DEU,lpi,"3,5",,,': "not a number",
    "DEU,lpi,nan,,,": "not finite",
    "DEU,lpi,inf,,,": "not finite",
    "DEU,lpi,-1,,,": "outside 1 to 5",
    "DEU,gdp_usd,-5,,,": "above zero",
    "DEU,gdp_usd,0,,,": "above zero",
    "DEU,internet_users,101,,,": "outside 0 to 100",
    "DEU,lpi,3,-0.1,,": "sd must be",
    "DEU,lpi,3,nan,,": "sd must be",
    "DEU,lpi,3,,1066,": "not between 1900",
    "DEU,lpi,3,,2999,": "not between 1900",
    "DEU,lpi,3,,2020.6,": "not between 1900",
    "=1+1,lpi,3,,,": "formula",
    "DEU,lpi,3,,,=HYPERLINK(1)": "formula",
    "DEU,lpi,3,,,@SUM(A1)": "formula",
    "DEU,lpi,3,,,-1+1": "formula",
    "DEU,lpi,3,,": "columns",
    "DEU,lpi,3,,,,": "columns",
    f"DEU,lpi,3,,,{'x' * 301}": "longer than 300",
}


@pytest.mark.parametrize(("row", "says"), BAD_ROWS.items())
def test_a_row_that_cannot_be_used_is_named_and_the_others_are_kept(home, file, row, says):
    report = add_file(file("mine.csv", f"{INDICATORS}NAM,lpi,3.1,,,\n{row}\n"), home)
    assert report.accepted == 1
    assert [one.line for one in report.rejected] == [3]
    assert says in report.rejected[0].reason


@pytest.mark.parametrize("row", BAD_ROWS)
def test_if_no_row_can_be_used_nothing_is_written(home, file, row):
    with pytest.raises(InputError, match="nothing was kept"):
        add_file(file("mine.csv", f"{INDICATORS}{row}\n"), home)
    assert not home.exists()


@pytest.mark.parametrize(
    ("header", "row", "says"),
    [
        (DEMAND, "DEU,shoes,5,,,", "not written like"),
        (DEMAND, "DEU,user:shoes,0,,,", "above zero"),
        (DEMAND, "DEU,user:shoes,5,11,,", "sd_log"),
        (FLOWS, "DEU,XXX,hs:64,2020,5", "unknown importer"),
        (FLOWS, "DE,FRA,hs:64,2020,5", "unknown exporter"),
        (FLOWS, "DEU,FRA,hs:640,2020,5", "not written like"),
        (FLOWS, "DEU,FRA,hs:64,2020,-5", "zero or more"),
        (FLOWS, "DEU,FRA,hs:64,,5", "year"),
    ],
)
def test_rows_of_demand_and_flows_that_cannot_be_used(home, file, header, row, says):
    with pytest.raises(InputError, match=says):
        add_file(file("mine.csv", header + row + "\n"), home)


def test_a_broken_run_leaves_nothing_that_counts(home, file, monkeypatch):
    from beachhead.evidence import user

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(user, "_sort", stop)
    with pytest.raises(KeyboardInterrupt):
        add_file(file("mine.csv", INDICATORS + "DEU,lpi,3.3,,,\n"), home)
    assert read_index(home / "evidence") == []
    assert list((home / "evidence").iterdir()) == []


def test_a_damaged_record_is_named(home, file):
    add_file(file("mine.csv", INDICATORS + "DEU,lpi,3.3,,,\n"), home)
    next((home / "evidence").glob("*.json")).write_text("{}")
    with pytest.raises(InputError, match="damaged"):
        load_evidence(home_dir=home)


def test_all_unreadable_files_are_named_before_any_is_added(file, tmp_path):
    good = file("good.csv", INDICATORS + "DEU,lpi,3.3,,,\n")
    with pytest.raises(InputError) as caught:
        check_files([good, file("a.csv", "x,y\n1,2\n"), tmp_path / "none.csv"])
    assert [fault.field for fault in caught.value.faults] == ["a.csv", "none.csv"]


def test_own_demand(home, file):
    rows = "DEU,user:shoes,100,0.2,2024,a\nDEU,user:shoes,90,0.2,2020,a\nFRA,user:shoes,50,,,\n"
    add_file(file("shoes.csv", DEMAND + rows), home)
    found = load_evidence(home_dir=home).query("user_demand", product="user:shoes")
    assert dict(zip(found["market"], found["value_usd"], strict=True)) == {"DEU": 100.0, "FRA": 50.0}
    assert np.isnan(found["sd_log"][1])


def test_own_flows_of_a_product_are_demand_for_it(home, file):
    rows = "IND,DEU,user:app,2023,10\nUSA,DEU,user:app,2023,30\nUSA,DEU,user:app,2020,99\n"
    rows += "WLD,FRA,user:app,2023,70\nIND,FRA,user:app,2023,1\n"  # a stated total stands before the sum
    add_file(file("apps.csv", FLOWS + rows), home)
    found = load_evidence(home_dir=home).query("user_demand", product="user:app")
    assert dict(zip(found["market"], found["value_usd"], strict=True)) == {"DEU": 40.0, "FRA": 70.0}
    assert set(found["year"]) == {2023}


def test_own_flows_of_a_line_join_the_snapshot_pair_by_pair(home, file):
    plain = load_evidence(home_dir=home)

    def pairs(evidence):
        rows = evidence.query("hs6_suppliers", hs6="260111")
        return dict(
            zip(zip(rows["exporter"], rows["importer"], rows["year"], strict=True), rows["value_usd"], strict=True)
        )

    before = pairs(plain)
    add_file(
        file("ore.csv", FLOWS + "AUS,CHN,hs:260111,2021,123\nAUS,DEU,hs:260111,2031,5\nAUS,DEU,hs:260111,2025,6\n"),
        home,
    )
    after = pairs(load_evidence(home_dir=home))
    assert before["AUS", "CHN", 2021] > 1e11
    assert {key: value for key, value in after.items() if before.get(key) != value} == {
        ("AUS", "CHN", 2021): 123.0,
        ("AUS", "DEU", 2025): 6.0,
    }
    assert set(before) < set(after)


def test_a_line_that_only_the_user_has(home, file):
    add_file(
        file("bags.csv", FLOWS + "ITA,USA,hs:420221,2023,8\nCHN,USA,hs:420221,2023,4\nWLD,JPN,hs:420221,2023,9\n"), home
    )
    evidence = load_evidence(home_dir=home)
    known = evidence.query("hs6_available")
    assert "420221" in known["hs6"] and "420221" not in load_evidence().query("hs6_available")["hs6"]
    demand = evidence.query("hs6_demand", hs6="420221")
    assert dict(zip(demand["importer"], demand["value_usd"], strict=True)) == {"JPN": 9.0, "USA": 12.0}
    stated = evidence.query("user_demand", product="hs:420221")
    assert list(stated["market"]) == ["JPN"]  # no supplier is known there, so the total is the user's own figure


def comtrade(reporter, flow, partner, value):
    return f"C,A,2022,{reporter},{flow},{partner},H6,250810,{value}\n"


def test_of_two_reports_of_a_flow_the_importers_counts(home, file):
    header = "typeCode,freqCode,refYear,reporterISO,flowCode,partnerISO,classificationCode,cmdCode,primaryValue\n"
    rows = comtrade("DEU", "M", "IND", 110) + comtrade("IND", "X", "DEU", 100) + comtrade("IND", "X", "FRA", 50)
    add_file(file("TradeData.csv", header + rows), home)
    found = load_evidence(home_dir=home).query("flows_of", product="hs:250810")
    assert dict(zip(found["importer"], found["value_usd"], strict=True)) == {"DEU": 110.0, "FRA": 50.0}


def test_own_tariffs(home, file):
    header = (
        "Selected Nomen,Reporter,Product,Product Name,Partner,Tariff Year,DutyType,Simple Average,Weighted Average\n"
    )
    rows = (
        "H6,356,Total,Total,000,2030,AHS,1,1\n"
        "H6,356,Total,Total,000,2024,AHS,9,7.5\n"
        "H6,356,25,Salt,000,2024,AHS,5,4\n"
        "H6,356,250810,Bentonite,000,2024,MFN,5,5\n"
        "H6,356,250810,Bentonite,404,2024,PRF,2,2\n"
    )
    report = add_file(file("wits.csv", header + rows), home)
    assert report.rejected_count == 1
    evidence = load_evidence(home_dir=home)

    def rate(product, origin):
        return evidence.query("user_tariffs", product=product, home=origin)["rate_pct"].tolist()

    assert rate("hs:250810", "KEN") == [2.0]  # a preference of its own
    assert rate("hs:250810", "USA") == [5.0]
    assert rate("hs:250820", "USA") == [4.0]  # the chapter's
    assert rate("hs:640110", "USA") == [7.5]  # all goods
    assert cell(evidence, "applied_tariff", "IND")[0] == 7.5


def test_an_old_download_does_not_displace_newer_years(home, file):
    header = "Country Name,Country Code,Indicator Name,Indicator Code,2001\n"
    add_file(file("WDICSV.csv", header + "Germany,DEU,Mobile,IT.CEL.SETS.P2,68\n"), home)
    evidence = load_evidence(home_dir=home)
    assert cell(evidence, "mobile", "DEU")[3] is not Status.USER
    assert evidence.fact("mobile", "DEU", 2001).value == 68.0


def test_a_firm_file_cannot_drag_in_a_huge_table(file, monkeypatch):
    from beachhead.evidence import user

    monkeypatch.setattr(user, "IN_MEMORY", 10)
    with pytest.raises(InputError, match="beachhead evidence add"):
        read_in_memory(file("mine.csv", INDICATORS + "DEU,lpi,3.3,,,\n"))


def test_the_folder_may_be_copied_to_another_place(home, file, tmp_path):
    add_file(file("mine.csv", INDICATORS + "DEU,lpi,3.3,,,\n"), home)
    shutil.copytree(home, tmp_path / "it's [another] home")
    evidence = load_evidence(home_dir=tmp_path / "it's [another] home")
    assert cell(evidence, "lpi", "DEU")[0] == 3.3
    assert json.loads(next((home / "evidence").glob("*.json")).read_text())["name"] == "mine.csv"
