"""A made-up rollout and outlook over the first markets of a plan, with the shape of real ones.

For tests of how results are shown. The figures mean nothing, but hang together: fans are in order, hours add up, gates
belong to markets of the plan.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from beachhead.assumptions import Change
from beachhead.enter.modes import MODES
from beachhead.flow import Plan
from beachhead.outlook.result import (
    Band,
    MarketOutlook,
    Outlook,
    PacePoint,
    Resilience,
    Stress,
    band,
)
from beachhead.quarters import quarter_name, quarter_number
from beachhead.rollout.result import (
    Automated,
    Fan,
    Gate,
    Hours,
    Limit,
    More,
    Move,
    Presence,
    Rollout,
    Stability,
    Use,
    fan,
)
from beachhead.rollout.tables import AREAS

START = quarter_number("2027Q1")
NEVER = float("inf")


def at(quarter: int) -> str:
    """Name of a quarter of the plan."""
    return quarter_name(START + quarter)


def rollout(plan: Plan, quarters: int = 12) -> Rollout:
    """Two pilots, a third market in their region, a fourth beyond; one switch, two investments."""
    pilot, second, third, fourth, running = (plan.selection.markets[m] for m in (1, 2, 3, 0, 5))
    rng = np.random.default_rng(3)
    cash = (
        120_000
        - 9_000 * np.arange(quarters)
        + 700 * np.arange(quarters) ** 2
        + rng.normal(0, 1, (200, 1)) * (2_000 + 2_500 * np.arange(quarters))
    )
    return Rollout(
        quarters=tuple(at(q) for q in range(quarters)),
        candidates=plan.selection.markets[:20],
        moves=_moves(pilot, second, third, fourth, running),
        automation=_automation(quarters),
        presences=_presences(),
        objective_usd=61_240.118,
        expected_usd=74_011.5,
        downside_usd=35_900.25,
        cvar_shortfall_usd=812.3,
        downside_weight=0.4,
        shortfall_price=0.8,
        gap=0.0042,
        status="within_gap",
        scenarios=100,
        cash=fan(cash),
        floor_usd=60_000.0,
        break_share=0.03,
        hours=_hours(quarters),
        attention=Use(np.minimum(4.2, 1.25 + 0.3 * np.arange(quarters)), np.full(quarters, 4.6)),
        launches=Use(np.array(([1.0, 2, 2, 0, 1, 1, 2] + [0] * quarters)[:quarters]), np.full(quarters, 2.0)),
        limits=(
            Limit("cash", "Cash above the floor", "USD", (at(4), at(5)), 0.31),
            Limit("hours", "Staff hours", "hours", (at(1), at(2), at(6)), 12.4),
            Limit("attention", "Attention of the management", "points", (), 0.0),
            Limit("launches", "Launches at once", "launches", (at(2),), 900.0),
        ),
        more=(
            More("cash", "USD 10,000 more cash", 3_100.0, 3_300.0, (f"{third} starts in {at(3)} instead of {at(4)}",)),
            More("people", "one more person", 0.0, 40.0, ()),
        ),
        gates=_gates(pilot, second, third, fourth),
        vss_usd=4_210.0,
        mean_plan_breaks=0.22,
        evpi_usd=18_800.0,
        stability=Stability(100, 61_240.0, 2_000, 60_420.0, 610.0, 0.041, 0.05, True),
        idle="",
        assumptions=(Change("overrun_bias", 0.2, 0.1, "ln set-up cost over the estimate"),),
    )


def _moves(pilot: str, second: str, third: str, fourth: str, running: str) -> tuple[Move, ...]:
    def move(market: str, mode: str, quarter: int, phase: str, kind: str, spend: float, first: int, **more) -> Move:
        usual = {"hours_quarter": 60.0, "if_sales_usd": 0.0, "chance": 1.0, "cheaper_by": (), "why": ""}
        return Move(market, mode, at(quarter), phase, kind, spend, at(first), **(usual | more))

    return (
        move(running, "direct_export", 0, "running", "continue", 0.0, 0),
        move(pilot, "ecommerce", 0, "pilot", "enter", 7_210.0, 1),
        move(second, "ecommerce", 1, "pilot", "enter", 6_900.0, 2, why="pinned"),
        move(third, "ecommerce", 4, "regional", "enter", 6_050.0, 5, cheaper_by=(second,)),
        move(pilot, "direct_export", 5, "pilot", "switch", 21_000.0, 5, if_sales_usd=84_000.0, chance=0.31),
        move(
            fourth, "direct_export", 6, "global", "enter", 24_500.0, 8, hours_quarter=130.0, cheaper_by=(pilot, third)
        ),
    )


def _automation(quarters: int) -> tuple[Automated, ...]:
    def saves(start: int, hours: float) -> tuple[float, ...]:
        return tuple(hours if q > start else 0.0 for q in range(quarters))

    return (
        Automated(
            "helpdesk", "Help desk with translation and ready answers", "service", at(2), 3_000.0, 500.0, saves(2, 22.0)
        ),
        Automated("crm", "Customer records with automated mailings", "sales", at(5), 3_500.0, 450.0, saves(5, 41.0)),
    )


def _presences() -> tuple[Presence, ...]:
    direct, online = MODES.index("direct_export"), MODES.index("ecommerce")
    return (
        Presence(5, direct, 0, True, -9.0, -1, 0, NEVER, 0, -1, 4, 8_000.0, 0.0),
        Presence(1, online, 0, False, 0.77, direct, 5, 90_000.0, 1, -1, 5, 9_000.0, 31_000.0),
        Presence(2, online, 1, False, 1.77, -1, 0, NEVER, 1, -1, 5, 8_000.0, 0.0),
        Presence(3, online, 4, False, 4.77, -1, 0, NEVER, 2, 1, 5, 8_500.0, 0.0),
        Presence(0, direct, 6, False, 7.8, -1, 0, NEVER, 3, 1, 6, 20_000.0, 0.0),
    )


def _hours(quarters: int) -> Hours:
    load = np.array([20.0, 30, 45, 18, 12])[:, None] * np.minimum(4.5, 1 + 0.5 * np.arange(quarters))
    saved = np.where(np.arange(quarters) > 5, 63.0, np.where(np.arange(quarters) > 2, 22.0, 0.0))
    return Hours(AREAS, load, saved, load.sum(axis=0) - saved, np.full(quarters, 560.0))


def _gates(pilot: str, second: str, third: str, fourth: str) -> tuple[Gate, ...]:
    return (
        Gate(pilot, "pilot", at(3), 2, 31_000.0, 9_000.0, 9_400.0, (third, fourth), 0.42, 0.33, 0.25),
        Gate(pilot, "review", at(5), 4, 0.0, 9_000.0, 12_800.0, (), 0.7, 0.0, 0.3),
        Gate(second, "review", at(6), 4, 0.0, 8_000.0, 12_100.0, (), 0.66, 0.0, 0.34),
        Gate(third, "review", at(9), 4, 0.0, 8_500.0, 11_000.0, (), 0.71, 0.0, 0.29),
    )


def outlook(plan: Plan, of: Rollout) -> Outlook:
    """What might follow from :func:`rollout`."""
    rng = np.random.default_rng(5)
    t = np.arange(len(of.quarters))
    luck = np.exp(rng.normal(0, 0.9, (500, 1)))
    revenue = luck * 9_000 * np.minimum(t, 9) * (1 + 0.1 * rng.normal(size=(500, len(t))))
    profit = 0.55 * revenue - 6_000 - 3_000 * (t < 7)
    cash = 112_000 + np.cumsum(profit, axis=1)
    served = np.clip(np.round(rng.normal(2.2, 0.9, (500, 1)) * np.minimum(1, (t + 2) / 8) + 1), 0, 5)
    return Outlook(
        quarters=of.quarters,
        paths=10_000,
        revenue=band(revenue),
        profit=band(profit),
        cash=band(cash),
        markets=band(served),
        floor_usd=of.floor_usd,
        value_p10=-21_400.0,
        value_p50=44_300.0,
        value_p90=212_000.0,
        value_mean=73_900.0,
        p_loss=0.29,
        p_ruin=0.004,
        p_floor=0.043,
        p_overstretch={"cash": 0.043, "hours": 0.11, "attention": 0.02, "any": 0.142},
        break_even_quarter=at(9),
        p_break_even=0.61,
        survival=np.linspace(1.0, 0.58, len(t)),
        resilience=Resilience(0.44, 0.27, 2.3, 2.9),
        by_market=tuple(
            MarketOutlook(plan.selection.markets[p.row], p_in, p_end, worth, sales)
            for p, p_in, p_end, worth, sales in zip(
                of.presences,
                (1.0, 1.0, 1.0, 0.43, 0.4),
                (0.82, 0.55, 0.51, 0.3, 0.24),
                (21_000.0, 24_000.0, 9_400.0, 8_200.0, -1_100.0),
                (52_000.0, 47_000.0, 24_000.0, 19_000.0, 26_000.0),
                strict=False,
            )
        ),
        stress=_stress(plan),
        pace=_pace(),
        memory_mb=91.5,
    )


def _stress(plan: Plan) -> tuple[Stress, ...]:
    first, second = plan.selection.markets[:2]
    return (
        Stress(
            "asia_1997", "Asian crisis", (1997, 1998), 38_000.0, -6_300.0, -0.12, 82_000.0, 0.06, 0.004, second, -0.31
        ),
        Stress(
            "crash_2008",
            "Financial crisis",
            (2008, 2009),
            29_500.0,
            -14_800.0,
            -0.19,
            74_000.0,
            0.09,
            0.01,
            first,
            -0.24,
        ),
        Stress("covid_2020", "Pandemic", (2020,), 35_100.0, -9_200.0, -0.14, 79_000.0, 0.07, 0.006, first, -0.2),
        Stress(
            "dollar_2022",
            "War and dear dollar",
            (2022,),
            42_000.0,
            -2_300.0,
            -0.04,
            88_000.0,
            0.05,
            0.004,
            second,
            -0.08,
        ),
    )


def _pace() -> tuple[PacePoint, ...]:
    def point(stretch: float, worth: float, adjusted: float, ruin: float, floor: float, over: float) -> PacePoint:
        breaks = ("hours", "launches") if stretch < 0.6 else ()
        spread = (worth, worth - 80_000, worth - 25_000)
        return PacePoint(stretch, 18 * stretch, *spread, adjusted, ruin, floor, over, stretch == 1.25, breaks)

    return (
        point(0.0, 66_000, 31_000, 0.09, 0.31, 0.62),
        point(0.5, 74_000, 49_000, 0.03, 0.12, 0.34),
        point(0.75, 75_500, 56_500, 0.012, 0.07, 0.21),
        point(1.0, 73_900, 60_400, 0.004, 0.043, 0.142),
        point(1.25, 70_800, 61_100, 0.002, 0.03, 0.11),
        point(1.5, 66_200, 58_800, 0.001, 0.02, 0.09),
        point(2.0, 52_000, 47_300, 0.001, 0.015, 0.07),
    )


def idle_rollout(plan: Plan) -> Rollout:
    """Nothing is entered; what runs goes on."""
    busy = rollout(plan)
    zero = np.zeros(len(busy.quarters))
    return replace(
        busy,
        moves=busy.moves[:1],
        automation=(),
        presences=busy.presences[:1],
        gates=(),
        more=(),
        limits=(),
        launches=Use(zero, busy.launches.capacity),
        idle="no market of the candidates is expected to bring more than it costs",
    )


def planned(plan: Plan, quarters: int = 12) -> Plan:
    """The plan with its rollout and outlook."""
    of = rollout(plan, quarters)
    return replace(plan, rollout=of, outlook=outlook(plan, of))


def stays(plan: Plan) -> Plan:
    """The plan whose rollout enters nothing."""
    of = idle_rollout(plan)
    return replace(plan, rollout=of, outlook=replace(outlook(plan, of), pace=(), by_market=(), break_even_quarter=None))


__all__ = ["Band", "Fan", "idle_rollout", "outlook", "planned", "rollout", "stays"]
