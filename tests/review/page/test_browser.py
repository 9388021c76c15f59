"""A review in a real browser, on a server that really runs: what is decided is saved, shown, undone, and is gold."""

from pathlib import Path
from typing import Any

from review.page.running import Running, Shown, started
from review.page.steps import decide, named, raw, write_records
from review.page.tabs import Open, Picture, box, card, field, focused, pick, press, saved, select, tool, unfold

from pipeline.gold.evaluate.score import evaluate_files
from pipeline.gold.folder import read_gold
from pipeline.record import Record
from pipeline.review.page.store import Store


def titles(page: Any) -> list[str]:
    return list(page.locator(".queue tbody .id").all_inner_texts())


def test_the_queue_is_filtered_searched_and_begun(tab: Open, server: Running, picture: Picture) -> None:
    page = tab(server.address)
    assert titles(page) == ["unsure", "middling", "sure"]
    picture(page, "review-queue")
    page.fill(".search", "bridge su")
    page.wait_for_selector(".message:text-is('2 articles, the least certain first')")
    assert titles(page) == ["unsure", "sure"]
    page.click("button:has-text('finished')")
    page.wait_for_selector("text=No article matches.")
    page.fill(".search", "")
    page.click("button:has-text('untouched')")
    page.wait_for_selector(".queue tbody tr:nth-child(3)")
    page.click("text=Start with the least certain")
    page.wait_for_selector(".card")
    assert page.inner_text("header.about .id") == "unsure"


def test_a_whole_review_is_gold(tab: Open, server: Running, tmp_path: Path, picture: Picture) -> None:
    page = tab(server.address, "sure")
    tool(page, "c1", "accept")
    saved(page, "Commitment c1 accepted.")
    tool(page, "c2", "edit")
    page.select_option(".card[data-id=c2] select >> nth=0", "underway")
    page.click(".card[data-id=c2] form button:text('Save')")
    saved(page, "Commitment c2 changed.")
    unfold(page, "Actors")
    tool(page, "a2", "edit")
    page.select_option(".card[data-id=a2] select", "multilateral")
    page.fill(".card[data-id=a2] form label:has-text('Country') input", "Laos")
    press(page, "Enter")
    saved(page, "Mekong Bank changed.")
    select(page, "Lanexang Steel")
    field(box(page), "Means").select_option("+actors")
    field(box(page), "Kind of actor").select_option("company")
    picture(page, "review-words")
    box(page).get_by_role("button", name="Add mention").click()
    saved(page, "Actor added.")
    select(page, "The bank approved")
    form = box(page, "Part of a commitment")
    field(form, "Commitment").select_option("")
    field(form, "Status").select_option("pledged")
    form.get_by_role("button", name="Add commitment").click()
    saved(page, "Commitment added.")
    tool(page, "c3", "add")
    for slot, typed, name in (
        ("by", "lanex", "Lanexang Steel"),
        ("on", "Pakse brigde", "Pakse bridge"),
        ("sector", "transp", "Transport & Storage (210)"),
    ):
        page.click(f".card[data-id=c3] .chips span:text-is('{slot}')")
        page.focus(".card[data-id=c3] [role=combobox]")
        pick(page, typed, name)
        saved(page, f"{slot.capitalize()} {name.removesuffix(' (210)')} of c3 added.")
        tool(page, "c3", "add")
    press(page, "Escape")
    select(page, "Monday")
    form = box(page, "Part of a commitment")
    field(form, "Commitment").select_option("c3")
    form.get_by_role("button", name="Date").click()
    saved(page, "When Monday of c3 added.")
    tool(page, "c2 attributed_to a3", "remove")
    saved(page, "Said by Kaysa Vong of c2 removed.")
    picture(page, "review-article")
    page.click("text=Finish and next")
    page.wait_for_selector("header.about .id:text-is('unsure')")

    told = raw(tmp_path / "mine", "sure")
    assert [(one["kind"], one["status"]) for one in told["commitments"]] == [
        ("finance", "pledged"),
        ("agreement", "underway"),
        ("finance", "pledged"),
    ]
    (steel,) = [actor["id"] for actor in told["actors"] if actor["name"] == "Lanexang Steel"]
    third = told["commitments"][2]
    assert (third["trigger"]["text"], third["by"], third["sectors"]) == ("The bank approved", [steel], ["210"])
    assert [actor["kind"] for actor in told["actors"]] == ["country", "multilateral", "person", "company"]
    assert told["commitments"][1]["attributed_to"] is None

    page.goto(f"{server.address}#/articles/sure")
    page.wait_for_selector(".state.finished")
    shown = Record.model_validate(server.get()["record"])
    (tmp_path / "shown.jsonl").write_text(shown.to_json() + "\n", encoding="utf-8")
    assert [one.article.id for one in read_gold(tmp_path / "mine")] == ["sure"]
    scores = evaluate_files(tmp_path / "mine", tmp_path / "shown.jsonl")
    assert [name for name, row in scores.rows.items() if row.fp or row.fn] == []
    (again,) = read_gold(tmp_path / "mine")
    assert [one.trigger for one in again.commitments] == [one.trigger for one in shown.commitments]
    assert page.locator(".card.commitment").count() == len(shown.commitments)


def test_undo_redo_and_what_a_reload_shows(page: Any, article: Shown) -> None:
    unfold(page, "Actors")
    tool(page, "a3", "remove")
    saved(page, "Kaysa Vong removed.")
    assert focused(page) == "m3"  # a mention of the actor before
    press(page, "Control+z")
    saved(page, "The last decision is undone.")
    assert card(page, "a3").count() == 1
    press(page, "Control+Shift+z")
    saved(page, "The decision is redone.")
    page.reload()
    page.wait_for_selector(".card")
    assert card(page, "a3").count() == 0
    page.click("button[aria-label=Undo]")
    page.wait_for_selector(".card[data-id=a3]", state="attached")
    assert article.get()["version"] == 4


def test_values_amounts_sectors_and_relations(page: Any, article: Shown) -> None:
    place = article.get()["record"]["commitments"][0]["amounts"][0]["start"]
    tool(page, f"c1 amounts {place}:{place + 11}", "edit")
    page.fill(".one form label:has-text('Value') input", "45000000")
    page.fill(".one form label:has-text('Currency') input", "eur")
    press(page, "Enter")
    saved(page, "How much $40 million of c1 changed.")
    assert "45 m EUR “$40 million”" in card(page, "c1").inner_text()
    unfold(page, "Sectors of the article")
    page.click(".article-sectors .tool.edit")
    page.fill(".article-sectors .several [list]", "Energy")
    page.fill(".article-sectors .several [list]", "Education (110)")
    page.click(".article-sectors form button:text('Save')")
    saved(page, "Sectors of the article changed.")
    unfold(page, "Relations")
    page.click("text=Add relation")
    form = page.locator("form[aria-label='Add relation']")
    field(form, "Who").fill("Kaysa Vong")
    field(form, "Relation").select_option("represents")
    field(form, "Whom or what").fill("Laos")
    press(page, "Enter")
    saved(page, "Relation added.")
    assert focused(page) == "a3 represents a1"
    unfold(page, "Actors")
    tool(page, "a3", "merge")
    card(page, "a3").locator("form [list]").fill("Mekong Bank")
    press(page, "Enter")
    saved(page, "Kaysa Vong merged into Mekong Bank.")
    assert focused(page) == "a2"
    record = article.get()["record"]
    assert [one["code"] for one in record["sectors"]] == ["210", "110"]
    assert "a2 represents a1" in [f"{one['subject']} {one['type']} {one['object']}" for one in record["relations"]]


def test_finished_articles_open_again_and_the_last_leads_back(tab: Open, server: Running) -> None:
    page = tab(server.address, "unsure")
    for name in ("middling", "sure"):
        page.click("text=Finish and next")
        page.wait_for_selector(f"header.about .id:text-is('{name}')")
    press(page, "Control+Enter")
    page.wait_for_selector("text=All articles are finished.")
    page.click("tbody a >> nth=0")
    page.click("button:text('Reopen')")
    saved(page, "unsure is open again.")
    assert page.locator(".toolbar .state").inner_text() == "begun"


def decisions(server: Running | Shown) -> list[str | None]:
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


def test_a_rejected_row_stays_and_is_taken_back(page: Any, article: Shown) -> None:
    press(page, "x", "k")
    assert focused(page) == "c1"
    page.wait_for_selector(".card.rejected[data-id=c1] .decision.rejected")
    line = card(page, "c1").locator(".value").first.evaluate("(value) => getComputedStyle(value).textDecorationLine")
    assert line == "line-through"
    press(page, "x")
    saved(page, "Commitment c1 is open again.")
    assert (focused(page), decisions(article)) == ("c1", [None, None])
    press(page, "u", "Control+z")
    saved(page, "The last decision is undone.")
    assert decisions(article) == [None, None]


def test_the_next_open_commitment_and_who_decided(page: Any) -> None:
    press(page, "u", "k", "n")
    assert focused(page) == "c2"
    press(page, "n")
    assert focused(page) == "c2"
    press(page, "a", "n")
    assert page.evaluate("() => document.activeElement.classList.contains('finish')")
    page.wait_for_selector(".card[data-id=c1] .decision.unsure:has-text('20')")
    assert card(page, "c1").get_attribute("aria-label").startswith("Commitment c1, unsure; finance, pledged; by")


def test_keys_are_not_lost_while_a_decision_is_saved(page: Any, article: Shown) -> None:
    page.route("**/edits", lambda route: (page.wait_for_timeout(150), route.continue_()))
    press(page, "a", "a")
    assert counted(page) == "2 of 2 commitments decided"
    saved(page, "Commitment c2 accepted. All are decided.")
    assert decisions(article) == ["accepted", "accepted"]
    assert {"c1", "c1 by a1", "a1", "a2", "m1", "m2", "m3"} <= set(article.get()["accepted"])
    assert page.locator("mark.accepted[data-id=m1]").count() == 1
    assert page.locator("mark.accepted[data-id=m7]").count() == 0


def test_a_value_is_corrected_by_a_few_keys(page: Any, article: Shown) -> None:
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
    assert article.get()["record"]["commitments"][0]["by"] == ["a3"]
    press(page, "Control+z", "Control+z")
    saved(page, "The last decision is undone.")
    page.wait_for_selector("[data-id='c1 by a1']")
    assert article.get()["record"]["commitments"][0]["by"] == ["a1"]


def test_only_commitments_are_open_and_values_lead_to_their_words(page: Any, article: Shown) -> None:
    visited = []
    for _ in range(4):
        press(page, "ArrowDown")
        visited.append(focused(page).rpartition(" ")[0])
    assert visited[:2] == ["c1 by", "c1 to"]
    press(page, *["ArrowLeft"] * 6)
    assert focused(page) == "c1"
    assert page.inner_text(".text .found") == "will borrow"
    page.click(".card[data-id=c1] [data-id='c1 to a2'] .value")
    assert page.inner_text(".text .found") == "Mekong Bank"
    press(page, "Escape")
    assert focused(page) == "c1 to a2"
    folded = page.locator(".panel > details:not([open]) h2").all_inner_texts()
    assert folded == ["Actors", "Projects", "Relations", "Sectors of the article"]
    page.click("mark[data-id=m8]")
    press(page, "a")
    saved(page, "Person “Kaysa Vong” accepted.")
    assert counted(page) == "0 of 2 commitments decided"


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
