"""Words chosen and names typed in a real browser, by mouse and by keys alone, and what becomes of them."""

from pathlib import Path
from typing import Any

import pytest
from review.formats.people import ROW, TEXT, actor, commitment
from review.page.running import Running, Shown, started
from review.page.steps import Json, write_records
from review.page.tabs import HOSTILE, Open, box, field, focused, pick, press, saved, select, tool, unfold

from pipeline.gold.importer import guide_record
from pipeline.record import Record

ARABIC = "🏗 ستمنح شركة كيليما نيروبي 5 ملايين دولار وكينيا ترحب بذلك."
CHINESE = "𠮷野公司将向内罗毕提供500万美元贷款，扩建班巴公路。"


def words(page: Any) -> str:
    """What is chosen."""
    return str(page.inner_text(".words-box q"))


def mentions(server: Running | Shown) -> dict[str, str]:
    return {one["text"]: one["label"] for one in server.get()["record"]["mentions"]}


def foreign(name: str, text: str, who: str, english: str, trigger: str, amount: str) -> Record:
    """An article of one sentence, with an actor and what it grants."""
    row = ROW | {"id": name, "title": who, "text": text, "sentences": [[0, len(text)]]}
    money = {"text": amount, "value": 5000000, "currency": "USD"}
    loan = {"instrument": "loan", "provider": ["a1"], "recipient": [], "terms": {}}
    given = commitment("c1", 0, trigger, "finance", "pledged", by=["a1"], amounts=[money]) | {"flow": loan}
    one = actor("a1", who, "company") | {"name_en": english}
    empty = {name: [] for name in ("sentence_fixes", "projects", "relations", "sectors")}
    mentions = [[0, "ORG", who], [0, "MONEY", amount]]
    return guide_record(name, row, {"id": name, "mentions": mentions, "actors": [one], "commitments": [given], **empty})


@pytest.fixture
def abroad(tmp_path: Path) -> Running:
    """A review of an article in Arabic and one in Chinese."""
    ar = foreign("ar", ARABIC, "شركة كيليما", "Kilima Works", "ستمنح", "5 ملايين دولار")
    zh = foreign("zh", CHINESE, "𠮷野公司", "Yoshino Company", "提供", "500万美元")
    write_records(tmp_path / "records.jsonl", ar, zh)
    return started(tmp_path)


@pytest.mark.parametrize(
    ("name", "dragged", "chosen"),
    [
        ("ar", "نيرو", "نيروبي"),
        ("ar", "كينيا", "كينيا"),  # without the "and" before it
        ("ar", "وكينيا", "وكينيا"),
        ("zh", "内罗毕", "内罗毕"),
        ("zh", "班巴公路", "班巴公路"),
    ],
)
def test_words_of_arabic_and_chinese_are_chosen(
    tab: Open, abroad: Running, name: str, dragged: str, chosen: str
) -> None:
    page = tab(abroad.address, name)
    select(page, dragged)
    assert words(page) == chosen
    box(page).get_by_role("button", name="Add mention").click()
    saved(page, "Mention added.")
    assert chosen in {one["text"] for one in abroad.get(name)["record"]["mentions"]}


def test_keys_follow_the_direction_of_an_arabic_text(tab: Open, abroad: Running) -> None:
    page = tab(abroad.address, "ar")
    select(page, "نيروبي")
    press(page, "Shift+ArrowLeft")
    assert words(page) == "نيروبي 5"
    press(page, "Alt+ArrowRight")
    assert words(page) == "كيليما نيروبي 5"
    start, end = (page.locator(f"button[aria-label='{edge} a word later']") for edge in ("Start", "End"))
    assert start.bounding_box()["x"] > end.bounding_box()["x"]
    press(page, "Escape")
    select(page, "وكينيا")
    page.click("button[aria-label='Start a word later']")
    assert words(page) == "كينيا"


def test_the_english_name_stands_with_the_printed_one_and_is_corrected(tab: Open, abroad: Running) -> None:
    page = tab(abroad.address, "ar")
    by = page.locator("[data-id='c1 by a1'] .value")
    assert by.inner_text() == "Kilima Works (شركة كيليما)"
    unfold(page, "Actors")
    tool(page, "a1", "edit")
    form = page.locator(".card[data-id=a1] form")
    assert field(form, "Name").evaluate("(input) => getComputedStyle(input).direction") == "rtl"
    field(form, "English name").fill("Kilima Company")
    press(page, "Enter")
    page.wait_for_selector(".card[data-id=a1] .value:has-text('Kilima Company (شركة كيليما)')")
    (one,) = abroad.get("ar")["record"]["actors"]
    assert (one["name"], one["name_en"]) == ("شركة كيليما", "Kilima Company")
    tool(page, "c1", "add")
    press(page, "Tab")
    page.keyboard.type("kilima comp")
    page.wait_for_selector("[role=option]:has-text('شركة كيليما')")


def test_an_amount_in_arabic_keeps_its_order_behind_its_value(tab: Open, abroad: Running) -> None:
    page = tab(abroad.address, "ar")
    amount = page.locator("[data-id^='c1 amounts'] .value")
    assert amount.inner_text() == "5 m USD “5 ملايين دولار”"
    assert amount.locator("bdi bdi").evaluate("(words) => getComputedStyle(words).direction") == "rtl"


def test_the_mouse_chooses_whole_words_and_a_mention_is_changed_where_it_stands(page: Any, article: Shown) -> None:
    select(page, "xang Ste")
    assert words(page) == "Lanexang Steel"
    box(page).get_by_role("button", name="Add mention").click()
    saved(page, "Mention added.")
    assert (focused(page), mentions(article)["Lanexang Steel"]) == ("m9", "ORG")
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
    assert "Mekong Bank" not in mentions(article)


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


def test_single_letters_can_be_turned_off(page: Any, article: Shown) -> None:
    press(page, "?")
    page.uncheck("dialog input")
    page.click("dialog button")
    page.focus(".card[data-id=c1]")
    press(page, "a", "x", "Control+z")
    page.reload()
    page.wait_for_selector(".card")
    assert article.get()["version"] == 0


def test_places_are_true_after_signs_that_are_not_drawn(tab: Open, shared: Running) -> None:
    page = tab(shared.address, HOSTILE)
    select(page, "evil were")
    assert words(page) == "evil were"
    form = box(page, "Part of a commitment")
    field(form, "Commitment").select_option("")
    form.get_by_role("button", name="Add commitment").click()
    saved(page, "Commitment added.")
    assert page.inner_text(".card[data-id=c3] .slot:has-text('words') .value") == "evil were"


def test_amounts_and_dates_are_found_in_the_text_of_the_article(page: Any, article: Shown) -> None:
    tool(page, "c2", "add")
    page.click(".card[data-id=c2] .chips span:text-is('when')")
    page.focus(".card[data-id=c2] [role=combobox]")
    pick(page, "2030", "2030")
    saved(page, "When 2030 of c2 added.")
    (date,) = article.get()["record"]["commitments"][1]["dates"]
    assert (date["iso"], TEXT[date["start"] : date["end"]]) == ("2030", "2030")
    assert focused(page).startswith("c2 dates ")
    press(page, "e")
    page.keyboard.press("Control+a")
    page.keyboard.type("2031")
    press(page, "Enter")
    saved(page, "When 2030 of c2 changed.")
    assert article.get()["record"]["commitments"][1]["dates"][0]["iso"] == "2031"


def options(page: Any) -> list[str]:
    return list(page.locator("[role=option] bdi").all_inner_texts())


def actors(server: Running | Shown) -> list[Json]:
    return list(server.get()["record"]["actors"])


def search(page: Any, typed: str) -> None:
    """Types, and waits for the answer."""
    page.keyboard.type(typed)
    page.wait_for_selector(f"[role=option]:has-text('Create new'):has-text('“{typed}”')")


def test_a_misspelt_party_is_offered_its_known_name(page: Any, article: Shown) -> None:
    tool(page, "c1 by a1", "edit")
    assert "Laos" not in options(page)
    search(page, "Laoss")
    assert options(page)[0] == "Laos"
    press(page, "Enter")
    page.wait_for_selector(".saved:has-text('that is there already.')")
    assert (article.get()["version"], page.locator(".picker").count()) == (0, 0)
    tool(page, "c1 by a1", "edit")
    search(page, "Pakistann")
    found = options(page)
    assert (found[0], found[-1]) == ("Pakistan", "Create new actor “Pakistann” …")
    press(page, "Enter")
    saved(page, "By Laos of c1 replaced by Pakistan.")
    new = actors(article)[-1]
    assert (new["name"], new["kind"], new["country"]) == ("Pakistan", "country", "PAK")
    assert focused(page) == f"c1 by {new['id']}"


def test_names_of_the_article_come_first(page: Any, article: Shown) -> None:
    tool(page, "c1 by a1", "edit")
    search(page, "kaisa wong")
    assert options(page)[0] == "Kaysa Vong"
    press(page, "Enter")
    saved(page, "By Laos of c1 replaced by Kaysa Vong.")
    assert len(actors(article)) == 3


def test_a_new_actor_is_asked_for_and_its_kind_chosen(page: Any, article: Shown) -> None:
    tool(page, "c1", "add")
    press(page, "Tab")
    search(page, "Lanexang Xyz Works")
    press(page, "ArrowUp", "Enter")
    page.wait_for_selector(".question:text-is('Create new actor “Lanexang Xyz Works”?')")
    assert page.evaluate("() => document.activeElement.matches('select')")
    press(page, "Enter")  # no kind is chosen yet
    assert page.locator(".question").count() == 1
    assert len(actors(article)) == 3
    page.select_option(".question ~ .field select", "company")
    press(page, "Enter")
    saved(page, "By Lanexang Xyz Works of c1 added.")
    new = actors(article)[-1]
    assert (new["name"], new["kind"]) == ("Lanexang Xyz Works", "company")
    assert article.get()["record"]["commitments"][0]["by"] == ["a1", new["id"]]


def test_enter_before_the_answer_makes_nothing(page: Any, article: Shown) -> None:
    page.route("**/api/near*", lambda route: (page.wait_for_timeout(300), route.continue_()))
    tool(page, "c1 by a1", "edit")
    page.keyboard.type("Pakistann")
    press(page, "Enter")
    assert page.locator(".question").count() == 0
    page.wait_for_selector("[role=option]:has-text('countries')")
    assert len(actors(article)) == 3


def test_an_actor_is_not_added_twice(page: Any, article: Shown) -> None:
    unfold(page, "Actors")
    page.click("text=Add actor")
    pick(page, "Mekong Bnak", "Mekong Bank")
    page.wait_for_selector(".saved:text-is('Mekong Bank is in the article already.')")
    assert focused(page) == "a2"
    page.click("text=Add actor")
    pick(page, "wrold bank", "World Bank")
    saved(page, "Actor added.")
    assert [one["name"] for one in actors(article)][2:] == ["Kaysa Vong", "World Bank"]
    assert article.get()["version"] == 1


def test_a_new_project_is_asked_for(page: Any, article: Shown) -> None:
    unfold(page, "Projects")
    page.click("text=Add project")
    search(page, "Xyz tunnel")
    press(page, "Enter")
    page.wait_for_selector(".question:text-is('Create new project “Xyz tunnel”?')")
    press(page, "Escape")
    assert page.locator(".question").count() == 0
    assert len(article.get()["record"]["projects"]) == 1
    page.click("text=Add project")
    search(page, "Xyz tunnel")
    press(page, "Enter", "Enter")
    saved(page, "Project added.")
    assert article.get()["record"]["projects"][-1]["name"] == "Xyz tunnel"


def test_chosen_words_mean_a_known_name_or_a_new_one_of_a_kind(page: Any, article: Shown) -> None:
    select(page, "Lanexang Steel")
    field(box(page), "Means").select_option("+actors")
    box(page).get_by_role("button", name="Add mention").click()
    assert box(page).count() == 1  # a kind must be chosen
    assert len(actors(article)) == 3
    press(page, "Escape")
    select(page, "Vientiane")
    page.wait_for_selector(".words-box option:has-text('known:')", state="attached")
    known = [one for one in box(page).locator("option").all_inner_texts() if "known:" in one]
    assert known
    field(box(page), "Means").select_option(label=known[0])
    box(page).get_by_role("button", name="Add mention").click()
    saved(page, "Actor added.")
    assert len(actors(article)) == 4
