"""The mode spectrum: seven ways into a market, and how much of it each can reach."""

from __future__ import annotations

import numpy as np

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.enter.tables import mode_ids, modes, number, read_table
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, main_offer

MODES: tuple[str, ...] = mode_ids()
MODE_NAMES: dict[str, str] = {m.id: m.name for m in modes()}


def reach(sector: str | None = None, assumed: Assumptions = PACKAGED) -> Floats:
    """Share of a market's potential that each mode can serve, (7,), 0–1; adapted to a sector if one is given."""
    share: Floats = np.minimum(number("reach", assumed) * sector_factor("reach_factor", sector), 1.0)
    return share


def sector_factor(column: str, sector: str | None) -> Floats:
    """What a sector makes of each mode's number, (7,): a column of ``mode_sectors.csv``, 1 where it says nothing."""
    factor = {r["mode"]: float(r[column]) for r in read_table("mode_sectors.csv") if r["sector"] == sector}
    return np.array([factor.get(m, 1.0) for m in MODES])


def restrictions(firm: Firm) -> tuple[str, ...]:
    """Why a mode makes no sense for what the firm mainly sells, (7,); empty where it does.

    A code of ``mode_restrictions.csv`` covers every finer code of the same branch.
    """
    main = main_offer(firm).code
    barred = {r["mode"]: r["reason"] for r in read_table("mode_restrictions.csv") if _covers(r["codes"].split(), main)}
    return tuple(barred.get(m, "") for m in MODES)


def _covers(codes: list[str], code: str) -> bool:
    return any(code.startswith(c) for c in codes)
