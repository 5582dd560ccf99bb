"""Trade in what the firm sells, as arrays over all markets: one shape for HS6 lines, chapters and composite groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.evidence.model import Floats

if TYPE_CHECKING:
    from beachhead.evidence import Evidence


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """Flows of one product. M markets, E exporters (markets first, then codes that are no market).

    ``imports``, ``exports``: (Y, M) USD, nan where nothing is known; ``years``: (Y,);
    ``recent``, ``before``: (M, E) USD a year from each exporter, means of the last three years with figures and of the
    three years five years earlier; ``rest`` (M,): share of recent imports whose origin is not listed;
    ``complete``: every flow is listed, so that one which is missing is (near) zero.
    """

    kind: str
    years: NDArray[np.int64]
    imports: Floats
    exports: Floats
    recent: Floats
    before: Floats
    complete: bool
    source: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """Share of each exporter's flows in a composite group that belongs to one part; ``other`` where it is not known."""

    known: dict[str, float]
    other: float

    def of(self, codes: Iterable[str]) -> Floats:
        """Shares of these exporters."""
        return np.array([self.known.get(c, self.other) for c in codes])


def places(names: tuple[str, ...], codes: NDArray[Any]) -> NDArray[np.int64]:
    """Index of each code in ``names``; −1 where it is not there."""
    at = {name: i for i, name in enumerate(names)}
    return np.array([at.get(c, -1) for c in codes.tolist()], np.int64)


def by_year(
    markets: tuple[str, ...],
    codes: NDArray[np.object_],
    years: NDArray[np.int64],
    values: Floats,
    axis: NDArray[np.int64],
) -> Floats:
    """Sum values into (Y, M); nan where there is no row."""
    m, y = places(markets, codes), np.searchsorted(axis, years)
    ok = (m >= 0) & ~np.isnan(values)
    total, seen = np.zeros((len(axis), len(markets))), np.zeros((len(axis), len(markets)), bool)
    np.add.at(total, (y[ok], m[ok]), values[ok])
    seen[y[ok], m[ok]] = True
    return np.where(seen, total, np.nan)


def _numbers(column: NDArray[np.generic]) -> Floats:
    return np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan)


def _pair_window(evidence: Evidence, rows: dict[str, NDArray[np.generic]], last: int, split: Split | None) -> Floats:
    """Mean yearly value (M, E) over the three years to ``last``; only the part of it that ``split`` names."""
    exporters = exporter_names(evidence, rows["exporter"])
    year, value = rows["year"].astype(np.int64), _numbers(rows["value_usd"])
    keep = (year > last - 3) & (year <= last)
    i, e = places(evidence.markets, rows["importer"])[keep], places(exporters, rows["exporter"])[keep]
    scale = np.ones(len(exporters)) if split is None else split.of(exporters)
    out = np.zeros((len(evidence.markets), len(exporters)))
    inside = i >= 0
    np.add.at(out, (i[inside], e[inside]), value[keep][inside] / 3)
    return np.asarray(out * scale)


def exporter_names(evidence: Evidence, codes: NDArray[np.generic]) -> tuple[str, ...]:
    """The markets, then every other exporter code that occurs, sorted."""
    return evidence.markets + tuple(sorted(set(codes.tolist()) - set(evidence.markets)))


def line_flows(evidence: Evidence, hs6: str) -> Flows | None:
    """An HS6 line, complete; None if no file has it."""
    rows = evidence.query("hs6_suppliers", hs6=hs6)
    if not len(rows["year"]):
        return None
    year, value = rows["year"].astype(np.int64), _numbers(rows["value_usd"])
    axis = np.unique(year)
    last = int(axis[-1])
    return Flows(
        "hs6",
        axis,
        by_year(evidence.markets, rows["importer"], year, value, axis),
        by_year(evidence.markets, rows["exporter"], year, value, axis),
        _pair_window(evidence, rows, last, None),
        _pair_window(evidence, rows, last - 5, None),
        True,
        "baci-hs6",
    )


def _margins(evidence: Evidence, hs2: str) -> tuple[NDArray[np.int64], Floats, Floats]:
    rows = evidence.query("hs2_demand", hs2=hs2)
    year = rows["year"].astype(np.int64)
    axis = np.unique(year)
    imports, exports = (
        by_year(evidence.markets, rows["country"], year, _numbers(rows[c]), axis)
        for c in ("imports_usd", "exports_usd")
    )
    return axis, imports, exports


def group_flows(evidence: Evidence, hs2: str) -> Flows:
    """A chapter group as it is stored upstream."""
    axis, imports, exports = _margins(evidence, hs2)
    rows = evidence.query("hs2_suppliers", hs2=hs2)
    last = int(axis[-1])
    recent, before = (_pair_window(evidence, rows, at, None) for at in (last, last - 5))
    return Flows("chapter", axis, imports, exports, recent, before, False, "baci-hs2")


def chapter_flows(evidence: Evidence, chapter: str, assumed: Assumptions) -> Flows | None:
    """A chapter 01–97; chapters that are merged upstream are taken out of their composite groups. None if unknown."""
    groups = evidence.query("hs2_groups_all")
    hidden = groups["hidden_chapter"].tolist()
    holding = [hs2 for hs2, chapters in zip(groups["hs2"].tolist(), hidden, strict=True) if chapters == chapter]
    if holding:
        return _sum_flows(
            [_part_flows(evidence, hs2, hidden=True) for hs2 in holding], chapter, assumed["composite_sd"]
        )
    if chapter not in groups["hs2"].tolist():
        return None
    status = dict(zip(groups["hs2"].tolist(), groups["status"].tolist(), strict=True))
    if status[chapter] == "composite":
        return _part_flows(evidence, chapter, hidden=False)
    return group_flows(evidence, chapter)


def _part_flows(evidence: Evidence, group: str, *, hidden: bool) -> Flows:
    """The hidden part (chapters 01–09) of a composite group, or the rest of it.

    Each exporter's flows are split by what it sold in 2017; what no listed pair explains is split by the exporters'
    remainders. Levels, suppliers and home shares are therefore estimates with a wide sd.
    """
    axis, imports, exports = _margins(evidence, group)
    split = _split(evidence, group, hidden=hidden)
    rows = evidence.query("hs2_suppliers", hs2=group)
    last = int(axis[-1])
    recent, before = (_pair_window(evidence, rows, at, split) for at in (last, last - 5))
    whole = group_flows(evidence, group)
    part = _part_of_imports(evidence, group, last, recent, whole.recent, split)
    return Flows(
        "composite", axis, imports * part, exports * split.of(evidence.markets), recent, before, False, "baci-hs2"
    )


def _split(evidence: Evidence, group: str, *, hidden: bool) -> Split:
    """The hidden part's share of each exporter in 2017 (or the rest's); others take the group's world share."""
    rows = evidence.query("composite_split_of", hs2=group)
    share, total = _numbers(rows["hidden_share"]), np.nan_to_num(_numbers(rows["total_usd_2017"]))
    ok = ~np.isnan(share)
    world = float(share[ok] @ total[ok] / total[ok].sum())
    part = share if hidden else 1 - share
    known = {str(e): float(x) for e, x in zip(rows["exporter"][ok], part[ok], strict=True)}
    return Split(known, world if hidden else 1 - world)


def _part_of_imports(evidence: Evidence, group: str, last: int, part: Floats, whole: Floats, split: Split) -> Floats:
    """Share (M,) of a group's recent imports that belongs to the part: listed pairs, plus the world's unlisted mix."""
    rows = evidence.query("hs2_residual", hs2=group)
    recent = rows["year"].astype(np.int64) > last - 3
    other_exports = np.nan_to_num(_numbers(rows["other_exports"])[recent])
    mix = float(other_exports @ split.of(rows["country"][recent].tolist()) / other_exports.sum())
    other_imports = by_year(
        evidence.markets,
        rows["country"],
        rows["year"].astype(np.int64),
        _numbers(rows["other_imports"]),
        np.unique(rows["year"].astype(np.int64)),
    )[-3:]
    rest = np.nansum(other_imports, axis=0) / 3
    total = whole.sum(axis=1) + rest
    known = part.sum(axis=1) + mix * rest
    return np.asarray(np.divide(known, total, out=np.full(len(total), np.nan), where=total > 0))


def _sum_flows(parts: list[Flows], chapter: str, sd: float) -> Flows:
    """Several groups that each hold a piece of a chapter; ``sd``: of the estimate, as the note tells it."""
    imports, exports = (
        np.where(
            np.all([np.isnan(getattr(p, side)) for p in parts], axis=0),
            np.nan,
            np.nansum([getattr(p, side) for p in parts], axis=0),
        )
        for side in ("imports", "exports")
    )
    note = (
        f"Chapter {chapter} is known only inside composite groups of the public data; its part is estimated from what "
        f"each exporter sold in 2017 and held loosely (sd of ln demand {sd:g} or more)."
    )
    wide = max(p.recent.shape[1] for p in parts)
    recent, before = (
        np.sum([np.pad(getattr(p, side), ((0, 0), (0, wide - getattr(p, side).shape[1]))) for p in parts], axis=0)
        for side in ("recent", "before")
    )
    return Flows("composite", parts[0].years, imports, exports, recent, before, False, "baci-hs2", (note,))
