"""Adds the bodies that act without a name: "police", "the central bank", "an anti-terrorism court".

Hard because the same words stand for a body that the article names; so only where it names none of that kind.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from spacy.tokens import Token

from pipeline.doc import Entity
from pipeline.gazetteer.names import key
from pipeline.record import ActorKind
from pipeline.seeds import table
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.groups import countries_in, country_of_group, span
from pipeline.stages.references.reading import Reading, is_subject

_SURE = 0.7  # of a reference
_NOUNS = ("NOUN", "PROPN")


def find_unnamed(reading: Reading, cast: Cast, home: str | None) -> None:
    """Adds an actor for every such body that does something once, with all places that mean it."""
    named = {word for entity in cast.entities if entity.is_actor for word in key(entity.name).split()}
    found: dict[str, list[Token]] = {}
    for token in reading.tokens(_heads()):
        if token.lower_ not in named and _is_one(reading, token) and not cast.over(token.idx):
            found.setdefault(key(_words(reading, token)), []).append(token)
    for tokens in found.values():
        if any(is_subject(token) for token in tokens):
            first = tokens[0]
            country = country_of_group(first, countries_in(reading, *span(first)), home)
            entity = cast.add(Entity(_words(reading, first), _heads()[first.lower_].kind, country=country))
            for token in tokens:
                cast.refer(*span(token), entity, confidence=_SURE)


class _Head(NamedTuple):
    """What a noun says of a body; `told_by`: where it means others too, the words of which one has to stand by it."""

    kind: ActorKind
    told_by: frozenset[str]


@cache
def _heads() -> dict[str, _Head]:
    known: dict[ActorKind, dict[str, list[str]]] = table("references.yaml")["unnamed_bodies"]
    return {noun: _Head(kind, frozenset(words)) for kind, nouns in known.items() for noun, words in nouns.items()}


def _is_one(reading: Reading, token: Token) -> bool:
    told_by = _heads()[token.lower_].told_by
    alone = token.pos_ in _NOUNS and token.dep_ not in ("compound", "nmod")
    return alone and (not told_by or not told_by.isdisjoint(key(_words(reading, token)).split()))


def _words(reading: Reading, token: Token) -> str:
    """A noun with the words that tell which, on one line."""
    start, end = span(token)
    return " ".join(reading.text[start:end].split())
