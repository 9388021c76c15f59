"""What the page is told of records: rows that name all, sums of what may be summed, places that stay."""

from typing import Any

import pytest
from builders import SOLES, commitment, record
from publish.report.articles import emoji

from pipeline.knowledge.folder import Knowledge, Link, LocalActor
from pipeline.publish.report.article import article
from pipeline.publish.report.index import Index, lead, start_confidence
from pipeline.record import Flow, Record
from pipeline.values.currencies import usd


def index(*records: Record) -> dict[str, Any]:
    made = Index()
    for one in records:
        made.add(one)
    return made.data()


def test_an_article_is_its_record_without_what_is_not_shown() -> None:
    told = article(record())
    assert told["article"]["text"] == record().article.text
    assert not {"sentences", "schema_version"} & told.keys() and "sha256" not in told["article"]
    assert [(part["label"], part["value"]) for part in told["mentions"]] == [
        ("PERSON", None), ("ORG", None), ("COUNTRY", "PER"), ("MONEY", "up to 700 m USD"), ("DATE", "2027"),
        ("PROJECT", None), ("QUANTITY", "40 km"),
    ]  # fmt: skip
    (told_of,) = told["commitments"]
    assert [part["value"] for part in told_of["amounts"]] == ["up to 700 m USD", "200 m PEN"]
    assert [part["confidence"] for part in told_of["amounts"]] == [0.8, None]
    assert "slot_confidence" not in told_of
    assert told_of["method"] == "rules" and told_of["attributed_to"] == "a3"


def test_places_stay_those_of_the_record() -> None:
    one = emoji()
    told = article(one)
    assert [one.article.text[m["start"] : m["end"]] for m in told["mentions"]] == [m.text for m in one.mentions]


def test_a_row_of_the_index_names_all_that_a_table_shows() -> None:
    told = index(record())
    (row,) = told["commitments"]
    roles = ("by", "with", "to", "attributed_to", "provider", "recipient")
    names = {role: [told["actors"][number]["name"] for number in row[role]] for role in roles}
    assert names == {
        "by": ["Andes Bank"], "with": [], "to": ["Peru"], "attributed_to": ["Rosa Lima"],
        "provider": ["Andes Bank"], "recipient": ["Peru"],
    }  # fmt: skip
    assert [told["projects"][number]["name"] for number in row["projects"]] == ["Ica ring road"]
    assert row["amounts"] == ["up to 700 m USD", "200 m PEN"]
    assert (row["countries"], row["sectors"], row["iso"], row["act"]) == (["PER"], ["210", "110"], "2027", True)
    assert told["countries"]["PER"] == "Peru" and told["sectors"]["210"] == "Transport & Storage"


def test_actors_of_one_name_kind_and_country_are_one() -> None:
    other = record(
        "peru/2", actors=[actor.model_copy(update={"name": actor.name.upper()}) for actor in record().actors]
    )
    assert [actor["name"] for actor in index(record(), other)["actors"]] == ["Andes Bank", "Peru", "Rosa Lima"]
    bank = record().actors[0].model_copy(update={"country": "CHL"})
    assert len(index(record(), record("peru/3", actors=[bank, *record().actors[1:]]))["actors"]) == 4


LOAN: dict[str, Any] = {"amounts": [SOLES], "status": "agreed"}
CHINA = Flow(instrument="loan", provider=["a1"], recipient=["a2"])


@pytest.mark.parametrize(
    ("values", "summed", "left_out"),
    [
        (LOAN, ["PEN", 2e8, usd(2e8, "PEN", 2023), 0.8], None),
        (LOAN | {"amounts": [SOLES.model_copy(update={"currency": "USD"})]}, ["USD", 2e8, 2e8, 0.8], None),
        (LOAN | {"amounts": [SOLES.model_copy(update={"currency": "XYZ"})]}, ["XYZ", 2e8, None, 0.8], None),
        (LOAN | {"status": "cancelled"}, None, "cancelled"),
        (LOAN | {"flow": None}, None, "no flow of money"),
        (LOAN | {"flow": CHINA.model_copy(update={"instrument": "repayment"})}, None, "repayment"),
        (LOAN | {"negated": True}, None, "denied"),
        (LOAN | {"amounts": [SOLES.model_copy(update={"value": float("inf")})]}, None, "no amount"),
    ],
)
def test_a_row_has_its_sum_or_the_reason_why_not(values: dict[str, Any], summed: object, left_out: str | None) -> None:
    (row,) = index(record("a", {"date": "2023-05-02"}, commitments=[commitment(**values)]))["commitments"]
    assert (row["sum"], row["left_out"]) == (summed, left_out)
    assert row["because"].startswith(left_out or "money that counts once")


def test_denied_commitments_boilerplate_and_near_copies_are_no_acts() -> None:
    first, copy = (record(name, {"story": "a"}) for name in ("a", "b"))
    lone = record("c", {"story": "gone"}, commitments=[commitment(amounts=[])])
    denied = record("d", commitments=[commitment(negated=True), commitment(id="c2", boilerplate=True)])
    told = index(first, copy, lone, denied)["commitments"]
    assert [row["act"] for row in told] == [True, False, True, False, False]
    assert [row["left_out"] for row in told[1:2] + told[3:]] == ["nearly the same text", "denied", "boilerplate"]


def link(name: str, act: str) -> Link:
    said = LocalActor(name=name, kind="country", country=None, role=None, aliases=[])
    return Link(link=f"{name}/c1", entity=act, score=1, reasons=[], said=said)


def test_an_act_counts_once_with_what_all_its_reports_say_of_the_money() -> None:
    """The latest report stands for it; who pays, only the earlier one says."""
    earlier = record("a", {"date": "2025-01-02"}, commitments=[commitment(**LOAN)])
    silent = commitment(**LOAN | {"status": "completed", "flow": Flow(instrument="loan")})
    later = record("b", {"date": "2025-06-02"}, commitments=[silent])
    made = Index(Knowledge(links=[link("a", "loan-1"), link("b", "loan-1")]))
    made.add(earlier)
    made.add(later)
    first, last = made.data()["commitments"]
    assert [(row["act"], row["act_status"], row["sum"] is None) for row in (first, last)] == [
        (False, "completed", True),
        (True, "completed", False),
    ]
    assert (last["provider"], last["recipient"]) == (first["provider"], first["recipient"])
    assert first["left_out"] == "reported again"


@pytest.mark.parametrize(
    ("confidences", "start"),
    [
        ([], 0),
        ([0.9, 0.8], 0),
        ([0.9, 0.8, 0.3, 0.3], 0.35),
        ([0.95, 0.7, 0.4], 0.45),
        ([0.6, 0.5, 0.2], 0),
        ([0.7, 0.3], 0),
        ([0.1], 0),
    ],
)
def test_a_page_starts_where_8_in_10_rows_should_be_right(confidences: list[float], start: float) -> None:
    assert start_confidence(confidences) == start


def test_the_start_is_in_the_data() -> None:
    assert index(record())["start_confidence"] == 0
    rows = [commitment(id=f"c{sure}", row_confidence=sure) for sure in (0.9, 0.8, 0.3, 0.3)]
    assert index(record(commitments=rows))["start_confidence"] == 0.35


def test_what_a_record_does_not_have_is_its_own_name() -> None:
    told = index(record(commitments=[commitment(by=["ghost"], projects=["nowhere"])], projects=[]))
    (row,) = told["commitments"]
    assert told["actors"][row["by"][0]]["name"] == "ghost"
    assert told["projects"][row["projects"][0]]["name"] == "nowhere"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Rain.", "Rain."),
        ("", ""),
        ("a\n b\u202e", "a b"),
        ("word " * 40, "word " * 17 + "word …"),
        ("x" * 500, "x" * 90 + " …"),
    ],
)
def test_the_first_words_stand_for_a_title(text: str, title: str) -> None:
    assert lead(text) == title


def test_an_id_that_repeats_counts_once() -> None:
    told = index(record("same"), record("same", {"title": "Other"}))
    assert [(row["article"], row["act"], row["sum"] is None) for row in told["commitments"]] == [
        (0, True, False),
        (1, False, True),
    ]


def test_a_row_has_the_page_of_its_quote() -> None:
    assert index(record("a", {"pages": [0, 0, 500]}))["commitments"][0]["page"] == 2
    assert index(record("a"))["commitments"][0]["page"] is None
