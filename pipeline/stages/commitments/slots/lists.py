"""Splits a clause with several amounts, as budgets list them: one commitment for each object with its own amount."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from spacy.tokens import Doc

from pipeline.record import CommitmentKind
from pipeline.stages.commitments.clauses.clauses import Clause
from pipeline.stages.commitments.slots.sums import own_sums
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.mentions import HeadedSpan, distinct
from pipeline.stages.document.view import ArticleView


@dataclass(frozen=True)
class Item:
    """One object of a clause: its amounts and projects."""

    amounts: tuple[HeadedSpan, ...]
    projects: tuple[Entity, ...]


def items_of(doc: Doc, clause: Clause, kind: CommitmentKind, view: ArticleView) -> list[Item]:
    """The items of a clause; a clause without a list of amounts is one item."""
    region = clause.tokens
    money = own_sums(doc, view.words, view.entities.labelled("MONEY", region))
    named = view.entities.headed_in(region)
    projects = [span for span in named if span.entity and not span.entity.is_actor]
    if kind != "finance" or len(money) < 2:
        return [Item(tuple(money), tuple(distinct(p.entity for p in projects if p.entity)))]
    return list(_split(money, projects))


def _split(money: list[HeadedSpan], projects: list[HeadedSpan]) -> Iterator[Item]:
    """Each amount with the projects up to the next one; those before the first amount are common to all."""
    common, *own = _parts(money, projects)
    for amount, near in zip(money, own, strict=True):
        named = distinct(project.entity for project in [*near, *common] if project.entity)
        yield Item((amount,), tuple(named))


def _parts(money: Sequence[HeadedSpan], spans: Sequence[HeadedSpan]) -> list[list[HeadedSpan]]:
    """The spans before the first amount, between each two, and after the last."""
    bounds = pairwise([0, *(amount.start for amount in money), math.inf])
    return [[span for span in spans if begin <= span.start < end] for begin, end in bounds]
