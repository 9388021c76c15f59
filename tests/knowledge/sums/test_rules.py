"""Which money a sum counts: each act once, no money twice, nothing that does not flow."""

from typing import Any

import pytest
from knowledge.resolve.flows import flow, report, said
from knowledge.resolve.stories import project

from pipeline.knowledge.counting import COUNTED
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.knowledge.sums import Entry, Ledger, worth, year_of
from pipeline.record import Amount, Record, Relation, Span

LOAN = flow("loan", "wb", "ken")
PORT = project("port", "Lamu Port", countries=["KEN"])
SENTENCE = "The bank will lend Kenya the money."


def entries(*records: Record, knowledge: bool = False) -> dict[str, Entry]:
    ledger = Ledger(resolve(records, Knowledge()) if knowledge else Knowledge())
    for record in records:
        ledger.add(record)
    return ledger.entries()


def why(*records: Record) -> dict[str, str]:
    return {name: entry.because.partition(":")[0] for name, entry in entries(*records).items()}


@pytest.mark.parametrize(
    ("instrument", "fields", "reason"),
    [
        *((one, {}, COUNTED) for one in ("grant", "guarantee", "equity", "bond", "deposit", "rollover")),
        *(("loan", {"status": one}, COUNTED) for one in ("proposed", "pledged", "underway", "completed")),
        *((one, {}, one) for one in ("repayment", "budget", "purchase", "other")),
        ("loan", {"status": "cancelled"}, "cancelled"),
        ("loan", {"status": "stalled"}, "stalled"),
        ("loan", {"negated": True}, "denied"),
        ("loan", {"boilerplate": True}, "boilerplate"),
        ("loan", {"status": "completed", "sentence": "The bank has lent Kenya so much since 2012."}, "cumulative"),
        ("loan", {"status": "completed", "sentence": "It lent much since it opened in 2012."}, "cumulative"),
        ("equity", {"status": "completed", "sentence": "They invested it between 2012 and 2024."}, "cumulative"),
        ("grant", {"status": "completed", "sentence": "It gave Kenya so much in the last five years."}, "cumulative"),
        ("grant", {"status": "completed", "sentence": "It gave Kenya so much for the last five kilometres."}, COUNTED),
        ("loan", {"sentence": "It will lend more, as it has since 2012."}, COUNTED),
        ("loan", {"sentence": "The bank will reportedly lend Kenya the money."}, "hearsay"),
    ],
)
def test_what_is_counted_by_itself(instrument: str, fields: dict[str, Any], reason: str) -> None:
    sentence = fields.pop("sentence", SENTENCE)
    assert why(report("x", said(sentence, flow(instrument, "wb", "ken"), "USD 3e8", **fields))) == {"x/c0": reason}


@pytest.mark.parametrize(
    ("sentence", "trigger", "reason"),
    [
        ("Reserves are to rise to about 3e8 once the bank lends it.", "lends", "level"),
        ("Its debt to the bank, which stood at 3e8, will be lent anew.", "lent", "level"),
        ("The loan of 3e8 is maturing in June.", "is maturing", "level"),
        ("The bank raised its loan, and will now lend 3e8.", "will now lend", COUNTED),
        ("The bank had given Kenya 3e8 for the port.", "had given", "earlier"),
        ("The bank had, two years before, lent 3e8.", "lent", COUNTED),  # what stands between is too long to be sure
        ("Kenya initially asked for 3e8.", "asked", "earlier"),
        ("The minister said the bank had lent 3e8.", "had lent", COUNTED),
        ("The bank announced that it had lent 3e8.", "lent", COUNTED),
    ],
)
def test_what_the_words_before_an_amount_and_an_act_say(sentence: str, trigger: str, reason: str) -> None:
    record = report("x", said(sentence, LOAN))
    (one,) = record.commitments
    at, of = sentence.index("3e8"), sentence.index(trigger)
    money = Amount(text="3e8", start=at, end=at + 3, value=3e8, currency="USD")
    stated = one.trigger.model_copy(update={"text": trigger, "start": of, "end": of + len(trigger)})
    found = one.model_copy(update={"amounts": [money], "trigger": stated})
    assert why(record.model_copy(update={"commitments": [found]})) == {"x/c0": reason}


def lent(money: str = "USD 3e8", words: str = SENTENCE, by: Any = LOAN, **fields: Any) -> dict[str, Any]:
    return said(words, by, money, **fields)


@pytest.mark.parametrize(
    ("articles", "reasons"),
    [
        ([report("x", said(SENTENCE, LOAN), said("It signed.", None, "USD 3e8"))], ["no amount", "no flow of money"]),
        (  # after a completed act an equal one is new
            [report("x", lent(status="completed"), day="2025-02-01"), report("y", lent(), day="2025-08-01")],
            [COUNTED, COUNTED],
        ),
        (
            [report("x", lent(status="proposed"), lent(words="The bank said no.", status="cancelled"))],
            ["reported again", "cancelled"],
        ),
        (  # a refused loan is not what is asked for months later
            [
                report("x", lent(status="cancelled"), day="2025-02-01"),
                report("y", lent(words="Kenya asks again.", status="proposed"), day="2025-09-01"),
            ],
            ["cancelled", COUNTED],
        ),
        (  # a refinancing is not the loan of others months later
            [
                report("x", lent("USD 2e9", by=flow("rollover", "chn", "ken")), day="2025-02-01"),
                report("y", lent("USD 2e9", by=flow("loan", "exim", "ken")), day="2025-06-23"),
            ],
            [COUNTED, COUNTED],
        ),
        ([report("x", said(SENTENCE, None, "USD 3e8")).model_copy(update={"schema_version": "1.0"})], ["unknown flow"]),
        (
            [report("x", lent("USD 8e8"), lent(words="A loan of 300 is in it."), lent("USD 5e8", "So is one of 500."))],
            ["package, its parts are counted", COUNTED, COUNTED],
        ),
        (
            [report("x", lent("USD 5e8"), lent("USD 2e8", "Of this, 200 is for a port."), lent("USD 1e8", "A road."))],
            [COUNTED, "part of what is counted as a whole", COUNTED],
        ),
        (  # few amounts have three digits: pledged, then signed for what has another name
            [
                report("x", lent("USD 1.15e9", status="pledged", projects=["port"])),
                report("y", lent("USD 1.15e9", projects=["rail"]), day="2025-08-04"),
            ],
            ["reported again", COUNTED],
        ),
        (  # more articles report the whole
            [
                report("x", lent("USD 8e8"), lent("USD 3e8", "A loan of 300."), lent("USD 5e8", "So is one of 500.")),
                report("y", lent("USD 8e8"), day="2025-06-04"),
            ],
            ["reported again", *["part of what is counted as a whole"] * 2, COUNTED],
        ),
        (  # but the parts go to others
            [
                report(
                    "x", lent("USD 8e8"), lent("USD 3e8", "300.", flow("loan", "wb", "chn")), lent("USD 5e8", "500.")
                ),
                report("y", lent("USD 8e8"), day="2025-06-04"),
            ],
            ["reported again", COUNTED, COUNTED, "package, its parts are counted"],
        ),
        (  # what was asked for in parts is pledged as a whole by now
            [
                report(
                    "x",
                    lent("USD 8e8", status="proposed"),
                    lent("USD 3e8", "300.", status="pledged"),
                    lent("USD 5e8", "500.", status="pledged"),
                ),
                report("y", lent("USD 8e8", status="pledged"), day="2025-06-04"),
            ],
            ["reported again", *["part of what is counted as a whole"] * 2, COUNTED],
        ),
        (  # what was asked for the port became a smaller loan
            [
                report("x", lent("USD 5e8", status="proposed", projects=["port"]), day="2025-02-01"),
                report("y", lent("USD 3e8", projects=["port"]), day="2025-05-01"),
            ],
            ["earlier", COUNTED],
        ),
        (  # for the railway it is still asked
            [
                report("x", lent("USD 5e8", status="proposed", projects=["rail"]), day="2025-02-01"),
                report("y", lent("USD 3e8", projects=["port"]), day="2025-05-01"),
            ],
            [COUNTED, COUNTED],
        ),
        (  # words that describe may mean what another outlet names
            [report("x", lent(projects=["port"])), report("y", lent(projects=["quay"]), day="2025-06-04")],
            ["reported again", COUNTED],
        ),
        (
            [report("x", lent("USD 2e8"), lent("USD 1e8", "It paid 100, the first half.", status="completed"))],
            [COUNTED, "part of what is counted as a whole"],
        ),
        (  # of two records of an article the first
            [report("x", lent()), report("x", lent(words="It signed.", status="cancelled"))],
            [COUNTED],
        ),
    ],
)
def test_what_is_counted_beside_others(articles: list[Record], reasons: list[str]) -> None:
    assert list(why(*articles).values()) == reasons


def test_one_act_of_two_outlets_counts_once_as_the_later_one_has_it() -> None:
    first = report("x", lent(status="pledged"), day="2025-02-01")
    found = entries(first, report("y", lent(words="Kenya and the bank signed."), day="2025-05-01"))
    assert (found["x/c0"].counted, found["x/c0"].because) == (False, "reported again: counted as y/c0")
    assert (found["y/c0"].counted, found["y/c0"].status, found["y/c0"].worth) == (True, "agreed", ("USD", 3e8))


@pytest.mark.parametrize(
    ("later", "status"), [("pledged", "agreed"), ("underway", "underway"), ("completed", "completed")]
)
def test_no_later_outlet_takes_an_act_back_to_a_pledge(later: str, status: str) -> None:
    first, retold = report("x", lent()), report("y", lent(status=later), day="2025-06-20")
    (counted,) = (entry for entry in entries(first, retold).values() if entry.counted)
    assert counted.status == status


def test_a_first_payment_is_a_part_of_the_loan_that_is_named_after_it() -> None:
    record = report("x", said("It paid the first 1e8.", LOAN, status="completed"), said("The loan is of 2e8.", LOAN))
    text = record.article.text
    paid, whole = (
        one.model_copy(
            update={"amounts": [Amount(text=money, start=at, end=at + 3, value=float(money), currency="USD")]}
        )
        for one, money in zip(record.commitments, ("1e8", "2e8"), strict=True)
        for at in [text.index(money)]
    )
    found = entries(record.model_copy(update={"commitments": [paid, whole]}))
    assert found["x/c0"].because == "part of what is counted as a whole: x/c1"
    assert (found["x/c1"].counted, found["x/c1"].status) == (True, "underway")


@pytest.mark.parametrize(
    ("other", "day"),
    [
        (lent("USD 4e8", "The bank lends to the ports."), "2025-02-09"),
        (lent(words="The other bank lends.", by=flow("loan", "adb", "ken")), "2025-02-09"),
        (lent(words="The bank gives.", by=flow("grant", "wb", "ken")), "2025-02-09"),
        (lent("EUR 3e8"), "2025-02-09"),
        (lent(projects=["rail"]), "2025-02-09"),
        (lent(), "2026-06-01"),
    ],
    ids=["amount", "provider", "instrument", "currency", "project", "time"],
)
def test_two_acts_are_both_counted(other: dict[str, Any], day: str) -> None:
    one = report("x", lent(projects=["port"]), day="2025-02-01")
    assert set(why(one, report("y", other, day=day)).values()) == {COUNTED}


def test_equal_sums_of_one_sentence_are_two_acts() -> None:
    record = report("x", said("It lends 300 for the port and 300 for the line.", LOAN))
    amounts = [Amount(text="300", start=at, end=at + 3, value=3e8, currency="USD") for at in (9, 30)]
    (one,) = record.commitments
    both = [one.model_copy(update={"id": f"c{at}", "amounts": [amount]}) for at, amount in enumerate(amounts)]
    assert set(why(record.model_copy(update={"commitments": both})).values()) == {COUNTED}


def test_the_parts_of_a_list_are_no_parts_of_each_other() -> None:
    words = "The package is made up of a loan of 5e8 and one of 3e8."
    record = report("x", said(words, LOAN))
    (one,) = record.commitments
    sums = [Amount(text=own, start=at, end=at + 3, value=float(own), currency="USD") for own in ("5e8", "3e8")
            for at in [words.index(own)]]  # fmt: skip
    both = [one.model_copy(update={"id": f"c{at}", "amounts": [amount]}) for at, amount in enumerate(sums)]
    assert set(why(record.model_copy(update={"commitments": both})).values()) == {COUNTED}


def test_a_near_copy_of_an_article_counts_nothing() -> None:
    records = [report(name, lent(), story="x") for name in ("x", "x1")]
    copy = entries(*records)["x1/c0"]
    assert (copy.copy, copy.because) == (True, "nearly the same text as x")
    assert entries(records[1])["x1/c0"].counted  # its story is not among the records


def test_outlets_that_disagree_count_once_with_knowledge() -> None:
    flows = flow("rollover", "banks", "ken")
    words = "Chinese banks will refinance a syndicated loan to Kenya of {} billion dollars by June."
    one = report("x", said(words.format("2.1"), flows, "USD 2.1e9"), day="2025-06-03")
    other = report("y", said(words.format("2"), flows, "USD 2e9"), day="2025-06-05")
    found = entries(one, other, knowledge=True)
    assert {name: entry.worth for name, entry in found.items() if entry.counted} == {"y/c0": ("USD", 2e9)}


def test_what_aiddata_recommends() -> None:
    found = entries(report("x", lent(status="pledged")), report("y", lent("USD 4e8")))
    assert [(entry.counted, entry.recommended) for entry in found.values()] == [(True, False), (True, True)]


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        ([("USD", 7e8), ("PEN", 2e9)], ("USD", 7e8)),
        ([("USD", 2e8), ("USD", 1e8)], ("USD", 3e8)),
        ([("USD", 3e8), ("USD", 2e8), ("USD", 1e8)], ("USD", 3e8)),
        ([(None, 5.0), ("USD", 1e8)], ("USD", 1e8)),
        ([("USD", None)], None),
        ([], None),
    ],
)
def test_what_amounts_add_up_to(sums: list[tuple[str | None, float | None]], expected: Any) -> None:
    assert worth([Amount(text="x", start=0, end=1, value=value, currency=code) for code, value in sums]) == expected


@pytest.mark.parametrize(
    ("isos", "day", "year"),
    [
        ([], "2025-03-01", 2025),
        (["2019"], "2025-03-01", 2019),
        (["2019-05-02", "2027"], "2025-03-01", 2025),
        ([None], "2025-03-01", 2025),
        (["2019"], None, 2019),
        ([], None, None),
    ],
)
def test_the_year_of_an_act(isos: list[str | None], day: str | None, year: int | None) -> None:
    assert year_of(isos, day) == year


def test_a_later_record_of_an_article_changes_nothing() -> None:
    records = [report("x", lent(money)) for money in ("USD 3e8", "USD 5e8")]
    assert entries(*records)["x/c0"].worth == ("USD", 3e8)
    known = resolve(records, Knowledge())
    assert [row.amount.value for row in known.commitments if row.amount] == [3e8]
    assert resolve(records, known).commitments == known.commitments


def test_knowledge_and_tables_count_alike() -> None:
    """Two commitments of one sentence over one amount are one act in both; an umbrella of another article is none."""
    record = report("x", lent())
    (one,) = record.commitments
    both = record.model_copy(update={"commitments": [one, one.model_copy(update={"id": "c1"})]})
    whole = project("vision", "Vision 2030", True, ["KEN"])
    part = {"subject": "port", "type": "part_of", "object": "vision", "sentence": 0, "evidence": Span(start=0, end=1)}
    named = report("y", said("The port opened.", None)).model_copy(
        update={"projects": [PORT, whole], "relations": [Relation(**part, confidence=1, method="authored")]}
    )
    planned = report("z", said("The bank lends for the plan.", LOAN, "USD 7e8", projects=["vision"]), day="2025-09-01")
    records = [both, named, planned.model_copy(update={"projects": [whole]})]
    knowledge = resolve(records, Knowledge())
    assert [row.counted for row in knowledge.commitments if row.amount] == [True, False, True]
    assert [entry.counted for entry in entries(*records, knowledge=True).values()] == [True, False, False, True]
