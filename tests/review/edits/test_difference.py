"""The operations between two states of a part, done on the first, give the second; of equal states there are none."""

from typing import Any

import pytest
from review.formats.people import ROW, TEXT, gold

from pipeline.gold.importer import guide_record
from pipeline.record import Quote
from pipeline.review.edits.difference import difference, replaced
from pipeline.review.edits.operations import edited
from pipeline.review.edits.working import State, changed, part_of

RECORD = guide_record("laos-1", ROW, gold())
BORROW = Quote(text="borrow", start=TEXT.index("borrow"), end=TEXT.index("borrow") + 6)
FLOW = {"instrument": "grant", "provider": ["a2"], "recipient": ["a1"], "terms": {}}
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("m1", {"label": "PLACE"}),
    ("m8", {"entity": None}),
    ("a2", {"kind": "multilateral", "country": "THA", "role": None}),
    ("p1", {"programme": True, "countries": ["LAO", "THA"], "sectors": []}),
    ("c1", {"status": "agreed", "negated": True, "trigger": BORROW}),
    ("c1", {"by": ["a2"], "with_": ["a1", "a3"], "to": [], "attributed_to": "a3", "amounts": []}),
    ("c1", {"flow": FLOW}),
    ("c2", {"projects": [], "sectors": ["210"], "flow": FLOW}),
]


@pytest.mark.parametrize(("name", "fields"), CHANGES)
def test_a_difference_makes_one_state_of_the_other(name: str, fields: dict[str, Any]) -> None:
    old, state = part_of(RECORD, name), State(RECORD)
    assert difference(old, old) == []
    for operation in difference(old, changed(old, **fields)):
        state = edited(state, operation)
    new = part_of(state.record, name)
    assert {field: getattr(new, field) for field in fields} == {
        field: getattr(changed(old, **fields), field) for field in fields
    }


def test_a_value_is_set_with_its_bounds() -> None:
    (old,) = RECORD.commitments[0].amounts
    assert difference(old, changed(old, high=5e7), "c1 amounts 17:28") == [
        {"do": "set", "id": "c1 amounts 17:28",
         "fields": {"value": 4e7, "low": None, "high": 5e7, "approximate": False, "currency": "USD"}}
    ]  # fmt: skip


def test_facts_are_removed_and_added() -> None:
    assert replaced(["a2 funds p1", "c1 by a1"], ["a3 funds p1", "c1 by a1", "c1 dates 5:9"], {"a3 funds p1": 1}) == [
        {"do": "remove", "id": "a2 funds p1"},
        {"do": "add", "what": "relation",
         "fields": {"subject": "a3", "type": "funds", "object": "p1", "sentence": 1}},
        {"do": "add_slot", "id": "c1", "slot": "dates", "start": 5, "end": 9},
    ]  # fmt: skip
