"""Weights of flows: fitted on a few authored articles, by commitments that were found and by gold's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.tokens import Doc

from pipeline.extract import build
from pipeline.gold.folder import read_gold
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.stages.commitments.flow.find import PROVIDER, RECIPIENT, give_flows, read_flow_weights
from pipeline.stages.language import STAGES
from pipeline.train.flows import GOLD, Example, examples, fit
from pipeline.train.gold import read_docs


@pytest.fixture(scope="module")
def docs() -> list[tuple[Record, Doc]]:
    return read_docs(build(STAGES), read_gold(Settings().seeds / "gold")[33:57])


@pytest.fixture(scope="module")
def taught(docs: list[tuple[Record, Doc]]) -> list[list[Example]]:
    return [examples(doc, gold) for gold, doc in docs]


def test_both_what_was_found_and_gold_teach(taught: list[list[Example]]) -> None:
    weights = [example.weight for own in taught for example in own]
    assert weights.count(1.0) > 50
    assert weights.count(GOLD) > 80
    assert any(all(example.parties.values()) for own in taught for example in own)


def test_fitted_written_and_read_back_is_the_same(
    docs: list[tuple[Record, Doc]], taught: list[list[Example]], tmp_path: Path
) -> None:
    fitted = fit(taught)
    assert fitted is not None
    fitted.write(tmp_path)
    assert read_flow_weights(tmp_path) == fitted == fit(taught)
    assert all(0 < fitted.parties.thresholds[role] < 1 for role in (PROVIDER, RECIPIENT))
    right = []
    for (_, doc), own in zip(docs, taught, strict=True):
        give_flows(doc, fitted)
        flows = ((example.act.commitment.flow, example) for example in own)
        right += [flow.instrument == example.instrument for flow, example in flows if flow]
    assert sum(right) / len(right) > 0.8


def test_gold_without_flows_teaches_nothing(docs: list[tuple[Record, Doc]]) -> None:
    gold, doc = docs[0]
    sentences = [one.model_copy(update={"boilerplate": None}) for one in gold.sentences]
    commitments = [one.model_copy(update={"flow": None}) for one in gold.commitments]
    bare = gold.model_copy(update={"sentences": sentences, "commitments": commitments})
    assert examples(doc, bare) == []
    assert fit([[]]) is None
