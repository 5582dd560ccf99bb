"""Propositions: what counts for and against each, exact intervals, and no verdict where nothing can be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from beachhead.learn.channels import channel, channel_ids
from beachhead.learn.journal import EMPTY, GROWTH_PATHS, KNOWLEDGE, Entry, Journal, Result
from beachhead.learn.propositions import TESTS, Count, bearing, evaluate, exact_interval, paired, propositions
from beachhead.learn.result import Source

MARKETS = ("DEU", "NLD", "FRA", "USA", "JPN", "BRA", "CHL", "KEN")


def entry(channel_id: str, *markets: str, day: str = "2026-11-02", **more) -> Entry:
    return Entry(date=date.fromisoformat(day), channel=channel_id, markets=markets, finding="as told", **more)


def result(market: str, sales: float, quarter: str = "2027Q3", **more) -> Result:
    return Result(market=market, quarter=quarter, sales_usd=sales, **more)


def of(name: str, journal: Journal, **more):
    return next(one for one in evaluate(journal, **more) if one.proposition.id == name)


def expecting(*markets: str, usd: float = 4_000.0) -> tuple[Entry, ...]:
    """Entries that say what was expected and teach nothing that is looked for: of the product, after the first sale."""
    return tuple(
        entry("research_development", m, day="2027-11-01", expected_usd=usd, knowledge=("product",)) for m in markets
    )


@pytest.fixture
def told_and_untold() -> Journal:
    """Four markets with market knowledge before the first sale that did well, four without that did badly."""
    told, untold = MARKETS[:4], MARKETS[4:]
    known = tuple(entry("trade_fair", m, knowledge=("market",)) for m in told)
    sales = tuple(result(m, 2_000.0) for m in told) + tuple(result(m, 500.0) for m in untold)
    return Journal(known + expecting(*MARKETS), sales)


# The table.


def test_there_are_the_studys_eleven_each_with_a_test_and_what_bears_on_it() -> None:
    assert [one.id for one in propositions()] == [f"P{k}" for k in range(1, 12)]
    fields = set(Entry.model_fields) | {"results"}
    for one in propositions():
        assert one.test in TESTS and one.text.endswith(".") and one.cohort.endswith(".")
        assert set(one.fields.split("; ")) <= fields
        assert set(one.channels) <= set(channel_ids()) and set(one.knowledge) <= set(KNOWLEDGE)
        assert set(one.growth_paths) <= set(GROWTH_PATHS) and one.network in ("", "external", "internal")
        assert bool(one.supports) == bool(one.opposes) == bool(one.wanted) == (one.least > 0)


def test_fewest_observations_that_are_asked_for_can_tell_if_all_agree() -> None:
    for one in propositions():
        if one.least:
            assert bearing(one, Count(one.least, 0)).verdict == "for"
            assert bearing(one, Count(0, one.least)).verdict == "against"


# The interval.


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_interval_is_that_of_clopper_and_pearson(agree: int, disagree: int) -> None:
    if agree + disagree:
        other = binomtest(agree, agree + disagree).proportion_ci(0.9, method="exact")
        assert exact_interval(agree, agree + disagree) == pytest.approx((other.low, other.high), abs=1e-9)
    else:
        assert exact_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("truth", [0.07, 0.5, 0.83])
def test_the_interval_covers_the_truth_at_least_nine_times_in_ten(truth: float) -> None:
    for n in (3, 8, 30):
        seen = np.arange(n + 1)
        covered = [low <= truth <= high for low, high in (exact_interval(int(k), n) for k in seen)]
        assert binom.pmf(seen, n, truth) @ covered >= 0.9


# Verdicts.


def test_an_empty_journal_tells_nothing_and_says_what_is_wanted() -> None:
    for one in evaluate(EMPTY):
        assert one.verdict == "too little" and (one.agree, one.disagree, one.low, one.high) == (0, 0, 0.0, 1.0)
        assert one.more == (one.proposition.least or None)
        if one.more:
            assert f"{one.more} more needed" in one.says and one.proposition.wanted in one.says


def test_sources_of_knowledge_of_new_markets_are_counted_for_and_against() -> None:
    way = "geographic_diversification"
    fairs = tuple(entry("trade_fair", "DEU", growth_path=way) for _ in range(9))
    experts = tuple(entry("industry_expert", "DEU", growth_path=way) for _ in range(9))
    inside = tuple(entry("online_research", "DEU", growth_path=way) for _ in range(9))
    assert of("P5", Journal(fairs + experts[:1] + inside)).verdict == "for"
    assert of("P5", Journal(fairs[:1] + experts + inside)).verdict == "against"
    even = of("P5", Journal(fairs + experts))
    assert even.verdict == "mixed" and (even.agree, even.disagree, even.more) == (9, 9, None)
    assert of("P5", Journal(tuple(e.model_copy(update={"growth_path": None}) for e in fairs))).agree == 0


def test_only_decisions_count_for_what_renews_the_offer() -> None:
    way = "market_penetration"
    decided = tuple(entry("international_client", growth_path=way, decision="add invoices") for _ in range(8))
    heard = tuple(entry("online_research", growth_path=way) for _ in range(20))
    found = of("P6", Journal(decided + heard))
    assert (found.agree, found.disagree, found.verdict) == (8, 0, "for")


def test_risk_is_counted_by_where_what_is_known_of_it_came_from() -> None:
    outside = tuple(entry("peers_consulted", "DEU", about="hazard", chance=0.3) for _ in range(6))
    inside = tuple(entry("trial_and_error", "DEU", about="entry_cost", estimate_usd=9e3) for _ in range(2))
    found = of("P7", Journal(outside + inside + (entry("friends_family", "DEU"),)))
    assert (found.agree, found.disagree) == (6, 2)


def test_markets_that_were_known_and_did_well_speak_for_knowledge(told_and_untold: Journal) -> None:
    found = of("P2", told_and_untold)
    assert (found.agree, found.disagree, found.chance, found.verdict) == (8, 0, 0.5, "for")
    entries = tuple(e for e in told_and_untold.entries if e.channel != "trade_fair")
    turned = tuple(entry("trade_fair", m, knowledge=("market",)) for m in MARKETS[4:])
    assert of("P2", replace(told_and_untold, entries=entries + turned)).verdict == "against"


def test_knowledge_that_came_after_the_first_sale_is_not_knowledge_before_it(told_and_untold: Journal) -> None:
    late = tuple(
        e.model_copy(update={"date": date(2027, 8, 1)}) if e.channel == "trade_fair" else e
        for e in told_and_untold.entries
    )
    journal = replace(told_and_untold, entries=late)
    assert of("P2", journal).agree == 4, "no market was known before: half of them did badly, as it says"
    after, before = of("P8", journal), of("P8", told_and_untold)
    assert (after.agree, after.verdict) == (8, "for") and before.agree == 4


def test_where_all_was_known_or_all_went_well_nothing_can_be_told(told_and_untold: Journal) -> None:
    known = tuple(entry("trade_fair", m, knowledge=("market",)) for m in MARKETS)
    everywhere = of("P2", replace(told_and_untold, entries=known + expecting(*MARKETS)))
    assert everywhere.verdict == "mixed" and everywhere.more is None and "nor would more" in everywhere.says
    well = tuple(result(m, 9_000.0) for m in MARKETS)
    assert of("P2", replace(told_and_untold, results=well)).verdict == "mixed"


def test_knowledge_from_inside_and_outside_means_both(told_and_untold: Journal) -> None:
    assert of("P1", told_and_untold).agree == 4, "only outside: as good as one of them"
    inside = tuple(entry("online_research", m) for m in MARKETS[:4])
    both = of("P1", replace(told_and_untold, entries=told_and_untold.entries + inside))
    assert both.agree == 8 and both.verdict == "for"


def test_a_market_that_was_left_did_not_do_well_unless_it_was_entered_again() -> None:
    left = (result("DEU", 9_000.0), result("DEU", 9_000.0, "2027Q4", left=True))
    journal = Journal(expecting("DEU"), left)
    assert of("P2", journal).agree == 1, "not known, and left: as it says"
    again = replace(journal, results=(*left, result("DEU", 9_000.0, "2028Q2")))
    assert of("P2", again).disagree == 1


def test_what_is_believed_says_what_was_expected_where_it_is_at_hand() -> None:
    """A belief's account has ramp and partial year in it; what an owner wrote down has not."""
    belief = SimpleNamespace(
        markets=("DEU", "NLD"),
        sources=(Source(entry=1), Source(market="DEU"), Source(market="NLD")),
        share=np.array([[-5.0, 0.2, 0.0], [9.0, 0.3, -0.1]]),
    )
    journal = Journal(expecting("DEU", "NLD"), (result("DEU", 10.0), result("NLD", 9_000.0)))
    found = of("P2", journal, learnt=SimpleNamespace(potential=belief))
    assert (found.agree, found.disagree) == (1, 1), "neither was known; Germany did well, the Netherlands did not"


def test_what_the_list_of_channels_settles_no_journal_can_test() -> None:
    """Every channel agrees with the proposition by its place in the list, so its verdict is never for."""
    for one in map(channel, channel_ids()):
        assert (one.network == "external") == (one.learning == "vicarious")
    found = of("P11", Journal(tuple(entry(name) for name in channel_ids() * 5)))
    assert found.verdict == "too little" and found.more is None and found.says.startswith("No entry can tell")


# Counting.


@given(st.dictionaries(st.sampled_from(MARKETS), st.booleans(), min_size=1), st.sets(st.sampled_from(MARKETS)))
def test_chance_is_what_shuffling_would_bring(did_well: dict[str, bool], had: set[str]) -> None:
    """Second implementation: the mean agreement over every market's luck put with every market's knowledge."""
    found = paired(had, did_well)
    pairs = [(m in had) == well for m in did_well for well in did_well.values()]
    assert found.chance == pytest.approx(np.mean(pairs))
    assert found.agree + found.disagree == len(did_well)


@given(st.integers(8, 40), st.integers(0, 40))
@settings(max_examples=60)
def test_as_many_more_as_are_said_to_be_needed_do_tell(total: int, agree: int) -> None:
    asked = propositions()[4]
    agree = min(agree, total)
    found = bearing(asked, Count(agree, total - agree))
    if found.verdict == "mixed" and found.more:
        n = total + found.more
        then = round(n * agree / total)
        assert bearing(asked, Count(then, n - then)).verdict in ("for", "against")
    assert (found.more == 0) == (found.verdict in ("for", "against"))
