"""Candidates: every chain of a Doc with what it would say if it were a commitment, and what speaks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Span

from pipeline.record import CommitmentKind, Status
from pipeline.stages.commitments.arguments import Roles, roles_of
from pipeline.stages.commitments.attribution import is_reported
from pipeline.stages.commitments.chains import find_chains, is_passive
from pipeline.stages.commitments.clauses import Clause, find_clauses
from pipeline.stages.commitments.kinds import kind_evidence, kind_of
from pipeline.stages.commitments.lexicon import lexicon
from pipeline.stages.commitments.places import Places
from pipeline.stages.commitments.status import form, is_negated, status_of


@dataclass(frozen=True, eq=False)
class Candidate:
    """A clause of sentence number `sentence` read as a commitment; `features` are the names of what holds of it."""

    clause: Clause
    sentence: int
    kind: CommitmentKind
    status: Status
    roles: Roles
    features: frozenset[str]


def find_candidates(doc: Doc, places: Places) -> list[Candidate]:
    return [
        candidate for number, sentence in numbered(doc) for candidate in _in_sentence(doc, number, sentence, places)
    ]


def numbered(doc: Doc) -> Iterator[tuple[int, Span]]:
    """The sentences with their numbers; blank ones have none."""
    return enumerate(sentence for sentence in doc.sents if sentence.text.strip())


def _in_sentence(doc: Doc, number: int, sentence: Span, places: Places) -> Iterator[Candidate]:
    clauses = find_clauses(sentence, find_chains(sentence))
    for clause in clauses:
        evidence = kind_evidence(doc, clause, places)
        kind = kind_of(evidence, clause)
        status = status_of(clause.chain, kind)
        roles = roles_of(clause, places)
        features = frozenset(_features(doc, clause, sentence, kind, status, roles, evidence, places, len(clauses)))
        yield Candidate(clause, number, kind, status, roles, features)


def _features(
    doc: Doc,
    clause: Clause,
    sentence: Span,
    kind: str,
    status: str,
    roles: Roles,
    evidence: Counter[str],
    places: Places,
    n: int,
) -> Iterator[str]:
    chain, words = clause.chain, lexicon()
    action, top, region = chain.action, chain.top, set(clause.tokens)
    yield "bias"
    yield f"action={action.lemma_.lower()}"
    yield f"top={top.lemma_.lower()}"
    if chain.openers:
        yield f"opener={chain.openers[-1].lemma_.lower()}"
    yield f"openers={min(2, len(chain.openers))}"
    yield f"nominal={chain.nominal}"
    yield f"kind={kind}"
    yield f"status={status}"
    yield f"kind+status={kind}+{status}"
    yield f"form={form(top)}"
    yield f"form+nominal={form(action)}+{chain.nominal}"
    yield f"passive={is_passive(action)}"
    yield f"dep={top.dep_}"
    yield f"known={action.lemma_.lower() in words.actions}"
    yield f"subject={_subject(clause, roles, places)}"
    yield f"by={roles.by[0].kind if roles.by else 'none'}"
    yield f"to={bool(roles.to)}"
    yield f"with={bool(roles.with_)}"
    for label in ("MONEY", "DATE", "AGREEMENT", "QUANTITY", "EVENT"):
        if places.labelled(label, region):
            yield f"has={label}"
            yield f"has+kind={label}+{kind}"
    projects = places.entities_in(region, actors=False)
    if projects:
        yield f"has=project+{projects[0].programme}"
    yield f"arguments={min(3, len(places.entities_in(region, actors=True)))}"
    if is_negated(chain):
        yield "negated"
    if is_reported(chain):
        yield "reported"
    if any(mark in sentence.text for mark in '"“”'):
        yield "quoted"
    yield f"chains={min(5, n)}"
    yield f"length={min(4, len(sentence) // 12)}"
    yield f"place={_zone(sentence, doc)}"
    for name, value in evidence.items():
        if value:
            yield f"evidence={name}"


def _subject(clause: Clause, roles: Roles, places: Places) -> str:
    head = clause.subject
    if head is None:
        return "none"
    entity = places.entity(head)
    if entity is not None:
        return entity.kind or "project"
    if head.pos_ == "PRON":
        return f"pronoun:{head.lower_}"
    return "owned" if roles.by else "other"


def _zone(sentence: Span, doc: Doc) -> str:
    return str(min(4, 5 * sentence.start // max(1, len(doc))))
