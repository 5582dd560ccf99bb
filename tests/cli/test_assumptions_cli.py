"""``beachhead assumptions``: every number with unit and ground, and what the firm has changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from beachhead.assumptions import packaged
from beachhead.cli import main
from beachhead.firm import Firm
from beachhead.firm_file import firm_text, read_tables

EXAMPLES = Path(__file__).parents[2] / "examples"
KEYS = {
    "id", "value", "packaged", "changed", "sd", "spread", "unit", "low", "high", "whole", "used_in", "ground", "table",
}  # fmt: skip
OWN = {"firm_market_sd": 1.2, "ecommerce.setup_usd": 5000, "access.border": -2.5, "chance_exit": 0.18}


def assumptions(*args: str | Path) -> Result:
    return CliRunner().invoke(main, ["assumptions", *map(str, args)])


def as_json(*args: str | Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(assumptions(*args, "--json").stdout)
    return said


@pytest.fixture
def own_firm(tmp_path: Path) -> Path:
    path = tmp_path / "firm.toml"
    base = read_tables(EXAMPLES / "kenya_coffee.toml")
    path.write_text(firm_text(Firm.model_validate(base | {"assumptions": OWN})))
    return path


def test_json_holds_every_assumption_with_all_that_is_said_of_it() -> None:
    said = as_json()
    assert said["schema"] == "beachhead.assumptions/1" and said["access_model"] is None
    assert [row["id"] for row in said["assumptions"]] == list(packaged())
    for row in said["assumptions"]:
        assert row.keys() == KEYS
        assert row["unit"] and row["ground"] and row["table"].endswith(".csv") and not row["changed"]
        by_product = row["id"].startswith(("access.", "likeness."))
        assert row["value"] == row["packaged"] and (row["value"] is None) == by_product


def test_with_a_firm_the_values_in_use_are_shown_beside_ours(own_firm: Path) -> None:
    said = as_json(own_firm)
    rows = {row["id"]: row for row in said["assumptions"]}
    assert said["access_model"] == "icio_food"
    assert {name for name, row in rows.items() if row["changed"]} == OWN.keys() - {"chance_exit"}, "0.18 is ours too"
    assert (rows["access.border"]["value"], rows["access.border"]["packaged"]) == (-2.5, -4.92)
    assert all(row["value"] is not None for row in rows.values())


def test_text_shows_the_changed_value_and_ours(own_firm: Path) -> None:
    said = " ".join(assumptions(own_firm).stdout.split())
    assert f"firm_market_sd = 1.2 (ours {packaged()['firm_market_sd'].value:g}) sd of ln sales" in said
    assert "ecommerce.setup_usd = 5000 ±0.6 of ln (ours 8000) USD once" in said
    assert "access.border = -2.5 ±0.261 (ours -4.92)" in said


def test_text_holds_every_id_and_ground() -> None:
    said = " ".join(assumptions().stdout.split())
    for one in packaged().values():
        assert f"{one.id} = " in said and " ".join(one.ground.split()) in said


def test_used_in_shows_one_stage_and_names_the_nearest() -> None:
    assert {row["used_in"] for row in as_json("--used-in", "demand")["assumptions"]} == {"demand"}
    result = assumptions("--used-in", "demnd")
    assert result.exit_code == 2 and 'did you mean "demand"' in result.stderr and result.stdout == ""
    assert "likeness, value, cost" in assumptions("--used-in", "xyz").stderr


def test_a_stage_can_be_asked_for_as_a_whole() -> None:
    of = {row["table"] for row in as_json("--used-in", "rollout")["assumptions"]}
    assert of == {f"rollout/{name}.csv" for name in ("assumptions", "mode_terms", "automation_numbers")}
    said = " ".join(assumptions("--used-in", "automation").stdout.split())
    assert "crm.cost_usd = 3500 ±0.5 of ln USD once" in said
    assert "crm.saves = 0.3 ±0.1 share of the area's hours saved" in said


def test_shares_of_one_mode_stand_together() -> None:
    """They add up to 1: who changes one must see the others."""
    rows = [row["id"] for row in as_json("--used-in", "hours")["assumptions"] if ".load_" in row["id"]]
    modes = [name.split(".")[0] for name in rows]
    assert len(rows) == 35 and [modes[i] for i in range(0, 35, 5)] == sorted(set(modes), key=modes.index)


def test_a_faulty_firm_is_refused_before_anything_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    path.write_text((EXAMPLES / "kenya_coffee.toml").read_text() + "\n[assumptions]\nfirm_market = 1\n")
    result = assumptions(path)
    assert result.exit_code == 2 and 'did you mean "firm_market_sd"' in result.stderr and result.stdout == ""
