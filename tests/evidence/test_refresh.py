"""Refreshing takes a source over whole or not at all, goes on where it stopped, and says so when there is no network.

A server on this machine speaks what ``wbgapi`` and ``sdmx1`` ask for: the World Bank's paged JSON, the ECB's SDMX-ML.
"""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from beachhead.errors import BeachheadError, InputError, UnreachableError
from beachhead.evidence import load_evidence
from beachhead.evidence import refresh as module
from beachhead.evidence.loaders.formats import table
from beachhead.evidence.model import STATUSES, Status
from beachhead.evidence.refresh import refresh, refreshed

CODES = [row["code"] for row in table("wdi")]
GONE = "IC.BUS.DFRN.XQ"  # a series that the service does not offer any more
PAGE = 3  # rows that the server puts on a page, whatever was asked for
ECONOMIES = ("DEU", "IND", "ARB")  # the last is an aggregate
VALUES = {"NY.GDP.MKTP.CD": 4.0e12, "LP.LPI.OVRL.XQ": 3.9}
MONTHS = [f"{year}-{month:02d}" for year in (2023, 2024, 2025, 2026) for month in range(1, 13)][:40]


def variables(code, year):
    for economy in ECONOMIES:
        value = VALUES.get(code, 2.0) if economy != "ARB" else 1e9
        yield {
            "variable": [
                {"concept": "Country", "id": economy, "value": economy},
                {"concept": "Series", "id": code, "value": code},
                {"concept": "Time", "id": f"YR{year}", "value": str(year)},
            ],
            "value": None if (economy, year) == ("IND", 2026) else value,
        }


def list_of(rows):
    return [{"page": 1, "pages": 1, "per_page": "1000", "total": len(rows)}, rows]


def concept(name, items):
    listed = [{"id": one, "value": one} for one in items]
    return {
        "page": 1,
        "pages": 1,
        "per_page": 1000,
        "total": len(listed),
        "source": [{"id": "2", "concept": [{"id": name, "variable": listed}]}],
    }


def concepts():
    listed = [{"id": one, "value": one} for one in ("Country", "Series", "Time")]
    return {"page": 1, "pages": 1, "per_page": 1000, "total": 3, "source": [{"id": "2", "concept": listed}]}


def country(code):
    region = {"id": "NA" if code == "ARB" else "ECS", "iso2code": "XX", "value": "x"}
    return {
        "id": code,
        "iso2Code": code[:2],
        "name": code,
        "region": region,
        "adminregion": region,
        "incomeLevel": region,
        "lendingType": region,
        "capitalCity": "x",
        "longitude": "1",
        "latitude": "1",
    }


SERIES_XML = """<generic:Series><generic:SeriesKey><generic:Value id="FREQ" value="M"/>
<generic:Value id="CURRENCY" value="{currency}"/><generic:Value id="CURRENCY_DENOM" value="EUR"/>
<generic:Value id="EXR_TYPE" value="SP00"/><generic:Value id="EXR_SUFFIX" value="E"/></generic:SeriesKey>{observations}
</generic:Series>"""
OBSERVATION_XML = (
    '<generic:Obs><generic:ObsDimension value="{month}"/><generic:ObsValue value="{value}"/></generic:Obs>'
)
MESSAGE_XML = """<?xml version="1.0" encoding="UTF-8"?>
<message:GenericData xmlns:message="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
 xmlns:common="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"
 xmlns:generic="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic">
<message:Header><message:ID>1</message:ID><message:Test>false</message:Test><message:Prepared>2026-11-01T00:00:00Z</message:Prepared>
<message:Sender id="ECB"/><message:Structure structureID="ECB_EXR1" dimensionAtObservation="TIME_PERIOD">
<common:Structure>
<URN>urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=ECB:ECB_EXR1(1.0)</URN></common:Structure>
</message:Structure></message:Header>
<message:DataSet action="Replace" structureRef="ECB_EXR1">{series}</message:DataSet>
</message:GenericData>"""


def rates():
    """Units per euro at the end of each month: the dollar at 1.1, the rupee swinging between 90 and 99."""
    rupee = 90 + 9 * (np.arange(len(MONTHS)) % 2)
    return {"USD": np.full(len(MONTHS), 1.1), "INR": rupee}


def ecb_message():
    series = ""
    for currency, values in rates().items():
        pairs = zip(MONTHS, values, strict=True)
        observations = "".join(OBSERVATION_XML.format(month=month, value=value) for month, value in pairs)
        series += SERIES_XML.format(currency=currency, observations=observations)
    return MESSAGE_XML.format(series=series)


class Service(BaseHTTPRequestHandler):
    """Both services. ``server.fails_at``: the indicator at which it breaks down; ``server.asked``: series asked for."""

    def do_GET(self):
        url = urlsplit(self.path)
        if "/data/EXR/" in url.path:
            self.server.asked.append(self.path)
            kind = "application/vnd.sdmx.genericdata+xml;version=2.1"
            self.answer(
                *(("<html>busy</html>", "text/html") if self.server.fails_at == "EXR" else (ecb_message(), kind))
            )
            return
        body = self.worldbank(url.path, parse_qs(url.query))
        if body is not None:
            self.answer(json.dumps(body), "application/json")

    def worldbank(self, path, query):
        if path.endswith("/sources/2/concepts"):
            return concepts()
        if match := re.search(r"/series/([^/]+)/", path):
            return self.series(match[1], int(query["page"][0]))
        if re.search(r"/sources/2/(time|Time)", path):
            return concept("Time", ["YR2024", "YR2025"])
        if path.endswith("/country/all"):
            return list_of([country(code) for code in ("USA", *ECONOMIES)])
        if path.rsplit("/", 1)[-1] in ("region", "incomelevel", "lendingtype"):
            return list_of([{"id": "ECS", "code": "ECS", "name": "x", "iso2code": "Z7", "value": "x"}])
        self.send_error(404)
        return None

    def series(self, code, page):
        if page == 1:
            self.server.asked.append(code)
        if code == self.server.fails_at:
            self.send_error(503)
            return None
        if code == GONE:
            return [
                {
                    "message": [
                        {"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}
                    ]
                }
            ]
        rows = [row for year in (2022, 2023, 2024, 2025) for row in variables(code, year)]
        start = (page - 1) * PAGE
        head = {"page": page, "pages": -(-len(rows) // PAGE), "per_page": str(PAGE), "total": len(rows)}
        return head | {"source": {"id": "2", "name": "WDI", "data": rows[start : start + PAGE]}}

    def answer(self, body, kind):
        data = body.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    service.asked, service.fails_at = [], None
    threading.Thread(target=service.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{service.server_address[1]}"
    monkeypatch.setenv("BEACHHEAD_WORLDBANK_URL", f"{url}/v2")
    monkeypatch.setenv("BEACHHEAD_ECB_URL", url)
    yield service
    service.shutdown()
    service.server_close()


def cell(evidence, indicator, market):
    facts = evidence.facts()
    i, j = facts.markets.index(market), facts.indicators.index(indicator)
    return facts.value[i, j], int(facts.year[i, j]), STATUSES[facts.status[i, j]], facts.source[i, j]


def test_newer_years_lie_over_the_snapshot(server, tmp_path):
    before = load_evidence(home_dir=tmp_path)
    steps = []
    done = refresh("worldbank", tmp_path, lambda name, place, count: steps.append((name, place, count)))
    assert [name for name, _, _ in steps] == CODES and steps[-1][1] == steps[-1][2]
    assert done.skipped == (GONE,)
    assert (done.newest, done.source) == ("2025", "worldbank")
    assert refreshed("worldbank", tmp_path) == done
    evidence = load_evidence(home_dir=tmp_path)
    assert cell(evidence, "gdp_usd", "DEU") == (4.0e12, 2025, Status.OBSERVED, "wdi")
    assert cell(evidence, "inflation", "DEU")[:2] == (pytest.approx(2.0), 2025)  # the mean of 2023–2025, all 2
    assert evidence.fact("gdp_usd", "DEU", 2025).value == 4.0e12
    assert evidence.fact("gdp_usd", "DEU", 2010) == before.fact("gdp_usd", "DEU", 2010)
    assert cell(evidence, "gdp_usd", "FRA") == cell(before, "gdp_usd", "FRA")
    assert not (tmp_path / "refresh" / ".partial-worldbank").exists()


def test_pages_are_all_read_and_aggregates_are_not(server, tmp_path):
    done = refresh("worldbank", tmp_path)
    assert done.rows == (len(CODES) - 1) * 2 * 4  # Germany and India in four years
    assert server.asked == CODES


def test_a_failure_midway_changes_nothing_and_the_next_run_goes_on(server, tmp_path):
    server.fails_at = CODES[5]
    with pytest.raises(UnreachableError, match=r"Nothing was changed") as caught:
        refresh("worldbank", tmp_path)
    assert caught.value.exit_code == 4
    assert refreshed("worldbank", tmp_path) is None
    assert not load_evidence(home_dir=tmp_path).layered
    server.fails_at, server.asked = None, []
    refresh("worldbank", tmp_path)
    assert server.asked == CODES[5:]
    assert cell(load_evidence(home_dir=tmp_path), "gdp_usd", "DEU")[0] == 4.0e12


def test_a_failed_second_refresh_leaves_the_first(server, tmp_path):
    done = refresh("worldbank", tmp_path)
    server.fails_at = CODES[0]
    with pytest.raises(UnreachableError):
        refresh("worldbank", tmp_path)
    assert refreshed("worldbank", tmp_path) == done


def test_a_stale_half_is_begun_again(server, tmp_path, monkeypatch):
    import os

    server.fails_at = CODES[5]
    with pytest.raises(UnreachableError):
        refresh("worldbank", tmp_path)
    os.utime(tmp_path / "refresh" / ".partial-worldbank", (0, 0))
    server.fails_at, server.asked = None, []
    refresh("worldbank", tmp_path)
    assert server.asked == CODES


def test_impossible_values_are_not_taken_over(server, tmp_path, monkeypatch):
    monkeypatch.setitem(VALUES, "LP.LPI.OVRL.XQ", 39.0)
    refresh("worldbank", tmp_path)
    evidence = load_evidence(home_dir=tmp_path)
    assert cell(evidence, "lpi", "DEU")[0] == 4.1


def test_the_users_own_stands_before_what_was_refreshed(server, tmp_path):
    from beachhead.evidence.user import add_file

    refresh("worldbank", tmp_path)
    own = tmp_path / "own.csv"
    own.write_text("market,indicator,value\nDEU,gdp_usd,5e12\n")
    add_file(own, tmp_path)
    assert cell(load_evidence(home_dir=tmp_path), "gdp_usd", "DEU")[::2] == (5e12, Status.USER)


def test_exchange_rates(server, tmp_path):
    done = refresh("ecb", tmp_path)
    assert done.newest == MONTHS[-1]
    assert "M..EUR.SP00.E" in server.asked[0] and "startPeriod=" in server.asked[0]
    evidence = load_evidence(home_dir=tmp_path)
    rows = evidence.engine.run("SELECT per_usd FROM refreshed_ecb WHERE currency = 'INR' ORDER BY month")
    assert rows["per_usd"] == pytest.approx(rates()["INR"] / 1.1)
    change = np.diff(np.log(rates()["INR"]))[-36:]
    value, year, status, source = cell(evidence, "fx_volatility", "IND")
    assert value == pytest.approx(100 * np.sqrt(12) * np.std(change, ddof=1))
    assert (year, status, source) == (2026, Status.OBSERVED, "ecb-fx")


def test_the_settings_of_another_user_of_the_package_come_back(server, tmp_path):
    import wbgapi

    before = wbgapi.endpoint, wbgapi.get_options
    server.fails_at = CODES[2]
    with pytest.raises(UnreachableError):
        refresh("worldbank", tmp_path)
    assert (wbgapi.endpoint, wbgapi.get_options) == before


def test_an_answer_that_is_no_data_is_no_traceback(server, tmp_path):
    server.fails_at = "EXR"
    with pytest.raises(UnreachableError, match="European Central Bank"):
        refresh("ecb", tmp_path)


@pytest.mark.parametrize("source", ["worldbank", "ecb"])
def test_no_network_is_one_clear_message(source, tmp_path, monkeypatch):
    monkeypatch.setenv("BEACHHEAD_WORLDBANK_URL", "http://127.0.0.1:9/v2")
    monkeypatch.setenv("BEACHHEAD_ECB_URL", "http://127.0.0.1:9")
    with pytest.raises(UnreachableError, match="cannot be reached") as caught:
        refresh(source, tmp_path)
    assert caught.value.exit_code == 4
    assert not list(tmp_path.glob("refresh/*.parquet"))


def test_missing_packages_are_named(tmp_path, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(module, "import_module", missing)
    with pytest.raises(BeachheadError, match=r"pip install 'beachhead\[refresh\]'"):
        refresh("worldbank", tmp_path)


def test_an_unknown_source_names_the_known(tmp_path):
    with pytest.raises(InputError, match="worldbank, ecb"):
        refresh("imf", tmp_path)
