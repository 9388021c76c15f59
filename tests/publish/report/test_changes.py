"""Changes in words: for a terminal, as CSV and as a page."""

import csv
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from knowledge.changes.news import contradicting, news, port
from knowledge.changes.test_compare import NOW, SAID
from knowledge.changes.test_compare import page as port_page
from publish.report.test_page import allowed, digest

from pipeline.knowledge.changes import KINDS, Change, Named
from pipeline.publish.report.changes import COLUMNS, HEADS, page, text, write_csv

AFTER = port("p", "2025-06-10", "underway", "USD 3.2e8", words="Work on berths at Lamu Port has begun.")
ROWS = news([port("o", "2025-06-03"), contradicting()[0]], [AFTER, contradicting()[1]])
EVIL = '<img src=x onerror="alert(1)"> \u202egnissim\x1b[31m'


def altered(**fields: Any) -> Change:
    """The change of the amount with other words."""
    row = next(row for row in ROWS if row.change == "amount")
    said = row.quotes[-1].model_copy(update=fields)
    return row.model_copy(update={"quotes": [row.quotes[0], said]})


def test_a_change_is_a_line_under_the_heading_of_its_kind() -> None:
    lines = text(ROWS).splitlines()
    heads = ["Added (1)", "Amount changed (1)", "Status changed (1)", "Contradicted (2)"]
    assert [line for line in lines if line and line[0] != " "] == heads
    assert (
        "  2025-06-10  World Bank → Kenya: loan, underway, Lamu Port, 300 m USD → 320 m USD. "
        "“Work on berths at Lamu Port has begun.” (p, 2025-06-10)"
    ) in lines


def test_a_contradiction_shows_both_quotes() -> None:
    (line,) = [
        line for line in text(ROWS).splitlines() if "2.1 bn USD or 2 bn USD" in line or "2 bn USD or 2.1" in line
    ]
    assert "Lenders from Beijing" in line and "Kenya expects" in line


def test_every_kind_has_a_heading() -> None:
    assert tuple(HEADS) == KINDS


def test_no_change_is_told() -> None:
    assert text([]) == "Nothing is new.\n"
    assert "Nothing is new." in page([])


def test_a_terminal_gets_no_control_characters() -> None:
    shown = text([altered(quote=EVIL, source="a\nb\x1b[0m")])
    assert "\x1b" not in shown and "\u202e" not in shown
    assert len(shown.splitlines()) == 2


def test_csv_has_old_and_new_value_with_the_words_of_both() -> None:
    file = StringIO()
    write_csv(ROWS, file)
    rows = list(csv.DictReader(StringIO(file.getvalue())))
    assert tuple(rows[0]) == COLUMNS
    row = next(row for row in rows if row["change"] == "amount")
    assert (row["old"], row["new"], row["by"], row["to"]) == ("USD 300000000", "USD 320000000", "World Bank", "Kenya")
    assert (row["quote"], row["other_source"]) == ("Work on berths at Lamu Port has begun.", "o")
    assert next(row for row in rows if row["change"] == "added")["other_quote"] == ""


@pytest.mark.parametrize("start", ["=1+1", "+1", "@x", "-2", " =1"])
def test_csv_has_no_formulas(start: str) -> None:
    file = StringIO()
    write_csv([altered(quote=start)], file)
    assert next(csv.DictReader(StringIO(file.getvalue())))["quote"] == f"'{start}"


def test_the_page_runs_and_loads_nothing() -> None:
    shown = page(ROWS)
    rules = allowed(shown)
    (style,) = re.findall(r"<style>(.*?)</style>", shown, re.DOTALL)
    assert (rules["script-src"], rules["style-src"]) == (["'none'"], [digest(style)])
    assert (rules["default-src"], rules["connect-src"], rules["form-action"]) == (["'none'"],) * 3
    assert "<script" not in shown
    assert page(ROWS) == shown


def test_words_cannot_become_markup_on_the_page() -> None:
    row = altered(quote=EVIL, source=EVIL)
    shown = page([row.model_copy(update={"by": [Named(id="a", name=EVIL)], "alerts": [EVIL]})])
    assert "<img" not in shown and "\u202e" not in shown
    assert shown.count("&lt;img") == 4


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/?a=1&b=2", True),
        ("javascript:alert(1)", False),
        ('https://x/"onclick="a', True),
        ("http://[x", False),
    ],
)
def test_only_web_addresses_become_links(url: str, linked: bool) -> None:
    shown = page([altered(url=url)])
    links = re.findall(r'<a href="([^"]*)">', shown)
    assert len(links) == linked
    assert "onclick=" not in re.sub(r'"[^"]*"', "", shown)


def test_alerts_are_named() -> None:
    row = ROWS[0].model_copy(update={"alerts": ["large money"]})
    assert "[large money]" in text([row])
    assert "alert: large money" in page([row])


def test_the_page_opens_in_a_browser(tmp_path: Path, visit: Callable[..., Any], picture: Callable[..., None]) -> None:
    (tmp_path / "new.html").write_text(page(ROWS), encoding="utf-8")
    opened = visit((tmp_path / "new.html").as_uri())
    assert opened.locator("main h2").count() == 4
    assert opened.locator("li").count() == len(ROWS)
    picture(opened, "what-is-new")


@pytest.mark.parametrize(
    ("fields", "said", "old", "new"),
    [
        ({"dates": ["2027-12-31"]}, "2026-06-30 → 2027-12-31", "2026-06-30", "2027-12-31"),
        ({"dates": []}, "no longer 2026-06-30", "2026-06-30", ""),
        ({"by": ["adb"]}, "by: World Bank → Asian Development Bank", "World Bank", "Asian Development Bank"),
        ({"with_": ["ports"]}, "with: now Kenya Ports Authority", "", "Kenya Ports Authority"),
        ({"attributed_to": None}, "attributed to: no longer National Treasury", "National Treasury", ""),
    ],
)
def test_a_changed_page_shows_the_old_and_the_new_value(fields: dict[str, Any], said: str, old: str, new: str) -> None:
    rows = news([port_page("v1", SAID)], [port_page("v2", NOW, **fields)])
    assert f"{said}, the page was changed. “{NOW}”" in text(rows)
    shown = page(rows)
    assert f"{said}, the page was changed</p>" in shown and SAID in shown and NOW in shown
    file = StringIO()
    write_csv(rows, file)
    (row,) = csv.DictReader(StringIO(file.getvalue()))
    assert (row["old"], row["new"], row["revised"], row["other_quote"], row["quote"]) == (old, new, "yes", SAID, NOW)
