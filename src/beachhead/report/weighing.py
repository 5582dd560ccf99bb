"""The weights of a firm as data: ``beachhead.weights/1``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beachhead.firm import Firm


def weights_dict(firm: Firm) -> dict[str, Any]:
    """Weights of a firm as JSON-ready data; all indicator weights sum to 1.

    ``prospect_weight`` is what the chance to get in takes before them, if it is known for the product: 0 where it
    never is.
    """
    from beachhead.assumptions import Assumptions
    from beachhead.evidence.catalogue import load_catalogue
    from beachhead.select.prospect import line_of
    from beachhead.select.tables import criteria, indicator_weights
    from beachhead.select.weights import state_weights

    catalogue = load_catalogue()
    ids = tuple(indicator_weights())
    criterion_of = tuple(catalogue.indicators[i].criterion for i in ids)
    assumed = Assumptions(firm.assumptions)
    stated = state_weights(firm, ids, criterion_of, assumed)
    return {
        "schema": "beachhead.weights/1",
        "ground": stated.ground,
        "confidence": firm.weights.confidence,
        "consistency_ratio": stated.consistency,
        "prospect_weight": assumed["prospect_weight"] if line_of(firm) else 0.0,
        "criteria": [
            {
                "criterion": name,
                "name": criteria()[name].name,
                "axis": criteria()[name].axis,
                "asks": criteria()[name].asks,
                "weight": round(float(stated.criteria[c]), 9),
                "indicators": [
                    {
                        "indicator": i,
                        "name": catalogue.indicators[i].name,
                        "weight": round(float(stated.indicators[k]), 9),
                    }
                    for k, i in enumerate(ids)
                    if stated.criterion[k] == c
                ],
            }
            for c, name in enumerate(stated.names)
        ],
    }
