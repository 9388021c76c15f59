"""Roles that a clause leaves open, filled in from its kind, its status or the article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from pipeline.record import CommitmentKind, Status
from pipeline.stages.commitments.clauses.arguments import Roles
from pipeline.stages.commitments.clauses.lexicon import lexicon
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.mentions import distinct

BODIES = {"country", "government", "company", "bank", "multilateral"}
NEARNESS, STEADINESS, SALIENCE = 1.0, 0.5, 0.1  # weights of a doer stated nearby, of one stated anywhere, of a mention


class Doers:
    """Who acts in an article, for clauses that do not state a doer."""

    def __init__(self, stated: Iterable[tuple[int, list[Entity]]], named: Sequence[Entity]) -> None:
        acting = [
            (at, group) for at, by in stated if (group := tuple(entity for entity in by if entity.kind in BODIES))
        ]
        counted = Counter(named)
        alone = [(entity,) for entity in counted if entity.kind in BODIES]
        self._groups = list(dict.fromkeys([*(group for _, group in acting), *alone]))
        numbers = {group: number for number, group in enumerate(self._groups)}
        self._at = np.array([at for at, _ in acting], np.int64)
        self._acts = np.array([numbers[group] for _, group in acting], np.int64)
        self._salience = np.array([SALIENCE * counted[group[0]] * (len(group) == 1) for group in self._groups])
        self._having: dict[int, list[int]] = {}  # the groups that an entity is in
        for group, number in numbers.items():
            for entity in group:
                self._having.setdefault(id(entity), []).append(number)
        self._countries = {e.country: e for e in named if e.kind == "country" and e.country}
        self._governments = [entity for entity in counted if entity.kind == "government"]

    def likely(self, sentence: int, excluded: Iterable[Entity]) -> list[Entity]:
        """The bodies most often stated as doers, nearer sentences first; else the one most often named."""
        weights = STEADINESS + NEARNESS / (1 + np.abs(sentence - self._at))
        scores = np.bincount(self._acts, weights, len(self._groups)) + self._salience
        scores[[number for entity in excluded for number in self._having.get(id(entity), ())]] = 0
        return list(self._groups[scores.argmax()]) if scores.any() else []

    def principal(self, person: Entity) -> Entity | None:
        """The country or government that an office-holder binds by a promise in person."""
        role = (person.role or "").lower()
        if person.kind != "person" or not any(word in role for word in lexicon().offices):
            return None
        words = {word for word in (person.role or "").split() if word[0].isupper()}
        own = (e for e in self._governments if "government" in e.name.lower() and words & set(e.name.split()))
        return next(own, None) or self._countries.get(person.country or "")


def completed(
    roles: Roles, kind: CommitmentKind, status: Status, region: list[Entity], doers: Doers, sentence: int
) -> Roles:
    """The roles of a clause with what its kind and status imply; `region`: the actors that its words name."""
    by, with_, to = list(roles.by), list(roles.with_), list(roles.to)
    if kind == "agreement":
        by, with_ = distinct([*by, *with_]), []
    if not by:
        by = doers.likely(sentence, [*to, *with_])
    if status == "pledged":
        by = distinct([*by, *(body for e in by if (body := doers.principal(e)) is not None)])
    if not to:
        to = [e for e in region if e.kind == "group" and all(e is not other for other in [*by, *with_])]
    return Roles(by, with_, [entity for entity in to if all(entity is not doer for doer in by)])
