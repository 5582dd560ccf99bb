"""Access elasticities against the literature.

The published gravity estimates are repeated from the raw data where those are at hand (``BEACHHEAD_RAW`` names the
folder); the shipped figures are checked everywhere.
"""

from __future__ import annotations

import csv
import importlib.util
import sys
from collections import defaultdict
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from cases import RAW

TOOL = Path(__file__).parents[2] / "tools" / "estimate_access.py"
TABLES = ("access", "access_cov", "access_groups", "entrants", "entrants_cov")
needs_raw = pytest.mark.skipif(
    not (RAW / "trade/gravity_verification/agtpa").is_dir() or importlib.util.find_spec("pyfixest") is None,
    reason="needs the raw files (BEACHHEAD_RAW) and pyfixest",
)

# Yotov, Piermartini, Monteiro & Larch (2016), An Advanced Guide to Trade Policy Analysis: PPML with exporter-year and
# importer-year effects, 69 economies, every fourth year 1986–2006, errors clustered by pair. (estimate, standard error)
YOTOV = {
    "ln_dist": (-0.841, 0.032),
    "contig": (0.437, 0.084),
    "lang": (0.247, 0.078),
    "colony": (-0.222, 0.118),
}
YOTOV_AGREEMENT = (
    0.475  # the same book: phased-in agreements, pair effects and globalisation: .116 + .288 + .069 + .002
)


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("estimate_access", TOOL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


def shipped(name: str) -> list[dict[str, str]]:
    text = files("beachhead.select").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def by_model(name: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in shipped(name):
        found[row["model"]][row["term"]] = float(row["estimate"])
    return dict(found)


@needs_raw
def test_published_gravity_estimates_are_reproduced() -> None:
    """Tolerance: half of the last published digit."""
    fit = tool().traditional(RAW)
    assert fit._N == 28_152
    for term, (estimate, se) in YOTOV.items():
        assert fit.coef()[term] == pytest.approx(estimate, abs=5e-4)
        assert fit.se()[term] == pytest.approx(se, abs=5.5e-4)


@needs_raw
def test_agreements_raise_trade_as_published() -> None:
    """Our panel keeps 330 fewer observations of pairs that never trade; a tenth of the standard error is allowed."""
    estimator = tool()
    effect, variance = estimator.agreement_effect(estimator.agtpa(RAW))
    assert effect == pytest.approx(YOTOV_AGREEMENT, abs=0.1 * variance**0.5)


@needs_raw
def test_the_shipped_tables_are_what_the_estimation_writes(tmp_path: Path) -> None:
    tool().main(RAW, tmp_path)
    for name in TABLES:
        written = (tmp_path / f"{name}.csv").read_text(encoding="utf-8")
        assert written == files("beachhead.select").joinpath(f"{name}.csv").read_text(encoding="utf-8"), name


@pytest.mark.parametrize(("model", "terms"), by_model("access").items())
def test_shipped_elasticities_are_within_the_literature(model: str, terms: dict[str, float]) -> None:
    """Signs and sizes: Head & Mayer (2014), Handbook of International Economics 4, mean of 159 papers – distance -0.93,
    contiguity 0.53, language 0.54, agreement 0.59. Borders: -2 to -5 for goods with domestic flows, larger for services
    (Anderson, Borchert, Mattoo & Yotov 2018).
    """
    services = "services" in model
    assert (-8.0 if services else -5.2) < terms["border"] < -1.9
    assert -1.3 < terms["ln_distance"] < -0.15
    assert -0.1 < terms["colonial_tie"] < 1.0
    for term in ("contiguous", "common_official_language", "agreement"):
        assert 0 < terms[term] < 1.4, term
    assert 1.0 < terms["residual_sd"] < 2.6


@pytest.mark.parametrize("name", ["access", "entrants"])
def test_covariances_are_symmetric_positive_and_agree_with_the_standard_errors(name: str) -> None:
    cov: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
    for row in shipped(f"{name}_cov"):
        cov[row["model"]][row["term_a"], row["term_b"]] = float(row["cov"])
    se = {(r["model"], r["term"]): float(r["se"]) for r in shipped(name) if r["se"]}
    for model, cells in cov.items():
        terms = list(dict.fromkeys(a for a, _ in cells))
        matrix = np.array([[cells[a, b] for b in terms] for a in terms])
        assert matrix == pytest.approx(matrix.T)
        assert np.linalg.eigvalsh(matrix).min() > -1e-6
        assert np.sqrt(np.diag(matrix)) == pytest.approx([se[model, t] for t in terms], rel=1e-3)


def test_every_sector_of_the_input_output_table_has_one_model() -> None:
    sectors = [row["sector"] for row in shipped("access_groups")]
    assert len(sectors) == len(set(sectors)) == 49  # 50 without households as employers
    assert {row["model"] for row in shipped("access_groups")} <= set(by_model("access"))


def test_first_year_sales_are_what_entrants_really_sell() -> None:
    """Median over destinations: 12.6 thousand USD from Peru, 13.8 from Mexico; survivors grow by the published path."""
    found = by_model("entrants")
    assert np.exp(found["median"]["by_destination_PER"]) == pytest.approx(12_566, rel=1e-3)
    assert np.exp(found["median"]["by_destination_MEX"]) == pytest.approx(13_784, rel=1e-3)
    assert list(found["survivors"].values()) == [0.94, 1.45, 1.64, 1.75, 1.79, 1.82]


def test_percentiles_of_entrants_rise_and_straddle_the_median() -> None:
    found = by_model("entrants")["percentile"]
    values = [found[k] for k in sorted(found)]
    assert values == sorted(values) and found["p50"] == 0 and found["p05"] < -1.5 and found["p95"] > 2.5


def test_industry_multipliers_are_shrunk_towards_the_mean() -> None:
    """What is known less well is drawn closer to the mean; none strays far beyond the spread between industries."""
    rows = {r["term"]: r for r in shipped("entrants") if r["model"] == "industry"}
    between = float(rows.pop("sd_between")["estimate"])
    assert len(rows) == 16
    assert all(float(r["se"]) < between and abs(float(r["estimate"])) < 3 * between for r in rows.values())
