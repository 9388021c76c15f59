"""Splits a clause with several amounts, as budgets list them: one commitment for each object with its own amount.

The object follows its amount in one list ("$5m to Kenya, $3m to Rwanda") and comes before it in the next.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from spacy.tokens import Doc

from pipeline.article.doc import Entity, text_of
from pipeline.article.entities import HeadedSpan, distinct
from pipeline.article.view import ArticleView
from pipeline.record import CommitmentKind
from pipeline.stages.commitments.clauses.clauses import Clause
from pipeline.stages.commitments.slots.sums import own_sums

_BEHIND = re.compile(r"\s+(?:to|for|from|by)\s+(?:the\s+)?", re.I)  # between an amount and whose it is
_BEFORE = re.compile(r"['\u2019]?s?\s*[(\[]?", re.I)  # between whose an amount is and the amount


@dataclass(frozen=True)
class Item:
    """One object of a clause: its amounts and projects; `elsewhere`: ids of the actors of other amounts."""

    amounts: tuple[HeadedSpan, ...]
    projects: tuple[Entity, ...]
    elsewhere: frozenset[int] = frozenset()


def items_of(doc: Doc, clause: Clause, kind: CommitmentKind, view: ArticleView) -> list[Item]:
    """The items of a clause; a clause without a list of amounts is one item."""
    region = clause.tokens
    money = own_sums(doc, view.words, view.entities.labelled("MONEY", region))
    named = view.entities.headed_in(region)
    projects = [span for span in named if span.entity and not span.entity.is_actor]
    if kind != "finance" or len(money) < 2:
        return [Item(tuple(money), tuple(distinct(p.entity for p in projects if p.entity)))]
    actors = [span for span in named if span.entity and span.entity.is_actor]
    return list(_split(money, projects, _owners(text_of(doc), money, actors)))


def _split(money: list[HeadedSpan], projects: list[HeadedSpan], owners: list[set[int]]) -> Iterator[Item]:
    """Each amount with the projects up to the next one, or from the last one where each comes before its amount.

    Other projects before the first amount are common to all.
    """
    parts = _parts(money, projects)
    if all(parts[:-1]) and not parts[-1]:
        common, own = parts[0][:-1], [parts[0][-1:], *parts[1:-1]]
    else:
        common, own = parts[0], parts[1:]
    every = set[int]().union(*owners)
    for amount, near, actors in zip(money, own, owners, strict=True):
        named = distinct(project.entity for project in [*near, *common] if project.entity)
        yield Item((amount,), tuple(named), frozenset(every - actors))


def _parts(money: Sequence[HeadedSpan], spans: Sequence[HeadedSpan]) -> list[list[HeadedSpan]]:
    """The spans before the first amount, between each two, and after the last."""
    bounds = pairwise([0, *(amount.start for amount in money), math.inf])
    return [[span for span in spans if begin <= span.start < end] for begin, end in bounds]


def _owners(text: str, money: Sequence[HeadedSpan], actors: Sequence[HeadedSpan]) -> list[set[int]]:
    """The ids of the actors that each amount alone is to, for, from or by; empty unless each has its own."""

    def beside(amount: HeadedSpan) -> Iterator[HeadedSpan]:
        return (a for a in actors if a.start >= amount.end and _BEHIND.fullmatch(text, amount.end, a.start))

    def in_front(amount: HeadedSpan) -> Iterator[HeadedSpan]:
        return (a for a in actors if a.end <= amount.start and _BEFORE.fullmatch(text, a.end, amount.start))

    behind = _each(money, beside)
    if all(behind):
        return behind
    before = _each(money, in_front)
    if all(before[1:]) and not before[0]:  # "A will lend 5 and B 3"
        before[0] = {id(actor.entity) for actor in [a for a in actors if a.end <= money[0].start][-1:]}
    return before if all(before) else [set() for _ in money]


def _each(money: Sequence[HeadedSpan], near: Callable[[HeadedSpan], Iterator[HeadedSpan]]) -> list[set[int]]:
    return [{id(actor.entity) for actor in near(amount)} for amount in money]
