"""Hypothesis strategies that several test files share."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from beachhead.assumptions import packaged
from beachhead.evidence.catalogue import load_catalogue
from beachhead.firm import (
    CRITERIA,
    Attitude,
    Capacity,
    Cash,
    Committed,
    Contact,
    Experience,
    Firm,
    Forbid,
    Offer,
    Pace,
    Pin,
    Presence,
    Sales,
    Screen,
    WeightChoice,
)
from beachhead.firm_rules import broken_rules
from beachhead.quarters import quarter_name, quarter_number

SECTORS = ("technology", "ecommerce_retail", "services", "manufacturing")
MODES = ("indirect_export", "direct_export", "ecommerce", "franchising", "licensing", "joint_venture", "subsidiary")
CODES = ("hs:64", "hs:09", "hs:2508", "hs:250810", "icio:J62_63", "icio:M", "user:my-own")
MARKETS = load_catalogue().markets

shares = st.floats(0, 1)
money = st.floats(0, 1e9).map(lambda x: round(x, 2))
lines = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=30)
languages = st.lists(st.sampled_from(["en", "fr", "hi", "pt-BR", "sw"]), unique=True, max_size=3).map(tuple)
positive = st.floats(0.2, 8.9)


@st.composite
def offers(draw: st.DrawFn) -> tuple[Offer, ...]:
    """One to three offers with different codes; their shares add up to one at most."""
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True))
    return tuple(Offer(code=code, name=draw(lines), share=draw(st.floats(0, 1 / len(codes)))) for code in codes)


@st.composite
def presences(draw: st.DrawFn, home: str) -> Presence:
    """A market abroad, left after it was entered or not left."""
    since = draw(st.integers(2000, 2020))
    return Presence(
        country=draw(st.sampled_from([m for m in MARKETS if m != home])),
        mode=draw(st.sampled_from(MODES)),
        since=f"{since}Q{draw(st.integers(1, 4))}",
        until=draw(st.none() | st.integers(since + 1, 2026).map(str)),
        sales_usd=draw(st.none() | money),
    )


@st.composite
def weight_choices(draw: st.DrawFn) -> WeightChoice:
    """Weights stated in any of the four ways, with what each needs."""
    method = draw(st.sampled_from(["sector", "points", "ranking", "pairwise"]))
    pairs = [f"{a}/{b}" for i, a in enumerate(CRITERIA) for b in CRITERIA[i + 1 :]]
    return WeightChoice(
        method=method,
        confidence=draw(st.sampled_from(["low", "medium", "high"])),
        points=draw(st.dictionaries(st.sampled_from(CRITERIA), positive, min_size=1)) if method == "points" else {},
        ranking=tuple(draw(st.permutations(CRITERIA))) if method == "ranking" else (),
        pairwise={pair: draw(positive) for pair in pairs} if method == "pairwise" else {},
    )


@st.composite
def own_values(draw: st.DrawFn) -> dict[str, float]:
    """A few assumptions with values that they can have."""
    known = [packaged()[name] for name in draw(st.lists(st.sampled_from(sorted(packaged())), max_size=3, unique=True))]
    drawn = {one.id: draw(st.floats(one.low, one.high)) for one in known}
    own = {one.id: float(int(drawn[one.id])) if one.whole else drawn[one.id] for one in known}
    return (
        {} if broken_rules({"assumptions": own}) else own
    )  # shares that must add up, a path that must not fall too far


@st.composite
def screens(draw: st.DrawFn, home: str) -> Screen:
    """Some must-haves; few enough that markets remain."""
    abroad = [m for m in MARKETS if m != home]
    return Screen(
        exclude=tuple(draw(st.lists(st.sampled_from(abroad), max_size=3, unique=True))),
        min_gdp_usd=draw(st.none() | st.floats(0, 1e11)),
        max_inform_risk=draw(st.none() | st.floats(5, 10)),
        require_agreement=draw(st.booleans()),
    )


@st.composite
def paces(draw: st.DrawFn) -> Pace:
    """Limits of a plan; wide enough for the few markets that :func:`wishes` pins."""
    return Pace(
        quarters=draw(st.integers(8, 16)),
        start=draw(st.none() | st.sampled_from(["2027Q1", "2028Q3"])),
        launches_at_once=draw(st.integers(3, 60)),
        pilots=draw(st.integers(1, 60)),
        phases=draw(st.booleans()),
        floor_risk=draw(st.none() | shares),
        most_markets=draw(st.none() | st.integers(3, 250)),
        candidates=draw(st.integers(1, 60)),
    )


@st.composite
def wishes(draw: st.DrawFn, pace: Pace, markets: list[str]) -> dict[str, tuple[Any, ...]]:
    """Up to three pins and commitments in different markets, and forbids that rule none of them out."""
    first = quarter_number(pace.start or "2027Q1")
    quarters = st.integers(first, first + pace.quarters - 1).map(quarter_name)
    wanted = draw(st.lists(st.sampled_from(markets), max_size=3, unique=True))
    others, mode, cut = [m for m in markets if m not in wanted], st.sampled_from(MODES), draw(st.integers(0, 3))
    forbids = st.builds(Forbid, market=st.sampled_from(others), mode=st.none() | mode, quarter=st.none() | quarters)
    return {
        "pin": tuple(
            Pin(market=m, mode=draw(st.none() | mode), quarter=draw(st.none() | quarters)) for m in wanted[:cut]
        ),
        "committed": tuple(Committed(market=m, mode=draw(mode), quarter=draw(quarters)) for m in wanted[cut:]),
        "forbid": tuple(draw(st.lists(forbids, max_size=2))),
    }


@st.composite
def firms(draw: st.DrawFn) -> Firm:
    """A valid firm from anywhere, of any sector, with any part filled in."""
    home = draw(st.sampled_from(MARKETS))
    available = draw(money)
    countries = st.sampled_from(MARKETS)
    screen, pace = draw(screens(home)), draw(paces())
    return Firm(
        name=draw(lines),
        home=home,
        sector=draw(st.sampled_from(SECTORS)),
        website=draw(st.none() | st.just("https://www.example.com/a?b=%20c")),
        languages=draw(languages),
        memberships=tuple(draw(st.lists(lines, max_size=2))),
        seed=draw(st.integers(0, 2**32 - 1)),
        sells=draw(offers()),
        sales=Sales(
            home_usd=draw(money),
            growth=draw(st.floats(-1, 2)),
            gross_margin=draw(shares),
            unit_value_usd=draw(st.none() | money),
        ),
        capacity=Capacity(team=draw(st.floats(0.1, 500)), export_hours_per_week=draw(st.floats(0, 400))),
        cash=Cash(available_usd=available, floor_usd=available * draw(shares)),
        experience=tuple(
            draw(st.lists(st.builds(Experience, country=countries, years=st.floats(0, 40), who=lines), max_size=2))
        ),
        contacts=tuple(
            draw(
                st.lists(
                    st.builds(Contact, country=countries, kind=st.just("agent"), count=st.integers(1, 9)), max_size=2
                )
            )
        ),
        presence=tuple(draw(st.lists(presences(home), max_size=2))),
        attitude=draw(
            st.builds(
                Attitude, risk_appetite=shares, control=shares, speed=shares, codifiability=shares, protection=shares
            )
        ),
        screen=screen,
        weights=draw(weight_choices()),
        pace=pace,
        **draw(wishes(pace, [m for m in MARKETS if m not in (home, *screen.exclude)])),
        assumptions=draw(own_values()),
    )
