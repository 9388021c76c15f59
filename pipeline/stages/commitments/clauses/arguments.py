"""The roles of a clause, read off the parse: who does it, with whom and to whom.

The doer is often unstated ("has been allocated"), and a subject may be the recipient ("was awarded the contract").
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from pipeline.stages.commitments.clauses.chains import Chain
from pipeline.stages.commitments.clauses.clauses import Clause
from pipeline.stages.commitments.clauses.lexicon import lexicon
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.grammar import is_passive
from pipeline.stages.document.mentions import distinct
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word

RECIPIENT = {"to", "for", "from", "into", "towards", "upon", "on"}  # prepositions before a recipient


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
