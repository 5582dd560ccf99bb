"""The picture of room: it shows the figures it is given, and tells what is sold from what is at most sold."""

from __future__ import annotations

from xml.etree import ElementTree

from beachhead.charts import theme
from beachhead.charts.numbers import short
from beachhead.charts.render import svg
from beachhead.charts.untapped import KEY, Bar, untapped

BARS = (
    Bar("Austria", 2e5, 1e6, 4e6, 5e5, True),
    Bar("Brazil", 0.0, 3e6, 9e6, 2e6, False),
    Bar("Chad", 1e4, 5e4, 9e4, 0.0, True),
)


def drawn(mark):
    return [layer for layer in untapped(BARS)["layer"] if layer["mark"]["type"] == mark]


def test_every_market_has_its_own_figures():
    [bars], [ticks] = drawn("rule"), drawn("tick")
    rows = {row["market"]: row for row in bars["data"]["values"]}
    assert [rows[b.name]["predicted"] for b in BARS] == [b.predicted for b in BARS]
    assert [rows[b.name]["high"] for b in BARS] == [b.high for b in BARS]
    assert rows["Austria"]["low"] == 2e5 and rows["Austria"]["label"] == short(1e6)
    assert ticks["encoding"]["x"]["field"] == "predicted"


def test_a_dot_is_filled_if_sold_hollow_if_at_most_and_missing_if_nothing_is_sold():
    filled, hollow = drawn("point")
    assert [row["market"] for row in filled["data"]["values"]] == ["Austria"]
    assert [row["market"] for row in hollow["data"]["values"]] == ["Brazil"]
    assert (filled["mark"]["fill"], hollow["mark"]["fill"]) == (theme.BAND, theme.PAPER)


def test_nothing_lies_off_the_axis():
    low, high = drawn("rule")[0]["encoding"]["x"]["scale"]["domain"]
    for layer in untapped(BARS)["layer"]:
        for row in layer["data"]["values"]:
            assert low <= row["low"] <= row["high"] <= high and low <= row["sold"] <= high


def test_the_picture_is_well_formed_and_says_how_to_read_it():
    text = svg(untapped(BARS), "untapped", "Room", "What could be sold and what is.")
    root = ElementTree.fromstring(text)
    words = "".join(root.itertext())
    assert KEY in words and all(bar.name in words for bar in BARS)
    assert text == svg(untapped(BARS), "untapped", "Room", "What could be sold and what is.")
