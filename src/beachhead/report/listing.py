"""The ranking as flat records that can be filtered, sorted and cut: ``beachhead markets``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from beachhead.errors import bad
from beachhead.report.words import mode_names

if TYPE_CHECKING:
    from beachhead.flow import Plan

SHOWN = 12  # values of a column that a message names; of more only the nearest
Value = str | float
Record = dict[str, Value]
_EXPRESSION = re.compile(r"\s*(\w+)\s*(!=|>=|<=|=|>|<)\s*(.*?)\s*")
_TESTS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def records(plan: Plan) -> list[Record]:
    """One flat record per ranked market, in rank order."""
    return [_record(plan, m) for m in range(len(plan.selection.markets))]


def _record(plan: Plan, m: int) -> Record:
    s, p = plan.selection, plan.selection.potential
    country = plan.evidence.catalogue.countries[s.markets[m]]
    numbers = {
        "rank": m + 1,
        "score": s.score[m],
        "attractiveness": s.attractiveness.mean[m],
        "accessibility": s.accessibility.mean[m],
        "p_first": s.p_top[1][m],
        "p_top5": s.p_top[5][m],
        "p_top10": s.p_top[10][m],
        "p10": p.p10[m],
        "p50": p.p50[m],
        "p90": p.p90[m],
        "demand": s.demand.value[m],
        "worth": plan.modes.best_value[m],
    }
    words = {
        "market": s.markets[m],
        "name": s.names[m],
        "region": country.region,
        "income": country.income_group,
        "cell": s.cell[m],
        "mode": plan.modes.best[m],
    }
    return {**words, **{name: float(x) for name, x in numbers.items()}}


def parse_filter(expression: str, columns: Sequence[str], table: Sequence[Record]) -> Callable[[Record], bool]:
    """A test from ``column=value``, ``column>50`` and the like.

    Words match whatever their case, ``*`` any text; a word that is no whole value of the column may be the beginning
    of one, and modes go by id or name. A word that no row of ``table`` has is a fault that names those there are.
    """
    found = _EXPRESSION.fullmatch(expression)
    if not found:
        raise bad("--filter", expression, "write COLUMN, one of = != > < >= <=, and a value, such as 'score>50'")
    column, sign, wanted = found.groups()
    check_column("--filter", column, columns)
    if isinstance(table[0][column], float):
        limit = _number(wanted, expression)
        return lambda record: _TESTS[sign](float(record[column]), limit)
    if sign not in ("=", "!="):
        raise bad("--filter", expression, "this column holds words: compare with = or !=")
    meant = _meant(column, wanted, {str(record[column]) for record in table})
    return lambda record: (record[column] in meant) == (sign == "=")


def _meant(column: str, wanted: str, there: set[str]) -> set[str]:
    """The values of a column that the user means; a fault if there are none."""
    pattern = ".*".join(re.escape(part) for part in wanted.casefold().split("*"))
    for more in ("", ".*"):
        found = {value for value in there if any(re.fullmatch(pattern + more, name) for name in _names(column, value))}
        if found and wanted:
            return found
    raise bad("--filter", f"{column}={wanted}", _remedy(column, wanted, there))


def _remedy(column: str, wanted: str, there: set[str]) -> str:
    if len(there) <= SHOWN:
        return f"{column} is one of {', '.join(sorted(there))}"
    by_case = {value.casefold(): value for value in sorted(there)}
    near = [by_case[x] for x in get_close_matches(wanted.casefold(), by_case, n=3, cutoff=0.5)]
    return "no ranked market has it" + (f"; did you mean {' or '.join(near)}?" if near else "")


def _names(column: str, value: str) -> tuple[str, ...]:
    """What a value goes by, in lower case."""
    name = mode_names().get(value, value) if column == "mode" else value
    return value.casefold(), name.casefold()


def check_column(option: str, column: str, columns: Sequence[str]) -> None:
    """Raise InputError if there is no such column."""
    if column not in columns:
        raise bad(option, column, f"there is no such column; there are {', '.join(columns)}")


def _number(text: str, expression: str) -> float:
    factor = {"k": 1e3, "m": 1e6, "bn": 1e9, "tn": 1e12, "%": 0.01}
    found = re.fullmatch(r"([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*(k|m|bn|tn|%)?", text.casefold())
    if not found:
        raise bad("--filter", expression, "this column holds numbers: compare with a number such as 50, 2m or 10%")
    return float(found[1]) * factor.get(found[2] or "", 1.0)


def choose(plan: Plan, filters: Sequence[str], sort: str, *, reverse: bool, limit: int | None) -> list[int]:
    """Rows of the ranking that pass every filter, sorted (best or first first), at most ``limit`` of them."""
    table = records(plan)
    columns = list(table[0]) if table else []
    tests = [parse_filter(expression, columns, table) for expression in filters] if table else []
    if table:
        check_column("--sort", sort, columns)
    kept = [m for m, record in enumerate(table) if all(test(record) for test in tests)]
    high_first = bool(table) and isinstance(table[0][sort], float) and sort != "rank"
    kept.sort(key=lambda m: table[m][sort], reverse=high_first != reverse)
    return kept[:limit]
