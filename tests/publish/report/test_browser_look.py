"""How a report looks: light and dark, on a phone, on paper; and what axe finds wrong for people who cannot see it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from publish.report.articles import EMOJI, HOSTILE, arabic

from pipeline.publish.report.data import gather
from pipeline.publish.report.page import html

Visit = Callable[..., Any]
Picture = Callable[[Any, str], None]
VIEWS = {
    "overview": "#/overview",
    "commitments": "#/commitments?status=agreed&sort=-amount&size=25",
    "articles": "#/articles?size=25",
    "article": "#/articles/0?commitment=0",
    "emoji": f"#/articles/{EMOJI}?commitment=0",
    "hostile": f"#/articles/{HOSTILE}",
}
SHOWN = {"overview": ".chart path", "commitments": "td.of-who", "articles": "td.of-title"}
SHOWN |= {"article": ".card.current", "emoji": ".text .found", "hostile": "main h1 :text('<script>')"}
PHONE = {"width": 360, "height": 740}
PAPER = "() => getComputedStyle(document.body).backgroundColor"
LEFT = """([selector, words]) => {
    const walker = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT);
    while (!walker.nextNode().textContent.includes(words));
    const range = document.createRange();
    range.setStart(walker.currentNode, walker.currentNode.textContent.indexOf(words));
    range.setEnd(walker.currentNode, range.startOffset + words.length);
    return range.getBoundingClientRect().left;
}"""


def in_order(page: Any, selector: str, *words: str) -> list[str]:
    """Words of one line as they stand from left to right, each the first of its kind in what is selected."""
    return sorted(words, key=lambda one: page.evaluate(LEFT, [selector, one]))


@pytest.fixture
def foreign(tmp_path: Path) -> str:
    """The address of a report of an article in Arabic."""
    path = tmp_path / "report.html"
    path.write_text(html("In Arabic", gather([arabic()])), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
@pytest.mark.parametrize("view", ["overview", "commitments", "articles", "article"])
def test_axe_finds_nothing(visit: Visit, report: str, picture: Picture, view: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(report + VIEWS[view], color_scheme=scheme)
    for summary in page.locator("main .numbers > summary").all():
        summary.click()
    picture(page, f"{view}-{scheme}")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_phone_scrolls_in_one_direction(visit: Visit, report: str, picture: Picture) -> None:
    page = visit(report, viewport=PHONE, has_touch=True)
    for view, address in VIEWS.items():
        page.goto(report + address)
        page.wait_for_selector(SHOWN[view])
        picture(page, f"{view}-phone")
        assert page.evaluate("() => document.documentElement.scrollWidth") == PHONE["width"], view


def test_a_phone_gets_from_a_value_to_its_words_and_back(visit: Visit, report: str) -> None:
    page = visit(report + VIEWS["emoji"], viewport=PHONE, has_touch=True)
    page.tap(".card.project h3 .value")
    page.wait_for_selector(".back button")
    assert page.inner_text(".back q") == "Bamba road 🛣"
    page.tap(".back button")
    assert page.evaluate("() => document.activeElement.textContent") == "Bamba road 🛣"


def test_dark_by_the_system_and_by_choice(visit: Visit, report: str) -> None:
    page = visit(report, color_scheme="dark")
    dark = page.evaluate(PAPER)
    page.select_option(".theme select", "light")
    light = page.evaluate(PAPER)
    assert dark != light
    page.reload()
    page.wait_for_selector("main h1")
    assert page.evaluate(PAPER) == light
    page.select_option(".theme select", "dark")
    assert page.evaluate(PAPER) == dark


def test_paper_is_white_and_has_no_controls(visit: Visit, report: str) -> None:
    page = visit(report, color_scheme="dark")
    for view, address in VIEWS.items():
        page.goto(report + address)
        page.wait_for_selector(SHOWN[view])
        assert page.pdf().startswith(b"%PDF"), view
        page.emulate_media(media="print")
        assert page.evaluate(PAPER) == "rgb(255, 255, 255)"
        controls = page.locator(".search, .facets, .pager button, .theme, header.frame nav").all()
        assert [one for one in controls if one.is_visible()] == [], view
        page.emulate_media(media="screen")


def test_names_are_not_told_by_colour_alone(visit: Visit, report: str) -> None:
    """Two labels of one colour have different lines."""
    page = visit(report + VIEWS["article"])
    style = (
        "(mark) => { const style = getComputedStyle(mark); return style.borderBottomColor + style.borderBottomStyle; }"
    )
    lines = {mark.get_attribute("class").split()[1]: mark.evaluate(style) for mark in page.locator("mark").all()}
    assert len(lines) == 7 == len(set(lines.values()))


def test_an_arabic_text_reads_from_right_to_left(visit: Visit, foreign: str, picture: Picture) -> None:
    page = visit(f"{foreign}#/articles/0?commitment=0")
    assert in_order(page, ".text", "🏗", "نيروبي", "ستوسع", ".") == [".", "ستوسع", "نيروبي", "🏗"]
    assert in_order(page, ".text", "Kilima", "so.") == ["Kilima", "so."]
    assert page.get_attribute(".text", "lang") == "ar"
    assert page.inner_text(".text .found") == "ستوسع"
    assert page.locator(".mention").all_text_contents() == ["شركة كيليما", "طريق بامبا (2)", "5 ملايين دولار"]
    page.focus("mark.ORG")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("() => document.activeElement.textContent") == "طريق بامبا (2)"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.textContent") == "شركة كيليما"
    picture(page, "arabic")


def test_the_english_name_stands_with_the_printed_one(visit: Visit, foreign: str) -> None:
    page = visit(f"{foreign}#/articles/0?commitment=0")
    both = "Kilima Works (شركة كيليما)"
    assert page.inner_text(".card.actor h3 .value") == both
    assert page.inner_text(".card.commitment .slot:has(dt:text-is('by')) .value") == both
    page = visit(f"{foreign}#/commitments")
    assert page.inner_text("td.of-who a bdi").startswith(both)
    page.fill(".search", "kilima works")
    page.wait_for_selector(".message:text-is('1 of 1 commitment')")


def test_arabic_keeps_its_order_in_an_english_row(visit: Visit, foreign: str) -> None:
    page = visit(f"{foreign}#/commitments", viewport={"width": 2400, "height": 800})
    assert in_order(page, "td.of-who q", "نيروبي", "ستوسع") == ["ستوسع", "نيروبي"]
    assert in_order(page, "td.of-who q", "🏗", "نيروبي") == ["نيروبي", "🏗"]
    assert in_order(page, "td.of-project", "طريق", "بامبا", "(2)") == ["(2)", "بامبا", "طريق"]
