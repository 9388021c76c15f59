"""The view "What is new" as data."""

from publish.report.ladder import all_acts, of_port

from pipeline.knowledge.changes import KINDS, changes
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.publish.report.data import gather


def test_the_rows_are_those_of_diff_with_links_into_the_page() -> None:
    old = resolve(of_port()[:2], Knowledge())
    now = resolve(all_acts(), old)
    rows = changes(old, now)
    data = gather(of_port(), now, None, ("monday", rows))
    news = data.more["news"]
    assert (data.index["has_news"], news["since"], tuple(news["heads"])) == (True, "monday", KINDS)
    assert [row["change"] for row in news["rows"]] == [row.change for row in rows]
    (status,) = [row for row in news["rows"] if row["change"] == "status"]
    assert (status["who"], status["facts"]) == ("World Bank → Kenya", "loan, 300 m USD, Lamu Port, agreed → underway")
    assert [quote["row"] for quote in status["quotes"]] == [1, 3]
    assert {quote["row"] for row in news["rows"] if row["change"] == "added" for quote in row["quotes"]} == {None}


def test_a_page_without_changes_has_no_such_view() -> None:
    data = gather(of_port())
    assert not data.index["has_news"] and "news" not in data.more
