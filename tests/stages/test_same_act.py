"""Which commitments of an article state the same act: features of pairs, and what stays of them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.record import CommitmentKind
from pipeline.stages.commitments.same_act import NEAR, distinct, features, pairs, statements
from pipeline.stages.document.doc import Commitment, Entity
from pipeline.stages.models.linear import ANY, Weights

TEXT = "The bank approved a loan. The bank cleared the loan. The bank built a road."
BANK = Entity("bank", "bank")


def doc_of(nlp: Language, text: str) -> Doc:
    doc = nlp.make_doc(text)
    for token in doc:
        token.is_sent_start = token.i == 0 or doc[token.i - 1].text == "."
    return doc


def commitment(at: int, kind: CommitmentKind, confidence: float, by: Sequence[Entity] = (BANK,)) -> Commitment:
    start = TEXT.index(("approved", "cleared", "built")[at])
    return Commitment(kind, "agreed", start, start + 5, [at], by=list(by), confidence=confidence)


def found() -> list[Commitment]:
    return [commitment(0, "finance", 0.7), commitment(1, "finance", 0.9), commitment(2, "delivery", 0.8)]


def test_features_do_not_depend_on_the_order(nlp_base: Language) -> None:
    one, other, third = statements(doc_of(nlp_base, TEXT), found())
    assert sorted(features(one, other)) == sorted(features(other, one))
    assert {"same kind True", "apart 1", "by same", "amounts none", "first sentence"} <= set(features(one, other))
    assert {"same kind False", "kinds delivery+finance", "apart 2"} <= set(features(one, third))
    assert not any(name.startswith(("trigger", "sentence")) for name in features(one, other))  # no encoder has read it


def test_the_surer_one_stays_and_gets_the_sentence(nlp_base: Language) -> None:
    weights = Weights({ANY: {"same kind True": 4.0}}, -2.0)
    left = distinct(doc_of(nlp_base, TEXT), found(), weights)
    assert [(one.kind, one.confidence, one.sentences) for one in left] == [
        ("finance", 0.9, [1, 0]),
        ("delivery", 0.8, [2]),
    ]


def test_a_chain_of_three_leaves_one(nlp_base: Language) -> None:
    made = [commitment(at, "finance", confidence) for at, confidence in enumerate((0.7, 0.9, 0.8))]
    left = distinct(doc_of(nlp_base, TEXT), made, Weights({ANY: {}}, 2.0))
    assert [(one.confidence, sorted(one.sentences)) for one in left] == [(0.9, [0, 1, 2])]


def test_none_that_is_unlikely_goes(nlp_base: Language) -> None:
    assert len(distinct(doc_of(nlp_base, TEXT), found(), Weights({ANY: {}}, -2.0))) == 3
    assert distinct(doc_of(nlp_base, TEXT), [], Weights({ANY: {}}, 2.0)) == []


def test_long_articles_take_linear_time(nlp_base: Language) -> None:
    doc = doc_of(nlp_base, TEXT)
    made = statements(doc, [commitment(0, "finance", 0.7) for _ in range(4 * NEAR)])
    assert len(list(pairs(made))) < 4 * NEAR * NEAR
    begun = time.process_time()
    distinct(doc, [commitment(0, "finance", 0.7) for _ in range(4 * NEAR)], Weights({ANY: {}}, -2.0))
    assert time.process_time() - begun < 5
