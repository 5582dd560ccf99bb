"""The report of a whole plan in a real browser, without a network: moves, charts and tables on any screen."""

from __future__ import annotations

from itertools import pairwise

import pytest
from e2e.test_report_browser import CHROMIUM, CONTRAST, browser, pages  # noqa: F401
from report.plans import real_plan
from report.synthetic_rollout import planned

from beachhead.report.bundle import bundle
from beachhead.report.folder import write

pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
CHARTS = (
    "Markets and modes by quarter",
    "Cash by quarter",
    "Staff hours by area",
    "How full the limits are",
    "Sales and profit by quarter",
    "Markets still served",
    "Real crises replayed",
    "The pace: worth and chance of trouble",
)
REPAINTED = """() => [...document.querySelectorAll('#when svg [fill], #when svg [stroke], #follows svg [fill]')]
  .map(node => getComputedStyle(node).fill + getComputedStyle(node).stroke).join(' ')"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    place = tmp_path_factory.mktemp("report") / "apps.plan"
    write(place, bundle(planned(real_plan(top=3), 16)))
    return (place / "report.html").as_uri()


@pytest.fixture
def open_page(browser, address):  # noqa: F811
    """Open the report with options of the browser context; problems are collected on ``page.problems``."""
    contexts = []

    def opened(**options):
        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_the_plan_is_shown_without_errors(open_page):
    page = open_page()
    assert page.title().endswith("where, how and when to go abroad")
    for name in CHARTS:
        assert page.get_by_role("img", name=name).count() == 1
    assert page.locator("#when .moves li").count() == 5
    assert page.get_by_role("link", name="When and how fast").get_attribute("href") == "#when"
    assert page.problems == []


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_runs_off_the_screen(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(open_page, scheme):
    page = open_page(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(CONTRAST) == []


def test_dark_mode_repaints_bars_and_bands(open_page):
    light, dark = (open_page(color_scheme=scheme).evaluate(REPAINTED) for scheme in ("light", "dark"))
    for colour in ("rgb(11, 60, 112)", "rgb(11, 61, 111)", "rgb(34, 39, 43)"):  # navy bars and ink on a dark page
        assert colour in light and colour not in dark


def test_labels_of_the_fan_do_not_lie_on_each_other(open_page):
    page = open_page()
    boxes = page.evaluate(
        """() => [...document.querySelectorAll("#when svg[aria-labelledby^='cash'] text")]
          .filter(node => /one in twenty|middle|must stay/.test(node.textContent))
          .map(node => node.getBoundingClientRect()).map(box => [box.top, box.bottom])"""
    )
    assert len(boxes) == 4
    boxes.sort()
    assert all(above[1] <= below[0] + 2 for above, below in pairwise(boxes))


def test_the_plan_prints_with_its_charts(open_page):
    pdf = open_page().pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF") and pages(pdf) <= 20
