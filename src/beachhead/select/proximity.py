"""How near a market is to this firm: geography, law, language, agreements, and the firm's own people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, recent
from beachhead.select.flows import places

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

FULL_TARIFF = "tariff before agreements"  # key of the figure that agreements cut
QUARTERS_A_YEAR = 4
PAIR = (
    "distance",
    "contiguous",
    "common_official_language",
    "language_overlap",
    "colonial_tie",
    "same_legal_origin",
    "timezone_gap",
    "home_fx_volatility",
)


def vintage_year(evidence: Evidence) -> int:
    """The year the evidence speaks of: the same file gives the same answer on any day."""
    return int(evidence.vintage[:4])


def pair_figures(home: str, evidence: Evidence, assumed: Assumptions) -> dict[str, Floats]:
    """Every pair indicator from ``home`` to all markets, each (M,); nan where unknown."""
    rows = evidence.query("pairs_from", home=home)
    at = places(evidence.markets, rows["destination"])
    out: dict[str, Floats] = {}
    for name in PAIR:
        column = np.full(len(evidence.markets), np.nan)
        values = np.ma.filled(np.ma.asarray(rows[name], dtype=np.float64), np.nan)
        column[at[at >= 0]] = values[at >= 0]
        out[name] = column
    return out | {"agreement": agreement(home, evidence, assumed["partial_agreement"])}


def agreement(home: str, evidence: Evidence, partial: float) -> Floats:
    """1 with a trade agreement in force, ``partial`` with one of partial scope, else 0; (M,)."""
    rows = evidence.query("agreements_from", home=home, year=vintage_year(evidence))
    at = places(evidence.markets, rows["destination"])
    worth = np.where(rows["partial"].astype(bool), partial, 1.0)
    out = np.zeros(len(evidence.markets))
    np.maximum.at(out, at[at >= 0], worth[at >= 0])
    return out


def firm_figures(firm: Firm, evidence: Evidence, assumed: Assumptions) -> dict[str, Floats]:
    """What the firm itself brings to each market, 0–1, each (M,)."""
    return {
        "firm_languages": spoken_share(firm.languages, evidence),
        "founder_experience": experience(firm, evidence.markets, assumed["experience_half_life"]),
        "contacts": contacts(firm, evidence.markets, assumed),
        "past_presence": presence(firm, evidence, assumed["presence_lost"]),
    }


def spoken_share(languages: tuple[str, ...], evidence: Evidence) -> Floats:
    """Chance that a random person of each market speaks at least one of ``languages``, taken as independent; (M,)."""
    rows = evidence.query("languages_all")
    wanted = {tag.split("-")[0].lower() for tag in languages}
    speaks = np.array([str(x).split("-")[0].split("_")[0].lower() in wanted for x in rows["language"]], bool)
    at = places(evidence.markets, rows["market"])
    missing = np.zeros(len(evidence.markets))
    share = np.clip(rows["share"].astype(np.float64), 0, 1)
    with np.errstate(divide="ignore"):
        np.add.at(missing, at[speaks], np.log1p(-share[speaks]))
    return -np.expm1(missing)


def experience(firm: Firm, markets: tuple[str, ...], half_life: float) -> Floats:
    """Years lived in a market, with declining returns: 1 − 2^(−years / half-life), years of all people added; (M,)."""
    years = np.zeros(len(markets))
    for one in firm.experience:
        if one.country in markets:
            years[markets.index(one.country)] += one.years
    return 1 - 0.5 ** (years / half_life)


def contacts(firm: Firm, markets: tuple[str, ...], assumed: Assumptions) -> Floats:
    """Chance that at least one of the firm's contacts opens the market; (M,)."""
    shut = np.ones(len(markets))
    for one in firm.contacts:
        if one.country in markets:
            shut[markets.index(one.country)] *= (1 - assumed[f"contact_{one.kind}"]) ** one.count
    return 1 - shut


def presence(firm: Firm, evidence: Evidence, kept: float) -> Floats:
    """1 where the firm sells now or did so within the last year, else what it has ``kept`` of a lost presence; (M,)."""
    here = {p.country for p in recent(firm, evidence.vintage, QUARTERS_A_YEAR)}
    once = {p.country for p in firm.presence if p.quarters(evidence.vintage)}
    return np.array([1.0 if m in here else kept if m in once else 0.0 for m in evidence.markets])
