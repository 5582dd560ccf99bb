"""All that is known of one market: every figure with its place in the world, and what it means for a firm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from beachhead.charts import numbers as n
from beachhead.evidence.model import STATUSES, Fact, Facts, Indicator, Status
from beachhead.report.contract import market_row
from beachhead.report.rounding import number
from beachhead.report.standing import percentile
from beachhead.report.tables import Cell, Table, figure, heads, status_cell, unit_of
from beachhead.report.words import Voice
from beachhead.select.tables import criteria

if TYPE_CHECKING:
    from beachhead.evidence import Evidence
    from beachhead.evidence.catalogue import Catalogue
    from beachhead.flow import Plan

SCHEMA = "beachhead.market/1"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a market. ``better_than``: share of the economies compared that do worse; nan if not comparable."""

    indicator: Indicator
    fact: Fact
    better_than: float


def lines(facts: Facts, market: str, catalogue: Catalogue) -> list[Line]:
    """Every figure of a market in the order of the catalogue."""
    m = facts.markets.index(market)
    return [_line(facts, m, k, catalogue) for k in range(len(facts.indicators))]


def all_lines(evidence: Evidence, market: str, plan: Plan | None) -> list[Line]:
    """Country-wide figures against the whole world; those of the pair, product and firm against the ranked markets."""
    found = lines(evidence.facts(), market, evidence.catalogue)
    if plan is None or market not in plan.selection.markets:
        return found
    have = {line.indicator.id for line in found}
    return found + [x for x in lines(plan.selection.raw, market, evidence.catalogue) if x.indicator.id not in have]


def _line(facts: Facts, m: int, k: int, catalogue: Catalogue) -> Line:
    indicator = catalogue.indicators[facts.indicators[k]]
    source = str(facts.source[m, k])
    known = catalogue.sources.get(source)
    value = float(facts.value[m, k])
    fact = Fact(
        indicator.id,
        facts.markets[m],
        int(facts.year[m, k]),
        value,
        indicator.unit,
        float(facts.sd[m, k]),
        STATUSES[facts.status[m, k]],
        source,
        known.licence if known else "",
    )
    return Line(indicator, fact, percentile(facts.value[:, k], value, indicator.direction))


def of_criterion(found: list[Line], criterion: str) -> Table:
    """The figures that belong to one criterion."""
    columns = heads("Indicator, unit", "#Value", "#Better than", "#Year", "Status", "Source")
    rows = tuple(_cells(line) for line in found if line.indicator.criterion == criterion)
    return Table(criteria()[criterion].name, columns, rows)


def _cells(line: Line) -> tuple[Cell, ...]:
    fact = line.fact
    return (
        Cell(", ".join(filter(None, (line.indicator.name, unit_of(line.indicator))))),
        figure(fact.value, n.with_sd(fact.value, fact.sd, line.indicator)),
        figure(line.better_than, n.pct(line.better_than)),
        figure(fact.year, str(fact.year) if fact.year > 0 else n.UNKNOWN),
        status_cell(fact.status),
        Cell(fact.source),
    )


def guessed(found: list[Line]) -> list[str]:
    """Names of the indicators that are imputed here."""
    return [line.indicator.name for line in found if line.fact.status is Status.IMPUTED]


def agreements(evidence: Evidence, home: str, market: str) -> list[str]:
    """Trade agreements in force between the two in the year of the evidence."""
    rows = evidence.query("agreements_from", home=home, year=int(evidence.vintage[:4]))
    here = rows["destination"] == market
    return sorted(
        f"{name} (since {int(year)}{', partial' if partial else ''})"
        for name, year, partial in zip(rows["name"][here], rows["year_from"][here], rows["partial"][here], strict=True)
    )


def market_dict(evidence: Evidence, market: str, found: list[Line], plan: Plan | None) -> dict[str, Any]:
    """The dossier as JSON-ready data."""
    country = evidence.catalogue.countries[market]
    return {
        "schema": SCHEMA,
        "market": market,
        "name": country.name,
        "region": country.region,
        "income_group": country.income_group,
        "currency": country.currency,
        "languages": list(country.languages),
        "evidence": {"snapshot": evidence.snapshot, "vintage": evidence.vintage},
        "indicators": [_fact_dict(line) for line in found],
        **({"for_firm": firm_part(plan, market)} if plan else {}),
    }


def _fact_dict(line: Line) -> dict[str, Any]:
    fact = line.fact
    return {
        "indicator": fact.indicator,
        "name": line.indicator.name,
        "criterion": line.indicator.criterion,
        "year": fact.year if fact.year > 0 else None,
        "value": number(fact.value),
        "unit": fact.unit,
        "sd": number(fact.sd),
        "status": fact.status.value,
        "source": fact.source,
        "licence": fact.licence,
        "better_than": number(line.better_than, 4),
    }


def firm_part(plan: Plan, market: str) -> dict[str, Any]:
    """What the market means for a firm: its row of the ranking, or why it has none."""
    s = plan.selection
    shared = {"firm": s.firm.name, "agreements": agreements(plan.evidence, s.home, market)}
    if market not in s.markets:
        return {**shared, "excluded": why_not(plan, market)}
    m, p = s.row(market), s.potential
    factors = {name: number(np.exp(p.factor_log[m, k])) for k, name in enumerate(p.factors)}
    return {
        **shared,
        **market_row(plan, Voice(s, plan.evidence.catalogue, plan.modes), m),
        "potential_factors": factors,
        "modes": mode_dicts(plan, m),
    }


def why_not(plan: Plan, market: str) -> str:
    """Why a market was not ranked."""
    reasons = [x.reason for x in plan.selection.excluded if x.market == market]
    return reasons[0] if reasons else "it is the firm's home" if market == plan.selection.home else "not a candidate"


def mode_dicts(plan: Plan, m: int) -> list[dict[str, Any]]:
    """The seven modes in one market as data."""
    x = plan.modes
    figures = ("fit", "potential_usd", "cost_usd", "fixed_usd_quarter", "hours_quarter", "weeks", "value_usd")
    return [
        {
            "mode": mode,
            **{name: number(getattr(x, name)[m, j]) for name in figures},
            "feasible": bool(x.feasible[m, j]),
            "obstacle": x.obstacles[m][j],
            "best": mode == x.best[m],
        }
        for j, mode in enumerate(x.modes)
    ]
