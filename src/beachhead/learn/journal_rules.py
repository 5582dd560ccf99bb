"""What an entry or a result must say to make sense, and how one is made from texts as people write them.

:mod:`beachhead.learn.journal_columns` says how each field is read and what to write instead of what cannot be read.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from beachhead.errors import Fault, InputError, shortened
from beachhead.firm import Record
from beachhead.firm_file.answers import read_list, read_number
from beachhead.firm_file.countries import country_remedy, find_country
from beachhead.learn.journal import EXPECTED, Entry, Result
from beachhead.learn.journal_columns import Column, fields
from beachhead.quarters import quarter_number

R = TypeVar("R", bound=Record)
Draft = Mapping[str, str]


# --- from texts to a record -----------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def market_of(text: str) -> str:
    """The ISO3 code of a market given by code or name; otherwise the text itself."""
    country = find_country(text)
    return country.iso3 if country else text


def _choice(text: str) -> str:
    return text.strip().casefold().replace("-", "_").replace(" ", "_")


def _number(text: str) -> float | str:
    """A number as people write it, or exactly as Python does."""
    try:
        return float(text)
    except ValueError:
        return read_number(text)


ANYTHING: Final[Mapping[str, Any]] = {
    "date": "2000-01-01",
    "channel": "-",
    "finding": "-",
    "market": "DEU",
    "quarter": "2000Q1",
    "sales_usd": 0.0,
}
YES_NO: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "date": str.strip,
    "choice": _choice,
    "markets": lambda text: tuple(map(market_of, read_list(text))),
    "market": lambda text: EXPECTED if text.strip().casefold() == EXPECTED else market_of(text.strip()),
    "list": lambda text: tuple(map(_choice, read_list(text))),
    "prose": lambda text: text.replace("\r\n", "\n"),
    "line": str,
    "number": _number,
    "plain": _number,
    "whole": str.strip,
    "quarter": lambda text: text.strip().upper(),
    "bool": lambda text: YES_NO.get(text.strip().casefold(), text),
}


def record_of(kind: type[R], draft: Draft, today: date | None = None) -> R:
    """The entry or result that texts by field mean; an empty text is no answer.

    ``today``: nothing may have been found out later. Raises InputError with every fault found.
    """
    known = fields(kind)
    given = {name: text for name, text in draft.items() if text.strip() or (text and known[name].kind == "line")}
    record, untyped = _typed(kind, {name: READERS[known[name].kind](text) for name, text in given.items()})
    sense = [*faults_of(record), *(later_than(record, today) if today else ())]
    faults = untyped | {fault.field: fault for fault in reversed(sense) if fault.field not in untyped}
    if faults:
        raise InputError([faults[name] for name in known if name in faults])
    return record


def _typed(kind: type[R], values: Mapping[str, Any]) -> tuple[R, dict[str, Fault]]:
    """A record of the values that have the right form, and a fault for each other one, so that all can be judged."""
    try:
        return kind.model_validate(values), {}
    except ValidationError as error:
        names = dict.fromkeys(str(one["loc"][0]) for one in error.errors())
    faults = {name: _untyped(fields(kind)[name], values.get(name, "")) for name in names}
    good = {name: value for name, value in values.items() if name not in faults}
    needed = {name: ANYTHING[name] for name in faults if kind.model_fields[name].is_required()}
    return kind.model_validate(good | needed), faults


def _untyped(column: Column, value: Any) -> Fault:
    """A value of the wrong form, with what to write; of several markets the first that is none."""
    if column.kind in ("market", "markets") and value:
        code = next(one for one in ([value] if isinstance(value, str) else value) if not is_market(one))
        return _fault(column.name, code, country_remedy(code))
    return _fault(column.name, ";".join(value) if isinstance(value, tuple) else value, column.remedy)


def _fault(field: str, value: object, remedy: str) -> Fault:
    text = str(value)
    return Fault(field, shortened(text), remedy)


# --- sense ----------------------------------------------------------------------------------------------------------


def checked(records: Sequence[R]) -> Sequence[R]:
    """The records as they are. Raises InputError with every fault of sense in them."""
    faults = [fault for record in records for fault in faults_of(record)]
    if faults:
        raise InputError(faults)
    return records


def faults_of(record: Record) -> Iterator[Fault]:
    """Every fault of sense in one record."""
    if isinstance(record, Result):
        yield from _result(record)
    if isinstance(record, Entry):
        for rule in RULES:
            yield from rule(record)


def later_than(record: Record, today: date) -> Iterator[Fault]:
    """That something is dated after ``today``."""
    if isinstance(record, Entry) and record.date > today:
        yield _fault("date", record.date, f"lies in the future: it is {today}")
    if isinstance(record, Result) and quarter_number(record.quarter) > quarter_number(today.isoformat()):
        yield _fault("quarter", record.quarter, f"lies in the future: it is {today}")


def _result(one: Result) -> Iterator[Fault]:
    if market_of(one.market) != one.market or not find_country(one.market):
        yield _fault("market", one.market, country_remedy(one.market))
    if "Q" not in one.quarter:
        yield _fault("quarter", one.quarter, "write the quarter as 2027Q1")


def _channel(one: Entry) -> Iterator[Fault]:
    """The channel is one of the table."""
    from beachhead.learn.channels import channel

    try:
        channel(one.channel)
    except InputError as error:
        yield from (Fault("channel", fault.value, fault.remedy) for fault in error.faults)


def _known_markets(one: Entry) -> Iterator[Fault]:
    """Every market is an economy with evidence, named once."""
    for market in one.markets:
        if not is_market(market):
            yield _fault("markets", market, country_remedy(market))
    if len(set(one.markets)) < len(one.markets):
        yield _fault("markets", ";".join(one.markets), "name each market once")


@lru_cache(maxsize=4096)
def is_market(code: str) -> bool:
    """Whether a code is that of an economy with evidence."""
    country = find_country(code)
    return country is not None and country.iso3 == code


def _compared(one: Entry) -> Iterator[Fault]:
    """A comparison is with what was expected or with another market, and stands alone."""
    if one.than != EXPECTED and not is_market(one.than):
        yield _fault("than", one.than, f"{country_remedy(one.than)}; or write {EXPECTED}")
    if one.than in one.markets:
        yield _fault("than", one.than, "a market cannot be compared with itself: name another, or leave it out")
    if one.than != EXPECTED and one.says is None:
        yield _fault("than", one.than, "say whether it is better, alike or worse (says)")
    if one.says and (one.estimate_usd is not None or one.chance is not None):
        remedy = "an entry holds a figure or a comparison, not both: leave one out, or write two entries"
        yield _fault("says", one.says, remedy)


def _figures(one: Entry) -> Iterator[Fault]:
    """A figure has markets, and is of the kind that its subject has."""
    figures = {"estimate_usd": one.estimate_usd, "chance": one.chance, "says": one.says}
    named = [name for name, value in figures.items() if value is not None]
    if named and not one.markets:
        yield _fault("markets", "", f"name the markets that {named[0]} is about")
    if one.chance is not None and one.about != "hazard":
        yield _fault("chance", one.chance, "a chance of having to leave needs about = hazard")
    if one.chance is not None and not 0 < one.chance < 1:
        yield _fault("chance", one.chance, fields(Entry)["chance"].remedy)
    if one.estimate_usd is not None and one.about == "hazard":
        yield _fault("estimate_usd", one.estimate_usd, "about = hazard takes a chance, not an amount")


def _texts(one: Entry) -> Iterator[Fault]:
    """Texts hold no characters that steer a terminal; only a finding may have several lines."""
    if not one.finding.strip():
        yield _fault("finding", "", fields(Entry)["finding"].remedy)
    for name, allowed in (("finding", "\n\t"), ("who", ""), ("decision", "")):
        strange = sorted(
            {c for c in getattr(one, name) if unicodedata.category(c) in ("Cc", "Cs") and c not in allowed}
        )
        if strange:
            shown = ", ".join(f"U+{ord(c):04X}" for c in strange)
            yield _fault(name, shown, "take out the control characters" + ("" if allowed else " and line breaks"))


def _itself(one: Entry) -> Iterator[Fault]:
    """Nothing corrects itself."""
    if one.id and one.supersedes == one.id:
        yield _fault("supersedes", one.supersedes, "an entry cannot correct itself")


RULES: Final[tuple[Callable[[Entry], Iterator[Fault]], ...]] = (
    _channel,
    _known_markets,
    _compared,
    _figures,
    _texts,
    _itself,
)


# --- what was expected ----------------------------------------------------------------------------------------------


def with_expected(one: Entry, believed: Mapping[str, float]) -> Entry:
    """The entry with what was believed of its markets, if it compares with that and does not say what it was.

    ``believed``: potential in USD by market; of several markets the typical value, the mean of logarithms.
    """
    compares = one.says is not None and one.than == EXPECTED and one.about == "potential" and one.expected_usd is None
    if not compares or not all(believed.get(market, 0.0) > 0 for market in one.markets):
        return one
    mean = math.fsum(math.log(believed[market]) for market in one.markets) / len(one.markets)
    return one.model_copy(update={"expected_usd": math.exp(mean)})
