"""The gold that a record makes: what it cannot say is told, what no record can say is kept."""

import pytest
from review.formats.people import TEXT
from review.page.desks import Json, do, place, record, slot

from pipeline.review.page.base import from_gold, from_record, notes
from pipeline.review.page.progress import after, begin

SECOND = {"start": TEXT.index("w $40"), "end": TEXT.index(" $40")}  # the first is that of "will"


@pytest.mark.parametrize(
    ("edit", "note"),
    [
        ({"do": "accept", "id": "m1"}, None),
        ({"do": "set", "id": "c1", "fields": {"negated": True}}, None),
        (
            {"do": "add_slot", "id": "c2", "slot": "amounts", **place("The bank")},
            "c2: 'The bank' has no value, and is not in",
        ),
        (
            {"do": "add", "what": "mention", "fields": {"label": "ROLE", **SECOND}},
            "m9 'w': gold quotes words, and finds",
        ),
        ({"do": "set", "id": "c1", "fields": SECOND}, "c1 'w': gold quotes words, and finds them earlier"),
        (
            {"do": "add_slot", "id": "c2", "slot": "dates", **place("2030")},
            "commitment c2: '2030' does not stand in its",
        ),
    ],
)
def test_what_gold_cannot_say_is_told(edit: Json, note: str | None) -> None:
    told = notes(from_record(record()), do(edit).record)
    assert len(told) == (note is not None)
    assert note is None or told[0].startswith(note)


def test_an_amount_without_a_value_stays_out() -> None:
    found = do({"do": "set", "id": slot("c1", "amounts", "$40 million"), "fields": {"value": None}}).record
    assert from_record(record()).gold(found).raw["commitments"][0]["amounts"] == []


def test_gold_that_another_hand_made_is_edited_in_its_own_sentences() -> None:
    """Sentence fixes stay, and what no record holds: flows, boilerplate, a relation to an event without a mention."""
    base = from_record(record())
    gold = base.gold(base.record)
    raw = {**gold.raw, "sentence_fixes": [["merge", 0, 1]], "note": "read twice", "boilerplate": [1]}
    flow = {"instrument": "loan", "provider": ["a2"], "recipient": ["a1"], "terms": {}}
    raw["commitments"] = [raw["commitments"][0] | {"flow": flow}, *raw["commitments"][1:]]
    raw["relations"] = [*raw["relations"], ["a1", "participates_in", "EVENT:fair", 1], ["a2", "party_to", "EVENT:x", 1]]
    gold.raw.clear()
    gold.raw.update(raw)
    other = from_gold(gold, {**base.row, "outlet": "The Daily"})
    made = after(begin(other), {"do": "remove", "id": "a2"})
    told = other.gold(made.state.record).raw
    assert (told["sentence_fixes"], told["note"], told["boilerplate"]) == ([["merge", 0, 1]], "read twice", [1])
    assert [row.get("flow") for row in told["commitments"]] == [{**flow, "provider": []}, None]
    assert told["relations"] == [["a1", "participates_in", "EVENT:fair", 1]]
    assert other.gold(other.record).raw["mentions"] == raw["mentions"]
    assert other.gold(other.record).raw["commitments"][0]["flow"] == flow
