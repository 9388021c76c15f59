"""Whom "both sides" or "the two universities" mean: two that the article has just named together.

Hard because much else is named beside them: the two of the nearest sentence that names two of one kind, countries
before bodies and bodies before persons, since the person who speaks for a side stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from spacy.tokens import Token

from pipeline.doc import Entity
from pipeline.seeds import table
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.reading import Reading

_WORDS_BACK = 3  # how far before its noun "both" may stand
_SENTENCES_BACK = 8


def find_pairs(reading: Reading, cast: Cast) -> None:
    """Refers every "both sides" to the two that it means."""
    for token in reading.tokens(_classes()):
        if (start := _start(token)) is not None:
            for one in _pair(reading, cast, start, _classes()[token.lower_]):
                cast.refer(start, token.idx + len(token), one, pronoun=True, confidence=0.7)


@cache
def _classes() -> dict[str, list[str]]:
    """What two may be, by the noun that they are called."""
    return {noun: row["of"] for row in table("references.yaml")["pairs"] for noun in row["nouns"]}


def _start(token: Token) -> int | None:
    """Where "both sides" begins; None where no two are told, or whose they are: "both sides of the canal"."""
    if token.i + 1 < len(token.doc) and token.doc[token.i + 1].lower_ == "of":
        return None
    before = token.doc[max(0, token.i - _WORDS_BACK) : token.i]
    return next((word.idx for word in before if word.lower_ in table("references.yaml")["pair_words"]), None)


def _pair(reading: Reading, cast: Cast, offset: int, classes: Sequence[str]) -> list[Entity]:
    """The two of one class that the nearest sentence before names together, else the two countries named last."""
    here, named = reading.sentence_of(offset), dict[int, list[Entity]]()
    for start, _, entity in cast.before(offset):
        rows = named.setdefault(reading.sentence_of(start), [])
        if entity not in rows:
            rows.append(entity)
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
    """Those of a class of `pairs` in the seeds, the nearest first."""
    known = table("references.yaml")["pair_classes"]
    if name == "nations":
        persons = _members(entities, "persons", cast)
        found = [cast.countries[p.country] for p in persons if p.country in cast.countries]
    else:
        kinds = [*known["countries"], *known["bodies"]] if name == "alone" else known[name]
        found = [entity for entity in entities if entity.kind in kinds]
    return list(dict.fromkeys(found))
