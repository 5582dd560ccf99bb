"""Fit the chance of leaving a market to the two tables that are published, by simulating exporters.

    python tools/calibrate_exit.py              # writes src/beachhead/outlook/exit_model.csv
    python tools/calibrate_exit.py --check      # the shipped coefficients against the tables, and against other figures
    python tools/calibrate_exit.py --vary       # how far the hazards move if another population is assumed

Steinberg (2023), Export market penetration dynamics, Journal of International Economics 145, tells for the exporters of
Brazil, Mexico and Peru how often they leave a market, (1) by number of markets and rank of the market in their sales,
and (2) by year in the market, for all markets and for hard and easy ones. Neither holds the other fixed, as the chance
of one market of one firm needs it. So exporters are simulated who leave by

    logit(hazard) = a[year in market] + b[number of markets, rank] + c (hard market)

and a, b, c are moved (stochastic approximation, Robbins & Monro 1951; mean of the later steps, Polyak & Juditsky 1992)
until both tables come out, each computed as the paper computes it: (1) as plain shares; (2) as coefficients, with the
constant, of a linear regression of leaving on the year in the market with effects of firm × year, and for all markets
of destination × year, on spells that were seen to begin. Assumptions and figures: docs/methods/exits.md.

Same bytes each time.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import PACKAGED
from beachhead.enter.ramp import calendar_ramp
from beachhead.evidence import Evidence, load_evidence
from beachhead.evidence.model import Floats
from beachhead.outlook.hazard import CLASSES, YEARS, Hazard, classed, hazard_of, level_of, load_hazard

OUT = Path(__file__).resolve().parents[1] / "src" / "beachhead" / "outlook" / "exit_model.csv"
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
CELLS = [(n, rank) for n in range(6) for rank in range(n + 1)]  # the 21 cells of number × rank
SETTLE = 30  # years until a population that starts without markets has forgotten it
STEPS, COARSE, STEP = 70, 15, 0.8
SEED, OTHER_SEED = 1, 2
ORIGINS = ("BRA", "MEX", "PER")


@dataclass(frozen=True, slots=True)
class Population:
    """Who the exporters are: what the published tables do not tell. Grounds: docs/methods/exits.md.

    A firm enters a Poisson number of new markets a year, whose mean is the firm's own: log-normal over firms
    (``entries_median``, ``entries_sd``), at most ``entries_most``. ``growth``: share of firms that are new each year,
    in a whole that grows by as much. A new market is hard with chance n / (n + ``hard_half``), n: markets served.
    ln sales in a market = luck that stays (``lasting_sd``) + path of survivors + luck of the year (``yearly_sd``) −
    ``hard_smaller`` in a hard one. ``window``: years in which a spell could be seen to begin.
    """

    firms: int = 40_000
    entries_median: float = 0.2
    entries_sd: float = 1.4
    entries_most: float = 9.0
    growth: float = 0.11
    hard_half: float = 8.0
    lasting_sd: float = 1.0
    yearly_sd: float = 0.5
    hard_smaller: float = 0.5
    window: int = 10


#: Populations that could be assumed instead.
OTHERS = {
    "exporters grow by 4 % a year, as in the data": {"growth": 0.04},
    "exporters do not grow": {"growth": 0.0},
    "firms more alike in how much they enter": {"entries_median": 0.5, "entries_sd": 0.9},
    "a few firms enter very many markets": {"entries_sd": 1.6, "entries_most": 20.0},
    "hard markets as large as easy ones": {"hard_smaller": 0.0},
    "hard markets rarer": {"hard_half": 16.0},
    "sales differ more between markets": {"lasting_sd": 1.5},
    "sales swing more from year to year": {"yearly_sd": 1.0},
}


@dataclass(frozen=True, slots=True, eq=False)
class Presences:
    """Firms in markets, each (P,): the firm, the year in it, whether the market is hard, and the luck that stays."""

    firm: Ints
    age: Ints
    hard: Bools
    luck: Floats

    def where(self, mask: Bools) -> Presences:
        """Those of the mask."""
        return Presences(*(getattr(self, one.name)[mask] for one in fields(self)))

    def and_also(self, more: Presences) -> Presences:
        """These and more of them."""
        return Presences(*(np.append(getattr(self, one.name), getattr(more, one.name)) for one in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Year:
    """One simulated year, each (P,): the presences, the firm's number of markets, rank of the sales, and who left."""

    there: Presences
    n: Ints
    rank: Ints
    left: Bools


class Exporters:
    """A population that enters, sells and leaves; the coefficients may change between years."""

    def __init__(self, who: Population, seed: int) -> None:
        self.who, self.rng = who, np.random.default_rng(seed)
        entries = who.entries_median * np.exp(who.entries_sd * self.rng.standard_normal(who.firms))
        self.entries = np.minimum(entries, who.entries_most)
        self.ramp = np.log(calendar_ramp(PACKAGED))
        none = np.zeros(0, dtype=np.int64)
        self.there = Presences(none, none, none.astype(bool), none.astype(float))

    def year(self, hazard: Hazard) -> Year:
        """Live one year: enter, sell, and leave at its end."""
        there = self._entered(self._grown(self.there))
        n = np.bincount(there.firm, minlength=self.who.firms)[there.firm]
        rank = rank_within(there.firm, self._sales(there))
        left = self.rng.random(len(n)) < hazard.yearly(there.age, n, rank, there.hard)
        self.there = replace(there.where(~left), age=there.age[~left] + 1)
        return Year(there, n, rank, left)

    def _grown(self, there: Presences) -> Presences:
        """New firms stand where old ones stood. Those did not leave: they are a smaller part of a larger whole."""
        new = self.rng.random(self.who.firms) < self.who.growth
        return there.where(~new[there.firm])

    def _entered(self, there: Presences) -> Presences:
        firm = np.repeat(np.arange(self.who.firms), self.rng.poisson(self.entries))
        n = np.bincount(np.append(there.firm, firm), minlength=self.who.firms)[firm]
        hard = self.rng.random(len(firm)) < n / (n + self.who.hard_half)
        luck = self.who.lasting_sd * self.rng.standard_normal(len(firm))
        return there.and_also(Presences(firm, np.ones_like(firm), hard, luck))

    def _sales(self, there: Presences) -> Floats:
        noise = self.who.yearly_sd * self.rng.standard_normal(len(there.firm))
        path = self.ramp[np.minimum(there.age, YEARS) - 1]
        sales: Floats = there.luck + path + noise - self.who.hard_smaller * there.hard
        return sales


def rank_within(firm: Ints, sales: Floats) -> Ints:
    """Rank of each presence in the sales of its firm, 1 the largest."""
    order = np.lexsort((-sales, firm))
    ordered = firm[order]
    begins = np.searchsorted(ordered, ordered)
    rank = np.empty(len(firm), dtype=np.int64)
    rank[order] = np.arange(len(firm)) - begins + 1
    return rank


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """The published tables, or the same of a simulation: chances to leave within a year.

    ``cells`` (21,) in the order of ``CELLS``; ``all``, ``hard``, ``easy`` (6,) by year in the market.
    """

    cells: Floats
    all: Floats
    hard: Floats
    easy: Floats


class Sums:
    """What the tables are computed from, added up year by year."""

    def __init__(self, firms: int) -> None:
        self.firms = firms
        self.left, self.count = np.zeros((2, len(CELLS)))
        self.gram, self.moment = np.zeros((12, 12)), np.zeros(12)  # within firm × year; 12: year in market × easy, hard
        self.seen, self.exits = np.zeros(12), 0.0

    def add(self, year: Year, observed: int) -> None:
        """Count a year in which only the spells of the last ``observed`` years were seen to begin."""
        cell = cell_of(classed(year.n), classed(year.rank))
        self.count += np.bincount(cell, minlength=len(CELLS))
        self.left += np.bincount(cell, weights=year.left, minlength=len(CELLS))
        known = year.there.age <= observed
        self._regress(year.there.where(known), year.left[known].astype(float))

    def _regress(self, there: Presences, left: Floats) -> None:
        kind = 2 * np.minimum(there.age, YEARS) - 2 + there.hard
        x = self._by_kind(there.firm, kind, np.ones_like(left))
        y = self._by_kind(there.firm, kind, left)
        several = x.sum(axis=1) >= 2  # of a firm with one market, its own effect explains all
        x, y = x[several], y[several]
        mean = x / x.sum(axis=1, keepdims=True)
        self.gram += np.diag(x.sum(axis=0)) - x.T @ mean
        self.moment += y.sum(axis=0) - mean.T @ y.sum(axis=1)
        self.seen += x.sum(axis=0)
        self.exits += y.sum()

    def _by_kind(self, firm: Ints, kind: Ints, weight: Floats) -> Floats:
        """Sums of the weights by firm and kind, (F, 12)."""
        sums: Floats = np.bincount(firm * 12 + kind, weights=weight, minlength=self.firms * 12)
        return sums.reshape(-1, 12)

    def tables(self) -> Tables:
        """Shares by cell; levels by year in the market from the two regressions."""
        years = np.repeat(np.eye(YEARS), 2, axis=0)
        with_kind = np.column_stack(
            [years, np.tile([0.0, 1.0], YEARS)]
        )  # few destinations: hard or easy is all of them
        apart = self._levels(np.eye(12), np.eye(12))
        together = self._levels(with_kind, years)
        return Tables(self.left / np.maximum(self.count, 1), together, apart[1::2], apart[::2])

    def _levels(self, design: Floats, shown: Floats) -> Floats:
        """Coefficients with the constant, for the columns ``shown``; the first column of ``design`` is the base."""
        used = design[:, 1:]
        slope = np.linalg.solve(used.T @ self.gram @ used, used.T @ self.moment)
        effect = np.append(0.0, slope)[: shown.shape[1]]
        share = self.seen / self.seen.sum()
        return float(self.exits / self.seen.sum()) - float(share @ shown @ effect) + effect


def cell_of(n: NDArray[np.intp], rank: NDArray[np.intp]) -> NDArray[np.intp]:
    """Index into ``CELLS`` of the classes of the number of markets and of the rank."""
    return n * (n + 1) // 2 + rank


def simulated(exporters: Exporters, hazard: Hazard, years: int) -> Sums:
    """Let the exporters live on and count."""
    sums = Sums(exporters.who.firms)
    for year in range(years):
        sums.add(exporters.year(hazard), year % exporters.who.window + 1)
    return sums


def published(evidence: Evidence) -> Tables:
    """Means over Brazil, Mexico and Peru; the sixth year is known for Brazil only."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for _, n, rank, rate in zip(*evidence.query("exit_by_rank_all").values(), strict=True):
        found[n, rank].append(rate)
    for _, kind, year, rate in zip(*evidence.query("exit_hazard_all").values(), strict=True):
        found[kind, str(year)].append(rate)
    cells = np.array([np.mean(found[CLASSES[n], CLASSES[rank]]) for n, rank in CELLS])
    by_year = ([np.mean(found[kind, str(year + 1)]) for year in range(YEARS)] for kind in ("all", "hard", "easy"))
    return Tables(cells, *map(np.array, by_year))


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """``years`` (6,) with 0 for the first; ``standing`` (21,) in the order of ``CELLS``; ``hard``."""

    years: Floats
    standing: Floats
    hard: float

    def named(self) -> dict[tuple[str, str], float]:
        """As in the table that is shipped: (term, level) -> value."""
        years = {("year", str(year + 1)): value for year, value in enumerate(self.years)}
        standing = {("standing", level_of(*cell)): b for cell, b in zip(CELLS, self.standing, strict=True)}
        return {**years, **standing, ("hard", "hard"): self.hard}


def logit(p: Floats) -> Floats:
    """ln odds, of shares kept off 0 and 1."""
    p = np.clip(p, 1e-3, 1 - 1e-3)
    return np.log(p / (1 - p))


def moved(now: Coefficients, seen: Tables, target: Tables, step: float) -> Coefficients:
    """One step towards the target. The level belongs to ``standing``, so the first year stays at 0."""
    years = logit(target.all) - logit(seen.all)
    gap = logit(target.hard) - logit(target.easy) - logit(seen.hard) + logit(seen.easy)
    return Coefficients(
        years=now.years + step * (years - years[0]),
        standing=now.standing + step * (logit(target.cells) - logit(seen.cells)),
        hard=now.hard + step * float(gap[: YEARS - 1].mean()),
    )


def fitted(who: Population, target: Tables, seed: int = SEED) -> Coefficients:
    """Coefficients with which the population's tables are the target: mean of the steps after the coarse ones."""
    now = Coefficients(logit(target.all) - logit(target.all[:1]), logit(target.cells), 0.5)
    exporters, later = Exporters(who, seed), []
    simulated(exporters, hazard_of(now.named()), SETTLE)
    for k in range(STEPS):
        seen = simulated(exporters, hazard_of(now.named()), who.window).tables()
        now = moved(now, seen, target, STEP * min(1.0, COARSE / (k + 1)))
        later += [now] if k >= COARSE else []
    columns = ([getattr(one, field.name) for one in later] for field in fields(Coefficients))
    years, standing, hard = (np.mean(column, axis=0) for column in columns)
    return Coefficients(years, standing, float(hard))


def write(found: Coefficients) -> None:
    """The table that is shipped."""
    with OUT.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["term", "level", "value"])
        rows.writerows([term, level, f"{value:.3f}"] for (term, level), value in found.named().items())


@dataclass(frozen=True, slots=True)
class Moments:
    """Figures of a population that the fit has not seen.

    ``exit``: share of presences that are left; of those in their first year and of the others; ``entered``: share that
    are in their first year; ``markets``: mean number of markets, by presence, of all and of those in their first year.
    """

    exit: float
    exit_first: float
    exit_later: float
    entered: float
    markets: float
    markets_first: float


def moments(exporters: Exporters, hazard: Hazard, years: int) -> Moments:
    """Of a simulated population."""
    lived = [exporters.year(hazard) for _ in range(years)]
    first, left, n = (
        np.concatenate(column) for column in zip(*((y.there.age == 1, y.left, y.n) for y in lived), strict=True)
    )
    means = left.mean(), left[first].mean(), left[~first].mean(), first.mean(), n.mean(), n[first].mean()
    return Moments(*map(float, means))


def observed(evidence: Evidence) -> dict[str, Moments]:
    """By origin, from the aggregates of the same customs data; nan where not in the snapshot.

    The last year of Brazil is left out: as nobody knows who left after it, its exits stand at 0.
    """
    rows = evidence.query("entrants_all")
    whole = np.array([industry is None for industry in rows["industry"]]) & (rows["exit_rate"] > 0)
    return {str(o): _of_origin({k: v[whole & (rows["origin"] == o)] for k, v in rows.items()}) for o in ORIGINS}


def _of_origin(rows: dict[str, NDArray[np.generic]]) -> Moments:
    number, first = rows["exporters"].astype(float), rows["entrants"].astype(float)
    left, left_first = number * rows["exit_rate"], first * np.nan_to_num(rows["entrant_exit_rate"].astype(float))
    later = (left - left_first).sum() / (number - first).sum()
    markets = np.nansum(first * rows["entrant_destinations"]) / first.sum()
    return Moments(
        exit=float(left.sum() / number.sum()),
        exit_first=float(left_first.sum() / first.sum()),
        exit_later=float(later),
        entered=float(first.sum() / number.sum()),
        markets=float("nan"),
        markets_first=float(markets),
    )


def leaving_all(exporters: Exporters, hazard: Hazard, years: int) -> Floats:
    """Share of firms with one, two, three, four markets that leave all of them within the year, (4,)."""
    firms, gone = np.zeros((2, 4))
    for _ in range(years):
        year = exporters.year(hazard)
        stays = np.bincount(year.there.firm, weights=~year.left, minlength=exporters.who.firms)
        n = np.bincount(year.there.firm, minlength=exporters.who.firms)
        firms += np.bincount(n, minlength=5)[1:5]
        gone += np.bincount(n[stays == 0], minlength=5)[1:5]
    return gone / firms


def report(evidence: Evidence) -> None:
    """The shipped coefficients against both tables and against figures that were not fitted."""
    target, hazard, exporters = published(evidence), load_hazard(), Exporters(Population(), OTHER_SEED)
    simulated(exporters, hazard, SETTLE)
    seen = simulated(exporters, hazard, 20 * exporters.who.window).tables()
    for field in fields(Tables):
        ours, theirs = getattr(seen, field.name), getattr(target, field.name)
        print(f"{field.name:6}published", *(f"{x:.3f}" for x in theirs))
        print(f"{'':6}simulated", *(f"{x:.3f}" for x in ours), f" largest difference {abs(ours - theirs).max():.3f}")
    for name, one in {"ours": moments(exporters, hazard, 20), **observed(evidence)}.items():
        print(f"{name:6}", *(f"{field.name} {getattr(one, field.name):.3f} " for field in fields(one)))
    gone = leaving_all(exporters, hazard, 50)
    print("leave all markets, with 1, 2, 3, 4 of them:", *(f"{x:.3f}" for x in gone))
    print("less than with one:", *(f"{1 - x / gone[0]:.0%}" for x in gone[1:]))


def vary(evidence: Evidence) -> None:
    """How far the chances move, and how well the tables are met, if another population is assumed."""
    target, base = published(evidence), load_hazard().table
    for name, change in OTHERS.items():
        who = replace(Population(), **change)
        found = hazard_of(fitted(who, target).named())
        exporters = Exporters(who, OTHER_SEED)
        simulated(exporters, found, SETTLE)
        level = float(np.mean(simulated(exporters, found, 5 * who.window).tables().all - target.all))
        moves = np.abs(found.table - base)
        print(f"{name:46} mean {moves.mean():.3f} most {moves.max():.3f} year curve off by {level:+.3f}", flush=True)


def main() -> None:
    """Fit and write, or only report."""
    evidence = load_evidence()
    if "--check" in sys.argv:
        report(evidence)
    elif "--vary" in sys.argv:
        vary(evidence)
    else:
        write(fitted(Population(), published(evidence)))


if __name__ == "__main__":
    main()
