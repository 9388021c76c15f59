"""What the page is told of records: rows that name all, sums of what may be summed, places that stay."""

from __future__ import annotations

from typing import Any

import pytest
from builders import DOLLARS, SOLES, commitment, record
from report.articles import emoji

from pipeline.record import Record
from pipeline.report.article import article
from pipeline.report.index import Index, lead


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
    assert told_of["method"] == "rules" and told_of["attributed_to"] == "a3"


def test_places_stay_those_of_the_record() -> None:
    one = emoji()
    told = article(one)
    assert [one.article.text[m["start"] : m["end"]] for m in told["mentions"]] == [m.text for m in one.mentions]


def test_a_row_of_the_index_names_all_that_a_table_shows() -> None:
    told = index(record())
    (row,) = told["commitments"]
    roles = ("by", "with", "to", "attributed_to")
    names = {role: [told["actors"][number]["name"] for number in row[role]] for role in roles}
    assert names == {"by": ["Andes Bank"], "with": [], "to": ["Peru"], "attributed_to": ["Rosa Lima"]}
    assert [told["projects"][number]["name"] for number in row["projects"]] == ["Ica ring road"]
    assert row["amounts"] == ["up to 700 m USD", "200 m PEN"]
    assert (row["countries"], row["sectors"], row["iso"], row["counted"]) == (["PER"], ["210", "110"], "2027", True)
    assert told["countries"]["PER"] == "Peru" and told["sectors"]["210"] == "Transport & Storage"


def test_actors_of_one_name_kind_and_country_are_one() -> None:
    other = record(
        "peru/2", actors=[actor.model_copy(update={"name": actor.name.upper()}) for actor in record().actors]
    )
    assert [actor["name"] for actor in index(record(), other)["actors"]] == ["Andes Bank", "Peru", "Rosa Lima"]
    bank = record().actors[0].model_copy(update={"country": "CHL"})
    assert len(index(record(), record("peru/3", actors=[bank, *record().actors[1:]]))["actors"]) == 4


LOAN: dict[str, Any] = {"amounts": [SOLES], "status": "agreed"}


@pytest.mark.parametrize(
    ("values", "summed"),
    [
        (LOAN, ("PEN", 2e8)),
        (LOAN | {"status": "pledged"}, None),
        (LOAN | {"status": "cancelled"}, None),
        (LOAN | {"kind": "contract"}, None),
        (LOAN | {"negated": True}, None),
        (LOAN | {"boilerplate": True}, None),
        (LOAN | {"amounts": [DOLLARS]}, None),
        (LOAN | {"amounts": [SOLES.model_copy(update={"approximate": True})]}, None),
        (LOAN | {"amounts": [SOLES, SOLES]}, None),
        (LOAN | {"amounts": []}, None),
        (LOAN | {"amounts": [SOLES.model_copy(update={"currency": None})]}, None),
        (LOAN | {"amounts": [SOLES.model_copy(update={"value": float("inf")})]}, None),
    ],
)
def test_only_what_may_be_summed_is(values: dict[str, Any], summed: object) -> None:
    (row,) = index(record(commitments=[commitment(**values)]))["commitments"]
    assert row["sum"] == summed


def test_denied_commitments_boilerplate_and_near_copies_do_not_count() -> None:
    first, copy, lone = (record(name, {"story": story}) for name, story in (("a", "a"), ("b", "a"), ("c", "gone")))
    denied = record("d", commitments=[commitment(negated=True), commitment(boilerplate=True)])
    counted = [row["counted"] for row in index(first, copy, lone, denied)["commitments"]]
    assert counted == [True, False, True, False, False]


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


def test_ids_may_clash_between_articles() -> None:
    told = index(record("same"), record("same", {"title": "Other"}))
    assert [row["article"] for row in told["commitments"]] == [0, 1]
