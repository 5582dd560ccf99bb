"""Made-up trade for tests of the back-test: few countries and products, with an order in what opens."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from beachhead.skill.panel import panel_of
from beachhead.skill.scores import Spec

SELLERS = ("AUT", "BRA", "CHL", "DEU", "IND", "KEN")
BUYERS = ("ARG", "CAN", "EGY", "FRA", "GBR", "IDN", "JPN", "MEX", "NGA", "POL", "THA", "USA")
PRODUCTS = ("100100", "200200", "300300", "400400")
YEARS = range(2010, 2023)
PAIR_TASKS = ("entry", "growth", "level")
HERE = __name__


def rows(seed=1, sellers=SELLERS, years=YEARS, scale=None):
    """Flows as columns. Big buyers open sooner; ``scale(year)`` multiplies what is traded in a year."""
    rng = np.random.default_rng(seed)
    size = dict(zip(BUYERS, np.linspace(0.2, 3.0, len(BUYERS)), strict=True))
    found = []
    for product in PRODUCTS:
        for exporter in sellers:
            for importer in BUYERS:
                opens = 2010 + int(rng.exponential(9 / size[importer]))
                worth = 4e4 * size[importer] * np.exp(rng.normal(0, 0.7))
                found += [
                    (product, exporter, importer, year, worth * 1.1 ** (year - 2010) * np.exp(rng.normal(0, 0.3)))
                    for year in YEARS
                    if year >= opens
                ]
    kept = [(*one[:4], one[4] * (scale(one[3]) if scale else 1.0)) for one in found if one[3] in years]
    names = ("product", "exporter", "importer", "year", "usd")
    return dict(zip(names, map(list, zip(*kept, strict=True)), strict=True))


def panel(evidence, **how):
    """A panel of such flows."""
    return panel_of("made up", "Made-up flows", pa.table(rows(**how)), evidence)


# --- ways of ordering ------------------------------------------------------------------------------------------------


def imports(known, cases):
    """What each candidate's market imported of its product in the last three years."""
    text = (
        "SELECT p.id AS product, m.id AS importer, SUM(usd) AS usd FROM flows f "
        "JOIN main.product_ids p ON p.product = f.product JOIN main.country_ids m ON m.country = f.importer "
        "WHERE year > $t - 3 GROUP BY ALL"
    )
    found = known.run(text, {"t": cases.base_year})
    grid = np.zeros((len(cases.products), len(cases.countries)))
    grid[found["product"], found["importer"]] = found["usd"]
    return grid[cases.product, cases.importer]


def chance(known, cases, unseen=None):
    """A chance that rises with what the market imports; nothing if it was fitted on an exporter that it is to judge."""
    found = 1 / (1 + 2e6 / (1 + imports(known, cases)))
    return found if unseen is None else np.where(np.isin(cases.exporter, unseen), found, 0.0)


def part(known, cases):
    """The same, but nothing of every other candidate."""
    return np.where(np.arange(len(cases)) % 2, imports(known, cases), np.nan)


def nothing(known, cases):
    """A score that these data tell nothing."""
    return np.full(len(cases), np.nan)


def spec(name, function, *, probability=False, tasks=PAIR_TASKS):
    """A way of ordering from a function of this module."""
    return Spec(name, name.replace("_", " ").capitalize(), "Made up.", f"{HERE}:{function}", tasks, probability)


SCORES = (
    spec("model", "chance", probability=True),
    spec("selection", "part"),
    spec("market_size", "imports"),
    spec("mute", "nothing"),
)
