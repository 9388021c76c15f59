"""Finds the antecedent of a pronoun that is the subject of a clause: "he invited", "they agreed", "it will provide".

It is the nearest fitting subject, at most three sentences before. For a person it may be in any other function.
"""

from __future__ import annotations

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.grammar import first_of_list, is_subject
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word
from pipeline.stages.references.cast import Cast

_SENTENCES_BACK = 3


def find_pronouns(view: ArticleView, cast: Cast) -> None:
    """Adds references for subject pronouns in reading order, so that one can be the antecedent of the next."""
    pronouns, plural = table("references.yaml")["pronouns"], table("references.yaml")["plural_pronouns"]
    for token in view.unnamed(pronouns):
        if token.dep in ("nsubj", "nsubjpass"):
            found = _together(view, cast, token) if token.lower in plural else []
            for entity in found or _antecedents(view, cast, token, pronouns[token.lower]):
                cast.refer(token.idx, token.end, entity, pronoun=True, confidence=0.7)


def _antecedents(view: ArticleView, cast: Cast, token: Word, kinds: list[str]) -> list[Entity]:
    """The nearest subject that fits; without one, the nearest person that fits."""
    here = view.sentence_of(token.idx)
    nearest: Entity | None = None
    for start, end, entity in cast.before(token.idx):
        if here - view.sentence_of(start) > _SENTENCES_BACK:
            break
        if (entity.kind or "work") in kinds and not _is_governed(view, start, end, token):
            if _is_subject_at(view, start, end):
                return [entity]
            nearest = nearest or (entity if entity.kind == "person" else None)
    return [nearest] if nearest else []


def _together(view: ArticleView, cast: Cast, token: Word) -> list[Entity]:
    """The actors that the nearest subject before coordinates ("A and B"), if there are two or more."""
    here = view.sentence_of(token.idx)
    heads: dict[int, list[Entity]] = {}
    for start, end, entity in cast.before(token.idx):
        if here - view.sentence_of(start) > 1:
            break
        root = view.root(start, end)
        if entity.is_actor and is_subject(root) and not _is_governed(view, start, end, token):
            entities = heads.setdefault(first_of_list(root).i, [])
            if entity not in entities:
                entities.append(entity)
    nearest = next(iter(heads.values()), [])
    return nearest[::-1] if len(nearest) > 1 else []


def _is_subject_at(view: ArticleView, start: int, end: int) -> bool:
    return view.root(start, end).dep in ("nsubj", "nsubjpass")


def _is_governed(view: ArticleView, start: int, end: int, pronoun: Word) -> bool:
    """Whether the pronoun and a span are arguments of one verb, and so cannot mean the same."""
    return view.root(start, end).head is pronoun.head
