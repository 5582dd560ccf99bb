"""How potentials are uncertain together: what is learnt of one market speaks for others.

Of the variance of ln potential, the luck of one firm in one market (``firm_market_sd``) is each market's own, and only
selling there tells it. The rest can be known. It holds what the elasticities of access are unsure by, which moves all
far markets, or all with another language, alike; of what is left a share ``potential_common`` is about the firm, the
same everywhere, and the remainder follows the likeness of markets (:mod:`beachhead.select.likeness`). What is about the
firm shows in its own sales and to who deals with it; what others tell of a market does not hold it.
"""

from __future__ import annotations

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.evidence.model import Floats

LEAST = 0.1  # share of the variance that can be known, even where own sales have told most
MOST = 0.9  # share of what can be known that the elasticities may make up


def knowable(sd_log: Floats, luck: float) -> Floats:
    """Variance of ln potential that others could tell, (M,)."""
    return np.asarray(np.maximum(sd_log**2 - luck**2, LEAST * sd_log**2))


def split(sd_log: Floats, access: Floats, likeness: Floats, assumed: Assumptions) -> tuple[Floats, Floats]:
    """Root (M, T + 1 + M) of what can be known, and own sd (M,).

    ``access`` (M, T): root of the covariance that the T elasticities bring, the first columns of the result, cut where
    it would be more than all; then a column of what is about the firm; ``likeness`` (M, M): a correlation matrix.
    """
    variance = knowable(sd_log, assumed["firm_market_sd"])
    brought = (access**2).sum(axis=1)
    access = access * np.sqrt(np.minimum(1.0, MOST * variance / np.maximum(brought, 1e-12)))[:, None]
    left = np.sqrt(variance - (access**2).sum(axis=1))
    common = assumed["potential_common"]
    alike = np.sqrt(1.0 - common) * np.linalg.cholesky(likeness + 1e-12 * np.eye(len(sd_log)))
    root = np.column_stack([access, left * np.sqrt(common), left[:, None] * alike])
    return root, np.sqrt(np.maximum(sd_log**2 - (root**2).sum(axis=1), 0.0))
