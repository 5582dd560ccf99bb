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
class Pairs:
    """Flows between pairs in a few years, (M, M), importer by exporter.

    ``listed``: USD a year as listed, years without a listing counted as nothing; ``value``: the same with those years
    filled, 0 where never listed; ``bound``: the most that an unlisted flow can be, the smaller of both sides'
    fifth-largest.
    """

    listed: Floats

    value: Floats
    bound: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """Flows of one product over M markets; exporters that are no market stay in what no listed pair explains.

    ``imports``, ``exports``: (Y, M) USD, nan where nothing is known; ``years``: (Y,);
    ``recent``, ``before``: pairs of the last three years and of the three years five years earlier;
    ``complete``: every flow of a covered importer is listed, so that one which is missing is (near) zero;
    ``covered`` (M,): importers that the source speaks of; ``by_user`` (M,): those whose figures the user added.
    """

    kind: str
    years: NDArray[np.int64]
    imports: Floats
    exports: Floats
    recent: Pairs
    before: Pairs
    complete: bool
    source: str
    covered: NDArray[np.bool_]
    by_user: NDArray[np.bool_]
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


WINDOW = 3  # years whose mean counts as the state of a pair
EARLIER = 5  # years between that state and the one it is compared with
LISTED = 5  # partners that the source lists on each side


def _windows(axis: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The last three years with figures, and the three that lie five years earlier; fewer if there are no more."""
    return axis[-WINDOW:], axis[:-EARLIER][-WINDOW:]


def _pairs(
    evidence: Evidence, rows: dict[str, NDArray[np.generic]], years: NDArray[np.int64], split: Split | None,
    told: NDArray[np.bool_] | None = None,
) -> Pairs:  # fmt: skip
    """Pairs in some years, a year; only the part of them that ``split`` names.

    ``told`` (years, M): which years the source speaks of each importer, all if not given; the others do not count. A
    year in which a listed pair is missing from both lists counts as half of what it can have been at most.
    """
    m = len(evidence.markets)
    listed, filled, bound = (np.zeros((m, m)) for _ in range(3))
    told = np.ones((len(years), m), bool) if told is None else told
    share = np.where(told, 1 / np.maximum(told.sum(axis=0), 1), 0.0)[:, :, None]
    for y, year in enumerate(years):
        value, most = _one_year(evidence.markets, {k: c[rows["year"] == year] for k, c in rows.items()})
        listed += value * share[y]
        filled += np.where(value > 0, value, most / 2) * share[y]
        bound += most * share[y]
    scale = np.ones(m) if split is None else split.of(evidence.markets)
    return Pairs(listed * scale, np.where(listed > 0, filled, 0.0) * scale, bound * scale)


def _one_year(markets: tuple[str, ...], rows: dict[str, NDArray[Any]]) -> tuple[Floats, Floats]:
    """Listed values (M, M) of one year, and the most that a flow which is not listed can be."""
    m = len(markets)
    value = np.zeros((m, m))
    i, e = places(markets, rows["importer"]), places(markets, rows["exporter"])
    usd, known = _numbers(rows["value_usd"]), (i >= 0) & (e >= 0)
    np.add.at(value, (i[known], e[known]), usd[known])
    if "seen_in" not in rows:
        return value, np.zeros((m, m))
    by_importer = _fifth(m, i, usd, (rows["seen_in"] != "exporter_top5") & (i >= 0))
    by_exporter = _fifth(m, e, usd, (rows["seen_in"] != "importer_top5") & (e >= 0))
    return value, np.minimum(by_importer[:, None], by_exporter[None, :])


def _fifth(n: int, at: NDArray[np.int64], usd: Floats, on_list: NDArray[np.bool_]) -> Floats:
    """The smallest flow on each one's list of five (n,); 0 where fewer are listed, for then nothing is left out."""
    count = np.bincount(at[on_list], minlength=n)
    least = np.full(n, np.inf)
    np.minimum.at(least, at[on_list], usd[on_list])
    return np.where(count >= LISTED, least, 0.0)


def exporter_names(evidence: Evidence, codes: NDArray[np.generic]) -> tuple[str, ...]:
    """The markets, then every other exporter code that occurs, sorted."""
    return evidence.markets + tuple(sorted(set(codes.tolist()) - set(evidence.markets)))


WORLDWIDE = 100  # a file with at least so many importers speaks of the world; a shorter one only of those it names


def line_flows(evidence: Evidence, hs6: str) -> Flows | None:
    """An HS6 line from the snapshot and the user's files; None if no file has it.

    An importer that no file names is not covered: nothing is known of it, which is not the same as nothing bought.
    """
    rows = evidence.query("hs6_suppliers", hs6=hs6)
    if not len(rows["year"]):
        return None
    year, value = rows["year"].astype(np.int64), _numbers(rows["value_usd"])
    axis = np.unique(year)
    told = np.stack([_spoken_of(evidence.markets, rows, year == y) for y in axis])
    imports, exports = (by_year(evidence.markets, rows[c], year, value, axis) for c in ("importer", "exporter"))
    imports = np.where(told, np.nan_to_num(imports), np.nan)
    recent, before = (_pairs(evidence, rows, w, None, told[np.isin(axis, w)]) for w in _windows(axis))
    last = np.isin(year, axis[-WINDOW:]) & (rows["priority"] > 0)
    by_user = np.isin(evidence.markets, rows["importer"][last])
    covered = np.asarray(told[-WINDOW:].any(axis=0))
    return Flows("hs6", axis, imports, exports, recent, before, True, "baci-hs6", covered, by_user)


def _spoken_of(markets: tuple[str, ...], rows: dict[str, NDArray[Any]], chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Importers (M,) of which the chosen rows, those of one year, speak: all, or those they name."""
    if (rows["priority"][chosen] == 0).any():  # the snapshot speaks of the world
        return np.ones(len(markets), bool)
    named = np.isin(markets, rows["importer"][chosen])
    return np.asarray(named | (named.sum() >= WORLDWIDE))


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
    recent, before = (_pairs(evidence, rows, w, None) for w in _windows(axis))
    return Flows("chapter", axis, imports, exports, recent, before, False, "baci-hs2", *_everywhere(evidence))


def _everywhere(evidence: Evidence) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Covered: all markets; added by the user: none."""
    m = len(evidence.markets)
    return np.ones(m, bool), np.zeros(m, bool)


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
    recent, before = (_pairs(evidence, rows, w, split) for w in _windows(axis))
    whole = group_flows(evidence, group)
    part = _part_of_imports(evidence, group, last, recent.listed, whole.recent.listed, split)
    return Flows(
        "composite",
        axis,
        imports * part,
        exports * split.of(evidence.markets),
        recent,
        before,
        False,
        "baci-hs2",
        *_everywhere(evidence),
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
        f"each exporter sold in 2017 (sd of ln demand {sd:g}), weighed against the market's size, and held loosely."
    )
    recent, before = (
        Pairs(
            *(np.sum([getattr(getattr(p, when), side) for p in parts], axis=0) for side in ("listed", "value", "bound"))
        )
        for when in ("recent", "before")
    )
    return Flows(
        "composite",
        parts[0].years,
        imports,
        exports,
        recent,
        before,
        False,
        "baci-hs2",
        parts[0].covered,
        parts[0].by_user,
        (note,),
    )
