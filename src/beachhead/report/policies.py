"""The tournament in words: as JSON, as tables on the terminal, as one HTML page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from beachhead.charts import numbers as n
from beachhead.skill.policies.result import Group, Mean, Pair, Part, Standing, Tournament

if TYPE_CHECKING:
    from rich.console import Console

SCHEMA = "beachhead.skill/1"
PRIORS = {"right": "The world is drawn from what the firm believes", "wrong": "The firm believes wrongly"}
COLUMNS = ("Policy", "Worth, USD", "95 %", "Ruin", "Below floor", "Regret, USD", "Entered", "Asked", "Refused")
SAYS = {"better": "brings more", "as_good": "no clear difference", "worse": "brings less"}
LIMIT = (
    "What this says: which way of deciding does well in worlds that are drawn from this program's own assumptions, or "
    "from others that are wrong on purpose. What it does not: that the assumptions hold."
)


# --- JSON ------------------------------------------------------------------------------------------------------------


def tournament_dict(found: Tournament) -> dict[str, Any]:
    """Schema ``beachhead.skill/1``: the first prior's policies at the top, every part below ``parts``."""
    first = found.parts[0]
    return {
        "schema": SCHEMA,
        "policies": [_standing(s) for s in first.whole.standings],
        "worlds": first.whole.worlds,
        "seed": found.seed,
        "asked": found.asked,
        "finished": found.finished,
        "champion": found.champion,
        "verdict": [line for part in found.parts for line in verdict(part)],
        "parts": [
            {
                "prior": part.prior,
                **_group(part.whole),
                "kinds": [_group(g) for g in part.kinds],
                "variants": [_group(g) for g in part.variants],
            }
            for part in found.parts
        ],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "label": group.label,
        "worlds": group.worlds,
        "clairvoyant_usd": round(group.clairvoyant_usd, 2),
        "policies": [_standing(s) for s in group.standings],
        "paired": [_pair(p) for p in group.pairs],
    }


def _standing(s: Standing) -> dict[str, Any]:
    counts = ("entered", "served", "ended", "asked", "refused")
    return {
        "name": s.name,
        "label": s.label,
        "value_usd": _mean(s.value_usd),
        "p_ruin": round(s.p_ruin, 6),
        "p_below_floor": round(s.p_below_floor, 6),
        "regret_usd": round(s.regret_usd, 2),
        **{name: round(getattr(s, name), 4) for name in counts},
    }


def _pair(p: Pair) -> dict[str, Any]:
    return {"rival": p.rival, "gain_usd": _mean(p.gain_usd), "verdict": p.verdict}


def _mean(x: Mean) -> dict[str, Any]:
    return {"mean": round(x.mean, 2), "ci": [round(x.low, 2), round(x.high, 2)]}


# --- words -----------------------------------------------------------------------------------------------------------


def verdict(part: Part) -> tuple[str, ...]:
    """What is to be made of it, in plain sentences: over all worlds, then the kinds of firm in which ours does not
    win."""
    lines = [f"{PRIORS.get(part.prior, part.prior)} ({part.whole.worlds:,} worlds):"]
    for kind, groups in (
        ("better", "brings more than"),
        ("as_good", "does not clearly do better than"),
        ("worse", "loses to"),
    ):
        rivals = [p.label for p in part.whole.pairs if p.verdict == kind]
        if rivals:
            lines.append(f"{part.champion} {groups} {n.listed(rivals)}.")
    for group in part.kinds if len(part.kinds) > 1 else ():
        for kind, words in (("as_good", "not clearly better than"), ("worse", "worse than")):
            rivals = [p.label for p in group.pairs if p.verdict == kind]
            if rivals:
                lines.append(f"For a firm of {group.label}: {words} {n.listed(rivals)}.")
    return tuple(lines)


def pieces(part: Part) -> tuple[Group, ...]:
    """The groups that are not the whole again."""
    return (*(part.kinds if len(part.kinds) > 1 else ()), *part.variants)


def cells(group: Group) -> list[tuple[str, ...]]:
    """Rows of the table of one group, the clairvoyant's bound last."""
    rows = [
        (
            s.label,
            n.usd_signed(s.value_usd.mean),
            f"{n.short(s.value_usd.low)} to {n.short(s.value_usd.high)}",
            n.pct(s.p_ruin),
            n.pct(s.p_below_floor),
            n.short(s.regret_usd),
            f"{s.entered:.1f}",
            f"{s.asked:.1f}",
            f"{s.refused:.1f}",
        )
        for s in sorted(group.standings, key=lambda s: s.value_usd.mean)
    ]
    return [*rows, ("Clairvoyant (bound)", n.usd_signed(group.clairvoyant_usd), *[""] * 3, "0", *[""] * 3)]


def pair_cells(group: Group) -> list[tuple[str, ...]]:
    """The champion less each rival, in words."""
    return [
        (
            p.label,
            n.usd_signed(p.gain_usd.mean),
            f"{n.short(p.gain_usd.low)} to {n.short(p.gain_usd.high)}",
            SAYS[p.verdict],
        )
        for p in group.pairs
    ]


PAIRED = ("Rival", "Gain, USD", "95 %", "It")


def show_tournament(found: Tournament, console: Console) -> None:
    """Tables and verdicts on the terminal."""
    from beachhead.cli.console import table

    for part in found.parts:
        console.print(f"\n{PRIORS.get(part.prior, part.prior)}: {part.whole.worlds:,} worlds", style="bold")
        console.print(table(COLUMNS, cells(part.whole), right=COLUMNS[1:]))
        console.print(f"{part.champion} beside each of the others, world by world")
        console.print(table(PAIRED, pair_cells(part.whole), right=PAIRED[1:3]))
        for group in pieces(part):
            console.print(f"\n{group.label}: {group.worlds:,} worlds", style="bold")
            console.print(table(PAIRED, pair_cells(group), right=PAIRED[1:3]))
        console.print()
        for line in verdict(part):
            console.print(line, markup=False)
    console.print(f"\n{LIMIT}", markup=False)


# --- page ------------------------------------------------------------------------------------------------------------


def tournament_html(found: Tournament) -> str:
    """One HTML file that needs nothing else. The same result gives the same bytes."""
    body = "".join(_section(part) for part in found.parts)
    note = "" if found.finished else "<p><strong>Interrupted: this is what was played until then.</strong></p>"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Ways of deciding, in simulated worlds</title>\n<style>\n{_css()}{_MORE}</style>\n</head>\n"
        "<body>\n<main>\n"
        f"<h1>Ways of deciding, in simulated worlds</h1>\n<p>Seed {found.seed}. {escape(LIMIT)}</p>\n{note}{body}"
        "</main>\n</body>\n</html>\n"
    )


_MORE = """
table { border-collapse: collapse } td, th { padding: .2em .7em; text-align: right }
td:first-child, th:first-child { text-align: left } main { max-width: 60rem; margin: auto; padding: 1rem }
figure { margin: 1rem 0 } svg { max-width: 100%; height: auto }
"""


def _css() -> str:
    from importlib.resources import files

    return files("beachhead.report").joinpath("templates/report.css").read_text(encoding="utf-8")


def _section(part: Part) -> str:
    from beachhead.charts.policies import gains
    from beachhead.charts.render import svg

    title = PRIORS.get(part.prior, part.prior)
    said = "".join(f"<p>{escape(line)}</p>\n" for line in verdict(part))
    beside = f"<h3>{escape(part.champion)} beside each of the others, world by world</h3>\n"
    tables = _table(COLUMNS, cells(part.whole)) + beside + _table(PAIRED, pair_cells(part.whole))
    for group in pieces(part):
        tables += f"<h3>{escape(group.label)}: {group.worlds:,} worlds</h3>\n{_table(PAIRED, pair_cells(group))}"
    words = "; ".join(f"{p.label} {n.usd_signed(p.gain_usd.mean)}" for p in part.whole.pairs)
    chart = svg(gains(part), f"gains-{part.prior}", f"What {part.champion} brings beyond each rival", words)
    return f"<section>\n<h2>{escape(title)}</h2>\n{said}<figure>{chart}</figure>\n{tables}</section>\n"


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>\n" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"
