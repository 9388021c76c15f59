"""Every row of the score table, on counts worked out by hand."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from pipeline.gold.evaluate.rows import MAIN
from pipeline.gold.evaluate.score import Row, Scores, score
from pipeline.gold.folder import read_gold
from pipeline.record import Record, Relation

LOAN = "authored-001"  # 9 sentences, 26 mentions, 7 actors, 2 projects, 13 relations, 6 commitments, 21 slots, 1 sector


def counts(row: Row) -> tuple[int, int, int]:
    return row.tp, row.fp, row.fn


def without(record: Record, field: str, *ids: str) -> Record:
    kept = [part for part in getattr(record, field) if part.id not in ids]
    return record.model_copy(update={field: kept})


def altered(record: Record, field: str, name: str, /, **values: Any) -> Record:
    parts = [alike(part, **values) if part.id == name else part for part in getattr(record, field)]
    return record.model_copy(update={field: parts})


def alike[Part: BaseModel](part: Part, **values: Any) -> Part:
    return part.model_copy(update=values)


def turned(relation: Relation) -> Relation:
    return alike(relation, subject=relation.object, object=relation.subject)


@pytest.fixture
def scored(golds: dict[str, Record]) -> Callable[[Record], Scores]:
    return lambda record: score([golds[LOAN]], {LOAN: record})


Perfect = Callable[[str], Record]
Scored = Callable[[Record], Scores]

CASES: list[tuple[str, Callable[[Record], Record], dict[str, tuple[int, int, int]]]] = [
    ("nothing changed", lambda r: r, {"sentences": (9, 0, 0), "slots": (21, 0, 0), "relations": (13, 0, 0)}),
    (
        "nothing changed: whole rows",
        lambda r: r,
        {"rows": (6, 0, 0), "rows.core": (6, 0, 0), "rows.nothing_wrong": (6, 0, 0), "money": (4, 0, 0)},
    ),
    (
        "a row that lacks a date has nothing wrong",
        lambda r: altered(r, "commitments", "c1", dates=[]),
        {"rows": (5, 1, 1), "rows.core": (6, 0, 0), "rows.nothing_wrong": (6, 0, 0), "money": (4, 0, 0)},
    ),
    (
        "a row with a receiver too many",
        lambda r: altered(r, "commitments", "c3", to=["a5"]),
        {"rows": (5, 1, 1), "rows.core": (6, 0, 0), "rows.nothing_wrong": (5, 1, 1), "money": (3, 1, 1)},
    ),
    (
        "money goes to a country, whichever of its bodies receives it",
        lambda r: altered(r, "commitments", "c2", to=["a2"]),
        {"rows": (5, 1, 1), "money": (4, 0, 0)},
    ),
    (
        "money of another status, and to a body without a country",
        lambda r: altered(altered(r, "commitments", "c1", status="pledged"), "actors", "a5", country=None),
        {"rows": (5, 1, 1), "rows.core": (5, 1, 1), "money": (2, 2, 2)},
    ),
    (
        "words of another speaker, or of none",
        lambda r: altered(altered(r, "commitments", "c3", attributed_to=None), "commitments", "c1", attributed_to="a4"),
        {"attributed_to": (0, 2, 2), "rows": (6, 0, 0)},
    ),
    (
        "a denial that gold does not have",
        lambda r: altered(r, "commitments", "c3", negated=True),
        {"negated": (0, 1, 0), "rows": (6, 0, 0)},
    ),
    (
        "a sentence that ends too early",
        lambda r: altered(r, "sentences", 0, end=10),  # type: ignore[arg-type]
        {"sentences": (8, 1, 1), "mentions": (26, 0, 0)},
    ),
    (
        "a mention cut short",
        lambda r: altered(r, "mentions", "m2", end=r.mentions[1].end - 5),
        {"mentions": (25, 1, 1), "mentions_overlap": (26, 0, 0)},
    ),
    (
        "a mention with another label",
        lambda r: altered(r, "mentions", "m2", label="PLACE"),
        {"mentions": (25, 1, 1), "mentions_overlap": (25, 1, 1)},
    ),
    (
        "a kind, a country and a role wrong",
        lambda r: altered(r, "actors", "a3", kind="group", country=None, role="Prime Minister"),
        {"actors": (7, 0, 0), "actors.kind": (6, 1, 1), "actors.country": (6, 1, 1), "actors.role": (1, 1, 1)},
    ),
    (
        "a role where gold has none counts",
        lambda r: altered(r, "actors", "a2", role="host"),
        {"actors.role": (2, 1, 1)},
    ),
    (
        "a role is compared as a name is",
        lambda r: altered(r, "actors", "a3", role="the finance minister"),
        {"actors.role": (2, 0, 0)},
    ),
    (
        "an actor missed: its relations and slots go with it",
        lambda r: without(r, "actors", "a3"),
        # a3 has affiliated_with, represents, party_to; it stands in no slot but attributed_to, which is none
        {"actors": (6, 0, 1), "actors.kind": (6, 0, 0), "relations": (10, 3, 3), "slots": (21, 0, 0)},
    ),
    (
        "a project found under another name",
        lambda r: altered(r, "projects", "p2", name="Foreign reserves", aliases=[], mentions=[]),
        {"projects": (1, 1, 1), "slots": (21, 0, 0), "relations": (12, 1, 1)},
    ),
    (
        "sectors and countries of matched projects, as sets of codes",
        lambda r: altered(r, "projects", "p1", sectors=r.projects[1].sectors, countries=["KGZ", "KAZ"]),
        {"projects.sectors": (1, 1, 1), "projects.countries": (1, 1, 0)},
    ),
    (
        "a relation the wrong way round",
        lambda r: r.model_copy(update={"relations": [turned(r.relations[0]), *r.relations[1:]]}),
        {"relations": (12, 1, 1)},
    ),
    (
        "another kind: found, but no commitment",
        lambda r: altered(r, "commitments", "c1", kind="policy"),
        {"commitments.found": (6, 0, 0), "commitments": (5, 1, 1), "commitments+status": (5, 1, 1), 
         "slots": (21, 0, 0)},
    ),
    (
        "another status",
        lambda r: altered(r, "commitments", "c1", status="pledged"),
        {"commitments.found": (6, 0, 0), "commitments": (6, 0, 0), "commitments+status": (5, 1, 1)},
    ),
    (
        "a commitment missed: its five slots too",
        lambda r: without(r, "commitments", "c1"),
        {"commitments.found": (5, 0, 1), "commitments": (5, 0, 1), "slots": (16, 0, 5)},
    ),
    (
        "a commitment in a sentence that has none: both sides are counted whole",
        lambda r: altered(r, "commitments", "c1", evidence=[
            alike(r.commitments[5].evidence[0], start=r.sentences[3].start, end=r.sentences[3].end)
        ]),
        {"commitments.found": (5, 1, 1), "slots": (16, 5, 5)},
    ),
    (
        "giver and receiver swapped",
        lambda r: altered(r, "commitments", "c2", by=["a5"], to=["a1"]),
        {"slots": (19, 2, 2)},
    ),
    (
        "another value, no currency",
        lambda r: altered(r, "commitments", "c1", amounts=[alike(r.commitments[0].amounts[0], currency=None)]),
        {"slots": (20, 1, 1)},
    ),
    (
        "no date known is no slot",
        lambda r: altered(r, "commitments", "c1", dates=[alike(r.commitments[0].dates[0], iso=None)]),
        {"slots": (20, 0, 1)},
    ),
    ("no sectors", lambda r: r.model_copy(update={"sectors": []}), {"sectors": (0, 0, 1)}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_rows(
    change: Callable[[Record], Record], expected: dict[str, tuple[int, int, int]], perfect: Perfect, scored: Scored
) -> None:
    scores = scored(change(perfect(LOAN)))
    assert {row: counts(scores[row]) for row in expected} == expected


def test_details_add_up_to_their_row(perfect: Perfect, scored: Scored) -> None:
    scores = scored(without(without(perfect(LOAN), "commitments", "c1", "c4"), "actors", "a3", "a4"))
    row = scores["actors"]
    assert (row.precision, row.recall, row.f1) == (1, 5 / 7, pytest.approx(10 / 12))
    for name, rows in scores.details.items():
        summed = tuple(sum(column) for column in zip(*map(counts, rows.values()), strict=True))
        assert summed == counts(scores[name])
    assert counts(scores.details["slots"]["date"]) == (1, 0, 3)
    assert counts(scores.details["commitments"]["finance"]) == (4, 0, 1)


def test_an_article_without_a_record_is_wholly_missed(golds: dict[str, Record], perfect: Perfect) -> None:
    scores = score(list(golds.values()), {LOAN: perfect(LOAN), "stranger": perfect("authored-002")})
    assert scores.missing == ["authored-002", "authored-003"]
    assert scores.extra == ["stranger"]
    assert counts(scores["commitments"]) == (6, 0, 13)
    assert counts(scores["sentences"]) == (9, 0, 19)


@pytest.mark.parametrize(
    ("in_gold", "in_record", "expected"),
    [(["c1", "c3"], ["c1", "c2"], (1, 1, 1)), (["c1"], ["c1"], (1, 0, 0)), (["c1"], [], (0, 0, 1))],
)
def test_negated(perfect: Perfect, in_gold: list[str], in_record: list[str], expected: tuple[int, int, int]) -> None:
    commitments = [[alike(c, negated=c.id in ids) for c in perfect(LOAN).commitments] for ids in (in_gold, in_record)]
    gold, record = (alike(perfect(LOAN), commitments=own) for own in commitments)
    assert counts(score([gold], {LOAN: record})["negated"]) == expected


def test_where_neither_side_has_anything_there_is_no_score(golds: dict[str, Record], perfect: Perfect) -> None:
    scores = score([golds["authored-003"]], {"authored-003": perfect("authored-003").model_copy(update={"actors": []})})
    assert math.isnan(scores["actors.kind"].f1)
    assert math.isnan(scores["actors.kind"].low)
    assert scores["actors"].f1 == 0
    assert math.isnan(score([], {})["mentions"].f1)


def test_a_perfect_record_scores_one_on_every_row(golds: dict[str, Record], perfect: Perfect) -> None:
    scores = score(list(golds.values()), {name: perfect(name) for name in golds})
    rows = {name: scores[name] for name in MAIN}
    assert {name: (row.f1, row.low, row.high) for name, row in rows.items()} == dict.fromkeys(rows, (1, 1, 1))
    assert all(one.ece == 0 for one in scores.calibration.values())


def test_a_perfect_record_of_the_corpus(corpus: Path) -> None:
    """Only a relation to a place that is no mention (it is inside a longer one) cannot be in a record."""
    golds = read_gold(corpus)
    scores = score(golds, {gold.article.id: gold for gold in golds})
    assert {name for name in MAIN if scores[name].f1 != 1} <= {"relations", "negated"}
    assert scores["relations"].precision == 1
    assert scores["relations"].recall > 0.97
