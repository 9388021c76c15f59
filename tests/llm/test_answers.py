"""What becomes of an answer: a wrong part costs only itself; what the article does not say enters no record.

`cases/answers.yaml` is the table of cases: an article and an answer about it, and what both become.
"""

import json
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from llm.articles import (
    LOAN,
    METHOD,
    SENTENCES,
    SURE,
    TEXT,
    act,
    actor,
    answered,
    at,
    faults,
    read,
    record,
    sectors,
    story,
    whole,
)

from pipeline.llm.fuse import joined, read_fusion
from pipeline.llm.ground import COPIED, Reading, ground
from pipeline.llm.prompt import Answer, Broken, parse, schema
from pipeline.record import ActorKind, Commitment, CommitmentKind, Instrument, Mention, Record, Status
from pipeline.settings import Settings

FUSION = read_fusion(Settings().models / "default")
CASES = yaml.safe_load(Path(__file__).with_name("cases").joinpath("answers.yaml").read_text(encoding="utf-8"))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NEW: dict[str, Any] = {"id": "n1", "type": "actor", "quote": "Danish engineers", "sentence": 2, "kind": "group"}


def parsed(*acts: Any, **lists: Any) -> tuple[Answer, list[str]]:
    return parse(json.dumps({"commitments": list(acts), **lists}))


def shown(made: Commitment) -> dict[str, Any]:
    """An act as the cases write it."""
    plain = {"kind", "status", "by", "to", "projects", "attributed_to", "negated", "boilerplate"}
    return {
        **made.model_dump(include=plain),
        "with": made.with_,
        "trigger": made.trigger.text,
        "amounts": [amount.value for amount in made.amounts],
        "dates": [date.iso for date in made.dates],
        "sentences": [part.sentence for part in made.evidence],
        "flow": made.flow and {name: part for name, part in made.flow.model_dump().items() if part},
    }


def outcome(of: Record, reading: Reading) -> dict[str, Any]:
    """What a case says of a reading; of actors, projects and mentions those that are new."""
    actors, projects = reading.record.actors[len(of.actors) :], reading.record.projects[len(of.projects) :]
    mentions = reading.record.mentions[len(of.mentions) :]
    return {
        "acts": [shown(made) for made in reading.commitments],
        "actors": [[one.name, one.kind, one.country, *one.aliases] for one in actors],
        "projects": [[one.name, "programme" if one.programme else "project", *one.countries] for one in projects],
        "mentions": [[one.label, one.text, one.entity] for one in mentions],
        "values": [getattr(one.value, "iso", getattr(one.value, "currency", one.value)) for one in mentions],
        "same": reading.same,
        "no_project": sorted(reading.no_project),
        "unread": sorted({*range(len(of.sentences))} - reading.lost.keys()),
        "dropped": dict(reading.dropped),
    }


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_answer(case: dict[str, Any]) -> None:
    """`acts` are the loan with other values; `then` says what is not as it is of the loan, or not empty."""
    of = story(*case["story"]) if "story" in case else record()
    of = of.model_copy(update={"actors": record().actors}) if case.get("with actors") else of
    before, prompt = of.to_json(), whole(of)
    lists = {name: case[name] for name in ("new", "same", "no_project") if name in case}
    answer, wrong = parse(json.dumps({"commitments": [act(**one) for one in case.get("acts", [])], **lists}))
    first, last = case.get("window", (0, len(of.sentences)))
    shows = {name: prompt.candidates[name] for name in case.get("shows", prompt.candidates)}
    reading = ground(of, [(replace(prompt, first=first, last=last, candidates=shows), answer)], sectors(), METHOD)
    (plain,) = read(act()).commitments
    empty: dict[str, Any] = {name: type(part)() for name, part in outcome(of, reading).items()}
    then = empty | case.get("then", {"acts": [{}]})
    then["acts"] = [shown(plain) | one for one in then["acts"]]
    assert outcome(of, reading) | {"wrong": wrong} == {"wrong": []} | then
    assert faults(joined(of, reading, FUSION)) == []
    assert of.to_json() == before


@pytest.mark.parametrize("around", ["```json\n{}\n```", "Here it is:\n{}", "{}\nI hope this helps.", "  {}  "])
def test_words_around_an_answer_are_ignored(around: str) -> None:
    answer, dropped = parse(around.replace("{}", json.dumps({"commitments": [act()]})))
    assert (answer, dropped) == (answered(act()), [])


def test_a_null_means_a_missing_field_and_an_unknown_field_nothing() -> None:
    bare = {"sentence": 0, "trigger": "would lend", "kind": "finance", "status": "pledged", "by": ["a1"]}
    nulls = {"also": None, "with": None, "to": None, "flow": None, "attributed_to": None, "negated": None}
    assert parsed(bare | nulls | {"why": "it says so"}) == parsed(bare)
    assert parsed(bare, new=None, same=None, no_project="none", remarks=[1]) == parsed(bare)
    assert parsed() == (Answer(), [])


@given(json_values, json_values, json_values)
@settings(max_examples=80, deadline=None)
def test_whatever_stands_in_an_answer_it_is_read_or_dropped(entry: Any, field: Any, rest: Any) -> None:
    answer, _ = parsed(entry, act(by=field), act(flow=field), act(), new=[entry, NEW | {"sentence": field}], same=rest)
    assert act()["trigger"] in [one.trigger for one in answer.commitments]
    with suppress(Broken):
        parse(json.dumps(rest))


def test_the_schema_admits_a_whole_answer_and_names_the_value_sets() -> None:
    validator = Draft202012Validator(schema())
    validator.check_schema(schema())
    good = {"commitments": [act(**{"with": ["a5"]})], "new": [NEW], "same": [["a3", "a4"]], "no_project": []}
    assert list(validator.iter_errors(good)) == []
    assert list(validator.iter_errors({"commitments": [act(kind="loan")]}))
    fields = schema()["$defs"]["Act"]["properties"]
    assert tuple(fields["kind"]["enum"]) == get_args(CommitmentKind)
    assert tuple(fields["status"]["enum"]) == get_args(Status)
    assert tuple(schema()["$defs"]["Flow"]["properties"]["instrument"]["enum"]) == get_args(Instrument)
    assert "with" in fields and "with_" not in fields


def test_without_a_project_the_sentence_gives_the_sectors() -> None:
    text = "Ghana will hire nurses for the district hospitals."
    of = record({"text": text}, sentences=[{"id": 0, "start": 0, "end": len(text)}], mentions=[], relations=[])
    [made] = read(act(trigger="will hire", by=["a2"], projects=[], amounts=[]), of=of).commitments
    assert made.sectors and set(made.sectors) <= {"120", "121", "122"}


def test_new_ids_of_one_answer_mean_nothing_in_the_next() -> None:
    of = record()
    answers = [(whole(of), answered(new=[NEW, NEW])), (whole(of), answered(act(by=["n1"])))]
    reading = ground(of, answers, sectors(), METHOD)
    assert reading.commitments == []
    assert reading.dropped == {
        "a new part with an id that is taken": 1, "an unknown id": 1, "a commitment without a doer": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("quote", "country"), [("finance minister", "GHA"), ("Owusu, the finance minister", "GHA"), ("had signed", None)]
)
def test_a_country_counts_if_what_stands_beside_has_it(quote: str, country: str | None) -> None:
    text = "Kenya and Kenyans: Esi Owusu, the finance minister, said Kenya had signed, as Kenya had."
    person = Mention(**at("Esi Owusu", text), id="m1", label="PERSON", sentence=0, entity="a1", **SURE)
    people = [actor("a1", "Esi Owusu", "person", "GHA", mentions=["m1"])]
    of = story(text).model_copy(update={"mentions": [person], "actors": people})
    reading = read(of=of, new=[NEW | {"quote": quote, "sentence": 0, "country": "GHA"}])
    assert reading.record.actors[-1].country == country


@pytest.mark.parametrize(
    "copied", [{"trigger": "will lend"}, {"flow": {"instrument": "loan", "terms": {"interest": "2%"}}}]
)
def test_an_answer_with_words_of_the_example_that_the_article_lacks_is_set_aside_whole(copied: dict[str, Any]) -> None:
    answer, dropped = parsed(LOAN, {**LOAN, **copied})
    assert not dropped
    reading = ground(record(), [(whole(record()), answer)], sectors(), METHOD)
    assert (reading.commitments, reading.dropped.keys()) == ([], {COPIED})


def test_how_much_of_an_answer_stands_nowhere_is_noted_for_its_sentences() -> None:
    half = read(act(by=["a1", "a8", "a9"], to=["a7", "a9"], projects=[], amounts=[], flow=None))
    assert half.lost == dict.fromkeys(range(5), 4 / 6)  # the act, five ids


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
    parts = [{"id": f"n{n}", "type": kind, "quote": words, "sentence": number} for n, kind in enumerate(KINDS)]
    terms = {"terms": dict.fromkeys(("interest", "maturity", "grace"), words)}
    odd = act(trigger=words, sentence=number)
    reading = read(act(flow=LOAN["flow"] | terms, by=["a1", "n0"], projects=["n1"]), odd, new=parts)
    [made] = reading.commitments
    assert (made.by, made.projects, made.flow and made.flow.terms) == (["a1"], [], {})
    assert (reading.record.actors, reading.record.projects) == (record().actors, record().projects)


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
    made = joined(of, reading, FUSION)
    assert Record.model_validate_json(made.to_json()) == made
    assert faults(made) == []
    assert (made.article, made.sentences) == (of.article, of.sentences)
    for commitment in reading.commitments:
        assert commitment.by and commitment.evidence[0].sentence in reading.lost
        assert commitment.trigger.text in SENTENCES[commitment.evidence[0].sentence]
    values = [part for one in reading.commitments for part in (*one.amounts, *one.dates)]
    assert "$90" not in {part.text for part in values}
    for one in reading.record.actors[len(of.actors) :]:
        assert any(name in TEXT for name in (one.name, *one.aliases))
        assert one.country in (None, "GHA", "DNK")
    for project in reading.record.projects[len(of.projects) :]:
        assert project.name in " ".join(TEXT.split())
