"""What a report withstands in a real browser: articles that mean harm, senseless addresses, a file that was cut."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from publish.report.articles import EVIL, HOSTILE, many

from pipeline.publish.report.data import gather
from pipeline.publish.report.page import html

Visit = Callable[..., Any]


@pytest.mark.parametrize(
    ("view", "text"),
    [
        ("overview", EVIL[1]),
        ("commitments?size=500", EVIL[6]),
        ("articles?size=100", EVIL[0]),
        (f"articles/{HOSTILE}?commitment=0", EVIL[5]),
    ],
)
def test_nothing_of_an_article_becomes_markup_or_script(
    visit: Visit, report: str, picture: Callable[..., None], view: str, text: str
) -> None:
    page = visit(f"{report}#/{view}")
    for details in page.locator("main details").all():
        details.evaluate("(details) => { details.open = true; }")
    for chart in page.locator(".chart").all():
        chart.hover()
    assert page.evaluate("() => window.harmed") is None
    assert (
        page.locator(
            "main :is(script, img, iframe, object, embed), main [onerror], main [onload], main svg svg"
        ).count()
        == 0
    )
    assert page.locator("a[href]:not([href^='#'])").count() == 0
    assert text in page.text_content("main")
    picture(page, f"hostile-{view.split('?')[0].replace('/', '-')}")


def test_the_browser_runs_no_script_but_ours(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    foreign = "<script>window.harmed = 1</script><img src=x onerror='window.harmed = 2'>"
    path.write_text(html("Foreign", gather(many())) + foreign, encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("main h1")
    assert page.evaluate("() => window.harmed") is None
    markup = "() => { try { document.body.innerHTML = '<b>'; } catch (error) { return error.name; } }"
    assert page.evaluate(markup) == "TypeError"
    page.context.close()


def test_the_text_of_a_hostile_article_is_shown_as_it_is(visit: Visit, report: str) -> None:
    """But for characters that turn the direction of reading."""
    page = visit(f"{report}#/articles/{HOSTILE}?commitment=0")
    assert page.text_content(".text") == " and ".join(EVIL).replace("\u202e", "") + " signed, $5m"
    assert page.inner_text("main h1") == EVIL[0]


@pytest.mark.parametrize(
    "address",
    [
        "#/articles/999",
        "#/articles/x",
        "#/articles/0?commitment=99&at=5000-1",
        "#/what?min=x&sort=a&page=-1",
        "#/commitments?page=99&sort=nothing&size=3",
    ],
)
def test_an_address_that_means_nothing_breaks_nothing(visit: Visit, report: str, address: str) -> None:
    assert visit(f"{report}{address}").inner_text("main h1")


def opened(visit: Visit, folder: Path, page: str) -> Any:
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    return visit(path.as_uri())


def test_a_page_that_was_cut_says_so(visit: Visit, tmp_path: Path) -> None:
    whole = html("Cut", gather(many()))
    page = opened(visit, tmp_path, re.sub(r'(data-name="index">.{99})[^<]*', r"\1", whole))
    assert "cannot be read" in page.inner_text("[role=alert]")


def test_a_report_without_commitments(visit: Visit, tmp_path: Path) -> None:
    page = opened(
        visit, tmp_path, html("None", gather([record.model_copy(update={"commitments": []}) for record in many()]))
    )
    assert page.locator("text=Nothing to show.").count() == 5
    page.click("nav a[href='#/commitments']")
    assert page.inner_text(".message") == "0 of 0 commitments"


SERVED = """
    const none = { actors: [], projects: [], sectors: [], commitments: [] };
    const values = { kinds: [], statuses: [], labels: [], actor_kinds: [] };
    const title = { ...none, id: "s1", title: "Served", source: null, date: null, story: null };
    const actor = { id: "a", name: "Rosa", kind: "person", country: null, role: null, confidence: 1 };
    const actors = [{ ...actor, aliases: [], mentions: [] }];
    const record = { ...none, article: { id: "s1", text: "Rain." }, mentions: [], relations: [], actors };
    corridor.source = {
        index: async () => ({ ...none, articles: [title], values, countries: {}, sectors: {} }),
        article: async () => record,
        search: async () => new Set(),
    };
    corridor.actions = (what, part) => corridor.html`<button>Change ${what} ${part.name}</button>`;
"""


def test_another_source_and_actions_of_its_own(visit: Visit, tmp_path: Path) -> None:
    """As a server for editing will have it: no data in the page, a script that brings it, buttons in the cards."""
    page = opened(visit, tmp_path, html("Served", None, [SERVED]))
    page.click("nav a[href='#/articles']")
    page.click("tbody a")
    assert page.inner_text(".card.actor > button") == "Change actor Rosa"
