"""The roles of a clause, read off the parse, and what it implies: who does it, with whom and to whom.

The doer is often unstated ("has been allocated"), and a subject may be the recipient ("was awarded the contract").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.record import CommitmentKind, Status
from pipeline.stages.commitments.clauses import Chain, Clause, lexicon
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.grammar import is_passive
from pipeline.stages.document.mentions import distinct
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word

RECIPIENT = {"to", "for", "from", "into", "towards", "upon", "on"}  # prepositions before a recipient
BODIES = {"country", "government", "company", "bank", "multilateral"}
NEARNESS, STEADINESS, SALIENCE = 1.0, 0.5, 0.1  # weights of a doer stated nearby, of one stated anywhere, of a mention


@dataclass
class Roles:
    """The actors of a clause; `by` is empty where the doer is not stated."""

    by: list[Entity] = field(default_factory=list)
    with_: list[Entity] = field(default_factory=list)
    to: list[Entity] = field(default_factory=list)


def roles_of(clause: Clause, view: ArticleView) -> Roles:
    """The roles of a clause; an actor has one."""
    roles = _nominal(clause.chain, view) if clause.chain.nominal else _verbal(clause, view)
    taken = {id(entity) for entity in roles.by}
    roles.with_ = [entity for entity in roles.with_ if id(entity) not in taken]
    taken |= {id(entity) for entity in roles.with_}
    roles.to = [entity for entity in roles.to if id(entity) not in taken]
    return roles


def _verbal(clause: Clause, view: ArticleView) -> Roles:
    words, chain = lexicon(), clause.chain
    subjects = view.entities.actors(clause.subject) if clause.subject is not None else []
    owners = [entity for opener in chain.openers if opener.pos == "NOUN" for entity in _owner(opener, view)]
    roles = Roles(by=owners or subjects)
    lemma, directs = chain.action.lemma, chain.top.lemma in words.directives
    acted = chain.top if directs else chain.action
    if is_passive(acted):
        roles = Roles(by=_agents(chain, view), to=subjects if acted.lemma in words.recipients else [])
    elif lemma in words.receiving:
        roles = Roles(by=_prepositional(chain, {"from"}, view), to=subjects)
    if directs:
        roles.to += _addressed(chain, view)
    roles.to += _datives(chain, view) + _prepositional(chain, set() if lemma in words.receiving else RECIPIENT, view)
    with_ = _prepositional(chain, {"with", "alongside"}, view)
    return Roles(distinct(roles.by), distinct(with_), distinct(roles.to))


def _nominal(chain: Chain, view: ArticleView) -> Roles:
    """The roles of a noun: "the ADB's approval", "a loan of $5m from the ADB to Nepal", "signing by A and B"."""
    noun = chain.action
    by = _owner(noun, view) + _prepositional(chain, {"by", "from", "between"}, view)
    return Roles(
        by=distinct(by), with_=_prepositional(chain, {"with"}, view), to=_prepositional(chain, {"to", "for"}, view)
    )


def _owner(noun: Word, view: ArticleView) -> list[Entity]:
    return [
        e for child in noun.children if child.dep in {"poss", "amod", "compound"} for e in view.entities.actors(child)
    ]


def _agents(chain: Chain, view: ArticleView) -> list[Entity]:
    found = []
    for head in chain.heads:
        for agent in head.children:
            if agent.dep == "agent" or (agent.dep == "prep" and agent.lower in {"by", "through"}):
                found += [entity for obj in agent.children if obj.dep == "pobj" for entity in view.entities.actors(obj)]
    return distinct(found)


def _addressed(chain: Chain, view: ArticleView) -> list[Entity]:
    """The addressees of a directive: its object, or the subject of its complement."""
    found = []
    for child in chain.top.children:
        if child.dep in {"dobj", "dative"}:
            found += view.entities.actors(child)
        elif child.dep in {"ccomp", "xcomp"}:
            subjects = (inner for inner in child.children if inner.dep in {"nsubj", "nsubjpass"})
            found += [entity for inner in subjects for entity in view.entities.actors(inner)]
    return found


def _datives(chain: Chain, view: ArticleView) -> list[Entity]:
    found = []
    for child in chain.action.children:
        if child.dep == "dative":
            inner = [obj for obj in child.children if obj.dep == "pobj"]
            found += [entity for head in inner or [child] for entity in view.entities.actors(head)]
    return found


def _prepositional(chain: Chain, names: Collection[str], view: ArticleView) -> list[Entity]:
    """Actors after the given prepositions, at a head of the chain or at its object."""
    objects = [t for t in chain.action.children if t.dep in {"dobj", "attr", "nsubjpass"} and t.pos == "NOUN"]
    below = [child for head in (*chain.heads, *objects) for child in head.children]
    preps = [child for child in below if child.lower in names and child.dep in {"prep", "dative"}]
    return [e for prep in preps for obj in prep.children if obj.dep == "pobj" for e in view.entities.actors(obj)]


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
