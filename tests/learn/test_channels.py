"""Channels: the study's categories as they were found, numbers that hang together, and a picture of the whole."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import get_args
from xml.etree import ElementTree

import pytest

from beachhead.assumptions import Assumptions, packaged
from beachhead.charts.learning_structure import HIGH, LEFT, RIGHT, ROW, SIZE, laid_out, learning_structure
from beachhead.charts.render import svg
from beachhead.errors import InputError
from beachhead.learn.channels import (
    Learning,
    Network,
    brings,
    channel,
    channel_ids,
    channels,
    findings,
    found_at,
    numbers,
)
from beachhead.learn.journal import GROWTH_PATHS, KNOWLEDGE
from beachhead.learn.needs import needs, paths

PEERS = "peers_consulted", "competitors_observed"
# Table 3 of the study, row by row: growth path, sources, kinds of knowledge where the row names them.
TABLE_3 = {
    "geographic_diversification": {
        "peers_consulted": {"product", "market"},
        "competitors_observed": {"market", "international"},
        "industry_association": {"product", "international", "market"},
        "trade_fair": {"market", "international"},
        "trade_mission": {"market", "international"},
        "prior_experience": {"international", "market"},
        "first_client": {"international", "market", "product"},  # section 4.1.2; the row names none
        "friends_family": {"international", "market", "product"},
        "online_research": {"international", "market"},
        "trial_and_error": {"international", "market"},
    },
    "market_penetration": {
        "international_client": {"product", "market"},
        "competitors_observed": {"product", "market"},
        "peers_consulted": {"product"},
        "online_research": {"product", "market"},  # section 4.2.2: products, and what clients value
        "trial_and_error": {"product"},
    },
    "product_development": {
        "foreign_partner": {"market", "product", "international"},  # "resource adaptation" is international (section 5)
        "industry_expert": {"market", "product"},
        "prior_experience": {"product", "market"},
        "research_development": {"product"},
    },
}


def test_channels_are_found_where_the_study_found_them_and_bring_what_it_says() -> None:
    for path in paths():
        assert {one.channel: set(one.knowledge) for one in found_at(path.id)} == TABLE_3[path.id]


def test_each_channel_says_in_one_row_what_its_findings_say_together() -> None:
    for one in channels():
        seen = [found for found in findings() if found.channel == one.id]
        assert {kind for found in seen for kind in found.knowledge} == set(one.knowledge), one.id
        assert {found.growth_path for found in seen} == set(one.growth_paths), one.id
        assert not set(one.growth_paths) & (set(one.mentioned) | set(one.not_found)), one.id


def test_inside_and_outside_and_the_ways_of_learning_are_the_studys() -> None:
    """Outside sources teach by what others did; what was known at birth and what is done oneself come from inside."""
    ways = Counter((one.network, one.learning) for one in channels())
    assert ways == {("external", "vicarious"): 8, ("internal", "congenital"): 1, ("internal", "experiential"): 5}
    assert channel("prior_experience").learning == "congenital"


def test_fairs_and_associations_are_marked_as_not_found_for_what_a_firm_sells() -> None:
    marked = {one.id: one.not_found for one in channels() if one.not_found}
    changed_or_new = ("market_penetration", "product_development")
    assert marked == {"industry_association": changed_or_new, "trade_fair": changed_or_new}
    assert "Chat groups" in channel("peers_consulted").limits


def test_words_in_the_tables_are_the_words_of_the_types() -> None:
    for one in channels():
        assert one.network in get_args(Network) and one.learning in get_args(Learning)
        assert set(one.knowledge) <= set(KNOWLEDGE)
        assert {*one.growth_paths, *one.mentioned, *one.not_found} <= set(GROWTH_PATHS)
    assert {(one.growth_path, one.knowledge) for one in needs()} == {(p, k) for p in GROWTH_PATHS for k in KNOWLEDGE}
    assert {one.part for one in needs()} == {"carries", "completes"}


def test_an_entry_brings_what_its_channel_was_found_to_bring_on_that_path() -> None:
    assert brings("peers_consulted", "market_penetration") == ("product",)
    assert set(brings("peers_consulted")) == {"product", "market"}
    assert set(brings("trade_fair", "product_development")) == {"market", "international"}, "not found there: as ever"


@pytest.mark.parametrize("name", channel_ids())
def test_every_number_of_a_channel_is_an_assumption_with_a_ground_that_a_firm_can_change(name: str) -> None:
    rows = {one.id: one for one in packaged().values() if one.id.startswith(f"{name}.")}
    assert len(rows) == 8
    assert all("Judgement" in one.ground and one.sd > 0 and one.low <= one.value <= one.high for one in rows.values())
    assert numbers(name, Assumptions({f"{name}.bias": -0.25})).bias == -0.25


def test_nearer_sources_are_more_precise_and_those_with_something_to_gain_tell_too_much() -> None:
    noise = {name: numbers(name).noise_sd for name in channel_ids()}
    bias = {name: numbers(name).bias for name in channel_ids()}
    assert min(noise, key=noise.__getitem__) == "trial_and_error", "who tries knows best"
    assert noise["foreign_partner"] < noise["trade_fair"] < noise["online_research"] < noise["friends_family"]
    assert noise["peers_consulted"] < noise["competitors_observed"], "asked is better than watched"
    assert bias["friends_family"] == max(bias.values()) and bias["competitors_observed"] > bias["peers_consulted"]
    assert min(bias.values()) >= 0, "nobody tells too little by habit"


def test_a_channel_that_is_not_known_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean trade_fair"):
        channel("Trade fairs")


# The picture.


def test_the_picture_shows_every_finding_and_leads_each_to_its_way_of_learning() -> None:
    drawing = laid_out()
    words = [Counter(box.text for box in drawing.boxes if box.level == level) for level in range(4)]
    assert words[0] == Counter(one.code for one in findings())
    assert words[2] == {"external": 3, "internal": 3}
    assert words[3] == {"vicarious": 3, "experiential": 3, "congenital": 2}
    ends = {(link.level + 1, link.to) for link in drawing.links} | {
        (0, link.y) for link in drawing.links if not link.level
    }
    assert ends == {(box.level, box.y) for box in drawing.boxes}, "no box is left alone"


def test_boxes_of_the_picture_do_not_overlap_and_hold_their_words() -> None:
    from beachhead.charts.labels import width_of

    drawing = laid_out()
    for level in range(4):
        heights = sorted(box.y for box in drawing.boxes if box.level == level)
        assert all(b - a >= 2 * HIGH for a, b in pairwise(heights))
    assert all(width_of(box.text, SIZE) + 7 < RIGHT[box.level] - LEFT[box.level] for box in drawing.boxes)
    assert drawing.height > len(findings()) * ROW


def test_the_picture_is_the_same_each_time_and_says_in_words_what_it_shows() -> None:
    figure = learning_structure()
    text = svg(figure.spec, figure.name, figure.title, figure.says)
    assert text == svg(learning_structure().spec, figure.name, figure.title, figure.says)
    shown = " ".join(ElementTree.fromstring(text).itertext())
    assert all(one.code in shown for one in findings()) and "CC BY 4.0" in figure.caption
    assert "Market penetration: vicarious: international client, competitors observed, peers consulted" in shown
