"""What a report says of money in a real browser: sums, what they leave out, rows as CSV, rows that are not sure."""

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from builders import FIRST as SENTENCE
from builders import record
from publish.report.articles import flows
from publish.report.knowledge import CANAL, known

from pipeline.publish.report.data import gather
from pipeline.publish.report.page import html

Visit = Callable[..., Any]
Picture = Callable[[Any, str], None]
EVERY = "min=0"
CHINA = f"#/commitments?provider=CHN&recipient=PAK&{EVERY}"


@pytest.fixture(scope="module")
def money(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report of `flows`."""
    path = tmp_path_factory.mktemp("money") / "report.html"
    path.write_text(html("Flows", gather(flows())), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same with a knowledge folder."""
    path = tmp_path_factory.mktemp("projects") / "report.html"
    path.write_text(html("Flows", gather(flows(), known())), encoding="utf-8")
    return path.as_uri()


def sums(page: Any) -> list[str]:
    """The lines of the table of sums."""
    return [
        " | ".join(row.locator("th, td").all_inner_texts())
        for row in page.locator(".money:not(.by-sector) tbody tr").all()
    ]


def test_the_overview_adds_neither_instruments_nor_statuses_nor_currencies(
    visit: Visit, money: str, picture: Picture
) -> None:
    page = visit(f"{money}#/overview?{EVERY}")
    page.wait_for_selector(".money")
    assert [line.rsplit(" | ", 3)[0] for line in sums(page)] == [
        "China, Japan → Pakistan | loan | pledged | 200 m USD",  # firm, as the next
        "Japan → Pakistan | loan | pledged | 900 m JPY",
        "China → Pakistan | loan | pledged | 7.5 bn USD",
        "China → Pakistan | grant | pledged | 30 m CNY",
    ]
    assert sums(page)[2].endswith("53% | 2 acts")
    assert page.locator(".money tr.shaky").count() == 2
    assert "repayment: money that goes back" in page.inner_text(".reasons")
    sectors = [row.inner_text().split("\t") for row in page.locator(".by-sector tr").all()]
    assert sectors[:2] == [["Sector", "pledged"], ["Transport & Storage", "3.86 bn USD"]]  # half of what has two
    picture(page, "money")


def test_a_sum_leads_to_its_rows(visit: Visit, money: str) -> None:
    page = visit(f"{money}#/overview?{EVERY}")
    page.click(".money a:has(bdi:text-is('Japan'))")
    page.wait_for_selector("td.of-who")
    assert page.locator("td.of-who").count() == 1
    page.go_back()
    page.click(".reasons a")
    page.wait_for_selector("td.of-who")
    assert "repayment" in page.inner_text("td.of-amount")


def test_money_goes_from_left_to_right_whatever_the_names(visit: Visit, tmp_path: Path) -> None:
    (first, *_), path = flows(), tmp_path / "report.html"
    fund = first.actors[0].model_copy(update={"name": "صندوق نامي", "country": None})
    path.write_text(html("A fund", gather([first.model_copy(update={"actors": [fund, *first.actors[1:]]})])), "utf-8")
    names = visit(f"{path.as_uri()}#/overview?{EVERY}").locator(".money th a bdi")
    assert names.all_inner_texts() == ["صندوق نامي", "Pakistan"]
    assert names.nth(0).bounding_box()["x"] < names.nth(1).bounding_box()["x"]


def test_a_filtered_table_says_what_one_state_committed_to_another(visit: Visit, money: str, picture: Picture) -> None:
    page = visit(f"{money}{CHINA}")
    assert sums(page) == ["loan | pledged | 7.7 bn USD | 7.7 bn USD | 53% | 3 acts, 1 joint", sums(page)[1]]
    assert sums(page)[1].startswith("grant | pledged | 30 m CNY")
    assert "Joint: others than those you chose" in page.inner_text(".sums")
    picture(page, "sums")
    page.click(".sums bdi:text-is('grant')")
    page.wait_for_selector(".message:has-text('1 of 6')")
    assert sums(page)[0].startswith("grant")
    page.click("button:has-text('Provider: China')")
    assert "Recipient: Pakistan" in page.inner_text(".chosen")


def test_a_page_starts_where_8_of_10_rows_should_be_right_and_says_what_it_hides(visit: Visit, money: str) -> None:
    page = visit(f"{money}#/commitments")
    assert page.inner_text(".least output") == "0.25"
    assert "are all right; the page starts where 8 of 10 rows shown should be right." in page.inner_text("main")
    assert page.inner_text(".message") == "5 of 6 commitments at a confidence of 0.25 or more"
    assert "1 hidden below a confidence of 0.25" in page.inner_text(".hides")
    page.click("button:text-is('Show all 6')")
    assert page.inner_text(".message") == "6 of 6 commitments"
    assert page.locator(".hides").count() == 0
    shown = [float(text.split()[-1]) for text in page.locator("td.of-confidence").all_inner_texts()]
    assert shown == sorted(shown, reverse=True) == [0.9, 0.9, 0.8, 0.8, 0.7, 0.2]
    page.click("nav a:text('Overview')")
    assert page.inner_text(".tiles div:nth-child(2) dd") == "6"
    page.fill(".least input", "0.85")
    assert "4 hidden below a confidence of 0.85" in page.inner_text(".hides")
    page.fill(".least input", "0.25")
    page.click("nav a:text('Commitments')")
    assert page.url.endswith("#/commitments")


def test_the_start_hides_commitments_and_no_other_part_of_an_article(visit: Visit, money: str) -> None:
    page = visit(f"{money}#/articles/5")
    assert page.locator(".mention").count() == 7
    assert page.locator(".card.commitment").count() == 0
    assert "1 below the confidence chosen at the top" in page.inner_text(".panel")


def test_the_rows_come_as_a_csv_file(visit: Visit, money: str) -> None:
    page = visit(f"{money}{CHINA}&sort=-amount")
    with page.expect_download() as download:
        page.click("button:text('Download these rows as CSV')")
    assert download.value.suggested_filename == "commitments.csv"
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(StringIO(text, newline="")))
    assert list(rows[0])[:8] == ["who", "to_whom", "instrument", "amount", "value", "currency", "usd", "status"]
    assert [float(row["value"]) for row in rows] == [4e9, 3.5e9, 2e8, 3e7]
    assert (rows[1]["who"], rows[1]["to_whom"], rows[1]["instrument"], rows[1]["amount"]) == (
        "China",
        "Pakistan",
        "loan",
        "3.5 bn USD",
    )
    assert [row["title"][:7] for row in rows] == ["'＋Loans", "'=Loans", "'+Loans", "'-Loans"]
    assert {row["quote"] for row in rows} == {f"'{SENTENCE}"}
    assert [(row["row_confidence"], row["counted"], row["because"]) for row in rows[:1]] == [
        ("0.2", "yes", "money that counts once")
    ]


def test_a_project_has_its_timeline_acts_and_disagreements(visit: Visit, projects: str, picture: Picture) -> None:
    page = visit(f"{projects}#/projects")
    page.wait_for_selector("td.of-title")
    assert page.locator("td.of-title").all_inner_texts() == ["Indus canal", "Water scheme"]
    page.click("bdi:text-is('Indus canal')")
    page.wait_for_selector(".timeline")
    assert page.url.endswith(f"#/projects/{CANAL}")
    assert page.locator(".act").count() == 1
    assert page.inner_text(".act h3") == "China → Pakistan"
    assert page.locator("h2 + .disagreements b").all_inner_texts() == ["3.5 bn USD", "4 bn USD"]
    assert page.locator(".timeline b").all_inner_texts() == ["2024-05-02", "2024-06-02"]
    assert page.locator(".timeline a").count() == 1
    picture(page, "project")
    page.click("bdi:text-is('Water scheme')")
    page.click("bdi:text-is('Indus canal')")
    page.click(".timeline a")
    page.wait_for_selector(".text .found")
    assert "/articles/0?commitment=0" in page.url


def test_a_page_without_knowledge_has_no_projects(visit: Visit, money: str) -> None:
    page = visit(f"{money}#/projects")
    assert page.inner_text("main h1") == "Overview"
    assert page.locator("nav a:text('Projects')").count() == 0


@pytest.mark.parametrize("view", [CHINA, "#/projects", f"#/projects/{CANAL}"])
def test_axe_finds_nothing_and_a_phone_scrolls_in_one_direction(
    visit: Visit, projects: str, picture: Picture, view: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(f"{projects}{view}", viewport={"width": 360, "height": 740}, has_touch=True)
    page.wait_for_selector("td, .timeline")
    picture(page, f"phone-{view.split('?')[0].strip('#/').replace('/', '-')}")
    assert page.evaluate("() => document.documentElement.scrollWidth") == 360
    page.set_viewport_size({"width": 1280, "height": 800})
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_name_that_objects_have_is_a_name(visit: Visit, tmp_path: Path) -> None:
    one = record(actors=[actor.model_copy(update={"name": "constructor"}) for actor in record().actors])
    path = tmp_path / "page.html"
    path.write_text(html("Names", gather([one])), encoding="utf-8")
    page = visit(f"{path.as_uri()}#/commitments")
    page.click(".facet summary:has-text('Provider')")
    assert page.inner_text(".facet[open] .name") == "constructor"


def test_an_unknown_project_says_so(visit: Visit, projects: str) -> None:
    page = visit(f"{projects}#/projects/nothing")
    page.wait_for_selector("h1:text('There is no such project')")
