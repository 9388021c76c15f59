"""Adds the bodies that act without a name: "police", "the central bank", "an anti-terrorism court".

Hard because the same words stand for a body that the article names; so only where it names none of that kind.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from pipeline.article.doc import Entity
from pipeline.article.grammar import is_subject
from pipeline.article.view import ArticleView
from pipeline.article.words import Word
from pipeline.gazetteer.names import key
from pipeline.record import ActorKind
from pipeline.seeds import table
from pipeline.stages.references.bodies.groups import countries_in, country_of_group, span
from pipeline.stages.references.cast import Cast

_SURE = 0.7  # of a reference
_NOUNS = ("NOUN", "PROPN")


def find_unnamed(view: ArticleView, cast: Cast, home: str | None) -> None:
    """Adds an actor for every such body that does something once, with all places that mean it."""
    named = {word for entity in cast.entities if entity.is_actor for word in key(entity.name).split()}
    found: dict[str, list[Word]] = {}
    for token in view.unnamed(_heads()):
        if token.lower not in named and _is_one(view, token) and not cast.over(token.idx):
            found.setdefault(key(_words(view, token)), []).append(token)
    for tokens in found.values():
        if any(is_subject(token) for token in tokens):
            first = tokens[0]
            country = country_of_group(first, countries_in(view, *span(view, first)), home)
            entity = cast.add(Entity(_words(view, first), _heads()[first.lower].kind, country=country))
            for token in tokens:
                cast.refer(*span(view, token), entity, confidence=_SURE)


class _Head(NamedTuple):
    """What a noun says of a body; `told_by`: where it means others too, the words of which one has to stand by it."""

    kind: ActorKind
    told_by: frozenset[str]


@cache
def _heads() -> dict[str, _Head]:
    known: dict[ActorKind, dict[str, list[str]]] = table("references.yaml")["unnamed_bodies"]
    return {noun: _Head(kind, frozenset(words)) for kind, nouns in known.items() for noun, words in nouns.items()}


def _is_one(view: ArticleView, token: Word) -> bool:
    told_by = _heads()[token.lower].told_by
    alone = token.pos in _NOUNS and token.dep not in ("compound", "nmod")
    return alone and (not told_by or not told_by.isdisjoint(key(_words(view, token)).split()))


def _words(view: ArticleView, token: Word) -> str:
    """A noun with the words that tell which, on one line."""
    start, end = span(view, token)
    return " ".join(view.text[start:end].split())
