"""The fields on which two readers disagree are named first."""

from builders import commitment, record

from pipeline.record import SlotConfidence
from pipeline.review.edits.progress import disputed, notes


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
