"""Direct labels that neither overlap each other nor hide the points: greedy placement, best candidate first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in pixels

_COMPASS = ((1, 0), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1), (0, -1), (0, 1))
BESIDE = tuple((dx * far, dy * far) for far in (10, 22, 36, 52, 70) for dx, dy in _COMPASS)
ON_TOP = ((0, 0), *((dx * far, dy * far) for far in (16, 24, 34, 46, 60, 76) for dx, dy in _COMPASS))
_ALIGN = {1: "left", 0: "center", -1: "right"}  # by the side of the point on which the label lies
LETTER = 0.53  # mean width of a letter over the font size, Helvetica


@dataclass(frozen=True, slots=True)
class Placed:
    """A placed label: middle of its left edge ``x, y``, its width, whether it needs a line to its point.

    ``align`` says which part of the text lies at :attr:`anchor`: the one next to the point, so that a wrong guess of
    the width does not part the two.
    """

    x: float
    y: float
    width: float
    led: bool
    align: str

    @property
    def anchor(self) -> float:
        """Where the text is set from."""
        return self.x + self.width * {"left": 0.0, "center": 0.5, "right": 1.0}[self.align]


def width_of(text: str, size: float) -> float:
    """Width of a text in pixels, near enough to keep labels apart."""
    return LETTER * size * len(text)


def place_texts(
    points: Sequence[Point],
    texts: Sequence[str],
    frame: Point,
    others: Sequence[Point] = (),
    size: float = 12,
) -> list[Placed]:
    """A place for the label of each point, in order of importance, inside ``frame`` (width, height) if possible.

    ``others`` are points without a label that should stay visible too.
    """
    dots = [(x - r, y - r, x + r, y + r) for r, some in ((5, points), (2.5, others)) for x, y in some]
    sizes = [(width_of(text, size), 1.3 * size) for text in texts]
    return _place(points, sizes, frame, dots, BESIDE, near=8)


def place_discs(points: Sequence[Point], diameter: float, frame: Point) -> list[Placed]:
    """A place for a disc at, or beside, each point."""
    return _place(points, [(diameter, diameter)] * len(points), frame, [], ON_TOP, near=1)


def _place(
    points: Sequence[Point],
    sizes: Sequence[Point],
    frame: Point,
    taken: list[Box],
    steps: Sequence[Point],
    near: int,
) -> list[Placed]:
    taken, out = list(taken), []
    for point, size in zip(points, sizes, strict=True):
        boxes = [_box(point, step, size) for step in steps]
        cost = [_cost(box, taken, frame) + 1e-4 * i for i, box in enumerate(boxes)]
        best = cost.index(min(cost))
        taken.append(boxes[best])
        x0, y0, x1, y1 = boxes[best]
        out.append(
            Placed(x0, (y0 + y1) / 2, x1 - x0, best >= near, _ALIGN[(steps[best][0] > 0) - (steps[best][0] < 0)])
        )
    return out


def _box(point: Point, step: Point, size: Point) -> Box:
    """The box of the given size whose nearest edge lies ``step`` from the point (its middle where a step is 0)."""
    (x, y), (dx, dy), (width, height) = point, step, size
    left = x + dx if dx > 0 else x + dx - width if dx < 0 else x - width / 2
    return left, y + dy - height / 2, left + width, y + dy + height / 2


def _cost(box: Box, taken: Sequence[Box], frame: Point) -> float:
    """Overlap in px², and far more for leaving the frame; any of either costs more than a place further off."""
    over = sum(_overlap(box, other) for other in taken)
    outside = max(0, -box[0]) + max(0, box[2] - frame[0]) + max(0, -box[1]) + max(0, box[3] - frame[1])
    return over + 1000 * outside


def _overlap(a: Box, b: Box) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0.0
