"""What the pages promise: nothing is undocumented, nothing shown is out of date, every command shown exists."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import numpy as np
import pytest

import beachhead
from beachhead.assumptions import packaged
from beachhead.cli import main
from beachhead.evidence.catalogue import load_catalogue
from beachhead.firm import Firm
from beachhead.firm_file.answers import questions

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BY_HAND = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", DOCS / "index.md", DOCS / "tutorial.md"]
BY_HAND += [DOCS / "year.md"]


def script(name: str, folder: Path = DOCS) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def text(name: str) -> str:
    return (DOCS / "reference" / f"{name}.md").read_text(encoding="utf-8")


# --- the reference --------------------------------------------------------------------------------------------------


def test_reference_pages_are_what_the_program_says_today() -> None:
    assert script("make_reference").stale() == [], "run: python docs/make_reference.py"


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


@pytest.mark.parametrize(("path", "command"), list(commands(main, "beachhead")))
def test_every_command_and_option_is_documented(path: str, command: click.Command) -> None:
    sections = re.split(r"^#+ (?=beachhead)", text("cli"), flags=re.MULTILINE)
    section = next((s for s in sections if s.startswith(f"{path}\n")), None)
    assert section, f"{path} is not in docs/reference/cli.md"
    assert command.help and command.help.split("\n")[0].split(".")[0] in section
    for parameter in command.params:
        option = isinstance(parameter, click.Option)
        names = (
            [*parameter.opts, *parameter.secondary_opts] if option else [parameter.make_metavar(click.Context(command))]
        )
        assert all(name in section for name in names), f"{path}: {names}"


def test_every_indicator_source_market_and_assumption_is_documented() -> None:
    catalogue = load_catalogue()
    for page, ids in (
        ("indicators", catalogue.indicators),
        ("sources", catalogue.sources),
        ("markets", catalogue.countries),
        ("assumptions", packaged()),
        ("python", beachhead.__all__),
    ):
        missing = [name for name in ids if f"`{name}`" not in text(page) and f"#{name} }}" not in text(page)]
        assert not missing, f"docs/reference/{page}.md lacks {missing}"


def test_every_indicator_says_what_it_means_and_under_which_licence() -> None:
    catalogue = load_catalogue()
    page = text("indicators")
    for one in catalogue.indicators.values():
        section = page.partition(f"{{: #{one.id} }}")[2].partition("\n#")[0]
        assert one.definition in section and catalogue.sources[one.source].licence in section, one.id


def test_every_field_of_the_firm_file_is_documented() -> None:
    page = text("firm")
    assert all(f"`{name}`" in page or f"[{name}]" in page for name in Firm.model_fields)
    assert all(f"`{question.field}`" in page for question in questions())


# --- what is written by hand ----------------------------------------------------------------------------------------


def shown_commands() -> Iterator[tuple[str, str]]:
    for page in BY_HAND:
        for block in re.findall(r"^```(?:sh|text|console)\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S):
            for line in block.splitlines():
                call = re.search(r"(?:^|[ /])(beachhead [a-z].*)", line.removeprefix("$ ").partition("  #")[0])
                if call and (line.startswith(("beachhead", "$ ")) or "&&" in line):
                    yield page.name, call[1]


@pytest.mark.parametrize(("page", "call"), sorted(set(shown_commands())))
def test_every_command_shown_exists(page: str, call: str) -> None:
    command: click.Command = main
    words = shlex.split(call.partition(" | ")[0].partition(" > ")[0])[1:]
    while isinstance(command, click.Group):
        command = command.commands.get(words[0]) or command.get_command(click.Context(command), words[0])  # type: ignore[assignment]
        assert command, f"{page} names {call!r}"
        words = words[1:]
    context = click.Context(command, info_name=command.name)
    command.make_parser(context).parse_args(words)  # an unknown option is a NoSuchOption


@pytest.mark.parametrize("page", BY_HAND, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", sorted((DOCS / "methods").glob("*.md")), ids=lambda page: page.stem)
def test_methods_name_code_and_numbers_that_are_there(page: Path) -> None:
    """A method page that outlives the code it describes is worse than none."""
    spans = set(re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8")))
    package = ROOT / "src" / "beachhead"
    for name in (s for s in spans if re.fullmatch(r"[\w/]+/[\w.]+\.(py|csv|parquet)", s)):
        assert (package / name).exists() or (ROOT / name).exists() or (package / "evidence" / name).exists(), name
    named = {s for s in spans if re.fullmatch(r"[a-z]+_[a-z_]+(sd|years|usd|elasticity|lift|low)", s)}
    assert named <= set(packaged()), named - set(packaged())


@pytest.mark.parametrize("page", sorted((DOCS / "methods").glob("*.md")), ids=lambda page: page.stem)
def test_methods_state_the_values_that_are_reckoned_with(page: Path) -> None:
    """Tables of assumptions on the method pages say what the program uses."""
    for name, value in re.findall(r"^\| `(\w+)` \| (-?[\d.]+) \|", page.read_text(encoding="utf-8"), re.MULTILINE):
        if name in packaged():
            assert float(value) == packaged()[name].value, name


def test_every_assumption_of_the_rollout_is_explained_in_its_methods() -> None:
    page = (DOCS / "methods" / "rollout.md").read_text(encoding="utf-8")
    assert [
        one.id for one in packaged().values() if one.table == "rollout/assumptions" and f"`{one.id}`" not in page
    ] == []


def test_every_family_of_limits_has_its_section_in_the_methods() -> None:
    from beachhead.rollout.programme import FAMILIES

    page = (DOCS / "methods" / "rollout.md").read_text(encoding="utf-8")
    heads = re.findall(r"^### (.*)$", page, re.MULTILINE)
    assert set(FAMILIES) <= set(SECTION_OF), "say in which section docs/methods/rollout.md explains the new family"
    assert {SECTION_OF[name] for name in FAMILIES} <= set(heads)


SECTION_OF = {
    "one_course": "One course a market",
    "launches": "Launches at once",
    "hours": "Hours",
    "automation": "Automation",
    "likeness": "Likeness",
    "most": "New markets",
    "pilots": "Phases",
    "after_pilots": "Phases",
    "global": "Phases",
    "floor": "Cash above its floor",
    "wishes": "Wishes",
}


def test_contributing_names_what_there_is() -> None:
    words = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    there, planned = words.split("Stages that are planned", 1)
    for name in re.findall(r"^\| `([\w/.]+?)`", there, re.MULTILINE):
        assert (ROOT / name).exists() or (ROOT / "src" / "beachhead" / name).exists(), name
    recipes = re.findall(r"^([a-z-]+)(?: \S+)?:", (ROOT / "justfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"^ {4}just ([a-z-]+)", planned, re.MULTILINE)) <= set(recipes)


def test_readme_shows_the_figures_that_were_measured() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| .*$", readme.partition("<!-- bench -->")[2].partition("<!-- /bench -->")[0], re.MULTILINE)
    measured = (ROOT / "bench" / "results.md").read_text(encoding="utf-8")
    assert len(shown) > 5, "run: python bench/all.py --write"
    assert all(row in measured for row in shown)


def test_the_peer_of_the_benchmark_ranks_what_we_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ratio of speeds means something only if both do the same: expected ranks agree but for the peer's few draws."""
    pytest.importorskip("pymcdm")
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    bench = script("select_markets", ROOT / "bench")
    firm = beachhead.load_firm(ROOT / "examples" / "india_bentonite.toml")
    given = bench.problem(firm, beachhead.load_evidence(user=firm.evidence))
    ranks = np.arange(1, len(given.markets) + 1)
    ours, theirs = (found @ ranks for found in (bench.rank_ours(given), bench.rank_peer(given, bench.with_pymcdm)))
    assert np.corrcoef(ours, theirs)[0, 1] > 0.999
    assert np.abs(ours - theirs).max() < 12  # ranks of 216, over 100 draws


def test_the_peer_of_the_rollout_solves_our_programme(monkeypatch: pytest.MonkeyPatch) -> None:
    """Written out whole, with the textbook form of both risk measures, the programme has the same best plan."""
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    bench = script("rollout", ROOT / "bench")
    p = bench.problem(3, 8, quarters=8)
    mine, theirs = bench.ours(p, 60.0, gap=1e-6), bench.peer(p, 60.0, gap=1e-6)
    assert mine.gap <= 1e-6 and theirs.gap <= 1e-6
    assert mine.worth == pytest.approx(theirs.worth, rel=1e-5)


@pytest.mark.parametrize("page", ["tutorial", "year"])
def test_tutorial_prints_what_it_shows(page: str) -> None:
    assert not script("make_tutorial").difference(DOCS / f"{page}.md")


def test_tutorial_is_compared_closely_but_not_to_the_last_digit() -> None:
    same = script("make_tutorial").same
    assert same("USD 56k, 92 %", "USD 57k, 92 %") and same("score 72.1", "score 72.2")
    assert not same("USD 56k", "USD 61k") and not same("by direct export", "by indirect export")
    assert not same("1 Germany 2 France", "1 France 2 Germany") and not same("a 1", "a 1 2")


def test_site_builds_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    pytest.importorskip("material")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 15
    loads = re.compile(
        r"""<(?:script|img|iframe)[^>]+src=["']?(?:https?:)?//|<link[^>]+rel=["']?stylesheet[^>]+href=["']?https?:"""
    )
    assert [page.name for page in pages if loads.search(page.read_text(encoding="utf-8"))] == []
    assert [page.name for page in pages if "arithmatex" in page.read_text(encoding="utf-8")] == []
