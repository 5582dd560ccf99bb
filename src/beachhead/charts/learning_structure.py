"""How small firms were found to learn, as one picture: what they did → theme → network → way of learning.

The data structure of the source study (:data:`beachhead.learn.channels.STUDY`), drawn from ``learn/channels.csv`` and
``learn/structure.csv``: change a row there, and the picture follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from beachhead.charts import theme
from beachhead.charts.figure import Figure
from beachhead.learn.channels import STUDY, Channel, Finding, channel, findings, found_at
from beachhead.learn.needs import paths

ROW, HEADING, TOP, HIGH, SIZE = 27.0, 48.0, 22.0, 10.0, 12  # px; HIGH: half the height of a box
HEADS = ("What firms did", "Theme", "Network", "Way of learning")
LEFT, RIGHT = (0.0, 395.0, 615.0, 745.0), (350.0, 565.0, 695.0, 850.0)  # edges of the boxes of each level, px
COLOURS = {"vicarious": theme.PHASES[2], "congenital": theme.PHASES[0], "experiential": theme.PHASES[1]}
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A box of one level, 0 (what firms did) to 3 (way of learning), with its words and the height of its middle."""

    level: int
    text: str
    y: float


@dataclass(frozen=True, slots=True)
class Link:
    """A line from a box of one level, at height ``y``, to one of the next, at ``to``, for one way of learning."""

    level: int
    y: float
    to: float
    way: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that is drawn. ``headings``: name and height of each growth path."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    headings: tuple[tuple[str, float], ...]
    height: float


def learning_structure() -> Figure:
    """The picture; it is the same for every firm."""
    drawing = laid_out()
    spec = theme.chart({"layer": _layers(drawing)}, int(RIGHT[-1]), int(drawing.height))
    spec["config"] = {**spec["config"], "background": theme.PAPER}  # it stands alone, on whatever page
    return Figure(
        name="learning-structure",
        title="How small firms were found to learn",
        says=" ".join(_said()),
        caption=f"Read from left to right. Categories: {STUDY}; words of our own.",
        spec=spec,
    )


def _said() -> Iterator[str]:
    for path in paths():
        found = [channel(one.channel) for one in found_at(path.id)]
        by_way = {way: [one.name.lower() for one in found if one.learning == way] for way in COLOURS}
        yield f"{path.name}: " + "; ".join(f"{way}: {', '.join(names)}" for way, names in by_way.items() if names) + "."


def laid_out() -> Drawing:
    """Where everything stands, path below path."""
    boxes: list[Box] = []
    links: list[Link] = []
    headings: list[tuple[str, float]] = []
    y = TOP
    for path in paths():
        rows = [one for one in findings() if one.growth_path == path.id]
        headings.append((path.name, y + HEADING - ROW))
        heights = [y + HEADING + ROW * k for k in range(len(rows))]
        boxes += _boxes(rows, heights)
        links += _links(rows, heights)
        y = heights[-1] + ROW
    return Drawing(tuple(boxes), tuple(links), tuple(headings), y)


def _keys(row: Finding) -> tuple[Key, ...]:
    """What the box of a row is known by, level by level; the last word is the one written in it."""
    source: Channel = channel(row.channel)
    return (row.channel, row.code), (source.theme,), (source.network,), (source.network, source.learning)


def _heights(rows: Sequence[Finding], heights: Sequence[float]) -> list[dict[Key, float]]:
    """Height of every box of each level: the middle of the rows that lead to it."""
    found: list[dict[Key, list[float]]] = [{} for _ in HEADS]
    for row, height in zip(rows, heights, strict=True):
        for level, key in enumerate(_keys(row)):
            found[level].setdefault(key, []).append(height)
    return [{key: mean(at) for key, at in level.items()} for level in found]


def _boxes(rows: Sequence[Finding], heights: Sequence[float]) -> list[Box]:
    places = _heights(rows, heights)
    return [Box(level, key[-1], y) for level, at in enumerate(places) for key, y in at.items()]


def _links(rows: Sequence[Finding], heights: Sequence[float]) -> list[Link]:
    places = _heights(rows, heights)
    links = [
        Link(level, places[level][here], places[level + 1][there], channel(row.channel).learning)
        for row in rows
        for level, (here, there) in enumerate(zip(_keys(row), _keys(row)[1:], strict=False))
    ]
    return list(dict.fromkeys(links))


def _layers(drawing: Drawing) -> list[dict[str, Any]]:
    x: dict[str, Any] = {"type": "quantitative", "axis": None, "scale": {"domain": [0, RIGHT[-1]], "nice": False}}
    y = {**x, "scale": {"domain": [0, drawing.height], "reverse": True, "nice": False}}
    across, down = {"field": "x", **x}, {"field": "y", **y}
    scale = {"domain": list(COLOURS), "range": list(COLOURS.values())}
    colour = {"field": "way", "type": "nominal", "scale": scale, "legend": None}
    ends = {"x": across, "y": down, "x2": {"field": "x2"}, "y2": {"field": "y2"}}
    line = {"type": "rule", "strokeWidth": 1.4, "opacity": 0.75}
    box = {"type": "rect", "fill": theme.PAPER, "stroke": theme.LINE, "cornerRadius": 3, "opacity": 1}
    words = {"text": {"field": "text", "type": "nominal"}, "x": across, "y": down}
    write = {"type": "text", "align": "left", "fontSize": SIZE, "color": theme.INK}
    return [
        theme.layer([_line(link) for link in drawing.links], line, **ends, color=colour),
        theme.layer([_frame(one) for one in drawing.boxes], box, **ends),
        theme.layer([_words(one) for one in drawing.boxes], write, **words),
        theme.layer(_above(drawing), {**write, "fontWeight": "bold"}, **words),
        theme.layer(_columns(), {**write, "color": theme.FAINT}, **words),
    ]


def _line(link: Link) -> dict[str, Any]:
    return {"x": RIGHT[link.level], "y": link.y, "x2": LEFT[link.level + 1], "y2": link.to, "way": link.way}


def _frame(box: Box) -> dict[str, Any]:
    return {"x": LEFT[box.level], "x2": RIGHT[box.level], "y": box.y - HIGH, "y2": box.y + HIGH}


def _words(box: Box) -> dict[str, Any]:
    return {"x": LEFT[box.level] + 7, "y": box.y, "text": box.text[:1].upper() + box.text[1:]}


def _above(drawing: Drawing) -> list[dict[str, Any]]:
    return [{"x": 0.0, "y": y, "text": name} for name, y in drawing.headings]


def _columns() -> list[dict[str, Any]]:
    return [{"x": x, "y": TOP / 2, "text": head} for x, head in zip(LEFT, HEADS, strict=True)]
