"""Finds whom a pronoun means where it is the subject of a clause: "he invited", "they agreed", "it will provide".

Hard without the world's sense; so only subjects, only the last subject that fits, and no further back than a sentence.
"""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.doc import Entity, tokens_of
from pipeline.seeds import table
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.reading import Reading, is_subject

_SENTENCES_BACK = 3


def find_pronouns(reading: Reading, cast: Cast) -> None:
    """Refers subject pronouns to their antecedents, in reading order, so that one pronoun can hand on to the next."""
    pronouns, plural = table("references.yaml")["pronouns"], table("references.yaml")["plural_pronouns"]
    for token in reading.tokens(pronouns):
        if token.dep_ in ("nsubj", "nsubjpass"):
            found = _together(reading, cast, token) if token.lower_ in plural else []
            for entity in found or _antecedents(reading, cast, token, pronouns[token.lower_]):
                cast.refer(token.idx, token.idx + len(token), entity, pronoun=True, confidence=0.7)


def _antecedents(reading: Reading, cast: Cast, token: Token, kinds: list[str]) -> list[Entity]:
    """The nearest subject that fits, else for persons the nearest that fits at all."""
    here = reading.sentence_of(token.idx)
    nearest: Entity | None = None
    for start, end, entity in cast.before(token.idx):
        if here - reading.sentence_of(start) > _SENTENCES_BACK:
            break
        if (entity.kind or "work") in kinds and not _is_governed(reading, start, end, token):
            if _is_subject_at(reading, start, end):
                return [entity]
            nearest = nearest or (entity if entity.kind == "person" else None)
    return [nearest] if nearest else []


def _together(reading: Reading, cast: Cast, token: Token) -> list[Entity]:
    """The actors that the nearest subject before names together: "A and B", "both sides"."""
    here = reading.sentence_of(token.idx)
    heads: dict[int, list[Entity]] = {}
    for start, end, entity in cast.before(token.idx):
        if here - reading.sentence_of(start) > 1:
            break
        root = tokens_of(reading.doc, start, end).root
        if entity.is_actor and is_subject(root) and not _is_governed(reading, start, end, token):
            rows = heads.setdefault(_first(root).i, [])
            if entity not in rows:
                rows.append(entity)
    nearest = next(iter(heads.values()), [])
    return nearest[::-1] if len(nearest) > 1 else []


def _first(token: Token) -> Token:
    """The first of a coordination that a token is in."""
    while token.dep_ == "conj" and token.head is not token:
        token = token.head
    return token


def _is_subject_at(reading: Reading, start: int, end: int) -> bool:
    span = reading.doc.char_span(start, end, alignment_mode="expand")
    return span is not None and span.root.dep_ in ("nsubj", "nsubjpass")


def _is_governed(reading: Reading, start: int, end: int, pronoun: Token) -> bool:
    """Whether the pronoun and a place are arguments of one verb, and so cannot be the same."""
    span = reading.doc.char_span(start, end, alignment_mode="expand")
    return span is not None and span.root.head == pronoun.head
