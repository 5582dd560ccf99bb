"""The model's chances as shipped: reckoned once for every exporter and product of the snapshot, looked up in no time.

``prospects.parquet`` (``tools/make_record.py``) has a row for each product, exporter that sold ``SELLS_USD`` of it over
the last three years, and importer: ``log_odds``, a hundred times the logarithm of the odds, and ``sells``, whether it
sells there now. Asking the model itself (:mod:`beachhead.skill.prospects`) takes the better part of a minute, for what
it looks at hangs on all trade.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.engine import literal
from beachhead.evidence.model import Floats

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

TABLE = "prospects.parquet"
HUNDRED = 100.0  # of which log-odds are kept as whole numbers


@dataclass(frozen=True, slots=True, eq=False)
class Shipped:
    """Chances (M,) over the markets of the evidence at the end of ``base_year``; ``sells``: to stay, not to get in.

    A market that bought none of all the products has the least chance of all; home has it too, and is never ranked.
    """

    base_year: int
    chance: Floats
    sells: NDArray[np.bool_]


def shipped(evidence: Evidence, home: str, product: str) -> Shipped | None:
    """What was reckoned for the exporters of ``home`` of an HS6 ``product``; None where they were none to speak of."""
    from beachhead.select.flows import places  # that package asks this one

    path = literal(str(files("beachhead.skill").joinpath(TABLE)))
    rows = evidence.engine.run(
        f"SELECT importer, log_odds, sells, base_year FROM read_parquet({path}) WHERE product = $p AND exporter = $e",
        {"p": product, "e": home},
    )
    if not len(rows["importer"]):
        return None
    found = 1 / (1 + np.exp(-rows["log_odds"].astype(np.float64) / HUNDRED))
    chance, sells = np.full(len(evidence.markets), found.min()), np.zeros(len(evidence.markets), bool)
    at = places(evidence.markets, rows["importer"])
    chance[at[at >= 0]], sells[at[at >= 0]] = found[at >= 0], rows["sells"][at >= 0].astype(bool)
    return Shipped(int(rows["base_year"][0]), chance, sells)
