"""Adds the bodies that act without a name: "police", "the central bank", "an anti-terrorism court".

The same words may mean a body that the article names, so they count only where it names none of that kind.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from pipeline.record import ActorKind
from pipeline.seeds import table
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.grammar import is_subject
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word
from pipeline.stages.references.bodies.groups import countries_in, country_of_group, span
from pipeline.stages.references.cast import Cast
from pipeline.values.gazetteer.names import key

_CONFIDENCE = 0.7  # of a reference
_NOUNS = ("NOUN", "PROPN")


def find_unnamed(view: ArticleView, cast: Cast, home: str | None) -> None:
    """Adds one actor for every such body that is a subject once, with a reference for each of its spans."""
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
                cast.refer(*span(view, token), entity, confidence=_CONFIDENCE)


class _Head(NamedTuple):
    """The kind of body of a noun; `qualifiers`: for an ambiguous noun, words of which one must stand by it."""

    kind: ActorKind
    qualifiers: frozenset[str]


@cache
def _heads() -> dict[str, _Head]:
    lists: dict[ActorKind, dict[str, list[str]]] = table("references.yaml")["unnamed_bodies"]
    return {noun: _Head(kind, frozenset(words)) for kind, nouns in lists.items() for noun, words in nouns.items()}


def _is_one(view: ArticleView, token: Word) -> bool:
    qualifiers = _heads()[token.lower].qualifiers
    alone = token.pos in _NOUNS and token.dep not in ("compound", "nmod")
    return alone and (not qualifiers or not qualifiers.isdisjoint(key(_words(view, token)).split()))


def _words(view: ArticleView, token: Word) -> str:
    """A noun with its modifiers, on one line."""
    start, end = span(view, token)
    return " ".join(view.text[start:end].split())
