"""Grounding: nothing gets into a record that does not stand in the article, and all that is dropped is counted."""

import json
import re
from contextlib import suppress
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from llm.articles import LOAN, METHOD, SENTENCES, TEXT, act, answered, evidence, faults, read, record, sectors, whole

from pipeline.llm.answer import Broken, parse
from pipeline.llm.fuse import applied, fused, read_fusion
from pipeline.llm.ground import Reading, ground
from pipeline.record import ActorKind, CommitmentKind, Instrument, Record, Status
from pipeline.settings import Settings

FUSION = read_fusion(Settings().models / "default")


def test_an_act_becomes_a_commitment_of_the_record() -> None:
    terms = {"interest": None, "grace": "grace period of five years"}
    flow = act()["flow"] | {"terms": terms}
    reading = read(act(also=[1], dates=["m7"], attributed_to="a3", flow=flow))
    [made] = reading.commitments
    assert (made.kind, made.status, made.by, made.to, made.projects) == ("finance", "pledged", ["a1"], ["a2"], ["p1"])
    assert (made.trigger.text, made.trigger.start) == ("would lend", TEXT.index("would lend"))
    assert made.evidence == evidence(0, 1)
    assert ([one.value for one in made.amounts], [one.iso for one in made.dates]) == ([1.2e8], ["2025-03-03"])
    assert made.flow and (made.flow.instrument, made.flow.provider, made.flow.recipient) == ("loan", ["a1"], ["a2"])
    assert made.flow.terms == {"grace": "grace period of\nfive years"}  # as the article breaks the line
    assert (made.attributed_to, made.negated, made.boilerplate, made.method) == ("a3", False, False, METHOD)
    assert made.sectors == ["210"]
    assert (reading.dropped.total(), reading.read) == (0, {0, 1, 2, 3, 4})
    assert reading.record.commitments == []


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"trigger": "lent"}, "words that do not stand in the sentence"),
        ({"trigger": "would gladly lend"}, "words that do not stand in the sentence"),
        ({"trigger": "signed"}, "words that do not stand in the sentence"),
        ({"trigger": ""}, "words that do not stand in the sentence"),
        ({"trigger": "Volta Bank"}, "a trigger without a word of action"),
        ({"trigger": "The Volta Bank"}, "a trigger without a word of action"),
        ({"trigger": "Ghana $120 million for"}, "a trigger without a word of action"),
        ({"trigger": "$120 million", "amounts": []}, "a trigger without a word of action"),
        ({"sentence": 5}, "a commitment outside the sentences of its prompt"),
        ({"sentence": -1}, "a commitment outside the sentences of its prompt"),
        ({"by": []}, "a commitment without a doer"),
        ({"by": ["a9"]}, "a commitment without a doer"),
        ({"by": ["p1", "m3"]}, "a commitment without a doer"),
    ],
)
def test_an_act_without_its_words_its_sentence_or_a_doer_is_dropped_and_counted(wrong: Any, reason: str) -> None:
    reading = read(act(**wrong), act())
    assert len(reading.commitments) == 1
    assert reading.dropped[reason] == 1


def test_a_trigger_may_have_other_white_space_than_the_article() -> None:
    [made] = read(act(sentence=2, trigger="will train the staff", kind="cooperation", by=["a5"], flow=None)).commitments
    assert made.trigger.text == "will train\nthe staff"


def test_an_item_of_a_list_has_its_amount_as_trigger() -> None:
    [made] = read(act(trigger="$120 million")).commitments
    assert made.trigger.text == "$120 million"


@pytest.mark.parametrize("words", ["e", "grace peri", "of", "with a", "."])
def test_terms_are_whole_words_too(words: str) -> None:
    reading = read(act(flow=LOAN["flow"] | {"terms": {"maturity": words, "grace": "five years"}}))
    [made] = reading.commitments
    assert made.flow and made.flow.terms == {"grace": "five years"}
    assert reading.dropped == {"terms that do not stand in the article": 1}


SLOTS = [("by", "a9"), ("to", "a9"), ("with", "a9"), ("projects", "p9"), ("amounts", "m99"), ("dates", "m99")]


@pytest.mark.parametrize(("slot", "name"), SLOTS)
def test_an_unknown_id_is_dropped_and_counted(slot: str, name: str) -> None:
    good = {"by": "a1", "to": "a2", "with": "a5", "projects": "p1", "amounts": "m3", "dates": "m7"}[slot]
    reading, without = read(act(**{slot: [name, good]})), read(act(**{slot: [good]}))
    assert reading.commitments == without.commitments
    assert reading.dropped == {"an unknown id": 1}


@pytest.mark.parametrize("names", [["m1"], ["m11"], ["m7"], ["a1"], ["p1"], ["$120 million"]])
def test_an_id_of_the_wrong_type_is_dropped_and_counted(names: list[str]) -> None:
    reading = read(act(amounts=["m3", *names]))
    assert [one.value for one in reading.commitments[0].amounts] == [1.2e8]
    assert reading.dropped.total() == 1


def test_wrong_ids_of_a_flow_and_of_a_speaker_are_dropped_alone() -> None:
    flow = {"instrument": "loan", "provider": ["a1", "a9"], "recipient": ["p1"]}
    reading = read(act(flow=flow, attributed_to="m1"))
    [made] = reading.commitments
    assert made.flow and (made.flow.provider, made.flow.recipient) == (["a1"], [])
    assert (made.attributed_to, reading.dropped) == (None, {"an unknown id": 3})


def test_a_sentence_of_the_evidence_that_is_not_there_is_dropped() -> None:
    reading = read(act(also=[0, 7, 1, 1, -1, 10**30]))
    assert reading.commitments[0].evidence == evidence(0, 1)
    assert reading.dropped == {"a sentence that is not there": 3}


def test_an_act_outside_of_the_window_is_dropped() -> None:
    of = record()
    part = replace(whole(of), first=1, last=3)
    reading = ground(of, [(part, answered(act(), act(sentence=1, trigger="had signed", also=[0])))], sectors(), METHOD)
    assert [one.trigger.text for one in reading.commitments] == ["had signed"]
    assert reading.commitments[0].evidence == evidence(1, 0)
    assert (reading.dropped, reading.read) == ({"a commitment outside the sentences of its prompt": 1}, {1, 2})


def test_an_id_that_this_prompt_does_not_show_is_dropped() -> None:
    of = record()
    part = replace(whole(of), ids=frozenset({"a1", "m3"}))
    reading = ground(of, [(part, answered(act()))], sectors(), METHOD)
    [made] = reading.commitments
    assert (made.by, made.to, made.projects, len(made.amounts)) == (["a1"], [], [], 1)
    assert reading.dropped == {"an unknown id": 3}  # a2 twice, p1


def test_a_repeated_act_is_dropped() -> None:
    reading = read(act(), act(also=[1], dates=["m7"]), act(status="agreed"))
    assert [one.status for one in reading.commitments] == ["pledged", "agreed"]
    assert reading.dropped == {"a commitment that is there already": 1}


def test_an_act_told_by_two_prompts_is_one() -> None:
    of = record()
    answers = [(whole(of), answered(act()))] * 2
    assert len(ground(of, answers, sectors(), METHOD).commitments) == 1


def test_an_actor_fills_one_slot_of_the_parties() -> None:
    [made] = read(act(**{"by": ["a1", "a1"], "with": ["a1", "a5"], "to": ["a5", "a2", "a1"]})).commitments
    assert (made.by, made.with_, made.to) == (["a1"], ["a5"], ["a2"])


def test_terms_that_do_not_stand_in_the_article_are_dropped() -> None:
    terms = {"interest": "2 per cent", "grace": "five years", "maturity": "30 years"}
    reading = read(act(flow=act()["flow"] | {"terms": terms}))
    [made] = reading.commitments
    assert made.flow and made.flow.terms == {"grace": "five years"}
    assert reading.dropped == {"terms that do not stand in the article": 2}


@pytest.mark.parametrize(
    ("kind", "amounts", "has_flow"),
    [("finance", [], True), ("contract", ["m3"], True), ("contract", [], False), ("contract", ["m11"], False)],
)
def test_money_moves_only_in_finance_and_with_an_amount(kind: str, amounts: list[str], has_flow: bool) -> None:
    assert (read(act(kind=kind, amounts=amounts)).commitments[0].flow is not None) == has_flow


def test_an_act_of_boilerplate_alone_is_boilerplate() -> None:
    office = act(sentence=4, trigger="will open", kind="delivery", projects=[], amounts=[], flow=None)
    first, second = read(office, office | {"also": [0], "status": "underway"}).commitments
    assert (first.boilerplate, second.boilerplate) == (True, False)


def test_without_a_project_the_sentence_gives_the_sectors() -> None:
    text = "Ghana will hire nurses for the district hospitals."
    of = record({"text": text}, sentences=[{"id": 0, "start": 0, "end": len(text)}], mentions=[], relations=[])
    [made] = read(act(trigger="will hire", by=["a2"], projects=[], amounts=[]), of=of).commitments
    assert made.sectors and set(made.sectors) <= {"120", "121", "122"}


def test_new_parts_are_used_with_the_ids_of_the_answer() -> None:
    new = [
        {"id": "n1", "type": "actor", "quote": "Danish engineers", "sentence": 2, "kind": "group"},
        {"id": "n2", "type": "amount", "quote": "€15 million", "sentence": 2},
        {"id": "n3", "type": "date", "quote": "June 2027", "sentence": 2},
        {"id": "n4", "type": "project", "quote": "two depots", "sentence": 3},
    ]
    used = {"by": ["n1"], "to": [], "projects": ["n4"], "amounts": ["n2"], "dates": ["n3"]}
    reading = read(act(sentence=2, trigger="will train", **used), new=new)
    [made] = reading.commitments
    assert (made.by, made.projects) == (["a6"], ["p4"])
    assert [(amount.value, amount.currency) for amount in made.amounts] == [(1.5e7, "EUR")]
    assert [date.iso for date in made.dates] == ["2027-06"]
    assert faults(applied(reading, reading.commitments)) == []
    assert reading.dropped.total() == 0


def test_a_new_part_that_does_not_stand_there_takes_its_act_along_only_if_it_is_the_doer() -> None:
    new = [{"id": "n1", "type": "actor", "quote": "French engineers", "sentence": 2, "kind": "group"}]
    reading = read(act(by=["n1"]), act(to=["n1"]), new=new)
    assert [one.to for one in reading.commitments] == [[]]
    assert reading.dropped["words that do not stand in the sentence"] == 1


def test_new_ids_of_one_answer_mean_nothing_in_the_next() -> None:
    new = [{"id": "n1", "type": "actor", "quote": "Danish engineers", "sentence": 2, "kind": "group"}]
    of = record()
    answers = [(whole(of), answered(new=new)), (whole(of), answered(act(by=["n1"])))]
    reading = ground(of, answers, sectors(), METHOD)
    assert reading.commitments == []
    assert reading.dropped == {"an unknown id": 1, "a commitment without a doer": 1}


def test_entities_that_are_one_are_noted_with_the_first() -> None:
    assert read(same=[["a3", "a4"], ["p1", "p3"]]).same == {"a4": "a3", "p3": "p1"}
    assert read(same=[["a3"], [], ["a1", "a1"]]).same == {}


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        (["a3", "a9"], "an unknown id"),
        (["a3", "p1"], "an actor that is the same as a project"),
        (["p1", "a3"], "an actor that is the same as a project"),
        (["m3", "m7"], "an id that is no project"),
        (["a3", "a1"], "a person that is the same as a body"),
    ],
)
def test_a_group_of_what_cannot_be_one_is_dropped(group: list[str], reason: str) -> None:
    reading = read(same=[group, ["a3", "a4"]])
    assert (reading.same, reading.dropped) == ({"a4": "a3"}, {reason: 1})


def test_groups_that_contradict_each_other_lose_nobody() -> None:
    cycle = read(act(), same=[["a1", "a2"], ["a5", "a1"], ["a2", "a5"]])
    found = applied(cycle, cycle.commitments)
    (left,) = [one for one in found.actors if one.kind != "person"]
    assert "Volta Bank" in (left.name, *left.aliases)
    assert found.commitments[0].by == [left.id]
    assert faults(found) == []


def test_a_group_may_begin_with_what_is_new_and_join_another_group() -> None:
    new = [{"id": "n1", "type": "actor", "quote": "Danish engineers", "sentence": 2, "kind": "group"}]
    reading = read(new=new, same=[["n1", "a2"], ["a1", "n1"]])
    made = reading.record.actors[-1].id
    assert reading.same == {made: "a1", "a2": "a1"}


def test_a_project_that_another_one_means_is_kept_for_the_act_on_that() -> None:
    reading = read(act(projects=["p3"]), same=[["p1", "p3"]], no_project=["p1"])
    assert reading.no_project == frozenset()


def test_what_is_no_project_is_noted_unless_an_act_is_about_it() -> None:
    assert read(act(projects=["p1"]), no_project=["p1", "p2", "p9", "a1"]).no_project == {"p2"}
    assert read(no_project=["p1", "p9"]).dropped == {"an unknown id": 1}


def test_an_empty_answer_reads_its_sentences_and_says_nothing() -> None:
    reading = read()
    assert (reading.commitments, reading.read, reading.dropped) == ([], {0, 1, 2, 3, 4}, {})
    assert reading.record == record(commitments=[])


MARKS = ".,;:-$€'\n "
LITTLE = ["The", "would", "it", "for", "a", "with", "of", "on", "will", "had", "by", "at", "which", "and"]
KINDS = ("actor", "project")


@given(
    st.one_of(
        st.text(alphabet=st.sampled_from([*set(TEXT)]), min_size=1, max_size=1),
        st.sampled_from(LITTLE),
        st.lists(st.sampled_from(LITTLE), min_size=1, max_size=3).map(" ".join),
        st.tuples(st.integers(0, len(TEXT)), st.integers(1, 12))
        .map(lambda at: TEXT[at[0] : sum(at)])
        .filter(lambda words: not re.search(rf"(?<!\w){re.escape(words.strip(MARKS))}(?!\w)", TEXT)),
        st.text(alphabet=MARKS, max_size=4),
    ),
    st.integers(0, 4),
)
@settings(max_examples=300, deadline=None)
def test_letters_parts_of_words_and_words_that_say_nothing_never_enter(words: str, number: int) -> None:
    assume(not words.isdigit())
    new = [{"id": f"n{n}", "type": kind, "quote": words, "sentence": number} for n, kind in enumerate(KINDS)]
    terms = {"terms": dict.fromkeys(("interest", "maturity", "grace"), words)}
    odd = act(trigger=words, sentence=number)
    reading = read(act(flow=LOAN["flow"] | terms, by=["a1", "n0"], projects=["n1"]), odd, new=new)
    [made] = reading.commitments
    assert (made.by, made.projects, made.flow and made.flow.terms) == (["a1"], [], {})
    assert (reading.record.actors, reading.record.projects) == (record().actors, record().projects)


def test_how_much_of_an_answer_stands_nowhere_is_noted_for_its_sentences() -> None:
    assert set(read(act()).lost.values()) == {0.0}
    half = read(act(by=["a1", "a8", "a9"], to=["a7", "a9"], projects=[], amounts=[], flow=None))
    assert half.lost == dict.fromkeys(range(5), 4 / 6)  # the act, five ids


# Random answers: ids, sentences, words and kinds, valid and invalid.
IDS = [*(f"a{n}" for n in range(1, 8)), *(f"p{n}" for n in range(1, 5)), *(f"m{n}" for n in range(1, 14))]
names = st.sampled_from([*IDS, "n1", "n2", "n3", "n4", "c1", "", "Volta Bank"])
pieces = st.tuples(st.integers(0, len(TEXT)), st.integers(1, 30)).map(lambda at: TEXT[at[0] : sum(at)])
known = st.sampled_from([
    ("would lend", 0), ("Tema rail spur", 0), ("had signed", 1), ("Danish engineers", 2), ("€15 million", 2),
    ("June 2027", 2), ("will train the staff", 2), ("$90", 3), ("$4m", 3), ("two depots", 3), ("Takoradi", 3),
    ("Volta\tBank", 4), ("Danish", 2), ("the staff", 2), ("Ghana", 3), ("will spend", 3), ("will open", 4),
])  # fmt: skip
numbers = st.sampled_from([*range(-1, 6), 10**30])
places = st.one_of(known, known, known, known, st.tuples(st.one_of(pieces, st.text(max_size=8)), numbers))
groups = st.lists(names, max_size=4)


def mostly(*good: str) -> st.SearchStrategy[list[str]]:
    """A list of ids, most of them of one type."""
    return st.lists(st.one_of(*[st.sampled_from(good)] * 4, names), min_size=1, max_size=4)


actors = mostly("a1", "a2", "a3", "a4", "a5", "n1", "n2")
projects = mostly("p1", "p2", "p3", "n2", "n3")
amounts, dates = mostly("m3", "n3", "n4"), mostly("m7", "n1", "n4")


def either(values: Any) -> st.SearchStrategy[Any]:
    """A member of a value set, or something else."""
    return st.sampled_from([*get_args(values) * 4, "x", None, 1])


new_parts = st.builds(
    lambda id, type, place, kind, country, programme: {
        "id": id, "type": type, "quote": place[0], "sentence": place[1], "kind": kind, "country": country,
        "programme": programme,
    },
    st.sampled_from(["n1", "n2", "n3", "n4", "a1", "a6"]),
    st.sampled_from([*["actor", "project", "amount", "date"] * 3, "treaty"]),
    places,
    either(ActorKind),
    st.sampled_from(["GHA", "DNK", "FRA", "Ghana", None]),
    st.booleans(),
)  # fmt: skip
flows = st.fixed_dictionaries(
    {"instrument": either(Instrument)},
    optional={
        "provider": actors,
        "recipient": actors,
        "terms": st.dictionaries(st.sampled_from(["interest", "maturity", "grace"]), st.one_of(pieces, st.text())),
    },
)
acts = st.builds(
    lambda place, rest: {"trigger": place[0], "sentence": place[1], **rest},
    places,
    st.fixed_dictionaries(
        {"kind": either(CommitmentKind), "status": either(Status), "by": actors},
        optional={
            "with": actors,
            "to": actors,
            "projects": projects,
            "amounts": amounts,
            "dates": dates,
            "also": st.lists(numbers, max_size=3),
            "flow": flows,
            "attributed_to": names,
            "negated": st.booleans(),
        },
    ),
)
answers = st.fixed_dictionaries(
    {"commitments": st.lists(acts, max_size=4)},
    optional={
        "new": st.lists(new_parts, max_size=4),
        "same": st.lists(st.one_of(actors, projects, groups), max_size=4),
        "no_project": projects,
    },
)
windows = st.sampled_from([(0, 5), (0, 2), (2, 5)])


def grounded(of: Record, raw: list[tuple[tuple[int, int], Any]]) -> Reading:
    parts = []
    for (first, last), one in raw:
        with suppress(Broken):
            parts.append((replace(whole(of), first=first, last=last), parse(json.dumps(one))[0]))
    return ground(of, parts, sectors(), METHOD)


@given(st.lists(st.tuples(windows, answers), min_size=1, max_size=2))
@settings(max_examples=120, deadline=None)
def test_whatever_is_answered_the_record_is_sound_and_says_nothing_that_the_article_does_not(raw: Any) -> None:
    of = record()
    reading = grounded(of, raw)
    found = applied(reading, fused(of.commitments, reading, FUSION))
    assert Record.model_validate_json(found.to_json()) == found
    assert faults(found) == []
    assert (found.article, found.sentences) == (of.article, of.sentences)
    for one in reading.commitments:
        assert one.by and one.evidence[0].sentence in reading.read
        assert one.trigger.text in SENTENCES[one.evidence[0].sentence]
    values = [part for one in reading.commitments for part in (*one.amounts, *one.dates)]
    assert "$90" not in {part.text for part in values}
    for actor in reading.record.actors[len(of.actors) :]:
        assert any(name in TEXT for name in (actor.name, *actor.aliases))
        assert actor.country in (None, "GHA", "DNK")
    for project in reading.record.projects[len(of.projects) :]:
        assert project.name in " ".join(TEXT.split())


def test_the_record_that_was_read_stays_as_it_was() -> None:
    of, before = record(), record().to_json()
    new = [{"id": "n1", "type": "amount", "quote": "€15 million", "sentence": 2}]
    ground(of, [(whole(of), answered(act(amounts=["n1"]), new=new, same=[["a3", "a4"]]))], sectors(), METHOD)
    assert of.to_json() == before
