"""Who does what with whom and to whom: the roles of a clause, read off the parse.

It is hard because the doer is often unsaid ("has been allocated"), or stands where a receiver might ("was awarded the
contract"); the unsaid doer is the body that the article elsewhere says acts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from pipeline.doc import Entity
from pipeline.stages.commitments.chains import Chain, is_passive
from pipeline.stages.commitments.clauses import Clause
from pipeline.stages.commitments.lexicon import lexicon
from pipeline.stages.commitments.places import Places, distinct
from pipeline.stages.commitments.words import Word

ASKED = {"to", "for", "from", "into", "towards", "upon", "on"}


@dataclass
class Roles:
    """The actors of a clause; `by` empty: the doer is unsaid."""

    by: list[Entity] = field(default_factory=list)
    with_: list[Entity] = field(default_factory=list)
    to: list[Entity] = field(default_factory=list)


def roles_of(clause: Clause, places: Places) -> Roles:
    """by, with and to of a clause."""
    roles = _nominal(clause.chain, places) if clause.chain.nominal else _verbal(clause, places)
    taken = {id(entity) for entity in roles.by}
    roles.with_ = [entity for entity in roles.with_ if id(entity) not in taken]
    taken |= {id(entity) for entity in roles.with_}
    roles.to = [entity for entity in roles.to if id(entity) not in taken]
    return roles


def _verbal(clause: Clause, places: Places) -> Roles:
    words, chain = lexicon(), clause.chain
    said = places.actors(clause.subject) if clause.subject is not None else []
    owned = [entity for opener in chain.openers if opener.pos == "NOUN" for entity in _owner(opener, places)]
    roles = Roles(by=owned or said)
    lemma, asks = chain.action.lemma, chain.top.lemma in words.directives
    acted = chain.top if asks else chain.action
    if is_passive(acted):
        roles = Roles(by=_agents(chain, places), to=said if acted.lemma in words.recipients else [])
    elif lemma in words.receiving:
        roles = Roles(by=_prepositional(chain, {"from"}, places), to=said)
    sources = _prepositional(chain, {"from"}, places) if lemma in words.receiving | words.sourcing else []
    if sources:
        roles = Roles(by=sources, to=_agents(chain, places) or said)
    if asks:
        roles.to += _asked(chain, places)
    taken = lemma in words.receiving or bool(sources)
    roles.to += _datives(chain, places) + _prepositional(chain, set() if taken else ASKED, places)
    return _shared(chain, roles, places)


def _shared(chain: Chain, roles: Roles, places: Places) -> Roles:
    """ "between A and B": both do it; "with B": a counterpart."""
    roles.by = distinct(roles.by + _prepositional(chain, {"between"}, places))
    roles.with_ = distinct(_prepositional(chain, {"with", "alongside"}, places))
    roles.to = distinct(roles.to)
    return roles


def _nominal(chain: Chain, places: Places) -> Roles:
    """ "the ADB's approval", "a loan of $5m from the ADB to Nepal", "signing by A and B"."""
    noun = chain.action
    by = _owner(noun, places) + _prepositional(chain, {"by", "from", "between"}, places)
    return Roles(
        by=distinct(by), with_=_prepositional(chain, {"with"}, places), to=_prepositional(chain, {"to", "for"}, places)
    )


def _owner(noun: Word, places: Places) -> list[Entity]:
    return [e for child in noun.children if child.dep in {"poss", "amod", "compound"} for e in places.actors(child)]


def _agents(chain: Chain, places: Places) -> list[Entity]:
    found = []
    for head in chain.heads:
        for agent in head.children:
            if agent.dep == "agent" or (agent.dep == "prep" and agent.lower in {"by", "through"}):
                found += [entity for obj in agent.children if obj.dep == "pobj" for entity in places.actors(obj)]
    return distinct(found)


def _asked(chain: Chain, places: Places) -> list[Entity]:
    """Whom a directive addresses: its object, or the subject of its complement."""
    found = []
    for child in chain.top.children:
        if child.dep in {"dobj", "dative"}:
            found += places.actors(child)
        elif child.dep in {"ccomp", "xcomp"}:
            subjects = (inner for inner in child.children if inner.dep in {"nsubj", "nsubjpass"})
            found += [entity for inner in subjects for entity in places.actors(inner)]
    return found


def _datives(chain: Chain, places: Places) -> list[Entity]:
    found = []
    for child in chain.action.children:
        if child.dep == "dative":
            inner = [obj for obj in child.children if obj.dep == "pobj"]
            found += [entity for head in inner or [child] for entity in places.actors(head)]
    return found


def _prepositional(chain: Chain, names: Collection[str], places: Places) -> list[Entity]:
    """Actors after the given prepositions, at a head of the chain or at its object."""
    objects = [t for t in chain.action.children if t.dep in {"dobj", "attr", "nsubjpass"} and t.pos == "NOUN"]
    below = [child for head in (*chain.heads, *objects) for child in head.children]
    preps = [child for child in below if child.lower in names and child.dep in {"prep", "dative"}]
    return [e for prep in preps for obj in prep.children if obj.dep == "pobj" for e in places.actors(obj)]
