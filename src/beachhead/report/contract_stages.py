"""Rollout and outlook as data: every field of the results, under the names of ``beachhead.plan/1``."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from beachhead.report.rounding import number

if TYPE_CHECKING:
    from beachhead.outlook.result import Outlook
    from beachhead.rollout.result import Rollout, Use

USD = 2  # decimals of money


def rollout_dict(rollout: Rollout, markets: tuple[str, ...]) -> dict[str, Any]:
    """The rollout as JSON-ready data; ``markets`` are those of the selection, to name the presences' rows."""
    found = record(rollout)
    found["presences"] = [{"market": markets[p.row], **record(p)} for p in rollout.presences]
    found["cash"] = {
        **record(rollout.cash, USD),
        "floor_usd": found.pop("floor_usd"),
        "break_share": found.pop("break_share"),
    }
    found["hours"] = hours_rows(rollout)
    found["attention"] = use_rows(rollout.quarters, rollout.attention)
    found["launches"] = use_rows(rollout.quarters, rollout.launches)
    return found


def hours_rows(rollout: Rollout) -> list[dict[str, Any]]:
    """Staff hours, one row a quarter."""
    h = rollout.hours
    by_area = [dict(zip(h.areas, data(column, 9), strict=True)) for column in h.by_area.T]
    return [
        {"quarter": q, "used": number(u), "capacity": number(c), "saved": number(s), "by_area": areas}
        for q, u, c, s, areas in zip(rollout.quarters, h.used, h.capacity, h.saved, by_area, strict=True)
    ]


def use_rows(quarters: tuple[str, ...], use: Use) -> list[dict[str, Any]]:
    """A limited thing, one row a quarter."""
    return [
        {"quarter": q, "used": number(u), "capacity": number(c)}
        for q, u, c in zip(quarters, use.used, use.capacity, strict=True)
    ]


def outlook_dict(outlook: Outlook) -> dict[str, Any]:
    """The outlook as JSON-ready data."""
    found = record(outlook)
    for name in ("revenue", "profit", "cash"):
        found[name] = record(getattr(outlook, name), USD)
    found["cash"]["floor_usd"] = found.pop("floor_usd")
    found["value_usd"] = {p: number(found.pop(f"value_{p}"), USD) for p in ("p10", "p50", "p90", "mean")}
    found["resilience_detail"] = found["resilience"]
    found["resilience"] = number(1.0 - outlook.resilience.variance_ratio)
    return found


def record(result: Any, decimals: int = 9) -> dict[str, Any]:
    """A frozen result by field; fields with usd in their name are rounded as money."""
    return {f.name: data(getattr(result, f.name), USD if "usd" in f.name else decimals) for f in fields(result)}


def data(value: Any, decimals: int) -> Any:
    """Any value of a result as JSON-ready data; null for a number that is not finite."""
    if is_dataclass(value):
        return record(value, decimals)
    if isinstance(value, dict):
        return {key: data(x, decimals) for key, x in value.items()}
    if isinstance(value, tuple | list | np.ndarray):
        return [data(x, decimals) for x in value]
    if isinstance(value, np.generic):
        value = value.item()
    return number(value, decimals) if isinstance(value, float) else value
