"""Files are read as they are downloaded, in bounded memory, and every line that is not used has its reason."""

from __future__ import annotations

import csv
import gzip
import io
import subprocess
import sys
import zipfile
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beachhead.errors import InputError
from beachhead.evidence import read_manifest
from beachhead.evidence.engine import package_folder
from beachhead.evidence.loaders import cells, lines, open_file, read
from beachhead.evidence.loaders.formats import Header, formats, match_line
from beachhead.evidence.loaders.lines import Block, blocks
from beachhead.evidence.loaders.read import reference_tables

BACI_COUNTRIES = (
    "country_code,country_name,country_iso2,country_iso3\n"
    '4,Afghanistan,AF,AFG\n251,France,FR,FRA\n490,"Other Asia, nes",,S19\n516,Namibia,NA,NAM\n'
    "699,India,IN,IND\n842,USA,US,USA\n"
)
COMTRADE = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,"
    "flowDesc,partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,classificationCode,"
    "classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,aggrLevel,isLeaf,customsCode,"
    "customsDesc,mosCode,motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,isQtyEstimated,altQtyUnitCode,"
    "altQtyUnitAbbr,altQty,isAltQtyEstimated,netWgt,isNetWgtEstimated,grossWgt,isGrossWgtEstimated,cifvalue,"
    "fobvalue,primaryValue,legacyEstimationFlag,isReported,isAggregate"
)
COMTRADE_OLD = (
    "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,Trade Flow,"
    "Reporter Code,Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,Commodity Code,Commodity,"
    "Qty Unit Code,Qty Unit,Qty,Netweight (kg),Trade Value (US$),Flag"
)
BATIS = (
    "Reporter,type_Reporter,Partner,type_Partner,Flow,Item_code,type_Item,Year,Reported_value,Final_value,"
    "Methodology,Balanced_value"
)
WITS = (
    "Selected Nomen,Native Nomen,Reporter,Reporter Name,Product,Product Name,Partner,Partner Name,"
    "Tariff Year,Trade Year,Trade Source,DutyType,Simple Average,Weighted Average,Standard Deviation,"
    "Minimum Rate,Maximum Rate,Nbr of Total Lines,Nbr of Domestic Peaks,Nbr of International Peaks,"
    "Imports Value in 1000 USD,Binding Coverage"
)
TRAINS = (
    "NomenCode,Reporter_ISO_N,Year,ProductCode,Sum_Of_Rates,Min_Rate,Max_Rate,SimpleAverage,Nbr_NA_Lines,"
    "Nbr_Free_Lines,Nbr_AVE_Lines,Nbr_Dutiable_Lines,TotalNoOfValidLines,TotalNoOfLines,EstCode"
)


def text_of(columns, rows):
    """A CSV with this header; a row is a dict, what it lacks is empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns.split(","), restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def all_of(path):
    """(format id, rows as dicts, {line: reason}, ignored reasons) of a file."""
    opened = open_file(path)
    rows, rejected, ignored = [], {}, Counter()
    for chunk in read(opened):
        rows += chunk.rows.to_pylist()
        rejected |= {(one.file, one.line) if one.file else one.line: one.reason for one in chunk.rejected}
        ignored += chunk.ignored
    rows.sort(key=lambda row: tuple(str(cell) for cell in row.values()))
    return opened.format.id, rows, rejected, ignored


@pytest.mark.parametrize("revision", ["HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22"])
def test_baci_of_any_revision(tmp_path, revision):
    path = tmp_path / f"BACI_{revision}_Y2021_V202501.csv"
    path.write_text("t,i,j,k,v,q\n2021,699,842,250810,100.25,    3.2\n2021,516,251,70320,1.5,          NA\n")
    format_id, rows, rejected, _ = all_of(path)
    assert (format_id, rejected) == ("baci", {})
    assert [(r["exporter"], r["importer"], r["product"], r["value_usd"], r["quantity_t"]) for r in rows] == [
        ("IND", "USA", "hs:250810", 100_250.0, 3.2),  # thousand USD; 699 is India in UN statistics
        ("NAM", "FRA", "hs:070320", 1500.0, None),  # the lost leading zero; NA is no quantity, Namibia is a country
    ]
    assert {r["revision"] for r in rows} == {revision}
    assert {r["source"] for r in rows} == {f"CEPII BACI {revision} V202501"}


def test_baci_lines_that_cannot_be_used(tmp_path):
    path = tmp_path / "BACI_HS17_Y2021_V202501.csv"
    body = [
        "2021,999,842,250810,1,1",
        "1021,699,842,250810,1,1",
        "2021,699,842,ABC,1,1",
        "2021,699,842,250810,-1,1",
        "2021,699,842,250810,1",
        "2021,699,842,9999AA,1,1",
        "",
        "2021,699,842,250810,nan,1",
        "2021,699,490,250810,7,1",
    ]
    path.write_text("\n".join(["t,i,j,k,v,q", *body]) + "\n")
    _, rows, rejected, ignored = all_of(path)
    assert [r["importer"] for r in rows] == ["TWN"]  # “Other Asia” is Taiwan
    assert sorted(rejected) == [2, 3, 4, 5, 6, 9]
    assert "country code" in rejected[2] and "year" in rejected[3] and "HS6" in rejected[4]
    assert "5 columns where the header has 6" in rejected[6]
    assert ignored == {"goods not specified by kind": 1, "empty line": 1}


def test_a_baci_archive_brings_its_own_country_codes(tmp_path):
    path = tmp_path / "BACI_HS92_V202501.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("country_codes_V202501.csv", BACI_COUNTRIES + "777,Newland,NL,DEU\n")
        archive.writestr("product_codes_HS92_V202501.csv", "code,description\n010111,Horses\n")
        archive.writestr("Readme.txt", "About this data\n")
        for year in (2020, 2021):
            archive.writestr(
                f"BACI_HS92_Y{year}_V202501.csv", f"t,i,j,k,v,q\n{year},777,699,010111,1,1\n{year},1,2,3,4,5\n"
            )
    opened = open_file(path)
    assert opened.passed_over == ("Readme.txt", "product_codes_HS92_V202501.csv")
    _, rows, rejected, _ = all_of(path)
    assert [(r["exporter"], r["importer"], r["year"]) for r in rows] == [("DEU", "IND", 2020), ("DEU", "IND", 2021)]
    assert set(rejected) == {("BACI_HS92_Y2020_V202501.csv", 3), ("BACI_HS92_Y2021_V202501.csv", 3)}


def test_a_folder_and_a_single_file_use_the_codes_beside_them(tmp_path):
    (tmp_path / "country_codes_V202501.csv").write_text(BACI_COUNTRIES + "777,Newland,NL,DEU\n")
    one = tmp_path / "BACI_HS92_Y2020_V202501.csv"
    one.write_text("t,i,j,k,v,q\n2020,777,699,010111,1,1\n")
    assert [r["exporter"] for r in all_of(one)[1]] == ["DEU"]
    assert all_of(tmp_path)[1] == all_of(one)[1]


def comtrade_row(**cells_):
    usual = {
        "typeCode": "C",
        "freqCode": "A",
        "refYear": 2022,
        "reporterISO": "DEU",
        "flowCode": "M",
        "partnerISO": "IND",
        "partnerCode": 699,
        "partner2Code": 0,
        "classificationCode": "H6",
        "cmdCode": "250810",
        "customsCode": "C00",
        "motCode": 0,
        "netWgt": 2000,
        "primaryValue": 1000.5,
    }
    return usual | cells_


def test_comtrade(tmp_path):
    path = tmp_path / "TradeData.csv"
    rows = [
        comtrade_row(),
        comtrade_row(flowCode="X", partnerISO="AUT", primaryValue=7),
        comtrade_row(partnerISO="W00", primaryValue=5000),
        comtrade_row(partnerISO="_X"),
        comtrade_row(flowCode="RM"),
        comtrade_row(motCode=1000),
        comtrade_row(classificationCode="S4"),
        comtrade_row(cmdCode="TOTAL"),
        comtrade_row(primaryValue="n/a"),
        comtrade_row(refYear=22),
        comtrade_row(cmdCode="90111", classificationCode="H5"),
    ]
    path.write_text(text_of(COMTRADE, rows).replace("DEU", "DEU", 1), encoding="latin-1")
    format_id, found, rejected, ignored = all_of(path)
    assert format_id == "comtrade"
    seen = {(r["exporter"], r["importer"], r["product"], r["value_usd"], r["revision"]) for r in found}
    assert seen == {
        ("IND", "DEU", "hs:250810", 1000.5, "HS22"),
        ("DEU", "AUT", "hs:250810", 7.0, "HS22"),  # an export: reporter and partner change places
        ("WLD", "DEU", "hs:250810", 5000.0, "HS22"),  # a stated total
        ("IND", "DEU", "hs:090111", 1000.5, "HS17"),
    }
    assert found[0]["quantity_t"] == 2.0
    assert set(rejected) == {10, 11}
    assert sum(ignored.values()) == 5 and ignored["parts of a total"] == 1


def test_comtrade_in_latin_1_with_a_quoted_comma(tmp_path):
    path = tmp_path / "TradeData.csv"
    row = comtrade_row(reporterISO="CIV", reporterDesc="Côte d'Ivoire, Republic of")
    path.write_bytes(text_of(COMTRADE, [row]).encode("latin-1"))
    assert [r["importer"] for r in all_of(path)[1]] == ["CIV"]


def test_comtrade_before_2023(tmp_path):
    path = tmp_path / "comtrade.csv"
    usual = {
        "Classification": "H4",
        "Year": 2016,
        "Period": 2016,
        "Trade Flow": "Import",
        "Reporter ISO": "AUS",
        "Partner ISO": "NZL",
        "Commodity Code": "01",
        "Netweight (kg)": "",
        "Trade Value (US$)": 91128858,
    }
    rows = [usual, usual | {"Trade Flow": "Re-Import"}, usual | {"Period": 201601}, usual | {"Trade Value (US$)": "x"}]
    path.write_text(text_of(COMTRADE_OLD, rows))
    format_id, found, rejected, ignored = all_of(path)
    assert format_id == "comtrade-old"
    assert [(r["exporter"], r["importer"], r["product"], r["revision"]) for r in found] == [
        ("NZL", "AUS", "hs:01", "HS12")
    ]
    assert set(rejected) == {5}
    assert ignored == {"re-exports and other flows": 1, "monthly figures": 1}


def test_batis_is_services_by_item(tmp_path):
    path = tmp_path / "OECD-WTO_BATIS_BPM6_December2025_bulk.csv"
    usual = {
        "Reporter": "DE",
        "type_Reporter": "c",
        "Partner": "IN",
        "type_Partner": "c",
        "Flow": "M",
        "Item_code": "SI",
        "Year": 2023,
        "Balanced_value": 1234.5,
    }
    rows = [
        usual,
        usual | {"Flow": "X"},
        usual | {"Reporter": "NAM"},
        usual | {"Partner": "EU27", "type_Partner": "g"},
        usual | {"Balanced_value": ""},
        usual | {"Balanced_value": -3},
    ]
    path.write_text(text_of(BATIS, rows))
    format_id, found, rejected, ignored = all_of(path)
    assert format_id == "batis"
    assert [(r["exporter"], r["importer"], r["product"], r["value_usd"]) for r in found] == [
        ("IND", "DEU", "user:ebops-SI", 1_234_500_000.0),
        ("IND", "NAM", "user:ebops-SI", 1_234_500_000.0),
    ]
    assert set(rejected) == {7}
    assert sum(ignored.values()) == 3


@pytest.mark.parametrize(
    "preamble", ["", '"Data Source","World Development Indicators",\n\n"Last Updated Date","2026-07-01",\n\n']
)
def test_wdi_bulk(tmp_path, preamble):
    path = tmp_path / "WDICSV.csv"
    path.write_text(
        preamble + "Country Name,Country Code,Indicator Name,Indicator Code,1960,2023,2024,\n"
        '"Bahamas, The",BHS,"GDP (current US$)",NY.GDP.MKTP.CD,1.5e8,14338500000,,\n'
        "Arab World,ARB,GDP (current US$),NY.GDP.MKTP.CD,,3.5e12,,\n"
        "Germany,DEU,Unemployment,SL.UEM.TOTL.ZS,,3.1,103,\n"
        "Germany,DEU,Forest area,AG.LND.FRST.ZS,,32.7,32.7,\n"
    )
    format_id, found, rejected, ignored = all_of(path)
    assert format_id == "wdi"
    seen = {(r["market"], r["indicator"], r["year"], r["value"]) for r in found}
    assert seen == {
        ("BHS", "gdp_usd", 1960, 1.5e8),
        ("BHS", "gdp_usd", 2023, 14338500000.0),
        ("DEU", "unemployment", 2023, 3.1),
    }
    assert list(rejected.values()) == ["2024: value is outside 0 to 100 (% of labour force)"]
    assert list(rejected) == [4 + preamble.count("\n")]
    assert ignored == {"aggregates and economies that are not markets": 1}


def test_every_mapped_series_is_an_indicator():
    tables = reference_tables()
    assert set(tables["wdi"]["indicator"].to_pylist()) <= set(tables["limits"]["indicator"].to_pylist())
    economies = dict(zip(*tables["economies"].to_pydict().values(), strict=True))
    assert (economies["NA"], economies["516"], economies["051"], economies["ROM"]) == ("NAM", "NAM", "ARM", "ROU")
    assert len(set(economies)) == tables["economies"].num_rows


def test_wits_tariffs(tmp_path):
    path = tmp_path / "DataJobID-1.csv"
    usual = {
        "Selected Nomen": "HS 2022",
        "Reporter": "356",
        "Product": "250810",
        "Partner": "000",
        "Tariff Year": 2022,
        "DutyType": "AHS",
        "Simple Average": 5.0,
        "Weighted Average": 4.5,
    }
    rows = [
        usual,
        usual | {"Product": "Total", "Product Name": "Total Trade"},
        usual | {"Reporter": "918", "Partner": "404"},
        usual | {"DutyType": "BND"},
        usual | {"Simple Average": -1},
        usual | {"Product": "UNCTAD-SoP1"},
    ]
    path.write_text(text_of(WITS, rows))
    format_id, found, rejected, ignored = all_of(path)
    assert format_id == "wits"
    india = [r for r in found if r["importer"] == "IND"]
    assert [(r["product"], r["exporter"], r["weighted_pct"]) for r in india] == [
        ("hs:250810", "WLD", 4.5),
        ("total", "WLD", 4.5),
    ]
    union = [r for r in found if r["exporter"] == "KEN"]
    assert len(union) == 27 and {"DEU", "PRT"} <= {r["importer"] for r in union}  # the Union's tariff is its members'
    assert set(rejected) == {6}
    assert ignored == {"bound and other duties": 1, "groups of products": 1}


def test_trains_in_bulk(tmp_path):
    usual = {"NomenCode": "H6", "Reporter_ISO_N": "036", "Year": 2022, "ProductCode": "010121", "SimpleAverage": 5}
    path = tmp_path / "AVEMFN_H6_036_2022_U2.CSV"
    path.write_text(text_of(TRAINS, [usual, usual | {"SimpleAverage": "NA"}]))
    assert [(r["importer"], r["product"], r["basis"], r["simple_pct"]) for r in all_of(path)[1]] == [
        ("AUS", "hs:010121", "MFN", 5.0)
    ]
    path.write_text(text_of(TRAINS + ",Partner", [usual | {"Partner": "554"}, usual | {"Partner": "A12"}]))
    _, rows, _, ignored = all_of(path)
    assert [(r["exporter"], r["basis"]) for r in rows] == [("NZL", "PRF")]
    assert ignored == {"groups and unspecified areas": 1}


def test_compressed_and_tab_separated(tmp_path):
    path = tmp_path / "bulk.txt.gz"
    tabs = (
        COMTRADE.replace(",", "\t")
        + "\n"
        + "\t".join(str(comtrade_row().get(name, "")) for name in COMTRADE.split(","))
        + "\n"
    )
    path.write_bytes(gzip.compress(tabs.encode()))
    assert len(all_of(path)[1]) == 1


OWN = "market,product,value_usd\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"   \n \n", "empty"),
        (b"market;product;value_usd\nDEU;user:x;1\n", "by commas"),
        (b"a,b,c\n1,2,3\n", "no known format has these columns"),
        (OWN.encode("utf-16"), "UTF-16"),
        (b"\x00\x01\x02\x03", "not a text file"),
        (b"x" * 200_000, "longer than 64 KB"),
        (b"PAR1 this is none", "not a whole Parquet file"),
        (b"PK\x03\x04broken", "no known format"),
    ],
)
def test_files_that_are_not_evidence(tmp_path, content, says):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        open_file(path)


def test_missing_empty_and_mixed_places(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        open_file(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="holds no"):
        open_file(tmp_path)
    (tmp_path / "a.csv").write_text(OWN)
    (tmp_path / "b.csv").write_text("market,indicator,value\n")
    with pytest.raises(InputError, match="add them one by one"):
        open_file(tmp_path)


def test_a_huge_line_is_named_and_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "BLOCK", 1 << 12)
    monkeypatch.setattr(lines, "LONGEST", 1 << 13)
    path = tmp_path / "own.csv"
    path.write_bytes(OWN.encode() + b"DEU,user:x,5\n" + b"9" * 300_000 + b"\nFRA,user:x,6\n")
    _, rows, rejected, _ = all_of(path)
    assert [r["market"] for r in rows] == ["DEU", "FRA"]
    assert list(rejected) == [3]


def test_nul_bytes_wrong_text_and_open_quotes_are_named(tmp_path):
    path = tmp_path / "own.csv"
    path.write_bytes(OWN.encode() + b'DEU,user:x,5\nFR\0A,user:x,6\nITA,user:\xff,7\nESP,"user:x,8\nPRT,user:x,9\n')
    _, rows, rejected, _ = all_of(path)
    assert [r["market"] for r in rows] == ["DEU", "PRT"]
    assert rejected[3] == "holds a NUL byte" and rejected[5].endswith("on its line")
    assert rejected[4].startswith("holds a byte (0xff) that is not UTF-8")


def test_a_file_reads_the_same_on_any_day(tmp_path, monkeypatch):
    """What counts as a year to come hangs on the snapshot, not on the clock."""
    path = tmp_path / "own.csv"
    last = int(read_manifest(package_folder("snapshot"))["vintage"][:4]) + 1
    path.write_text(f"market,product,value_usd,year\nDEU,user:x,5,{last}\nFRA,user:x,6,{last + 1}\n")
    _, rows, rejected, _ = all_of(path)
    assert [r["market"] for r in rows] == ["DEU"]
    assert f"not between 1900 and {last}" in rejected[3]


HEADER = Header(next(one for one in formats() if one.id == "own-demand"), ("market", "product", "value_usd"), ",")
ODD = st.text(alphabet='aB1 ,"\r\0é', max_size=12)


@settings(max_examples=300)
@given(st.lists(ODD, min_size=1, max_size=8), st.integers(2, 50))
def test_the_fast_reading_is_the_slow_one(texts, first):
    """Arrow's reader may be used only where it says the same as reading line by line."""
    block = Block(first, ("\n".join(texts) + "\n").encode())
    fast, slow = cells._fast(block, HEADER), cells._slow(block, HEADER)
    if fast is None or "\r" in "".join(text.rstrip("\r") for text in texts):
        return  # a lone carriage return ends a line for Arrow and not for us; such a block goes the slow way
    lines_slow = dict(zip(slow.table["line"].to_pylist(), slow.table.drop_columns("line").to_pylist(), strict=True))
    lines_fast = dict(zip(fast.table["line"].to_pylist(), fast.table.drop_columns("line").to_pylist(), strict=True))
    assert {line: lines_fast[line] for line in lines_slow if line in lines_fast} == {
        line: row for line, row in lines_slow.items() if line in lines_fast
    }
    assert set(lines_slow) <= set(lines_fast)


@given(st.binary(max_size=4000), st.integers(1, 500))
def test_blocks_are_the_stream_again(data, size):
    old, lines.BLOCK = lines.BLOCK, size
    try:
        found = list(blocks(io.BytesIO(data), first=3))
    finally:
        lines.BLOCK = old
    assert b"".join(block.data for block in found) == data
    at = 3
    for block in found:
        assert block.first == at
        at += block.data.count(b"\n")


def test_headers_in_any_case_order_and_with_a_byte_order_mark(tmp_path):
    assert match_line("VALUE, Market ,indicator").format.id == "own-indicators"
    path = tmp_path / "own.csv"
    path.write_bytes(b"\xef\xbb\xbfvalue_usd,product,market\r\n12,user:x,deu\r\n")
    assert [(r["market"], r["value_usd"]) for r in all_of(path)[1]] == [("DEU", 12.0)]


def test_parquet_is_read_like_csv(tmp_path):
    from pyarrow import parquet

    table = pa.table(
        {"market": ["DEU", "XXX"], "product": ["user:x"] * 2, "value_usd": [5.0, 6.0], "year": [2024, None]}
    )
    parquet.write_table(table, tmp_path / "own.parquet")
    _, rows, rejected, _ = all_of(tmp_path / "own.parquet")
    assert [(r["market"], r["value_usd"], r["year"]) for r in rows] == [("DEU", 5.0, 2024)]
    assert list(rejected) == [2]


MEASURE = """
import resource, sys
from pathlib import Path
from beachhead.evidence.user import add_file
import duckdb, pyarrow.parquet, pyarrow.csv
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
report = add_file(Path(sys.argv[1]), Path(sys.argv[2]))
print(report.accepted, report.rejected_count, (peak() - before) // 1024)
"""


def test_a_large_file_streams(tmp_path):
    """1.5 million rows of BACI (some 45 MB): memory grows by far less than rows kept in memory would take."""
    path, rows = tmp_path / "BACI_HS92_Y2021_V202501.csv", 1_500_000
    rng = np.random.default_rng(5)
    importers, products = rng.choice([251, 276, 699, 842], rows), rng.integers(10_000, 999_999, rows)
    values = rng.lognormal(3, 2, rows)
    with path.open("w") as stream:
        stream.write("t,i,j,k,v,q\n")
        for start in range(0, rows, 100_000):
            part = slice(start, start + 100_000)
            numbers = zip(importers[part], products[part], values[part], strict=True)
            stream.write("".join(f"2021,156,{j},{k:06d},{v:.3f},{v:.3f}\n" for j, k, v in numbers))
        stream.write("2021,156,1,2,3\n")
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), str(tmp_path / "home")], capture_output=True, text=True, check=True
    )
    accepted, rejected, megabytes = map(int, done.stdout.split())
    assert (accepted, rejected) == (rows, 1)
    assert megabytes < 700


def damaged_zip(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("own.csv", OWN + "DEU,user:x,5\n" * 50_000)
    data = bytearray(path.read_bytes())
    data[300:600] = bytes(300)
    path.write_bytes(data)


def cut_gzip(path):
    path.write_bytes(gzip.compress((OWN + "DEU,user:x,5\n" * 50_000).encode())[:-200])


def cut_parquet(path):
    from pyarrow import parquet

    parquet.write_table(pa.table({"market": ["DEU"], "product": ["user:x"], "value_usd": [5.0]}), path)
    path.write_bytes(path.read_bytes()[:-30])


@pytest.mark.parametrize(
    ("name", "spoil"), [("own.zip", damaged_zip), ("own.csv.gz", cut_gzip), ("own.parquet", cut_parquet)]
)
def test_a_damaged_file_is_a_fault_not_a_crash(tmp_path, name, spoil):
    spoil(tmp_path / name)
    with pytest.raises(InputError, match=r"damaged|not a whole"):
        all_of(tmp_path / name)
