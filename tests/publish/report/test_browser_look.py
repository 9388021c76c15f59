"""How a report looks: light and dark, on a phone, on paper; and what axe finds wrong for people who cannot see it."""

from collections.abc import Callable
from typing import Any

import pytest
from publish.report.articles import EMOJI, HOSTILE

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
