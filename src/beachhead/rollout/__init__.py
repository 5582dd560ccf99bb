"""When and how fast: a stochastic programme over markets, modes and quarters."""

from beachhead.rollout.plan import roll_out, stability_table
from beachhead.rollout.solve import Progress

__all__ = ["Progress", "roll_out", "stability_table"]
