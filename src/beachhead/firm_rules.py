"""What the parts of a firm file must say to each other: each rule reads a draft and yields the faults it finds.

A draft is the file as nested tables, before its types are known to be right; a rule passes over what it cannot read, so
that all faults – of type and of sense – can be told at once. :class:`beachhead.firm.Firm` runs the same rules.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import combinations
from typing import Any

from beachhead.assumptions import Assumption, entries, packaged
from beachhead.errors import Fault

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
    assumptions_sensible,
)
