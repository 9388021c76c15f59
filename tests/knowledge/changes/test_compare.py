"""What changed between two states of a knowledge folder, on authored articles."""

from knowledge.changes.news import LOAN, contradicting, known, news, port, told
from knowledge.resolve.flows import report, said

from pipeline.knowledge.changes.compare import changes, since
from pipeline.knowledge.decisions import Decision
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import before, resolve

FIRST = port("x", "2025-06-03")


def test_what_is_reported_for_the_first_time_is_added_with_its_words() -> None:
    (row,) = news([], [FIRST])
    assert (row.change, row.day, row.status, row.amounts) == ("added", "2025-06-03", "agreed", ["USD 300000000"])
    assert [[one.name for one in side] for side in (row.by, row.to, row.projects)] == [
        ["World Bank"],
        ["Kenya"],
        ["Lamu Port"],
    ]
    assert (row.countries, row.instrument) == (["KEN"], "loan")
    assert [(one.source, one.date, one.link) for one in row.quotes] == [("x", "2025-06-03", "x/c0")]
    assert row.quotes[0].quote.startswith("The World Bank will lend")


def test_what_is_reported_again_is_no_change() -> None:
    assert news([FIRST], [port("y", "2025-06-10")]) == []
    assert news([FIRST], [FIRST]) == []


def test_the_status_is_that_of_the_latest_report() -> None:
    assert told(news([FIRST], [port("y", "2025-06-10", "underway")])) == [
        ("status", ["agreed"], ["underway"], "2025-06-10")
    ]
    assert news([FIRST], [port("y", "2025-05-10", "pledged")]) == []
    late = [port("v", "2025-05-20", "underway"), port("w", "2025-06-10", "underway")]
    assert told(news([FIRST], late)) == [("status", ["agreed"], ["underway"], "2025-06-10")]


def test_a_change_has_the_words_of_the_old_and_the_new_value() -> None:
    (row,) = news([FIRST], [port("y", "2025-06-10", "stalled", words="The loan for berths at Lamu Port is held up.")])
    assert [(one.link, one.quote[:8]) for one in row.quotes] == [("x/c0", "The Worl"), ("y/c0", "The loan")]


def test_what_is_completed_has_a_kind_of_its_own() -> None:
    assert told(news([FIRST], [port("y", "2025-06-10", "completed")])) == [
        ("completed", ["agreed"], ["completed"], "2025-06-10")
    ]


def test_the_amount_is_that_of_most_reports_and_of_as_many_of_the_latest() -> None:
    more = "USD 3.2e8"
    changed = ("amount", ["USD 300000000"], ["USD 320000000"], "2025-06-10")
    assert told(news([FIRST], [port("y", "2025-06-10", money=more)]))[0] == changed
    rows = news([FIRST, port("w", "2025-06-04")], [port("y", "2025-06-10", money=more)])
    assert [row.change for row in rows] == ["contradicted"]


def test_of_two_amounts_of_one_day_the_known_one_stays() -> None:
    for name in ("a", "z"):
        rows = news([FIRST], [port(name, "2025-06-03", money="USD 3.2e8")])
        assert [row.change for row in rows] == ["contradicted"]


def test_rounding_and_another_currency_are_no_change_of_the_amount() -> None:
    assert news([FIRST], [port("y", "2025-06-10", money="USD 3.001e8")]) == []
    assert news([FIRST], [port("y", "2025-06-10", money="KES 3.9e10")]) == []


def test_the_first_amount_is_a_change() -> None:
    assert told(news([port("x", "2025-06-03", money=None)], [port("y", "2025-06-10")])) == [
        ("amount", [], ["USD 300000000"], "2025-06-10")
    ]


def test_a_later_due_date_is_a_change_and_a_finer_or_past_one_is_none() -> None:
    def dates(one: str, other: str) -> list[tuple[str, list[str], list[str], str | None]]:
        first = port("x", "2025-06-03", "agreed", "USD 3e8", one)
        rows = news([first], [port("y", "2025-06-10", "agreed", "USD 3e8", other)])
        return told([row for row in rows if row.change == "date"])

    assert dates("2026-06-30", "2026-07-31") == [("date", ["2026-06-30"], ["2026-07-31"], "2025-06-10")]
    assert dates("2026", "2026-07-31") == []
    assert dates("2026-06-30", "2025-06-09") == []
    assert dates("2025-06-02", "2026-07-31") == [("date", [], ["2026-07-31"], "2025-06-10")]


def test_a_new_contradiction_has_both_quotes_and_both_parties() -> None:
    one, other = contradicting()
    (row,) = [row for row in news([one], [other]) if row.change == "contradicted"]
    assert {row.id, row.other} == {commitment.id for commitment in known(one, other).commitments}
    assert (row.field, row.day, len(row.quotes)) == ("amounts", "2025-06-05", 2)
    assert {*row.old, *row.new} == {"USD 2100000000", "USD 2000000000"}
    assert {actor.name for actor in row.by} == {"China", "Chinese banks"}
    assert news([one, other], []) == []


def test_a_promise_whose_day_has_passed_is_overdue_once() -> None:
    promised = port("x", "2025-06-03", "agreed", "USD 3e8", "2025-06-30")
    assert told(news([promised], [], "2025-07-01")) == [("overdue", [], ["2025-06-30"], "2025-06-30")]
    assert news([promised], [], "2025-06-30") == []
    later = report("z", said("Japan grants $1 million.", None), day="2025-07-02")
    assert [row.change for row in news([promised], [later])] == ["added", "overdue"]
    assert news([promised, later], [], "2025-07-05") == []


def test_what_was_heard_of_since_is_not_overdue() -> None:
    promised = port("x", "2025-06-03", "agreed", "USD 3e8", "2025-06-30")

    def overdue(status: str, day: str) -> bool:
        rows = changes(Knowledge(), known(promised, port("y", day, status)), "2025-07-20")
        return any(row.change == "overdue" for row in rows)

    assert [overdue(status, "2025-07-05") for status in ("underway", "completed", "cancelled")] == [False] * 3
    assert overdue("pledged", "2025-07-05")
    heard = known(promised, port("y", "2025-07-05", "underway"), port("z", "2025-07-09"))
    assert [row.change for row in changes(Knowledge(), heard, "2025-07-20")] == ["added"]


def test_a_date_that_lay_behind_when_it_was_reported_is_no_due_date() -> None:
    signed = port("x", "2025-06-03", "agreed", "USD 3e8", "2025-06-02", "2025-06-03")
    assert news([signed], [], "2025-09-01") == []


def test_ids_that_a_person_joined_or_split_are_no_change() -> None:
    old = known(*contradicting())
    one, other = (row.id for row in old.commitments)
    merge = [Decision(decision="merge", one=one, other=other)]
    joined = resolve([], old, merge)
    assert len(joined.commitments) == 1
    assert changes(old, joined) == []
    assert changes(joined, resolve([], joined)) == []


def test_a_report_after_a_merge_is_compared_with_what_both_ids_said() -> None:
    old = known(*contradicting())
    merge = [Decision(decision="merge", one=old.commitments[0].id, other=old.commitments[1].id)]
    third = contradicting()[0].model_copy(update={"article": contradicting()[0].article.model_copy(update={"id": "z"})})
    found = resolve([third], old, merge)
    assert "added" not in {row.change for row in changes(old, found)}


def test_an_article_read_again_with_the_same_words_changes_nothing() -> None:
    assert news([FIRST], [port("x", "2025-06-03", "pledged", "USD 9e8")]) == []


def test_denied_commitments_are_left_out() -> None:
    denied = report("y", said("Kenya denies a loan.", LOAN, "USD 5e6", negated=True), day="2025-06-10")
    assert news([], [denied]) == []


def test_since_a_day_only_what_was_first_reported_then_is_left() -> None:
    rows = news([], [FIRST, contradicting()[1]])
    assert [row.day for row in since(rows, "2025-06-04")] == ["2025-06-05"]
    undated = [row.model_copy(update={"day": None}) for row in rows]
    assert since(undated, "2025-06-04") == []


def test_the_state_before_a_day_has_the_same_ids_and_only_earlier_reports() -> None:
    found = known(FIRST, port("y", "2025-06-10", "underway"))
    old = before(found, "2025-06-10")
    assert old == known(FIRST)
    assert told(changes(old, found)) == [("status", ["agreed"], ["underway"], "2025-06-10")]


def test_the_order_of_changes_does_not_depend_on_that_of_records() -> None:
    records = [port("p", "2025-06-03"), *contradicting(), port("w", "2025-06-04", "completed")]
    assert news([], records) == news([], records[::-1])
    assert [row.change for row in news([], records)] == ["added", "added", "added", "contradicted"]
