"""A reading in a record: what is one is joined, what is no project goes, and everything is numbered anew."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llm.articles import act, actor, at, faults, lent, mention, project, read, record, relation

from pipeline.llm.fuse import applied
from pipeline.llm.ground import Reading
from pipeline.record import Commitment, Flow, Quote, Record, SlotConfidence


def reading(of: Record | None = None, **values: Any) -> Reading:
    of = of or record()
    return Reading(of.model_copy(update={"commitments": []}), [], **values)


def written(*commitments: Commitment, of: Record | None = None, **values: Any) -> Record:
    found = applied(reading(of, **values), commitments)
    assert faults(found) == []
    return found


def test_without_anything_to_do_the_record_stays() -> None:
    assert written(lent()) == record()


def test_two_actors_that_are_one_have_the_names_and_mentions_of_both() -> None:
    found = written(same={"a4": "a3"})
    assert [one.id for one in found.actors] == ["a1", "a2", "a3", "a4"]
    person, fund = found.actors[2:]
    assert (person.name, person.aliases, person.mentions) == ("Esi Owusu", ["Owusu"], ["m5", "m8"])
    assert fund.name == "Nordic Rail Fund"  # a5, now a4
    assert [one.entity for one in found.mentions if one.label in ("PERSON", "ORG")] == ["a1", "a3", "a3", "a4"]


def test_a_head_without_country_and_role_gets_those_of_the_other() -> None:
    person = written(same={"a3": "a4"}).actors[2]
    assert (person.name, person.aliases) == ("Owusu", ["Esi Owusu"])
    assert (person.country, person.role) == ("GHA", "finance minister")
    kept = written(same={"a3": "a2"}).actors[1]
    assert (kept.name, kept.country, kept.kind) == ("Ghana", "GHA", "country")


def test_two_projects_that_are_one_are_joined() -> None:
    found = written(lent(projects=["p3", "p1"], slot_confidence=None), same={"p3": "p1"})
    assert [(one.id, one.name, one.aliases) for one in found.projects] == [
        ("p1", "Tema rail spur", ["the spur"]), ("p2", "deal", []),
    ]  # fmt: skip
    assert found.projects[0].countries == ["GHA"]
    assert found.commitments[0].projects == ["p1"]


def test_a_chain_ends_at_its_last_one() -> None:
    found = written(lent(to=["a5"], slot_confidence=None), same={"a5": "a4", "a4": "a3"})
    assert [one.name for one in found.actors] == ["Volta Bank", "Ghana", "Esi Owusu"]
    assert found.actors[2].aliases == ["Owusu", "Nordic Rail Fund"]
    assert found.commitments[0].to == ["a3"]


@pytest.mark.parametrize(
    "same",
    [
        {"a4": "a3", "a3": "a4"},
        {"a3": "a3", "a4": "a3"},
        {"a3": "a4", "a4": "a5", "a5": "a3"},
        {"a2": "a3", "a3": "a4", "a4": "a3"},
    ],
)
def test_a_cycle_loses_nobody(same: dict[str, str]) -> None:
    found = written(lent(by=["a4"], slot_confidence=None), same=same)
    everybody = {name for one in record().actors for name in (one.name, *one.aliases)}
    assert {name for one in found.actors for name in (one.name, *one.aliases)} == everybody
    assert len(found.actors) == 5 - len({*same, *same.values()}) + 1
    names = {one.id: {one.name, *one.aliases} for one in found.actors}
    assert "Owusu" in names[found.commitments[0].by[0]]


@given(st.dictionaries(*[st.sampled_from(["a1", "a2", "a3", "a4", "a5"])] * 2), st.booleans())
@settings(max_examples=100, deadline=None)
def test_however_actors_are_joined_every_name_and_mention_stays(same: dict[str, str], moved: bool) -> None:
    of = record(relations=[relation(f"a{n}", "part_of", f"a{n % 5 + 1}") for n in range(1, 6)])
    found = written(lent(to=["a5" if moved else "a2"]), of=of, same=same)
    assert {n for one in found.actors for n in (one.name, *one.aliases)} == {
        name for one in of.actors for name in (one.name, *one.aliases)
    }
    entities = [one.entity for one in found.mentions if one.label in ("PERSON", "ORG", "COUNTRY")]
    assert None not in entities
    assert sum(len(one.mentions) for one in found.actors) == len(entities)
    assert all(one.subject != one.object for one in found.relations)


def test_what_is_no_project_goes_and_its_mention_stays_without_entity() -> None:
    other = project("p3", "the spur")
    act_of = lent(projects=["p2", "p3"], slot_confidence=SlotConfidence(status=0.5, projects=[0.2, 0.7]))
    found = written(act_of, of=record(projects=[*record().projects[:2], other]), no_project=frozenset({"p2"}))
    assert [(one.id, one.name) for one in found.projects] == [("p1", "Tema rail spur"), ("p2", "the spur")]
    assert [(one.text, one.entity) for one in found.mentions if one.label in ("AGREEMENT", "PROJECT")] == [
        ("Tema rail\nspur", "p1"), ("the deal", None), ("The spur", "p2"),
    ]  # fmt: skip
    [made] = found.commitments
    assert made.projects == ["p2"]
    assert made.slot_confidence and made.slot_confidence.projects == [0.7]


def test_a_relation_of_what_is_gone_goes_and_equal_ones_are_one() -> None:
    of = record(
        relations=[
            relation("a3", "represents", "a2", 1),
            relation("a4", "represents", "a2", 1).model_copy(update={"confidence": 0.1}),
            relation("a4", "represents", "a2", 2),
            relation("a4", "affiliated_with", "a3", 2),
            relation("a1", "funds", "p2"),
            relation("a1", "funds", "p3", 3),
            relation("a5", "party_to", "m6", 2),
        ]
    )
    found = written(of=of, same={"a4": "a3"}, no_project=frozenset({"p2"}))
    assert [(one.subject, one.type, one.object, one.sentence) for one in found.relations] == [
        ("a3", "represents", "a2", 1),
        ("a3", "represents", "a2", 2),
        ("a1", "funds", "p2", 3),
        ("a4", "party_to", "m6", 2),
    ]
    assert {one.confidence for one in found.relations} == {0.9}  # of equal ones the first


def test_mentions_and_acts_are_numbered_in_reading_order() -> None:
    of = record()
    first = mention(12, "PLACE", "ACCRA", "a2")
    late = lent(id="c1", trigger=Quote(**at("will spend")))
    of = of.model_copy(update={"mentions": [*of.mentions, first], "relations": [relation("a5", "party_to", "m6", 2)]})
    found = applied(reading(of), [late, lent(id="c2", status="agreed")])
    assert [(one.id, one.text) for one in found.mentions][:2] == [("m1", "ACCRA"), ("m2", "Volta Bank")]
    assert found.actors[1].mentions == ["m1", "m3"]
    assert found.relations[0].object == "m7"
    assert [(one.id, one.status) for one in found.commitments] == [("c1", "agreed"), ("c2", "pledged")]


def test_after_a_merge_each_slot_keeps_the_confidences_of_what_stays() -> None:
    sure = SlotConfidence(
        status=0.8, by=[0.9, 0.5, 0.4], to=[0.7, 0.3], with_=[0.2, 0.1], projects=[0.6, 0.5], dates=[], instrument=0.9,
        provider=[0.9, 0.2], recipient=[0.4, 0.3],
    )  # fmt: skip
    act_of = lent(
        by=["a3", "a1", "a4"], to=["a4", "a5"], with_=["a2", "a3"], projects=["p2", "p3"],
        flow=Flow(instrument="loan", provider=["a4", "a3"], recipient=["a3", "a5"]), slot_confidence=sure,
        attributed_to="a4",
    )  # fmt: skip
    [made] = written(act_of, same={"a4": "a3"}, no_project=frozenset({"p2"})).commitments
    assert (made.by, made.with_, made.to, made.attributed_to) == (["a3", "a1"], ["a2"], ["a4"], "a3")
    assert made.flow and (made.flow.provider, made.flow.recipient) == (["a3"], ["a3", "a4"])
    assert made.projects == ["p2"]
    kept = made.slot_confidence
    assert kept and (kept.status, kept.by, kept.with_, kept.to) == (0.8, [0.9, 0.5], [0.2], [0.3])
    assert (kept.projects, kept.instrument, kept.provider, kept.recipient) == ([0.5], 0.9, [0.9], [0.4, 0.3])


def test_an_act_without_confidences_of_its_slots_gets_none() -> None:
    assert written(lent(slot_confidence=None), same={"a4": "a3"}).commitments[0].slot_confidence is None


def test_a_speaker_and_a_doer_that_are_new_are_numbered_after_the_others() -> None:
    new = [
        {"id": "n1", "type": "actor", "quote": "Danish engineers", "sentence": 2, "kind": "company"},
        {"id": "n2", "type": "project", "quote": "two depots", "sentence": 3},
    ]
    found = read(act(by=["n1"], projects=["n2"]), new=new, same=[["a3", "a4"], ["p1", "p3"]], no_project=["p2"])
    result = applied(found, found.commitments)
    assert faults(result) == []
    assert [one.name for one in result.actors][-1] == "Danish engineers"
    assert [one.id for one in result.actors] == ["a1", "a2", "a3", "a4", "a5"]
    assert (result.commitments[0].by, result.commitments[0].projects) == (["a5"], ["p2"])
    texts = Counter(one.text for one in result.mentions)
    assert texts["Danish engineers"] == texts["two depots"] == 1


def test_the_reading_stays_as_it_was() -> None:
    given_ = reading(record(actors=[*record().actors[:4], actor("a5", "Fund", "bank")]), same={"a4": "a3"})
    before = given_.record.to_json()
    applied(given_, [lent()])
    assert given_.record.to_json() == before
