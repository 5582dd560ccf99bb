"""The report as one HTML file that needs nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from beachhead.report.view import context

_GLUED = re.compile(r"(\d) %")  # a number and its per-cent sign stay on one line

if TYPE_CHECKING:
    from jinja2 import Environment

    from beachhead.flow import Plan
    from beachhead.report.figures import Drawn


@cache
def environment() -> Environment:
    """Templates of this package; everything put into a page is escaped unless the template says otherwise."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("beachhead.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def report_html(plan: Plan, drawn: Sequence[Drawn]) -> str:
    """The whole report with its charts. The same plan gives the same bytes."""
    page = environment().get_template("report.html.j2").render(context(plan, drawn))
    return _GLUED.sub("\\1\N{NO-BREAK SPACE}%", page)
