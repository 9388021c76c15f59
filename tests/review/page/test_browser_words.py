"""Words chosen in a real browser, by mouse and by keys alone: they become mentions and parts of commitments."""

from __future__ import annotations

from typing import Any

from review.formats.people import TEXT
from review.page.running import Running
from review.page.tabs import HOSTILE, Open, box, field, focused, pick, press, saved, select, tool

from pipeline.record import Record


def words(page: Any) -> str:
    """What is chosen."""
    return str(page.inner_text(".words-box q"))


def mentions(server: Running) -> dict[str, str]:
    return {one["text"]: one["label"] for one in server.get()["record"]["mentions"]}


def test_the_mouse_chooses_whole_words(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    select(page, "xang Ste")
    assert words(page) == "Lanexang Steel"
    box(page).get_by_role("button", name="Add mention").click()
    saved(page, "Mention added.")
    assert (focused(page), mentions(server)["Lanexang Steel"]) == ("m9", "ORG")


def test_a_mention_is_changed_where_it_stands(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    page.click("mark[data-id=m3]")
    field(box(page), "Label").select_option("PLACE")
    field(box(page), "Means").select_option("a1")
    box(page).get_by_role("button", name="Save").click()
    saved(page, "Organisation “Mekong Bank” changed.")
    assert focused(page) == "m3"
    press(page, "Enter")
    page.click("button[aria-label='Start a word later']")
    saved(page, "Place “Mekong Bank” changed.")
    assert words(page) == "Bank"
    box(page).get_by_role("button", name="Remove").click()
    saved(page, "Place “Bank” removed.")
    assert focused(page) == "m4"
    assert "Mekong Bank" not in mentions(server)


def test_what_meets_another_mention_is_refused_with_the_reason(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure", expected="422")
    select(page, "the Mekong")
    box(page).get_by_role("button", name="Add mention").click()
    page.wait_for_selector(".trouble.refused:has-text('overlaps the ORG')")
    assert words(page) == "the Mekong"
    page.click(".trouble button")
    assert page.locator(".trouble").count() == 0
    assert server.get()["version"] == 0


def test_the_keyboard_alone_is_enough(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    assert focused(page) == "c1"
    press(page, "j", "k", "e", "ArrowDown", "Enter")
    saved(page, "Commitment c1 changed.")
    assert focused(page) == "c1"
    press(page, "i", "ArrowRight", "Tab")
    pick(page, "kaysa vong", "Kaysa Vong")
    saved(page, "With Kaysa Vong of c1 added.")
    assert focused(page) == "c1 with a3"
    press(page, "x")
    saved(page, "With Kaysa Vong of c1 removed.")
    press(page, "w", "ArrowDown", *["ArrowRight"] * 11, "Shift+ArrowRight")
    assert words(page) == "Kaysa Vong"
    press(page, "Escape", "w", "ArrowDown", "ArrowRight", "ArrowRight", "Shift+ArrowRight", "Alt+ArrowLeft")
    assert words(page) == "bank approved the"
    press(page, "Escape", "?")
    page.wait_for_selector("dialog[open]")
    press(page, "Escape", "Control+Enter")
    page.wait_for_selector("header.about .id:text-is('unsure')")
    record = Record.model_validate(server.get()["record"])
    assert record.commitments[0].status == "agreed"


def test_single_letters_can_be_turned_off(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    press(page, "?")
    page.uncheck("dialog input")
    page.click("dialog button")
    page.focus(".card[data-id=c1]")
    press(page, "a", "x", "Control+z")
    page.reload()
    page.wait_for_selector(".card")
    assert server.get()["version"] == 0


def test_places_are_true_after_signs_that_are_not_drawn(tab: Open, served: str) -> None:
    page = tab(served, HOSTILE)
    select(page, "evil were")
    assert words(page) == "evil were"
    form = box(page, "Part of a commitment")
    field(form, "Commitment").select_option("")
    form.get_by_role("button", name="Add commitment").click()
    saved(page, "Commitment added.")
    assert page.inner_text(".card[data-id=c3] .slot:has-text('words') .value") == "evil were"


def test_amounts_and_dates_are_found_in_the_text_of_the_article(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    tool(page, "c2", "add")
    page.click(".card[data-id=c2] .chips span:text-is('when')")
    page.focus(".card[data-id=c2] [role=combobox]")
    pick(page, "2030", "2030")
    saved(page, "When 2030 of c2 added.")
    (date,) = server.get()["record"]["commitments"][1]["dates"]
    assert (date["iso"], TEXT[date["start"] : date["end"]]) == ("2030", "2030")
    assert focused(page).startswith("c2 dates ")
    press(page, "e")
    page.keyboard.press("Control+a")
    page.keyboard.type("2031")
    press(page, "Enter")
    saved(page, "When 2030 of c2 changed.")
    assert server.get()["record"]["commitments"][1]["dates"][0]["iso"] == "2031"
