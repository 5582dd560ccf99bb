"""What stands today: one value per market and country indicator, with its status and an sd that owns up to its age."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from beachhead.evidence.build.grid import FIRST_YEAR, Grid
from beachhead.evidence.build.panel import SOURCES, grids_of
from beachhead.evidence.build.predictors import CORE, GIVEN, about, auxiliary, base
from beachhead.evidence.build.table import Raw, TableSpec
from beachhead.evidence.build.volatility import unquoted_volatility
from beachhead.evidence.catalogue import Noise
from beachhead.evidence.impute import Prediction, impute
from beachhead.evidence.model import Floats, Status
from beachhead.evidence.scale import from_scale, sd_natural, sd_scale, to_scale
from beachhead.evidence.stale import drift, staleness

REFERENCE_YEAR: Final = 2025  # the last complete year before the vintage of the snapshot
HORIZON: Final = 25
VINTAGE_SHARE: Final = 0.25  # a year belongs to the newest vintage when so many of the known markets have it
FRESH: Final = 1  # years behind the newest vintage that still count as observed
OLD: Final = 8  # years behind the newest vintage after which a value is no example for others, and may give way
CARRIED_INPUT: Final = {"consumption_per_capita": "household_share"}  # indicator -> the input that ends early
IMPUTED: Final = "beachhead-imputation"

STALENESS: Final = pa.schema(
    [("indicator", pa.string()), ("years", pa.int16()), ("sd_t", pa.float64()), ("drift_t", pa.float64())]
)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Latest:
    """The newest value of one indicator: arrays (M,). ``value`` NaN and ``year`` 0 where nothing was ever observed."""

    value: Floats
    sd: Floats  # published, natural unit; NaN where none
    year: Ints
    lag: Ints
    source: NDArray[np.object_]


def latest(grid: Grid) -> Latest:
    """The last known value of each market."""
    any_known = grid.known.any(axis=1)
    last = grid.value.shape[1] - 1 - np.argmax(grid.known[:, ::-1], axis=1)
    rows = np.arange(len(last))
    pick = (rows, last)
    return Latest(
        grid.value[pick],
        grid.sd[pick],
        np.where(any_known, last + FIRST_YEAR, 0).astype(np.int64),
        grid.lag[pick].astype(np.int64),
        np.where(any_known, grid.source[pick], ""),
    )


def newest_vintage(year: Ints) -> int:
    """The newest year in which a fair share of the markets that are known at all have their value."""
    known = year[year > 0]
    years, counts = np.unique(known, return_counts=True)
    return int(years[np.flatnonzero(counts >= VINTAGE_SHARE * len(known))[-1]])


@dataclass(frozen=True, slots=True, eq=False)
class Ageing:
    """Sd on the scale after 0 … HORIZON years (HORIZON + 1,): ``own`` of a market's own changes, ``drift`` of all's."""

    own: Floats
    drift: Floats


def ageing_of(raw: Raw) -> dict[str, Ageing]:
    """How each country indicator grows old."""
    return {name: _ageing(raw, name) for name in raw.catalogue.of_scope("country")}


def _ageing(raw: Raw, series: str) -> Ageing:
    scaled = finite(to_scale(grids_of(raw)[series].value, raw.catalogue.indicators[series].transform))
    return Ageing(staleness(scaled, HORIZON, raw.catalogue.noise[series].staleness), drift(scaled, HORIZON))


def finite(scaled: Floats) -> Floats:
    """The same with NaN for what the scale cannot hold, such as the logarithm of zero."""
    return np.where(np.isfinite(scaled), scaled, np.nan)


def observed_sd(seen: Latest, noise: Noise, transform: str, ageing: Ageing, lagged: Floats) -> Floats:
    """Sd (M,) on the scale of observed values: published or usual error, age, and inputs that were carried forward.

    A value behind the newest vintage has also missed what all others went through since.
    """
    measured = np.where(np.isnan(seen.sd), noise.measurement_sd, sd_scale(seen.value, seen.sd, transform))
    age, behind = (np.clip(y - seen.year, 0, HORIZON) for y in (REFERENCE_YEAR, newest_vintage(seen.year)))
    carried = lagged[np.clip(seen.lag, 0, HORIZON)]
    return np.asarray(np.sqrt(measured**2 + ageing.own[age] ** 2 + ageing.drift[behind] ** 2 + carried**2))


def _carried_input(raw: Raw, name: str) -> Floats:
    """Staleness of the input that an indicator may carry forward; zero for those that carry none."""
    return _ageing(raw, CARRIED_INPUT[name]).own if name in CARRIED_INPUT else np.zeros(HORIZON + 1)


def status_of(seen: Latest) -> NDArray[np.object_]:
    """Observed, carried forward or imputed (M,)."""
    fresh = (seen.year >= newest_vintage(seen.year) - FRESH) & (seen.lag <= FRESH)
    known = np.where(fresh, Status.OBSERVED.value, Status.CARRIED.value)
    return np.where(seen.year > 0, known, Status.IMPUTED.value).astype(object)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """All country indicators of all markets: arrays (M, K) in the order of ``indicators``; nothing is missing."""

    indicators: tuple[str, ...]
    value: Floats
    sd: Floats
    sd_t: Floats
    year: Ints
    status: NDArray[np.object_]
    source: NDArray[np.object_]


def examples(raw: Raw, name: str) -> Floats:
    """Newest values (M,) of an indicator on its scale; NaN where nothing, or only something old, is known."""
    seen = latest(grids_of(raw)[name])
    fresh = seen.year >= newest_vintage(seen.year) - OLD
    return np.where(fresh, finite(to_scale(seen.value, raw.catalogue.indicators[name].transform)), np.nan)


def imputation_of(raw: Raw) -> dict[str, Prediction]:
    """Predictions for all markets, known or not, of every country indicator but those that all others rest on."""
    names = [name for name in raw.catalogue.of_scope("country") if name not in GIVEN]
    columns = {name: examples(raw, name) for name in names} | auxiliary(raw)
    place = list(columns)
    done = impute(np.column_stack(list(columns.values())), [place.index(c) for c in CORE], base(raw), about(raw))
    guesses = {name: Prediction(done.mean[:, k], done.sd[:, k]) for k, name in enumerate(names)}
    return guesses | {"fx_volatility": unquoted(raw, guesses["fx_volatility"])}


def unquoted(raw: Raw, guess: Prediction) -> Prediction:
    """A currency that nobody quotes is no calm one, whatever like markets have: the wild end of the quoted ones."""
    return Prediction(np.full_like(guess.mean, np.log(unquoted_volatility(raw))), guess.sd)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One indicator of all markets: arrays (M,) as in :class:`World`."""

    value: Floats
    sd_t: Floats
    year: Ints
    status: NDArray[np.object_]
    source: NDArray[np.object_]


def known_column(raw: Raw, name: str, ageing: Ageing) -> Column:
    """The newest observed values of an indicator; NaN where there is none or the scale cannot hold it."""
    transform, noise = raw.catalogue.indicators[name].transform, raw.catalogue.noise[name]
    seen = latest(grids_of(raw)[name])
    sd_t = observed_sd(seen, noise, transform, ageing, _carried_input(raw, name))
    value = np.where(np.isfinite(to_scale(seen.value, transform)), seen.value, np.nan)
    return Column(value, sd_t, seen.year, status_of(seen), seen.source)


def guessed_column(guess: Prediction, transform: str, vintage: int, ageing: Ageing) -> Column:
    """Predictions for every market, as of the indicator's newest vintage and aged like it."""
    age = int(np.clip(REFERENCE_YEAR - vintage, 0, HORIZON))
    value = significant(from_scale(guess.mean, transform))
    year = np.full(len(value), vintage)
    status, source = (np.full(len(value), text, dtype=object) for text in (Status.IMPUTED.value, IMPUTED))
    return Column(value, np.hypot(guess.sd, ageing.own[age]), year, status, source)


def better(known: Column, guess: Column) -> NDArray[np.bool_]:
    """Where the prediction stands (M,): nothing was observed, or so long ago that the prediction is the surer one."""
    outdated = (known.year < newest_vintage(known.year) - OLD) & (known.sd_t > guess.sd_t)
    return np.asarray(np.isnan(known.value) | outdated)


def resolve_one(raw: Raw, name: str, ageing: Ageing) -> Column:
    """One indicator of all markets, from its newest values and its predictions."""
    known = known_column(raw, name, ageing)
    predictions: dict[str, Prediction] = raw.share("imputation", imputation_of)
    if name not in predictions:
        return known
    guess = guessed_column(
        predictions[name], raw.catalogue.indicators[name].transform, newest_vintage(known.year), ageing
    )
    use = better(known, guess)
    picked = (np.where(use, getattr(guess, f.name), getattr(known, f.name)) for f in fields(Column))
    return Column(*picked)


def significant(x: Floats, digits: int = 6) -> Floats:
    """Rounded to significant digits: what a model computes differs in the last bits from machine to machine."""
    return np.array([float(f"{v:.{digits}g}") for v in x.ravel()]).reshape(x.shape)


def resolve(raw: Raw) -> World:
    """Every country indicator of every market: the newest value, or a prediction where there is none."""
    names, ageing = raw.catalogue.of_scope("country"), ageing_of(raw)
    columns = [resolve_one(raw, name, ageing[name]) for name in names]
    value, sd_t, year, status, source = (
        np.column_stack([getattr(column, f.name) for column in columns]) for f in fields(Column)
    )
    transforms = [raw.catalogue.indicators[name].transform for name in names]
    sd = np.column_stack([sd_natural(value[:, k], sd_t[:, k], t) for k, t in enumerate(transforms)])
    return World(names, value, significant(sd), significant(sd_t), year, status, source)


def world_of(raw: Raw) -> World:
    """The resolved world of this build, computed once."""
    world: World = raw.share("world", resolve)
    return world


def resolved(raw: Raw) -> pa.Table:
    """One row per country indicator and market. ``sd_t`` is on the scale of the indicator's transform."""
    world, markets = world_of(raw), raw.catalogue.markets
    count = len(markets)
    return pa.table(
        {
            "indicator": pa.array(np.repeat(world.indicators, count), pa.string()),
            "market": pa.array(np.tile(markets, len(world.indicators)), pa.string()),
            "year": pa.array(world.year.T.ravel(), pa.int16()),
            "value": pa.array(world.value.T.ravel()),
            "sd": pa.array(world.sd.T.ravel()),
            "sd_t": pa.array(world.sd_t.T.ravel()),
            "status": pa.array(world.status.T.ravel(), pa.string()),
            "source": pa.array(world.source.T.ravel(), pa.string()),
        }
    )


def staleness_table(raw: Raw) -> pa.Table:
    """What an indicator's values gain on the scale in so many years: own changes ``sd_t``, common ones ``drift_t``."""
    rows = [
        {"indicator": name, "years": years, "sd_t": own, "drift_t": drift}
        for name, ageing in ageing_of(raw).items()
        for years, (own, drift) in enumerate(zip(significant(ageing.own), significant(ageing.drift), strict=True))
    ]
    return pa.Table.from_pylist(rows, schema=STALENESS)


TABLES: Final = (
    TableSpec("resolved", (*SOURCES, IMPUTED, "baci-hs2", "wto-dds"), resolved),
    TableSpec("staleness", (*SOURCES, "beachhead-derived"), staleness_table),
)
