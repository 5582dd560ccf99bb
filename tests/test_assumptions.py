"""Assumptions: each is a row with unit and ground, can be changed by the firm, and changes what it says it does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import beachhead
from beachhead import Evidence, choose_modes, load_evidence, load_firm, select_markets
from beachhead.assumptions import PACKAGED, Assumptions, packaged
from beachhead.enter import MODES, ModeChoice
from beachhead.firm import Firm
from beachhead.rollout.figures import figures
from beachhead.rollout.rules import rules
from beachhead.rollout.scenarios import draw
from beachhead.rollout.shocks import History, history
from beachhead.rollout.tables import AREAS, automations
from beachhead.select.potential import TERMS, access_model, model_for, shipped_access
from beachhead.select.result import Selection

SOURCE = Path(beachhead.__file__).parent
EXAMPLES = Path(__file__).parents[1] / "examples"
DRAWS = 50


@cache
def example(name: str) -> tuple[Firm, Evidence, Selection]:
    """An example firm, its evidence and its selection."""
    firm = load_firm(EXAMPLES / f"{name}.toml")
    evidence = load_evidence(user=firm.evidence)
    return firm, evidence, select_markets(firm, evidence, draws=DRAWS)


def changed(firm: Firm, **changes: Any) -> Firm:
    """The firm with parts replaced, checked as a file would be."""
    return Firm.model_validate(firm.model_dump() | changes)


def selected(name: str, **own: float) -> tuple[Selection, Selection]:
    """The selection of an example, as packaged and with the firm's own values."""
    firm, evidence, _ = example(name)
    return tuple(  # type: ignore[return-value]
        select_markets(changed(firm, assumptions=values), evidence, draws=DRAWS) for values in ({}, own)
    )


def entered(**own: float) -> tuple[ModeChoice, ModeChoice]:
    """The modes of the app firm, as packaged and with its own values, for one selection."""
    firm, evidence, selection = example("india_mobile_app")
    return tuple(  # type: ignore[return-value]
        choose_modes(changed(firm, assumptions=values), evidence, selection) for values in ({}, own)
    )


# The tables.


STAGES = ("select", "enter", "rollout", "learn", "skill")
# parts of which no module has the name
TOPICS = {"reach", "gates", "hours", "attention", "cash", "objective", "automation", "beliefs", "policies"}


def test_every_assumption_has_a_unit_a_ground_and_a_place_where_it_is_used() -> None:
    modules = {path.stem for folder in STAGES for path in (SOURCE / folder).glob("*.py")}
    for one in packaged().values():
        assert one.unit and one.ground and one.spread in ("abs", "log"), one.id
        assert one.used_in in modules | TOPICS and one.stage in STAGES, one.id


def test_a_row_of_the_rollout_names_its_source_or_is_called_a_judgement() -> None:
    """Little of it has been measured for small firms, and the reader is told so row by row."""
    plain = ("Judgement", "By the nature of the mode", "The sd that mode_numbers.csv states")
    for one in (one for one in packaged().values() if one.stage == "rollout"):
        assert "Source: " in one.ground or one.ground.startswith(plain), f"{one.id}: {one.ground}"


@pytest.mark.parametrize("mode", MODES)
def test_the_hours_of_a_mode_fall_wholly_to_the_five_areas(mode: str) -> None:
    assert sum(PACKAGED[f"{mode}.load_{area}"] for area in AREAS) == pytest.approx(1)


def test_what_can_be_bought_saves_hours_of_an_area_there_is() -> None:
    for item in automations():
        assert item.area in AREAS and item.name and item.description and 0 < item.saves < 1
        assert item.cost_usd > 0 and item.upkeep_usd_quarter > 0 and item.build_quarters >= 1
    assert {item.area for item in automations()} == set(AREAS)


def test_every_packaged_value_lies_within_its_own_bounds() -> None:
    for model in ("", "goods_agtpa", "icio_food", "icio_chemicals", "icio_services_digital"):
        for one in packaged(model).values():
            assert np.isnan(one.value) or one.low <= one.value <= one.high, one.id
            assert one.low < one.high and (not one.whole or one.value == int(one.value)), one.id


def test_no_id_means_two_things() -> None:
    """Contacts open a market with one chance and become a partner with another: two names."""
    rows = sum(
        len((SOURCE / f"{one}.csv").read_text().splitlines()) - 1 for one in {a.table for a in packaged().values()}
    )
    assert len(packaged()) == rows
    assert PACKAGED["contact_agent"] != PACKAGED["partner_from_agent"]


def test_access_terms_hold_the_estimates_of_the_model_in_use() -> None:
    assert np.isnan(packaged()["access.border"].value)
    for model in ("goods_agtpa", "icio_food"):
        shipped = shipped_access(model)
        assert [packaged(model)[f"access.{t}"].value for t in TERMS] == shipped.beta.tolist()
        se = [packaged(model)[f"access.{t}"].sd for t in TERMS]
        assert se == pytest.approx(np.sqrt(np.diag(shipped.cov)), rel=2e-3)  # both are rounded to four digits


# What a change does.


def test_a_wider_spread_between_markets_widens_every_potential() -> None:
    before, after = selected("india_mobile_app", firm_market_sd=2.5)
    there = {p.country for p in before.firm.presence}
    new = [m not in there for m in before.markets]
    assert np.all(after.potential.sd_log[new] > before.potential.sd_log[new])
    assert np.all((after.potential.p90 / after.potential.p10)[new] > (before.potential.p90 / before.potential.p10)[new])
    assert np.array_equal(after.potential.factor_log[:, 0], before.potential.factor_log[:, 0])
    assert after.score.tobytes() == before.score.tobytes(), "the ranking does not rest on it"


def test_an_own_set_up_cost_changes_that_cost_and_no_other() -> None:
    before, after = entered(**{"ecommerce.setup_usd": 16_000})
    online = MODES.index("ecommerce")
    other = [k for k in range(len(MODES)) if k != online]
    assert after.cost_usd[:, online] == pytest.approx(2 * before.cost_usd[:, online])
    assert np.array_equal(after.cost_usd[:, other], before.cost_usd[:, other])
    for figure in ("fit", "potential_usd", "weeks", "hours_quarter", "fixed_usd_quarter", "cost_sd_log"):
        assert np.array_equal(getattr(after, figure), getattr(before, figure)), figure
    assert [(c.id, c.value, c.packaged) for c in after.assumptions] == [("ecommerce.setup_usd", 16_000, 8_000)]


def test_an_own_budget_is_the_one_that_is_told() -> None:
    before, after = ({why for row in found.obstacles for why in row} for found in entered(budget_months=9))
    assert any("the first half-year" in why for why in before)
    assert any("the first 9 months" in why for why in after) and not any("half-year" in why for why in after)


def test_an_own_border_is_the_factor_of_leaving_home_and_keeps_its_sd() -> None:
    before, after = selected("kenya_coffee", **{"access.border": -2.0})
    k = before.potential.factors.index("leaving home (border)")
    assert np.all(after.potential.factor_log[:, k] == -2.0) and np.all(before.potential.factor_log[:, k] < -4)
    assert np.array_equal(after.potential.factor_sd[:, k], before.potential.factor_sd[:, k])
    rest = np.delete(after.potential.factor_log, k, 1) - np.delete(before.potential.factor_log, k, 1)
    moved = {name for name, gap in zip(np.delete(before.potential.factors, k), np.abs(rest).max(0), strict=True) if gap}
    assert moved <= {"sales elsewhere"}, "what the firm sells abroad is held against a nearer world"
    assert [(c.id, c.value, c.packaged) for c in after.assumptions] == [("access.border", -2.0, -4.92)]


def test_an_own_access_term_leaves_the_others_as_estimated() -> None:
    shipped, own = shipped_access("icio_food"), access_model("icio_food", Assumptions({"access.agreement": 1.5}))
    at = TERMS.index("agreement")
    assert own.beta[at] == 1.5 and np.array_equal(np.delete(own.beta, at), np.delete(shipped.beta, at))
    assert np.array_equal(own.cov, shipped.cov)


def test_what_the_firm_repeats_is_no_change() -> None:
    before, after = selected("india_mobile_app", firm_market_sd=PACKAGED["firm_market_sd"])
    assert before.assumptions == after.assumptions == ()


def test_each_stage_lists_the_changes_that_are_its_own() -> None:
    own = {"crm.cost_usd": 900.0, "discount_rate": 0.2, "direct_export.receivable_days": 30.0, "firm_market_sd": 1.0}
    assert [c.id for c in selected("india_mobile_app", **own)[1].assumptions] == ["firm_market_sd"]
    assert [c.id for c in entered(**own)[1].assumptions] == ["discount_rate"]
    changes = Assumptions(own).changed("rollout")
    assert [(c.id, c.value, c.packaged) for c in changes] == [
        ("direct_export.receivable_days", 30, 60),
        ("crm.cost_usd", 900, 3500),
    ]


def test_one_firm_never_changes_the_assumptions_of_the_next() -> None:
    first, _ = selected("india_mobile_app", firm_market_sd=3.0, level_floor_sd=0.5)
    again, _ = selected("india_mobile_app")
    assert list(arrays(first)) == list(arrays(again))


# No row is dead: whichever is changed, the answer of some firm changes.

KINDS = ("acquaintance", "client", "agent", "distributor", "partner")
BUSY = {
    "contacts": [{"country": c, "kind": k} for c, k in zip(("DEU", "FRA", "GBR", "USA", "JPN"), KINDS, strict=True)],
    "presence": [
        {"country": "GBR", "since": "2012", "until": "2016"},
        {"country": "NLD", "since": "2018", "sales_usd": 50_000},
        {"country": "ZAF", "since": "2019", "until": "2026Q1"},
    ],
    "experience": [{"country": "SWE", "years": 3}],
    "cash": {"available_usd": 100_000, "floor_usd": 0},
}  # fmt: skip
FIRMS = ("india_mobile_app", "kenya_coffee", "india_bentonite", "portugal_footwear")
SHARED = {"horizon_years": 7.0}  # so that every year of the ramp-up lies within the horizon
NEEDS: dict[str, dict[str, Any]] = {
    "weight_concentration_low": {"weights": {"confidence": "low"}},
    "weight_concentration_high": {"weights": {"confidence": "high"}},
    "line_in_chapter_sd": {"sells": [{"code": "hs:6403"}]},
}
ELSEWHERE = {
    "user_demand_sd": "needs a demand file without sd: test_own_demand_without_an_sd_takes_the_firms",
    "subsidiary.learning": "nothing follows a subsidiary; the row stands so that the table is whole",
    "sales_noise_sd": "what one year of sales teaches, and how it swings: the outlook's paths (tests/outlook)",
}


def busy(name: str, own: dict[str, float], needs: str) -> Firm:
    """An example firm with contacts of all kinds, presences of all ages, and what an assumption needs to matter."""
    firm, _, _ = example(name)
    return changed(firm, **(BUSY | NEEDS.get(needs, {})), assumptions=SHARED | own)


def ids(stage: str) -> list[str]:
    """Assumptions of a stage."""
    return [one.id for one in packaged().values() if one.table.startswith(f"{stage}/") and one.id not in ELSEWHERE]


def arrays(result: Any) -> Iterator[bytes]:
    """The bytes of every array in a result."""
    for field in fields(result):
        value = getattr(result, field.name)
        if isinstance(value, np.ndarray):
            yield value.tobytes() if value.dtype != object else repr(value.tolist()).encode()
        elif is_dataclass(value):
            yield from arrays(value)


@cache
def answer_of_select(name: str, needs: str, own: tuple[tuple[str, float], ...] = ()) -> tuple[bytes, ...]:
    _, evidence, _ = example(name)
    return tuple(arrays(select_markets(busy(name, dict(own), needs), evidence, draws=DRAWS)))


@cache
def answer_of_enter(name: str, own: tuple[tuple[str, float], ...] = ()) -> tuple[object, ...]:
    _, evidence, selection = example(name)
    found = choose_modes(busy(name, dict(own), ""), evidence, selection)
    return (*arrays(found), found.path)


@cache
def world_of(name: str) -> tuple[ModeChoice, tuple[str, ...], History]:
    """Modes of an example firm, some of its markets, near and far, and their past."""
    firm, evidence, selection = example(name)
    markets = (*dict.fromkeys((*selection.markets[:6], *(p.country for p in firm.presence), "DEU", "FRA")),)
    return choose_modes(firm, evidence, selection), markets, history(evidence, markets, firm.home)


@cache
def answer_of_rollout(name: str, own: tuple[tuple[str, float], ...] = ()) -> tuple[object, ...]:
    """All that the programme reckons with: figures of the markets, the firm's limits, what can be bought, scenarios."""
    _, evidence, selection = example(name)
    modes, markets, past = world_of(name)
    firm = busy(name, dict(own), "")
    assumed, of = Assumptions(firm.assumptions), figures(firm, evidence, selection, modes, markets)
    drawn = draw(of, past, assumed, count=20, years=4, rng=np.random.default_rng(1))
    return (*arrays(of), *arrays(drawn), rules(firm, evidence.vintage), automations(assumed))


def another(name: str, model: str = "") -> float:
    """A value that the assumption can have and has not."""
    one = packaged(model)[name]
    if one.whole:
        return one.low if one.low != one.value else one.low + 1
    if np.isnan(one.value):
        return (one.low + min(one.high, 10_000.0)) / 2
    return (one.value + (one.low if one.low != one.value else one.high)) / 2


@pytest.mark.parametrize("name", ids("select"))
def test_every_assumption_of_the_selection_counts(name: str) -> None:
    needs = name if name in NEEDS else ""
    for of in FIRMS:
        firm, evidence, _ = example(of)
        own = ((name, another(name, model_for(firm.sells[0].code, evidence))),)
        if answer_of_select(of, needs) != answer_of_select(of, needs, own):
            return
    pytest.fail(f"{name} changes nothing")


@pytest.mark.parametrize("name", ids("enter"))
def test_every_assumption_of_the_entry_counts(name: str) -> None:
    own = ((name, another(name)),)
    assert any(answer_of_enter(of) != answer_of_enter(of, own) for of in FIRMS)


@pytest.mark.parametrize("name", ids("rollout"))
def test_every_assumption_of_the_rollout_counts(name: str) -> None:
    own = [(name, another(name))]
    if ".load_" in name:  # what one area has more, another has less
        other = next(f"{name.split('.')[0]}.load_{area}" for area in AREAS if not name.endswith(area))
        own = [(name, PACKAGED[name] + 0.01), (other, PACKAGED[other] - 0.01)]
    assert any(answer_of_rollout(of) != answer_of_rollout(of, tuple(own)) for of in FIRMS[:2])


def test_own_demand_without_an_sd_takes_the_firms(tmp_path: Path) -> None:
    rows = ["market,product,value_usd", *(f"{m},hs:64,1000000" for m in ("DEU", "FRA", "ESP", "ITA", "NLD"))]
    (tmp_path / "demand.csv").write_text("\n".join(rows) + "\n")
    firm, _, _ = example("portugal_footwear")
    evidence = load_evidence(user=(tmp_path / "demand.csv",))
    for sd in (0.4, 0.9):
        s = select_markets(changed(firm, assumptions={"user_demand_sd": sd}), evidence, draws=DRAWS)
        assert s.demand.sd_log[s.markets.index("DEU")] == sd


def test_no_code_reads_an_assumption_that_no_table_holds() -> None:
    """Whatever is asked for by a fixed name is a row."""
    for path in (path for stage in (*STAGES, "outlook") for path in SOURCE.glob(f"{stage}/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Subscript)
                and "assumed" in ast.unparse(node.value)
                and isinstance(node.slice, ast.Constant)
                and isinstance(node.slice.value, str)
            ):
                assert node.slice.value in packaged(), f"{path.name}: {node.slice.value}"
