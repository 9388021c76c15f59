"""Weights of flows: fitted on a few authored articles, by commitments that were found and by gold's own."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.extract import build
from pipeline.gold.folder import read_gold
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.sources import make_article
from pipeline.stages.commitments.flow.find import PROVIDER, RECIPIENT, give_flows, read_flow_weights
from pipeline.stages.language import STAGES
from pipeline.train.flows import GOLD, Example, examples, fit


@pytest.fixture(scope="module")
def docs() -> list[tuple[Doc, Record]]:
    nlp: Language = build(STAGES)
    golds = list(islice(read_gold(Settings().seeds / "gold"), 33, 57))
    return [(_read(nlp, gold), gold) for gold in golds]


def _read(nlp: Language, gold: Record) -> Doc:
    doc = nlp.make_doc(gold.article.text)
    doc._.article = make_article(
        gold.article.text, id=gold.article.id, title=gold.article.title, date=gold.article.date
    )
    for _, pipe in nlp.pipeline:
        doc = pipe(doc)
    return doc


@pytest.fixture(scope="module")
def taught(docs: list[tuple[Doc, Record]]) -> list[list[Example]]:
    return [examples(doc, gold) for doc, gold in docs]


def test_both_what_was_found_and_gold_teach(taught: list[list[Example]]) -> None:
    weights = [example.weight for own in taught for example in own]
    assert weights.count(1.0) > 50
    assert weights.count(GOLD) > 80
    assert any(all(example.parties.values()) for own in taught for example in own)


def test_fitted_written_and_read_back_is_the_same(taught: list[list[Example]], tmp_path: Path) -> None:
    fitted = fit(taught)
    assert fitted is not None
    fitted.write(tmp_path)
    assert read_flow_weights(tmp_path) == fitted == fit(taught)
    assert all(0 < fitted.parties.thresholds[role] < 1 for role in (PROVIDER, RECIPIENT))


def test_what_was_learned_is_told_again(docs: list[tuple[Doc, Record]], taught: list[list[Example]]) -> None:
    fitted = fit(taught)
    assert fitted is not None
    right = []
    for (doc, _), own in zip(docs, taught, strict=True):
        give_flows(doc, fitted)
        for example in own:
            if flow := example.act.commitment.flow:
                right.append(flow.instrument == example.instrument)
    assert sum(right) / len(right) > 0.8


def test_gold_without_flows_teaches_nothing(docs: list[tuple[Doc, Record]]) -> None:
    doc, gold = docs[0]
    sentences = [one.model_copy(update={"boilerplate": None}) for one in gold.sentences]
    commitments = [one.model_copy(update={"flow": None}) for one in gold.commitments]
    bare = gold.model_copy(update={"sentences": sentences, "commitments": commitments})
    assert examples(doc, bare) == []
    assert fit([[]]) is None
