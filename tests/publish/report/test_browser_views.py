"""Progress, map and what is new in a real browser: links, filters, axe, a phone, paper, articles that mean harm."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from publish.report.articles import EVIL, hostile
from publish.report.ladder import all_acts, of_port

from pipeline.knowledge.changes import changes
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.publish.report.data import gather
from pipeline.publish.report.page import html

Visit = Callable[..., Any]
Picture = Callable[[Any, str], None]
PAIR = "#/progress/pair/CHN/KEN"
VIEWS = {
    "#/progress": "td.of-title",
    "#/progress?by=pair": "td.of-title",
    PAIR: ".track",
    f"{PAIR}?show=table": "td.of-who",
    "#/map?arrows=yes": ".chart path",
    "#/new": "td.of-title",
}


@pytest.fixture(scope="module")
def ladder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report of `ladder.py`, with what is new after its first two articles."""
    path = tmp_path_factory.mktemp("ladder") / "report.html"
    old = resolve(of_port()[:2], Knowledge())
    now = resolve(all_acts(), old)
    path.write_text(html("Kenya", gather(all_acts(), now, None, ("2025-02-06", changes(old, now)))), encoding="utf-8")
    return path.as_uri()


def names(page: Any, selector: str) -> list[str]:
    page.wait_for_selector(selector)
    return list(page.locator(selector).all_inner_texts())


def test_pairs_lead_to_their_acts_and_these_to_the_words(visit: Visit, ladder: str, picture: Picture) -> None:
    page = visit(f"{ladder}#/progress?by=pair")
    assert sorted(names(page, "td.of-title")) == ["China → Kenya", "World Bank → Kenya"]
    page.click("td.of-title a:has-text('World Bank')")
    assert names(page, ".step .when b") == ["2025-01-10", "2025-02-05", "2025-03-20"]
    assert page.get_attribute(".track", "aria-label") == "pledged 2025-01-10, agreed 2025-02-05, underway 2025-03-20"
    assert "completed" in page.inner_text(".step.open")
    assert "300 m USD" in page.inner_text(".sums")
    picture(page, "progress-pair")
    page.click(".step:has-text('agreed') q a >> nth=1")
    page.wait_for_selector(".text .found")
    assert "/articles/2?commitment=0" in page.url


def test_what_is_late_silent_or_contradicted_is_marked_and_comes_first(
    visit: Visit, ladder: str, picture: Picture
) -> None:
    page = visit(f"{ladder}{PAIR}")
    first = names(page, ".act")[0]
    assert "overdue 2024-06" in first.lower() and "nothing heard 16 months" in first.lower()
    assert page.locator(".act .claims").count() == 2
    picture(page, "progress-late")
    page.click(".facet summary:has-text('To be noted')")
    page.check(".facet[open] label:has-text('contradicted') input")
    page.keyboard.press("Escape")
    assert page.locator(".act").count() == 2
    page.click("button:text-is('Table')")
    assert len(names(page, "td.of-who")) == 2
    assert "contradicted" in page.inner_text("td.of-mark >> nth=0")


def test_a_project_has_one_page(visit: Visit, ladder: str) -> None:
    page = visit(f"{ladder}#/progress")
    page.click("td.of-title a:has-text('Lamu Port')")
    page.wait_for_selector(".act")
    assert "#/projects/" in page.url
    assert page.locator(".act .what a").count() == 0


def test_without_knowledge_a_project_has_a_page_of_acts(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(html("Kenya", gather(all_acts())), encoding="utf-8")
    page = visit(f"{path.as_uri()}#/progress")
    assert "--knowledge" in page.inner_text("main")
    page.click("td.of-title a:has-text('Lamu Port')")
    page.wait_for_selector(".act")
    assert page.inner_text("main h1") == "Lamu Port"
    assert page.locator("nav a:text('What is new'), nav a:text('Projects')").count() == 0


def test_the_map_leads_to_the_rows_with_its_filters(visit: Visit, ladder: str, picture: Picture) -> None:
    page = visit(f"{ladder}#/map?status=agreed")
    page.wait_for_selector(".chart path[fill^='var(--map-5)']")
    picture(page, "map")
    page.locator(".chart path[fill^='var(--map-5)']").first.click(force=True)
    page.wait_for_selector("td.of-who")
    assert "country=KEN" in page.url and "status=agreed" in page.url


def test_the_table_of_the_map_says_what_it_shows(visit: Visit, ladder: str) -> None:
    page = visit(f"{ladder}#/map?of=provider")
    page.click(".numbers summary >> nth=0")
    rows = [" | ".join(row.split("\t")) for row in names(page, ".numbers[open] tbody tr")]
    assert rows == ["China | 4", "World Bank | 1"] or rows[0].startswith("China | ")
    page.select_option(".map-controls select >> nth=1", index=1)
    page.wait_for_selector(".figure h2:has-text('USD')")
    assert "USD" in page.inner_text(".numbers[open] tbody tr >> nth=0")
    page.goto(f"{ladder}#/map")
    page.click(".numbers summary:has-text('Places')")
    page.click("a:has(bdi:text-is('Lamu'))")
    page.wait_for_selector("td.of-who")
    assert "place=Lamu%2C+KEN" in page.url
    assert {"World Bank → Kenya"} == set(names(page, "td.of-who a"))


def test_parts_of_the_map_can_be_enlarged(visit: Visit, ladder: str) -> None:
    page = visit(f"{ladder}#/map")
    page.wait_for_selector(".chart path")
    wide = page.locator(".chart path[fill^='var(--map-5)']").first.bounding_box()["width"]
    page.click("button:text-is('Fit')")
    page.wait_for_function(
        "(wide) => document.querySelector(\".chart path[fill^='var(--map-5)']\").getBoundingClientRect().width > wide",
        arg=wide,
    )
    page.click("button:text-is('World')")
    page.click("button[aria-label=Larger]")


def test_what_is_new_has_the_rows_of_diff(visit: Visit, ladder: str, picture: Picture) -> None:
    page = visit(f"{ladder}#/new")
    assert "Since 2025-02-06" in page.inner_text("main")
    assert "Overdue, and nothing was heard" in names(page, "td.of-change")
    picture(page, "new")
    page.click(".facet summary:has-text('Change')")
    page.check(".facet[open] label:has-text('Status changed') input")
    page.keyboard.press("Escape")
    assert page.locator("td.of-title").count() == 1
    page.click("td.of-title q a >> nth=1")
    page.wait_for_selector(".text .found")


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_on_a_phone_that_scrolls_in_one_direction(
    visit: Visit, ladder: str, picture: Picture, view: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(f"{ladder}{view}", viewport={"width": 360, "height": 740}, color_scheme="dark")
    page.wait_for_selector(VIEWS[view])
    assert page.evaluate("() => document.documentElement.scrollWidth") == 360
    page.set_viewport_size({"width": 1280, "height": 800})
    for summary in page.locator("main .numbers > summary").all():
        summary.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.emulate_media(media="print")
    assert [one for one in page.locator(".choice, .map-controls, .facets").all() if one.is_visible()] == []
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize(
    "address", ["#/progress/pair/%E0%A4%A/x", "#/progress/what", "#/map?of=x&show=y", "#/new?page=9"]
)
def test_an_address_that_means_nothing_breaks_nothing(visit: Visit, ladder: str, address: str) -> None:
    assert visit(f"{ladder}{address}").inner_text("main h1")


def test_articles_that_mean_harm_stay_text(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    one = hostile()
    one = one.model_copy(update={"commitments": [one.commitments[0].model_copy(update={"id": "c1"})]})
    now = resolve([one], Knowledge())
    page_of = html("Evil", gather([one], now, None, (EVIL[1], changes(Knowledge(), now))))
    path.write_text(page_of, encoding="utf-8")
    page = visit(f"{path.as_uri()}#/progress")
    page.click("td.of-title a")
    page.wait_for_selector(".act")
    assert EVIL[1] in page.inner_text(".act h3")
    for view in ("#/map?arrows=yes", "#/new", "#/progress"):
        page.goto(f"{path.as_uri()}{view}")
        page.wait_for_selector(".chart path, td.of-title")
        assert page.evaluate("() => window.harmed") is None
        assert page.locator("main :is(script, img, iframe), main [onerror], main [onload]").count() == 0
        assert page.locator("a[href]:not([href^='#'])").count() == 0
