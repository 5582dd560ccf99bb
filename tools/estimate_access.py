"""Estimate what the shipped package only carries: access elasticities and what entrants sell.

    python tools/estimate_access.py RAW_DIR [OUT_DIR]     (needs: pip install "beachhead[estimate]")

Reads the raw files that ``beachhead evidence build`` reads and writes five small tables to
``src/beachhead/select``. Methods, judgement of each figure and oddities: ``docs/methods/access.md``.

``access.csv``         model, term, estimate, se, n, data, citation
    Elasticities of trade by model. Terms: border (1 if the sale leaves home), ln_distance (ln km
    as in the snapshot, internal distance for home), contiguous, common_official_language, colonial_tie,
    agreement (0/1), and residual_sd: spread of ln(flow / fitted flow) over foreign pairs, that is the part
    of ln access that the terms miss. ln access of market j seen from home i =
    border + b_dist * ln(d_ij / d_ii) + sum of b_k * x_ij,k.
``access_cov.csv``     model, term_a, term_b, cov     both triangles and the diagonal, without residual_sd
``access_groups.csv``  sector, model                  ICIO sector -> model to use
``entrants.csv``       model, term, estimate, se, n, unit, data, citation
    ``first_year``: ln median first-year sales (USD of the sample's years) of the entrants of a destination.
        Terms: constant; ln_population and ln_gdp_per_head (of the destination, relative to the USA in the
        same year); ln_distance (ln km - ln 5000); contiguous; common_official_language; origin_BRA, _MEX, _PER
        (deviation from the mean of the three); sd_destination (spread between destinations that the terms
        miss); sd_origin; sd_within (log-normal spread among the entrants of one destination); ln_price_level
        (add it for USD of ``PRICE_YEAR``).
    ``first_year_cost``: the same with the study's own trade-cost index instead of distance; for the record.
    ``industry``: ln multiplier of an industry against the mean one, shrunk towards 0.
    ``median``: ln of the typical median by origin: by destination (unweighted) and by entrant (weighted).
    ``percentile``: ln(quantile / median) of one entrant's first-year sales, pooled over destinations.
    ``survivors``: ln sales in year 1 ... 6 of a spell of six years or more; ln(mature / first year) is
        year_6 - year_1.
``entrants_cov.csv``   model, term_a, term_b, cov     for ``first_year``

Same input, same bytes out: figures are rounded to four significant digits.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyfixest as pf
from scipy.stats import norm

OUT = Path(__file__).resolve().parents[1] / "src" / "beachhead" / "select"
YEARS = range(1986, 2007, 4)  # four years apart, so that trade can adjust (Yotov et al. 2016, section B)
LAGS = ("rta", "rta_lag4", "rta_lag8", "rta_lag12")
PRICE_YEAR = 2024
TERMS = {
    "border": "border",
    "ln_dist": "ln_distance",
    "contig": "contiguous",
    "lang": "common_official_language",
    "colony": "colonial_tie",
    "rta": "agreement",
}
AGTPA = "AGTPA applications data, 69 economies, manufacturing incl. domestic, 1986-2006"
YOTOV = "Yotov, Piermartini, Monteiro & Larch (2016), An Advanced Guide to Trade Policy Analysis, WTO"
ICIO = "OECD ICIO 2025 edition, 2022, 80 economies, intermediates incl. domestic"
LARCH = "Method: Santos Silva & Tenreyro (2006); Heid, Larch & Yotov (2021) on domestic flows"
DYNAMICS = "Exporter dynamics BRA 1997-2007, MEX 2001-2005, PER 1994-2008 by destination"
STEINBERG = "Steinberg (2023), Export market penetration dynamics, Journal of International Economics 145"

# ICIO sectors by model; what is not listed (T, households as employers) is not traded.
GROUPS: dict[str, tuple[str, ...]] = {
    "icio_food": ("A01", "A02", "A03", "C10T12"),
    "icio_textiles_footwear": ("C13T15",),
    "icio_minerals_metals": ("B05", "B06", "B07", "B08", "B09", "C19", "C23", "C24A", "C24B", "C25"),
    "icio_chemicals": ("C20", "C21", "C22"),
    "icio_machinery": ("C26", "C27", "C28", "C29", "C301", "C302T309"),
    "icio_other_goods": ("C16", "C17_18", "C31T33"),
    "icio_services_digital": ("J58T60", "J61", "J62_63"),
    "icio_services_business": ("K", "M", "N"),
    "icio_services_transport_trade": ("G", "H49", "H50", "H51", "H52", "H53"),
    "icio_services_other": ("D", "E", "F", "I", "L", "O", "P", "Q", "R", "S"),
}
CODES = {"ROM": "ROU", "ZAR": "COD", "TMP": "TLS", "PAL": "PSE", "YUG": "SRB"}  # GeoDist's old codes
LATER = Path(__file__).with_name("later_agreements.csv")  # younger than the agreements file, which ends in 2016

Row = list[Any]


@dataclass(frozen=True, slots=True)
class Model:
    """One estimated model: ``estimate`` (K,) and ``cov`` (K, K) in the order of ``terms``."""

    name: str
    terms: tuple[str, ...]
    estimate: np.ndarray
    cov: np.ndarray
    n: int
    residual_sd: float
    data: str
    citation: str


# --- raw files -------------------------------------------------------------------------------------------


def read_csv(path: Path) -> pd.DataFrame:
    """A raw CSV; Namibia's ISO2 code stays text."""
    return pd.read_csv(path, keep_default_na=False)


def geodist(raw: Path) -> pd.DataFrame:
    """Pairs: exporter, importer, dist (km, as in the snapshot), contig, lang, colony.

    The distance is between main cities, at home two thirds of the radius of a disc of the same area. Access uses the
    snapshot's distances, so it must be estimated on the same ones.
    """
    g = read_csv(raw / "country/cepii_geodist/dist_cepii.csv.gz")
    return pd.DataFrame(
        {
            "exporter": g["iso_o"].replace(CODES),
            "importer": g["iso_d"].replace(CODES),
            "dist": g["dist"],
            "contig": g["contig"],
            "lang": g["comlang_off"],
            "colony": g["colony"],
        }
    )


def agtpa(raw: Path) -> pd.DataFrame:
    """AGTPA panel, every fourth year, with the columns that the models name and its own distances (weighted)."""
    t = pd.read_parquet(raw / "trade/gravity_verification/agtpa/agtpa_applications.parquet")
    t = t[t["year"].isin(YEARS)].rename(columns={"cntg": "contig", "lang": "lang", "clny": "colony"})
    year = t["year"].astype(int).astype(str)
    return with_pairs(t.assign(ey=t["exporter"] + year, iy=t["importer"] + year, period=year))


def with_pairs(t: pd.DataFrame) -> pd.DataFrame:
    """Add border (0 at home), ln_dist, the undirected pair (for clustering) and the directed one."""
    abroad = (t["exporter"] != t["importer"]).astype(float)
    first = np.minimum(t["exporter"].astype(str), t["importer"].astype(str))
    second = np.maximum(t["exporter"].astype(str), t["importer"].astype(str))
    # GeoDist counts home as its own neighbour; the border term stands for home.
    ties = {k: t[k] * abroad for k in ("contig", "lang", "colony", "rta")}
    way = t["exporter"] + ">" + t["importer"]
    return t.assign(border=abroad, ln_dist=np.log(t["dist"]), pair=first + second, way=way, **ties)


def snapshot_distance(t: pd.DataFrame, raw: Path) -> pd.DataFrame:
    """The AGTPA panel with the snapshot's distances instead of its own."""
    codes = {"exporter": t["exporter"].replace(CODES), "importer": t["importer"].replace(CODES)}
    km = t[[]].assign(**codes).merge(geodist(raw), on=["exporter", "importer"], how="left", validate="m:1")["dist"]
    return t.assign(ln_dist=np.log(km.to_numpy()))


def agreements(raw: Path) -> set[tuple[str, str]]:
    """Directed pairs with a trade agreement in force in 2022."""
    t = read_csv(raw / "country/rta/agreements_by_pair_year.csv.gz")
    t = t[(t["time"] == 2016) & ~t["agreement"].str.contains("GSTP|Overseas Countries", regex=True)]
    listed = {(a, b) for e, i in zip(t["exp"], t["imp"], strict=True) for a in belux(e) for b in belux(i)}
    later = csv.DictReader(LATER.open(encoding="utf-8"))
    listed |= {(a, b) for row in later for a in row["left"].split() for b in row["right"].split()}
    return listed | {(b, a) for a, b in listed}


def belux(code: str) -> tuple[str, ...]:
    """The agreements file holds Belgium and Luxembourg as one."""
    return ("BEL", "LUX") if code == "BLX" else (code,)


def icio(raw: Path, sectors: Sequence[str]) -> pd.DataFrame:
    """Purchases of intermediates from ``sectors``, by pair of 80 economies incl. home, in USD million."""
    t = pd.read_parquet(raw / "trade/icio_2022/icio2022_intermediate_by_seller_sector_pair.parquet")
    t = t[t["sector"].isin(sectors) & (t["exporter"] != "ROW") & (t["importer"] != "ROW")]
    t = t.groupby(["exporter", "importer"], as_index=False)["intermediate_musd"].sum()
    t = square(t.rename(columns={"intermediate_musd": "trade"}))
    signed = agreements(raw)
    rta = [float(pair in signed) for pair in zip(t["exporter"], t["importer"], strict=True)]
    return with_pairs(t.assign(rta=rta).merge(geodist(raw), on=["exporter", "importer"], how="inner"))


def square(t: pd.DataFrame) -> pd.DataFrame:
    """Every pair of the economies that occur; a pair that the file leaves out had no sales."""
    codes = sorted(set(t["exporter"]) | set(t["importer"]))
    full = pd.MultiIndex.from_product([codes, codes], names=["exporter", "importer"])
    return t.set_index(["exporter", "importer"]).reindex(full, fill_value=0.0).reset_index()


# --- access ----------------------------------------------------------------------------------------------


def ppml(formula: str, data: pd.DataFrame, offset: str | None = None) -> Any:
    """Poisson pseudo-maximum likelihood with fixed effects, errors clustered by pair."""
    return pf.fepois(formula, data, vcov={"CRV1": "pair"}, offset=offset, iwls_tol=1e-12, fixef_tol=1e-10)


def traditional(raw: Path) -> Any:
    """Yotov et al. (2016): PPML without domestic sales; the published figures check the machinery."""
    t = agtpa(raw)
    return ppml("trade ~ ln_dist + contig + lang + colony | ey + iy", t[t["border"] == 1])


def residual_sd(fit: Any, data: pd.DataFrame) -> float:
    """Robust sd (interquartile range / 1.349) of ln(flow / fitted) over foreign pairs with a flow."""
    fitted = np.asarray(fit.predict(type="response"), float)
    flow = data["trade"].to_numpy(float)
    use = (data["border"].to_numpy() == 1) & (flow > 0) & (fitted > 0)
    low, high = np.quantile(np.log(flow[use] / fitted[use]), [0.25, 0.75])
    return float((high - low) / (norm.ppf(0.75) - norm.ppf(0.25)))


def agreement_effect(t: pd.DataFrame) -> tuple[float, float]:
    """Effect of an agreement, phased in over twelve years, within pairs; (estimate, variance).

    Pair effects remove what made the pair sign; border-by-year terms remove globalisation.
    """
    dated, borders = border_by_year(t)
    fit = ppml(f"trade ~ {' + '.join(LAGS)} + {' + '.join(borders[:-1])} | ey + iy + way", dated)
    at = [list(fit.coef().index).index(k) for k in LAGS]
    return float(fit.coef().iloc[at].sum()), float(fit._vcov[np.ix_(at, at)].sum())


def border_by_year(t: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Add one border dummy per year; the data and their names."""
    periods = sorted(t["period"].unique())
    names = [f"border_{p}" for p in periods]
    dummies = {n: t["border"] * (t["period"] == p) for n, p in zip(names, periods, strict=True)}
    return t.assign(**dummies), names


def goods_model(raw: Path) -> Model:
    """Goods from AGTPA with domestic sales: the last year's border, agreements at their within-pair effect."""
    t = snapshot_distance(agtpa(raw), raw)
    effect, variance = agreement_effect(t)
    dated, borders = border_by_year(t)
    dated = dated.assign(known=effect * dated["rta"])
    rest = "ln_dist + contig + lang + colony | ey + iy"
    fit = ppml(f"trade ~ {' + '.join(borders)} + {rest}", dated, offset="known")
    names = [borders[-1], "ln_dist", "contig", "lang", "colony"]
    at = [list(fit.coef().index).index(k) for k in names]
    cov = np.zeros((6, 6))
    cov[:5, :5] = fit._vcov[np.ix_(at, at)]
    cov[5, 5] = variance
    estimate = np.append(fit.coef().iloc[at].to_numpy(), effect)
    spread = residual_sd(fit, dated)
    return Model("goods_agtpa", tuple(TERMS.values()), estimate, cov, int(fit._N), spread, AGTPA, YOTOV)


def icio_model(raw: Path, name: str) -> Model:
    """One group of ICIO sectors: PPML with exporter and importer effects and domestic sales."""
    t = icio(raw, GROUPS[name])
    fit = ppml(f"trade ~ {' + '.join(TERMS)} | exporter + importer", t)
    at = [list(fit.coef().index).index(k) for k in TERMS]
    cov = fit._vcov[np.ix_(at, at)]
    estimate = fit.coef().iloc[at].to_numpy()
    return Model(name, tuple(TERMS.values()), estimate, cov, int(fit._N), residual_sd(fit, t), ICIO, LARCH)


# --- entrants --------------------------------------------------------------------------------------------

QUANTILES = {f"p{int(100 * q):02d}": q for q in (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)}
SURVIVORS = (0.94, 1.45, 1.64, 1.75, 1.79, 1.82)
ORIGINS = ("BRA", "MEX", "PER")
MIN_ENTRANTS = 10  # below that the median of a cell is mostly noise
CONTROLS = ("ln_population", "ln_gdp_per_head", "ln_distance", "contiguous", "common_official_language")


def dynamics(raw: Path, level: str) -> pd.DataFrame:
    """Cells of destination × year (``level`` 'd') or × industry ('d_i'): median (USD) and number of entrants.

    The files by industry hold tau under the name gdppc, so nothing but sales is read from them.
    """
    folder = raw / "trade/exporter_dynamics"
    bra = read_csv(folder / f"bra_microdata_agg_by_{level}.csv")
    bra["median"] = bra["avg_exports_entrant"] * bra["p50_norm_exports_entrant"]  # over the entrants' mean
    other = read_csv(folder / f"wbedd_microdata_agg_by_{level}.csv")
    t = pd.concat([bra, other.rename(columns={"med_exports_entrant": "median"})], ignore_index=True)
    return t.assign(median=pd.to_numeric(t["median"]), nf_entrant=pd.to_numeric(t["nf_entrant"]))


def first_year(raw: Path) -> pd.DataFrame:
    """Destination × year cells with regressors; population and GDP per head relative to the USA that year."""
    t = dynamics(raw, "d")
    usa = t.loc[t["d"] == "USA", ["c", "y", "popt", "gdppc"]]
    t = t.merge(usa, on=["c", "y"], suffixes=("", "_usa"))
    t = t.merge(geodist(raw), left_on=["c", "d"], right_on=["exporter", "importer"])
    return t[t["nf_entrant"] >= MIN_ENTRANTS].assign(
        ln_median=np.log(t["median"]),
        ln_population=np.log(t["popt"] / t["popt_usa"]),
        ln_gdp_per_head=np.log(t["gdppc"] / t["gdppc_usa"]),
        ln_distance=np.log(t["dist"] / 5000.0),
        contiguous=t["contig"],
        common_official_language=t["lang"],
        ln_cost=np.log(t["tau"]) - np.log(t["tau"]).groupby(t["c"]).transform("mean"),
        **{f"origin_{o}": (t["c"] == o).astype(float) for o in ORIGINS},
    )


def entrant_rows(raw: Path) -> tuple[list[Row], list[Row]]:
    """Rows of ``entrants.csv`` and of ``entrants_cov.csv``."""
    t = first_year(raw)
    rows, cov = first_year_rows(t, "first_year", CONTROLS)
    rows += [*spread_rows(raw), price_row(raw)]
    rows += first_year_rows(t, "first_year_cost", ("ln_population", "ln_gdp_per_head", "ln_cost"))[0]
    rows += industry_rows(raw) + median_rows(raw) + percentile_rows(raw) + survivor_rows()
    return rows, cov


def entrant_row(model: str, term: str, value: float, se: float | None, n: int, unit: str = "ln USD") -> Row:
    """One row of ``entrants.csv``."""
    return [model, term, value, se, n, unit, DYNAMICS, STEINBERG]


def first_year_rows(t: pd.DataFrame, name: str, controls: Sequence[str]) -> tuple[list[Row], list[Row]]:
    """Regression rows, errors clustered by destination, the constant being the mean origin's; and covariance."""
    dummies = [f"origin_{o}" for o in ORIGINS]
    fit = pf.feols(f"ln_median ~ {' + '.join([*dummies, *controls])} - 1", t, vcov={"CRV1": "d"})
    change = centring(len(ORIGINS), len(controls))
    terms = ["constant", *dummies, *controls]
    estimate, cov = change @ fit.coef().to_numpy(), change @ fit._vcov @ change.T
    n, sd = int(fit._N), np.sqrt(np.diag(cov))
    rows = [entrant_row(name, k, estimate[i], sd[i], n) for i, k in enumerate(terms)]
    missed = t.assign(e=fit.resid()).groupby(["c", "d"])["e"].mean()
    rows.append(entrant_row(name, "sd_destination", float(missed.std()), None, len(missed)))
    rows.append(entrant_row(name, "sd_origin", float(np.std(estimate[1:4], ddof=1)), None, 3))
    return rows, [[name, a, b, cov[i, j]] for i, a in enumerate(terms) for j, b in enumerate(terms)]


def centring(origins: int, controls: int) -> np.ndarray:
    """Matrix from (origin levels, slopes) to (mean level, deviations from it, slopes)."""
    mean = np.full((1, origins), 1.0 / origins)
    levels = np.vstack([mean, np.eye(origins) - mean])
    out = np.zeros((1 + origins + controls, origins + controls))
    out[: 1 + origins, :origins] = levels
    out[1 + origins :, origins:] = np.eye(controls)
    return out


def brazil_quantiles(raw: Path) -> tuple[np.ndarray, np.ndarray]:
    """ln quantiles of entrants' first-year sales (C, 7) of Brazil's cells, and entrants per cell (C,)."""
    t = read_csv(raw / "trade/exporter_dynamics/bra_microdata_agg_by_d.csv")
    t = t[t["nf_entrant"] >= MIN_ENTRANTS]
    norms = t[[f"{k}_norm_exports_entrant" for k in QUANTILES]].to_numpy(float)
    return np.log(norms * t[["avg_exports_entrant"]].to_numpy(float)), t["nf_entrant"].to_numpy(float)


def spread_rows(raw: Path) -> list[Row]:
    """Log-normal sd among the entrants of one destination: slope of ln quantiles on normal scores."""
    ln_q, n = brazil_quantiles(raw)
    z = norm.ppf(list(QUANTILES.values()))
    slope = ln_q @ (z - z.mean()) / ((z - z.mean()) ** 2).sum()
    mean = float(np.average(slope, weights=n))
    se = float(np.sqrt(np.average((slope - mean) ** 2, weights=n) / len(n)))
    return [entrant_row("first_year", "sd_within", mean, se, len(n))]


def percentile_rows(raw: Path) -> list[Row]:
    """ln(quantile / median) of one entrant's sales: mixture of Brazil's cells, weighted by entrants."""
    ln_q, n = brazil_quantiles(raw)
    grid = np.linspace(ln_q.min() - 5, ln_q.max() + 5, 20_001)
    z = norm.ppf(list(QUANTILES.values()))
    cdf = sum(w * norm.cdf(normal_score(grid, q, z)) for q, w in zip(ln_q, n / n.sum(), strict=True))
    pooled = np.interp(list(QUANTILES.values()), cdf, grid)
    at = dict(zip(QUANTILES, pooled - pooled[3], strict=True))
    return [entrant_row("percentile", k, float(v), None, int(n.sum()), "ln ratio") for k, v in at.items()]


def normal_score(x: np.ndarray, quantiles: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Normal score of ``x`` under a distribution known at a few quantiles; straight beyond the outer ones."""
    left = (quantiles[1] - quantiles[0]) / (z[1] - z[0])
    right = (quantiles[-1] - quantiles[-2]) / (z[-1] - z[-2])
    inside = np.interp(x, quantiles, z)
    below = z[0] + np.minimum(x - quantiles[0], 0) / max(left, 1e-6)
    above = z[-1] + np.maximum(x - quantiles[-1], 0) / max(right, 1e-6)
    score: np.ndarray = np.where(x < quantiles[0], below, np.where(x > quantiles[-1], above, inside))
    return score


def industry_rows(raw: Path) -> list[Row]:
    """Industry multipliers within origin × destination × year, shrunk by how well each is known."""
    t = dynamics(raw, "d_i")
    local = t["maquiladora"].astype(str) == "False"  # contract plants are not small firms finding customers
    t = t[local & (t["nf_entrant"] >= 5)].copy()
    t["ln_median"] = np.log(t["median"])
    t["cell"] = t["c"] + t["d"] + t["y"].astype(str)
    fit = pf.feols("ln_median ~ i(industry) | cell", t, vcov={"CRV1": "d"})
    names = sorted(t["industry"].unique())
    level = np.concatenate([[0.0], fit.coef().to_numpy()])
    cov = np.zeros((len(names), len(names)))
    cov[1:, 1:] = fit._vcov
    centre = np.eye(len(names)) - 1.0 / len(names)
    return shrunk_rows(names, centre @ level, np.diag(centre @ cov @ centre.T), int(fit._N))


def shrunk_rows(names: Sequence[str], raw: np.ndarray, variance: np.ndarray, n: int) -> list[Row]:
    """Empirical Bayes: each deviation times its reliability, given the spread that is left after noise."""
    between = max(float(np.var(raw, ddof=1) - variance.mean()), 0.0)
    keep = between / (between + variance)
    se = np.sqrt(between * variance / (between + variance))
    rows = [
        entrant_row("industry", k.removeprefix("Mfg: "), float(keep[i] * raw[i]), float(se[i]), n, "ln ratio")
        for i, k in enumerate(names)
    ]
    return [*rows, entrant_row("industry", "sd_between", between**0.5, None, len(names), "ln ratio")]


def median_rows(raw: Path) -> list[Row]:
    """Typical median first-year sales by origin: over destination × year cells, and weighted by entrants."""
    t = dynamics(raw, "d")
    rows = []
    for origin in ORIGINS:
        cells = t[t["c"] == origin]
        ln = np.log(cells["median"])
        rows.append(entrant_row("median", f"by_destination_{origin}", float(ln.median()), None, len(cells)))
        weighted = float(np.average(ln, weights=cells["nf_entrant"]))
        rows.append(entrant_row("median", f"by_entrant_{origin}", weighted, None, len(cells)))
    return rows


def price_row(raw: Path) -> Row:
    """ln of US consumer prices in ``PRICE_YEAR`` over the mean (by cells) of the sample's years."""
    w = read_csv(raw / "country/wdi/wdi_panel_1990_2024.csv")
    w = w[w["iso3c"] == "USA"].sort_values("year")
    level = np.log1p(pd.to_numeric(w["inflation"], errors="coerce") / 100).cumsum().set_axis(w["year"])
    years = dynamics(raw, "d")["y"].astype(int)
    gap = float(level[PRICE_YEAR] - level.reindex(years).mean())
    return entrant_row("first_year", "ln_price_level", gap, None, len(years), f"ln ratio to {PRICE_YEAR}")


def survivor_rows() -> list[Row]:
    """ln sales by year of survivors, as published."""
    years = enumerate(SURVIVORS, start=1)
    return [entrant_row("survivors", f"year_{i}", v, None, 0, "ln index") for i, v in years]


# --- writing ---------------------------------------------------------------------------------------------


def model_rows(m: Model) -> list[Row]:
    """Rows of ``access.csv`` of one model."""
    sd = np.sqrt(np.diag(m.cov))
    rows = [[m.name, k, m.estimate[i], sd[i], m.n, m.data, m.citation] for i, k in enumerate(m.terms)]
    return [*rows, [m.name, "residual_sd", m.residual_sd, None, m.n, m.data, m.citation]]


def cov_rows(m: Model) -> list[Row]:
    """Rows of ``access_cov.csv`` of one model."""
    return [[m.name, a, b, m.cov[i, j]] for i, a in enumerate(m.terms) for j, b in enumerate(m.terms)]


def tidy(cell: Any) -> Any:
    """Four significant digits, which the order of a parallel sum does not touch; blank what is missing."""
    if cell is None:
        return ""
    return f"{cell:.4g}" if isinstance(cell, float) else cell


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write one table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows([tidy(c) for c in row] for row in rows)


def main(raw: Path, out: Path = OUT) -> None:
    """Estimate everything and write the tables."""
    models = [goods_model(raw), *(icio_model(raw, name) for name in GROUPS)]
    head = ("model", "term", "estimate", "se", "n", "data", "citation")
    write(out / "access.csv", head, (r for m in models for r in model_rows(m)))
    pairs = ("model", "term_a", "term_b", "cov")
    write(out / "access_cov.csv", pairs, (r for m in models for r in cov_rows(m)))
    write(out / "access_groups.csv", ("sector", "model"), ((s, m) for m in GROUPS for s in GROUPS[m]))
    rows, cov = entrant_rows(raw)
    write(out / "entrants.csv", (*head[:5], "unit", *head[5:]), rows)
    write(out / "entrants_cov.csv", pairs, cov)


if __name__ == "__main__":
    main(*(Path(a) for a in sys.argv[1:]))
