"""Resolves "both sides" or "the two universities" to two entities that the article has just named together.

They are the two of one kind in the nearest sentence that names such two: countries before bodies before persons, since
the person who speaks for a side stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word
from pipeline.stages.references.cast import Cast

_WORDS_BACK = 3  # how far before its noun "both" may stand
_SENTENCES_BACK = 8


def find_pairs(view: ArticleView, cast: Cast) -> None:
    """Adds references for every "both sides" to the two entities that it means."""
    for token in view.unnamed(_classes()):
        if (start := _start(view, token)) is not None:
            for one in _pair(view, cast, start, _classes()[token.lower]):
                cast.refer(start, token.end, one, pronoun=True, confidence=0.7)


@cache
def _classes() -> dict[str, list[str]]:
    """The classes of entities that a pair may be of, by its noun."""
    return {noun: row["of"] for row in table("references.yaml")["pairs"] for noun in row["nouns"]}


def _start(view: ArticleView, token: Word) -> int | None:
    """Where "both sides" begins; None without a word for two, or before "of": "both sides of the canal"."""
    if any(word.lower == "of" for word in view.words[token.i + 1 : token.i + 2]):
        return None
    before = view.words[max(0, token.i - _WORDS_BACK) : token.i]
    return next((word.idx for word in before if word.lower in table("references.yaml")["pair_words"]), None)


def _pair(view: ArticleView, cast: Cast, offset: int, classes: Sequence[str]) -> list[Entity]:
    """The two of one class that the nearest sentence before names together, else the two countries named last."""
    here, named = view.sentence_of(offset), dict[int, list[Entity]]()
    for start, _, entity in cast.before(offset):
        found = named.setdefault(view.sentence_of(start), [])
        if entity not in found:
            found.append(entity)
    for number, entities in named.items():
        if here - number <= _SENTENCES_BACK:
            for name in classes:
                members = _members(entities, name, cast)
                if len(members) == 2 or (len(members) > 2 and name != "alone"):
                    return members[1::-1]
    everyone = (entity for entities in named.values() for entity in entities)
    last = _members(everyone, "countries", cast)[1::-1] if "countries" in classes else []
    return last if len(last) == 2 else []


def _members(entities: Iterable[Entity], name: str, cast: Cast) -> list[Entity]:
    """The entities of a class of `pair_classes` in the seeds, the nearest first."""
    classes = table("references.yaml")["pair_classes"]
    if name == "nations":
        persons = _members(entities, "persons", cast)
        found = [cast.countries[p.country] for p in persons if p.country in cast.countries]
    else:
        kinds = [*classes["countries"], *classes["bodies"]] if name == "alone" else classes[name]
        found = [entity for entity in entities if entity.kind in kinds]
    return list(dict.fromkeys(found))
