"""What is known of the world: catalogue, snapshot, queries, imputation, the user's own evidence.

Three layers lie over each other: the snapshot in the package, what ``beachhead evidence refresh`` fetched, and what the
user added. The upper one counts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from beachhead.errors import BeachheadError, bad
from beachhead.evidence.catalogue import Catalogue, load_catalogue
from beachhead.evidence.engine import Columns, Engine, literal, package_folder, parquet, sql, stacked, table_views
from beachhead.evidence.facts import assemble, overlay
from beachhead.evidence.index import Added, read_index
from beachhead.evidence.model import STATUSES, Fact, Facts, Floats, Indicator, Status
from beachhead.evidence.scale import sd_natural
from beachhead.evidence.schema import REFRESHED, USER_TABLES
from beachhead.quarters import quarter_number

if TYPE_CHECKING:
    from beachhead.evidence.loaders import Rejected
    from beachhead.evidence.user import Parsed

__all__ = ["Evidence", "home", "load_evidence"]

#: Queries whose rows are laid over the snapshot's facts, in this order.
LAYERS = ("refreshed_newest", "refreshed_fx_volatility", "derived_newest", "user_indicators_all")
REFRESHED_LAYER = 1  # in ``history``: 0 is the snapshot, and layers above 1 are the user's files


def home(home_dir: Path | None = None) -> Path:
    """The folder of the user's own evidence: the argument, else ``BEACHHEAD_HOME``, else ``~/.beachhead``."""
    return home_dir or Path(os.environ.get("BEACHHEAD_HOME") or Path.home() / ".beachhead")


class Evidence:
    """Everything that the stages may ask about the world. Reading is lazy; the object is safe to share by threads."""

    def __init__(
        self,
        catalogue: Catalogue,
        manifest: dict[str, Any],
        engine: Engine,
        *,
        layered: bool = False,
        rejected: tuple[Rejected, ...] = (),
    ) -> None:
        self.catalogue = catalogue
        self.snapshot = str(manifest["snapshot"])
        self.vintage = str(manifest["vintage"])  # the month as which all is seen
        self.made = self.vintage  # that of the snapshot itself
        self.markets = tuple(sorted(catalogue.countries))
        self.engine = engine
        self.layered = layered  # whether anything lies over the snapshot
        self.rejected = rejected  # rows of the firm's extra files that could not be used, with the reason
        self._facts: Facts | None = None

    def __repr__(self) -> str:
        return f"Evidence(snapshot={self.snapshot!r}, vintage={self.vintage!r}, {len(self.markets)} markets)"

    def seen_from(self, month: str) -> Evidence:
        """The same evidence as of a month of a later quarter ("2027-06"): older, and less sure where it drifts."""
        if quarter_number(month) <= quarter_number(self.vintage):
            return self
        later = copy(self)
        later.vintage, later._facts = month, None
        return later

    def query(self, name: str, **params: object) -> Columns:
        """The columns of the named query ``sql/NAME.sql`` with its ``:parameters``."""
        return self.engine.query(name, **params)

    def facts(self) -> Facts:
        """The best value of every market (M) on every country-wide indicator (K): user > refreshed > snapshot."""
        if self._facts is None:
            self._facts = self._lay_over(assemble(self.query("resolved_all"), self.markets, self._country_wide()))
        return self._facts

    def _country_wide(self) -> tuple[str, ...]:
        return tuple(k for k, one in self.catalogue.indicators.items() if one.scope == "country")

    def _lay_over(self, facts: Facts) -> Facts:
        for query in LAYERS if self.layered else ():
            rows = self.query(query)
            if len(rows["market"]):
                facts = overlay(facts, rows, self.catalogue, self._drift(rows))
        return facts

    def _drift(self, rows: Columns) -> Floats:
        """Sd on the indicator's scale that each row (indicator, year) has gained by its age; none without a year."""
        table = self.query("staleness_all")
        known = {(i, int(y)): s for i, y, s in zip(*table.values(), strict=True)}
        longest, now = int(table["years"].max(initial=0)), int(self.vintage[:4]) - 1  # the last complete year
        age = np.clip(np.nan_to_num(now - rows["year"].astype(float)), 0, longest).astype(int)
        return np.array([known.get(key, 0.0) for key in zip(rows["indicator"], age.tolist(), strict=True)])

    def anchors(self) -> dict[str, tuple[float, float]]:
        """The world values at which an indicator scores 0 and 1 (natural unit; ``demand``: share of the world's)."""
        rows = self.query("anchors_all")
        return {i: (float(lo), float(hi)) for i, lo, hi in zip(*rows.values(), strict=True)}

    def fact(self, indicator: str, market: str, year: int | None = None) -> Fact:
        """One figure: the best value now, or what was observed in ``year`` (else a fault that names the years)."""
        self._check(indicator, market)
        if year is not None:
            return self._observed(indicator, market, year)
        if self.catalogue.indicators[indicator].scope != "country":
            raise bad("indicator", indicator, "has no single value per market; it depends on the firm or its product")
        facts = self.facts()
        i, j = facts.markets.index(market), facts.indicators.index(indicator)
        status, source = STATUSES[facts.status[i, j]], str(facts.source[i, j])
        value, sd = float(facts.value[i, j]), float(facts.sd[i, j])
        return self._fact(indicator, market, int(facts.year[i, j]), value, sd, status, source)

    def series(self, indicator: str, market: str) -> list[Fact]:
        """The observed history of an indicator in a market, oldest first; sd is the published or the usual error."""
        self._check(indicator, market)
        rows = self.query("series", indicator=indicator, market=market)
        usual = self.catalogue.noise[indicator].measurement_sd
        usual_sd = sd_natural(rows["value"], usual, self.catalogue.indicators[indicator].transform)
        rows["sd"] = np.where(np.isnan(rows["sd"]), usual_sd, rows["sd"])
        return [
            self._fact(indicator, market, int(year), float(value), float(sd), *_origin(source, layer))
            for year, value, sd, source, layer in zip(*rows.values(), strict=True)
        ]

    def _observed(self, indicator: str, market: str, year: int) -> Fact:
        history = {fact.year: fact for fact in self.series(indicator, market)}
        if year not in history:
            years = f"observed in {_spans(sorted(history))}" if history else "never observed there"
            raise bad("year", str(year), f"{indicator} of {market} was {years}")
        return history[year]

    def _fact(
        self, indicator: str, market: str, year: int, value: float, sd: float, status: Status, source: str
    ) -> Fact:
        unit, licence = self.catalogue.indicators[indicator].unit, self.catalogue.sources[source].licence
        return Fact(indicator, market, year, value, unit, sd, status, source, licence)

    def indicator(self, name: str) -> Indicator:
        """The catalogue's row of an indicator; an unknown name is a fault that names near ones."""
        known = self.catalogue.indicators
        if name not in known:
            raise bad("indicator", name, f"unknown; {_nearest(name, tuple(known))}")
        return known[name]

    def _check(self, indicator: str, market: str) -> None:
        self.indicator(indicator)
        if market not in self.catalogue.countries:
            raise bad("market", market, "not a market of the catalogue; write ISO 3166-1 alpha-3, such as DEU")


def _origin(source: str, layer: int) -> tuple[Status, str]:
    """Status and source id of a value of ``history``."""
    return (Status.USER, "user") if layer > REFRESHED_LAYER else (Status.OBSERVED, str(source))


def _nearest(word: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else "`beachhead evidence list` shows them all"


def _spans(years: Sequence[int]) -> str:
    """Years as runs: 1990–2019, 2021."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)


def load_evidence(*, user: Sequence[Path] = (), home_dir: Path | None = None) -> Evidence:
    """The snapshot with what was refreshed, the user's own evidence in ``home_dir`` and the extra files ``user``.

    A later file stands before an earlier one; a file of ``user`` stands before those in ``home_dir``.
    """
    where, folder, catalogue = home(home_dir), package_folder("snapshot"), load_catalogue()
    manifest = read_manifest(folder)
    extra = _read_extra(user)
    kept = read_index(where / "evidence")
    refreshed = [source for source in REFRESHED if (where / "refresh" / f"{source}.parquet").is_file()]
    views = table_views(folder) | _refresh_views(where / "refresh") | _user_views(where / "evidence", kept, extra)
    views |= {"history": sql("history"), "currencies": _currencies(catalogue)}
    return Evidence(
        catalogue,
        manifest,
        Engine(views, tables={_extra_name(k): one.table for k, one in enumerate(extra)}),
        layered=bool(kept or extra or refreshed),
        rejected=tuple(row for one in extra for row in one.rejected),
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """``manifest.json`` of a snapshot folder."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise BeachheadError("the package holds no snapshot; make one with `beachhead evidence build RAW_DIR`")
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def _read_extra(paths: Sequence[Path]) -> list[Parsed]:
    if not paths:
        return []
    from beachhead.evidence.user import read_in_memory

    return [read_in_memory(path) for path in paths]


def _extra_name(k: int) -> str:
    return f"extra_{k}"


def _currencies(catalogue: Catalogue) -> str:
    """The SQL of a table (market, currency)."""
    rows = ", ".join(f"({literal(one.iso3)}, {literal(one.currency)})" for one in catalogue.countries.values())
    return f"SELECT * FROM (VALUES {rows}) AS known(market, currency)"


def _user_views(folder: Path, kept: Sequence[Added], extra: Sequence[Parsed]) -> dict[str, str]:
    """Views user_indicators, user_demand, … over the added files, oldest first, and the firm's extra ones."""
    return {
        f"user_{kind}": stacked(
            [parquet(folder / one.stored) for one in kept if one.kind == kind]
            + [_extra_name(k) for k, one in enumerate(extra) if one.kind == kind],
            schema,
        )
        for kind, schema in USER_TABLES.items()
    }


def _refresh_views(folder: Path) -> dict[str, str]:
    """Views refreshed_worldbank, refreshed_ecb; empty until refreshed."""
    paths = {source: folder / f"{source}.parquet" for source in REFRESHED}
    return {
        f"refreshed_{source}": stacked([parquet(paths[source])] if paths[source].is_file() else [], schema)
        for source, schema in REFRESHED.items()
    }
