"""Both readers in one record: agreement makes surer, what was not read stays, and what is one is joined."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llm.articles import (
    METHOD,
    act,
    answered,
    at,
    evidence,
    faults,
    lent,
    mention,
    project,
    read,
    record,
    relation,
    sectors,
    value,
    whole,
)

from pipeline.errors import SetupError
from pipeline.llm.fuse import NAME, Fusion, applied, fused, joined, opinions, read_fusion
from pipeline.llm.ground import Reading, ground
from pipeline.record import Commitment, Date, Flow, Quote, Record, SlotConfidence
from pipeline.settings import PROFILES, Settings
from pipeline.stages.models.linear import LogOdds

FUSION = read_fusion(Settings().models / "default")
SAID = Quote(**at("said"))
SIGNED: dict[str, Any] = {
    "id": "c2", "kind": "agreement", "status": "agreed", "trigger": Quote(**at("had signed")), "by": ["a2"], "to": [],
    "projects": [], "amounts": [], "flow": None, "evidence": evidence(1), "slot_confidence": None,
}  # fmt: skip
TAUGHT = SIGNED | {"id": "c3", "trigger": Quote(**at("will train")), "kind": "cooperation", "evidence": evidence(2)}


def only(before: list[Commitment], reading: Reading, fusion: Fusion = FUSION) -> Commitment:
    (made,) = fused(before, reading, fusion)
    return made


def written(*commitments: Commitment, of: Record | None = None, **values: Any) -> Record:
    """The record of a reading with these commitments, which must be sound."""
    reading = Reading((of or record()).model_copy(update={"commitments": []}), **values)
    made = applied(reading, commitments)
    assert faults(made) == []
    return made


def names(of: Record) -> list[str]:
    return [name for one in of.actors for name in (one.name, *one.aliases)]


# Who found what, and how sure it is


def test_an_act_names_the_readers_that_found_it() -> None:
    assert only([lent()], read(act())).method == f"{METHOD}+rules"
    assert only([], read(act())).method == METHOD


@pytest.mark.parametrize("profile", PROFILES)
def test_agreement_is_surer_than_disagreement(profile: str) -> None:
    fusion = read_fusion(Settings().models / profile)
    agreed = only([lent()], read(act()), fusion)
    other = lent(kind="contract", status="completed", by=["a5"], amounts=[], flow=None)
    differs = only([other], read(act()), fusion)
    assert differs.method == agreed.method  # both are in one sentence and share their words
    assert agreed.confidence > differs.confidence
    assert (agreed.row_confidence or 0) > (differs.row_confidence or 1)


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("status", {"status": "agreed"}),
        ("by", {"by": ["a5"]}),
        ("to", {"to": ["a5"]}),
        ("projects", {"projects": ["p2"]}),
        ("instrument", {"flow": Flow(instrument="grant", provider=["a1"], recipient=["a2"])}),
        ("provider", {"flow": Flow(instrument="loan", provider=["a5"], recipient=["a2"])}),
        ("recipient", {"flow": Flow(instrument="loan", provider=["a1"], recipient=["a5"])}),
    ],
)
def test_a_field_on_which_both_agree_is_surer_than_where_they_differ(field: str, other: dict[str, Any]) -> None:
    reading = read(act())
    agreed, differs = (only([lent(**more)], reading).slot_confidence for more in ({}, other))
    assert agreed and differs
    for name in ("status", "by", "to", "projects", "instrument", "provider", "recipient"):
        surer, less = getattr(agreed, name), getattr(differs, name)
        assert surer > less if name == field else surer == less, name


def test_each_entry_of_a_list_has_its_own_confidence() -> None:
    sure = only([lent(by=["a1"])], read(act(by=["a1", "a5"], dates=["m7"]))).slot_confidence
    slots = {name: {opinion: round(share, 2) for opinion, share in row.items()} for name, row in FUSION.slots.items()}
    assert sure and sure.by == [slots["by"]["agree"], slots["by"]["differ"]] and sure.by[0] > sure.by[1]
    assert (sure.dates, sure.with_) == ([slots["dates"]["differ"]], [])
    alone = only([], read(act())).slot_confidence
    assert alone and (alone.status, alone.by) == (slots["status"]["alone"], [slots["by"]["alone"]])


def test_dates_agree_by_their_value() -> None:
    march = value("DATE", "3 March 2025")
    assert isinstance(march, Date)
    elsewhere = march.model_copy(update={"text": "on Monday", "start": 0, "end": 9})
    [made] = read(act(dates=["m7"])).commitments
    found = [dict(opinions(made, lent(dates=dates)))["dates"] for dates in ([elsewhere], [march], [])]
    assert found == ["agree", "agree", "differ"]


def test_an_answer_that_stands_nowhere_for_the_most_part_is_not_believed() -> None:
    sure = [only([lent()], read(act(to=["a2", *(f"a{90 + n}" for n in range(wrong))]))) for wrong in (0, 1, 3, 12)]
    shares = [
        (one.confidence, one.row_confidence or 0, one.slot_confidence.by[0]) for one in sure if one.slot_confidence
    ]
    for one, less in pairwise(shares):
        assert all(first > second for first, second in zip(one, less, strict=True))
    assert shares[0][0] > 0.9 and max(shares[-1]) < 0.25


def test_acts_of_the_small_models_outside_the_read_sentences_stay() -> None:
    of = record()
    reading = ground(of, [(replace(whole(of), first=0, last=2), answered(act()))], sectors(), METHOD)
    signed, taught = Commitment(**lent().model_dump() | SIGNED), Commitment(**lent().model_dump() | TAUGHT)
    acts = fused([signed, taught], reading, replace(FUSION, least=1.01))
    assert [one.trigger.text for one in acts] == ["would lend", "will train"]
    assert acts[1] == taught  # as it was
    assert fused([lent()], Reading(of), FUSION) == [lent()]


def test_an_act_of_the_small_models_alone_stays_where_it_is_likely_enough() -> None:
    signed = Commitment(**lent().model_dump() | SIGNED)
    kept = [len(fused([signed], read(act()), replace(FUSION, least=least))) for least in (0.0, 1.01)]
    assert kept == [2, 1]
    assert len(fused([lent()], read(act()), replace(FUSION, least=0.0))) == 1  # a partner is not kept beside its act


@pytest.mark.parametrize("sure", [0.0, 0.3, 0.9, 1.0])
def test_the_confidences_of_the_small_models_count_as_log_odds(sure: float) -> None:
    same = replace(FUSION, act=LogOdds({"confidence": 1.0}, 0.0), row=LogOdds({"row": 1.0}, 0.0))
    made = only([lent(confidence=sure, row_confidence=1 - sure)], read(act()), same)
    assert (made.confidence, made.row_confidence) == (sure, round(1 - sure, 2))


def test_pairs_are_one_to_one_and_the_best_ones_first() -> None:
    reading = read(act(trigger="lend", amounts=[], status="agreed"), act())
    twice = [lent(amounts=[], trigger=SAID, method="first"), lent(method="second")]
    assert [one.method for one in fused(twice, reading, FUSION)] == [f"{METHOD}+first", f"{METHOD}+second"]
    assert [one.method for one in fused([lent()], reading, FUSION)] == [METHOD, f"{METHOD}+rules"]


@pytest.mark.parametrize(
    ("other", "same", "pairs"),
    [
        ({}, [], True),
        ({"evidence": evidence(1)}, [], False),
        ({"evidence": evidence(1, 0)}, [], True),
        ({"trigger": SAID, "amounts": [], "by": ["a5"], "kind": "policy"}, [], False),
        ({"trigger": SAID, "amounts": [], "by": ["a5"]}, [], True),
        ({"trigger": SAID, "amounts": [], "kind": "policy"}, [], True),
        ({"trigger": SAID, "by": ["a5"], "kind": "policy"}, [], True),
        ({"amounts": [], "by": ["a5"], "kind": "policy"}, [], True),
        ({"trigger": SAID, "amounts": [], "by": ["a5"], "kind": "policy"}, [["a1", "a5"]], True),
        ({"trigger": SAID, "amounts": [], "by": ["a5"], "kind": "policy"}, [["a5", "a1"]], True),
    ],
)
def test_a_pair_shares_a_sentence_and_words_amount_doer_or_kind(
    other: dict[str, Any], same: list[list[str]], pairs: bool
) -> None:
    acts = fused([lent(**other)], read(act(), same=same), replace(FUSION, least=1.01))
    assert ("+" in acts[0].method) == pairs


def test_an_act_of_money_without_a_flow_takes_that_of_the_other() -> None:
    assert only([lent()], read(act(flow=None))).flow == lent().flow
    assert only([lent()], read(act(flow=None, kind="policy", amounts=[]))).flow is None
    grant = {"instrument": "grant", "provider": [], "recipient": []}
    assert only([lent()], read(act(flow=grant))).flow == Flow(instrument="grant")


# One record


def test_without_anything_to_do_the_record_stays() -> None:
    assert written(lent()) == record()


def test_two_actors_that_are_one_have_the_names_and_mentions_of_both() -> None:
    made = written(same={"a4": "a3"})
    assert [one.id for one in made.actors] == ["a1", "a2", "a3", "a4"]
    person, fund = made.actors[2:]
    assert (person.name, person.aliases, person.mentions) == ("Esi Owusu", ["Owusu"], ["m5", "m8"])
    assert fund.name == "Nordic Rail Fund"  # a5, now a4
    assert [one.entity for one in made.mentions if one.label in ("PERSON", "ORG")] == ["a1", "a3", "a3", "a4"]
    other = written(same={"a3": "a4"}).actors[2]
    assert (other.name, other.aliases, other.country, other.role) == ("Owusu", ["Esi Owusu"], "GHA", "finance minister")


@given(st.lists(st.lists(st.sampled_from(["a1", "a2", "a5"]), max_size=3), max_size=3), st.booleans())
@settings(max_examples=60, deadline=None)
def test_however_actors_are_joined_every_name_and_mention_stays(groups: list[list[str]], moved: bool) -> None:
    of = record(relations=[relation(f"a{n}", "part_of", f"a{n % 5 + 1}") for n in range(1, 6)])
    made = joined(of, read(act(to=["a5" if moved else "a2"]), of=of, same=groups), FUSION)
    assert faults(made) == []
    assert sorted(names(made)) == sorted(names(of))
    entities = [one.entity for one in made.mentions if one.label in ("PERSON", "ORG", "COUNTRY")]
    assert None not in entities
    assert sum(len(one.mentions) for one in made.actors) == len(entities)
    assert all(one.subject != one.object for one in made.relations)


def test_what_is_no_project_goes_and_its_mention_stays_without_entity() -> None:
    of = record(projects=[*record().projects[:2], project("p3", "the spur")])
    act_of = lent(projects=["p2", "p3"], slot_confidence=SlotConfidence(status=0.5, projects=[0.2, 0.7]))
    made = written(act_of, of=of, no_project={"p2"})
    assert [(one.id, one.name) for one in made.projects] == [("p1", "Tema rail spur"), ("p2", "the spur")]
    assert [(one.text, one.entity) for one in made.mentions if one.label in ("AGREEMENT", "PROJECT")] == [
        ("Tema rail\nspur", "p1"), ("the deal", None), ("The spur", "p2"),
    ]  # fmt: skip
    [commitment] = made.commitments
    assert (commitment.projects, commitment.slot_confidence and commitment.slot_confidence.projects) == (["p2"], [0.7])


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
    made = written(of=of, same={"a4": "a3"}, no_project={"p2"})
    assert [(one.subject, one.type, one.object, one.sentence) for one in made.relations] == [
        ("a3", "represents", "a2", 1),
        ("a1", "funds", "p2", 3),
        ("a4", "party_to", "m6", 2),
    ]
    assert {one.confidence for one in made.relations} == {0.9}  # of equal ones the first


def test_mentions_and_acts_are_numbered_in_reading_order() -> None:
    of = record()
    first, late = mention(12, "PLACE", "ACCRA", "a2"), lent(id="c1", trigger=Quote(**at("will spend")))
    of = of.model_copy(update={"mentions": [*of.mentions, first], "relations": [relation("a5", "party_to", "m6", 2)]})
    made = applied(Reading(of), [late, lent(id="c2", status="agreed")])
    assert [(one.id, one.text) for one in made.mentions][:2] == [("m1", "ACCRA"), ("m2", "Volta Bank")]
    assert (made.actors[1].mentions, made.relations[0].object) == (["m1", "m3"], "m7")
    assert [(one.id, one.status) for one in made.commitments] == [("c1", "agreed"), ("c2", "pledged")]


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
    [made] = written(act_of, same={"a4": "a3"}, no_project={"p2"}).commitments
    assert (made.by, made.with_, made.to, made.attributed_to) == (["a3", "a1"], ["a2"], ["a4"], "a3")
    assert made.flow and (made.flow.provider, made.flow.recipient) == (["a3"], ["a3", "a4"])
    kept = made.slot_confidence
    assert kept and (kept.status, kept.by, kept.with_, kept.to) == (0.8, [0.9, 0.5], [0.2], [0.3])
    assert (made.projects, kept.projects, kept.instrument) == (["p2"], [0.5], 0.9)
    assert (kept.provider, kept.recipient) == ([0.9], [0.4, 0.3])
    [bare] = written(lent(slot_confidence=None), same={"a4": "a3"}).commitments
    assert bare.slot_confidence is None


# The fitted file


@pytest.mark.parametrize("profile", PROFILES)
def test_the_shipped_models_know_every_field_and_opinion(profile: str) -> None:
    fusion = read_fusion(Settings().models / profile)
    [made] = read(act(**{"with": ["a5"], "dates": ["m7"]})).commitments
    fields = [field for field, _ in opinions(made, None)]
    assert len(fields) == 9
    for field in fields:
        assert set(fusion.slots[field]) == {"agree", "differ", "alone"}
        assert all(0 <= share <= 1 for share in fusion.slots[field].values())
    assert "acts" in fusion.gain


def test_a_fusion_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = Fusion(
        LogOdds({"x": 1.5}, 0.5), LogOdds({}, -1.0), LogOdds({"y": -2.0}, 0.0), 0.4, {"by": {"agree": 1.0}}, {}
    )
    made.write(tmp_path)
    assert read_fusion(tmp_path) == made


@pytest.mark.parametrize("damage", ["missing", "no json", "a field less", "a field more", "a list"])
def test_a_missing_or_damaged_fusion_is_a_set_up_error_with_the_name_of_the_file(tmp_path: Path, damage: str) -> None:
    path = tmp_path / NAME
    sound = json.loads((Settings().models / "default" / NAME).read_text(encoding="utf-8"))
    less = {name: part for name, part in sound.items() if name != "row"}
    forms = {"no json": "{", "a field less": json.dumps(less), "a list": "[]"}
    forms["a field more"] = json.dumps(sound | {"more": 1})
    if damage in forms:
        path.write_text(forms[damage], encoding="utf-8")
    with pytest.raises(SetupError, match=r"reader\.json: cannot be read") as error:
        read_fusion(tmp_path)
    assert str(path) in str(error.value)
