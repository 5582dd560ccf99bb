"""How quickly what to find out next is found, beside the same gains by plain simulation, and how near it is.

With --compare the gains of some inquiries are put beside those of planning the whole rollout anew after each answer,
for the table of docs/methods/inquiry.md: some twenty minutes.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import numpy as np
from measure import EXAMPLE, ROOT, Row, Section, seconds, show

from beachhead import flow
from beachhead.learn import Entry, Journal
from beachhead.learn.exact import exact_gain
from beachhead.learn.gradient import gains as one_market
from beachhead.learn.inquiry import FINE, Case, answer, case_of, gains, in_parts, inquire, nodes, to_ask
from beachhead.learn.questions import moves

ENTRIES, CHANNELS = 30, 10
DRAWS, PEER = 2_000, 20  # simulated answers of the peer, and inquiries over which it is timed
COMPARED = ("peers_consulted", "industry_expert", "foreign_partner", "trial_and_error")


def ready(path: Any = EXAMPLE) -> tuple[Any, ...]:
    """An example firm with its evidence, selection and modes."""
    firm = flow.load_firm(path)
    evidence = flow.load_evidence(user=firm.evidence)
    selection = flow.select_markets(firm, evidence)
    return firm, evidence, selection, flow.choose_modes(firm, evidence, selection)


def journal(selection: Any) -> Journal:
    """A journal of figures from several channels."""
    names = ("peers_consulted", "online_research", "trade_fair", "industry_expert")
    figures = (float(x) for x in selection.potential.median_usd)
    told = [
        {"id": k + 1, "date": "2026-05-01", "channel": names[k % 4], "markets": (market,), "estimate_usd": usd}
        for k, (market, usd) in enumerate(zip(selection.markets[:ENTRIES], figures, strict=False))
    ]
    return Journal(tuple(Entry.model_validate({**one, "finding": "Made up."}) for one in told))


def update_and_ask(firm: Any, evidence: Any, selection: Any, known: Journal) -> None:
    """Everything from the journal to the advice."""
    from beachhead.learn import informed, learn

    learnt = learn(firm, evidence, selection, known)
    now = informed(selection, learnt)
    inquire(firm, evidence, now, flow.choose_modes(firm, evidence, now), learnt)


def simulated(case: Case, moved: Any) -> None:
    """The peer: one inquiry after another, each by many drawn answers."""
    z = np.random.default_rng(1).standard_normal((DRAWS, 1))
    weight = np.full(DRAWS, 1.0 / DRAWS)
    for one in moved[:PEER]:
        gains(case.worth, one[None], z, weight)


def looped(a: Any, b: Any) -> None:
    """The peer of the exact gradient: the same lines, drawn and compared."""
    z = np.random.default_rng(1).standard_normal(DRAWS)
    for row in b[:PEER]:
        (a[:, None] + row[:, None] * z).max(axis=0).mean()


def measure() -> Section:
    """Seconds on the clock."""
    firm, evidence, selection, modes = ready()
    known = journal(selection)
    case = case_of(firm, evidence, selection, modes, None, None)
    assert case is not None
    asked = to_ask(case)
    moved = moves(case.spread, asked)[:, None]
    count, markets = len(asked), len(selection.markets)
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=markets), rng.normal(size=(markets * CHANNELS, markets))
    peer = seconds(partial(simulated, case, moved)) * count / PEER
    lines = seconds(partial(looped, a, b)) * len(b) / PEER
    quick = partial(in_parts, gains, case.worth, moved, *nodes(FINE))
    ask = seconds(partial(inquire, firm, evidence, selection, modes))
    whole = seconds(partial(update_and_ask, firm, evidence, selection, known))
    return Section(
        "Inquiry",
        "python bench/inquiry.py",
        (
            Row(f"update by {ENTRIES} entries and inquiry, {markets} markets × 14 channels", whole, "s", limit=1.0),
            Row("inquiry alone, batches included", ask, "s"),
            Row(f"gains of {count:,} inquiries", seconds(quick), "s", f"{DRAWS:,} drawn answers each", peer),
            Row(f"which one of {markets} markets, {len(b):,} inquiries", seconds(partial(one_market, a, b)), "s",
                f"{DRAWS:,} draws each", lines),
        ),
        f"Peers: over {PEER} inquiries, time scaled in proportion.",
    )  # fmt: skip


def compare() -> None:
    """Quick gains beside those of planning anew, for the best use of some channels in every example."""
    print("| Firm | Ask | Markets | Quick | ± | Planned anew |\n|---|---|---|---|---|---|")
    for path in sorted((ROOT / "examples").glob("*.toml")):
        given = ready(path)
        found = answer(*given, top=100).inquiries.inquiries
        best = {name: next((one for one in found if one.channel == name), None) for name in COMPARED}
        for e in exact_gain(*given, [one for one in best.values() if one is not None]):
            one = e.inquiry
            figures = " | ".join(f"{x:,.0f}" for x in (one.gain_usd, one.gain_sd, e.gain_usd))
            print(f"| {path.stem} | {one.channel} | {', '.join(one.markets)} | {figures} |", flush=True)


if __name__ == "__main__":
    if "--compare" in sys.argv:
        compare()
    else:
        show([measure()])
