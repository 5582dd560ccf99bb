"""Why this mode and not the next best, in sentences that hold the figures they rest on."""

from __future__ import annotations

import numpy as np

from beachhead.enter.fit import Fit
from beachhead.enter.modes import MODE_NAMES, MODES
from beachhead.enter.stages import rounded
from beachhead.evidence.model import Floats


def usd(x: float) -> str:
    """An amount in words fit for a sentence, two significant digits."""
    return f"USD {rounded(abs(x)):,.0f}"


def money_reason(value: float, setup: float, cut: float, sources: tuple[str, ...], years: float) -> str:
    """What the mode is worth over so many years and costs, and what likeness saves."""
    worth = "worth" if value >= 0 else "likely to lose"
    saved = f", {100 * cut:.0f} % less because you have sold in {' and '.join(sources)}" if cut > 0 else ""
    entry = f"set-up costs {usd(setup)}{saved}" if setup > 0 else "no set-up, you already sell there this way"
    return f"{worth} {usd(value)} over {years:g} years; {entry}"


def condition_reason(fit: Fit, m: int, mode: str, market_side: bool) -> str:
    """The condition that speaks loudest for or against a mode in a market: weight × distance from indifferent."""
    rows = [
        (fit.weights[j] * abs(fit.scores[m, j] - 0.5), -j)
        for j, c in enumerate(fit.conditions)
        if c.mode == mode and (c.kind == "market") == market_side
    ]
    if not rows:
        return ""
    j = -max(rows)[1]
    chosen = fit.conditions[j]
    text = chosen.met if fit.scores[m, j] >= 0.5 else chosen.unmet
    return text.format(value=fit.values[m, j])


LOSES = "on its own the market does not pay under these figures"


def first_reason(obstacle: str, money: str, pays: bool) -> str:
    """What stands in the way of the mode or what it is worth; before that, if so, that no mode pays in the market."""
    text = f"nothing is affordable yet; the least demanding mode is this one, but it {obstacle}" if obstacle else money
    return text if pays else f"{LOSES}: {text}"


def reasons(fit: Fit, m: int, best: int, first: str) -> tuple[str, ...]:
    """Up to three reasons: the first as given, what speaks of the firm, what speaks of the market."""
    mode = MODES[best]
    sides = (condition_reason(fit, m, mode, False), condition_reason(fit, m, mode, True))
    return (first, *(text for text in sides if text))


CAUSES = ("dearer to set up", "dearer to keep going", "it reaches or keeps less of the sales", "it fits less well")


def why_not(best: int, value: Floats, blocked: tuple[str, ...], gaps: Floats) -> str:
    """Why not the next best mode of a market: what blocks it, or what makes it worth less.

    ``value`` (7,); ``blocked`` (7,) obstacles; ``gaps`` (7, 4): how far each mode is behind the best one by cause, as
    named in ``CAUSES``, in comparable units.
    """
    others = [k for k in range(len(MODES)) if k != best]
    better = [k for k in others if blocked[k] and value[k] > value[best]]
    if better:
        k = max(better, key=lambda i: value[i])
        return f"{MODE_NAMES[MODES[k]]} would be worth {usd(value[k] - value[best])} more, but {blocked[k]}"
    usable = [k for k in others if not blocked[k]]
    if not usable:
        k = max(others, key=lambda i: value[i])
        return f"{MODE_NAMES[MODES[k]]} comes next, but {blocked[k]}"
    k = max(usable, key=lambda i: value[i])
    cause = CAUSES[int(np.argmax(gaps[k]))]
    return f"{MODE_NAMES[MODES[k]]} comes next, {usd(value[best] - value[k])} behind: {cause}"
