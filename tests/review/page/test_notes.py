"""What an annotator should look at in a record, and gold that no record of an extraction could be."""

import json
from pathlib import Path

import pytest
from builders import commitment, record
from review.formats.people import ROW, TEXT, gold, write_gold
from review.page.conftest import Opener
from review.page.steps import Json, decide, do, place

from pipeline.gold.folder import read_gold
from pipeline.record import SlotConfidence
from pipeline.review.edits.progress import disputed, notes


@pytest.mark.parametrize(
    ("edit", "note"),
    [
        ({"do": "accept", "id": "m1"}, None),
        ({"do": "set", "id": "c1", "fields": {"negated": True}}, None),
        (
            {"do": "add_slot", "id": "c2", "slot": "amounts", **place("The bank")},
            "commitment c2: is about money and has no flow",
        ),
        (
            {"do": "add_slot", "id": "c2", "slot": "dates", **place("2030")},
            "commitment c2: '2030' does not stand in its",
        ),
    ],
)
def test_what_to_look_at_is_told(edit: Json, note: str | None) -> None:
    told = notes(do(edit).record)
    assert len(told) == (note is not None)
    assert note is None or told[0].startswith(note)


def test_gold_that_another_hand_made_is_edited_in_its_own_sentences(start: Opener, tmp_path: Path) -> None:
    """Sentence fixes stay, and what no extraction gives: a relation to an event without a mention."""
    raw = {**gold(), "sentence_fixes": [["merge", 0, 1]], "boilerplate": [1]}
    flow = {"instrument": "loan", "provider": ["a2"], "recipient": ["a1"], "terms": {}}
    raw["commitments"] = [raw["commitments"][0] | {"flow": flow}, *raw["commitments"][1:]]
    raw["relations"] = [*raw["relations"], ["a1", "participates_in", "EVENT:fair", 1], ["a2", "party_to", "EVENT:x", 1]]
    row = {**ROW, "id": "sure", "outlet": "The Daily"}
    write_gold(tmp_path / "mine", (row, {**raw, "id": "sure"}))
    store = start()
    decide(store, "sure", {"do": "remove", "id": "a2"}, {"do": "accept", "id": "m1"})
    (told,) = read_gold(tmp_path / "mine")
    assert [(one.start, one.end, one.boilerplate) for one in told.sentences] == [(0, len(TEXT), False)]
    assert [one.flow and one.flow.model_dump() for one in told.commitments] == [{**flow, "provider": []}, None]
    assert [(r.subject, r.type, r.object) for r in told.relations] == [("a1", "participates_in", "EVENT:fair")]
    assert [(one.label, one.text) for one in told.mentions] == [(label, text) for _, label, text in raw["mentions"]]
    assert json.loads((tmp_path / "mine" / "articles.jsonl").read_text()) == row
    assert store.article("sure")["notes"] == ["relation a1 participates_in EVENT:fair: 'EVENT:fair' is no mention"]


def sure(**values: object) -> SlotConfidence:
    return SlotConfidence.model_validate({"status": 0.9, "by": [0.8], "to": [0.7], "projects": [0.8], **values})


def test_the_least_sure_fields_of_both_readers_come_first() -> None:
    one = commitment(method="llm:large+rules:verb", slot_confidence=sure(status=0.5, to=[0.3]))
    found = record(commitments=[one])
    assert disputed(found) == [
        "c1 'would lend': check to: Peru (0.30)",
        "c1 'would lend': check status: pledged (0.50)",
    ]
    assert notes(found)[:2] == disputed(found)


def test_what_one_reader_alone_has_found_is_not_disputed() -> None:
    for method in ("llm:large", "rules:verb"):
        assert disputed(record(commitments=[commitment(method=method, slot_confidence=sure(status=0.1))])) == []
