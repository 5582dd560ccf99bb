"""Estimate the elasticities of structural gravity that the package carries.

    python tools/estimate_gravity.py [OUT_DIR]     (needs: pip install "beachhead[gravity]")

Reads the snapshot in the package and writes to ``src/beachhead/skill``:

``gravity.csv``      seen, group, term, estimate, se, n, pairs, years, data, command
``gravity_cov.csv``  seen, group, term_a, term_b, cov     both triangles and the diagonal, without residual_sd

``seen`` is ``until_2010`` (for the back-test) or ``all`` (for use today). Poisson pseudo-maximum likelihood with
exporter-product-period and importer-product-period effects, errors clustered by pair of countries.

*Goods*: BACI, 74 products, sums over three years, by chapter and pooled. Flows are shares of the product's trade in the
period, so that every product counts alike (Eaton, Kortum & Sotelo 2013) and oil does not rule the pooled figures.
Every pair of an exporter and an importer of the product counts, with a zero where they did not trade: millions of
rows, and tens of thousands of effects. As each product and period is a table of its own, :func:`by_tables` solves it
table by table, exactly; a test holds it against ``pyfixest``.

*Services and industries*: WIOD, every third year, with sales at home and a border effect for every year; ``pyfixest``.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import norm

from beachhead.evidence import Evidence, load_evidence
from beachhead.skill.gravity import BACK_TEST, TERMS, TODAY, balance, pair_terms, read_table, within

OUT = Path(__file__).resolve().parents[1] / "src" / "beachhead" / "skill"
COMMAND = "python tools/estimate_gravity.py"
FIRST, LAST = 1996, {BACK_TEST: 2010, TODAY: 2022}  # three-year sums 1996-98, ..., 2008-10, ..., 2020-22
SECTOR_YEARS = {BACK_TEST: range(1995, 2011, 3), TODAY: range(1995, 2012, 4)}  # WIOD ends in 2011
IMPORTS_LAST = {BACK_TEST: 2010, TODAY: 2023}
BACI = "CEPII BACI, 74 products of the snapshot, pairs without trade included"
WIOD = "WIOD, 40 economies, sales at home included"
DIGITS = {BACI: 6, WIOD: 4}  # pyfixest sums in an order of its own: its sixth digit differs from run to run

Row = list[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A product in a period: ``flow`` (E, I) as shares, ``exporters`` (E,), ``importers`` (I,), ``x`` (E, I, T)."""

    flow: np.ndarray
    exporters: np.ndarray
    importers: np.ndarray
    x: np.ndarray


@dataclass(frozen=True, slots=True)
class Estimate:
    """``beta`` (T,), ``cov`` (T, T) clustered by pair; ``n`` observations, ``pairs`` clusters, robust ``spread``."""

    beta: np.ndarray
    cov: np.ndarray
    n: int
    pairs: int
    spread: float


# --- Poisson pseudo-maximum likelihood, table by table -----------------------------------------------------


def by_tables(tables: Sequence[Table], countries: int, close: float = 1e-8, rounds: int = 30) -> Estimate:
    """PPML with an effect for every row and column of every table, elasticities in common.

    Newton's method on the likelihood from which the effects have been concentrated out: for given elasticities the
    effects are those that make fitted rows and columns add up (:func:`beachhead.skill.gravity.balance`), and the
    information is that of the regressors after weighted projection on the effects.
    """
    beta = np.zeros(tables[0].x.shape[2])
    beta[0] = -1.0
    for _ in range(rounds):
        score, information, *_ = sums(tables, beta, countries)
        step = np.linalg.solve(information, score)
        beta = beta + step * min(1.0, 1.0 / np.abs(step).max())
        if np.abs(step).max() < close:
            break
    else:
        raise RuntimeError("the estimation did not converge")
    score, information, meat, gaps = sums(tables, beta, countries)
    bread = np.linalg.inv(information)
    by_pair = meat + meat.transpose(1, 0, 2)
    upper = by_pair[np.triu_indices(countries, 1)]
    pairs = int((np.abs(upper).sum(1) > 0).sum())
    cov = bread @ (upper.T @ upper) @ bread * pairs / (pairs - 1)
    return Estimate(beta, cov, sum(map(cells, tables)), pairs, robust_sd(gaps))


def cells(t: Table) -> int:
    """Pairs of two different countries in a table."""
    return int((t.exporters[:, None] != t.importers[None, :]).sum())


def sums(tables: Iterable[Table], beta: np.ndarray, countries: int) -> tuple[np.ndarray, ...]:
    """Score (T,), information (T, T), score by pair (C, C, T), and ln(flow ÷ fitted) where there is a flow."""
    k = len(beta)
    score, information, meat, gaps = np.zeros(k), np.zeros((k, k)), np.zeros((countries, countries, k)), []
    for t in tables:
        fitted = fitted_flows(t, beta)
        inside = within(t.x, fitted)
        error = t.flow - fitted
        weighted = inside * fitted[:, :, None]
        information += np.tensordot(weighted, inside, ([0, 1], [0, 1]))
        own = inside * error[:, :, None]
        score += own.sum((0, 1))
        meat[np.ix_(t.exporters, t.importers)] += own
        gaps.append(np.log(t.flow[t.flow > 0] / fitted[t.flow > 0]))
    return score, information, meat, np.concatenate(gaps)


def fitted_flows(t: Table, beta: np.ndarray) -> np.ndarray:
    """Fitted flows (E, I) at ``beta``; nothing is sold to oneself."""
    log = t.x @ beta
    k = np.exp(log - log.max()) * (t.exporters[:, None] != t.importers[None, :])
    u, v = balance(k, t.flow.sum(1)[:, None], t.flow.sum(0)[:, None], close=1e-12)
    return np.asarray(u * k * v.T)


def robust_sd(values: np.ndarray) -> float:
    """Interquartile range ÷ that of a standard normal."""
    low, high = np.quantile(values, [0.25, 0.75])
    return float((high - low) / (norm.ppf(0.75) - norm.ppf(0.25)))


# --- goods -------------------------------------------------------------------------------------------------


def periods(last: int) -> list[int]:
    """Last years of the three-year sums."""
    return list(range(FIRST + 2, last + 1, 3))


def goods_tables(evidence: Evidence, last: int) -> tuple[dict[str, list[Table]], int]:
    """The tables of every chapter, and the number of countries (those whose distances are known)."""
    countries = evidence.markets
    out: dict[str, list[Table]] = {}
    for year in periods(last):
        x = pair_terms(evidence, countries, year)
        for product, flow in square_flows(evidence, countries, year).items():
            e, i = np.flatnonzero(flow.sum(1)), np.flatnonzero(flow.sum(0))
            table = Table(flow[np.ix_(e, i)] / flow.sum(), e, i, x[np.ix_(e, i)])
            out.setdefault(f"goods_{product[:2]}", []).append(table)
    return out, len(countries)


def square_flows(evidence: Evidence, countries: tuple[str, ...], year: int) -> dict[str, np.ndarray]:
    """Trade (C, C) by product over the three years up to ``year``, among ``countries``."""
    at = {c: k for k, c in enumerate(countries)}
    rows = evidence.engine.run(
        "SELECT hs6, exporter, importer, SUM(CAST(value_usd AS DOUBLE)) AS usd FROM hs6_flows "
        "WHERE year BETWEEN $first AND $last AND exporter <> importer GROUP BY ALL ORDER BY ALL",
        {"first": year - 2, "last": year},
    )
    out: dict[str, np.ndarray] = {}
    for product, e, i, usd in zip(*rows.values(), strict=True):
        if e in at and i in at:
            out.setdefault(str(product), np.zeros((len(at), len(at))))[at[e], at[i]] = usd
    return out


def goods(evidence: Evidence, seen: str) -> dict[str, Estimate]:
    """Estimates by chapter, and ``goods`` for all products."""
    tables, countries = goods_tables(evidence, LAST[seen])
    every = [t for one in tables.values() for t in one]
    return {name: by_tables(one, countries) for name, one in sorted(({"goods": every} | tables).items())}


# --- sectors of WIOD ---------------------------------------------------------------------------------------


def sector_data(evidence: Evidence, sectors: Sequence[str], years: Iterable[int]) -> Any:
    """Sales of some sectors between economies in some years, sales at home included, as a data frame."""
    import pandas as pd

    frames = [one_year(evidence, year) for year in years]
    t = pd.concat(frames, ignore_index=True)
    t = t[t["sector"].isin(list(sectors))].copy()
    cell = t["sector"] + t["year"].astype(str)
    borders = {f"border_{y}": t["abroad"] * (t["year"] == y) for y in years}
    return t.assign(ex=t["exporter"] + cell, im=t["importer"] + cell, **borders)


def one_year(evidence: Evidence, year: int) -> Any:
    """WIOD of one year with the terms of each pair; an inventory that shrinks (a negative sale) counts as none."""
    import pandas as pd

    rows = evidence.engine.run(
        "SELECT sector, exporter, importer, GREATEST(intermediate_usd + final_usd, 0) / 1e6 AS trade "
        "FROM wiod_flows WHERE year = $year AND exporter <> 'ROW' AND importer <> 'ROW' ORDER BY ALL",
        {"year": year},
    )
    countries = tuple(sorted(set(rows["exporter"].tolist())))
    at = {c: k for k, c in enumerate(countries)}
    e, i = (np.array([at[c] for c in rows[side]]) for side in ("exporter", "importer"))
    x = pair_terms(evidence, countries, year)[e, i]
    x[e == i, 1:] = 0.0  # the border stands for home
    pair = np.minimum(e, i) * len(at) + np.maximum(e, i)
    terms = {t: x[:, k] for k, t in enumerate(TERMS)}
    return pd.DataFrame({**rows, **terms, "abroad": (e != i).astype(float), "pair": pair, "year": year})


def sector_estimate(evidence: Evidence, sectors: Sequence[str], years: Sequence[int]) -> Estimate:
    """PPML by ``pyfixest`` with a border effect for every year; errors clustered by pair."""
    import pyfixest as pf

    data = sector_data(evidence, sectors, years)
    right = " + ".join([*TERMS, *(f"border_{y}" for y in years)])
    fit = pf.fepois(f"trade ~ {right} | ex + im", data, vcov={"CRV1": "pair"}, iwls_tol=1e-10)
    at = [list(fit.coef().index).index(t) for t in TERMS]
    kept = fit._data
    fitted = np.asarray(fit.predict(type="response"), float)
    flow, abroad = kept["trade"].to_numpy(float), kept["abroad"].to_numpy() == 1
    use = abroad & (flow > 0) & (fitted > 0)
    spread = robust_sd(np.log(flow[use] / fitted[use]))
    cov = fit._vcov[np.ix_(at, at)]
    return Estimate(fit.coef().to_numpy()[at], cov, int(fit._N), kept["pair"].nunique(), spread)


def sectors(evidence: Evidence, seen: str) -> dict[str, Estimate]:
    """Estimates by group of WIOD sectors (``gravity_sectors.csv``)."""
    groups: dict[str, list[str]] = {}
    for row in read_table("gravity_sectors.csv"):
        groups.setdefault(row["group"], []).append(row["sector"])
    return {name: sector_estimate(evidence, one, list(SECTOR_YEARS[seen])) for name, one in sorted(groups.items())}


# --- imports and income ------------------------------------------------------------------------------------

GROWN = """
SELECT a.hs2, a.year, a.country, LN(b.imports_usd / a.imports_usd) AS imports,
       5 * LN(1 + g.value / 100) - LN(q.value / p.value) AS income, LN(q.value / p.value) AS population
FROM goods_margins AS a
JOIN goods_margins AS b ON b.hs2 = a.hs2 AND b.country = a.country AND b.year = a.year + 5
JOIN panel AS g ON g.indicator = 'gdp_growth' AND g.market = a.country AND g.year = b.year
JOIN panel AS p ON p.indicator = 'population' AND p.market = a.country AND p.year = a.year
JOIN panel AS q ON q.indicator = 'population' AND q.market = a.country AND q.year = b.year
WHERE a.year % 5 = 0 AND b.year <= $last AND LEAST(a.imports_usd, b.imports_usd) > 1e6
ORDER BY ALL
"""  # gdp_growth: mean of the five years up to its year


def import_rows(evidence: Evidence, seen: str) -> list[Row]:
    """How imports of chapters grow with income per head and population over five years; errors by country."""
    import pandas as pd
    import pyfixest as pf

    data = pd.DataFrame(evidence.engine.run(GROWN, {"last": IMPORTS_LAST[seen]}))
    data["cell"] = data["hs2"] + data["year"].astype(str)
    fit = pf.feols("imports ~ income + population | cell", data, vcov={"CRV1": "country"})
    years = f"1995-{data['year'].max() + 5}, changes over five years"
    tail = [int(fit._N), data["country"].nunique(), years, "CEPII BACI, chapters; World Bank", COMMAND]
    return [[seen, "imports", t, figure(fit.coef()[t]), figure(fit.se()[t]), *tail] for t in ("income", "population")]


# --- writing -----------------------------------------------------------------------------------------------


def figure(value: float, digits: int = 6) -> float:
    """So many significant digits, so that every run writes the same bytes."""
    return float(f"{value:.{digits}g}")


def rows_of(seen: str, group: str, one: Estimate, years: str, data: str) -> tuple[list[Row], list[Row]]:
    """Rows of both tables for one group."""
    digits = DIGITS[data]
    se = np.sqrt(np.diag(one.cov))
    tail = [one.n, one.pairs, years, data, COMMAND]
    rows = [[seen, group, t, figure(one.beta[k], digits), figure(se[k], digits), *tail] for k, t in enumerate(TERMS)]
    rows.append([seen, group, "residual_sd", figure(one.spread, digits), "", *tail])
    cells = np.ndenumerate(one.cov)
    return rows, [[seen, group, TERMS[i], TERMS[j], figure(v, digits)] for (i, j), v in cells]


def write(path: Path, header: str, rows: Iterable[Row]) -> None:
    """One CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header.split(","))
        out.writerows(rows)


def main(out: Path = OUT) -> None:
    """Estimate everything and write both tables."""
    evidence = load_evidence()
    rows: list[Row] = []
    cov: list[Row] = []
    for seen in (BACK_TEST, TODAY):
        span = f"{FIRST}-{LAST[seen]}, sums over three years"
        years = SECTOR_YEARS[seen]
        every = f"{years[0]}-{years[-1]}, every {years.step} years"
        for found, when, data in ((goods(evidence, seen), span, BACI), (sectors(evidence, seen), every, WIOD)):
            for group, one in found.items():
                a, b = rows_of(seen, group, one, when, data)
                rows, cov = rows + a, cov + b
        rows += import_rows(evidence, seen)
    write(out / "gravity.csv", "seen,group,term,estimate,se,n,pairs,years,data,command", rows)
    write(out / "gravity_cov.csv", "seen,group,term_a,term_b,cov", cov)


if __name__ == "__main__":
    main(*(Path(a) for a in sys.argv[1:]))
