"""What was confirmed is there afterwards, whatever happens; what fails ends in a message that says what to do."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
from pathlib import Path

import pytest
from store.journals import Named, child, killed, plain, reported

from beachhead.errors import BeachheadError, InputError, UnreachableError
from beachhead.store.backup import back_up, backups, restore
from beachhead.store.check import check
from beachhead.store.place import journal_file
from beachhead.store.workspace import open_workspace

FIRM = Named()
LONG = "A long conversation. " * 90  # 1,890 characters


def written(place: str) -> list[str]:
    with open_workspace(place, FIRM) as workspace:
        assert check(workspace).troubles == ()
        return [one.finding for one in workspace.entries()]


# --- killed ---------------------------------------------------------------------------------------------------------


def test_a_writer_that_is_killed_loses_nothing_that_it_confirmed(place):
    """Pairs are written until the process is killed, again and again. No pair is halved, none that was told is gone."""
    told, dice = [], random.Random(7)
    for turn in range(12):

        def work(report, turn=turn):
            with open_workspace(place, FIRM, create=True) as workspace:
                for k in range(10_000):
                    report(f"{workspace.add([plain(f'{turn} {k} a ' + LONG), plain(f'{turn} {k} b')])[0]} {turn} {k}")

        told += killed(*child(work), dice.uniform(0.0, 0.15), begun=turn % 3 > 0)
        found = written(place) if journal_file(place).exists() or ("://" in place and told) else []
        assert [text.split(" ")[2] for text in found] == ["a", "b"] * (len(found) // 2)
        there = {str(2 * k + 1): " ".join(text.split(" ")[:2]) for k, text in enumerate(found[::2])}
        assert dict(line.split(" ", 1) for line in told).items() <= there.items()
    assert len(told) > 12


# --- no room --------------------------------------------------------------------------------------------------------


def fill(place: str) -> list[str]:
    """Write entries in lots of twenty until it fails; what was told, and the message at the end."""

    def work(report):
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
        with open_workspace(place, FIRM, create=True) as workspace:
            try:
                for k in range(100):
                    workspace.add([plain(f"{k} {LONG}") for _ in range(20)])
                    report(k)
            except BeachheadError as error:
                report(f"{error.exit_code} {error}")

    return reported(*child(work))


def test_a_limit_on_file_size_ends_in_a_message_and_nothing_is_half_written(tmp_path):
    place = str(tmp_path)
    *told, message = fill(place)
    assert message.startswith(f"2 workspace = {journal_file(place)}: ") and "try again" in message
    assert [text.split(" ")[0] for text in written(place)] == [k for k in told for _ in range(20)]
    assert len(told) > 1


def test_a_full_disk_ends_in_a_message_and_nothing_is_half_written(tmp_path):
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=900k", "none", str(place)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        *told, message = fill(str(place))
        assert message.startswith(f"2 workspace = {journal_file(str(place))}: ") and "make room" in message
        assert [text.split(" ")[0] for text in written(str(place))] == [k for k in told for _ in range(20)]
        assert len(told) > 1
    finally:
        subprocess.run(["umount", str(place)], check=True)


# --- damaged --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A workspace with entries, corrections, results and holds, and what it holds."""
    place = str(tmp_path_factory.mktemp("sound"))
    with open_workspace(place, FIRM, create=True) as workspace:
        workspace.add([plain(f"{k} {LONG[: 20 * k]}", markets=("DEU",)) for k in range(60)])
        for k in (3, 9, 27):
            workspace.supersede(k, plain(f"again {k}"))
        workspace.hold("a.b")
        return Path(place), (workspace.journal(), workspace.history())


def copy_of(sound, folder: Path) -> tuple[str, Path]:
    """A copy of the workspace without its backup: its place and its file."""
    folder.mkdir()
    shutil.copy(sound / "journal.sqlite", folder)
    return str(folder), folder / "journal.sqlite"


def test_damage_anywhere_is_told_or_does_no_harm(sound, tmp_path):
    """Random bytes at many places of the file, one at a time: what is read is all that was written, or an error."""
    original, holds = sound
    place, file = copy_of(original, tmp_path / "x")
    whole, dice, refused = file.read_bytes(), random.Random(11), 0
    for _ in range(80):
        at, size = dice.randrange(len(whole)), dice.choice((1, 4, 64, 4096))
        file.write_bytes(whole[:at] + dice.randbytes(min(size, len(whole) - at)) + whole[at + size :])
        damaged = file.read_bytes()
        try:
            with open_workspace(place, FIRM) as workspace:
                assert (workspace.journal(), workspace.history()) == holds
        except BeachheadError as error:
            assert error.exit_code == 2 and str(file) in str(error)
            assert file.read_bytes() == damaged  # left as it is
            refused += 1
    assert refused > 40


SPOIL = {
    "cut short": lambda whole: whole[: len(whole) // 2],
    "empty": lambda whole: b"",
    "no database": lambda whole: b"date,channel\n" * 4000,
    "zeros in the middle": lambda whole: whole[:20_000] + bytes(30_000) + whole[50_000:],
}


@pytest.mark.parametrize("how", SPOIL)
def test_a_damaged_file_is_named_kept_and_replaced_by_its_copy(sound, tmp_path, how):
    place, file = copy_of(sound[0], tmp_path / "x")
    copy, spoilt = back_up(place), SPOIL[how](file.read_bytes())
    file.write_bytes(spoilt)
    for create in (False, True):
        with pytest.raises(InputError, match="damaged") as error:
            open_workspace(place, FIRM, create=create)
        assert str(file) in str(error.value) and str(copy) in str(error.value) and "--restore" in str(error.value)
    assert file.read_bytes() == spoilt
    assert restore(place) == (copy, aside := file.with_name("journal-damaged-1.sqlite"))
    assert aside.read_bytes() == spoilt
    with open_workspace(place, FIRM) as workspace:
        assert (workspace.journal(), workspace.history()) == sound[1]


def test_without_a_copy_the_message_says_how_to_save_what_can_be_read(sound, tmp_path):
    place, file = copy_of(sound[0], tmp_path / "x")
    file.write_bytes(SPOIL["zeros in the middle"](file.read_bytes()))
    with pytest.raises(InputError, match=r"\.recover"):
        open_workspace(place, FIRM)
    with pytest.raises(InputError, match="no whole copy"):
        restore(place)


def test_a_damaged_file_never_replaces_a_good_copy(sound, tmp_path):
    place, file = copy_of(sound[0], tmp_path / "x")
    copy = back_up(place)
    good = copy.read_bytes()
    file.write_bytes(SPOIL["cut short"](file.read_bytes()))
    with pytest.raises(InputError, match="no copy"):
        back_up(place)
    assert copy.read_bytes() == good and backups(place) == [copy]
    copy.write_bytes(SPOIL["cut short"](good))
    assert backups(place) == []


def test_a_lost_journal_is_not_begun_anew_over_its_copies(sound, tmp_path):
    place, file = copy_of(sound[0], tmp_path / "x")
    back_up(place)
    file.unlink()
    for create in (False, True):
        with pytest.raises(InputError, match="--restore"):
            open_workspace(place, FIRM, create=create)
    restore(place)
    with open_workspace(place, FIRM) as workspace:
        assert workspace.journal() == sound[1][0]


def test_copies_are_made_by_themselves_as_the_journal_grows(tmp_path):
    place = str(tmp_path)
    for k in range(30):
        with open_workspace(place, FIRM, create=True) as workspace:
            workspace.add([plain(f"{k} {j} {LONG}") for j in range(10)])
    (copy,) = backups(place)
    shutil.copy(copy, journal_file(place))
    assert 150 <= len(written(place)) < 300


# --- out of reach -----------------------------------------------------------------------------------------------------


def test_a_folder_that_nobody_may_write_to_can_be_read(sound, tmp_path, quick):
    folder = quick / "read-only"
    place, file = copy_of(sound[0], folder)
    file.chmod(0o444)
    folder.chmod(0o555)

    def work(report):
        if os.geteuid() == 0:
            os.setuid(65_534)
        with open_workspace(place, FIRM) as workspace:
            report(workspace.journal() == sound[1][0])
            report(check(workspace).troubles == ())
            for attempt in (lambda: workspace.add([plain()]), lambda: open_workspace(f"{place}/x", FIRM, create=True)):
                try:
                    attempt()
                except InputError as error:
                    report(error)

    assert [line.split(":")[0] for line in reported(*child(work))] == [
        "True",
        "True",
        f"workspace = {file}",
        f"workspace = {place}/x/journal.sqlite",
    ]
    folder.chmod(0o755)


def test_a_server_that_is_away_is_no_fault_of_the_input(tmp_path):
    pytest.importorskip("psycopg", reason="comes with the extra postgres")
    with pytest.raises(UnreachableError, match=r"^postgresql://me@/db\?host=.* cannot be reached") as error:
        open_workspace(f"postgresql://me:secret@/db?host={tmp_path}", FIRM)
    assert error.value.exit_code == 4 and "secret" not in str(error.value)
