"""What changed between two states of a knowledge folder, on authored articles."""

from typing import Any

import pytest
from knowledge.changes.news import LOAN, brief, contradicting, known, news, port
from knowledge.resolve.flows import flow, report, said

from pipeline.knowledge.changes import changes, since
from pipeline.knowledge.decisions import Decision
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import before, resolve
from pipeline.record import Record

FIRST = port("x", "2025-06-03")


def test_what_is_reported_for_the_first_time_is_added_with_its_words() -> None:
    (row,) = news([], [FIRST])
    assert (row.change, row.day, row.status, row.amounts) == ("added", "2025-06-03", "agreed", ["USD 300000000"])
    assert [one.name for one in (*row.by, *row.to, *row.projects)] == ["World Bank", "Kenya", "Lamu Port"]
    assert (row.countries, row.instrument) == (["KEN"], "loan")
    assert [(one.source, one.date, one.link) for one in row.quotes] == [("x", "2025-06-03", "x/c0")]
    assert row.quotes[0].quote.startswith("The World Bank will lend")


def dated(*days: str) -> Record:
    return port("x", "2025-06-03", "agreed", "USD 3e8", *days)


PROMISED, UNDERWAY, MORE = dated("2025-06-30"), port("y", "2025-06-10", "underway"), "USD 3.2e8"
LATER = port("y", "2025-06-10")
OVERDUE = [("overdue", [], ["2025-06-30"], "2025-06-30")]
BEGUN = [("status", ["agreed"], ["underway"], "2025-06-10")]
DONE = [("completed", ["agreed"], ["completed"], "2025-06-10")]


@pytest.mark.parametrize(
    ("old", "new", "today", "expected"),
    [
        ([FIRST], [LATER], None, []),  # reported again
        ([FIRST], [FIRST], None, []),
        ([FIRST], [port("x", "2025-06-03", "pledged", "USD 9e8")], None, []),  # read again with the same words
        ([FIRST], [UNDERWAY], None, BEGUN),
        ([FIRST], [port("y", "2025-05-10", "pledged")], None, []),
        ([FIRST], [port("v", "2025-05-20", "underway"), UNDERWAY], None, BEGUN),
        ([FIRST], [port("y", "2025-06-10", "completed")], None, DONE),
        ([FIRST], [port("y", "2025-06-10", money="USD 3.001e8")], None, []),  # rounding
        ([FIRST], [port("y", "2025-06-10", money="KES 3.9e10")], None, []),
        ([port("x", "2025-06-03", money=None)], [LATER], None, [("amount", [], ["USD 300000000"], "2025-06-10")]),
        ([PROMISED], [], "2025-07-01", OVERDUE),
        ([PROMISED], [], "2025-06-30", []),
        ([dated("2025-06-02", "2025-06-03")], [], "2025-09-01", []),  # days that lay behind when it was reported
        ([], [report("y", said("Kenya denies a loan.", LOAN, "USD 5e6", negated=True))], None, []),
    ],
)
def test_what_changes(old: list[Record], new: list[Record], today: str | None, expected: Any) -> None:
    assert brief(news(old, new, today)) == expected


def test_a_change_has_the_words_of_the_old_and_the_new_value() -> None:
    (row,) = news([FIRST], [port("y", "2025-06-10", "stalled", words="The loan for berths at Lamu Port is held up.")])
    assert [(one.link, one.quote[:8]) for one in row.quotes] == [("x/c0", "The Worl"), ("y/c0", "The loan")]


@pytest.mark.parametrize(
    ("old", "name", "day", "amount"),
    [
        ([FIRST], "y", "2025-06-10", True),  # of as many reports the latest
        ([FIRST, port("w", "2025-06-04")], "y", "2025-06-10", False),
        ([FIRST], "a", "2025-06-03", False),  # of two of one day the known one
        ([FIRST], "z", "2025-06-03", False),
    ],
)
def test_the_amount_is_that_of_most_reports(old: list[Record], name: str, day: str, amount: bool) -> None:
    changed = [("amount", ["USD 300000000"], ["USD 320000000"], day)]
    rows = news(old, [port(name, day, money=MORE)])
    assert brief([row for row in rows if row.change != "contradicted"]) == (changed if amount else [])
    assert "contradicted" in {row.change for row in rows}


@pytest.mark.parametrize(
    ("one", "other", "old", "new"),
    [
        ("2026-06-30", "2026-07-31", ["2026-06-30"], ["2026-07-31"]),
        ("2025-06-02", "2026-07-31", [], ["2026-07-31"]),  # the first one
        ("2026", "2026-07-31", [], []),  # finer
        ("2026-06-30", "2025-06-09", [], []),  # past
    ],
)
def test_a_later_due_date_is_a_change(one: str, other: str, old: list[str], new: list[str]) -> None:
    rows = news([dated(one)], [port("y", "2025-06-10", "agreed", "USD 3e8", other)])
    assert [(row.old, row.new) for row in rows if row.change == "date"] == ([(old, new)] if new else [])


def test_a_new_contradiction_has_both_quotes_and_both_parties() -> None:
    one, other = contradicting()
    (row,) = [row for row in news([one], [other]) if row.change == "contradicted"]
    assert {row.id, row.other} == {commitment.id for commitment in known(one, other).commitments}
    assert (row.field, row.day, len(row.quotes)) == ("amounts", "2025-06-05", 2)
    assert {*row.old, *row.new} == {"USD 2100000000", "USD 2000000000"}
    assert {actor.name for actor in row.by} == {"China", "Chinese banks"}
    assert news([one, other], []) == []


def test_what_is_overdue_is_listed_once() -> None:
    later = report("z", said("Japan grants $1 million.", None), day="2025-07-02")
    assert [row.change for row in news([PROMISED], [later])] == ["added", "overdue"]
    assert news([PROMISED, later], [], "2025-07-05") == []


@pytest.mark.parametrize(
    ("heard", "late"),
    [
        ([port("y", "2025-07-05", "underway")], False),
        ([port("y", "2025-07-05", "completed")], False),
        ([port("y", "2025-07-05", "cancelled")], False),
        ([port("y", "2025-07-05", "pledged")], True),
        ([port("y", "2025-06-05", "underway")], False),
        ([port("y", "2025-07-05", "underway"), port("z", "2025-07-09")], False),
        ([port("y", "2025-06-05", "agreed", "USD 3e8", "2025-08")], False),  # a later date holds
    ],
)
def test_what_was_heard_of_since_is_not_overdue(heard: list[Record], late: bool) -> None:
    rows = changes(Knowledge(), known(PROMISED, *heard), "2025-07-20")
    assert [row.change for row in rows if row.change in ("added", "overdue")] == ["added", "overdue"][: 1 + late]


def test_ids_that_a_person_joined_or_split_are_no_change_and_later_reports_are_compared_with_both() -> None:
    old = known(*contradicting())
    merge = [Decision(decision="merge", one=old.commitments[0].id, other=old.commitments[1].id)]
    joined = resolve([], old, merge)
    assert len(joined.commitments) == 1
    assert changes(old, joined) == changes(joined, resolve([], joined)) == []
    first = contradicting()[0]
    third = first.model_copy(update={"article": first.article.model_copy(update={"id": "z"})})
    assert "added" not in {row.change for row in changes(old, resolve([third], old, merge))}


def test_the_state_before_a_day_has_the_same_ids_and_only_earlier_reports() -> None:
    found = known(FIRST, port("y", "2025-06-10", "underway"))
    old = before(found, "2025-06-10")
    assert old == known(FIRST)
    assert brief(changes(old, found)) == [("status", ["agreed"], ["underway"], "2025-06-10")]
    rows = news([], [FIRST, contradicting()[1]])
    assert [row.day for row in since(rows, "2025-06-04")] == ["2025-06-05"]
    assert since([row.model_copy(update={"day": None}) for row in rows], "2025-06-04") == []


def test_the_order_of_changes_does_not_depend_on_that_of_records() -> None:
    records = [port("p", "2025-06-03"), *contradicting(), port("w", "2025-06-04", "completed")]
    assert news([], records) == news([], records[::-1])
    assert [row.change for row in news([], records)] == ["added", "added", "added", "contradicted"]


def page(id: str, words: str, **fields: Any) -> Record:
    """The page on the port with other words or facts; it keeps its address and its day of publication."""
    money = fields.pop("money", flow("loan", "wb", "ken", interest="2%"))
    plain = {"projects": ["port"], "dates": ["2026-06-30"], "sectors": ["210"], "attributed_to": "treasury"}
    record = report(id, said(words, money, fields.pop("sum", "USD 3e8"), **plain | fields))
    return record.model_copy(
        update={"article": record.article.model_copy(update={"url": "https://example.org/port", "story": "v1"})}
    )


SAID = "The World Bank will lend Kenya $300 million for berths at Lamu Port by June 2026."
NOW = "The World Bank will lend Kenya $300 million for berths at Lamu Port by December 2027, after talks."


@pytest.mark.parametrize("id", ["v1", "v2"])
@pytest.mark.parametrize(
    ("fields", "change", "field", "old", "new"),
    [
        ({"dates": ["2027-12-31"]}, "date", "dates", ["2026-06-30"], ["2027-12-31"]),
        ({"dates": []}, "date", "dates", ["2026-06-30"], []),
        ({"sum": "USD 3.2e8"}, "amount", "amounts", ["USD 300000000"], ["USD 320000000"]),
        ({"sum": "USD 9e8"}, "amount", "amounts", ["USD 300000000"], ["USD 900000000"]),
        ({"status": "underway"}, "status", "status", ["agreed"], ["underway"]),
        ({"status": "completed"}, "completed", "status", ["agreed"], ["completed"]),
        ({"kind": "delivery"}, "changed", "kind", ["finance"], ["delivery"]),
        ({"by": ["adb"]}, "changed", "by", ["World Bank"], ["Asian Development Bank"]),
        ({"with_": ["adb"]}, "changed", "with", [], ["Asian Development Bank"]),
        ({"to": ["ports"]}, "changed", "to", ["Kenya"], ["Kenya Ports Authority"]),
        ({"projects": ["rail"]}, "changed", "projects", ["Lamu Port"], ["Voi railway"]),
        ({"money": flow("grant", "wb", "ken", interest="2%")}, "changed", "instrument", ["loan"], ["grant"]),
        ({"money": flow("loan", "wb", "ken", interest="3%")}, "changed", "terms", ["interest 2%"], ["interest 3%"]),
        ({"sectors": ["210", "410"]}, "changed", "sectors", ["210"], ["210", "410"]),
        ({"attributed_to": "ports"}, "changed", "attributed_to", ["National Treasury"], ["Kenya Ports Authority"]),
        ({"negated": True}, "changed", "negated", ["stated"], ["denied"]),
    ],
)
def test_a_changed_page_says_what_it_said_and_what_it_says_now(
    id: str, fields: dict[str, Any], change: str, field: str, old: list[str], new: list[str]
) -> None:
    (row,) = news([page("v1", SAID)], [page(id, NOW, **fields)])
    assert (row.change, row.field, row.old, row.new, row.revised) == (change, field, old, new, True)
    assert [(one.link, one.quote) for one in row.quotes] == [("v1/c0", SAID), (f"{id}/c0", NOW)]
    assert since([row], "2025-07-01") == [row]


def test_provider_and_recipient_of_a_changed_page_are_compared() -> None:
    both = {"by": ["wb"], "to": ["ken"]}
    rows = news([page("v1", SAID)], [page("v1", NOW, money=flow("loan", "adb", "ports", interest="2%"), **both)])
    assert [(row.field, row.old, row.new) for row in rows] == [
        ("provider", ["World Bank"], ["Asian Development Bank"]),
        ("recipient", ["Kenya"], ["Kenya Ports Authority"]),
    ]


def test_a_changed_page_with_the_same_facts_is_no_news() -> None:
    surer = page("v1", NOW)
    surer.commitments[0] = surer.commitments[0].model_copy(update={"confidence": 0.1, "row_confidence": 0.1})
    assert news([page("v1", SAID)], [surer]) == []
    assert news([page("v1", SAID)], [page("v2", NOW)]) == []
    assert news([page("v1", SAID)], [page("v1", SAID, dates=["2027-12-31"])]) == []  # read again, with the same text


def test_the_ids_of_a_changed_page_stay_where_its_sentences_move() -> None:
    (first,) = (old := known(page("v1", SAID))).commitments
    moved = report("v1", said("Japan grants Kenya $1 million.", None), said(NOW, LOAN, "USD 3e8", projects=["port"]))
    ids = {row.reports[0].quote: row.id for row in known(moved, onto=old).commitments}
    assert (ids[NOW], len(ids)) == (first.id, 2)
