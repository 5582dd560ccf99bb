"""The whole of learning: journal in, what it changes out. The stages to the right read it as a Selection and a Firm."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.enter.modes import reach
from beachhead.enter.result import ModeChoice
from beachhead.enter.tables import number_sd
from beachhead.evidence import Evidence
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, sells_goods
from beachhead.learn import books, flags, knowledge, revise
from beachhead.learn.believe import Field, Found, believe
from beachhead.learn.channels import channel_ids, numbers
from beachhead.learn.journal import EMPTY, About, Journal
from beachhead.learn.observe import Context, Observation, told
from beachhead.learn.result import Learnt
from beachhead.quarters import quarter_number
from beachhead.select.likeness import kernel
from beachhead.select.potential import P10, TERMS
from beachhead.select.result import Factors, Selection

if TYPE_CHECKING:
    from beachhead.learn.result import Stocks


def learn(
    firm: Firm, evidence: Evidence, selection: Selection, journal: Journal, *, modes: ModeChoice | None = None
) -> Learnt:
    """What the journal teaches. ``selection`` as it was before anything was learnt, ``modes`` chosen from it.

    Depends on what stands in the journal, not on the order in which it was written. Method: docs/methods/beliefs.md.
    """
    assumed = Assumptions(firm.assumptions)
    if modes is None and needs_modes(journal):
        from beachhead.enter import choose_modes

        modes = choose_modes(firm, evidence, selection)
    stocks = knowledge.stocks(firm, evidence, selection.markets, journal, assumed, evidence.vintage)
    before = knowledge.stocks(as_written(firm, journal), evidence, selection.markets, EMPTY, assumed, evidence.vintage)
    stocks = replace(stocks, before=np.minimum(before.level, stocks.level))
    seen = context(selection, journal, modes, before, assumed)
    kept = books_of(firm, evidence, selection, journal, modes, assumed)
    found = {f.about: field_found(f, journal, seen, kept, firm, modes) for f in fields(evidence, selection, assumed)}
    effects = knowledge.effects(stocks, assumed)
    potential, cost, hazard = (found[about] for about in ("potential", "entry_cost", "hazard"))
    return Learnt(
        journal=journal,
        potential=potential.belief,
        entry_cost=cost.belief,
        hazard=hazard.belief,
        channels=potential.channels,
        flags=tuple(x for f in found.values() for x in flags.find(f, selection.names, assumed)),
        stocks=stocks,
        revisions=revise.revisions(firm, evidence, journal, potential, kept, assumed),
        entry=np.exp(cost.belief.mean) * effects.entry,
        entry_sd=cost.belief.sd,
        weeks=effects.weeks,
        hazard_factor=np.exp(hazard.belief.mean) * effects.hazard,
    )


def as_written(firm: Firm, journal: Journal) -> Firm:
    """The firm without the presences that its results have made: what selling there taught is learnt, not given."""
    first = {
        r.market: quarter_number(r.quarter) for r in sorted(journal.results, key=lambda r: r.quarter, reverse=True)
    }
    kept = tuple(p for p in firm.presence if p.country not in first or p.quarters(p.since).start < first[p.country])
    return firm.model_copy(update={"presence": kept})


def needs_modes(journal: Journal) -> bool:
    """Whether ways of entering must be worked out to read it: for own results, and what is said of costs."""
    return bool(journal.results) or any(e.about == "entry_cost" for e in journal.entries)


def context(
    selection: Selection, journal: Journal, modes: ModeChoice | None, before: Stocks, assumed: Assumptions
) -> Context:
    """What the entries are read against; noise by what the firm knew before, so that order does not matter."""
    from beachhead.learn.channels import channel

    spoke = dict.fromkeys(e.channel for e in journal.entries)
    factor = {c: knowledge.noise_factors(before, channel(c).knowledge, assumed) for c in spoke}
    return Context(
        rows={m: k for k, m in enumerate(selection.markets)},
        prior=np.log(selection.potential.median_usd),
        cost=None if modes is None else np.log(np.maximum(modes.entry_usd * (1 - modes.discount)[:, None], 1.0)),
        numbers={c: numbers(c, assumed) for c in channel_ids()},
        factor=factor,
        assumed=assumed,
    )


def books_of(
    firm: Firm,
    evidence: Evidence,
    selection: Selection,
    journal: Journal,
    modes: ModeChoice | None,
    assumed: Assumptions,
) -> tuple[books.Book, ...]:
    """The books of every market that has results."""
    if modes is None or not journal.results:
        return ()
    rows = {m: k for k, m in enumerate(selection.markets)}
    sold = reach(firm.sector, assumed) * modes.fit
    return tuple(books.books(firm, evidence.vintage, journal, rows, modes, sold))


def fields(evidence: Evidence, selection: Selection, assumed: Assumptions) -> tuple[Field, Field, Field]:
    """What is expected before anything is learnt: of the potential, the cost of entry and the hazard of leaving."""
    rows = [evidence.markets.index(m) for m in selection.markets]
    alike = kernel(evidence, assumed, goods=sells_goods(selection.firm))[np.ix_(rows, rows)]
    p = selection.potential
    weighed = len(p.factors) > 0  # without home sales there is no gravity estimate
    terms = len(TERMS)
    potential = Field(
        "potential", selection.markets, np.log(p.median_usd), p.root, p.own_sd, terms if weighed else 0, firm=terms
    )
    entry_sd = float(number_sd("setup_usd").mean())
    own, common = assumed["entry_own"], assumed["entry_common"]
    like = max(1.0 - own - common, 0.0)
    cost = centred("entry_cost", selection, entry_sd * np.sqrt((common, like, own)), alike)
    hazard_sds = np.array([assumed["hazard_common_sd"], assumed["hazard_market_sd"], 0.0])
    return potential, cost, replace(centred("hazard", selection, hazard_sds, alike), firm=-1)


def centred(about: About, selection: Selection, sds: Floats, alike: Floats) -> Field:
    """A field of factors around 1: sds of what is about the firm, of what follows likeness, of each market's own."""
    count = len(selection.markets)
    like = sds[1] * np.linalg.cholesky(alike + 1e-12 * np.eye(count))
    root = np.column_stack([np.full(count, sds[0]), like])
    return Field(about, selection.markets, np.zeros(count), root, np.full(count, sds[2]), firm=0)


def field_found(
    field: Field,
    journal: Journal,
    seen: Context,
    kept: tuple[books.Book, ...],
    firm: Firm,
    modes: ModeChoice | None,
) -> Found:
    """What is now believed of one field."""
    if field.about != "potential":
        seen = replace(seen, prior=field.mean)
    said = [*told(journal, field.about, seen), *own_books(field.about, kept, firm, modes, seen.assumed)]
    return believe(field, said, seen.numbers, journal.held, seen.assumed)


def own_books(
    about: About, kept: tuple[books.Book, ...], firm: Firm, modes: ModeChoice | None, assumed: Assumptions
) -> list[Observation]:
    """What the books say of a field."""
    if modes is None or about == "hazard":
        return []
    if about == "entry_cost":
        return [o for book in kept for o in books.spending_seen(book, modes, assumed)]
    return [o for book in kept for o in books.sales_seen(book, firm, modes, assumed)]


def informed(selection: Selection, learnt: Learnt) -> Selection:
    """The selection after learning: potentials with all that hangs on them, and factors for the next stages."""
    b, p = learnt.potential, selection.potential
    told = np.array([m in spoken_of(learnt) for m in selection.markets])
    factors = Factors(learnt.entry, learnt.entry_sd, learnt.weeks, learnt.hazard_factor, told)
    median, sd = np.exp(b.mean), b.sd
    return replace(
        selection,
        learnt=factors,
        potential=replace(
            p,
            median_usd=median,
            sd_log=sd,
            p10=np.exp(b.mean + P10 * sd),
            p50=median,
            p90=np.exp(b.mean - P10 * sd),
            root=b.root,
            own_sd=b.own,
            heard=b.heard,
        ),
    )


def spoken_of(learnt: Learnt) -> set[str]:
    """Markets that something was found out about, but for what is taken for a rumour."""
    b = learnt.potential
    doubted = {s.entry for s, weight in zip(b.sources, b.weight, strict=True) if weight < flags.DOUBTED}
    named = {m for e in learnt.journal.entries if e.id not in doubted for m in e.markets}
    return named | {r.market for r in learnt.journal.results}


def revised(firm: Firm, learnt: Learnt) -> Firm:
    """The firm with the assumptions that outcomes have changed, but for those that are held or at work in beliefs."""
    new = {r.id: r.after for r in learnt.revisions if not (r.held or r.carried)}
    return firm.model_copy(update={"assumptions": {**firm.assumptions, **new}}) if new else firm
