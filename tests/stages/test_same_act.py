"""Which commitments of an article state the same act: features of pairs, and what stays of them."""

import time
from collections.abc import Sequence

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.record import CommitmentKind
from pipeline.stages.commitments.same_act import NEAR, distinct, pairs, statements
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


ALIKE = Weights({ANY: {"same kind True": 4.0}}, -2.0)


@pytest.mark.parametrize(
    ("kinds", "weights", "left"),
    [  # the surer one stays and gets the sentence; a chain of three leaves one; none that is unlikely goes
        (
            ["finance", "finance", "delivery"],
            Weights({ANY: {"same kind True": 4.0}}, -2.0),
            [(0.9, [1, 0]), (0.8, [2])],
        ),
        (["finance", "finance", "finance"], Weights({ANY: {}}, 2.0), [(0.9, [1, 0, 2])]),
        (["finance", "finance", "delivery"], Weights({ANY: {}}, -2.0), [(0.7, [0]), (0.9, [1]), (0.8, [2])]),
        ([], Weights({ANY: {}}, 2.0), []),
    ],
)
def test_of_those_that_state_one_act_the_surest_stays(
    nlp_base: Language, kinds: list[CommitmentKind], weights: Weights, left: list[tuple[float, list[int]]]
) -> None:
    made = [commitment(at, kind, (0.7, 0.9, 0.8)[at]) for at, kind in enumerate(kinds)]
    assert [(one.confidence, one.sentences) for one in distinct(doc_of(nlp_base, TEXT), made, weights)] == left


def test_long_articles_take_linear_time(nlp_base: Language) -> None:
    doc = doc_of(nlp_base, TEXT)
    made = statements(doc, [commitment(0, "finance", 0.7) for _ in range(4 * NEAR)])
    assert len(list(pairs(made))) < 4 * NEAR * NEAR
    begun = time.process_time()
    distinct(doc, [commitment(0, "finance", 0.7) for _ in range(4 * NEAR)], Weights({ANY: {}}, -2.0))
    assert time.process_time() - begun < 5
