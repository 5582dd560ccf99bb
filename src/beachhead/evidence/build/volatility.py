"""How much currencies swing: against the dollar for each market and year, and against each other for each pair today.

Changes are those of the logarithm over a month. All rates are the official ones, as the source has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from beachhead.evidence.build.grid import Grid, from_rows
from beachhead.evidence.build.money import Rates, hmrc_rates
from beachhead.evidence.build.table import Raw
from beachhead.evidence.model import Floats

FX_MONTHS: Final = 36
FX_LEAST: Final = 30
FX_FLOOR: Final = 0.5  # per cent a year: users of one currency and hard pegs still face fees and the risk of the peg
REDENOMINATION: Final = np.log(20.0)  # a larger step in one month is a new unit, not a change of price
UNQUOTED_PCT: Final = 95.0  # a currency that nobody quotes counts as wild as one in twenty of those that are quoted
DOLLAR: Final = "USD"


def log_changes(per_usd: Floats) -> Floats:
    """Monthly log changes (…, T - 1) of rates (…, T); NaN at a gap and where the currency changed its unit."""
    change = np.diff(np.log(per_usd), axis=-1)
    change[np.abs(change) > REDENOMINATION] = np.nan
    return np.asarray(change)


def annual_percent(changes: Floats) -> Floats:
    """Sd over a year, in per cent, of monthly log changes (…, T): (…), not below the floor; NaN from too few months."""
    known = np.isfinite(changes)
    count = known.sum(axis=-1)
    filled = np.where(known, changes, 0.0)
    mean = filled.sum(axis=-1) / np.maximum(count, 1)
    squares = np.where(known, (changes - mean[..., None]) ** 2, 0.0).sum(axis=-1)
    sd = np.sqrt(12.0 * squares / np.maximum(count - 1, 1))
    return np.where(count >= FX_LEAST, np.maximum(FX_FLOOR, 100.0 * sd), np.nan)


def yearly_volatility(months: dict[str, float]) -> Iterator[tuple[int, float]]:
    """For each year, the sd of the last 36 monthly log changes up to its last month, in per cent a year."""
    names = sorted(months)
    change = log_changes(np.array([months[m] for m in names]))
    for year in sorted({int(m[:4]) for m in names}):
        upto = sum(m[:4] <= str(year) for m in names) - 1
        value = float(annual_percent(change[max(0, upto - FX_MONTHS) : upto]))
        if np.isfinite(value):
            yield year, value


def fx_volatility(raw: Raw) -> Grid:
    """Volatility of the dollar rate of each market's present currency."""
    by_currency = {c: list(yearly_volatility(months)) for c, months in hmrc_rates(raw).items()}
    rows = (
        (country.iso3, year, value, None, "hmrc-fx")
        for country in raw.catalogue.countries.values()
        for year, value in by_currency.get(country.currency, [])
    )
    return from_rows(rows, raw.catalogue.markets)


def between(rates: Rates, currencies: tuple[str, ...]) -> Floats:
    """Volatility (C, C) of each currency in each other over the last 36 months; NaN where one is not quoted."""
    last = sorted(rates[DOLLAR])[-FX_MONTHS - 1 :]
    per_usd = np.array([[rates.get(c, {}).get(m, np.nan) for m in last] for c in currencies])
    change = log_changes(per_usd)
    return annual_percent(change[:, None] - change)


def with_unquoted(volatility: Floats, dollar: int) -> Floats:
    """``volatility`` (C, C) without gaps. ``dollar``: row of the dollar.

    A currency that is not quoted swings against another one as much as the 95th percentile of those that are. Two
    unquoted ones swing as that percentile does against the dollar. A currency is calm against itself.
    """
    wild = np.full(len(volatility), np.nan)
    quoted = np.isfinite(volatility).any(axis=1)
    wild[quoted] = np.nanpercentile(volatility[quoted], UNQUOTED_PCT, axis=1)
    pair = np.where(quoted, wild, np.where(quoted, wild, wild[dollar])[:, None])
    full = np.where(np.isfinite(volatility), volatility, pair)
    np.fill_diagonal(full, FX_FLOOR)
    return np.asarray(full)


def currency_volatility(raw: Raw) -> tuple[tuple[str, ...], Floats]:
    """All currencies of our markets and the dollar, and the volatility (C, C) of each in each; nothing is missing."""
    currencies = tuple(sorted({c.currency for c in raw.catalogue.countries.values()} | {DOLLAR}))
    return currencies, with_unquoted(between(hmrc_rates(raw), currencies), currencies.index(DOLLAR))


def home_fx_volatility(raw: Raw) -> Floats:
    """Volatility (M, M) of the currency of the second market in the currency of the first, in per cent a year."""
    currencies, volatility = currency_volatility(raw)
    place = [currencies.index(raw.catalogue.countries[m].currency) for m in raw.catalogue.markets]
    return np.asarray(volatility[np.ix_(place, place)])


def unquoted_volatility(raw: Raw) -> float:
    """What counts as the dollar volatility of a currency that is not quoted, in per cent a year."""
    currencies, _ = currency_volatility(raw)
    return float(np.nanpercentile(between(hmrc_rates(raw), currencies)[currencies.index(DOLLAR)], UNQUOTED_PCT))
