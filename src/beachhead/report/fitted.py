"""A table on the terminal that breaks no word: where its columns do not fit, its rows stand one below the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

LONGEST = 30  # letters of a word that may not be broken; a longer one is no word
EDGE, GAP = 2, 3  # columns of the terminal around the table and between two of its columns


@dataclass(frozen=True, slots=True)
class Fitted:
    """A plain table. ``right``: whether a column is set flush right; ``whole``: whether its cells stay on one line."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    whole: tuple[bool, ...]
    title: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Side by side if no word breaks, else one row below the other."""
        columns = list(zip(self.heads, *self.rows, strict=True))
        room = options.max_width - EDGE - GAP * (len(columns) - 1)
        least = [max(map(_longest, column)) for column in columns]
        full = [max(map(_lines_width, column)) for column in columns]
        least = [most if keep else less for keep, less, most in zip(self.whole, least, full, strict=True)]
        name = min(LONGEST, full[0])  # on one line if there is room for it
        for tried in ([max(name, least[0]), *least[1:]], least):
            if sum(tried) <= room:
                yield self._side_by_side(widths(tried, full, room))
                return
        yield from self._stacked()

    def _side_by_side(self, sizes: Sequence[int]) -> Table:
        shown = Table(
            box=SIMPLE_HEAD,
            pad_edge=False,
            show_header=any(self.heads),
            title=self.title or None,
            title_justify="left",
            title_style="bold",
        )
        for name, right, size in zip(self.heads, self.right, sizes, strict=True):
            shown.add_column(name, justify="right" if right else "left", overflow="fold", width=size)
        for row in self.rows:
            shown.add_row(*map(Text, row))
        return shown

    def _stacked(self) -> Iterator[RenderableType]:
        if self.title:
            yield Text(self.title, style="bold")
        for row in self.rows:
            yield Text(f"{self.heads[0]} {row[0]}" if self.right[0] else row[0] or self.heads[0])
            named = ((head, cell) for head, cell in zip(self.heads[1:], row[1:], strict=True) if cell)
            yield Padding(Text(" · ".join(f"{head}: {cell}" if head else cell for head, cell in named)), (0, 0, 0, 2))
        yield Text()


def widths(least: Sequence[int], full: Sequence[int], room: int) -> list[int]:
    """Widths of columns, (K,), in letters: from ``least`` on, the column that needs most lines is widened, until each
    has what it needs in ``full`` or all together fill the ``room``. ``0 < sum(least) <= room``."""
    found = [max(1, size) for size in least]
    for _ in range(room - sum(found)):
        narrow = [k for k in range(len(found)) if found[k] < full[k]]
        if narrow:
            found[max(narrow, key=lambda k: full[k] / found[k])] += 1
    return found


def _longest(text: str) -> int:
    return min(LONGEST, max(map(cell_len, text.split()), default=0))


def _lines_width(text: str) -> int:
    return max(map(cell_len, text.split("\n")))
