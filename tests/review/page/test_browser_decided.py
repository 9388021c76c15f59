"""Commitments decided in a real browser by one key each: what is counted, where the focus goes, what is gold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from review.page.desks import decide, named, raw, write_records
from review.page.running import Running, started
from review.page.tabs import Open, card, focused, pick, press, saved, tool

from pipeline.review.page.store import Store


def decisions(server: Running) -> list[str | None]:
    found = [one["decision"] for one in server.get()["view"]["commitments"]]
    return [one and one["decision"] for one in found]


def counted(page: Any) -> str:
    return str(page.inner_text(".toolbar .progress span"))


def test_a_key_decides_and_the_focus_goes_on(tab: Open, server: Running, tmp_path: Path) -> None:
    page = tab(server.address, "sure")
    assert (focused(page), counted(page)) == ("c1", "0 of 2 commitments decided")
    press(page, "a")
    assert focused(page) == "c2"
    press(page, "x")
    saved(page, "Commitment c2 rejected. All are decided.")
    assert counted(page) == "2 of 2 commitments decided, 1 rejected"
    assert page.evaluate("() => document.activeElement.classList.contains('finish')")
    assert (decisions(server), server.get()["version"]) == (["accepted", "rejected"], 2)
    press(page, "Enter")
    page.wait_for_selector("header.about .id:text-is('unsure')")
    assert focused(page) == "c1"
    assert len(raw(tmp_path / "mine", "sure")["commitments"]) == 1


def test_the_row_and_its_mentions_are_ticked_with_a_commitment(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    press(page, "a")
    saved(page, "Commitment c1 accepted.")
    assert {"c1", "c1 by a1", "a1", "a2", "m1", "m2", "m3"} <= set(server.get()["accepted"])
    assert page.locator("mark.accepted[data-id=m1]").count() == 1
    assert page.locator("mark.accepted[data-id=m7]").count() == 0


def test_a_rejected_row_stays_and_is_taken_back(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    press(page, "x", "k")
    assert focused(page) == "c1"
    page.wait_for_selector(".card.rejected[data-id=c1] .decision.rejected")
    line = card(page, "c1").locator(".value").first.evaluate("(value) => getComputedStyle(value).textDecorationLine")
    assert line == "line-through"
    press(page, "x")
    saved(page, "Commitment c1 is open again.")
    assert (focused(page), decisions(server)) == ("c1", [None, None])
    press(page, "u", "Control+z")
    saved(page, "The last decision is undone.")
    assert decisions(server) == [None, None]


def test_the_next_open_commitment(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    press(page, "u", "k", "n")
    assert focused(page) == "c2"
    press(page, "n")
    assert focused(page) == "c2"
    press(page, "a", "n")
    assert page.evaluate("() => document.activeElement.classList.contains('finish')")


def test_keys_are_not_lost_while_a_decision_is_saved(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    page.route("**/edits", lambda route: (page.wait_for_timeout(150), route.continue_()))
    press(page, "a", "a")
    assert counted(page) == "2 of 2 commitments decided"
    saved(page, "Commitment c2 accepted. All are decided.")
    assert decisions(server) == ["accepted", "accepted"]


def test_a_value_is_corrected_by_a_few_keys(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    press(page, "ArrowRight")
    assert focused(page) == "c1 by a1"
    assert page.inner_text(".text .found") == "Laos"
    press(page, "Enter")
    pick(page, "kay", "Kaysa Vong")
    saved(page, "By Laos of c1 replaced by Kaysa Vong.")
    assert focused(page) == "c1 by a3"
    press(page, "a")
    assert focused(page) == "c2"
    page.wait_for_selector(".card.corrected[data-id=c1]")
    assert server.get()["record"]["commitments"][0]["by"] == ["a3"]
    press(page, "Control+z", "Control+z")
    saved(page, "The last decision is undone.")
    page.wait_for_selector("[data-id='c1 by a1']")
    assert server.get()["record"]["commitments"][0]["by"] == ["a1"]


def test_arrows_go_through_the_values_and_back_to_the_card(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    visited = []
    for _ in range(4):
        press(page, "ArrowDown")
        visited.append(focused(page).rpartition(" ")[0])
    assert visited[:2] == ["c1 by", "c1 to"]
    press(page, *["ArrowLeft"] * 6)
    assert focused(page) == "c1"
    assert page.inner_text(".text .found") == "will borrow"


def test_only_commitments_are_open_and_counted(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    folded = page.locator(".panel > details:not([open]) h2").all_inner_texts()
    assert folded == ["Actors", "Projects", "Relations", "Sectors of the article"]
    page.click("mark[data-id=m8]")
    press(page, "a")
    saved(page, "Person “Kaysa Vong” accepted.")
    assert counted(page) == "0 of 2 commitments decided"


def test_a_decision_shows_who_made_it(tab: Open, server: Running) -> None:
    page = tab(server.address, "sure")
    tool(page, "c2", "unsure")
    page.wait_for_selector(".card[data-id=c2] .decision.unsure:has-text('20')")
    assert card(page, "c2").get_attribute("aria-label").startswith("Commitment c2, unsure; agreement, agreed; by")


def test_a_newer_record_opens_a_commitment_again(tab: Open, records: Path, tmp_path: Path) -> None:
    ann = Store(str(records), tmp_path / "mine", print, "Ann")
    decide(ann, "sure", *({"do": "decide", "id": name, "decision": "accepted"} for name in ("c1", "c2")))
    ann.close()
    newer = named("sure", 0.9)
    second = newer.commitments[1].model_copy(update={"status": "underway"})
    write_records(records, newer.model_copy(update={"commitments": [newer.commitments[0], second]}))
    page = tab(started(tmp_path).address, "sure")
    assert counted(page) == "1 of 2 commitments decided, 1 to decide again"
    assert focused(page) == "c2"
    reason = card(page, "c2").locator(".reopened").inner_text()
    assert reason.startswith("Decide again: ") and "underway" in reason
    press(page, "a")
    saved(page, "Commitment c2 accepted. All are decided.")
    assert card(page, "c2").locator(".reopened").count() == 0
