"""Plans as data: ``beachhead.plan/1`` and ``beachhead.markets/1``, checked by the models of :mod:`.document`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from beachhead.evidence.model import STATUSES, Floats
from beachhead.report.answer import notes
from beachhead.report.contract_stages import outlook_dict, rollout_dict
from beachhead.report.learning import has_learnt, learning_dict
from beachhead.report.record import record_dict
from beachhead.report.rounding import number as number
from beachhead.report.words import Voice, size
from beachhead.report.worth import chosen, present
from beachhead.select import TOPS
from beachhead.select.result import Axis, Selection

if TYPE_CHECKING:
    from beachhead.flow import Plan

PLAN = "beachhead.plan/1"
MARKETS = "beachhead.markets/1"


def plan_dict(plan: Plan) -> dict[str, Any]:
    """The plan as JSON-ready data. Stages that are not part of the plan have no key."""
    selection = plan.selection
    voice = Voice(selection, plan.evidence.catalogue, plan.modes)
    return {
        "schema": PLAN,
        "firm": firm_dict(plan),
        "seed": plan.seed,
        "draws": selection.draws,
        "evidence": {"snapshot": plan.evidence.snapshot, "vintage": plan.evidence.vintage},
        "ranked": len(selection.markets),
        "shortlist": [market_row(plan, voice, m) for m in range(size(plan))],
        "demand": demand_dict(selection),
        "levers": levers(selection),
        "excluded": excluded(selection),
        "notes": notes(plan),
        "skill": record_dict(plan),
        **stages(plan),
    }


def stages(plan: Plan) -> dict[str, Any]:
    """``rollout``, ``outlook`` and ``learning``, as far as the plan has them."""
    found = {}
    if plan.rollout is not None:
        found["rollout"] = rollout_dict(plan.rollout, plan.selection.markets)
    if plan.outlook is not None:
        found["outlook"] = outlook_dict(plan.outlook)
    if has_learnt(plan):
        found["learning"] = learning_dict(plan)
    return found


def markets_dict(plan: Plan, rows: Sequence[int] | None = None) -> dict[str, Any]:
    """All ranked markets as JSON-ready data, or those of ``rows`` in that order."""
    selection = plan.selection
    voice = Voice(selection, plan.evidence.catalogue, plan.modes)
    wanted = range(len(selection.markets)) if rows is None else rows
    return {
        "schema": MARKETS,
        "markets": [market_row(plan, voice, m) for m in wanted],
        "excluded": excluded(selection),
        "skill": record_dict(plan),
    }


def firm_dict(plan: Plan) -> dict[str, Any]:
    """The firm as its file states it; paths of its evidence files shortened to their names."""
    firm: dict[str, Any] = plan.firm.model_dump(mode="json")
    firm["evidence"] = [path.name for path in plan.firm.evidence]
    return firm


def market_row(plan: Plan, voice: Voice, m: int) -> dict[str, Any]:
    """One market of the ranking."""
    selection, modes = plan.selection, plan.modes
    potential = selection.potential
    return {
        "market": selection.markets[m],
        "name": selection.names[m],
        "rank": m + 1,
        "score": number(selection.score[m]),
        "attractiveness": axis(selection.attractiveness, m),
        "accessibility": axis(selection.accessibility, m),
        "cell": selection.cell[m],
        "pareto": bool(selection.pareto[m]),
        "p_top": {str(k): number(selection.p_top[k][m]) for k in TOPS},
        "expected_rank": number(selection.expected_rank[m], 3),
        "potential_usd": {p: number(getattr(potential, p)[m], 2) for p in ("p10", "p50", "p90")},
        "mode": modes.best[m],
        "worth_usd": number(modes.best_value[m], 2),
        "weeks": number(chosen(modes, modes.weeks)[m], 1),
        "set_up_usd": number(chosen(modes, modes.cost_usd)[m], 2),
        "presence": presence_dict(plan, m),
        "contributions": contributions(selection.indicators, selection.contributions[m]),
        "reasons": voice.reasons(m),
        "warnings": voice.warnings(m),
    }


def presence_dict(plan: Plan, m: int) -> dict[str, Any] | None:
    """How the firm sells in a market already; None if it does not."""
    here = present(plan).get(plan.selection.markets[m])
    return None if here is None else {"since": here.since, "mode": here.mode, "sales_usd": here.sales_usd}


def axis(axis: Axis, m: int) -> dict[str, float | None]:
    """Mean and sd of one axis, points of 100."""
    return {"mean": number(axis.mean[m]), "sd": number(axis.sd[m])}


def contributions(indicators: tuple[str, ...], points: Floats) -> dict[str, float | None]:
    """Points by indicator; they sum to the score."""
    return {i: number(x) for i, x in zip(indicators, points, strict=True)}


def demand_dict(selection: Selection) -> dict[str, Any]:
    """What demand was measured on, and how many markets rest on which ground."""
    demand = selection.demand
    counts = {s.value: int((demand.status == k).sum()) for k, s in enumerate(STATUSES)}
    return {"kind": demand.kind, "code": demand.code, "label": demand.label, "markets_by_status": counts}


def levers(selection: Selection) -> list[dict[str, Any]]:
    """What would change the answer, strongest first."""
    return [
        {
            "indicator": x.indicator,
            "name": x.name,
            "changes": number(x.changes, 4),
            "p_first": number(x.p_first, 4),
        }
        for x in selection.levers
    ]


def excluded(selection: Selection) -> list[dict[str, str]]:
    """Markets that a must-have removed, with the reason."""
    return [{"market": x.market, "reason": x.reason} for x in selection.excluded]
