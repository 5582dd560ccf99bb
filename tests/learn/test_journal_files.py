"""The journal as files: what goes out comes in again, every fault is named with its line, memory stays small."""

from __future__ import annotations

import io
import json
import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store.journals import Named, entries, numbered, plain, results

from beachhead.errors import InputError
from beachhead.learn.journal import Entry, Result
from beachhead.learn.journal_columns import columns
from beachhead.learn.journal_files import CONTEXT, Lines, export, write_csv, write_jsonld
from beachhead.store.questions import EVERY
from beachhead.store.workspace import open_workspace

TODAY = date(2026, 6, 30)
HEADER = "date,channel,markets,knowledge,growth_path,finding,estimate_usd,sd_log,cost_usd"
ROW = "2026-05-03,trade_fair,DEU,market,,Two want samples,,,0"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("files") / "journal.csv"


def read(path, text, kind=Entry):
    path.write_text(text, encoding="utf-8", newline="")
    return [record for _, record in Lines(path, kind, TODAY)]


def faults(path, text, kind=Entry):
    with pytest.raises(InputError) as error:
        read(path, text, kind)
    assert error.value.where == str(path)
    return [(fault.field, fault.value) for fault in error.value.faults]


def as_csv(records, kind):
    file = io.StringIO(newline="")
    assert write_csv(records, kind, file) == len(records)
    return file.getvalue()


# --- CSV ------------------------------------------------------------------------------------------------------------


@given(added=st.lists(entries(), max_size=4))
def test_entries_that_are_exported_come_in_as_they_were(path, added):
    assert read(path, as_csv(numbered(added), Entry)) == numbered(added)


@given(added=st.lists(results, max_size=4))
def test_results_that_are_exported_come_in_as_they_were(path, added):
    assert read(path, as_csv(numbered(added), Result), Result) == numbered(added)


def test_an_export_gives_the_same_journal_in_an_empty_workspace(tmp_path):
    """With corrections of corrections, equal entries, and superseded ones."""
    first, second, path = (str(tmp_path / name) for name in ("a", "b", "j.csv"))
    with open_workspace(first, Named(), create=True) as one:
        one.add([plain("x", markets=("DEU",), estimate_usd=0.1 + 0.2), plain("x"), plain("x"), plain('q"u;o,t\ne')])
        one.supersede(2, plain("y"))
        one.supersede(5, plain("z"))
        export(tmp_path / "j.csv", lambda file: write_csv(one.entries(EVERY), Entry, file))
        with open_workspace(second, Named(), create=True) as other:
            assert other.add_new(Lines(tmp_path / "j.csv", Entry, TODAY)).count == 6
            assert other.history() == one.history() and other.journal() == one.journal()
        assert one.add_new(Lines(tmp_path / "j.csv", Entry, TODAY)).already == 6, path


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\n{ROW}\n",
        f"\ufeff{HEADER}\r\n{ROW}\r\n\r\n",
        f"{HEADER}\n{ROW}\n".replace(",", ";"),
        f"{HEADER}\n{ROW}\n".replace(",", "\t"),
        f"{HEADER.upper()}\n{ROW.replace('DEU', 'Germany').replace('trade_fair', 'Trade fair')}",
    ],
)
def test_files_are_read_as_spreadsheets_write_them(path, text):
    (entry,) = read(path, text)
    assert entry == plain(
        "Two want samples", date="2026-05-03", channel="trade_fair", markets=("DEU",), knowledge=("market",)
    )


def test_markets_may_be_names_and_sums_may_be_short(path):
    row = '2026-05-03,trade_fair,"Germany, Austria;NLD",,,x,120k,0.3,"1,500"'
    (entry,) = read(path, f"{HEADER}\n{row}")
    assert (entry.markets, entry.estimate_usd, entry.cost_usd) == (("DEU", "AUT", "NLD"), 120_000.0, 1500.0)


def test_every_fault_of_a_file_is_named_with_its_line(path):
    rows = [
        ROW,
        "2026-07-01,trade_fare,DEU;XXX,market,,x,,,0",  # future, channel, market
        '2026-05-03,trade_fair,DEU,market,,"two\nlines",,,0',
        "03.05.2026,trade_fair,DEU,taste,sideways,,a lot,9,-1",  # all of the wrong form
        "2026-05-03,trade_fair,,market,,x,100,,0",  # a figure of no market
    ]
    assert faults(path, "\n".join([HEADER, *rows])) == [
        ("line 3, date", "2026-07-01"),
        ("line 3, channel", "trade_fare"),
        ("line 3, markets", "XXX"),
        ("line 6, date", "03.05.2026"),
        ("line 6, knowledge", "taste"),
        ("line 6, growth_path", "sideways"),
        ("line 6, finding", ""),
        ("line 6, estimate_usd", "a lot"),
        ("line 6, sd_log", "9.0"),
        ("line 6, cost_usd", "-1.0"),
        ("line 7, markets", ""),
    ]


def test_faults_of_results_are_named_too(path):
    text = "market,quarter,sales_usd,cost_usd,left\nGermani,2026Q9,-3,0,perhaps\nDEU,2026,1,0,\nDEU,2026Q3,1,0,"
    assert faults(path, text, Result) == [
        ("line 2, market", "Germani"),
        ("line 2, quarter", "2026Q9"),
        ("line 2, sales_usd", "-3.0"),
        ("line 2, left", "perhaps"),
        ("line 3, quarter", "2026"),
        ("line 4, quarter", "2026Q3"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("header", "")] * 9),
        ("date,channel\n", [("header", "")] * 7),
        (f"{HEADER},modes,date\n", [("header", "modes"), ("header", "date")]),
        (f"{HEADER}\n{ROW},,,\n", [("line 2", "")]),
        (f'{HEADER}\n{ROW}\n2026-05-03,trade_fair,DEU,,,"x,,,0\n{ROW}\n', [("line 3", "")]),
    ],
)
def test_what_is_no_such_table_is_told(path, text, found):
    assert faults(path, text) == found


def test_a_column_that_is_nearly_right_is_named(path):
    with pytest.raises(InputError, match='did you mean "estimate_usd"'):
        read(path, HEADER.replace("estimate_usd", "estimated_usd") + "\n")


@pytest.mark.parametrize(
    ("content", "said"), [(b"\xff\xfe" + "date".encode("utf-16-le"), "UTF-8"), (None, "cannot be read")]
)
def test_what_is_no_text_or_no_file_is_told(tmp_path, content, said):
    if content is not None:
        (tmp_path / "j.csv").write_bytes(content)
    with pytest.raises(InputError, match=said):
        Lines(tmp_path / "j.csv", Entry, TODAY).check()


# --- JSON-LD --------------------------------------------------------------------------------------------------------


@given(said=st.lists(entries(), max_size=3), sold=st.lists(results, max_size=3))
def test_json_ld_says_all_that_the_journal_says_in_known_terms(said, sold):
    """Every key is a keyword or a term of the context (or of the vocabulary for the rest); all values are there."""
    said, sold, file = numbered(said), numbered(sold), io.StringIO()
    assert write_jsonld("Käse & Co", said, sold, file) == len(said) + len(sold)
    document = json.loads(file.getvalue())
    assert document["@context"] == CONTEXT and document["firm"] == "Käse & Co"
    base = "urn:beachhead:K%C3%A4se%20%26%20Co:"
    for nodes, kind, records in (("entries", Entry, said), ("results", Result, sold)):
        assert [node["@id"] for node in document[nodes]] == [
            f"{base}{kind.__name__.lower()}:{one.id}" for one in records
        ]
        assert [read_back(node, kind) for node in document[nodes]] == records


def read_back(node, kind):
    """A record from its node, by what the context says of each term."""
    said = {name: value for name, value in node.items() if not name.startswith("@")}
    assert all(name in CONTEXT or name.isidentifier() for name in said)
    if kind is Entry:
        said["channel"] = said["channel"].removeprefix("channels:")
        if "supersedes" in said:
            said["supersedes"] = int(said["supersedes"].rpartition(":")[2])
    return kind.model_validate(said)


# --- writing --------------------------------------------------------------------------------------------------------


def test_an_export_is_whole_or_not_there_and_replaces_only_what_it_may(tmp_path):
    path = tmp_path / "j.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="--force"):
        export(path, lambda file: file.write("new"))

    def fail(file):
        file.write("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left"):
        export(path, fail, force=True)
    assert path.read_text(encoding="utf-8") == "mine" and list(tmp_path.iterdir()) == [path]
    assert export(path, lambda file: file.write("new"), force=True) == 3
    assert path.read_text(encoding="utf-8") == "new"
    with pytest.raises(InputError, match="cannot be written"):
        export(tmp_path / "nowhere" / "j.csv", lambda file: file.write("new"))


def peak(folder, rows: int) -> float:
    """MB that Python holds at most while a journal of so many long entries goes in, is read, and goes out."""
    path, long = folder / "j.csv", "word " * 390
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER + "\n")
        file.writelines(f"2026-05-03,trade_fair,DEU,market,,{k} {long},,,0\n" for k in range(rows))
    with open_workspace(str(folder), Named(), create=True) as journal:
        tracemalloc.start()
        assert journal.add_new(Lines(path, Entry, TODAY)).count == rows
        assert sum(1 for _ in journal.entries()) == rows
        assert export(folder / "o.csv", lambda file: write_csv(journal.entries(EVERY), Entry, file)) == rows
        assert export(folder / "o.json", lambda file: write_jsonld("X", journal.entries(EVERY), (), file)) == rows
        highest = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
    return highest


def test_memory_does_not_grow_with_the_journal(tmp_path_factory):
    """1.2 MB more of entries take far less than that."""
    _, short, long = (
        peak(tmp_path_factory.mktemp("long"), rows) for rows in (10, 1000, 2000)
    )  # the first fills caches
    assert long - short < 0.4


def test_the_methods_page_explains_every_column():
    """The tables of docs/methods/journal.md say of each column what the program says of it."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "methods" / "journal.md").read_text(encoding="utf-8")
    for of, kind in (("entry", Entry), ("result", Result)):
        assert set(columns(of)) == set(kind.model_fields)
        for column in columns(of).values():
            assert f"| **{column.name}** | {'yes' if column.required else ''} | {column.what} |" in page
