"""The report in a real browser, without a network: it loads, sorts, prints, and can be read by everybody."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest
from report.plans import real_plan

from beachhead.report.bundle import bundle
from beachhead.report.folder import write

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

CONTRAST = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const linear = c => c / 255 <= .04045 ? c / 255 / 12.92 : ((c / 255 + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => [r, g, b].map(linear)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const behind = node => {
    for (let at = node; at; at = at.parentElement) {
      const found = rgb(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || node.closest("script, style, title, desc")) continue;
    const style = getComputedStyle(node), inChart = node.closest("svg");
    if (inChart && node.closest("text") === null) continue;
    if (inChart && style.stroke !== "none") continue;  // the halo behind a label
    if (inChart && node.closest("#world, .chart[aria-label^='World']")) continue;  // figures on discs: checked by eye
    const pair = [light(rgb(inChart ? style.fill : style.color)), light(behind(node))].sort((a, b) => b - a);
    const ratio = (pair[0] + .05) / (pair[1] + .05);
    if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${node.textContent.slice(0, 40)}`);
  }
  return [...new Set(low)];
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    place = tmp_path_factory.mktemp("report") / "apps.plan"
    write(place, bundle(replace(real_plan(), top=5)))
    return (place / "report.html").as_uri()


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as tool:
        made = tool.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield made
        made.close()


@pytest.fixture
def open_page(browser, address):
    """Open the report with options of the browser context; problems are collected on ``page.problems``."""
    contexts = []

    def opened(**options):
        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda request: page.problems.append(request.url) if not _local(request.url) else None)
        page.goto(address)
        return page

    def _local(url):
        return url == address or url.startswith("data:")

    yield opened
    for context in contexts:
        context.close()


def test_loads_offline_without_errors_or_requests(open_page):
    page = open_page()
    assert page.title().endswith("where and how to go abroad")
    assert page.locator("figure svg").count() == 6
    assert page.problems == []


def test_keyboard_reaches_the_skip_link_first_and_then_a_sort_button(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('th') ? 'sort' : document.activeElement.tagName"))
    assert {"sort", "SUMMARY"} <= reached


def test_ranking_sorts_both_ways_by_value_and_says_so(open_page):
    page = open_page()
    page.locator("#map summary").click()
    table = page.locator("#map table")
    button = table.get_by_role("button", name="P50")
    for direction, reverse in (("ascending", False), ("descending", True)):
        button.focus()
        page.keyboard.press("Enter")
        column = table.evaluate("t => [...t.tBodies[0].rows].map(r => Number(r.cells[8].dataset.key))")
        assert column == sorted(column, reverse=reverse)
        assert table.locator("th[aria-sort]").get_attribute("aria-sort") == direction


def test_without_scripts_everything_is_still_there(open_page):
    page = open_page(java_script_enabled=False)
    assert page.locator("#map table tbody tr").count() == len(real_plan().selection.markets)


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


def test_dark_mode_repaints_the_charts(open_page):
    fills = {
        scheme: open_page(color_scheme=scheme).evaluate(
            "getComputedStyle(document.querySelector('#why svg text')).fill"
        )
        for scheme in ("light", "dark")
    }
    assert fills["light"] != fills["dark"]


def pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_prints_on_few_pages_and_the_folded_parts_only_if_asked(open_page):
    page = open_page()
    short = page.pdf(prefer_css_page_size=True)
    assert short.startswith(b"%PDF") and pages(short) <= 15
    page.get_by_label("Print the folded parts too").check()
    assert pages(page.pdf(prefer_css_page_size=True)) > pages(short)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0


def test_a_phone_shows_the_shortlist_of_the_matrix_and_says_that_there_is_more(open_page):
    page = open_page(viewport={"width": 390, "height": 844})
    assert page.locator("#matrix .hint").is_visible()
    box = page.locator("#matrix .chart").bounding_box()
    name = page.locator("#matrix svg text", has_text="1 United States").last.bounding_box()
    assert box["x"] <= name["x"] and name["x"] + name["width"] <= box["x"] + box["width"]


def test_charts_have_names_for_screen_readers(open_page):
    page = open_page()
    for name in ("World map of the score", "Attractiveness and accessibility", "Probability of each rank"):
        assert page.get_by_role("img", name=name).count() == 1
