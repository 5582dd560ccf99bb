"""All files of a plan's folder, as text by name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from beachhead.report.contract import markets_dict, plan_dict
from beachhead.report.figures import draw
from beachhead.report.html import report_html
from beachhead.rollout.result import Move

if TYPE_CHECKING:
    from beachhead.flow import Plan

FLAT = ("market", "name", "rank", "score", "cell", "mode", "worth_usd", "weeks", "set_up_usd")
PRESENCE = ("since", "mode", "sales_usd")


def bundle(plan: Plan, document: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Report, data and charts. ``document``: the plan as data, if more is to be said in it than the plan knows."""
    drawn = draw(plan)
    result, ranking = document or plan_dict(plan), markets_dict(plan)
    return {
        "report.html": report_html(plan, drawn),
        "result.json": json.dumps(result, ensure_ascii=False, indent=2, allow_nan=False) + "\n",
        "shortlist.csv": rows_csv(result["shortlist"]),
        "markets.csv": rows_csv(ranking["markets"]),
        **({"rollout.csv": moves_csv(result["rollout"]["moves"])} if "rollout" in result else {}),
        **{f"charts/{chart.name}.svg": chart.svg + "\n" for chart in drawn},
    }


def rows_csv(rows: list[dict[str, Any]]) -> str:
    """Rows of the ranking as CSV: nested figures in columns of their own, reasons and warnings joined by `` | ``."""
    out = io.StringIO()
    flat = [_flat(row) for row in rows]
    writer = csv.DictWriter(out, list(flat[0]) if flat else list(FLAT), lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return out.getvalue()


def moves_csv(moves: list[dict[str, Any]]) -> str:
    """The moves of a rollout as CSV; the markets that make one cheaper joined by `` | ``."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [field.name for field in fields(Move)], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**move, "cheaper_by": " | ".join(move["cheaper_by"])} for move in moves)
    return out.getvalue()


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    axes = {
        f"{axis}_{part}": row[axis][part] for axis in ("attractiveness", "accessibility") for part in ("mean", "sd")
    }
    return {
        **{name: row[name] for name in FLAT},
        **{f"presence_{part}": (row["presence"] or {}).get(part) for part in PRESENCE},
        **axes,
        **{f"p_top_{k}": p for k, p in row["p_top"].items()},
        **{f"potential_usd_{p}": usd for p, usd in row["potential_usd"].items()},
        **{f"points_{indicator}": points for indicator, points in row["contributions"].items()},
        "reasons": " | ".join(row["reasons"]),
        "warnings": " | ".join(row["warnings"]),
    }
