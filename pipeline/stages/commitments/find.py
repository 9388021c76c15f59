"""From candidates to commitments: those that the formula accepts, with their arguments, lists apart, retellings one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from spacy.tokens import Doc

from pipeline.doc import Commitment
from pipeline.normalise.sectors import classify
from pipeline.record import CommitmentKind, Status
from pipeline.stages.commitments import values
from pipeline.stages.commitments.arguments import Doers
from pipeline.stages.commitments.attribution import speaker
from pipeline.stages.commitments.candidates import Candidate, find_candidates, numbered
from pipeline.stages.commitments.chains import trigger_span
from pipeline.stages.commitments.clauses import find_clauses
from pipeline.stages.commitments.formula import Formula, formula
from pipeline.stages.commitments.lists import Item, items_of
from pipeline.stages.commitments.merge import merged
from pipeline.stages.commitments.places import Places
from pipeline.stages.commitments.status import is_negated, status_of

AHEAD: frozenset[Status] = frozenset({"pledged", "proposed"})  # their dates lie ahead
SECTORS = 2  # of one commitment


def find_commitments(doc: Doc, measured: Formula | None = None) -> list[Commitment]:
    """The commitments of a Doc in reading order."""
    measured, places = measured or formula(), Places(doc)
    candidates = find_candidates(doc, places)
    accepted = [c for c in candidates if measured.probability(c.features) >= measured.threshold]
    accepted = list(_reowned(doc, accepted))
    doers = Doers(((c.sentence, c.roles.by) for c in accepted), [p.entity for p in places.entities if p.entity])
    return merged(found for candidate in accepted for found in _written(doc, candidate, places, doers, measured))


def _reowned(doc: Doc, accepted: list[Candidate]) -> Iterator[Candidate]:
    """The candidates with their clauses drawn anew: chains that are no commitments no longer hold tokens back."""
    sentences = dict(numbered(doc))
    for number, group in groupby(accepted, key=lambda candidate: candidate.sentence):
        candidates = list(group)
        clauses = find_clauses(sentences[number], [c.clause.chain for c in candidates])
        for candidate, clause in zip(candidates, clauses, strict=True):
            yield replace(candidate, clause=clause)


def _written(doc: Doc, candidate: Candidate, places: Places, doers: Doers, measured: Formula) -> Iterator[Commitment]:
    """One commitment, or one for each item of a list."""
    kind = measured.kind(candidate.features)
    for item in items_of(doc, candidate.clause, kind, places):
        yield _commitment(doc, candidate, kind, item, places, doers, measured)


def _commitment(
    doc: Doc, candidate: Candidate, kind: CommitmentKind, item: Item, places: Places, doers: Doers, measured: Formula
) -> Commitment:
    chain, roles = candidate.clause.chain, candidate.roles
    status = status_of(chain, kind)
    by = roles.by or doers.likely(candidate.sentence, [*roles.to, *roles.with_])
    found = Commitment(
        kind, status, *trigger_span(chain), [candidate.sentence], by=by, with_=roles.with_, to=roles.to,
        projects=list(item.projects), attributed_to=speaker(chain, chain.top.sent, places), negated=is_negated(chain),
        confidence=measured.probability(candidate.features), method=_method(candidate),
    )  # fmt: skip
    found.amounts = [a for p in item.amounts if p.mention and (a := values.amount(doc, p.mention)) is not None]
    dates = places.labelled("DATE", set(candidate.clause.tokens))
    found.dates = [values.date(doc, p.mention, future=status in AHEAD) for p in dates if p.mention]
    found.sectors = _sectors(doc, found, candidate)
    return found


def _sectors(doc: Doc, found: Commitment, candidate: Candidate) -> list[str]:
    """The sectors that the clause speaks of, else those of its projects."""
    told = [sector.code for sector in classify(_text(doc, candidate), SECTORS)]
    of_projects = [sector.code for project in found.projects if not project.programme for sector in project.sectors]
    return list(dict.fromkeys(of_projects[:SECTORS] or told))


def _text(doc: Doc, candidate: Candidate) -> str:
    return " ".join(doc[i].text for i in sorted(candidate.clause.tokens))


def _method(candidate: Candidate) -> str:
    chain = candidate.clause.chain
    if chain.nominal:
        return "rules:noun"
    return "rules:opened" if chain.openers else "rules:verb"
