"""Takes a clause with several amounts apart: one commitment an object with its own amount, as budgets list them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc

from pipeline.doc import Entity
from pipeline.record import CommitmentKind
from pipeline.stages.commitments.asides import own_sums
from pipeline.stages.commitments.clauses import Clause
from pipeline.stages.commitments.places import Place, Places, distinct


@dataclass(frozen=True)
class Item:
    """One object of a clause: its amounts and projects."""

    amounts: tuple[Place, ...]
    projects: tuple[Entity, ...]


def items_of(doc: Doc, clause: Clause, kind: CommitmentKind, places: Places) -> list[Item]:
    """The items of a clause; a clause without a list of amounts is one item."""
    region = clause.tokens
    money = own_sums(doc, places.words, places.labelled("MONEY", region))
    projects = [p for p in places.entities if p.entity and not p.entity.is_actor and p.head.i in region]
    if kind != "finance" or len(money) < 2:
        return [Item(tuple(money), tuple(distinct(p.entity for p in projects if p.entity)))]
    return list(_apart(money, projects))


def _apart(money: list[Place], projects: list[Place]) -> Iterator[Item]:
    """Each amount with the projects up to the next one; projects before the first amount are common to all."""
    bounds = [*(place.start for place in money[1:]), None]
    common = [p.entity for p in projects if p.start < money[0].start and p.entity]
    for place, bound in zip(money, bounds, strict=True):
        own = [p.entity for p in projects if p.entity and place.start <= p.start and (bound is None or p.start < bound)]
        yield Item((place,), tuple(distinct([*own, *common])))
