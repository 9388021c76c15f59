"""How a review looks: light and dark, on a phone, on paper; and what axe finds wrong for people who cannot see it."""

from typing import Any

import pytest
from review.page.running import Running
from review.page.tabs import HOSTILE, Open, Picture, press, select, tool, unfold

PHONE = {"width": 360, "height": 740}


def _unfolded(page: Any, title: str) -> None:
    if page.locator(f".panel > details:not([open]) h2:text-is('{title}')").count():
        unfold(page, title)


def act(page: Any, what: str) -> None:
    """Opens a form or dialog of an article."""
    match what:
        case "words":
            select(page, "Lanexang Steel")
        case "mention":
            page.click("mark[data-id=m2]")
        case "keys":
            press(page, "?")
        case "actor" | "relation" | "project":
            _unfolded(page, f"{what.capitalize()}s")
            page.click(f"text=Add {what}")
        case "edit-actor" | "merge-actor":
            _unfolded(page, "Actors")
            tool(page, "a2", what.split("-")[0])
        case "edit-amount":
            page.click(".card[data-id=c1] .one[data-id*=amounts] .edit")
        case "replace":
            tool(page, "c1 by a1", "edit")
        case "near" | "create":
            tool(page, "c1 by a1", "edit")
            page.keyboard.type("Pakistann")
            page.wait_for_selector(".picker .from")
            if what == "create":
                page.click(".picker .new")
        case _:
            tool(page, {"edit": "c1", "add": "c1"}[what], what)


FORMS = (
    "words",
    "mention",
    "keys",
    "actor",
    "project",
    "relation",
    "edit-actor",
    "merge-actor",
    "edit-amount",
    "edit",
    "add",
    "replace",
    "near",
    "create",
)


@pytest.mark.parametrize(
    ("scheme", "forms"), [("light", FORMS), ("dark", ("mention", "keys", "edit-actor", "add", "near"))]
)
def test_axe_finds_nothing(tab: Open, shared: Running, picture: Picture, scheme: str, forms: tuple[str, ...]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = tab(shared.address, color_scheme=scheme)
    found = {"queue": Axe().run(page)}
    picture(page, f"review-queue-{scheme}")
    page.click("tbody a:has-text('A bridge') >> nth=0")
    page.wait_for_selector(".card")
    press(page, "x", "u")
    page.wait_for_selector(".decision.unsure")
    picture(page, f"review-decided-{scheme}")
    found["decided"] = Axe().run(page)
    for what in forms:
        act(page, what)
        page.wait_for_selector(".editing, dialog")
        picture(page, f"review-{what}-{scheme}")
        found[what] = Axe().run(page)
        page.keyboard.press("Escape")
        page.wait_for_selector(".editing, dialog", state="detached")
    assert {what: one.generate_report() for what, one in found.items() if one.violations_count} == {}


@pytest.mark.parametrize("name", ["a0", HOSTILE])
def test_a_phone_scrolls_in_one_direction(tab: Open, shared: Running, picture: Picture, name: str) -> None:
    page = tab(shared.address, viewport=PHONE, has_touch=True)
    picture(page, "review-queue-phone")
    page.goto(shared.address)
    page = tab(shared.address, name, viewport=PHONE, has_touch=True)
    for what in ("", "add", "edit-actor", "mention"):
        if what:
            act(page, what)
            page.wait_for_selector(".editing")
        picture(page, f"review-{what or 'article'}-phone")
        assert page.evaluate("() => document.documentElement.scrollWidth") == PHONE["width"], what
        page.keyboard.press("Escape")


def test_paper_has_the_article_and_no_controls(tab: Open, shared: Running) -> None:
    page = tab(shared.address, "a0", color_scheme="dark")
    page.emulate_media(media="print")
    controls = page.locator(".toolbar, .tools, .more, .theme").all()
    assert [one for one in controls if one.is_visible()] == []
    assert page.is_visible(".text") and page.is_visible(".card")
    assert page.pdf().startswith(b"%PDF")
