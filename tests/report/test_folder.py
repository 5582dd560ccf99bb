"""A plan's folder is written whole or not at all, and nobody else's files are touched."""

from __future__ import annotations

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


def test_replaces_its_own_folder_with_nothing_left_of_the_old(tmp_path):
    folder.write(tmp_path / "a.plan", {"old.txt": "x"})
    folder.write(tmp_path / "a.plan", FILES)
    assert not (tmp_path / "a.plan/old.txt").exists()


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


def test_an_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    folder.write(tmp_path / "empty", FILES)
    assert (tmp_path / "empty/report.html").exists()


def test_a_failure_half_way_leaves_the_old_report(tmp_path):
    folder.write(tmp_path / "a.plan", FILES)
    with pytest.raises(TypeError):
        folder.write(tmp_path / "a.plan", {**FILES, "z.txt": None})
    assert (tmp_path / "a.plan/report.html").read_text(encoding="utf-8") == "<p>ä"
    assert listing(tmp_path)[0] == "a.plan" and len(list(tmp_path.iterdir())) == 1


def test_a_failed_swap_puts_the_old_folder_back(tmp_path, monkeypatch):
    folder.write(tmp_path / "a.plan", FILES)
    rename = type(tmp_path).rename

    def fails_on_new(path, target):
        if path.name == "new":
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(type(tmp_path), "rename", fails_on_new)
    with pytest.raises(KeyboardInterrupt):
        folder.write(tmp_path / "a.plan", {"report.html": "new"})
    assert (tmp_path / "a.plan/report.html").read_text(encoding="utf-8") == "<p>ä"
