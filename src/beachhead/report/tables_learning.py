"""The tables of what was learnt: beliefs, what channels turned out to be, assumptions; each before and now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from beachhead.charts import numbers as n
from beachhead.learn.causes import Part
from beachhead.report.tables import Cell, Table, figure, heads
from beachhead.report.words import with_article

if TYPE_CHECKING:
    from beachhead.learn.journal import Journal
    from beachhead.learn.result import ChannelBelief, Flag, Learnt, Revision, Source
    from beachhead.report.learning import Moved

SHOWN = 3  # sources named in one cell
LONGEST = 60  # letters of a finding in a table


def beliefs(found: Sequence[Moved], names: Mapping[str, str], unit: str = "USD a year") -> Table:
    """Before, now, the change of the median and what it comes from."""
    columns = heads("Market", "#Before", "#Now", "#Change", "Because of")
    rows = tuple(
        (
            Cell(one.name),
            Cell(spread(one.before)),
            Cell(spread(one.now)),
            figure(one.pct, signed_pct(one.pct)),
            Cell(because(one.parts, names), kind="words"),
        )
        for one in found
    )
    return Table(f"What you believe of each market, {unit}: low, middle and high (eight cases of ten)", columns, rows)


def spread(span: tuple[float, float, float]) -> str:
    """Low, middle and high."""
    return " – ".join(map(amount, span))


def amount(value: float) -> str:
    """USD, or a factor around 1 with two decimals."""
    return f"{value:.2f}" if value < 10 else n.short(value)


def signed_pct(pct: float) -> str:
    """``+45 %``, ``−8 %``; small ones with one decimal."""
    text = n.plain(pct, 0 if abs(pct) >= 9.95 else 1)
    return f"{'+' if pct > 0 and text.strip('0.') else ''}{text} %"


def because(parts: Sequence[Part], names: Mapping[str, str]) -> str:
    """``entry 3 +40 %, entry 5 −8 %``, the rest as one, so that the parts add up."""
    said = [f"{source_words(part.source, names)} {signed_pct(part.pct)}" for part in parts[:SHOWN]]
    if rest := parts[SHOWN:]:
        said.append(f"{len(rest)} more {signed_pct(sum(part.pct for part in rest))}")
    return ", ".join(said) or "–"


def source_words(source: Source, names: Mapping[str, str]) -> str:
    """``entry 3``, ``results in Germany``."""
    if source.entry:
        return f"entry {source.entry}"
    return f"results in {with_article(source.market, names.get(source.market, source.market))}"


def sources(parts: Sequence[Part], journal: Journal, names: Mapping[str, str]) -> Table:
    """Everything that moved one market, with what was found; the per cents add up."""
    columns = heads("From", "Date", "Through", "What was found", "#Change")
    rows = [(*map(Cell, told(part.source, journal, names)), figure(part.pct, signed_pct(part.pct))) for part in parts]
    total = sum(part.pct for part in parts)
    rows.append((Cell("All together"), Cell(""), Cell(""), Cell(""), figure(total, signed_pct(total))))
    return Table("What moved it", columns, tuple(rows))


def told(source: Source, journal: Journal, names: Mapping[str, str]) -> tuple[str, str, str, str]:
    """A source in four cells: which, when, through whom, what."""
    entry = next((one for one in journal.entries if one.id == source.entry), None) if source.entry else None
    if entry is not None:
        return (
            source_words(source, names),
            entry.date.isoformat(),
            channel_name(entry.channel),
            shortened(entry.finding),
        )
    quarters = sorted(one.quarter for one in journal.results if one.market == source.market)
    span = f"{quarters[0]} to {quarters[-1]}" if len(quarters) > 1 else "".join(quarters)
    sold = sum(one.sales_usd for one in journal.results if one.market == source.market)
    return source_words(source, names), span, "Your own sales", f"{n.usd(sold)} sold"


def shortened(text: str, most: int = LONGEST) -> str:
    """The beginning of a long text, whole words."""
    if len(text) <= most:
        return text
    return f"{text[:most].rsplit(' ', 1)[0]} …"


def channel_name(channel: str) -> str:
    """The name of a channel; its id if the table has none of that id."""
    from beachhead.learn.channels import channels

    return next((one.name for one in channels() if one.id == channel), channel)


def channel_trust(found: Sequence[ChannelBelief]) -> Table:
    """How far each channel can be trusted, before and now, for those that gave a figure."""
    columns = heads("Channel", "#Figures", "Tells too much by", "#±", "Usually off by")
    rows = tuple(
        (
            Cell(channel_name(one.channel)),
            Cell(str(one.entries)),
            Cell(f"{_ratio(one.bias_before)} → {_ratio(one.bias)}"),
            Cell(f"{n.plain(100.0 * one.bias_sd)} %"),
            Cell(f"×÷{np.exp(one.noise_before):.1f} → ×÷{np.exp(one.noise):.1f}"),
        )
        for one in found
        if one.entries
    )
    return Table("How far your sources can be trusted", columns, rows)


def _ratio(log: float) -> str:
    return signed_pct(100.0 * float(np.expm1(log)))


def flags(found: Sequence[Flag], names: Mapping[str, str], learnt: Learnt) -> Table:
    """Entries that do not fit, and what would have to be true."""
    columns = heads("Entry", "Market", "What was found", "#Off by, sds", "#Believed", "What would have to be true")
    said = {one.id: one.finding for one in learnt.journal.entries}
    rows = tuple(
        (
            Cell(str(one.entry) if one.entry else "results"),
            Cell(names.get(one.market, one.market)),
            Cell(shortened(said.get(one.entry, "your own sales"))),
            Cell(f"{'+' if one.z > 0 else ''}{n.plain(one.z, 1)}"),
            Cell(n.pct(one.trust)),
            Cell(one.needed, kind="words"),
        )
        for one in found
    )
    return Table("What does not fit", columns, rows)


def revisions(found: Sequence[Revision]) -> Table:
    """Assumptions that outcomes have changed."""
    columns = heads("Assumption", "#Before", "#Now", "Unit", "Evidence", "Standing")
    rows = tuple(
        (
            Cell(one.id),
            Cell(with_sd(one.before, one.before_sd)),
            Cell(with_sd(one.after, one.after_sd)),
            Cell(one.unit),
            Cell(evidence(one)),
            Cell(standing(one)),
        )
        for one in found
    )
    return Table("Assumptions that outcomes have changed", columns, rows)


def with_sd(value: float, sd: float) -> str:
    """``0.35 ±0.08``."""
    return f"{value:.3g}".replace("-", n.MINUS) + (f" ±{sd:.2g}" if np.isfinite(sd) and sd > 0 else "")


def evidence(one: Revision) -> str:
    """On how many figures a revision rests, and the first few sources."""
    named = ", ".join(map(str, one.sources[:SHOWN]))
    more = f" and {len(one.sources) - SHOWN} more" if len(one.sources) > SHOWN else ""
    figures = f"{one.count} figure{'' if one.count == 1 else 's'}"
    return f"{figures}: {named}{more}" if named else figures


def standing(one: Revision) -> str:
    """Whether a revision is used: in the beliefs, in the plan, or not at all."""
    if one.held:
        return "not used: you keep the old value"
    return "used, within the beliefs" if one.carried else "used"
