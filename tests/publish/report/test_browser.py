"""What a report does in a real browser: opens from disk, sorts, filters, and leads from every value to its words."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from builders import FIRST, commitment, record
from publish.report.articles import EMOJI, MANY, shown

from pipeline.publish.report.data import gather
from pipeline.publish.report.page import html

Visit = Callable[..., Any]
TWICE = 2 * MANY + 2  # commitments of the report


def told(page: Any) -> str:
    """What is said of how many rows there are."""
    return str(page.inner_text(".message"))


def column(page: Any, name: str) -> list[str]:
    return list(page.locator(f"td.of-{name}").all_inner_texts())


def found(page: Any) -> str:
    """The words that are pointed at, once they are in sight."""
    page.wait_for_function(
        """() => { const box = document.querySelector('.text .found')?.getBoundingClientRect();
                   return box && box.top >= 0 && box.bottom <= innerHeight; }"""
    )
    return "".join(page.locator(".text .found").all_text_contents())


def test_it_opens_from_disk_with_numbers_and_charts(visit: Visit, report: str, picture: Callable[..., None]) -> None:
    page = visit(report)
    acts = [row for row in gather(shown()).index["commitments"] if row["act"]]
    assert page.inner_text(".tiles div:nth-child(2) dd") == str(len(acts))
    titles = page.locator(".figure:has(.chart svg path) h2").all_inner_texts()
    assert titles == ["By sector", "By country", "By status", "By kind", "By year", "Who commits to whom"]
    picture(page, "overview")


def test_a_bar_and_its_row_lead_to_what_they_count(visit: Visit, report: str) -> None:
    page = visit(report)
    page.click(".figure:has-text('By status') summary")
    count = page.inner_text("tr:has(a:text-is('stalled')) td:last-child")
    page.click("a:text-is('stalled')")
    assert told(page) == f"{count} of {TWICE} commitments"
    page.go_back()
    page.locator(".figure:has-text('By kind') path[fill='var(--bar)']").nth(0).click()
    assert re.search(r"kind=\w+&once=yes$", page.url)


def test_bars_lead_to_what_counts_and_no_more(visit: Visit, tmp_path: Path) -> None:
    denied = record("b", commitments=[commitment(negated=True)])
    copy = record("c", {"story": "a"})
    path = tmp_path / "page.html"
    path.write_text(html("Denied", gather([record("a"), denied, copy])), encoding="utf-8")
    page = visit(path.as_uri())
    assert "1 commitment that is denied; 1 reported again" in page.inner_text("main > .note")
    page.click(".figure:has-text('By status') summary")
    page.click("a:text-is('pledged')")
    assert told(page) == "1 of 3 commitments"
    page.click("button:has-text('Each act once: yes')")
    assert told(page) == "2 of 3 commitments"
    page.click("button:has-text('Status: pledged')")
    assert column(page, "status").count("denied") == 1


def test_a_column_sorts(visit: Visit, report: str) -> None:
    page = visit(f"{report}#/commitments?currency=PEN&status=agreed&status=stalled")
    unsorted = column(page, "amount")
    for order in ("descending", "ascending", "none"):
        page.click("button:text('Amount')")
        page.wait_for_selector(f"th.of-amount[aria-sort={order}]")
        millions = [float(text.split()[0]) for text in column(page, "amount")]
        assert len(millions) == 40
        assert order == "none" or millions == sorted(millions, reverse=order == "descending")
    assert column(page, "amount") == unsorted


def test_searching_narrows_and_says_so(visit: Visit, report: str) -> None:
    page = visit(f"{report}#/commitments")
    page.fill(".search", "KILIMA widen")
    page.wait_for_selector(f".message:text-is('1 of {TWICE} commitments')")
    assert "Kilima Works" in column(page, "who")[0]
    page.fill(".search", "nobody such")
    page.wait_for_selector("text=Nothing matches these filters.")


def test_facets_and_confidence_narrow(visit: Visit, report: str, picture: Callable[..., None]) -> None:
    page = visit(f"{report}#/commitments")
    page.click(".facet summary:has-text('Status')")
    picture(page, "facet")
    page.check(".facet[open] label:has-text('stalled') input")
    page.keyboard.press("Escape")
    assert page.locator(".facet[open]").count() == 0
    assert told(page) == f"20 of {TWICE} commitments"
    page.fill(".least input", "0.5")
    assert told(page) == f"10 of {TWICE} commitments at a confidence of 0.50 or more"
    assert set(column(page, "status")) == {"stalled"}
    assert all(float(text.split()[-1]) >= 0.5 for text in column(page, "confidence"))
    page.click("button:has-text('Status: stalled')")
    assert told(page).startswith("92 of")


def test_pages_turn(visit: Visit, report: str) -> None:
    page = visit(f"{report}#/commitments?size=25")
    first = column(page, "who")
    page.click("button:text('Next')")
    assert page.inner_text(".pager span") == f"26 to 50 of {TWICE}"
    page.click("button:text('Previous')")
    assert column(page, "who") == first
    assert page.is_disabled("button:text('Previous')")


def test_a_row_leads_to_its_words_and_back(visit: Visit, report: str, picture: Callable[..., None]) -> None:
    page = visit(f"{report}#/commitments?kind=policy&sort=-confidence")
    page.click("tbody tr:first-child td.of-kind")
    assert found(page) == "would lend"
    assert page.inner_text(".card.current h3").split("\n")[0].endswith("policy, stalled")
    picture(page, "article")
    page.go_back()
    assert told(page) == f"15 of {TWICE} commitments"
    assert page.get_attribute("th.of-confidence", "aria-sort") == "descending"


VALUES = [
    ("commitment", "Andes Bank", "Andes Bank"),
    ("commitment", "up to 700 m USD", "$700m"),
    ("commitment", "200 m PEN", "200 million soles"),
    ("commitment", "2027", "2027"),
    ("commitment", "Ica ring road", "Ica ring road"),
    ("commitment", "another", "It is 40 km long."),
    ("actor", "Rosa Lima", "Rosa Lima"),
    ("actor", "Minister", "Rosa Lima"),
    ("project", "Transport & Storage", "Ica ring road"),
    ("relation", "affiliated with", "Minister Rosa Lima"),
]


def test_every_value_leads_to_its_words(visit: Visit, report: str) -> None:
    page = visit(f"{report}#/articles/0", viewport={"width": 800, "height": 500})
    for card, value, words in VALUES:
        page.locator(f".card.{card} .value", has_text=re.compile(f"^{re.escape(value)}$")).first.click()
        assert found(page) == words, value


def test_places_count_characters_not_utf_16_units(visit: Visit, report: str) -> None:
    page = visit(f"{report}#/articles/{EMOJI}?commitment=0", viewport={"width": 500, "height": 500})
    assert found(page) == "will widen"
    assert page.locator(".mention").all_text_contents() == ["Kilima Works", "Bamba road 🛣", "$5m"]
    page.click(".card.commitment .value:has-text('5 m Kilima Works')")
    assert found(page) == "$5m"


def test_a_mention_leads_to_what_it_names(visit: Visit, report: str) -> None:
    page = visit(f"{report}#/articles/0")
    page.click(".mention.PERSON")
    assert page.inner_text(".card.current h3 .value") == "Rosa Lima"


def test_labels_and_unsure_values_can_be_left_out(visit: Visit, report: str) -> None:
    page = visit(f"{report}#/articles/0")
    assert page.locator(".mention").count() == 7
    page.click(".legend button:has-text('money')")
    assert page.locator(".mention").count() == 6
    page.fill(".least input", "0.85")
    assert page.locator(".mention, .card.commitment").count() == 0
    assert "2 below the confidence chosen at the top" in page.inner_text(".panel")
    assert page.locator(".card.actor").count() == 3


def test_articles_are_found_by_names_and_by_their_text(visit: Visit, report: str) -> None:
    page = visit(f"{report}#/articles")
    for words, count in (("Kilima", 1), ("part 7", 1), ("40 km long", MANY), ("rain fell", 1)):
        page.fill(".search", words)
        page.wait_for_selector(f".message:text-is('{count} of {MANY + 2} articles')")
    page.click("tbody a")
    assert page.inner_text("main h1") == "Bamba road 🛣"
    assert page.get_attribute("header.about a[rel]", "href") == "https://example.org/a?b=1&c=2"


def test_the_keyboard_alone_is_enough(visit: Visit, report: str) -> None:
    page = visit(report)

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"no way to {selector}")

    tab_to("nav a[href='#/commitments']")
    page.keyboard.press("Enter")
    page.wait_for_selector("td.of-who a")
    tab_to("td.of-who a")
    page.keyboard.press("Enter")
    page.wait_for_selector(".card.commitment")
    tab_to("mark")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.textContent") == "Andes Bank"
    tab_to(".card.commitment dd .value")
    value = page.evaluate("() => document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_selector(".back button")
    assert page.evaluate("() => document.activeElement.closest('.text') !== null")
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.textContent") == value


def test_a_quote_says_its_page(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(html("Pages", gather([record("a", {"pages": [0, 0, len(FIRST)]})])), encoding="utf-8")
    page = visit(f"{path.as_uri()}#/commitments")
    assert column(page, "who")[0].endswith("p. 2")
    page = visit(f"{path.as_uri()}#/articles/0?commitment=0")
    lines = page.locator(".card.commitment .slot:has(dt:text-is('sentence'))").inner_text().split()
    assert " ".join(lines) == "sentence main, p. 2 another, p. 3"
