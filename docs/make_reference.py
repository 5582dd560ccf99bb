"""Write the reference pages from what they describe: the catalogue, the tables of numbers, the commands, the models.

    python docs/make_reference.py            write docs/reference/*.md
    python docs/make_reference.py --check    exit with 1 if a page is not up to date

Nothing in ``docs/reference`` is written by hand. A test runs the check.
"""

from __future__ import annotations

import csv
import inspect
import json
import math
import re
import sys
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import beachhead
from beachhead.assumptions import Assumption, packaged
from beachhead.cli import COMMANDS, main
from beachhead.evidence import load_evidence
from beachhead.evidence.catalogue import Catalogue, load_catalogue
from beachhead.evidence.model import Indicator
from beachhead.firm import Firm
from beachhead.select.tables import AXES, SECTORS, criteria, indicator_weights

TARGET = Path(__file__).parent / "reference"
PACKAGE = Path(beachhead.__file__).parent
NOTE = "<!-- Made by docs/make_reference.py; do not edit. -->\n"
UNSTATED = "–"


# --- Markdown -------------------------------------------------------------------------------------------------------


def cell(text: object) -> str:
    """Text that a Markdown table can hold."""
    return " ".join(str(text).split()).replace("|", "\\|") or UNSTATED


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [[head or " " for head in heads], ["---"] * len(heads), *([cell(x) for x in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def code(text: str) -> str:
    """Text in a fixed font."""
    return f"`{text}`" if text else UNSTATED


def figure(x: float) -> str:
    """A number as a reader wants it: large ones in words, no needless digits."""
    if math.isnan(x):
        return ""
    for size, word in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
        if abs(x) >= size:
            return f"{x / size:.3g}{word}"
    return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.3g}"


def page(title: str, lead: str, *parts: str) -> str:
    """A page with its note, title and opening."""
    return "\n".join([NOTE, f"# {title}\n", f"{lead}\n", *parts]).rstrip() + "\n"


def rows_of(path: str) -> list[dict[str, str]]:
    """Rows of a CSV table of the package; lines that begin with # are remarks."""
    lines = (PACKAGE / path).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def csv_table(path: str, code_columns: Sequence[str] = ()) -> str:
    """A whole CSV table of the package as a Markdown table."""
    rows = rows_of(path)
    heads = list(rows[0])
    return table(heads, ([code(row[h]) if h in code_columns else row[h] for h in heads] for row in rows))


# --- indicators, sources, markets -----------------------------------------------------------------------------------

SCOPES = {
    "country": "one value per market",
    "pair": "home country and market",
    "product": "market and product",
    "firm": "what the firm brings to the market",
    "model": "what a model expects of home country, product and market",
    "base": "not scored; other indicators are computed from it",
}
DIRECTIONS = {1: "more is better", -1: "less is better", 0: "shown, not scored"}


def indicators() -> str:
    """Every indicator, by criterion."""
    catalogue, anchors = load_catalogue(), load_evidence().anchors()
    parts = []
    for name, about in criteria().items():
        parts += [f"## {about.name}\n", f"{about.asks} Part of {about.axis}.\n"]
        parts += [indicator(one, catalogue, anchors) for one in catalogue.indicators.values() if one.criterion == name]
    parts += ["## Base series\n", "Not scored themselves; the indicators above are computed from them.\n"]
    parts += [indicator(one, catalogue, anchors) for one in catalogue.indicators.values() if one.scope == "base"]
    lead = (
        "What is known of a market, by criterion. *Anchors* are the values that score 0 and 100, taken from the whole "
        "world ([value functions](../methods/select.md#value-functions)); *error* is the standard deviation of a fresh "
        "value and *drift* that of its change in a year, both on the scale named "
        "([evidence](../methods/evidence.md))."
    )
    return page("Indicators", lead, *parts)


def indicator(one: Indicator, catalogue: Catalogue, anchors: Mapping[str, tuple[float, float]]) -> str:
    """One indicator."""
    noise, source = catalogue.noise[one.id], catalogue.sources[one.source]
    derived = ", ".join(code(x) for x in catalogue.derived_from[one.id])
    facts = [
        f"*{one.unit}*, {SCOPES[one.scope]}; {DIRECTIONS[one.direction]}.",
        f"Source: [{source.name}](sources.md#{one.source.replace('.', '')}), {source.licence}.",
        f"Computed from {derived}." if derived else "",
        anchor_words(one, anchors),
        f"Error {figure(noise.measurement_sd)} ({one.transform}): {noise.ground}"
        + ("" if math.isnan(noise.staleness) else f" Drift {figure(noise.staleness)}."),
    ]
    return f"### {one.name} {code(one.id)} {{: #{one.id} }}\n\n{one.definition}\n\n{' '.join(f for f in facts if f)}\n"


def anchor_words(one: Indicator, anchors: Mapping[str, tuple[float, float]]) -> str:
    """Which values score 0 and 100."""
    if one.id not in anchors or one.direction == 0:
        return ""
    ends = sorted(anchors[one.id], reverse=one.direction < 0)
    worse, better = (f"{100 * x:.2g} % of the world's" if one.id == "demand" else figure(x) for x in ends)
    return f"Anchors: {worse} scores 0, {better} scores 100."


def sources() -> str:
    """Every source."""
    catalogue = load_catalogue()
    lead = "Who publishes the figures, under which licence. `DATA_LICENSES.md` lists the sources of each file."
    return page("Sources", lead, *(source(name, catalogue) for name in catalogue.sources))


def source(name: str, catalogue: Catalogue) -> str:
    """One source."""
    one = catalogue.sources[name]
    licence = f"[{one.licence}]({one.licence_url})" if one.licence_url else one.licence
    where = f" <{one.url}>." if one.url else ""
    used = [code(i.id) for i in catalogue.indicators.values() if i.source == name]
    lines = [
        f"{one.publisher}, {one.vintage}. Licence: {licence}.{where}",
        f"Cite as: {one.citation}" if one.citation else "",
        one.notes,
        f"Indicators: {', '.join(used)}." if used else "",
    ]
    anchor = name.replace(".", "")
    return f"## {one.name} {{: #{anchor} }}\n\n{code(name)}\n\n" + "\n\n".join(x for x in lines if x) + "\n"


def markets() -> str:
    """Every economy."""
    known = load_catalogue().countries.values()
    heads = ("Code", "Name", "Region", "Income group", "Currency", "Languages", "Time zone")
    rows = (
        (code(c.iso3), c.name, c.region, c.income_group, c.currency, ", ".join(c.languages), c.timezone) for c in known
    )
    lead = f"The {len(known)} economies that are ranked. Languages are those of most speakers, by BCP 47 code."
    return page("Markets", lead, table(heads, rows))


# --- numbers that no data set gives ---------------------------------------------------------------------------------


STAGES = {
    "select/assumptions": "Selection",
    "select/access_terms": "Access terms",
    "select/likeness_terms": "Likeness of markets",
    "enter/assumptions": "Entry",
    "enter/mode_numbers": "Entry modes",
    "rollout/assumptions": "Rollout and outlook",
    "rollout/mode_terms": "Payment terms and hours by mode",
    "rollout/automation_numbers": "Automation",
    "learn/assumptions": "Beliefs",
    "learn/channel_numbers": "Channels of learning",
    "learn/knowledge_numbers": "Knowledge",
    "learn/inquiry_assumptions": "What to find out next",
    "skill/policies/assumptions": "Worlds of the tournament",
}


def assumptions() -> str:
    """Every assumption and every table of weights."""
    lead = (
        "Numbers that no data set gives, each with its ground. A firm changes one by its id under `[assumptions]` in "
        "its file; `beachhead assumptions` lists them with the values in use. *sd* is how sure we are (× : sd of the "
        "logarithm). Tables: CSV files of the package."
    )
    parts = [f"## {title}\n\n`{name}.csv`\n\n{assumption_table(name)}" for name, title in STAGES.items()]
    return page(
        "Assumptions",
        lead,
        *parts,
        "## What can be automated\n\n`rollout/automation.csv`; areas: `rollout/areas.csv`.\n",
        csv_table("rollout/automation.csv", ("id", "area")),
        "## Operational areas\n\n`rollout/areas.csv`. The hours of a market are split over them.\n",
        csv_table("rollout/areas.csv", ("id",)),
        "## Weights of the criteria by sector\n\n`select/criteria.csv`; points of 100.\n",
        criteria_table(),
        "## Weights of the indicators within their criterion\n\n`select/indicator_weights.csv`; points.\n",
        indicator_weight_table(),
    )


def assumption_table(name: str) -> str:
    """The assumptions of one table."""
    rows = (
        (code(one.id), figure(one.value), sd_words(one), one.unit, bounds(one), one.ground)
        for one in packaged().values()
        if one.table == name
    )
    return table(("Id", "Value", "sd", "Unit", "May be", "Ground"), rows)


def bounds(one: Assumption) -> str:
    """What an assumption may be changed to."""
    return f"{figure(one.low)} to {figure(one.high)}"


def sd_words(one: Assumption) -> str:
    """The sd of an assumption, if one is stated."""
    return "" if math.isnan(one.sd) else ("× " if one.spread == "log" else "") + figure(one.sd)


def criteria_table() -> str:
    """The criteria tree with its sector profiles."""
    rows = (
        (axis, c.name, code(c.id), *(f"{c.profile[s]:g}" for s in SECTORS))
        for axis in AXES
        for c in criteria().values()
        if c.axis == axis
    )
    return table(("Axis", "Criterion", "", *SECTORS), rows)


def indicator_weight_table() -> str:
    """Weights of indicators by sector profile."""
    known = load_catalogue().indicators
    rows = (
        (criteria()[known[i].criterion].name, f"[{known[i].name}](indicators.md#{i})", *(f"{w[s]:g}" for s in SECTORS))
        for i, w in indicator_weights().items()
    )
    return table(("Criterion", "Indicator", *SECTORS), rows)


MODE_TABLES = {
    "Levels": ("mode_levels", "What the words for speed, control and resources are worth on a scale of 0 to 1."),
    "Conditions": ("mode_conditions", "Score 0 at *low*, 1 at *high*. A *must* rules the mode out where it scores 0."),
    "Sectors": ("mode_sectors", "By how much a sector's reach and upkeep (hours, fixed cost) differ."),
    "Restrictions": ("mode_restrictions", "Modes that make no sense for a product."),
    "Likeness": ("likeness", "By how much entry is cheaper where it is like where the firm has been."),
}


MODE_NUMBERS = "`enter/mode_numbers.csv`. Units, sds and grounds: [assumptions](assumptions.md#entry-modes).\n"


def mode_number_table() -> str:
    """Modes across, quantities down."""
    numbers = {(r["mode"], r["quantity"]): float(r["value"]) for r in rows_of("enter/mode_numbers.csv")}
    names, quantities = (list(dict.fromkeys(key[k] for key in numbers)) for k in (0, 1))
    rows = ((code(q), *(figure(numbers[name, q]) for name in names)) for q in quantities)
    return table(("", *(code(name) for name in names)), rows)


def modes() -> str:
    """The mode spectrum and the numbers behind it."""
    heads = ("Mode", "", "Speed", "Control", "Resources", "What it is")
    rows = (
        (r["name"], code(r["id"]), r["speed"], r["control"], r["resources"], r["description"])
        for r in rows_of("enter/modes.csv")
    )
    parts = [table(heads, rows), "## Numbers\n", MODE_NUMBERS, mode_number_table()]
    for title, (name, words) in MODE_TABLES.items():
        parts += [f"## {title}\n\n`enter/{name}.csv`. {words}\n", csv_table(f"enter/{name}.csv", ("mode", "id"))]
    lead = "Seven ways in, and the numbers behind each. How they are used: [how to enter](../methods/enter.md)."
    return page("Entry modes", lead, *parts)


# --- commands -------------------------------------------------------------------------------------------------------


def cli() -> str:
    """Every command, argument and option."""
    context = click.Context(main, info_name="beachhead")
    lead = (
        "Results go to stdout, messages to stderr; `--json` writes clean JSON. Exit codes: 0 done; 2 bad input, "
        "nothing written; 3 nothing feasible, and the conflict is named; 4 an outside service cannot be reached; 130 "
        "interrupted. Your own evidence lies in the folder `BEACHHEAD_HOME`, by default `~/.beachhead`. "
        "`BEACHHEAD_DEBUG=1` shows where an internal error happened."
    )
    return page("Commands", lead, *(text for name in COMMANDS for text in command_pages(context, name)))


def command_pages(parent: click.Context, name: str) -> Iterator[str]:
    """A command, then its subcommands."""
    assert isinstance(parent.command, click.Group)
    command = parent.command.get_command(parent, name)
    assert command is not None
    context = click.Context(command, info_name=name, parent=parent)
    yield command_page(context, command)
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            yield from command_pages(context, sub)


def command_page(context: click.Context, command: click.Command) -> str:
    """One command: how it is called, what it does, its parameters."""
    level = "#" * len(context.command_path.split())
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    options = [option_row(p) for p in command.params if isinstance(p, click.Option)]
    parts = [f"{level} {context.command_path}\n", f"```text\n{usage}\n```\n", prose(command.help or "")]
    return "\n".join([*parts, table(("Option", ""), options)] if options else parts)


def option_row(option: click.Option) -> tuple[str, str]:
    """An option with its value, and what it does with its default and limits."""
    value = "" if option.is_flag else " " + (option.metavar or option.type.name.split()[0].upper())
    choices = getattr(option.type, "choices", ())
    notes = [f"One of {', '.join(code(c) for c in choices)}."] if choices else []
    if option.show_default and option.default is not None:
        notes.append(f"Default: {code(str(option.default))}.")
    if isinstance(option.type, click.IntRange) and option.type.max is not None:
        notes.append(f"From {option.type.min:,} to {option.type.max:,}.")
    names = " / ".join([", ".join(option.opts), *option.secondary_opts])
    return code(names + value), " ".join([option.help or "", *notes])


def prose(text: str) -> str:
    """Help text as Markdown: what click keeps as it is (after \\b) becomes a block of code."""
    parts = inspect.cleandoc(text).split("\n\n")
    return "\n".join(
        f"```text\n{part.removeprefix(chr(8)).strip(chr(10))}\n```\n" if part.startswith("\b") else f"{part}\n"
        for part in parts
    )


# --- the firm file --------------------------------------------------------------------------------------------------


def firm() -> str:
    """Every field of the firm file."""
    lead = (
        "Every field of the file that `beachhead firm new` writes. It is TOML; money is in USD a year unless a field "
        "says otherwise, countries are ISO 3166-1 alpha-3, shares and attitudes run from 0 to 1. A field without a "
        "default must be there. `beachhead firm check` names every fault at once."
    )
    return page("The firm file", lead, *model_parts(Firm, "", False))


def model_parts(model: type[BaseModel], prefix: str, many: bool) -> Iterator[str]:
    """The table of a model's plain fields, then its parts."""
    if prefix:
        words = inspect.getdoc(model) or ""
        head = f"[[{prefix}]]" if many else f"[{prefix}]"
        yield f"## {code(head)} {{: #{prefix} }}\n\n{words}\n"
    plain = {n: f for n, f in model.model_fields.items() if part_of(f.annotation) is None}
    yield table(("Field", "Default", "What it is"), (field_row(n, f) for n, f in plain.items()))
    for name, field in model.model_fields.items():
        if found := part_of(field.annotation):
            yield from model_parts(found[0], name, found[1])


def part_of(annotation: object) -> tuple[type[BaseModel], bool] | None:
    """The model inside an annotation, and whether there may be several."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    inner = [x for x in typing.get_args(annotation) if isinstance(x, type) and issubclass(x, BaseModel)]
    return (inner[0], True) if inner and typing.get_origin(annotation) is tuple else None


def field_row(name: str, field: FieldInfo) -> tuple[str, str, str]:
    """Name, default and meaning of a field."""
    choices = literals(field.annotation)
    words = field.description or ""
    shown = ", ".join(code(c) for c in choices)
    if choices and not all(c in words for c in choices):
        words = f"{words} One of {shown}."
    if field.is_required():
        return code(name), "required", words
    empty = field.default in (None, (), {}, "")
    return code(name), UNSTATED if empty else code(json.dumps(field.default)), words


def literals(annotation: object) -> tuple[str, ...]:
    """The words a field may hold, if they are a fixed list."""
    return typing.get_args(annotation) if typing.get_origin(annotation) is typing.Literal else ()


# --- the Python API and the JSON documents --------------------------------------------------------------------------


def python() -> str:
    """Every public name."""
    lead = (
        "What `import beachhead` offers. Arrays are NumPy's; results are frozen. Everything else in the package may "
        "change without notice."
    )
    names = {name: getattr(beachhead, name) for name in beachhead.__all__}
    kinds: dict[str, Callable[[object], bool]] = {
        "Functions": inspect.isfunction,
        "Records and results": lambda x: inspect.isclass(x) and not issubclass(x, Exception),
        "Errors": lambda x: inspect.isclass(x) and issubclass(x, Exception),
    }
    parts = []
    for title, belongs in kinds.items():
        parts += [f"## {title}\n", *(name_part(n, x) for n, x in sorted(names.items()) if belongs(x))]
    return page("Python", lead, *parts)


def name_part(name: str, thing: object) -> str:
    """One function or class with its signature, words and fields."""
    words = inspect.getdoc(thing) or ""
    if inspect.isfunction(thing):
        shown = f"{name}{inspect.signature(thing)}".replace("'", "")
        return f"### {name} {{: #{name} }}\n\n```python\n{shown}\n```\n\n{rest(words)}\n"
    members = [] if issubclass(typing.cast(type, thing), (Exception, BaseModel)) else list(class_rows(thing))
    listed = table(("Name", "", ""), members) if members else ""
    more = "\nFields: [the firm file](firm.md).\n" if thing is Firm else ""
    return f"### {name} {{: #{name} }}\n\n{rest(words)}\n{more}\n{listed}"


def rest(text: str) -> str:
    """A docstring's reST as Markdown."""
    return text.replace("``", "`").replace(":class:", "")


def class_rows(thing: object) -> Iterator[tuple[str, str, str]]:
    """Fields and public methods of a class."""
    fields: Mapping[str, typing.Any] = getattr(thing, "__dataclass_fields__", {})
    remarks = dict(re.findall(r"^ {4}(\w+): .*?  # (.*)$", inspect.getsource(typing.cast(type, thing)), re.MULTILINE))
    for name in fields:
        yield code(name), code(str(fields[name].type)), remarks.get(name, "")
    for name, member in vars(thing).items():
        target = member.fget if isinstance(member, property) else member
        if name.startswith("_") or name in fields or not inspect.isfunction(target):
            continue
        shown = "" if isinstance(member, property) else str(inspect.signature(target)).replace("'", "")
        yield code(name), code(shown.replace("self, ", "").replace("self", "")), rest(inspect.getdoc(target) or "")


def documents() -> str:
    """The JSON documents, from the schemas that the package ships."""
    lead = (
        "What `--json` and `result.json` hold. The schemas are files of the package (`report/schema`); names and "
        "meanings stay as they are while the number after the slash stays. New keys may be added: ignore what you do "
        "not know. Markets are ISO 3166-1 alpha-3, indicators and modes are ids of the catalogue, money is USD."
    )
    files = sorted((PACKAGE / "report" / "schema").glob("*.json"))
    schemas: list[Schema] = [json.loads(f.read_text(encoding="utf-8")) for f in files]
    shared = {name: part for one in schemas for name, part in one.get("$defs", {}).items()}
    parts = [schema_part(one["title"], one) for one in schemas]
    parts += [f"## {name} {{: #{name} }}\n\n{properties(part)}" for name, part in sorted(shared.items())]
    return page("JSON documents", lead, *parts)


Schema = dict[str, typing.Any]


def schema_part(title: str, schema: Schema) -> str:
    """A document."""
    return f"## {code(title)}\n\n{properties(schema)}"


def properties(schema: Schema) -> str:
    """What an object is, and its keys with their types."""
    needed = schema.get("required", [])
    rows = (
        (code(name), kind(one), "always" if name in needed else "may be absent")
        for name, one in schema.get("properties", {}).items()
    )
    return f"{rest(schema.get('description', ''))}\n\n{table(('Key', 'Type', 'There'), rows)}"


def kind(one: Schema) -> str:
    """The type of a key in words."""
    if "$ref" in one:
        name = str(one["$ref"]).rsplit("/", 1)[-1]
        return f"[{name}](#{name})"
    if "const" in one or "enum" in one:
        return " or ".join(code(x) for x in one.get("enum", [one.get("const")]))
    if "anyOf" in one:
        return " or ".join(kind(x) for x in one["anyOf"])
    if one.get("type") == "array":
        return f"list of {kind(one['items'])}"
    if isinstance(one.get("additionalProperties"), dict):
        return f"object of {kind(one['additionalProperties'])}"
    return f"{one.get('type', 'any')}{span(one.get('minimum'), one.get('maximum'))}"


def span(low: float | None, high: float | None) -> str:
    """Limits in words."""
    if low is None and high is None:
        return ""
    if high is None:
        return f", {low} or more"
    return f", {high} or less" if low is None else f", {low} to {high}"


PAGES: dict[str, Callable[[], str]] = {
    "indicators": indicators,
    "sources": sources,
    "markets": markets,
    "assumptions": assumptions,
    "modes": modes,
    "cli": cli,
    "firm": firm,
    "python": python,
    "json": documents,
}


def stale() -> list[str]:
    """Names of the pages that differ from what would be written."""
    paths = {name: TARGET / f"{name}.md" for name in PAGES}
    return [n for n, p in paths.items() if not p.is_file() or p.read_text(encoding="utf-8") != PAGES[n]()]


def write() -> None:
    """Write every page."""
    TARGET.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        (TARGET / f"{name}.md").write_text(make(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if "--check" in sys.argv:
        old = stale()
        sys.exit(f"Not up to date: {', '.join(old)}. Run: python docs/make_reference.py" if old else 0)
    write()
