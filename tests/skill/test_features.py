"""What the model looks at: nothing of the future, and each figure as its name says."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pytest
from skill.some_trade import few_products, flows_of, names_of

from beachhead.skill.features import features
from beachhead.skill.panel import open_panel
from beachhead.skill.result import Cases
from beachhead.skill.scores import SCORES
from beachhead.skill.tasks import candidates

T = 2012
LINES = ("250700", "250810", "261000")


def stirred(table: pa.Table) -> pa.Table:
    """All flows after the base year dealt anew: other pairs, other products, other amounts."""
    rng = np.random.default_rng(7)
    later = table["year"].to_numpy() > T
    out = {}
    for name in table.column_names:
        column = table[name].to_numpy(zero_copy_only=False).copy()
        if name != "year":
            column[later] = rng.permutation(column[later])
        if name == "usd":
            column[later] *= rng.lognormal(0, 3, later.sum())
        out[name] = column
    return pa.table(out)


@pytest.fixture(scope="module")
def panel(evidence):
    return few_products(evidence, *LINES)


@pytest.fixture(scope="module")
def other_future(evidence):
    return few_products(evidence, *LINES, change=stirred)


def blind(one: Cases, task: str) -> Cases:
    """Some of the candidates, for whom nobody knows what came."""
    keep = np.arange(len(one)) % 17 == 0
    parts = (getattr(one, f)[keep] for f in ("product", "exporter", "importer", "outcome"))
    return Cases(task, one.data, one.base_year, one.products, one.countries, *parts)


def test_the_future_does_differ(panel, other_future):
    assert flows_of(panel) != flows_of(other_future)
    assert panel.countries == other_future.countries


def test_no_figure_moves_when_the_future_is_another(panel, other_future):
    ours, theirs = candidates(panel, T), candidates(other_future, T)
    np.testing.assert_array_equal(ours.group, theirs.group)
    np.testing.assert_array_equal(ours.importer, theirs.importer)
    one, other = features(panel.until(T), ours), features(other_future.until(T), theirs)
    assert one.names == other.names
    np.testing.assert_array_equal(one.values, other.values)


@pytest.mark.parametrize("spec", SCORES, ids=lambda s: f"{s.name}-{s.tasks[0]}")
def test_no_score_reads_the_outcome_or_the_future(spec, panel, other_future):
    task = spec.tasks[0]
    found = blind(candidates(panel, T, task=task), task)
    assert np.isnan(found.outcome).all()
    one, other = (spec(p.until(T), found) for p in (panel, other_future))
    assert one.shape == (len(found),)
    assert not np.isnan(one).all()
    np.testing.assert_array_equal(one, other)


def test_even_the_whole_panel_gives_what_was_known_at_the_base_year(panel):
    found = blind(candidates(panel, T), "entry")
    np.testing.assert_array_equal(features(panel, found).values, features(panel.until(T), found).values)


def test_figures_are_what_their_names_say(panel):
    found = candidates(panel, T)
    made, usd = features(panel.until(T), found), flows_of(panel)
    figure = {name: made.values[:, k] for k, name in enumerate(made.names)}
    row = int(np.flatnonzero(figure["most_before"] > 0)[5])
    p, x, m = names_of(found, row)
    now = {k: v for k, v in usd.items() if T - 2 <= k[3] <= T}
    past = {y: v for (q, e, i, y), v in usd.items() if (q, e, i) == (p, x, m) and y <= T - 3}
    assert figure["most_before"][row] == pytest.approx(np.log1p(max(past.values())), rel=1e-6)
    assert figure["since"][row] == T - 2 - max(past)
    assert figure["imports"][row] == pytest.approx(np.log1p(sum(v for k, v in now.items() if k[0] == p and k[2] == m)))
    assert figure["suppliers"][row] == len({k[1] for k in now if k[0] == p and k[2] == m})
    assert figure["markets"][row] == len({k[2] for k in now if k[:2] == (p, x)})
    assert figure["links"][row] == len({k[0] for k in now if k[1:3] == (x, m)})
    assert figure["own_recent"][row] == 0
    memory = sum(0.85 ** (T - y) * np.log1p(v) for y, v in past.items())
    assert figure["own_memory"][row] == pytest.approx(memory, rel=1e-5)


def test_low_rank_parts_are_the_nearest_matrices_of_their_rank(panel):
    found = candidates(panel, T)
    keep = found.product == 0
    made = features(panel.until(T), found)
    usd = flows_of(panel)
    whole = np.zeros((len(panel.countries),) * 2)
    at = {c: k for k, c in enumerate(panel.countries)}
    for (p, x, m, y), v in usd.items():
        if p == panel.products[0] and T - 2 <= y <= T:
            whole[at[x], at[m]] += v
    u, s, v = np.linalg.svd(np.log1p(whole))
    best = (u[:, :3] * s[:3]) @ v[:3]
    mine = made.values[keep, made.names.index("pattern_3")]
    np.testing.assert_allclose(mine, best[found.exporter[keep], found.importer[keep]], atol=2e-3)


def test_every_figure_is_described_and_every_description_has_its_figure(panel):
    text = files("beachhead.skill").joinpath("features.csv").read_text(encoding="utf-8")
    described = [row["name"] for row in csv.DictReader(text.splitlines())]
    found = blind(candidates(panel, T), "entry")
    assert described == list(features(panel.until(T), found).names)


def test_blocks_of_products_do_not_mix_up_their_candidates(evidence, monkeypatch):
    from beachhead.skill import past

    panel = few_products(evidence, "250700", "250810", "720292", "720293")
    found = blind(candidates(panel, T), "entry")
    whole = features(panel.until(T), found)
    monkeypatch.setattr(past, "BLOCK", 2)
    parts = features(panel.until(T), found)
    for name in ("imports", "since", "own_memory", "nearest_market", "pattern_2", "exporter_chapter_sells"):
        k = whole.names.index(name)
        np.testing.assert_allclose(parts.values[:, k], whole.values[:, k], rtol=1e-4, atol=1e-4)


def test_the_snapshot_s_panel_holds_every_flow(evidence):
    panel = open_panel("baci74", evidence)
    assert panel.run("SELECT COUNT(*) AS n FROM flows")["n"].tolist() == [1_264_888]
    assert panel.until(2010).run("SELECT MAX(year) AS y FROM flows")["y"].tolist() == [2010]
    assert panel.until(2010).until(2005).run("SELECT MAX(year) AS y FROM flows")["y"].tolist() == [2005]
