"""Whose words a commitment is: the subject of the reporting verb above it, or "according to"."""

from __future__ import annotations

from spacy.tokens import Span, Token

from pipeline.doc import Entity
from pipeline.stages.commitments.chains import Chain, subject
from pipeline.stages.commitments.lexicon import lexicon
from pipeline.stages.commitments.places import Places

MARKS = '"“”'


def speaker(chain: Chain, sentence: Span, places: Places) -> Entity | None:
    """The actor to whom the sentence attributes the chain."""
    for verb in _reporting_above(chain.top):
        source = subject(verb)
        found = places.actors(source) if source is not None else []
        if found:
            return found[0]
    return _according(sentence, places)


def is_reported(chain: Chain) -> bool:
    return bool(_reporting_above(chain.top))


def _reporting_above(top: Token) -> list[Token]:
    """The reporting verbs that the chain is a complement of, nearest first."""
    words, found = lexicon(), []
    step = top
    while step.dep_ != "ROOT":
        if step.dep_ in {"ccomp", "conj", "advcl", "relcl", "acl", "dobj", "pobj", "prep", "xcomp", "dep", "parataxis"}:
            head = step.head
            if step.dep_ == "ccomp" and head.lemma_.lower() in words.reporting:
                found.append(head)
        step = step.head
    return found


def _according(sentence: Span, places: Places) -> Entity | None:
    for token in sentence:
        if token.lower_ == "according":
            sources = [
                obj for prep in token.children if prep.lower_ == "to" for obj in prep.children if obj.dep_ == "pobj"
            ]
            found = [entity for source in sources for entity in places.actors(source)]
            return found[0] if found else None
    return None
