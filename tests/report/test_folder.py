"""Each file of a plan's folder is written whole or not at all, and nobody else's files are touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from beachhead.errors import InputError
from beachhead.report import folder

FILES = {"report.html": "<p>ä", "charts/world.svg": "<svg/>"}


def listing(path):
    return sorted(p.relative_to(path).as_posix() for p in path.rglob("*"))


def test_writes_all_files_and_nothing_beside(tmp_path):
    folder.write(tmp_path / "a.plan", FILES)
    assert listing(tmp_path) == [
        "a.plan",
        "a.plan/.beachhead-plan",
        "a.plan/charts",
        "a.plan/charts/world.svg",
        "a.plan/report.html",
    ]
    assert (tmp_path / "a.plan/report.html").read_text(encoding="utf-8") == "<p>ä"


def test_replaces_its_own_files_with_nothing_left_of_the_old(tmp_path):
    folder.write(tmp_path / "a.plan", {**FILES, "old.txt": "x", "more/old.svg": "y"})
    folder.write(tmp_path / "a.plan", {"report.html": "new"})
    assert listing(tmp_path / "a.plan") == [".beachhead-plan", "report.html"]
    assert (tmp_path / "a.plan/report.html").read_text(encoding="utf-8") == "new"


def test_foreign_files_in_a_folder_of_ours_stay_untouched(tmp_path):
    place = tmp_path / "a.plan"
    folder.write(place, {**FILES, "charts/old.svg": "x"})
    for name in ("notes.md", "charts/mine.svg", "letters/draft.txt"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("mine")
    folder.write(place, FILES)
    for name in ("notes.md", "charts/mine.svg", "letters/draft.txt"):
        assert (place / name).read_text() == "mine"
    assert not (place / "charts/old.svg").exists()


def test_a_foreign_file_in_the_way_is_a_fault_and_stays(tmp_path):
    place = tmp_path / "a.plan"
    folder.write(place, FILES)
    (place / "result.json").write_text("mine")
    with pytest.raises(InputError, match="not ours"):
        folder.write(place, {**FILES, "report.html": "new", "result.json": "{}"})
    assert (place / "result.json").read_text() == "mine"
    assert (place / "report.html").read_text(encoding="utf-8") == FILES["report.html"]


def test_a_marker_cannot_make_us_delete_outside_the_folder(tmp_path):
    (tmp_path / "precious").write_text("mine")
    folder.write(tmp_path / "a.plan", FILES)
    marker = tmp_path / "a.plan" / folder.MARKER
    marker.write_text(marker.read_text() + f"../precious\n{tmp_path}/precious\n")
    folder.write(tmp_path / "a.plan", FILES)
    assert (tmp_path / "precious").read_text() == "mine"


def test_folders_of_the_first_version_whose_marker_has_no_list_can_be_written_again(tmp_path):
    folder.write(tmp_path / "a.plan", FILES)
    (tmp_path / "a.plan" / folder.MARKER).write_text("made by beachhead plan\n")
    (tmp_path / "a.plan/notes.md").write_text("mine")
    folder.write(tmp_path / "a.plan", {"report.html": "new"})
    assert listing(tmp_path / "a.plan") == [".beachhead-plan", "notes.md", "report.html"]


def test_refuses_a_folder_it_did_not_make(tmp_path):
    mine = tmp_path / "thesis"
    mine.mkdir()
    (mine / "chapter.tex").write_text("years of work")
    with pytest.raises(InputError, match="other files"):
        folder.write(mine, FILES)
    assert listing(tmp_path) == ["thesis", "thesis/chapter.tex"]


def test_refuses_a_file_a_link_and_a_missing_parent(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link", "no/such/place"):
        with pytest.raises(InputError):
            folder.write(tmp_path / name, FILES)
    assert listing(tmp_path) == ["file", "link"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place that nobody can write to")
def test_a_place_that_cannot_be_written_is_a_fault_before_any_work():
    with pytest.raises(InputError, match="cannot be written"):
        folder.check(Path("/proc/x"))


def test_a_disk_that_fails_half_way_is_a_fault_and_leaves_the_old_report(tmp_path, monkeypatch):
    folder.write(tmp_path / "a.plan", FILES)

    def full(path, *args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InputError, match="No space left"):
        folder.write(tmp_path / "a.plan", {"report.html": "new"})
    assert (tmp_path / "a.plan/report.html").read_text(encoding="utf-8") == "<p>ä"
    assert len(listing(tmp_path / "a.plan")) == 4


def test_an_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    folder.write(tmp_path / "empty", FILES)
    assert (tmp_path / "empty/report.html").exists()


def test_a_text_that_cannot_be_written_leaves_the_old_report_whole(tmp_path):
    folder.write(tmp_path / "a.plan", FILES)
    before = listing(tmp_path)
    with pytest.raises(TypeError):
        folder.write(tmp_path / "a.plan", {"report.html": "new", "z.txt": None})
    assert (tmp_path / "a.plan/report.html").read_text(encoding="utf-8") == "<p>ä"
    assert listing(tmp_path) == before


def test_a_failed_first_plan_leaves_no_folder(tmp_path):
    with pytest.raises(TypeError):
        folder.write(tmp_path / "a.plan", {"z.txt": None})
    assert listing(tmp_path) == []
