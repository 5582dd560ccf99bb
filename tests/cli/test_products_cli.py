"""Finding product codes: plain words find the right code, and the list says how demand for it is known."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from beachhead.cli import main
from beachhead.products import parents, products, search, sectors
from beachhead.products.search import stem, synonyms

# What an owner types, and the code that must be among the first three.
WANTED = {
    "mobile app": "icio:J62_63",
    "software": "icio:J62_63",
    "SaaS": "icio:J62_63",
    "IT consulting for banks": "icio:J62_63",
    "consulting": "icio:M",
    "translation services": "icio:M",
    "online courses": "icio:P",
    "hotel": "icio:I",
    "freight forwarding": "icio:H52",
    "shoes": "hs:64",
    "women's leather shoes": "hs:6403",
    "fotwear": "hs:64",
    "coffee": "hs:0901",
    "roasted coffee": "hs:090121",
    "bentonite": "hs:250810",
    "bentonite clay for drilling mud": "hs:250810",
    "olive oil": "hs:1509",
    "honey": "hs:0409",
    "fresh roses": "hs:060311",
    "dried mango": "hs:080450",
    "cotton t-shirts": "hs:6109",
    "furniture": "hs:9403",
    "bicycles": "hs:8712",
    "solar panels": "hs:854143",
    "lithium carbonate": "hs:283691",
    "iron ore": "hs:2601",
    "wine": "hs:2204",
    "car parts": "hs:8708",
    "auto parts": "hs:8708",
    "machine parts": "hs:84",
    "toys": "hs:9503",
    "clay": "hs:2508",
    "coffee beans": "hs:0901",
    "leather shoes": "hs:6403",
    "café": "icio:I",
    "2508": "hs:2508",
    "hs:250810": "hs:250810",
    "J62": "icio:J62_63",
}


@pytest.mark.parametrize(("words", "code"), WANTED.items())
def test_plain_words_find_the_code(words: str, code: str) -> None:
    assert code in [hit.product.code for hit in search(words, 3)]


def test_every_code_finds_itself() -> None:
    for code in list(products())[::97]:
        assert search(code, 1)[0].product.code == code


@given(st.text(max_size=60), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_search_never_fails_and_is_ordered(words: str, limit: int) -> None:
    hits = search(words, limit)
    assert len(hits) <= limit
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits == search(words, limit)


@given(st.sampled_from(["shoes leather", "coffee roasted", "app mobile clinic"]), st.randoms())
@settings(max_examples=15, deadline=None)
def test_order_of_words_does_not_matter(words: str, random: object) -> None:
    turned = " ".join(reversed(words.split()))
    assert {hit.product.code for hit in search(words, 5)} == {hit.product.code for hit in search(turned, 5)}


def test_what_a_name_excludes_does_not_find_it() -> None:
    """090111 is coffee *not* roasted, 090122 is roasted *and* decaffeinated."""
    codes = [hit.product.code for hit in search("decaffeinated roasted coffee", 20)]
    assert "hs:090111" not in codes[: codes.index("hs:090122")]


def test_what_fits_far_less_than_the_first_is_left_out() -> None:
    assert [hit.product.code for hit in search("mobile app")] == ["icio:J62_63"]
    for words in WANTED:
        hits = search(words, 50)
        related = {p.code for hit in hits for p in parents(hit.product)} | {hits[0].product.code}
        assert all(hit.score >= 0.3 * hits[0].score or hit.product.parent in related for hit in hits)


def test_accents_do_not_matter() -> None:
    assert search("Café") == search("cafe") != []


@pytest.mark.parametrize(
    ("words", "code"), [("hairdressers", "icio:S"), ("dentists", "icio:Q"), ("bakeries", "icio:C10T12")]
)
def test_sectors_are_found_by_what_they_hold(words: str, code: str) -> None:
    assert code in [hit.product.code for hit in search(words, 3)]


def test_every_sector_says_what_it_holds() -> None:
    assert sectors().keys() == {code for code in products() if code.startswith("icio:")}
    assert "apps" in json.loads(run("show", "icio:J62_63", "--json"))["about"]


def test_a_scheme_alone_lists_its_codes() -> None:
    codes = [hit.product.code for hit in search("icio:", 100)]
    assert codes == sorted(code for code in products() if code.startswith("icio:"))
    assert {hit.product.level for hit in search("hs:", 50)} == {"chapter"}


def test_products_are_read_without_pyarrow() -> None:
    """It costs the better part of a second at every plan."""
    code = "import sys; from beachhead.products import products; products(); print('pyarrow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_synonyms_name_known_codes() -> None:
    assert {code for _, _, codes in synonyms() for code in codes} <= products().keys()


@pytest.mark.parametrize(
    ("one", "many"),
    [("shoe", "shoes"), ("dress", "dresses"), ("brush", "brushes"), ("berry", "berries"), ("glass", "glass")],
)
def test_singular_and_plural_have_one_stem(one: str, many: str) -> None:
    assert stem(one) == stem(many)


# The commands.


def run(*args: str) -> str:
    result = CliRunner().invoke(main, ["products", *args])
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_search_as_json_says_how_demand_is_known() -> None:
    found = json.loads(run("search", "roasted", "coffee", "--limit", "3", "--json"))
    assert found["query"] == "roasted coffee"
    assert len(found["products"]) == 3
    assert found["products"][0]["code"] == "hs:090121"
    assert found["products"][0]["demand"]["kind"] == "composite"


def test_search_says_how_many_more_there_are() -> None:
    result = CliRunner().invoke(main, ["products", "search", "icio:", "-n", "8"])
    assert "42 more" in result.stderr and result.stdout.count("icio:") == 8


def test_search_as_text_shows_code_and_level() -> None:
    text = run("search", "bentonite")
    assert "hs:250810" in text and "subheading" in text


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("hs:250810", "line", "1995–2024"),
        ("hs:64", "chapter", "Imports of the chapter"),
        ("6403", "within_chapter", "chapter 64"),
        ("hs:09", "composite", "chapter groups 90 and 91"),
        ("hs:0901", "composite", "chapter group 90,"),
        ("hs:0910", "composite", "chapter group 91,"),
        ("90", "composite", "chapter group 90,"),
        ("j62_63", "sector", "ICIO"),
    ],
)
def test_show_says_how_demand_is_known(code: str, kind: str, words: str) -> None:
    shown = json.loads(run("show", code, "--json"))
    assert shown["demand"]["kind"] == kind
    assert words in shown["demand"]["words"]


def test_show_names_what_it_belongs_to_and_holds() -> None:
    shown = json.loads(run("show", "hs:6403", "--json"))
    assert [one["code"] for one in shown["within"]] == ["hs:64"]
    assert all(one["code"].startswith("hs:6403") for one in shown["holds"])
    text = run("show", "hs:6403")
    assert "Within" in text and "Holds" in text


@pytest.mark.parametrize(
    "args", [("show", "hs:77"), ("show", "shoes"), ("search", "qwertyuiopqwerty"), ("search", "x", "-n", "0")]
)
def test_what_is_not_found_is_one_message(args: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, ["products", *args])
    assert result.exit_code == 2
    assert result.stdout == "" and "Error: " in result.stderr
