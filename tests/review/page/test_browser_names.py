"""Names typed in a real browser: near ones are offered first, and nobody is made from an unknown name unasked."""

from __future__ import annotations

from typing import Any

from review.page.desks import Json
from review.page.running import Running
from review.page.tabs import Open, box, field, focused, pick, press, saved, select, tool, unfold


def options(page: Any) -> list[str]:
    return list(page.locator("[role=option] bdi").all_inner_texts())


def actors(server: Running) -> list[Json]:
    return list(server.get()["record"]["actors"])


def search(page: Any, typed: str) -> None:
    """Types, and waits for the answer."""
    page.keyboard.type(typed)
    page.wait_for_selector(f"[role=option]:has-text('Create new'):has-text('“{typed}”')")


def test_a_misspelt_party_is_offered_its_known_name(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    tool(page, "c1 by a1", "edit")
    search(page, "Pakistann")
    found = options(page)
    assert (found[0], found[-1]) == ("Pakistan", "Create new actor “Pakistann” …")
    press(page, "Enter")
    saved(page, "By Laos of c1 replaced by Pakistan.")
    new = actors(server)[-1]
    assert (new["name"], new["kind"], new["country"]) == ("Pakistan", "country", "PAK")
    assert focused(page) == f"c1 by {new['id']}"


def test_names_of_the_article_come_first(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    tool(page, "c1 by a1", "edit")
    search(page, "kaisa wong")
    assert options(page)[0] == "Kaysa Vong"
    press(page, "Enter")
    saved(page, "By Laos of c1 replaced by Kaysa Vong.")
    assert len(actors(server)) == 3


def test_a_new_actor_is_asked_for_and_its_kind_chosen(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    tool(page, "c1", "add")
    press(page, "Tab")
    search(page, "Lanexang Xyz Works")
    press(page, "ArrowUp", "Enter")
    page.wait_for_selector(".question:text-is('Create new actor “Lanexang Xyz Works”?')")
    assert page.evaluate("() => document.activeElement.matches('select')")
    press(page, "Enter")  # no kind is chosen yet
    assert page.locator(".question").count() == 1
    assert len(actors(server)) == 3
    page.select_option(".question ~ .field select", "company")
    press(page, "Enter")
    saved(page, "By Lanexang Xyz Works of c1 added.")
    new = actors(server)[-1]
    assert (new["name"], new["kind"]) == ("Lanexang Xyz Works", "company")
    assert server.get()["record"]["commitments"][0]["by"] == ["a1", new["id"]]


def test_enter_before_the_answer_makes_nothing(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    page.route("**/api/near*", lambda route: (page.wait_for_timeout(300), route.continue_()))
    tool(page, "c1 by a1", "edit")
    page.keyboard.type("Pakistann")
    press(page, "Enter")
    assert page.locator(".question").count() == 0
    page.wait_for_selector("[role=option]:has-text('countries')")
    assert len(actors(server)) == 3


def test_an_actor_is_not_added_twice(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    unfold(page, "Actors")
    page.click("text=Add actor")
    pick(page, "Mekong Bnak", "Mekong Bank")
    page.wait_for_selector(".saved:text-is('Mekong Bank is in the article already.')")
    assert focused(page) == "a2"
    page.click("text=Add actor")
    pick(page, "wrold bank", "World Bank")
    saved(page, "Actor added.")
    assert [one["name"] for one in actors(server)][2:] == ["Kaysa Vong", "World Bank"]
    assert server.get()["version"] == 1


def test_a_new_project_is_asked_for(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    unfold(page, "Projects")
    page.click("text=Add project")
    search(page, "Xyz tunnel")
    press(page, "Enter")
    page.wait_for_selector(".question:text-is('Create new project “Xyz tunnel”?')")
    press(page, "Escape")
    assert page.locator(".question").count() == 0
    assert len(server.get()["record"]["projects"]) == 1
    page.click("text=Add project")
    search(page, "Xyz tunnel")
    press(page, "Enter", "Enter")
    saved(page, "Project added.")
    assert server.get()["record"]["projects"][-1]["name"] == "Xyz tunnel"


def test_chosen_words_mean_a_known_name_or_a_new_one_of_a_kind(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    select(page, "Lanexang Steel")
    field(box(page), "Means").select_option("+actors")
    box(page).get_by_role("button", name="Add mention").click()
    assert box(page).count() == 1  # a kind must be chosen
    assert len(actors(server)) == 3
    press(page, "Escape")
    select(page, "Vientiane")
    page.wait_for_selector(".words-box option:has-text('known:')", state="attached")
    known = [one for one in box(page).locator("option").all_inner_texts() if "known:" in one]
    assert known
    field(box(page), "Means").select_option(label=known[0])
    box(page).get_by_role("button", name="Add mention").click()
    saved(page, "Actor added.")
    assert len(actors(server)) == 4


def test_a_name_that_the_slot_has_is_not_made_again(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    tool(page, "c1 by a1", "edit")
    assert "Laos" not in options(page)
    search(page, "Laoss")
    assert options(page)[0] == "Laos"
    press(page, "Enter")
    page.wait_for_selector(".saved:has-text('that is there already.')")
    assert (server.get()["version"], page.locator(".picker").count()) == (0, 0)
