"""Money: dollar rates of currencies by month, and the standard rate of sales tax."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pyarrow as pa

from beachhead.evidence.build.files import csv_rows, number
from beachhead.evidence.build.grid import FIRST_YEAR, LAST_YEAR, Grid, Observation, fill_years, from_rows
from beachhead.evidence.build.table import HERE, Raw, TableSpec
from beachhead.evidence.catalogue import read_table

Rates = dict[str, dict[str, float]]  # currency -> month 'YYYY-MM' -> units of the currency per dollar

SLIP: Final = np.log(1.3)  # a rate that leaves both its neighbours by so much, while they agree, is a slip of the pen
FX_SCHEMA: Final = pa.schema(
    [("currency", pa.string()), ("month", pa.string()), ("per_usd", pa.float64()), ("source", pa.string())]
)


def hmrc_rates(raw: Raw) -> Rates:
    """Rates that British customs fixed for each month, from pounds to dollars; pegs added by ``pegs.csv``."""
    pounds: Rates = defaultdict(dict)
    for row in csv_rows(raw / "country/exchange_rates/hmrc_monthly_gbp.csv.gz"):
        pounds[row["currency"]][row["month"]] = float(row["units_per_gbp"])
    dollars = pounds["USD"]
    pounds["GBP"] = dict.fromkeys(dollars, 1.0)
    rates = {c: {m: x / dollars[m] for m, x in months.items() if m in dollars} for c, months in pounds.items()}
    return add_pegs({c: without_slips(months) for c, months in without_misquotes(rates).items()})


def without_misquotes(rates: Rates) -> Rates:
    """Rates without the months in which the source gave those of another currency (``fx_misquoted.csv``)."""
    wrong = {row["currency"]: row["until"] for row in read_table("fx_misquoted", HERE)}
    return {c: {m: x for m, x in months.items() if m > wrong.get(c, "")} for c, months in rates.items()}


def without_slips(months: dict[str, float]) -> dict[str, float]:
    """Rates without single months that are far from both neighbours while these agree, as a wrong digit makes them."""
    names = sorted(months)
    rate = np.log([months[m] for m in names])
    before, here, after = rate[:-2], rate[1:-1], rate[2:]
    far = np.minimum(np.abs(here - before), np.abs(here - after)) > SLIP
    agree = np.abs(after - before) < SLIP / 2
    slip = {names[1 + k] for k in np.flatnonzero(far & agree)}
    return {m: x for m, x in months.items() if m not in slip}


def add_pegs(rates: Rates) -> Rates:
    """Currencies that the source leaves out because they move with another one (``pegs.csv``)."""
    added = {
        row["currency"]: {m: x * float(row["units_per_anchor"]) for m, x in rates[row["anchor"]].items()}
        for row in read_table("pegs", HERE)
    }
    return rates | added


def ecb_rates(raw: Raw) -> Rates:
    """Monthly means of the ECB's daily euro rates, from euros to dollars."""
    with zipfile.ZipFile(raw / "country/exchange_rates/eurofxref-hist.zip") as archive:
        text = archive.read(archive.namelist()[0]).decode()
    daily: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in csv.DictReader(io.StringIO(text)):
        dollar = float(row["USD"])
        quotes = {c: number(x) for c, x in row.items() if c not in ("Date", "") and x is not None}
        for currency, quote in (quotes | {"EUR": 1.0}).items():
            if quote is not None:
                daily[currency][row["Date"][:7]].append(quote / dollar)
    return {c: {m: float(np.mean(x)) for m, x in months.items()} for c, months in daily.items()}


def fx(raw: Raw) -> pa.Table:
    """Units of each currency for one dollar, by month and source."""
    by_source = {"hmrc-fx": hmrc_rates(raw), "ecb-fx": ecb_rates(raw)}
    rows = [
        {"currency": currency, "month": month, "per_usd": rate, "source": source}
        for source, rates in by_source.items()
        for currency, months in rates.items()
        for month, rate in months.items()
    ]
    return pa.Table.from_pylist(rows, schema=FX_SCHEMA)


VAT_SCHEMA: Final = pa.schema([("market", pa.string()), ("standard_rate", pa.float64()), ("source", pa.string())])
EUROPEAN_VAT_YEAR: Final = 2026
OTHER_VAT_YEAR: Final = 2025  # the edition's; it does not date its rows, and some are years older
OTHER_VAT_SD: Final = 1.5  # points: the root mean square error of its 83 rows, eleven of which we found wrong by 1 to 6


def _json(raw: Raw, name: str) -> Any:
    return json.loads((raw / f"country/vat/{name}.json").read_text(encoding="utf-8"))


def _by_iso2(raw: Raw) -> dict[str, str]:
    return {country.iso2: iso3 for iso3, country in raw.catalogue.countries.items()}


def european_vat(raw: Raw) -> Iterable[Observation]:
    """Standard rates in and around Europe, per cent."""
    iso3 = _by_iso2(raw)
    for iso2, about in _json(raw, "eu_vat_rates_data")["rates"].items():
        if iso2 in iso3 and about["standard"] is not None:
            yield iso3[iso2], EUROPEAN_VAT_YEAR, float(about["standard"]), None, "eu-vat-rates"


def _national(about: dict[str, Any]) -> float:
    """The country's own rate; where only its states tax sales (the USA), the mean of the states that do."""
    states = [float(state["rate"]) for state in about.get("states", {}).values()]
    return float(np.mean(states)) if about["type"] == "none" and states else float(about["rate"])


def other_vat(raw: Raw) -> Iterable[Observation]:
    """Standard rates of sales tax of any kind elsewhere, per cent."""
    iso3 = _by_iso2(raw)
    for iso2, about in _json(raw, "sales_tax_rates").items():
        if iso2 in iso3:
            yield iso3[iso2], OTHER_VAT_YEAR, round(100.0 * _national(about), 2), OTHER_VAT_SD, "node-sales-tax"


def known_sales_tax() -> Iterable[Observation]:
    """Rates that the lists lack or are late with, as they hold now (``sales_tax_known.csv``): nought where none."""
    for row in read_table("sales_tax_known", HERE):
        yield row["iso3"], EUROPEAN_VAT_YEAR, float(row["rate"]), None, "known-sales-tax"


def vat_grid(raw: Raw) -> Grid:
    """Standard rates; what we looked up ourselves stands first, then the European source."""
    markets = raw.catalogue.markets
    first, other = from_rows([*known_sales_tax(), *european_vat(raw)], markets), from_rows(other_vat(raw), markets)
    other.value[first.known.any(axis=1)] = np.nan
    return fill_years(first, other)


def vat(raw: Raw) -> pa.Table:
    """The standard rate of each market for which a source has one."""
    grid = vat_grid(raw)
    span = range(LAST_YEAR - FIRST_YEAR, -1, -1)
    rows = [
        {"market": market, "standard_rate": grid.value[i, j], "source": grid.source[i, j]}
        for i, market in enumerate(raw.catalogue.markets)
        for j in span
        if grid.known[i, j]
    ]
    return pa.Table.from_pylist(rows, schema=VAT_SCHEMA)


TABLES: Final = (
    TableSpec("fx", ("hmrc-fx", "ecb-fx"), fx),
    TableSpec("vat", ("eu-vat-rates", "node-sales-tax", "known-sales-tax"), vat),
)
