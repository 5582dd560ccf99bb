"""How quickly one base year is looked back at, beside the same in pandas and scikit-learn, whose figures must agree.

The peer makes the candidates with merges, three simple orders with group-bys, and asks scikit-learn for the measures.
Its bootstrap repeats the measures with the weights of the exporters drawn; it is timed on a few draws.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from measure import Row, Section, seconds, show
from sklearn.metrics import average_precision_score, roc_auc_score

from beachhead import flow
from beachhead.skill.backtest import backtest, sample_of
from beachhead.skill.bootstrap import draw, judged, seen
from beachhead.skill.panel import Panel, open_panel
from beachhead.skill.tasks import OPENS_USD, SELLS_USD, cases

YEAR, DRAWS, PEER_DRAWS = 2015, 200, 3
NAMES = ("market_size", "suppliers", "links")
SHOWN = ("auc", "ap", "recall_pooled")
KEY = ["product", "exporter", "importer"]
REPEATS = 3


def ours(panel: Panel, replicates: int) -> dict[str, dict[str, float]]:
    """Measures by score."""
    [found] = backtest(panel, tasks=["entry"], base_years=[YEAR], names=NAMES, replicates=replicates).tasks
    return {s.name: {key: getattr(s, key) for key in SHOWN} for s in found.scores}


def peer(flows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """The same in pandas and scikit-learn."""
    listed = scored(flows, candidates(flows))
    return {name: measures(listed, name) for name in NAMES}


def candidates(flows: pd.DataFrame) -> pd.DataFrame:
    """Every seller of a product with every buyer that it had not, and whether the buyer came."""
    now = flows[flows.year.between(YEAR - 2, YEAR)]
    sold = now.groupby(["product", "exporter"], as_index=False).usd.sum()
    sold = sold.loc[sold.usd >= SELLS_USD, ["product", "exporter"]]
    every = sold.merge(pd.DataFrame({"importer": np.unique(now.importer)}), how="cross")
    every = every[every.exporter != every.importer]
    every = every.merge(now[KEY].drop_duplicates(), on=KEY, how="left", indicator="running")
    later = flows[flows.year.between(YEAR + 3, YEAR + 5)].groupby(KEY, as_index=False).usd.sum()
    listed = every[every.running == "left_only"].merge(later, on=KEY, how="left")
    return listed[KEY].assign(opened=(listed.usd.fillna(0) >= OPENS_USD).astype(float))


def scored(flows: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Imports of the market, its suppliers, the exporter's other products there."""
    now = flows[flows.year.between(YEAR - 2, YEAR)].groupby(KEY, as_index=False).usd.sum()
    market = now.groupby(["product", "importer"], as_index=False).agg(
        market_size=("usd", "sum"), suppliers=("usd", "size")
    )
    pair = now.groupby(["exporter", "importer"], as_index=False).agg(links=("product", "size"))
    listed = listed.merge(market, on=["product", "importer"], how="left").merge(
        pair, on=["exporter", "importer"], how="left"
    )
    return listed.fillna(dict.fromkeys(NAMES, 0.0))


def measures(listed: pd.DataFrame, name: str) -> dict[str, float]:
    """Area, average precision, and the openings expected among the first ten of each exporter and product."""
    score = listed[name].astype(np.float32)
    place = score.groupby([listed["product"], listed.exporter]).rank(method="min", ascending=False) - 1
    tied = listed.groupby(["product", "exporter", score]).opened.transform("size")
    first = ((10 - place) / tied).clip(0, 1)
    return {
        "auc": float(roc_auc_score(listed.opened, score)),
        "ap": float(average_precision_score(listed.opened, score)),
        "recall_pooled": float((first * listed.opened).sum() / listed.opened.sum()),
    }


def check(mine: dict[str, dict[str, float]], theirs: dict[str, dict[str, float]]) -> None:
    """Both must give the same figures."""
    for name in NAMES:
        for key in SHOWN:
            if abs(mine[name][key] - theirs[name][key]) > 1e-6:
                raise AssertionError(f"{name} {key}: {mine[name][key]} here, {theirs[name][key]} there")


def peer_draws(outcome: Any, score: Any, cluster: Any, taken: Any) -> None:
    """Area and precision on some draws."""
    for times in taken.T[1:]:
        weight = times[cluster]
        roc_auc_score(outcome, score, sample_weight=weight)
        average_precision_score(outcome, score, sample_weight=weight)


def measure() -> Section:
    """Seconds on the clock."""
    panel = open_panel("baci74", flow.load_evidence())
    flows = pd.DataFrame(panel.run("SELECT * FROM flows"))
    check(ours(panel, 1), peer(flows))
    found, _ = cases(panel, "entry", YEAR)
    sample, _ = sample_of(found)
    score = np.random.default_rng(1).random(len(found))
    taken = draw(sample.clusters, DRAWS, (1,))
    some = partial(peer_draws, found.outcome, score, sample.cluster, taken[:, : PEER_DRAWS + 1])
    naive = seconds(some, repeats=1) * DRAWS / PEER_DRAWS
    whole, theirs = seconds(partial(ours, panel, 1), REPEATS), seconds(partial(peer, flows), REPEATS)
    drawn = seconds(lambda: judged(seen(sample, score), ("auc", "ap"), taken), REPEATS)
    return Section(
        "Skill",
        "python bench/skill.py",
        (
            Row(f"entry from {YEAR}: {len(found):,} candidates, three orders, their measures", whole, "s",
                "pandas and scikit-learn", theirs),
            Row(f"{DRAWS} draws of exporters, area and precision of one order", drawn, "s",
                "scikit-learn, draw by draw", naive),
        ),
        f"Figures agree to 1e-6. Peer's draws: over {PEER_DRAWS}, time scaled in proportion.",
    )  # fmt: skip


if __name__ == "__main__":
    show([measure()])
