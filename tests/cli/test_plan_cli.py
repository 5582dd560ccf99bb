"""``plan``, ``markets``, ``market``, ``compare``, ``weights``, ``modes``: what a user types and what comes back."""

from __future__ import annotations

import csv
import io
import json

import pytest
from cases import EXAMPLES
from cli.small_firm import small_firm
from click.testing import CliRunner

from beachhead.cli import main
from beachhead.report.document import MarketsDocument, PlanDocument

APPS = str(EXAMPLES / "india_mobile_app.toml")


def run(*args, code=0):
    result = CliRunner().invoke(main, [str(a) for a in args], env={"COLUMNS": "100"})
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A plan written once: its folder and what the terminal said."""
    place = tmp_path_factory.mktemp("plans") / "shoes.plan"
    firm = small_firm(tmp_path_factory.mktemp("firm"))
    return place, run("plan", firm, "--out", place, "--draws", 500, "--top", 4).stdout


WHERE = ("world", "matrix", "ranks", "contributions", "potential", "modes")
WHEN = ("gantt", "cash", "flows", "hours", "loads", "survival", "stress", "pace")
FILES = {"report.html", "result.json", "shortlist.csv", "markets.csv", ".beachhead-plan"}


def test_plan_writes_what_it_promises(folder):
    place, said = folder
    names = {p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file()}
    assert names == FILES | {"rollout.csv"} | {f"charts/{name}.svg" for name in (*WHERE, *WHEN)}
    PlanDocument.model_validate_json((place / "result.json").read_text(encoding="utf-8"))
    assert str(place) in said.replace("\n", "")


def test_a_plan_without_rollout_ranks_and_says_nothing_of_when(tmp_path):
    said = run("plan", APPS, "--out", tmp_path / "p", "--draws", 500, "--top", 4, "--no-rollout").stdout
    names = {p.relative_to(tmp_path / "p").as_posix() for p in (tmp_path / "p").rglob("*") if p.is_file()}
    assert names == FILES | {f"charts/{name}.svg" for name in WHERE}
    result = json.loads((tmp_path / "p" / "result.json").read_text(encoding="utf-8"))
    assert not {"rollout", "outlook"} & set(result) and "First move" not in said


def test_terminal_shortlist_fits_the_screen_and_holds_the_figures(folder):
    place, said = folder
    assert max(len(line) for line in said.splitlines() if str(place) not in line) <= 100
    result = json.loads((place / "result.json").read_text(encoding="utf-8"))
    for row in result["shortlist"]:
        assert row["name"][:18] in said and row["reasons"][0].split(":")[0][1:] in said.replace("\n    ", " ")
    for heading in ("What would change the answer", "Left out", "Keep in mind"):
        assert heading in said
    assert "\x1b" not in said


def test_plain_text_still_reads_on_eighty_columns():
    for typed in (["modes", APPS, "--top", "3"], ["markets", APPS, "-n", "3"]):
        said = CliRunner().invoke(main, typed, env={"COLUMNS": "80"}).stdout
        assert max(len(line) for line in said.splitlines()) <= 80
    assert "Singapore" in said


def test_plan_json_is_clean_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "firm").mkdir()
    result = run("plan", small_firm(tmp_path / "firm"), "--json", "--draws", 500, "--top", 3)
    document = PlanDocument.model_validate_json(result.stdout)
    assert len(document.shortlist) == 3 and document.draws == 500
    assert [p.name for p in tmp_path.rglob("*.plan")] == [] and len(list(tmp_path.iterdir())) == 1


def test_same_seed_same_bytes_other_seed_other_draws(tmp_path):
    firm = small_firm(tmp_path)
    first, again, other = (run("plan", firm, "--json", "--draws", 300, "--seed", s).stdout for s in (5, 5, 6))
    assert first == again and json.loads(first)["shortlist"][0]["p_top"] != json.loads(other)["shortlist"][0]["p_top"]


def test_plan_keeps_off_a_folder_that_holds_other_things(tmp_path):
    (tmp_path / "letters.txt").write_text("dear")
    result = run("plan", APPS, "--out", tmp_path, code=2)
    assert "other files" in result.output and [p.name for p in tmp_path.iterdir()] == ["letters.txt"]


def test_planning_again_keeps_what_others_put_into_the_folder(folder):
    place, _ = folder
    (place / "notes.md").write_text("mine")
    run("plan", APPS, "--out", place, "--draws", 500, "--top", 4, "--no-rollout")
    assert (place / "notes.md").read_text() == "mine"
    (place / "notes.md").unlink()


def test_a_place_that_cannot_be_written_is_the_users_to_mend():
    said = run("plan", APPS, "--out", "/proc/x", code=2).output
    assert "cannot be written" in said and "Internal error" not in said


def test_terminal_says_worth_presence_and_order(tmp_path):
    said = run(
        "plan", EXAMPLES / "portugal_footwear.toml", "--out", tmp_path / "p", "--draws", 500, "--no-rollout"
    ).stdout
    assert "Already there, USD 95k a year: go on by" in said and "Worth " in said
    assert "Ranked by mean score" in said and " Score " in said
    assert "Russia: on your list" in said and "RUS" not in said


def test_plan_of_a_missing_file_is_one_message_and_no_folder(tmp_path):
    result = run("plan", tmp_path / "nobody.toml", code=2)
    assert "nobody.toml" in result.output and "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_markets_json_is_the_whole_ranking_and_says_what_was_left_out():
    document = MarketsDocument.model_validate_json(run("markets", APPS, "--json").stdout)
    assert [row.rank for row in document.markets] == list(range(1, len(document.markets) + 1))
    assert len(document.markets) + len(document.excluded) == 217


def test_markets_filter_sort_and_limit():
    rows = json.loads(
        run(
            "markets", APPS, "--filter", "region=Europe*", "--filter", "score>40", "--sort", "p50", "-n", 3, "--json"
        ).stdout
    )["markets"]
    medians = [row["potential_usd"]["p50"] for row in rows]
    assert len(rows) == 3 and medians == sorted(medians, reverse=True) and all(row["score"] > 40 for row in rows)


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("mode=E-commerce", lambda row: row["mode"] == "ecommerce"),
        ("mode!=e-commerce", lambda row: row["mode"] != "ecommerce"),
        ("region=Europe", lambda row: row["market"] in ("DEU", "GBR", "SWE", "CHE")),
        ("name=niger", lambda row: row["market"] == "NER"),
        ("worth>15k", lambda row: row["worth_usd"] > 15_000),
    ],
)
def test_filters_take_what_people_call_things(expression, holds):
    rows = json.loads(run("markets", APPS, "--filter", expression, "-n", 3, "--json").stdout)["markets"]
    assert rows and all(holds(row) for row in rows)


def test_markets_csv_reads_back():
    rows = list(csv.DictReader(io.StringIO(run("markets", APPS, "--csv", "-n", 5).stdout)))
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert all(float(row["potential_usd_p10"]) < float(row["potential_usd_p90"]) for row in rows)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--filter", "profit>3"), "p50"),
        (("--filter", "score"), "COLUMN"),
        (("--filter", "score>many"), "number"),
        (("--filter", "cell>go"), "= or !="),
        (("--sort", "luck"), "score"),
        (("--filter", "cell=maybe"), "cell is one of build access, easy but small, go now, leave"),
        (("--filter", "region=Atlantis"), "Europe & Central Asia"),
        (("--filter", "name=Germny"), "Germany"),
        (("--csv", "--json"), "one of them"),
    ],
)
def test_bad_filters_name_the_remedy(arguments, says):
    assert says in run("markets", APPS, *arguments, code=2).output


def test_market_shows_value_year_source_and_status_of_every_indicator():
    found = json.loads(run("market", "DEU", "--json").stdout)
    lpi = next(x for x in found["indicators"] if x["indicator"] == "lpi")
    assert (lpi["value"], lpi["year"], lpi["status"]) == (pytest.approx(4.1), 2023, "observed")
    assert all({"unit", "sd", "source", "licence", "better_than"} <= set(x) for x in found["indicators"])
    assert 0.9 < lpi["better_than"] <= 1


def test_market_for_a_firm_adds_pair_product_and_modes():
    found = json.loads(run("market", "are", "--firm", EXAMPLES / "india_bentonite.toml", "--json").stdout)
    assert {"distance", "demand", "agreement"} <= {x["indicator"] for x in found["indicators"]}
    assert any("India" in name for name in found["for_firm"]["agreements"])
    assert len(found["for_firm"]["modes"]) == 7 and found["for_firm"]["rank"] >= 1


def test_market_on_the_terminal_says_what_is_imputed():
    said = run("market", "Kosovo").stdout
    assert "○ imputed" in said and "so imputed" in said


@pytest.mark.parametrize(("typed", "meant"), [("GER", "DEU"), ("Germny", "DEU"), ("Swedn", "SWE")])
def test_unknown_markets_get_a_suggestion(typed, meant):
    assert meant in run("market", typed, code=2).output or typed == "GER"
    assert "Traceback" not in run("market", typed, code=2).output


def test_home_has_a_dossier_but_no_rank():
    assert "home" in json.loads(run("market", "IND", "--firm", APPS, "--json").stdout)["for_firm"]["excluded"]


def test_compare_counts_every_draw_and_names_who_leads():
    found = json.loads(run("compare", "DEU", "nld", "Sweden", "--firm", APPS, "--json").stdout)
    assert [row["market"] for row in found["markets"]] == ["DEU", "NLD", "SWE"]
    duel = found["pairwise"]
    assert duel["DEU"]["NLD"] + duel["NLD"]["DEU"] == pytest.approx(1, abs=1e-6)
    assert found["leads"]["DEU"][0]["points"] > 0
    assert "leads on" in run("compare", "DEU", "NLD", "--firm", APPS).stdout


def test_compare_needs_two_markets_that_were_ranked():
    assert "two different" in run("compare", "DEU", "deu", "--firm", APPS, code=2).output
    assert "home" in run("compare", "DEU", "IND", "--firm", APPS, code=2).output


def test_weights_sum_to_one_on_both_levels_and_show_as_bars():
    found = json.loads(run("weights", APPS, "--json").stdout)
    assert sum(c["weight"] for c in found["criteria"]) == pytest.approx(1)
    for criterion in found["criteria"]:
        assert sum(i["weight"] for i in criterion["indicators"]) == pytest.approx(criterion["weight"])
    assert "█" in run("weights", APPS, "--all").stdout


def test_spectrum_of_modes_needs_no_firm():
    found = json.loads(run("modes", "--json").stdout)["modes"]
    assert [m["id"] for m in found][:3] == ["indirect_export", "direct_export", "ecommerce"]
    assert "Joint venture" in run("modes").stdout


def test_modes_of_a_market_give_reasons_and_costs():
    found = json.loads(run("modes", APPS, "--market", "SGP", "--json").stdout)["markets"]
    assert len(found) == 1 and found[0]["reasons"] and any(m["best"] for m in found[0]["modes"])
    assert "--market needs" in run("modes", "--market", "SGP", code=2).output


@pytest.mark.parametrize(
    "command",
    ["plan", "rollout", "outlook", "plans diff", "markets", "market", "compare", "weights", "modes"],
)
def test_help_shows_examples(command):
    assert run(*command.split(), "--help").output.count(f"beachhead {command}") >= 2
