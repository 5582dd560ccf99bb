"""The fourteen sources from which small firms were found to learn, and the numbers that go with each.

The categories are those of :data:`STUDY`, a study of ten Indian software firms (its Table 3 and sections 4 and 5), in
words of our own: ``channels.csv`` says what each source is,
``structure.csv`` in which growth path it was found and what it taught there. The study gives no numbers; those of
``channel_numbers.csv`` say on what ground they stand, and a firm may change each of them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Literal

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.errors import bad
from beachhead.learn.journal import GrowthPath, Knowledge

Network = Literal["external", "internal"]
Learning = Literal["vicarious", "congenital", "experiential"]
Sees = Literal["market", "firm", "own"]
STUDY = (
    "Puthusserry, Khan, Knight & Miller (2020), How Do Rapidly Internationalizing SMEs Learn?, "
    "Management International Review 60, CC BY 4.0"
)
LISTS = ("knowledge", "growth_paths", "mentioned", "not_found", "through")  # columns that hold several, joined by ;


@dataclass(frozen=True, slots=True)
class Channel:
    """A row of ``channels.csv``: a source of learning.

    ``network``: outside the firm or within its own circle. ``learning``: from what others did (vicarious), from what
    was known at birth (congenital), from doing (experiential). ``theme``: the study's group of sources. ``sees``: the
    market as any such firm meets it; the firm's offer too; or its own luck there as well.
    ``growth_paths``: where the study's table has it; ``mentioned``: where only its text names it; ``not_found``: where
    the study looked and says that it is no main source. ``what`` to do; ``limits`` that the study reports.
    """

    id: str
    name: str
    network: Network
    learning: Learning
    theme: str
    sees: Sees
    knowledge: tuple[Knowledge, ...]
    growth_paths: tuple[GrowthPath, ...]
    mentioned: tuple[GrowthPath, ...]
    not_found: tuple[GrowthPath, ...]
    what: str
    limits: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A row of ``structure.csv``: what firms were seen to do, on which growth path, and which knowledge it gave.

    ``through``: what a firm must have in a market to ask there at all, any one of: experience, presence or a kind of
    contact; empty if anybody can.
    """

    growth_path: GrowthPath
    channel: str
    code: str
    knowledge: tuple[Knowledge, ...]
    through: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What one use of a channel costs and how far to trust it.

    ``cost_usd`` with staff time; ``weeks`` to the answer; ``reach``: markets that one use informs. Of a figure for one
    market it gives ln(figure) = ln(truth) + bias + noise: ``noise_sd`` of the noise; ``bias`` (positive: it tells too
    much), known to ``bias_sd``; ``noise_weight``: how many figures the stated noise is worth when it is learnt anew.
    """

    cost_usd: float
    weeks: float
    reach: float
    noise_sd: float
    bias: float
    bias_sd: float
    noise_weight: float


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a CSV table of this package."""
    text = files("beachhead.learn").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def several(text: str) -> tuple[str, ...]:
    """The parts of a cell that holds several, joined by semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


@cache
def channels() -> tuple[Channel, ...]:
    """The fourteen channels, in table order; the order of every array over channels."""
    rows = ({k: several(v) if k in LISTS else v for k, v in row.items()} for row in read_table("channels.csv"))
    return tuple(Channel(**row) for row in rows)  # type: ignore[arg-type]  # a test holds the words to their types


@cache
def channel_ids() -> tuple[str, ...]:
    """Ids of the channels in table order."""
    return tuple(one.id for one in channels())


@cache
def findings() -> tuple[Finding, ...]:
    """What the study found, in the order of its table: growth path by growth path."""
    rows = ({k: several(v) if k in LISTS else v for k, v in row.items()} for row in read_table("structure.csv"))
    return tuple(Finding(**row) for row in rows)  # type: ignore[arg-type]  # as above


def channel(name: str) -> Channel:
    """One channel by its id. Raises InputError that names the nearest ids."""
    known = _by_id()
    if name in known:
        return known[name]
    near = get_close_matches(name.strip().lower().replace(" ", "_"), known, n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise bad("channel", name, f"{hint}'beachhead channels' lists the {len(known)} channels")


@cache
def _by_id() -> dict[str, Channel]:
    return {one.id: one for one in channels()}


def found_at(path: GrowthPath) -> tuple[Finding, ...]:
    """What the study found on one growth path, a row for each channel."""
    return tuple(one for one in findings() if one.growth_path == path)


def brings(name: str, path: GrowthPath | None = None) -> tuple[Knowledge, ...]:
    """Kinds of knowledge that a channel was found to bring: on one growth path if it was found there, else on any."""
    on_path = (one.knowledge for one in findings() if one.channel == name and one.growth_path == path)
    return next(on_path, channel(name).knowledge)


def numbers(name: str, assumed: Assumptions = PACKAGED) -> Numbers:
    """Cost, time, reach, noise and bias of a channel, the firm's own values first. InputError if there is no such."""
    known = channel(name).id
    return Numbers(*(assumed[f"{known}.{field.name}"] for field in fields(Numbers)))
