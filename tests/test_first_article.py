"""What the first user's article must give, by general rules: nothing in the pipeline names it."""

import pytest
from spacy.language import Language

import pipeline
from pipeline.record import Actor, Commitment, Record


@pytest.fixture(scope="module")
def record(nlp: Language, bundled_article: str) -> Record:
    return pipeline.extract(bundled_article, nlp)


def named(record: Record, name: str) -> Actor:
    (found,) = [actor for actor in record.actors if actor.name == name]
    return found


@pytest.mark.parametrize(
    ("name", "kind", "country"),
    [
        ("Pakistan", "country", "PAK"),
        ("China", "country", "CHN"),
        ("Ahsan Iqbal", "person", "PAK"),
        ("CRRC Zhuzhou Locomotive Company Limited", "company", "CHN"),
        ("Zhuzhou Times New Material Technology Company", "company", "CHN"),
    ],
)
def test_actors(record: Record, name: str, kind: str, country: str) -> None:
    actor = named(record, name)
    assert (actor.kind, actor.country) == (kind, country)


def test_the_minister(record: Record) -> None:
    minister = named(record, "Ahsan Iqbal")
    assert minister.role == "Federal Minister for Planning, Development and Special Initiatives"
    pakistan = named(record, "Pakistan").id
    relations = {r.type for r in record.relations if (r.subject, r.object) == (minister.id, pakistan)}
    assert relations >= {"affiliated_with", "represents"}


def test_projects_and_programmes(record: Record) -> None:
    spoken = {name: p for p in record.projects for name in (p.name, *p.aliases)}
    corridor, phase = spoken["China-Pakistan Economic Corridor"], spoken["CPEC 2.0"]
    assert corridor.programme
    assert phase.programme
    assert phase.id != corridor.id
    assert {"Phase II", "CPEC Phase II"} <= {phase.name, *phase.aliases}
    assert not spoken["ML-1 railway modernization project"].programme
    assert not spoken["Gwadar-Africa-China shipping route"].programme


def one(record: Record, words: str) -> Commitment:
    """The only commitment whose trigger these words are, or that of a sentence with them."""
    text = record.article.text
    found = [c for c in record.commitments if c.trigger.text == words]
    (only,) = found or [c for c in record.commitments if any(words in text[e.start : e.end] for e in c.evidence)]
    return only


@pytest.mark.parametrize(
    ("words", "kind", "status"),
    [
        ("will formally launch", "delivery", "pledged"),
        ("while formally expanding cooperation", "cooperation", "pledged"),
        ("are jointly developing", "cooperation", "underway"),
        ("invited", "contract", "proposed"),
        ("sign", "agreement", "agreed"),
    ],
)
def test_commitments(record: Record, words: str, kind: str, status: str) -> None:
    found = one(record, words)
    assert (found.kind, found.status) == (kind, status)


def test_parties(record: Record) -> None:
    both = sorted([named(record, "Pakistan").id, named(record, "China").id])
    assert sorted(one(record, "will formally launch").by) == both
    assert sorted(one(record, "sign").by) == both
    invited = one(record, "invited")
    assert invited.by == [named(record, "Ahsan Iqbal").id]
    assert named(record, "CRRC Zhuzhou Locomotive Company Limited").id in invited.to
    (line,) = [p.id for p in record.projects if p.name.startswith("ML-1")]
    assert invited.projects == [line]
    assert one(record, "are jointly developing").attributed_to == named(record, "Ahsan Iqbal").id


def test_amount(record: Record) -> None:
    (amount,) = one(record, "sign").amounts
    assert (amount.value, amount.currency, amount.text) == (4_000_000_000, "USD", "USD 4 bn")
