"""What follows from a plan: Monte Carlo of sales, profit, cash and people; risk, resilience and stress."""

from beachhead.outlook.look import look_out

__all__ = ["look_out"]
