"""How far the plan can be trusted: each figure with what it means to the owner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from beachhead.charts import numbers as n

if TYPE_CHECKING:
    from beachhead.rollout.result import Rollout

PROOF = {
    "optimal": "Among all plans that keep your limits none is better in these futures; this is proven.",
    "within_gap": "It is proven that no other plan can be better by more than this.",
    "stopped": "The search ended first. A better plan may exist, but none can be better by more than this.",
}
ENOUGH = "The plan is worth about the same in futures it was not made for: they were enough to plan with."
TOO_FEW = "The plan is worth something else in futures it was not made for: hold its figures less sure."


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure, and what it means."""

    name: str
    value: str
    means: str


def facts(rollout: Rollout) -> tuple[Fact, ...]:
    """Proof, futures, and what more knowledge would be worth."""
    return (_proof(rollout), *_futures(rollout), _missing(rollout), *_knowing(rollout))


def _proof(rollout: Rollout) -> Fact:
    share = n.plain(max(0.1, 100 * rollout.gap), 1)
    gap = f"at most {share} %" if rollout.gap > 0 else "none"
    return Fact("Distance from the best plan", gap, PROOF.get(rollout.status, PROOF["stopped"]))


def _futures(rollout: Rollout) -> tuple[Fact, ...]:
    s = rollout.stability
    both = f"{n.usd_signed(s.in_sample_usd)} and {n.usd_signed(s.out_of_sample_usd)} ±{n.short(s.out_of_sample_se)}"
    planned = "Each has its own sales, delays, costs, exchange rates and exits."
    return (
        Fact("Futures planned with", f"{rollout.scenarios:,}", planned),
        Fact(f"Worth after risk in these, and in {s.out_of_sample:,} new ones", both, ENOUGH if s.stable else TOO_FEW),
        Fact(
            "Cash below the floor in the new ones",
            n.pct(s.break_share),
            f"In those planned with it was {n.pct(rollout.break_share)}.",
        ),
    )


def _missing(rollout: Rollout) -> Fact:
    means = "On average over the worst tenth of futures, at the worst time. The plan counts it against itself."
    return Fact("Cash missing in bad futures", n.usd(rollout.cvar_shortfall_usd), means)


def _knowing(rollout: Rollout) -> tuple[Fact, ...]:
    broken = rollout.mean_plan_breaks
    breaks = f", and would let cash fall below its floor in {n.pct(broken)} of futures" if broken > 0 else ""
    average = f"A plan made for the average future would be worth so much less{breaks}."
    if not np.isfinite(rollout.vss_usd):
        average = f"A plan made for the average future cannot be carried out{breaks}."
    most = "The most that any market study or trial can bring, whatever it finds out."
    return (
        Fact("Gain from planning for many futures", n.usd_signed(rollout.vss_usd), average),
        Fact("What knowing the future would be worth", n.usd_signed(rollout.evpi_usd), most),
    )
