"""Which assumption matters most to a plan: each is moved up by its own sd, and the plan chosen anew.

    python tools/vary_assumptions.py examples/portugal_footwear.toml [--top 15]

Every plan is found by the quick part of the search (relaxed programme, rounding, exchanges), the same for all, so small
differences are within its noise; the line "again with another seed" tells how large that is.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from beachhead import flow
from beachhead.assumptions import Assumption, packaged
from beachhead.evidence import Evidence
from beachhead.firm import Firm
from beachhead.rollout.ground import ground
from beachhead.rollout.solve import solve
from beachhead.select.result import Selection

STAGES = ("enter/", "rollout/")
LOADS = "load_"  # shares of one whole: moving one alone makes no sense


@dataclass(frozen=True, slots=True)
class Varied:
    """An assumption moved up by its sd: the plan's worth then, and how many entries are others."""

    id: str
    value: float
    moved: float
    objective_usd: float
    entries_changed: int


def planned(
    firm: Firm, evidence: Evidence, selection: Selection, seed: int
) -> tuple[float, frozenset[tuple[str, int]]]:
    """Objective and entries (market, mode) of the plan that the quick search finds."""
    modes = flow.choose_modes(firm, evidence, selection)
    base = ground(firm, evidence, selection, modes, seed)
    p = base.problem(base.scenarios(30))
    found = solve(p, effort=0)
    assert found is not None
    c = p.courses
    new = [j for j in found.choice.taken if not c.running[j]]
    entries = frozenset((p.figures.markets[int(c.market[j])], int(c.mode[j])) for j in new)
    return found.seen.objective, entries


def moved(one: Assumption) -> float:
    """The value one sd up, within its bounds."""
    up = one.value * 2.718281828**one.sd if one.spread == "log" else one.value + one.sd
    return min(max(up, one.low), one.high)


def vary(path: str) -> tuple[float, float, list[Varied]]:
    """The plan's worth, its worth with another seed, and all assumptions of modes and rollout, varied."""
    firm = flow.load_firm(path)
    evidence = flow.load_evidence(user=firm.evidence)
    selection = flow.select_markets(firm, evidence, draws=1_000)
    worth, entries = planned(firm, evidence, selection, 1)
    again, _ = planned(firm, evidence, selection, 2)
    rows = [one for one in packaged().values() if one.table.startswith(STAGES) and one.sd > 0.0 and LOADS not in one.id]
    found = []
    for one in rows:
        other = firm.model_copy(update={"assumptions": {**firm.assumptions, one.id: moved(one)}})
        objective, then = planned(other, evidence, selection, 1)
        found.append(Varied(one.id, one.value, moved(one), objective, len(entries ^ then)))
    return worth, again, sorted(found, key=lambda v: -abs(v.objective_usd - worth))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("firm")
    parser.add_argument("--top", type=int, default=15)
    given = parser.parse_args()
    worth, again, found = vary(given.firm)
    print(f"plan: {worth:,.0f} USD; again with another seed: {again:,.0f}")
    for one in found[: given.top]:
        change = one.objective_usd - worth
        print(
            f"{one.id:40} {one.value:10.4g} -> {one.moved:10.4g} {change:+12,.0f} USD {one.entries_changed:3d} entries"
        )


if __name__ == "__main__":
    main()
