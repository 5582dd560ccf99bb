"""The answer where there is a rollout: what to begin with, when, what it costs and risks; one voice with the moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beachhead.charts import numbers as n
from beachhead.report.moves import Telling, lowered, mode_in_text, spent
from beachhead.report.risk import cash_line, value_line
from beachhead.report.words import in_text, name_of, offers, sentence_start
from beachhead.report.worth import grows, horizon, present, starts, years

if TYPE_CHECKING:
    from beachhead.flow import Plan
    from beachhead.rollout.result import Rollout


def planned(plan: Plan, rollout: Rollout) -> list[str]:
    """Where to begin and when, what the plan costs, brings and risks, sales in the first market."""
    new, old = starts(plan), grows(plan)
    teller = Telling(rollout, plan.evidence.catalogue, plan.selection.markets)
    lead = " ".join([_begin(plan, teller, new), *_go_on(plan, old), *_passed_over(plan, new)])
    cost = [_extent(rollout)] if new else []
    money = [" ".join([*cost, value_line(plan)]), cash_line(plan)] if rollout.moves else []
    return [lead, *money, *(how_much(plan, m, f"in {in_text(plan.selection, m)}") for m in [*new, *old][:1])]


def for_whom(plan: Plan) -> tuple[str, str]:
    """The firm, and how many markets were weighed: the beginning and the end of the first sentence."""
    s = plan.selection
    of = f"of {len(s.markets)} markets weighed" if len(s.markets) > 1 else "the only market weighed"
    return f"For {s.firm.name}, selling {offers(s)} from {name_of(plan.evidence.catalogue, s.home)}", of


def _begin(plan: Plan, teller: Telling, new: list[int]) -> str:
    """The first markets with mode and quarter; or why none is entered."""
    s, (who, of) = plan.selection, for_whom(plan)
    if not new:
        why = f": {lowered(teller.rollout.idle.rstrip('.'))}" if teller.rollout.idle else ""
        return f"{who}, enter no new market for now ({of}){why}."
    begun = {move.market: move for move in teller.rollout.moves if move.kind == "enter"}
    said = [
        f"{in_text(s, m)} by {mode_in_text(move.mode)} in {move.quarter}{teller.condition(move)}"
        for m, move in ((m, begun[s.markets[m]]) for m in new)
    ]
    return f"{who}, start with {'; then '.join(said)} ({of})."


def _go_on(plan: Plan, old: list[int]) -> list[str]:
    """Markets where the firm sells already: kept, or not."""
    s, candidates = plan.selection, plan.rollout.candidates if plan.rollout else ()
    here = [s.row(market) for market in present(plan) if market in candidates]
    left = [in_text(s, m) for m in here if m not in old]
    kept = [f"Go on where you sell already: {n.listed([in_text(s, m) for m in old])}."] if old else []
    return [*kept, *([f"The plan does not go on in {n.listed(left)}."] if left else [])]


def _passed_over(plan: Plan, new: list[int]) -> list[str]:
    """Why the first of the ranking is not entered, if it is passed over."""
    s, rollout = plan.selection, plan.rollout
    if not new or rollout is None or s.markets[0] in present(plan) or s.markets[0] in rollout.entered:
        return []
    value, first = float(plan.modes.best_value[0]), sentence_start(in_text(s, 0))
    if value > 0:
        return [f"{first} ranks first but is not entered: within these limits the plan is worth more without it."]
    lost = f"likely to lose {n.usd(-value)} over {years(horizon(plan.firm))}"
    return [f"{first} ranks first but does not pay for itself under these figures ({lost})."]


def _extent(rollout: Rollout) -> str:
    """How many markets, when, and for how much."""
    count = len(rollout.entered)
    markets = f"{count} new market{'' if count == 1 else 's'}"
    when = f"from {rollout.quarters[0]} to {rollout.quarters[-1]}"
    first = next(move for move in rollout.moves if move.kind == "enter").spend_usd
    spends = (
        f"spends about {n.usd(spent(rollout))} on setting up, before overruns, {n.usd(first)} of it on the first step"
    )
    later = sum(move.spend_usd for move in rollout.moves if move.kind == "switch")
    heavier = f"; heavier modes, where sales allow them, would take {n.usd(later)} more" if later > 0 else ""
    return f"In all, the plan enters {markets} {when} and {spends}{heavier}."


def how_much(plan: Plan, m: int, where: str) -> str:
    """Sales a year in one market, with their range."""
    p = plan.selection.potential
    low, middle, high = (float(x[m]) for x in (p.p10, p.p50, p.p90))
    return (
        f"Once established, a firm like this could sell about {n.usd(middle)} a year {where}; "
        f"eight times in ten it would be between {n.short(low)} and {n.short(high)}. "
        "Nobody can know this more closely before a first trial."
    )
