"""What is asked of the tables, as statements; :mod:`beachhead.store.workspace` puts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from beachhead.store.tables import entry, firm, result

Asked = sa.Select[Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which entries: from one ``channel``, about one ``market`` (ISO3), from a day on, also ``superseded`` ones."""

    channel: str = ""
    market: str = ""
    since: date | None = None
    superseded: bool = False


EVERY = Chosen(superseded=True)
STANDING = Chosen()


def entries(number: int, chosen: Chosen) -> Asked:
    """Entries of a firm, by number."""
    asked = sa.select(entry).where(entry.c.firm == number)
    if not chosen.superseded:
        later = entry.alias("later")
        asked = asked.where(~sa.exists().where(later.c.firm == number, later.c.supersedes == entry.c.id))
    if chosen.channel:
        asked = asked.where(entry.c.channel == chosen.channel)
    if chosen.market:
        asked = asked.where(sa.literal(";").concat(entry.c.markets).concat(";").contains(f";{chosen.market};"))
    if chosen.since:
        asked = asked.where(entry.c.date >= chosen.since.isoformat())
    return asked.order_by(entry.c.id)


def thread(number: int, one: int) -> Asked:
    """An entry with all that it corrects and all that corrects it, by number."""
    start = sa.select(entry.c.id, entry.c.supersedes).where(entry.c.firm == number, entry.c.id == one)
    back, ahead = start.cte("back", recursive=True), start.cte("ahead", recursive=True)
    older, newer = entry.alias("older"), entry.alias("newer")
    back = back.union(
        sa.select(older.c.id, older.c.supersedes).where(older.c.firm == number, older.c.id == back.c.supersedes)
    )
    ahead = ahead.union(
        sa.select(newer.c.id, newer.c.supersedes).where(newer.c.firm == number, newer.c.supersedes == ahead.c.id)
    )
    numbers = sa.union(sa.select(back.c.id), sa.select(ahead.c.id))
    return sa.select(entry).where(entry.c.firm == number, entry.c.id.in_(numbers)).order_by(entry.c.id)


def results(number: int, *, superseded: bool) -> Asked:
    """Every result of a firm by number, or the latest of each market and quarter, by quarter and market."""
    asked = sa.select(result).where(result.c.firm == number)
    if superseded:
        return asked.order_by(result.c.id)
    latest = sa.select(sa.func.max(result.c.id)).where(result.c.firm == number)
    latest = latest.group_by(result.c.market, result.c.quarter)
    return asked.where(result.c.id.in_(latest)).order_by(result.c.quarter, result.c.market)


def rows(table: sa.Table, number: int) -> Asked:
    """Every row of a firm in a table, by number."""
    return sa.select(table).where(table.c.firm == number).order_by(table.c.id)


def last_number(table: sa.Table, number: int) -> Asked:
    """The number of a firm's latest row in a table; 0 if there is none."""
    return sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0)).where(table.c.firm == number)


def superseding(number: int, one: int) -> Asked:
    """Number and digest of the entry that supersedes one."""
    return sa.select(entry.c.id, entry.c.digest).where(entry.c.firm == number, entry.c.supersedes == one)


def alike(table: sa.Table, number: int, digests: set[str]) -> Asked:
    """Digest and number of the rows that have one of the digests, by number."""
    c = table.c
    return sa.select(c.digest, c.id).where(c.firm == number, c.digest.in_(digests)).order_by(c.digest, c.id)


def firms() -> Asked:
    """Every name that a firm bears or has borne, with the firm's number."""
    return sa.select(firm.c.name, firm.c.firm).order_by(firm.c.firm, firm.c.name)
