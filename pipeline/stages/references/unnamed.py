"""Adds the bodies that act without a name: "police", "the central bank", "an anti-terrorism court".

Hard because the same words stand for a body that the article names; so only where it names none of that kind.
"""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.doc import Entity
from pipeline.normalise.names import key
from pipeline.record import ActorKind
from pipeline.seeds import table
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.groups import countries_in, span
from pipeline.stages.references.reading import Reading, is_subject

_SURE = 0.7  # of a reference
_NOUNS = ("NOUN", "PROPN")


def find_unnamed(reading: Reading, cast: Cast, home: str | None) -> None:
    """Adds an actor for every such body that does something once, with all places that mean it."""
    kinds: dict[ActorKind, dict[str, list[str]]] = table("references.yaml")["unnamed_bodies"]
    heads = {noun: (kind, told_by) for kind, nouns in kinds.items() for noun, told_by in nouns.items()}
    named = {word for entity in cast.entities if entity.is_actor for word in key(entity.name).split()}
    found: dict[str, list[Token]] = {}
    for token in reading.tokens(heads):
        if token.lower_ in named or token.pos_ not in _NOUNS or token.dep_ in ("compound", "nmod"):
            continue
        told = key(_words(reading, token))
        if not cast.over(token.idx) and _is_one(told, heads[token.lower_][1]):
            found.setdefault(told, []).append(token)
    for tokens in found.values():
        if any(is_subject(token) for token in tokens):
            kind, _ = heads[tokens[0].lower_]
            country, *others = countries_in(reading, *span(tokens[0])) or (home,)
            entity = cast.add(Entity(_words(reading, tokens[0]), kind, country=None if others else country))
            for token in tokens:
                cast.refer(*span(token), entity, confidence=_SURE)


def _is_one(words: str, told_by: list[str]) -> bool:
    """Whether the words mean such a body; `told_by`: where the noun means others too, what has to stand by it."""
    return not told_by or bool(set(told_by) & set(words.split()))


def _words(reading: Reading, token: Token) -> str:
    start, end = span(token)
    return " ".join(reading.text[start:end].split())
