"""What a firm file says, in words, and what in it deserves a second look though it is no fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isnan
from typing import TYPE_CHECKING, Final

from beachhead.assumptions import packaged
from beachhead.evidence.catalogue import load_catalogue
from beachhead.firm import Committed, Firm, Forbid, Pin, Screen, planned, running
from beachhead.firm_file.languages import language_names
from beachhead.firm_rules import beside_the_plan
from beachhead.products import coverage_of, demand_at_hand, product_names
from beachhead.quarters import quarter_number

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

HOURS_A_WEEK: Final = 40.0  # of one full-time equivalent
TIGHT: Final = 0.25  # part of the cash that is free above the floor; less is worth a warning
LITTLE_USD: Final = 5_000.0  # below this no mode of entry can be paid for
STEEP: Final = 1.0  # growth a year above which a number in per cent may have been meant


def country_name(iso3: str) -> str:
    """The English name of an economy."""
    countries = load_catalogue().countries
    return countries[iso3].name if iso3 in countries else iso3


def usd(value: float) -> str:
    """A sum of money in whole dollars."""
    return f"{value:,.0f} USD"


def describe(firm: Firm) -> list[tuple[str, str]]:
    """The firm in words: (topic, sentence) pairs in the order of the file."""
    lines = ((topic, words(firm)) for topic, words in TOPICS.items())
    return [(topic, text) for topic, text in lines if text]


def _sells(firm: Firm) -> str:
    names = product_names()
    return "; ".join(
        f"{o.name or names.get(o.code, o.code)} ({o.code}, {o.share:.0%} of home sales)" for o in firm.sells
    )


def _home_sales(firm: Firm) -> str:
    sales = firm.sales
    order = f", {usd(sales.unit_value_usd)} a typical order" if sales.unit_value_usd is not None else ""
    growth = f"{sales.growth:+.0%} a year"
    return f"{usd(sales.home_usd)} a year, {growth}; {sales.gross_margin:.0%} gross margin{order}"


def _people(firm: Firm) -> str:
    return f"{firm.capacity.team:g}, with {firm.capacity.export_hours_per_week:g} hours a week for going abroad"


def _money(firm: Firm) -> str:
    available, floor = firm.cash.available_usd, firm.cash.floor_usd
    return f"{usd(available - floor)} to spend ({usd(available)}, of which {usd(floor)} must stay)"


def _languages(firm: Firm) -> str:
    return ", ".join(language_names().get(tag, tag) for tag in firm.languages)


def _experience(firm: Firm) -> str:
    return ", ".join(f"{country_name(e.country)} ({e.years:g} years)" for e in firm.experience)


def _contacts(firm: Firm) -> str:
    return ", ".join(f"{country_name(c.country)} ({c.count} × {c.kind})" for c in firm.contacts)


def _presence(firm: Firm) -> str:
    return ", ".join(
        f"{country_name(p.country)} ({p.mode.replace('_', ' ')}, {p.since} to {p.until or 'now'})"
        for p in firm.presence
    )


def _screen(firm: Firm) -> str:
    given = firm.screen.model_dump(exclude_defaults=True)
    return ", ".join(f"{name} = {', '.join(v) if isinstance(v, tuple) else v}" for name, v in given.items())


def _pace(firm: Firm) -> str:
    pace = firm.pace
    limits = (
        f"{pace.quarters} quarters{f' from {pace.start}' if pace.start else ''}",
        f"{pace.launches_at_once} {'launches' if pace.launches_at_once > 1 else 'launch'} at once",
        f"{pace.pilots} {'pilots' if pace.pilots > 1 else 'pilot'} first" if pace.phases else "no phases",
        "" if pace.most_markets is None else f"{pace.most_markets} new markets at most",
        "" if pace.floor_risk is None else f"cash below its floor in {pace.floor_risk:.3g} of futures at most",
    )
    return ", ".join(limit for limit in limits if limit)


def _starts(records: tuple[Pin | Forbid | Committed, ...]) -> str:
    return "; ".join(", ".join(_start(r)) for r in records)


def _start(record: Pin | Forbid | Committed) -> Iterator[str]:
    if record.market:
        yield country_name(record.market)
    if record.mode:
        yield record.mode.replace("_", " ")
    if record.quarter:
        yield record.quarter


def _assumptions(firm: Firm) -> str:
    return ", ".join(f"{name} {value:.6g}{_ours(name)}" for name, value in firm.assumptions.items())


def _ours(name: str) -> str:
    ours = packaged()[name].value
    return f" (ours {ours:.6g})" if not isnan(ours) else ""  # an access term has none before the product is known


TOPICS: Final[dict[str, Callable[[Firm], str]]] = {
    "Firm": lambda firm: f"{firm.name}, {country_name(firm.home)}; sector profile {firm.sector.replace('_', ' ')}",
    "Sells": _sells,
    "Home sales": _home_sales,
    "People": _people,
    "Money": _money,
    "Languages": _languages,
    "Lived in": _experience,
    "Contacts": _contacts,
    "Sells abroad": _presence,
    "Must-haves": _screen,
    "Weights": lambda firm: f"by {firm.weights.method}, {firm.weights.confidence} confidence",
    "Pace": _pace,
    "Must enter": lambda firm: _starts(firm.pin),
    "Must not": lambda firm: _starts(firm.forbid),
    "Decided": lambda firm: _starts(firm.committed),
    "Assumptions": _assumptions,
}


# What deserves a second look.


def warnings(firm: Firm, evidence: Evidence) -> list[str]:
    """Every warning; the firm can be planned for all the same. ``evidence`` holds the firm's own files too."""
    of_firm = [text for check in CHECKS for text in check(firm)]
    return of_firm + [text for check in EVIDENCE_CHECKS for text in check(firm, evidence)]


def _money_is_tight(firm: Firm) -> Iterator[str]:
    free = firm.cash.available_usd - firm.cash.floor_usd
    if free < max(LITTLE_USD, TIGHT * firm.cash.available_usd):
        yield f"cash: only {usd(free)} is free above the floor, which few ways of entering can do with"


def _no_languages(firm: Firm) -> Iterator[str]:
    if not firm.languages:
        yield "languages: none is given, so no market counts as one whose language you speak"


def _shares_below_one(firm: Firm) -> Iterator[str]:
    total = sum(offer.share for offer in firm.sells)
    if total < 1 - 1e-9:
        yield f"sells: shares add up to {total:.0%}; the other {1 - total:.0%} of home sales is left out of the plan"


def _no_sales(firm: Firm) -> Iterator[str]:
    if firm.sales.home_usd == 0 and not any(p.sales_usd for p in firm.presence):
        yield "sales: none yet, so the potential starts from what new exporters usually sell: a wide range"


def _hours_beyond_team(firm: Firm) -> Iterator[str]:
    hours, most = firm.capacity.export_hours_per_week, firm.capacity.team * HOURS_A_WEEK
    if hours > most:
        yield f"capacity: {hours:g} hours a week for going abroad is more than the whole team works ({most:g})"
    if hours == 0:
        yield "capacity: nobody has time for going abroad (export_hours_per_week is 0)"


def _home_abroad(firm: Firm) -> Iterator[str]:
    for name in ("experience", "contacts"):
        if any(row.country == firm.home for row in getattr(firm, name)):
            yield f"{name}: entries for the home country have no effect"


def _growth_is_steep(firm: Firm) -> Iterator[str]:
    growth = firm.sales.growth
    if growth > STEEP:
        yield f"sales: growth of {growth:g} means {growth:.0%} a year; {growth:g} % is written {growth / 100:.10g}"


def _sales_unknown(firm: Firm) -> Iterator[str]:
    for row in firm.presence:
        if row.sales_usd is None and row.until is None:
            yield f"presence: sales_usd is not given for {country_name(row.country)}; it would sharpen the potential"


def _weights_unused(firm: Firm) -> Iterator[str]:
    for name in ("points", "ranking", "pairwise"):
        if getattr(firm.weights, name) and firm.weights.method != name:
            yield f"weights: {name} is given but not used, because method is {firm.weights.method}"


def _access_unused(firm: Firm) -> Iterator[str]:
    terms = [name for name in firm.assumptions if name.startswith("access.")]
    if terms and firm.sales.home_usd == 0:
        yield f"assumptions: {', '.join(terms)} is given but not used, because there are no sales at home to start from"


def _stays_at_home(firm: Firm) -> Iterator[str]:
    if firm.pace.most_markets == 0:
        yield "pace: most_markets is 0, so the plan enters no new market"


def _own_product_without_file(firm: Firm) -> Iterator[str]:
    own = [offer.code for offer in firm.sells if offer.code.startswith("user:")]
    if own and not firm.evidence:
        yield f"evidence: no file is named that could hold the demand for {', '.join(own)}"


def _left_out(firm: Firm, evidence: Evidence) -> Iterator[str]:
    for row in evidence.rejected:
        yield f"evidence: left out is {row}"


def _begun_in_the_future(firm: Firm, evidence: Evidence) -> Iterator[str]:
    for row in firm.presence:
        if not row.quarters(evidence.vintage):
            yield (
                f"presence: since {row.since} in {country_name(row.country)} lies in the future (the evidence is of "
                f"{evidence.vintage}), so it does not count as a market where you sell"
            )


def _wanted_but_screened(firm: Firm, evidence: Evidence) -> Iterator[str]:
    """Markets where the firm sells now, or that the plan must enter, and that a must-have removes."""
    wanted = dict.fromkeys((row.market for row in firm.pin), "which the plan must enter")
    wanted |= dict.fromkeys((row.market for row in firm.committed), "which the plan must enter")
    wanted |= {row.country: "where you sell now" for row in running(firm, evidence.vintage)}
    given = firm.screen.model_dump(exclude_defaults=True)
    if not wanted or not given:
        return
    from beachhead.assumptions import Assumptions
    from beachhead.select.market import market_figures
    from beachhead.select.screen import screen

    figures = market_figures(firm, evidence, Assumptions(firm.assumptions))
    for name, value in given.items():
        alone = firm.model_copy(update={"screen": Screen.model_validate({name: value})})
        for one in screen(alone, evidence, figures):
            if one.market in wanted:
                yield f"screen: {name} removes {country_name(one.market)}, {wanted[one.market]} ({one.reason})"


def _beside_the_plan(firm: Firm, evidence: Evidence) -> Iterator[str]:
    """Quarters that no plan from the date of the evidence has."""
    span = planned(firm, evidence.vintage)
    for name in ("pin", "committed", "forbid"):
        for i, row in enumerate(getattr(firm, name)):
            if row.quarter and (quarter := quarter_number(row.quarter)) not in span:
                words = (
                    "lies outside the plan, so it forbids nothing"
                    if name == "forbid"
                    else beside_the_plan(quarter, span)
                )
                yield f"{name}[{i}]: {row.quarter} {words}"


def _there_already(firm: Firm, evidence: Evidence) -> Iterator[str]:
    """Starts that the plan must make where the firm sells in that way already."""
    runs = {(row.country, row.mode) for row in running(firm, evidence.vintage)}
    for name in ("pin", "committed"):
        for i, row in enumerate(getattr(firm, name)):
            if (row.market, row.mode) in runs:
                yield f"{name}[{i}]: you sell in {country_name(row.market)} in that way already: remove the entry"


def _thin_demand(firm: Firm, evidence: Evidence) -> Iterator[str]:
    coverage = coverage_of(evidence)
    for offer in firm.sells:
        known = demand_at_hand(offer.code, coverage)
        if known.at_hand != "yes" and not offer.code.startswith("user:"):
            yield f"sells: demand for {offer.code} is {known.at_hand} known. {known.words}"


CHECKS: Final[tuple[Callable[[Firm], Iterator[str]], ...]] = (
    _money_is_tight,
    _no_languages,
    _shares_below_one,
    _no_sales,
    _hours_beyond_team,
    _home_abroad,
    _growth_is_steep,
    _sales_unknown,
    _weights_unused,
    _access_unused,
    _stays_at_home,
    _own_product_without_file,
)

EVIDENCE_CHECKS: Final[tuple[Callable[[Firm, Evidence], Iterator[str]], ...]] = (
    _left_out,
    _begun_in_the_future,
    _wanted_but_screened,
    _beside_the_plan,
    _there_already,
    _thin_demand,
)
