"""The record of the ranking as the report tells it: whether what it would have named before came true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beachhead.assumptions import Assumptions
from beachhead.charts import numbers as n
from beachhead.firm import main_offer
from beachhead.report.tables import Cell, Table, figure, heads
from beachhead.report.words import name_of
from beachhead.select.prospect import INDICATOR, LINE, line_of
from beachhead.skill.record import Record, record_for, rule

if TYPE_CHECKING:
    from beachhead.flow import Plan
    from beachhead.select.result import Selection

HEADING = "Was it right before?"
MEANING = (
    "Counted over exporting countries, not single firms: a market opened when it bought 50,000 USD or more of a "
    "product over the third to the fifth year from a country that had sold none of it there for three years. The "
    "weights are those for makers of goods, not yours."
)
WAYS = (
    ("hits_per_ten", "This ranking"),
    ("criteria_per_ten", "Its criteria alone"),
    ("rule_per_ten", "The best other way: {rule}"),
    ("lot_per_ten", "Names drawn by lot"),
)


def share_of_model(selection: Selection) -> float:
    """Weight of the model of entry in the score; 0 where it takes no part."""
    if INDICATOR not in selection.indicators:
        return 0.0
    return float(selection.weights[selection.indicators.index(INDICATOR)])


def record_of(plan: Plan) -> Record:
    """The record for what the firm mainly sells."""
    return record_for(main_offer(plan.firm).code, model=share_of_model(plan.selection) > 0)


def record_dict(plan: Plan) -> dict[str, Any]:
    """``skill`` of the plan and of the ranking."""
    return record_of(plan).to_dict() | {"share": round(share_of_model(plan.selection), 9)}


def record_lines(plan: Plan) -> list[str]:
    """The record, and what part of the score it rests on."""
    return [record_of(plan).sentence, model_line(plan)]


def model_line(plan: Plan) -> str:
    """How much of the score the model of entry is, or why it takes no part."""
    share = share_of_model(plan.selection)
    home = name_of(plan.evidence.catalogue, plan.selection.home)
    if share > 0:
        return (
            f"{n.pct(share)} of the score is the chance that exporters from {home} get in, or stay, by a model of how "
            "markets opened before; your criteria share the rest (assumption prospect_weight)."
        )
    return f"A model of which markets open to whom takes no part in the score: {_why_none(plan)}."


def _why_none(plan: Plan) -> str:
    """Why the model of entry takes no part."""
    if Assumptions(plan.firm.assumptions)["prospect_weight"] <= 0:
        return "you have set its share to nothing (assumption prospect_weight)"
    if line_of(plan.firm) is None or plan.selection.demand.kind != LINE:
        return "trade in what you sell is not at hand country by country"
    home = name_of(plan.evidence.catalogue, plan.selection.home)
    return f"it does not know the product, or too little of it is exported from {home}"


def record_table(plan: Plan) -> Table | None:
    """The figures of the record beside those of simpler ways; None where there is no record."""
    record = record_of(plan)
    if "hits_per_ten" not in record.figures:
        return None
    known = record.figures
    ways = WAYS if share_of_model(plan.selection) > 0 else tuple(w for w in WAYS if w[0] != "criteria_per_ten")
    rows = tuple(_way(known[name], words.format(rule=rule()), known) for name, words in ways)
    caption = (
        f"{record.about[:1].upper()}{record.about[1:]}: what opened of ten markets named to each of "
        f"{known['exporters']:,.0f} exporters, of {known['opened']:,.0f} that opened in all"
    )
    return Table(caption, heads("Way of naming", "#Opened of ten named", "#Named of those that opened"), rows)


def _way(per_ten: float, words: str, known: dict[str, float]) -> tuple[Cell, ...]:
    recall = per_ten / 10 * known["named"] / known["opened"]
    return Cell(words), figure(per_ten, f"{per_ten:.2f}"), figure(recall, n.pct(recall))
