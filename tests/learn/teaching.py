"""What a firm has learnt, made by hand: every figure can be checked on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from beachhead.learn.journal import ABOUT, Entry, Journal, Result
from beachhead.learn.result import Belief, ChannelBelief, Flag, Learnt, Revision, Source, Stocks


def entry(number: int, *markets: str, **more: Any) -> Entry:
    """An entry of a journal."""
    given = {"channel": "trade_fair", "finding": f"what was found, {number}", "date": date(2027, 1, 15)} | more
    return Entry(id=number, markets=markets, **given)


def result(market: str, quarter: str, sales: float, cost: float = 0.0, **more: Any) -> Result:
    """A market's books of one quarter."""
    return Result(market=market, quarter=quarter, sales_usd=sales, cost_usd=cost, **more)


def belief(
    markets: tuple[str, ...], sources: tuple[Source, ...], share: Any, *, about: str = "potential", before: float = 1e5
) -> Belief:
    """A belief that ``share`` (M, S) has moved; sd 1 before, 0.6 and the own 0.5 now."""
    count, moved = len(markets), np.asarray(share, dtype=float)
    prior = np.full(count, np.log(before))
    kept = {"heard": np.sqrt(0.75) * np.eye(count)} if "heard" in Belief.__slots__ else {}
    return Belief(
        about=about,
        markets=markets,
        prior_mean=prior,
        prior_root=np.sqrt(0.75) * np.eye(count),
        prior_own=np.full(count, 0.5),
        mean=prior + moved.sum(axis=1),
        root=0.6 * np.eye(count),
        own=np.full(count, 0.5),
        sources=sources,
        share=moved,
        weight=np.ones(len(sources)),
        **kept,
    )


def nothing(markets: tuple[str, ...], about: str) -> Belief:
    """A belief in factors around 1 that nothing has moved."""
    return belief(markets, (), np.zeros((len(markets), 0)), about=about, before=1.0)


REVISION = Revision(
    id="ramp_2",
    name="Sales in calendar year 2",
    unit="of mature sales",
    before=0.6,
    before_sd=0.1,
    after=0.7,
    after_sd=0.05,
    count=2,
    sources=(Source(market="DEU"),),
    held=False,
    carried=False,
)


def learnt(markets: tuple[str, ...], **changes: Any) -> Learnt:
    """Entry 1 doubles the first market, entry 2 halves it again and half of the second; results in it add a little."""
    share = np.zeros((len(markets), 3))
    share[0], share[1, 1] = np.log([2.0, 0.5, 1.1]), np.log(0.5)
    sources = (Source(1), Source(2), Source(market=markets[0]))
    one = np.ones(len(markets))
    journal = Journal(
        (entry(1, markets[0], estimate_usd=4e5), entry(2, markets[0], markets[1], says="worse")),
        (result(markets[0], "2027Q1", 5e4, id=1),),
    )
    known = Stocks(markets, np.zeros((len(markets), 3)), np.zeros((len(markets), 3)), np.zeros(3))
    found = {
        "journal": journal,
        **{about: nothing(markets, about) for about in ABOUT},
        "potential": belief(markets, sources, share),
        "channels": (ChannelBelief("trade_fair", 2, 0.25, 0.35, 0.1, 0.2, 1.0, 0.9),),
        "flags": (Flag(2, markets[1], -3.1, 0.2, (1,), "it would have to be half as large"),),
        "stocks": known,
        "revisions": (REVISION,),
        "entry": one,
        "entry_sd": np.full(len(markets), 0.5),
        "weeks": one,
        "hazard_factor": one,
    }
    return Learnt(**found | changes)
