"""Recordings of answers: they hold no word of the article, and say the same of a record that was made anew."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llm.articles import METHOD, TEXT, act, actor, answered, faults, record, sectors, whole

from pipeline.errors import SetupError
from pipeline.llm.fuse import applied
from pipeline.llm.ground import Reading, ground
from pipeline.llm.prompt import Answer, New, Prompt
from pipeline.llm.recording import Recorded, article_digest, read_recording, recorded, replayed
from pipeline.record import ActorKind, Commitment, CommitmentKind, Instrument, Record, Status, digest

MODEL = "small"
NEW = [
    {"id": "n1", "type": "actor", "quote": "Danish engineers", "sentence": 2, "kind": "group", "country": "DNK"},
    {"id": "n2", "type": "amount", "quote": "€15 million", "sentence": 2},
    {"id": "n3", "type": "date", "quote": "June 2027", "sentence": 2},
    {"id": "n4", "type": "project", "quote": "two depots", "sentence": 3, "programme": True},
]
TERMS = {"grace": "grace period of five years", "maturity": "five years"}
WHOLE: dict[str, Any] = {"new": NEW, "same": [["a3", "a4"], ["p1", "p3"]], "no_project": ["p2"]}
ACTS = (
    act(**{"also": [1], "with": ["a5"], "dates": ["m7"], "attributed_to": "a3"}) | {
        "flow": {"instrument": "loan", "provider": ["a1"], "recipient": ["a2"], "terms": TERMS},
    },
    act(sentence=2, trigger="asked", status="proposed", by=["a4"], to=["a5"], amounts=["n2"], dates=["n3"],
        projects=["p3"], flow={"instrument": "grant", "provider": ["a5"], "recipient": []}),
    act(sentence=2, trigger="will train the staff", kind="cooperation", by=["n1"], to=[], amounts=[], projects=["n4"],
        flow=None, negated=True),
)  # fmt: skip


def line_of(answer: Answer, of: Record | None = None, prompt: Prompt | None = None) -> Recorded:
    """The line of an answer as it comes back from a file."""
    of = of or record()
    line: Recorded = json.loads(json.dumps(recorded(of, prompt or whole(of), answer, MODEL, (2_000, 90))))
    return line


def again(line: Recorded, of: Record) -> Reading:
    return ground(of, replayed(of, [line]), sectors(), METHOD)


def at_once(answer: Answer, of: Record | None = None) -> Reading:
    of = of or record()
    return ground(of, [(whole(of), answer)], sectors(), METHOD)


def plain(reading: Reading) -> list[dict[str, Any]]:
    """The commitments with names for ids."""
    of = reading.record
    names = {part.id: part.name for part in (*of.actors, *of.projects)}
    names = {name: names[reading.same.get(name, name)] for name in names}

    def named(value: Any) -> Any:
        if isinstance(value, dict):
            return {field: named(part) for field, part in value.items()}
        return [named(part) for part in value] if isinstance(value, list) else names.get(value, value)

    return [named(one.model_dump(mode="json", exclude={"id"})) for one in reading.commitments]


def shifted(of: Record) -> Record:
    """The record with other ids: as an improved Corridor would give them."""
    last = {"a": len(of.actors), "p": len(of.projects), "m": len(of.mentions)}
    bare = of.model_copy(update={"relations": [], "commitments": []}).to_json()
    return Record.model_validate_json(
        re.sub(r'"([apm])(\d+)"', lambda id: f'"{id[1]}{last[id[1]] + 1 - int(id[2])}"', bare)
    )


@pytest.mark.parametrize("now", [record(), shifted(record())], ids=["as it was", "with other ids"])
def test_a_recorded_answer_says_the_same_of_a_record_of_today(now: Record) -> None:
    answer = answered(*ACTS, **WHOLE)
    first, second = at_once(answer), again(line_of(answer), now)
    assert (len(first.commitments), first.dropped.total(), second.dropped.total()) == (3, 0, 0)
    assert (plain(second), second.lost) == (plain(first), first.lost)
    assert second.commitments[0].by == (["a1"] if now == record() else ["a5"])
    assert (len(second.same), len(second.no_project)) == (2, 1)
    assert faults(applied(second, second.commitments)) == []


def test_what_a_record_of_today_lacks_is_added_from_the_recording() -> None:
    of = record(relations=[], commitments=[])
    line = line_of(answered(act(attributed_to="a3")), of)
    bare = of.model_copy(update={"actors": of.actors[:2], "projects": [], "mentions": of.mentions[:3]})
    reading = again(line, bare)
    [made] = reading.commitments
    names = {part.id: part.name for part in (*reading.record.actors, *reading.record.projects)}
    assert made.attributed_to and names[made.attributed_to] == "Esi Owusu"
    assert [names[name] for name in made.projects] == ["Tema rail spur"]
    assert [one.value for one in made.amounts] == [1.2e8]


def test_a_new_part_that_a_record_of_today_has_is_that_one() -> None:
    answer = answered(*ACTS, new=NEW)
    grown = applied(at_once(answer), [])
    reading = again(line_of(answer), grown)
    assert len(reading.record.actors) == len(grown.actors)
    assert len(reading.record.projects) == len(grown.projects)
    assert [amount.value for amount in reading.commitments[1].amounts] == [1.5e7]


def test_a_country_that_the_article_does_not_name_itself_is_found_by_its_code() -> None:
    denmark = actor("a6", "Denmark", "country", "DNK")
    of = record(actors=[*record().actors, denmark])
    line = line_of(answered(act(by=["a6"])), of)
    assert line["ids"]["a6"]["spans"] == []
    assert again(line, of).commitments[0].by == ["a6"]
    assert again(line, shifted(of)).commitments[0].by == ["a1"]


MEMBERS = {*get_args(ActorKind), *get_args(CommitmentKind), *get_args(Status), *get_args(Instrument)}
TYPES = {"actor", "project", "value", "amount", "date"}


def strings(value: Any) -> Iterator[str]:
    """Every string of a line but for the names of its fields, which may be ids."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(part)


def is_free_of_words(line: Recorded) -> bool:
    rest = {name: part for name, part in line.items() if name not in ("article", "sha256", "model")}
    found = {*strings(rest), *line["ids"]} - MEMBERS - TYPES - {"GHA", "DNK", "FRA"}
    return all(one[:1] in "apmn" and one[1:].isdigit() for one in found)


def test_an_answer_with_words_for_ids_leaves_none_in_the_recording() -> None:
    words = ["Volta Bank", "Esi Owusu"]
    flow = {"instrument": "loan", "provider": words, "recipient": words, "terms": {"interest": "Volta Bank lends"}}
    slots = {slot: [*words, "a1"] for slot in ("by", "with", "to", "projects", "amounts", "dates")}
    new = [
        {**NEW[0], "id": "Danish engineers", "country": "the Danish"},
        {**NEW[0], "id": "French engineers", "quote": "French engineers"},
    ]
    answer = answered(
        act(**slots, flow=flow, attributed_to="Esi Owusu"),
        act(by=["Danish engineers", "French engineers"], flow=None),
        new=new, same=[words, ["a3", "Owusu"], ["a3", "a4"]], no_project=["the deal", "p2"],
    )  # fmt: skip
    line = line_of(answer, record({"id": "Volta Bank lends Ghana money"}))
    assert is_free_of_words(line), line
    assert (line["article"], line["sha256"]) == (article_digest("Volta Bank lends Ghana money"), digest(TEXT))
    assert again(line, record()).commitments == at_once(answer).commitments
    assert again(line, record()).same == at_once(answer).same == {"a4": "a3"}


def test_a_window_that_covers_no_prompt_of_today_is_left_out() -> None:
    of = record()
    line = line_of(answered(act()), of)
    assert replayed(of, [line | {"window": [len(TEXT), len(TEXT) + 9]}]) == []
    assert replayed(Record(article=of.article), [line]) == []
    assert replayed(of, []) == []


def test_a_recording_is_read_by_article_and_text(tmp_path: Path) -> None:
    other = record({"id": "other"})
    lines = [line_of(answered(act())), line_of(answered(), other), line_of(answered())]
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    found = read_recording(path)
    assert found == {
        (article_digest("ghana/1"), digest(TEXT)): [lines[0], lines[2]],
        (article_digest("other"), digest(TEXT)): [lines[1]],
    }


@pytest.mark.parametrize("content", [None, "{", "[]", "1", '{"article": "x"}', '{"sha256": "x"}'])
def test_what_is_no_recording_is_a_set_up_error_with_its_name(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "answers.jsonl"
    if content:
        path.write_text(content + "\n", encoding="utf-8")
    with pytest.raises(SetupError, match=r"answers\.jsonl: no recording"):
        read_recording(path)


IDS = st.lists(st.sampled_from(["a1", "a2", "a3", "a5", "n1", "zz", "Volta Bank", "m1"]), max_size=3)
random_acts = st.builds(
    lambda place, status, by, to, also, amounts, dates, projects: act(
        sentence=place[1], trigger=place[0], status=status, by=by, to=to, also=also, amounts=amounts, dates=dates,
        projects=projects,
    ),
    st.sampled_from([("would lend", 0), ("had signed", 1), ("will train the staff", 2), ("will open", 4), ("lent", 0)]),
    st.sampled_from(get_args(Status)),
    IDS,
    IDS,
    st.lists(st.integers(-1, 6), max_size=2),
    st.lists(st.sampled_from(["m3", "n2", "m11"]), max_size=2),
    st.lists(st.sampled_from(["m7", "n3", "m3"]), max_size=2),
    st.lists(st.sampled_from(["p1", "p2", "p3", "n4"]), max_size=2),
)  # fmt: skip


@given(st.lists(random_acts, max_size=3), st.lists(st.sampled_from(NEW), max_size=4))
@settings(max_examples=60, deadline=None)
def test_whatever_was_answered_it_is_said_again_without_words(acts: list[dict[str, Any]], new: list[Any]) -> None:
    answer = answered(*acts, new=[New.model_validate(one) for one in new])
    line = line_of(answer)
    assert is_free_of_words(line)
    assert plain(again(line, record())) == plain(at_once(answer))
    assert all(isinstance(one, Commitment) for one in again(line, shifted(record())).commitments)
