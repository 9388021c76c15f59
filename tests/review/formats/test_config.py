"""The set-up of a tool knows every label and every relation, and the tasks use nothing else."""

import json
from xml.etree import ElementTree as xml

from pipeline.review.formats.exchange import CONFIGS
from pipeline.review.formats.task import ACTORS, KINDS, LINKS, SPANS, STATUSES
from pipeline.stages.models.sectors import codes


def test_label_studio_has_a_tag_for_everything() -> None:
    view = xml.fromstring(CONFIGS["label-studio"]())
    assert [tag.get("value") for tag in view.iter("Relation")] == list(LINKS)
    assert [tag.get("value") for tag in view.iter("Label")] == list(SPANS)
    choices = {tag.get("name"): [choice.get("value") for choice in tag] for tag in view.iter("Choices")}
    assert choices == {
        "kind": list(KINDS),
        "status": list(STATUSES),
        "actor": list(ACTORS),
        "sectors": list(codes()),
    }
    (text,) = view.iter("Text")
    assert {tag.get("toName") for tag in view.iter() if tag.get("toName")} == {text.get("name")}


def test_prodigy_knows_every_label() -> None:
    found = json.loads(CONFIGS["prodigy"]())
    assert found["labels"] == list(LINKS)
    assert {"ORG", "REFERENCE", "finance/agreed", "policy/cancelled"} <= set(found["relations_span_labels"])
    assert len(found["relations_span_labels"]) == 13 + 1 + 6 * 7
