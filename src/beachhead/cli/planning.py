"""From the path of a firm file to a plan, with progress on stderr: the start of every command about a firm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from beachhead.cli.console import progress, warn
from beachhead.cli.watching import watched

if TYPE_CHECKING:
    from beachhead.evidence import Evidence
    from beachhead.evidence.catalogue import Catalogue
    from beachhead.firm import Firm
    from beachhead.flow import Plan

READING, WEIGHING = "Reading the firm and the evidence", "Weighing markets and modes"


def read_firm_and_evidence(path: Path) -> tuple[Firm, Evidence]:
    """The firm, and the evidence with the firm's own files laid over it; rows that could not be used are named."""
    from beachhead import flow

    firm = flow.load_firm(path)
    return firm, evidence_of(firm)


def evidence_of(firm: Firm) -> Evidence:
    """The evidence with the firm's own files laid over it; rows that could not be used are named."""
    from beachhead import flow

    evidence = flow.load_evidence(user=firm.evidence)
    for row in evidence.rejected:
        warn(f"left out of the evidence: {row}")
    return evidence


def make_plan(path: Path, *, top: int = 10, seed: int | None = None, draws: int = 10_000, rollout: bool = True) -> Plan:
    """The plan for a firm file; without ``rollout`` only where and how, not when and what follows."""
    from beachhead import flow

    with progress(READING):
        firm, evidence = read_firm_and_evidence(path)
    with watched(WEIGHING) as watch:
        return flow.plan(firm, evidence, top=top, seed=seed, draws=draws, rollout=rollout, watch=watch)


def known_market(code: str, catalogue: Catalogue) -> str:
    """The ISO3 code a user means, in any case; an unknown one is a fault with the nearest names."""
    from difflib import get_close_matches

    from beachhead.errors import bad

    if code.upper() in catalogue.countries:
        return code.upper()
    names = {country.name.lower(): iso3 for iso3, country in catalogue.countries.items()}
    if code.lower() in names:
        return names[code.lower()]
    alike = get_close_matches(code.upper(), catalogue.countries, n=2, cutoff=0.6)
    near = [names[n] for n in get_close_matches(code.lower(), names, n=2, cutoff=0.6)] or alike
    hint = " or ".join(f"{iso3} ({catalogue.countries[iso3].name})" for iso3 in near)
    remedy = f"did you mean {hint}?" if near else "write the ISO 3166-1 alpha-3 code of an economy, such as DEU"
    raise bad("market", code, remedy)
