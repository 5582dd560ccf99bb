"""The evidence as it stood at the end of a year: what the selection could have known then, and no more.

An :class:`~beachhead.evidence.Evidence` over the snapshot's own tables, each cut at the year, with the flows of a
panel in place of the snapshot's. The stages ask it as they ask today's, so that a back-test runs the code that a firm
gets. Two things are of today all the same, for no history of them is at hand: what lies between two countries
(distance, language, law), and the revisions of figures after they were first published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from beachhead.evidence import Evidence
from beachhead.evidence.catalogue import Catalogue
from beachhead.evidence.engine import Columns, Engine, package_folder, stacked, table_views
from beachhead.evidence.facts import Index, index_of
from beachhead.evidence.model import STATUSES, Facts, Floats, Status
from beachhead.evidence.scale import from_scale, sd_natural, sd_scale, to_scale
from beachhead.evidence.schema import USER_TABLES
from beachhead.select.estimate import predict_missing
from beachhead.skill.panel import Panel

KNOWN = 1 / 3  # share of the markets that must have a figure, else the indicator is left out as not yet there
SIZES = ("population", "gdp_usd")  # what missing figures are predicted from, in the order in which they are filled
IMPUTED = "beachhead-imputation"
YEARLY = ("goods_margins", "goods_pairs", "goods_residual", "panel")  # tables of the snapshot that have a year


def evidence_at(known: Panel) -> Evidence:
    """The evidence at the end of the last year of ``known``, seen from the January after it.

    Country figures: the newest that was observed by then; where none was, what size and income predict. Indicators
    that fewer than a third of the markets had are dropped from the catalogue.
    """
    t, today = known.last, known.evidence
    views = table_views(package_folder("snapshot"))
    views |= {name: f"{views[name]} WHERE year <= {t}" for name in YEARLY}
    views["agreements"] += f" WHERE year_from <= {t}"
    views |= {f"user_{kind}": stacked([], schema) for kind, schema in USER_TABLES.items()}
    del views["hs6_flows"]
    manifest = {"snapshot": today.snapshot, "vintage": f"{t + 1}-01"}
    made = Evidence(today.catalogue, manifest, Engine(views, {"hs6_flows": _flows(known)}))
    return with_figures(made, made.query("skill_asof_facts", t=t), t)


def _flows(known: Panel) -> Columns:
    """The panel's flows under the names that the selection asks for, as an Arrow table."""
    import pyarrow as pa

    rows = known.run("SELECT year, product AS hs6, exporter, importer, usd AS value_usd FROM flows")
    return pa.table(rows)  # type: ignore[no-any-return]


def with_figures(evidence: Evidence, rows: Columns, year: int) -> Evidence:
    """The evidence with country figures made of ``rows``, seen at the end of ``year``."""
    names = _told(evidence, rows)
    evidence.catalogue = _without(evidence.catalogue, set(evidence.catalogue.of_scope("country")) - set(names))
    evidence._facts = facts_of(evidence, rows, names, year)
    return evidence


def _told(evidence: Evidence, rows: Columns) -> tuple[str, ...]:
    """Country-wide indicators that enough markets had."""
    found, count = np.unique(rows["indicator"].astype(str), return_counts=True)
    enough = set(found[count >= KNOWN * len(evidence.markets)].tolist())
    return tuple(i for i in evidence.catalogue.of_scope("country") if i in enough)


def _without(catalogue: Catalogue, gone: set[str]) -> Catalogue:
    return replace(catalogue, indicators={k: one for k, one in catalogue.indicators.items() if k not in gone})


def facts_of(evidence: Evidence, rows: Columns, names: tuple[str, ...], year: int) -> Facts:
    """Facts (M, K) from the newest ``rows`` of each market; what is missing is predicted (:func:`filled`).

    The sd on the indicator's scale joins the error of measurement with what its age by ``year`` adds.
    """
    transform = [evidence.catalogue.indicators[n].transform for n in names]
    grids = _grids(evidence, rows, names, year)
    on_scale = np.column_stack([to_scale(grids["value"][:, k], t) for k, t in enumerate(transform)])
    seen = np.isfinite(on_scale)
    complete, spread = filled(np.where(seen, on_scale, np.nan), tuple(names.index(n) for n in SIZES))
    sd_t = np.where(seen, grids["sd_t"], spread)
    value = np.column_stack([from_scale(complete[:, k], t) for k, t in enumerate(transform)])
    sd = np.column_stack([sd_natural(value[:, k], sd_t[:, k], t) for k, t in enumerate(transform)])
    status = np.where(seen, STATUSES.index(Status.OBSERVED), STATUSES.index(Status.IMPUTED)).astype(np.int8)
    years = np.where(seen, grids["year"], year).astype(np.int16)
    source = np.where(seen, "panel", IMPUTED).astype(object)
    return Facts(evidence.markets, names, value, sd, sd_t, years, status, source)


def filled(x: Floats, sizes: Sequence[int]) -> tuple[Floats, Floats]:
    """Columns (M, K) without gaps, and the predictive sd of what was filled (0 where it was known).

    Least squares on the ``sizes`` (columns of ``x``, each filled from those before it: ln population, then ln GDP, so
    that income per head is told too). A prediction never leaves the range of what was seen.
    """
    out, spread = x.copy(), np.zeros_like(x)
    for k in (*sizes, *(k for k in range(x.shape[1]) if k not in sizes)):
        before = sizes[: sizes.index(k)] if k in sizes else sizes
        guess, spread[:, k] = predict_missing(x[:, k], out[:, list(before)])
        out[:, k] = np.clip(guess, np.nanmin(x[:, k]), np.nanmax(x[:, k]))
    return out, spread


def _grids(evidence: Evidence, rows: Columns, names: tuple[str, ...], year: int) -> dict[str, Floats]:
    """Value, year and sd on the scale of every row, each (M, K), nan where there is none."""
    i, j = index_of(evidence.markets, rows["market"]), index_of(names, rows["indicator"])
    kept = np.flatnonzero((i >= 0) & (j >= 0))
    cut = {name: column[kept] for name, column in rows.items()}
    columns = {"value": cut["value"], "year": cut["year"], "sd_t": _row_sd(evidence, cut, names, j[kept], year)}
    out = {}
    for name, column in columns.items():
        out[name] = np.full((len(evidence.markets), len(names)), np.nan)
        out[name][i[kept], j[kept]] = column
    return out


def _row_sd(evidence: Evidence, rows: Columns, names: tuple[str, ...], j: Index, year: int) -> Floats:
    """Sd of each row on its scale: published or usual error, and its age."""
    known = evidence.catalogue
    error = np.array([known.noise[n].measurement_sd for n in names])[j]
    for k, name in enumerate(names):
        own = (j == k) & ~np.isnan(rows["sd"])
        error[own] = sd_scale(rows["value"][own], rows["sd"][own], known.indicators[name].transform)
    return np.asarray(np.hypot(error, _drift(evidence, rows, year)))


def _drift(evidence: Evidence, rows: Columns, year: int) -> Floats:
    """What age adds to the sd of each row, on its scale (staleness.parquet)."""
    table = evidence.query("staleness_all")
    known = {(i, int(y)): s for i, y, s in zip(*table.values(), strict=True)}
    age = np.clip(year - rows["year"].astype(np.int64), 0, int(table["years"].max()))
    return np.array([known.get(key, 0.0) for key in zip(rows["indicator"], age.tolist(), strict=True)])
