"""The form of an answer: a wrong part costs only itself, and what is no answer is told from an empty one."""

import json
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from llm.articles import act

from pipeline.llm.answer import Answer, Broken, parse, schema
from pipeline.record import CommitmentKind, Instrument, Status

NEW: dict[str, Any] = {"id": "n1", "type": "actor", "quote": "Danish engineers", "sentence": 2, "kind": "group"}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def parsed(*acts: Any, **lists: Any) -> tuple[Answer, list[str]]:
    return parse(json.dumps({"commitments": list(acts), **lists}))


def test_a_whole_answer_is_read() -> None:
    found, dropped = parsed(
        act(**{"also": [1], "with": ["a5"], "dates": ["m7"], "attributed_to": "a3", "negated": True}),
        new=[NEW],
        same=[["a3", "a4"]],
        no_project=["p2"],
    )
    [loan] = found.commitments
    assert dropped == []
    assert (loan.sentence, loan.also, loan.trigger) == (0, [1], "would lend")
    assert (loan.kind, loan.status) == ("finance", "pledged")
    assert (loan.by, loan.with_, loan.to, loan.projects) == (["a1"], ["a5"], ["a2"], ["p1"])
    assert (loan.amounts, loan.dates, loan.negated, loan.attributed_to) == (["m3"], ["m7"], True, "a3")
    assert loan.flow and (loan.flow.instrument, loan.flow.provider, loan.flow.recipient) == ("loan", ["a1"], ["a2"])
    assert (found.new[0].quote, found.same, found.no_project) == ("Danish engineers", [["a3", "a4"]], ["p2"])


@pytest.mark.parametrize("around", ["```json\n{}\n```", "Here it is:\n{}", "{}\nI hope this helps.", "  {}  "])
def test_words_around_the_object_are_ignored(around: str) -> None:
    found, dropped = parse(around.replace("{}", json.dumps({"commitments": [act()]})))
    assert (len(found.commitments), dropped) == (1, [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("There are none.", "no JSON object"),
        ("} {", "no JSON object"),
        ('{"commitments": [', "no JSON object"),
        ('{"commitments": [}', "no valid JSON"),
        ('{"commitments": [{"sentence": 1}', "no valid JSON"),
        ('{"a":' * 100_000 + "}" * 100_000, "no valid JSON"),
        ('{"commitments": [' + "9" * 5_000 + "]}", "no valid JSON"),
        ("{}", "no list of commitments"),
        ('{"commitments": null}', "no list of commitments"),
        ('{"commitments": {"sentence": 1}}', "no list of commitments"),
        ('{"error": "overloaded"}', "no list of commitments"),
        ('{"commitments": [{"sentence": "0"}, "a loan"]}', "no commitment of the expected form"),
    ],
)
def test_what_is_no_answer_is_broken_and_says_why(content: str, reason: str) -> None:
    with pytest.raises(Broken, match=reason):
        parse(content)


def test_no_commitment_at_all_is_an_answer() -> None:
    assert parse('{"commitments": []}') == (Answer(), [])


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"kind": "loan"}, "kind"),
        ({"status": "done"}, "status"),
        ({"sentence": "0"}, "sentence"),
        ({"sentence": 0.0}, "sentence"),
        ({"trigger": ["would", "lend"]}, "trigger"),
        ({"by": "a1"}, "by"),
        ({"by": [1]}, "by"),
        ({"with": {"a1": 1}}, "with"),
        ({"negated": "no"}, "negated"),
        ({"flow": {"instrument": "credit"}}, "flow.instrument"),
        ({"flow": {"instrument": "loan", "terms": {"interest": 2}}}, "flow.terms.interest"),
    ],
)
def test_a_wrong_act_is_dropped_alone_and_its_field_is_named(wrong: dict[str, Any], place: str) -> None:
    found, dropped = parsed(act(**wrong), act(trigger="lend"))
    assert [one.trigger for one in found.commitments] == ["lend"]
    assert dropped == [f"commitments: {place} has a wrong value"]


@pytest.mark.parametrize("field", ["sentence", "trigger", "kind", "status"])
def test_an_act_without_a_needed_field_is_dropped(field: str) -> None:
    left = {name: value for name, value in act().items() if name != field}
    found, dropped = parsed(left, act(**{field: None}), act())
    assert (len(found.commitments), dropped) == (1, [f"commitments: {field} has a wrong value"] * 2)


def test_wrong_entries_of_the_other_lists_are_dropped_alone() -> None:
    found, dropped = parsed(
        act(),
        new=[NEW | {"type": "treaty"}, NEW, "n2", NEW | {"kind": "firm"}],
        same=[["a1", 2], ["a3", "a4"], "a5"],
        no_project=["p2", 3, None],
    )
    assert ([new.id for new in found.new], found.same, found.no_project) == (["n1"], [["a3", "a4"]], ["p2"])
    assert len(found.commitments) == 1
    assert sorted({one.partition(":")[0] for one in dropped}) == ["new", "no_project", "same"]
    assert len(dropped) == 7


def test_a_reason_holds_no_word_of_the_answer() -> None:
    _, dropped = parsed(act(), act(kind="Volta"), "Volta", new=[NEW | {"type": "Volta"}], same=[{"Volta": 1}])
    assert len(dropped) == 4
    assert "Volta" not in " ".join(dropped)


def test_a_null_means_a_missing_field_and_an_unknown_field_nothing() -> None:
    bare = {"sentence": 0, "trigger": "would lend", "kind": "finance", "status": "pledged", "by": ["a1"]}
    nulls = {"also": None, "with": None, "to": None, "flow": None, "attributed_to": None, "negated": None}
    assert parsed(bare | nulls | {"why": "it says so"}) == parsed(bare)
    assert parsed(bare, new=None, same=None, no_project="none", remarks=[1]) == parsed(bare)


@given(json_values, json_values, json_values)
@settings(max_examples=80, deadline=None)
def test_whatever_stands_in_an_answer_it_is_read_or_dropped(entry: Any, field: Any, whole: Any) -> None:
    found, _ = parsed(entry, act(by=field), act(flow=field), act(), new=[entry, NEW | {"sentence": field}], same=whole)
    assert act()["trigger"] in [one.trigger for one in found.commitments]
    try:
        parse(json.dumps(whole))
    except Broken as reason:
        assert str(reason)


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
