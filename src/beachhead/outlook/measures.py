"""What the paths say: risk, resilience, survival and break-even. T quarters, N paths, P presences."""

from __future__ import annotations

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.outlook.ledger import Ledger
from beachhead.outlook.result import CAUSES, Resilience
from beachhead.outlook.schedule import Case
from beachhead.outlook.state import FORCED, STOPPED
from beachhead.rollout.problem import TOLERANCE, worst_mean
from beachhead.rollout.result import Bools
from beachhead.rollout.rules import Rules


def overstretched(rules: Rules, seen: Ledger) -> dict[str, Bools]:
    """By cause, on which paths it happens within the plan, (N,): cash below the floor; more hours or attention needed
    than there are."""
    over: dict[str, Bools] = {
        "cash": np.asarray(seen.cash < rules.floor - TOLERANCE),
        "hours": np.asarray(seen.hours > rules.hours + TOLERANCE),
        "attention": np.asarray(seen.attention > rules.attention + 1e-3),
    }
    return {cause: np.asarray(over[cause].any(axis=0)) for cause in CAUSES}


def p_overstretch(over: dict[str, Bools]) -> dict[str, float]:
    """Chance of each cause, and of any."""
    any_cause = np.stack(list(over.values())).any(axis=0)
    return {cause: float(paths.mean()) for cause, paths in over.items()} | {"any": float(any_cause.mean())}


def p_ruin(seen: Ledger) -> float:
    """Chance that cash falls below zero within the plan."""
    return float((seen.cash < 0.0).any(axis=0).mean())


def p_floor(rules: Rules, seen: Ledger) -> float:
    """Chance that cash falls below the floor within the plan."""
    return float(overstretched(rules, seen)["cash"].mean())


def adjusted(rules: Rules, seen: Ledger) -> float:
    """The rollout's objective on these paths: expected worth, drawn towards its worse half, less the price of the mean
    shortfall of cash in the worst tail."""
    short = np.maximum(rules.floor - seen.cash, 0.0).max(axis=0)
    shortfall = -worst_mean(-short.astype(float), rules.tail)
    blend = (1.0 - rules.downside) * seen.worth.mean() + rules.downside * worst_mean(seen.worth, 0.5)
    return float(blend - rules.price * shortfall)


def break_even(seen: Ledger) -> int | None:
    """First quarter in which the median of all cash that entries and automation have moved is back at zero after it has
    been below; None if that is not within the plan, or nothing is ventured."""
    median = np.median(seen.ventured, axis=1)
    below = np.flatnonzero(median < -TOLERANCE)
    back = np.flatnonzero(median >= -TOLERANCE)
    back = back[back > below[0]] if len(below) else back[:0]
    return int(back[0]) if len(back) else None


def p_break_even(seen: Ledger) -> float:
    """Chance that by the end of the plan entries and automation have brought in as much cash as they have taken; 0 if
    nothing is ventured."""
    return float(((seen.ventured[-1] >= -TOLERANCE) & (seen.ventured < -TOLERANCE).any(axis=0)).mean())


def survival(seen: Ledger) -> Floats:
    """Of the markets entered by each quarter, the share still served, (T,); 1 where none is entered."""
    begun = seen.begun.sum(axis=1, dtype=float)
    served = seen.markets.sum(axis=1, dtype=float)
    return np.asarray(np.where(begun > 0.0, served / np.maximum(begun, 1.0), 1.0))


def resilience(seen: Ledger) -> Resilience:
    """How much the spread over markets steadies the revenue of the plan's last year, S = Σ S_p.

    Variance ratio = CV(S)² ÷ Σ w_p CV(S_p)², w_p = E S_p ÷ E S: over that of the same expected revenue from one market,
    on average over the plan's markets by what they bring. Effective markets = 1 ÷ that ratio. All uncertainty counts,
    that about the firm itself too, which no spread can take away. One market, or none: 1, and correlation 1.
    """
    served = float(seen.markets[-1].mean())
    mean = seen.last_year.mean(axis=1, dtype=float)
    sells = mean > 0.0
    if not sells.any():
        return Resilience(1.0, 1.0, 0.0, served)
    covariance = np.atleast_2d(np.cov(seen.last_year[sells]))
    alone = (np.diag(covariance) / mean[sells]).sum() * mean.sum()
    ratio = float(covariance.sum() / alone) if alone > 0.0 else 1.0
    return Resilience(ratio, mean_correlation(covariance), 1.0 / ratio if ratio > 0.0 else float(sells.sum()), served)


def mean_correlation(covariance: Floats) -> float:
    """Mean correlation of all pairs; 1 if there are none. What never varies goes with nothing."""
    sd, count = np.sqrt(np.diag(covariance)), len(covariance)
    if count < 2:
        return 1.0
    scaled = covariance / np.maximum(np.outer(sd, sd), 1e-300)
    return float((scaled.sum() - np.trace(scaled)) / (count * (count - 1)))


def exits(seen: Ledger) -> dict[str, float]:
    """Expected number of markets left within the plan, by cause."""
    return {"stopped": float(seen.left[STOPPED]), "forced": float(seen.left[FORCED])}


def memory_mb(case: Case, paths: int, chunk: int, threads: int) -> float:
    """Most that the arrays can take at once, MB: the chunks at work, all at their peak, and the ledger of all paths.

    Numbers of four bytes for each path of a chunk, counted with ``tracemalloc``: while drawing, by presence and year;
    while following, by row, and in the books by quarter.
    """
    n = min(chunk, paths)
    drawing = 6.2 * case.count * (1 + case.years) + 180
    following = 2 * case.count * case.years + 29 * len(case.rows.parent) + 24 * case.quarters + 20
    ledger = (8 * case.quarters + case.count + 2) * paths
    return round(4e-6 * (threads * n * max(drawing, following) + ledger), 1)
