"""What the ranking is worth, and how much of it the model of entry should be: the tables of ``beachhead/skill``.

    python tools/make_record.py                   # all of them
    python tools/make_record.py --only prospects  # those of today, when the snapshot has a new year

Everything comes from the snapshot, and the same snapshot gives the same bytes. *search*: shares of the score for the
model's chance, tried on base years 2011 to 2013, whose outcomes the model has not learnt from, and then on 2015 and
2018; *scale*: which chances score 0 and 1, and how sure a chance is; *record*: markets that the ranking would have
named in 2015 and 2018, and what came of them; *prospects*: what the model expects from the newest year on; *growth*:
what was known of chapters and of services.

Takes about ten minutes and three gigabytes.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from beachhead.assumptions import PACKAGED
from beachhead.evidence import Evidence, load_evidence
from beachhead.evidence.model import Floats
from beachhead.select.estimate import shrink, slopes
from beachhead.select.flows import by_year
from beachhead.select.prospect import Scale
from beachhead.skill import prospects
from beachhead.skill.composite import selection_score
from beachhead.skill.features import features
from beachhead.skill.metrics import auc, average_precision, chance_in_first, recall_at, recall_by_group, spearman
from beachhead.skill.model import log_odds, model_score
from beachhead.skill.model import shipped as entry_model
from beachhead.skill.panel import Panel, open_panel
from beachhead.skill.prospect_table import HUNDRED, TABLE
from beachhead.skill.record import BASE_YEARS, FIRST
from beachhead.skill.result import Cases, Ints
from beachhead.skill.scores import SCORES
from beachhead.skill.tasks import SELLS_USD, cases

FOLDER = Path(str(files("beachhead.skill")))
CHOICE_YEARS = (2011, 2012, 2013)
SHARES = np.round(np.arange(0, 1.0001, 0.05), 2)
LOW, HIGH = 40.0, 1.0  # what scores 0: this percentile of the chances of all candidates; what scores 1: certainty
OURS = ("model", "selection_with_model", "selection")
SERVICES = tuple(f"c{k}" for k in range(19, 35))  # WIOD: trade, transport, finance, business and public services
HORIZON = 5
Rows = list[dict[str, object]]


@dataclass(frozen=True, slots=True, eq=False)
class Year:
    """One base year: its candidates, what our criteria alone would have scored (points), and the model's chances."""

    year: int
    known: Panel
    cases: Cases
    points: Floats
    chance: Floats

    def blend(self, share: float, scale: Scale) -> Floats:
        """The score with this share for the model's chance, points of 100."""
        return (1 - share) * self.points + 100 * share * scale.value(self.chance)


def year_of(panel: Panel, year: int, model: Callable[[Panel, Cases], Floats]) -> Year:
    """A base year, scored."""
    found, known = cases(panel, "entry", year)[0], panel.until(year)
    return Year(year, known, found, selection_score(known, found), model(known, found))


# --- how sure a chance is, and what scores 0 and 1 ------------------------------------------------------------------


def excess(one: Year, group: Ints) -> float:
    """Variance of the logarithm of what opened over what was expected, between groups and beyond luck.

    Within a group of expectation e the count has variance e + σ²e²; σ² by the method of moments.
    """
    expected = np.bincount(group, one.chance)
    gap = (np.bincount(group, one.cases.outcome) - expected) ** 2 - expected
    return max(float(gap.sum() / (expected**2).sum()), 0.0)


def scale_of(years: list[Year]) -> Scale:
    """From the years on which the share is chosen."""
    low = np.percentile(np.concatenate([y.chance for y in years]), LOW)
    variance = [sum(excess(y, group) for group in (y.cases.product, y.cases.exporter, y.cases.importer)) for y in years]
    return Scale(*(float(f"{x:.3g}") for x in (low, HIGH, np.sqrt(np.mean(variance)))))


def scale_rows(scale: Scale) -> Rows:
    """``prospect.csv``."""
    span = f"{CHOICE_YEARS[0]}-{CHOICE_YEARS[-1]}"
    spread = f"how far what opened departs from what was expected, by product, exporter and importer, {span}"
    return [
        {"id": "chance_low", "value": scale.low, "ground": f"percentile {LOW:g} of all candidates of {span}"},
        {"id": "chance_high", "value": scale.high, "ground": "certainty"},
        {"id": "chance_sd", "value": scale.sd, "ground": f"sd of the log-odds: {spread}"},
    ]


# --- the search for the share ---------------------------------------------------------------------------------------


def search_rows(years: list[Year], scale: Scale) -> Rows:
    """``prospect_search.csv``: every share on every base year."""
    return [
        {"base_year": y.year, "share": f"{share:.2f}"} | measured(y.cases, y.blend(float(share), scale))
        for y in years
        for share in SHARES
    ]


def measured(found: Cases, score: Floats) -> dict[str, object]:
    """The measures of *entry*: recall as the mean over exporters and products, and over all that opened."""
    values = {
        "recall_at_10": recall_by_group(found.outcome, score, found.group, FIRST),
        "recall_pooled": recall_at(found.outcome, score, found.group, FIRST),
        "ap": average_precision(found.outcome, score),
        "auc": auc(found.outcome, score),
    }
    return {name: f"{x:.4f}" for name, x in values.items()}


# --- the record -----------------------------------------------------------------------------------------------------


def hits(found: Cases, score: Floats) -> Floats:
    """(N,) what each candidate adds to the hits of its exporter's ten; ties shared."""
    return np.asarray(found.outcome * chance_in_first(score, found.group, FIRST))


def by_lot(found: Cases) -> Floats:
    """The same if ten were drawn by lot."""
    _, at, count = np.unique(found.group, return_inverse=True, return_counts=True)
    return np.asarray(found.outcome * np.minimum(FIRST / count[at], 1.0))


def rivals(years: list[Year]) -> dict[str, list[Floats]]:
    """Hits of every other way of choosing, a list of arrays by base year."""
    others = [spec for spec in SCORES if "entry" in spec.tasks and spec.name not in OURS]
    return {spec.label: [hits(y.cases, spec(y.known, y.cases)) for y in years] for spec in others}


def record_rows(years: list[Year], share: float, scale: Scale, rule: list[Floats]) -> Rows:
    """``record.csv``: by product, by chapter, and over all, for each base year."""
    out: Rows = []
    for y, simple in zip(years, rule, strict=True):
        ours, alone = (hits(y.cases, y.blend(x, scale)) for x in (share, 0.0))
        parts = {"hits": ours, "criteria": alone, "rule": simple, "lot": by_lot(y.cases)}
        codes = np.array(y.cases.products)[y.cases.product]
        for code in [*y.cases.products, *sorted({p[:2] for p in y.cases.products}), "all"]:
            mine = np.flatnonzero(np.char.startswith(codes.astype(str), "" if code == "all" else code))
            if len(mine):
                out.append({"code": code, "base_year": y.year} | tally(y.cases, mine, parts))
    return out


def tally(found: Cases, mine: Ints, parts: Mapping[str, Floats]) -> dict[str, object]:
    """One row of the record."""
    _, count = np.unique(found.group[mine], return_counts=True)
    return {
        "products": len(np.unique(found.product[mine])),
        "exporters": len(count),
        "candidates": len(mine),
        "opened": int(found.outcome[mine].sum()),
        "named": int(np.minimum(count, FIRST).sum()),
        **{name: f"{values[mine].sum():.2f}" for name, values in parts.items()},
    }


# --- the chances of today -------------------------------------------------------------------------------------------


def everybody(panel: Panel, year: int) -> Cases:
    """Every exporter that sells enough of a product for the model to speak of it, with every other country."""
    rows = panel.run(
        "SELECT product, exporter FROM flows WHERE year BETWEEN $t - 2 AND $t "
        "GROUP BY product, exporter HAVING SUM(usd) >= $sells ORDER BY product, exporter",
        {"t": year, "sells": SELLS_USD},
    )
    c = len(panel.countries)
    product, exporter = (
        np.repeat(np.searchsorted(np.array(names), rows[column].astype(str)), c)
        for names, column in ((panel.products, "product"), (panel.countries, "exporter"))
    )
    importer = np.tile(np.arange(c), len(rows["product"]))
    abroad = exporter != importer
    unknown = np.full(int(abroad.sum()), np.nan)
    index = (x[abroad].astype(np.int64) for x in (product, exporter, importer))
    return Cases("entry", panel.data, year, panel.products, panel.countries, *index, outcome=unknown)


def write_prospects(panel: Panel) -> None:
    """``prospects.parquet``: what the model expects from the newest year on."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    one = everybody(panel, panel.last)
    found = features(panel.until(panel.last), one)
    sells = found.values[:, found.names.index("own_recent")] > 0
    stay = prospects.stays(found)
    opens = log_odds(entry_model("entry"), found.names, found.values)
    x = np.where(sells, np.log(stay / (1 - stay)), opens)
    table = pa.table(
        {
            "product": pa.array(np.array(one.products)[one.product]).dictionary_encode(),
            "exporter": pa.array(np.array(one.countries)[one.exporter]).dictionary_encode(),
            "importer": pa.array(np.array(one.countries)[one.importer]).dictionary_encode(),
            "log_odds": pa.array(np.round(HUNDRED * x).astype(np.int16)),
            "sells": pa.array(sells),
            "base_year": pa.array(np.full(len(one), panel.last, np.int16)),
        }
    )
    pq.write_table(table, FOLDER / TABLE, compression="zstd", compression_level=19)
    print(f"{TABLE}: {len(one)} rows")


# --- what is known of chapters and of services ----------------------------------------------------------------------


def growth_rows(panel: Panel) -> Rows:
    """``record_growth.csv``: rank correlations over markets, the mean of all base years."""
    evidence = panel.evidence
    return [*(chapter_row(evidence, hs2) for hs2 in chapters(evidence)), *service_rows(open_panel("wiod", evidence))]


def chapters(evidence: Evidence) -> list[str]:
    """Chapters that stand by themselves in the data."""
    rows = evidence.query("hs2_groups_all")
    return [str(c) for c, status in zip(rows["hs2"], rows["status"], strict=True) if status == "clean"]


def chapter_row(evidence: Evidence, hs2: str) -> dict[str, object]:
    """Growth of a chapter's imports as the ranking reckons it, against what came over the next five years."""
    rows = evidence.query("hs2_demand", hs2=hs2)
    year = rows["year"].astype(np.int64)
    axis = np.unique(year)
    logs = log(by_year(evidence.markets, rows["country"], year, rows["imports_usd"].astype(np.float64), axis))
    window = int(PACKAGED["growth_years"])
    found = [
        over(
            shrink(*slopes(logs[k - window + 1 : k + 1], axis[k - window + 1 : k + 1]))[0], logs[k + HORIZON] - logs[k]
        )
        for k in range(window - 1, len(axis) - HORIZON)
    ]
    return growth_row(hs2, found, int(axis[window - 1]), int(axis[-1]), len(evidence.markets))


def over(score: Floats, outcome: Floats) -> float:
    """Rank correlation over what is known of both."""
    ok = ~(np.isnan(score) | np.isnan(outcome))
    return spearman(outcome[ok], score[ok])


def log(x: Floats) -> Floats:
    """ln, nan where there is nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x > 0, np.log(x), np.nan)


def growth_row(code: str, found: Iterable[float], first: int, last: int, markets: int) -> dict[str, object]:
    """A row; ``first`` and ``last``: years looked at."""
    rho = f"{np.nanmean(list(found)):.3f}"
    return {"code": code, "spearman": rho, "horizon": HORIZON, "first": first, "last": last, "markets": markets}


def service_rows(panel: Panel) -> Rows:
    """Purchases of services from abroad: does their order last, and does growth of the economy tell of theirs?"""
    size: list[float] = []
    growth: list[float] = []
    for sector in SERVICES:
        bought = bought_of(panel, sector)
        for k in range(HORIZON, len(bought) - HORIZON):
            size.append(over(bought[k], bought[k + HORIZON]))
            growth.append(over(economies(panel, panel.first + k), bought[k + HORIZON] - bought[k]))
    span = (panel.first + HORIZON, panel.last, len(panel.countries))
    return [growth_row("services size", size, *span), growth_row("services growth", growth, *span)]


def bought_of(panel: Panel, sector: str) -> Floats:
    """ln of what each country (C,) bought of a sector from abroad, (Y, C)."""
    rows = panel.run("SELECT importer, year, SUM(usd) AS usd FROM flows WHERE product = $s GROUP BY ALL", {"s": sector})
    axis = np.arange(panel.first, panel.last + 1)
    return log(by_year(panel.countries, rows["importer"], rows["year"].astype(np.int64), rows["usd"], axis))


def economies(panel: Panel, year: int) -> Floats:
    """Growth of each country's GDP (C,) as it was known in a year: what stands in for growth of purchases."""
    rows = panel.evidence.query("skill_asof_facts", t=year)
    known = {
        str(m): float(x)
        for m, i, x in zip(rows["market"], rows["indicator"], rows["value"], strict=True)
        if i == "gdp_growth"
    }
    return np.array([known.get(c, np.nan) for c in panel.countries])


# --- all of it ------------------------------------------------------------------------------------------------------


def write(name: str, rows: Rows) -> None:
    """A table beside the module that reads it."""
    with (FOLDER / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{name}.csv: {len(rows)} rows")


def main() -> None:
    """Make the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=tuple(PARTS))
    only = parser.parse_args().only
    panel = open_panel("baci74", load_evidence())
    for name, make in PARTS.items():
        if only in (None, name):
            make(panel)


def make_growth(panel: Panel) -> None:
    """What is known of chapters and of services."""
    write("record_growth", growth_rows(panel))


def make_record(panel: Panel) -> None:
    """Scale, search and record."""
    choice, judged = ([year_of(panel, t, model_score) for t in years] for years in (CHOICE_YEARS, BASE_YEARS))
    scale = scale_of(choice)
    write("prospect", scale_rows(scale))
    write("prospect_search", search_rows([*choice, *judged], scale))
    others = rivals(judged)
    best = max(others, key=lambda label: sum(float(h.sum()) for h in others[label]))
    share = PACKAGED["prospect_weight"]
    write("record", record_rows(judged, share, scale, others[best]))
    write(
        "record_about", [{"id": "rule", "value": best[:1].lower() + best[1:]}, {"id": "share", "value": f"{share:g}"}]
    )


PARTS = {"record": make_record, "prospects": write_prospects, "growth": make_growth}

if __name__ == "__main__":
    main()
