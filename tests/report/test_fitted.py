"""Tables on the terminal: no word, id or figure is broken, however narrow the window."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from beachhead.cli.console import table
from beachhead.report.fitted import widths

HEADS = ("Assumption", "Before", "Evidence")
ROWS = [("trade_fair.noise_sd", "1 ±0.29", "1 figure: entry 7"), ("ramp_2", "0.35 ±0.14", "results in Germany")]


def shown(width, heads=HEADS, rows=ROWS):
    console = Console(file=io.StringIO(), width=width)
    console.print(table(heads, rows, right=("Before",)))
    return console.file.getvalue()


@pytest.mark.parametrize("width", [40, 60, 80, 96])
def test_words_stay_whole_and_lines_fit(width):
    said = shown(width)
    assert max(map(len, said.splitlines())) <= width
    for word in (word for row in ROWS for cell in row for word in cell.split()):
        assert word in said


def test_where_columns_do_not_fit_each_row_names_its_cells():
    assert "trade_fair.noise_sd" in shown(30).splitlines() and "Before: 1 ±0.29" in shown(30)


def test_text_that_looks_like_markup_stays_text():
    assert "[bold]x[/bold]" in shown(60, ("A", "Before"), [("[bold]x[/bold]", "1")])


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 90)), min_size=1, max_size=8), st.integers(0, 200))
def test_columns_get_what_they_need_or_fill_the_room(sizes, spare):
    least, full = [less for less, _ in sizes], [less + more for less, more in sizes]
    room = sum(least) + spare
    found = widths(least, full, room)
    assert all(less <= got <= most for less, got, most in zip(least, found, full, strict=True))
    assert sum(found) == min(room, sum(full))
