"""A workspace keeps what it is told: in a folder and in PostgreSQL alike, nothing is ever changed or lost."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store.journals import Named, child, entries, numbered, plain, reported, results

from beachhead.errors import BeachheadError, InputError
from beachhead.learn.journal import EMPTY, Entry, Result
from beachhead.learn.result import Revision, Source
from beachhead.store.connect import writing
from beachhead.store.workspace import Chosen, exists, open_workspace, rename

# one workspace is filled by all examples of a test: what an example adds follows what is there
FILLED = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
FIRM, OTHER = Named("Tamarind Apps"), Named("Kapok Tools")


@pytest.fixture(scope="module")
def settled(any_place):
    """A workspace that all tests share which try in vain to change it; and what it holds."""
    with open_workspace(any_place, FIRM, create=True) as opened:
        opened.add([plain(), plain("again", supersedes=1)])
        opened.add_results([Result(market="DEU", quarter="2025Q1", sales_usd=3.0)])
        opened.hold("a")
        yield opened, (opened.history(), opened.journal())


@pytest.fixture
def workspace(place):
    with open_workspace(place, FIRM, create=True) as opened:
        yield opened


# --- what is written can be read ----------------------------------------------------------------------------------


@FILLED
@given(added=st.lists(entries(), max_size=5))
def test_entries_come_back_as_they_were_with_numbers_that_count_on(workspace, added):
    before = workspace.history().entries
    ids = workspace.add(added)
    after = workspace.history().entries
    assert ids == tuple(range(len(before) + 1, len(before) + len(added) + 1))
    assert after[: len(before)] == before
    assert [one.model_copy(update={"id": 0}) for one in after[len(before) :]] == added
    assert tuple(one.id for one in after) == tuple(range(1, len(after) + 1))


@FILLED
@given(added=st.lists(results, max_size=6))
def test_the_later_result_of_a_market_and_quarter_stands(workspace, added):
    workspace.add_results(added)
    history = workspace.history().results
    assert [one.model_copy(update={"id": 0}) for one in history[len(history) - len(added) :]] == added
    latest = {(one.quarter, one.market): one for one in history}
    assert workspace.journal().results == tuple(latest[key] for key in sorted(latest))


def test_a_correction_takes_the_place_and_the_old_entry_stays_to_be_seen(workspace):
    workspace.add([plain("a"), plain("b"), plain("c")])
    assert workspace.supersede(1, plain("a again")) == 4
    assert workspace.supersede(4, plain("a once more")) == 5
    assert [(one.id, one.finding) for one in workspace.journal().entries] == [(2, "b"), (3, "c"), (5, "a once more")]
    assert [one.id for one in workspace.history().entries] == [1, 2, 3, 4, 5]
    for number in (1, 4, 5):
        assert [one.id for one in workspace.thread(number)] == [1, 4, 5]
    assert [one.id for one in workspace.thread(2)] == [2]


@pytest.mark.parametrize(("number", "said"), [(1, "superseded already, by entry 2"), (9, "are 1 to"), (5, "are 1 to")])
def test_what_cannot_be_superseded_is_refused_and_nothing_is_written(workspace, number, said):
    workspace.add([plain("a")])
    workspace.supersede(1, plain("b"))
    before = workspace.history()
    with pytest.raises(InputError, match=said):
        workspace.supersede(number, plain("c"))
    with pytest.raises(InputError, match=said):  # a good one beside it is not written either
        workspace.add([plain("d"), plain("c", supersedes=number)])
    assert workspace.history() == before


def test_the_same_correction_twice_is_refused_when_added_and_known_when_imported(workspace):
    workspace.add([plain("a"), plain("b", supersedes=1)])
    with pytest.raises(InputError, match="superseded already"):
        workspace.supersede(1, plain("b"))
    assert workspace.add_new([(2, plain("b", supersedes=1))]).already == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": "trade_fare"}, "channel"),
        ({"markets": ("XXX",)}, "markets"),
        ({"markets": ("DEU", "DEU")}, "markets"),
        ({"estimate_usd": 5.0}, "markets"),
        ({"markets": ("DEU",), "says": "better", "than": "DEU"}, "than"),
        ({"markets": ("DEU",), "says": "better", "than": "ZZZ"}, "than"),
        ({"markets": ("DEU",), "than": "NLD"}, "than"),
        ({"markets": ("DEU",), "says": "better", "estimate_usd": 5.0}, "says"),
        ({"markets": ("DEU",), "chance": 0.2}, "chance"),
        ({"markets": ("DEU",), "chance": 1.0, "about": "hazard"}, "chance"),
        ({"markets": ("DEU",), "estimate_usd": 5.0, "about": "hazard"}, "estimate_usd"),
        ({"finding": " \n"}, "finding"),
        ({"finding": "a\x00b"}, "finding"),
        ({"who": "a\nb"}, "who"),
    ],
)
def test_what_makes_no_sense_gets_in_by_no_way(settled, changes, field):
    workspace, before = settled
    with pytest.raises(InputError) as error:
        workspace.add([plain("good"), plain(**changes)])
    assert [fault.field for fault in error.value.faults] == [field]
    assert (workspace.history(), workspace.journal()) == before


def test_an_unknown_channel_names_the_nearest(settled):
    with pytest.raises(InputError, match="trade_fair"):
        settled[0].add([plain(channel="trade_fare")])


def test_what_was_expected_is_taken_down_only_where_it_is_meant(workspace):
    better = {"markets": ("DEU", "NLD"), "says": "better"}
    believed = {"DEU": 1e4, "NLD": 1e6, "AUT": 5.0}
    said = [plain(**better), plain(**better, expected_usd=7.0), plain(**better, than="AUT"), plain(markets=("AUT",))]
    workspace.add([*said, plain(**better, about="hazard"), plain(markets=("FRA",), says="worse")], believed=believed)
    found = [one.expected_usd for one in workspace.journal().entries]
    assert found == [pytest.approx(1e5), 7.0, None, None, None, None]


# --- what is there already ------------------------------------------------------------------------------------------


@FILLED
@given(data=st.data())
def test_importing_adds_what_is_new_and_equal_rows_of_one_file_are_two(workspace, data):
    few = data.draw(st.lists(entries(), min_size=1, max_size=3))
    rows = data.draw(st.lists(st.sampled_from(few), max_size=8))
    before = Counter(one.model_copy(update={"id": 0}).model_dump_json() for one in workspace.entries())
    wanted = before | Counter(one.model_dump_json() for one in rows)
    added = workspace.add_new(enumerate(rows, 2))
    after = Counter(one.model_copy(update={"id": 0}).model_dump_json() for one in workspace.entries())
    assert after == wanted
    assert (added.count, added.already) == ((after - before).total(), len(rows) - (after - before).total())
    assert workspace.add_new(enumerate(rows, 2)).count == 0


def test_a_file_with_numbers_of_its_own_keeps_its_corrections(workspace):
    """Numbers 1, 2, 3 of the file are 2, 3, 4 here; each correction finds what it corrects."""
    workspace.add([plain("before")])
    rows = numbered([plain("a"), plain("b", supersedes=1), plain("c", supersedes=2)])
    assert workspace.add_new(enumerate(rows, 2)).count == 3
    assert [(one.id, one.supersedes) for one in workspace.history().entries] == [(1, None), (2, None), (3, 2), (4, 3)]
    assert workspace.add_new(enumerate(rows, 2)).already == 3


def test_every_correction_that_finds_nothing_is_named_with_its_line_and_nothing_is_kept(workspace):
    rows = [(2, plain("a")), (3, plain("b", supersedes=7)), (4, plain("c", supersedes=8))]
    with pytest.raises(InputError) as error:
        workspace.add_new(rows)
    assert [fault.field for fault in error.value.faults] == ["line 3, supersedes", "line 4, supersedes"]
    assert workspace.count() == 0


def test_a_dry_run_says_what_would_be_added_and_keeps_nothing(workspace):
    workspace.add([plain("a")])
    added = workspace.add_new(enumerate([plain("a"), plain("b")], 2), dry_run=True)
    assert (added.count, added.already, workspace.count()) == (1, 1, 1)


def test_entries_are_chosen_by_channel_market_and_day(workspace):
    workspace.add(
        [
            plain("a", markets=("DEU", "NLD")),
            plain("b", markets=("NLD",), channel="trade_fair"),
            plain("c", markets=("DEU",), date="2025-06-01"),
            plain("d", supersedes=3),
        ]
    )
    asked = [Chosen(market="DEU"), Chosen(market="DEU", superseded=True), Chosen(channel="trade_fair")]
    asked += [Chosen(since=plain(date="2025-06-01").date, superseded=True), Chosen(market="DE"), Chosen()]
    assert [[one.finding for one in workspace.entries(chosen)] for chosen in asked] == [
        ["a"],
        ["a", "c"],
        ["b"],
        ["c"],
        [],
        ["a", "b", "d"],
    ]
    assert [workspace.count(chosen) for chosen in asked] == [1, 2, 1, 1, 0, 3]


# --- decisions, revisions, plans ------------------------------------------------------------------------------------


def test_the_latest_decision_on_an_assumption_counts(workspace):
    workspace.hold("a.b")
    workspace.hold("c.d")
    workspace.release("a.b")
    assert workspace.journal().held == {"c.d"}
    workspace.hold("a.b")
    assert workspace.journal().held == {"a.b", "c.d"}


def test_revisions_and_plans_come_back_as_they_were(workspace):
    revision = Revision(
        "x.y", "Noise", "ln", 0.1, 0.2, 0.3, 0.05, 4, (Source(3), Source(market="DEU")), held=False, carried=True
    )
    assert workspace.revisions() == () and workspace.last_plan() is None
    workspace.add_revisions("2026Q1", [revision, revision])
    assert workspace.revisions() == (("2026Q1", revision),) * 2
    documents = [{"schema": "s", "z": [1.5, None, "ü"], "a": {"b": True}}, {"n": 0.1 + 0.2}]
    assert [workspace.save_plan(one, f"2026Q{k}") for k, one in enumerate(documents, 1)] == [1, 2]
    assert workspace.plans() == ((1, "2026Q1"), (2, "2026Q2"))
    assert workspace.last_plan() == documents[1] and list(workspace.plan(1)) == ["schema", "z", "a"]
    assert workspace.plan(3) is None


# --- the database itself keeps watch --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET finding = 'x'",
        "DELETE FROM entry",
        "UPDATE result SET sales_usd = 1",
        "DELETE FROM result",
        "UPDATE firm SET name = 'x'",
        "DELETE FROM firm",
        "INSERT INTO hold VALUES (1, 5, 'a', TRUE, 'd')",
        "INSERT INTO hold VALUES (1, 1, 'a', TRUE, 'd')",
        "INSERT INTO firm VALUES ('Tamarind Apps', 2)",
    ],
)
def test_the_database_refuses_to_change_delete_or_leave_out(settled, statement):
    workspace, before = settled
    replacing = [statement.replace("INSERT", "INSERT OR REPLACE")] if workspace.engine.dialect.name == "sqlite" else []
    for one in (statement, *replacing):
        with pytest.raises(sa.exc.DBAPIError), writing(workspace.engine) as connection:
            connection.exec_driver_sql(one)
    assert (workspace.history(), workspace.journal()) == before


def test_postgresql_refuses_to_empty_a_table(postgres_place):
    with open_workspace(postgres_place, FIRM, create=True) as workspace:
        workspace.add([plain()])
        with pytest.raises(sa.exc.DBAPIError, match="never changed"), writing(workspace.engine) as connection:
            connection.exec_driver_sql("TRUNCATE entry")
        assert workspace.count() == 1


# --- firms ----------------------------------------------------------------------------------------------------------


def test_a_database_keeps_firms_apart(postgres_place):
    with (
        open_workspace(postgres_place, FIRM, create=True) as ours,
        open_workspace(postgres_place, OTHER, create=True) as theirs,
    ):
        assert (ours.add([plain("a"), plain("b")]), theirs.add([plain("c")])) == ((1, 2), (1,))
        assert [one.finding for one in theirs.journal().entries] == ["c"]
        with pytest.raises(InputError, match="no entry of this firm"):
            theirs.supersede(2, plain("d"))
        theirs.hold("x")
        assert ours.journal().held == frozenset()
    with open_workspace(postgres_place, Named("Unheard of")) as third:
        assert third.journal() == EMPTY
        with pytest.raises(InputError, match="nothing is kept of this firm yet"):
            third.add([plain()])


def test_a_folder_is_one_firms_and_goes_on_under_its_new_name(tmp_path):
    place = str(tmp_path / "x.beachhead")
    with open_workspace(place, FIRM, create=True) as workspace:
        workspace.add([plain()])
    for create in (False, True):
        with pytest.raises(InputError, match=r"that of 'Tamarind Apps'.*--was"):
            open_workspace(place, OTHER, create=create)
    with pytest.raises(InputError, match="no firm of that name"):
        rename(place, "Nobody", OTHER.name)
    rename(place, FIRM.name, OTHER.name)
    for firm in (FIRM, OTHER):
        with open_workspace(place, firm) as workspace:
            assert workspace.count() == 1


def test_there_is_none_before_one_is_begun(place):
    assert not exists(place)
    with pytest.raises(InputError, match="there is none yet"):
        open_workspace(place, FIRM)
    assert not exists(place)
    open_workspace(place, FIRM, create=True)
    assert exists(place)


# --- many at once ---------------------------------------------------------------------------------------------------


def test_many_that_begin_and_write_at_once_number_without_a_gap_and_lose_nothing(place):
    def write(name):
        def work(report):
            for k in range(8):
                with open_workspace(place, FIRM, create=True) as workspace:
                    report(f"{workspace.add([plain(f'{name} {k}')])[0]} {name} {k}")

        return work

    writers = [child(write(name)) for name in "abcd"]
    said = [line.split(" ", 1) for writer in writers for line in reported(*writer)]
    with open_workspace(place, FIRM) as workspace:
        found = {str(one.id): one.finding for one in workspace.entries()}
    assert sorted(map(int, found)) == list(range(1, 33))
    assert dict(said) == found


def test_a_reader_sees_one_state_while_another_writes(workspace, place):
    """What is read, is of one moment: entries come in pairs, and none is ever seen without the other."""

    def work(report):
        with open_workspace(place, FIRM) as other:
            for k in range(40):
                other.add([plain(f"{k} a"), plain(f"{k} b")])
                report(k)

    writer = child(work)
    counts = []
    while not counts or counts[-1] < 40:
        counts.append(len(workspace.journal().entries))
    lines = reported(*writer)
    assert all(count % 2 == 0 for count in counts) and len(lines) == 40
    assert workspace.count() == 80


def test_an_entry_and_a_result_are_what_the_tables_hold():
    """A field that is added to the model and not to the tables would be lost without a word."""
    from beachhead.store import tables

    for kind, table in ((Entry, tables.entry), (Result, tables.result)):
        assert {column.name for column in table.columns} == {*kind.model_fields, "firm", "digest"}


def test_another_kind_of_database_is_refused_without_telling_the_password():
    with pytest.raises(BeachheadError, match=r"= mysql://me@host/db: only postgresql\+psycopg"):
        open_workspace("mysql://me:secret@host/db", FIRM)
