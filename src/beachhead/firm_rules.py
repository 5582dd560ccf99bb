"""What the parts of a firm file must say to each other: each rule reads a draft and yields the faults it finds.

A draft is the file as nested tables, before its types are known to be right; a rule passes over what it cannot read, so
that all faults – of type and of sense – can be told at once. :class:`beachhead.firm.Firm` runs the same rules.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import combinations
from typing import Any

from beachhead.assumptions import Assumption, entries, packaged
from beachhead.errors import Fault
from beachhead.quarters import quarter_name, quarter_number

Draft = Mapping[str, Any]
Rule = Callable[[Draft], Iterator[Fault]]

# The criteria tree: the first four make attractiveness, the last four accessibility.
CRITERIA = (
    "size_growth",
    "purchasing",
    "competition",
    "political_legal",
    "proximity",
    "logistics",
    "ease",
    "resources_partners",
)
SAATY_LOW, SAATY_HIGH = 0.11, 9.0  # 1/9 … 9, where 0.11 is how people write 1/9
QUARTERS, LAUNCHES_AT_ONCE = 12, 2  # of the plan, where the file does not say
NEARLY = 0.005  # how far shares that people round may be from their sum
START = ("market", "mode", "quarter")  # what a start is told by, in pins, forbids and what is committed


def broken_rules(draft: Draft) -> list[Fault]:
    """Every fault of sense in the draft."""
    return [fault for rule in RULES for fault in rule(draft)]


# Reading a draft whose types are not yet known.


def at(draft: Any, *path: str) -> Any:
    """What stands at a path of tables, or None."""
    for key in path:
        draft = draft.get(key) if isinstance(draft, Mapping) else None
    return draft


def number(draft: Draft, *path: str) -> float | None:
    """A finite number at the path, or None."""
    value = at(draft, *path)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:  # an integer beyond every float
        return None


def items(draft: Draft, *path: str) -> list[Any]:
    """The list at the path, or an empty one."""
    value = at(draft, *path)
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str | bytes) else []


def texts(draft: Draft, *path: str) -> list[str]:
    """The texts in the list at the path."""
    return [value for value in items(draft, *path) if isinstance(value, str)]


def rows(draft: Draft, name: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The tables of an array of tables, each with its path, e.g. ``presence[0]``."""
    return [(f"{name}[{i}]", row) for i, row in enumerate(items(draft, name)) if isinstance(row, Mapping)]


def wishes(draft: Draft) -> list[tuple[str, Mapping[str, Any]]]:
    """The starts that the plan must make, each with its path: what is committed, then what is pinned."""
    return [*rows(draft, "committed"), *rows(draft, "pin")]


def quarter_of(table: Mapping[str, Any], name: str = "quarter") -> int | None:
    """A quarter such as 2027Q1 as a number, or None."""
    value = table.get(name)
    return quarter_number(value) if isinstance(value, str) and re.fullmatch(r"20\d\dQ[1-4]", value) else None


def nearest(text: str, choices: Sequence[str]) -> str:
    """A remedy's tail that names the nearest choice, or an empty text."""
    near = get_close_matches(text[:60], choices, n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else ""


def quoted(value: object) -> str:
    """A text as the file writes it, on one line and short, whatever it holds."""
    text = str(value)
    return json.dumps(text if len(text) <= 60 else text[:57] + "...", ensure_ascii=False)


# The rules.


def floor_below_cash(draft: Draft) -> Iterator[Fault]:
    """What must stay in the bank is not more than there is."""
    available, floor = number(draft, "cash", "available_usd"), number(draft, "cash", "floor_usd")
    if available is not None and floor is not None and floor > available:
        yield Fault(
            "cash.floor_usd",
            f"{floor:.15g}",
            f"is above cash.available_usd ({available:.15g}), so nothing could be spent: lower the floor, or count "
            "the floor into what is available",
        )


def shares_within_one(draft: Draft) -> Iterator[Fault]:
    """The offers' shares of home sales add up to one at most; an offer without a share counts as one.

    A share that is itself out of range is told as such.
    """
    shares = [1.0 if "share" not in row else number(row, "share") for _, row in rows(draft, "sells")]
    total = sum(share for share in shares if share is not None)
    if all(share is not None and 0 <= share <= 1 for share in shares) and total > 1 + 1e-9:
        yield Fault(
            "sells",
            f"shares add up to {round(total, 4):.15g}",
            "shares are parts of home sales and add up to 1 at most: give each offer its share (it is 1 if left out)",
        )


def offers_once(draft: Draft) -> Iterator[Fault]:
    """No code is sold twice."""
    seen: set[str] = set()
    for path, row in rows(draft, "sells"):
        code = row.get("code")
        if isinstance(code, str) and code in seen:
            yield Fault(f"{path}.code", quoted(code), "is listed twice: join the two offers and add up their shares")
        seen.add(str(code))


def presence_in_order(draft: Draft) -> Iterator[Fault]:
    """A market is left after it is entered."""
    for path, row in rows(draft, "presence"):
        since, until = row.get("since"), row.get("until")
        if isinstance(since, str) and isinstance(until, str) and until.ljust(6, "Z") < since:
            yield Fault(f"{path}.until", quoted(until), f"is before since ({since}): swap or correct the two")


def home_is_no_market(draft: Draft) -> Iterator[Fault]:
    """The home country is not a market abroad."""
    home = at(draft, "home")
    if not isinstance(home, str):
        return
    for path, row in rows(draft, "presence"):
        if row.get("country") == home:
            yield Fault(f"{path}.country", quoted(home), "is the home country: home sales belong in sales.home_usd")
    for path, row in (*wishes(draft), *rows(draft, "forbid")):
        if row.get("market") == home:
            yield Fault(f"{path}.market", quoted(home), "is the home country, which is no market abroad: remove it")
    for name in ("exclude", "only"):
        if home in texts(draft, "screen", name):
            yield Fault(f"screen.{name}", quoted(home), "is the home country, which is never a candidate: remove it")


def screen_leaves_something(draft: Draft) -> Iterator[Fault]:
    """No market is both demanded and excluded."""
    both = [m for m in texts(draft, "screen", "only") if m in texts(draft, "screen", "exclude")]
    if both:
        yield Fault("screen.only", quoted(", ".join(both)), "is also in screen.exclude: remove it from one of the two")


def criteria_known(draft: Draft) -> Iterator[Fault]:
    """Points, ranking and comparisons name criteria of the tree."""
    points = at(draft, "weights", "points")
    for name in points if isinstance(points, Mapping) else ():
        yield from _criterion(f"weights.points.{name[:60]}", name)
    for i, name in enumerate(items(draft, "weights", "ranking")):
        yield from _criterion(f"weights.ranking[{i}]", name)


def _criterion(path: str, name: object) -> Iterator[Fault]:
    if isinstance(name, str) and name not in CRITERIA:
        tail = nearest(name, CRITERIA) or f"; the criteria are {', '.join(CRITERIA)}"
        yield Fault(path, "" if path.endswith(name) else quoted(name[:60]), f"is not a criterion{tail}")


def ranking_complete(draft: Draft) -> Iterator[Fault]:
    """A ranking holds every criterion once."""
    ranking = texts(draft, "weights", "ranking")
    missing = [name for name in CRITERIA if name not in ranking]
    doubled = sorted({name for name in ranking if ranking.count(name) > 1})
    if ranking and missing:
        yield Fault("weights.ranking", "", f"must hold every criterion: add {', '.join(missing)}")
    if doubled:
        yield Fault("weights.ranking", "", f"holds {', '.join(doubled)[:80]} more than once: keep each criterion once")


def pairwise_consistent(draft: Draft) -> Iterator[Fault]:
    """Each comparison is of two criteria, is given once, and none is left out."""
    given = at(draft, "weights", "pairwise")
    if not isinstance(given, Mapping) or not given:
        return
    seen: set[frozenset[str]] = set()
    for key, value in given.items():
        yield from _comparison(key, value, seen)
        seen.add(frozenset(key.split("/")))
    missing = [f"{a}/{b}" for a, b in combinations(CRITERIA, 2) if frozenset((a, b)) not in seen]
    if missing:
        tail = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        yield Fault("weights.pairwise", "", f"every two criteria must be compared: add {', '.join(missing[:3])}{tail}")


def _comparison(key: str, value: object, seen: set[frozenset[str]]) -> Iterator[Fault]:
    path, parts = f"weights.pairwise.{key[:60]}", key.split("/")
    if len(parts) != 2 or parts[0] == parts[1]:
        yield Fault(path, "", 'must be named "a/b" for two different criteria a and b')
        return
    for part in parts:
        yield from _criterion(path, part)
    if frozenset(parts) in seen:
        yield Fault(path, "", f"the two are compared already as {parts[1]}/{parts[0]}: keep one of the two")
    if isinstance(value, int | float) and value > 0 and not SAATY_LOW <= value <= SAATY_HIGH:
        yield Fault(path, f"{value:.4g}", "must lie between 1/9 (0.111: much less) and 9 (much more)")


def method_has_input(draft: Draft) -> Iterator[Fault]:
    """The method of weighing has what it needs."""
    method = at(draft, "weights", "method")
    if method == "points":
        points = at(draft, "weights", "points")
        if not points or (isinstance(points, Mapping) and all(value == 0 for value in points.values())):
            yield Fault("weights.points", "", "method points needs points above 0 for one criterion or more")
    elif method in ("ranking", "pairwise") and not at(draft, "weights", method):
        yield Fault(f"weights.{method}", "", f"method {method} needs it: see the comments of 'beachhead firm new'")


def market_wanted_once(draft: Draft) -> Iterator[Fault]:
    """No market is pinned or committed twice."""
    seen: dict[str, str] = {}
    for path, row in wishes(draft):
        market = row.get("market")
        if not isinstance(market, str):
            continue
        if market in seen:
            yield Fault(f"{path}.market", quoted(market), f"stands in {seen[market]} too: keep one of the two")
        seen.setdefault(market, path)


def wishes_pass_the_screen(draft: Draft) -> Iterator[Fault]:
    """What the plan must enter is not excluded by name."""
    exclude, only = texts(draft, "screen", "exclude"), texts(draft, "screen", "only")
    for path, row in wishes(draft):
        market = row.get("market")
        if isinstance(market, str) and market in exclude:
            yield Fault(f"{path}.market", quoted(market), "is in screen.exclude: remove it from one of the two")
        elif isinstance(market, str) and only and market not in only:
            yield Fault(f"{path}.market", quoted(market), "is not in screen.only: add it there, or remove it here")


def forbids_name_something(draft: Draft) -> Iterator[Fault]:
    """An empty forbid would forbid every start."""
    for path, row in rows(draft, "forbid"):
        if all(row.get(name) is None for name in START):
            yield Fault(path, "", "names nothing: give a market, a mode or a quarter (or more than one)")


def wishes_not_forbidden(draft: Draft) -> Iterator[Fault]:
    """No forbid matches every start that a pin or a commitment allows."""
    forbids = rows(draft, "forbid")
    for path, row in wishes(draft):
        against = next((where for where, forbid in forbids if _matches_all(forbid, row)), None)
        if against:
            yield Fault(path, quoted(row.get("market")), f"is ruled out by {against}: remove or change one of the two")


def _matches_all(forbid: Mapping[str, Any], wish: Mapping[str, Any]) -> bool:
    """Whether every start that the wish allows is one that the forbid names."""
    given = [name for name in START if forbid.get(name) is not None]
    return bool(given) and all(forbid[name] == wish.get(name) for name in given)


def wishes_within_plan(draft: Draft) -> Iterator[Fault]:
    """Quarters of pins and commitments lie in the plan, where its start is given."""
    pace = at(draft, "pace")
    first = quarter_of(pace, "start") if isinstance(pace, Mapping) else None
    length = number({"quarters": QUARTERS, **pace}, "quarters") if first is not None else None
    if first is None or length is None or not 1 <= length < 100:  # how long a plan may be is told by its type
        return
    span = range(first, first + int(length))
    for path, row in wishes(draft):
        quarter = quarter_of(row)
        if quarter is not None and quarter not in span:
            yield Fault(f"{path}.quarter", quoted(row["quarter"]), beside_the_plan(quarter, span))


def beside_the_plan(quarter: int, span: range) -> str:
    """What to do about a quarter that is none of the plan's."""
    plan = f"the plan, which runs from {quarter_name(span[0])} to {quarter_name(span[-1])}"
    if quarter < span[0]:
        return f"is before {plan}: what has begun belongs in [[presence]], or let the plan start earlier (pace.start)"
    return f"is after {plan}: name an earlier quarter, or make the plan longer (pace.quarters)"


def limits_hold_wishes(draft: Draft) -> Iterator[Fault]:
    """No more new markets are pinned or committed than the firm allows, in all and for one quarter."""
    sold = {str(row.get("country")) for _, row in rows(draft, "presence")}
    wanted = {str(row.get("market")): quarter_of(row) for _, row in wishes(draft)}
    wanted = {market: quarter for market, quarter in wanted.items() if market not in sold}
    most = number(draft, "pace", "most_markets")
    if most is not None and 0 <= most < len(wanted):
        yield Fault("pace.most_markets", f"{most:g}", f"{len(wanted)} markets are pinned or committed: raise it")
    given = number(draft, "pace", "launches_at_once")
    limit = LAUNCHES_AT_ONCE if given is None else given
    for quarter, count in Counter(q for q in wanted.values() if q is not None).items():
        if 1 <= limit < count:
            words = f"{count} launches are pinned or committed for {quarter_name(quarter)}: raise it, or move one"
            yield Fault("pace.launches_at_once", f"{limit:g}", words)


def assumptions_sensible(draft: Draft) -> Iterator[Fault]:
    """What is put in place of an assumption names one, once, and is a value that it can have."""
    known, seen = packaged(), set[str]()
    for name, value in entries(at(draft, "assumptions")):
        path = f"assumptions.{name[:60]}"
        if name not in known:
            tail = nearest(name, list(known)) or ": 'beachhead assumptions' lists the ids"
            yield Fault(path, "", f"is not an assumption{tail}")
        elif name in seen:
            yield Fault(path, "", "is given twice: keep one of the two")
        elif (x := number({name: value}, name)) is not None:
            yield from _value_of(known[name], x, path)
        seen.add(name)


def _value_of(one: Assumption, x: float, path: str) -> Iterator[Fault]:
    if not one.low <= x <= one.high:
        yield Fault(path, f"{x:.6g}", f"must lie between {one.low:.6g} and {one.high:.6g} ({one.unit})")
    elif one.whole and x != int(x):
        yield Fault(path, f"{x:.6g}", f"must be a whole number ({one.unit})")


def own_numbers(draft: Draft) -> dict[str, float]:
    """The assumptions that the draft changes to something they can be."""
    known = packaged()
    given = {name: number({name: value}, name) for name, value in entries(at(draft, "assumptions"))}
    return {k: x for k, x in given.items() if x is not None and k in known and known[k].low <= x <= known[k].high}


def loads_add_up(draft: Draft) -> Iterator[Fault]:
    """The shares of a mode's hours that fall to the five operational areas are parts of one whole."""
    own = own_numbers(draft)
    for mode in dict.fromkeys(name.split(".")[0] for name in own if ".load_" in name):
        parts = {name: own.get(name, one.value) for name, one in packaged().items() if name.startswith(f"{mode}.load_")}
        total, changed = sum(parts.values()), next(name for name in parts if name in own)
        if abs(total - 1.0) > NEARLY:
            rest = ", ".join(f"{name} {value:.6g}" for name, value in parts.items() if name != changed)
            words = f"makes the shares of these hours add up to {total:.4g}, not 1: change the others too ({rest})"
            yield Fault(f"assumptions.{changed}", f"{own[changed]:.6g}", words)


def sales_never_below_zero(draft: Draft) -> Iterator[Fault]:
    """The path of sales by calendar year leaves something to sell in every year since the first sale."""
    own = own_numbers(draft)
    changed = [name for name in own if re.fullmatch(r"ramp_\d", name)]
    if not changed:
        return
    from beachhead.assumptions import Assumptions
    from beachhead.enter.ramp import calendar_ramp, tenure_ramp

    path = tenure_ramp(calendar_ramp(Assumptions(own)))
    if path.min() < 0:
        year = path.argmin() + 1
        words = f"makes sales in year {year} after the first sale fall below 0: choose shares that fall less steeply"
        yield Fault(f"assumptions.{changed[0]}", f"{own[changed[0]]:.6g}", words)


RULES: tuple[Rule, ...] = (
    floor_below_cash,
    shares_within_one,
    offers_once,
    presence_in_order,
    home_is_no_market,
    screen_leaves_something,
    criteria_known,
    ranking_complete,
    pairwise_consistent,
    method_has_input,
    market_wanted_once,
    wishes_pass_the_screen,
    forbids_name_something,
    wishes_not_forbidden,
    wishes_within_plan,
    limits_hold_wishes,
    assumptions_sensible,
    loads_add_up,
    sales_never_below_zero,
)
