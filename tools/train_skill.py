"""Train the models of where trade begins and grows, judge them on later years, and write them with their cards.

    python tools/train_skill.py                 entry, growth and stay; about twenty minutes on two cores
    python tools/train_skill.py --only growth   one of them
    python tools/train_skill.py --judge         only the cards anew, of the models as they are

Needs the extra [skill]. Settings were chosen on the base year 2012; 2015 and 2018 were looked at for the record only.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from beachhead.evidence import load_evidence
from beachhead.evidence.model import Floats
from beachhead.skill import metrics, train
from beachhead.skill.features import features
from beachhead.skill.logistic import logistic
from beachhead.skill.model import folder, growth_score, model_score, shipped
from beachhead.skill.panel import Panel, open_panel
from beachhead.skill.result import Cases
from beachhead.skill.tasks import HORIZON, OPENS_USD, SELLS_USD, cases
from beachhead.skill.trees import write_trees

TRAINED = range(2000, 2011)
CHOSEN_ON, JUDGED_ON = 2012, (2015, 2018)
STAY = ("own_recent", "own_this_year", "own_memory", "own_growth", "pattern_remembered_5", "proportional_near")
STAY_YEARS = (2006, 2008, 2010)
CHECKED = 20  # one exporter-product in so many is in the sample on which a test recomputes the card
LIMITS = {
    "entry": [
        "Trained and judged on 74 raw materials, metals and basic chemicals; of other goods nothing is known.",
        "It foresees trade between countries, not sales of one firm.",
        "A market that buys now, or that never imported anything, is outside what it was trained on.",
        "What goes with entry is not what causes it: changing a figure does not change the chance.",
    ],
    "growth": [
        "Trained and judged on 74 raw materials, metals and basic chemicals.",
        "Much of what it foresees is that odd years fall back and that small, lonely flows end.",
    ],
}


def entry_figures(outcome: Floats, score: Floats, found: Cases) -> dict[str, float]:
    """What the card says of a model of chances."""
    return {
        "candidates": len(outcome),
        "positives": float(outcome.sum()),
        "auc": metrics.auc(outcome, score),
        "ap": metrics.average_precision(outcome, score),
        "recall_at_10": metrics.recall_by_group(outcome, score, found.group),
        "brier": metrics.brier(outcome, score),
        "ece": metrics.ece(outcome, score),
    }


def growth_figures(outcome: Floats, score: Floats, found: Cases) -> dict[str, float]:
    """What the card says of a model of growth."""
    return {
        "candidates": len(outcome),
        "spearman": metrics.spearman(outcome, score),
        "within": metrics.spearman_within(outcome, score, found.group),
    }


Judging = Callable[[Floats, Floats, Cases], dict[str, float]]
JUDGE: dict[str, tuple[Any, Judging]] = {
    "entry": (model_score, entry_figures),
    "growth": (growth_score, growth_figures),
}


def checked(found: Cases) -> Cases:
    """The candidates of one exporter-product in ``CHECKED``."""
    from dataclasses import replace

    keep = (found.product * 7919 + found.exporter * 104729) % CHECKED == 0
    parts = {f: getattr(found, f)[keep] for f in ("product", "exporter", "importer", "outcome")}
    return replace(found, **parts)


def judged(panel: Panel, task: str, t: int) -> dict[str, Any]:
    """Figures of one base year: of all candidates, and of the sample that a test recomputes."""
    scoring, figures = JUDGE[task]
    found, _ = cases(panel, task, t)
    some = checked(found)
    whole = figures(found.outcome, scoring(panel.until(t), found), found)
    part = figures(some.outcome, scoring(panel.until(t), some), some)
    print(task, t, {k: round(v, 4) for k, v in whole.items()}, file=sys.stderr)
    return {"base_year": t, "all": rounded(whole), "sample": rounded(part)}


def rounded(figures: dict[str, float]) -> dict[str, float]:
    """Six digits: what a card shows and a test can find again."""
    return {k: float(f"{v:.6g}") for k, v in figures.items()}


def write_card(panel: Panel, task: str) -> None:
    """The card of a model, with its figures on years that neither training nor choosing has seen."""
    trees = shipped(task)
    text = {
        "model": task,
        "kind": "gradient-boosted trees" + (", log-odds" if train.TASKS[task] == "binary" else ", least squares"),
        "made_by": f"python tools/train_skill.py --only {task}",
        "data": panel.label,
        "source": "CEPII BACI (Gaulier & Zignago 2010), Etalab Open Licence 2.0; other facts as in DATA_LICENSES.md",
        "asks": {
            "entry": f"A country sells at least {SELLS_USD:,.0f} USD of a product over three years and none of it to a "
            f"market: will it sell {OPENS_USD:,.0f} USD or more there over the years 3 to 5 ahead?",
            "growth": f"A flow of {OPENS_USD:,.0f} USD or more in three years: how will years 3 to 5 ahead compare?",
        }[task],
        "base_years_trained": [TRAINED[0], TRAINED[-1]],
        "outcomes_seen_until": TRAINED[-1] + 5,
        "settings_chosen_on": CHOSEN_ON,
        "settings": {**train.SHARED, **train.SETTINGS[task], "rounds": len(trees.roots), "seed": 1},
        "trees": len(trees.roots),
        "features": list(trees.names),
        "chosen": judged(panel, task, CHOSEN_ON),
        "judged": [judged(panel, task, t) for t in JUDGED_ON],
        "sample": f"one exporter-product in {CHECKED}: (7919 × product + 104729 × exporter) mod {CHECKED} = 0",
        "limits": LIMITS[task],
        "licence": "Apache-2.0 for the model, Etalab Open Licence 2.0 for the trade data behind it",
    }
    (folder() / f"{task}.json").write_text(json.dumps(text, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def running(panel: Panel, t: int) -> tuple[Floats, Floats, Floats]:
    """Of every flow that runs, however small: terms (N, K), whether it brings enough later (N,), USD now (N,)."""
    span = {"t": t, "from_year": t + HORIZON[0], "to_year": t + HORIZON[1], "permille": 1000}
    rows = panel.query("skill_running", runs=1.0, **span)
    index = {name: rows[name].astype(np.int64) for name in ("product", "exporter", "importer")}
    found = Cases("level", panel.data, t, panel.products, panel.countries, **index, outcome=rows["after_usd"])
    made = features(panel.until(t), found)
    columns = [np.nan_to_num(made.values[:, made.names.index(name)].astype(np.float64)) for name in STAY]
    opened = (rows["after_usd"] >= OPENS_USD).astype(float)
    return np.column_stack([np.ones(len(found)), *columns]), opened, rows["before_usd"]


def write_stay(panel: Panel) -> None:
    """Will a flow that runs still bring the threshold? A logistic regression, with its figures on later years."""
    years = [running(panel, t) for t in STAY_YEARS]
    beta = logistic(np.concatenate([x for x, _, _ in years]), np.concatenate([y for _, y, _ in years]))
    with (folder() / "stay.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["feature", "coefficient"])
        rows.writerows((name, f"{b:.6g}") for name, b in zip(("constant", *STAY), beta, strict=True))
    for t in JUDGED_ON:
        x, y, now = running(panel, t)
        p = 1 / (1 + np.exp(-(x @ beta)))
        for name, of in (("all", now > 0), ("small", now < OPENS_USD), ("large", now >= OPENS_USD)):
            told = (of.sum(), round(p[of].mean(), 3), round(y[of].mean(), 3))
            print("stay", t, name, *told, metrics.auc(y[of], p[of]), metrics.ece(y[of], p[of]), file=sys.stderr)


def told(what: str, share: float) -> None:
    """Progress on one line."""
    print(f"\r{share:4.0%} {what:<40}", end="" if share < 1 else "\n", file=sys.stderr)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", choices=("entry", "growth", "stay"))
    asked.add_argument("--judge", action="store_true")
    given = asked.parse_args()
    trade = open_panel("baci74", load_evidence())
    folder().mkdir(exist_ok=True)
    for one in ("stay", "growth", "entry"):
        if given.only in (None, one):
            if one == "stay":
                write_stay(trade)
                continue
            if not given.judge:
                write_trees(train.fit(trade, TRAINED, task=one, watch=told), folder() / f"{one}.parquet")
                shipped.cache_clear()
            write_card(trade, one)
