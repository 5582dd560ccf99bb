"""How quickly a journal becomes beliefs, beside the same updates one after the other.

The peer is the textbook Kalman loop in plain NumPy with a dense covariance in Joseph form. It can only do figures that
are no rumours and whose noise is known, so it is compared on those; what it cannot do is measured beside it.
"""

from __future__ import annotations

import sys
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from measure import EXAMPLE, ROOT, Row, Section, seconds, show
from scipy.special import ndtri

import beachhead
from beachhead.assumptions import Assumptions
from beachhead.evidence.model import Floats
from beachhead.learn import learn
from beachhead.learn.believe import Field, believe
from beachhead.learn.channels import channel_ids, numbers
from beachhead.learn.journal import Entry, Journal, Result
from beachhead.learn.learning import fields
from beachhead.learn.observe import Observation
from beachhead.learn.result import Source
from beachhead.quarters import quarter_name, quarter_number

ENTRIES, BOOKS, QUARTERS = 1_000, 10, 8
CERTAIN = Assumptions({"rumour_share": 0.0})


def figures(field: Field, rng: np.random.Generator) -> list[Observation]:
    """Figures of markets drawn at random, from channels drawn at random, all free of bias and of known noise."""
    rows = rng.integers(0, len(field.mean), ENTRIES)
    said = field.mean[rows] + rng.standard_normal(ENTRIES)
    return [
        Observation(Source(entry=k), (int(row),), (1.0,), float(x), float(x), 0.8, firm=True)
        for k, (row, x) in enumerate(zip(rows, said, strict=True), 1)
    ]


def one_by_one(field: Field, told: list[Observation]) -> tuple[Floats, Floats]:
    """Mean and covariance of what can be known, after one Kalman update for each figure."""
    mean, cov = field.mean.copy(), field.root @ field.root.T
    eye = np.eye(len(mean))
    for o in told:
        a = np.zeros(len(mean))
        a[list(o.rows)] = o.weights
        gain = cov @ a / (a @ cov @ a + o.noise**2)
        mean = mean + gain * (o.low - a @ mean)
        left = eye - np.outer(gain, a)
        cov = left @ cov @ left.T + o.noise**2 * np.outer(gain, gain)
    return mean, cov


def journal(markets: tuple[str, ...], median: Floats, rng: np.random.Generator) -> Journal:
    """Figures, comparisons and a few own sales, of all channels and markets."""
    entries = tuple(entry(k, markets, median, rng) for k in range(1, ENTRIES + 1))
    first = quarter_number("2025Q1")
    results = tuple(
        Result(market=m, quarter=quarter_name(first + k), sales_usd=float(rng.uniform(1e3, 5e4)), cost_usd=2_000.0)
        for m in markets[:BOOKS]
        for k in range(QUARTERS)
    )
    return Journal(entries, results)


def entry(number: int, markets: tuple[str, ...], median: Floats, rng: np.random.Generator) -> Entry:
    """Two in three give a figure, the others a comparison."""
    rows = rng.choice(len(markets), size=int(rng.integers(1, 4)), replace=False)
    said: dict[str, Any] = {"says": str(rng.choice(["better", "alike", "worse"]))}
    if number % 3:
        said = {"estimate_usd": float(median[rows].mean() * np.exp(rng.standard_normal()))}
    channel, named = str(rng.choice(channel_ids())), tuple(markets[k] for k in rows)
    return Entry(id=number, date=date(2026, 1, 1), channel=channel, markets=named, finding="Made up.", **said)


def measure() -> Section:
    """Seconds for all entries at once, and the peer's."""
    firm = beachhead.load_firm(EXAMPLE)
    evidence = beachhead.load_evidence(user=firm.evidence)
    selection = beachhead.select_markets(firm, evidence)
    rng = np.random.default_rng(1)
    field = fields(evidence, selection, CERTAIN)[0]
    known = {c: numbers(c) for c in channel_ids()}
    told = figures(field, rng)
    alone = partial(believe, field, told, known, frozenset(), CERTAIN)
    written = journal(selection.markets, selection.potential.median_usd, rng)
    modes = beachhead.choose_modes(firm, evidence, selection)
    size = f"{len(selection.markets)} markets × {ENTRIES:,} entries"
    return Section(
        "Learning",
        "python bench/learning.py",
        (
            Row(
                f"{size}: exact figures",
                seconds(alone),
                "s",
                "one Kalman update after the other, NumPy",
                seconds(partial(one_by_one, field, told), repeats=1),
                0.2,
            ),
            Row(
                f"{size}: figures, comparisons, rumours, noise, bias and own sales, all three beliefs",
                seconds(partial(learn, firm, evidence, selection, written, modes=modes)),
                "s",
                limit=0.2,
            ),
        ),
        "The second row holds what the peer cannot do: the rounds over what is not normal, the noise and bias of "
        f"fourteen channels, {BOOKS} markets with {QUARTERS} quarters of own sales, knowledge, flags and revised "
        "assumptions. The ways of entry that own sales are read against are worked out before.",
    )


# --- how right it is -------------------------------------------------------------------------------------------------

FIRMS = 1_000


def calibration() -> str:
    """How often intervals hold the truth of simulated firms, in per cent, as a Markdown table."""
    from learn.firms import CHANNELS, World
    from learn.test_believe import LEVELS, STYLES, scores

    held = frozenset(f"{c}.noise_sd" for c in CHANNELS)
    lines = ["| Journal | Noise | 50 % | 80 % | 95 % | Distance, sds: mean | sd |", "|---|---|---|---|---|---|---|"]
    for name, style in STYLES.items():
        assumed = Assumptions({"rumour_share": style.rumours})
        for noise, world in (("as stated", World(held=held, assumed=assumed)), ("learnt", World(assumed=assumed))):
            z, _ = scores(world, style, stated=noise == "as stated", firms=FIRMS)
            hits = [f"{100 * np.mean(np.abs(z) <= ndtri(0.5 + level / 2)):.1f}" for level in LEVELS]
            lines.append(f"| {name} | {noise} | {' | '.join(hits)} | {z.mean():.2f} | {z.std():.2f} |")
    return "\n".join(lines)


def likeness() -> str:
    """What learning with likeness gains, and costs where there is none, in markets not asked about."""
    from learn.firms import Style, World, alone, field_of, on_a_line, truth_of
    from learn.test_believe import gain, judged

    style = Style(entries=20, at_once=1, of=(1, 4, 7, 10))
    weak = 0.5 * on_a_line(12) + 0.5 * np.eye(12)
    lines = ["| Truth | Read with likeness: squared error less by | log score more by |", "|---|---|---|"]
    for name, real, read in (
        ("alike, nothing about the firm", field_of(common=0.0), field_of(common=0.0)),
        ("alike, half about the firm", field_of(common=0.5), field_of(common=0.5)),
        (
            "independent, read with likeness half as strong",
            alone(field_of(common=0.0)),
            field_of(common=0.0, alike=weak),
        ),
        ("independent, read with likeness in full", alone(field_of(common=0.0)), field_of(common=0.0)),
    ):
        truths = [truth_of(np.random.default_rng(s), real) for s in range(FIRMS)]
        ours, plain = (judged(World(field=f), truths, style, FIRMS) for f in (read, alone(real)))
        (less, error), (more, doubt) = gain(plain[0], ours[0]), gain(ours[1], plain[1])
        share = 100 * less / plain[0].mean(), 100 * error / plain[0].mean()
        lines.append(f"| {name} | {share[0]:.1f} ± {2 * share[1]:.1f} % | {more:.3f} ± {2 * doubt:.3f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    if "--accuracy" in sys.argv:
        sys.path.insert(0, str(ROOT / "tests"))
        print(f"{calibration()}\n\n{likeness()}")
    else:
        show([measure()])
