"""From candidates to commitments: those that the formula accepts, with their arguments, lists apart, retellings one."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from spacy.tokens import Doc

from pipeline.doc import Commitment, text_of
from pipeline.normalise.sectors import classify
from pipeline.stages.commitments import values
from pipeline.stages.commitments.attribution import Speakers
from pipeline.stages.commitments.candidates import Candidate, find_candidates, judged
from pipeline.stages.commitments.chains import trigger_span
from pipeline.stages.commitments.clauses import find_clauses
from pipeline.stages.commitments.completion import Doers, Topics, completed
from pipeline.stages.commitments.formula import Formula, Verdict, formula
from pipeline.stages.commitments.lists import Item, items_of
from pipeline.stages.commitments.merge import merged
from pipeline.stages.commitments.places import Places
from pipeline.stages.commitments.status import is_advice, is_ahead, is_negated, status_of

SECTORS = 2  # of one commitment


@dataclass(frozen=True)
class Context:
    """What the whole article tells about a clause: where its entities stand, who acts, who speaks."""

    places: Places
    doers: Doers
    speakers: Speakers
    topics: Topics
    text: str
    day: datetime.date | None


def find_commitments(doc: Doc, measured: Formula | None = None) -> list[Commitment]:
    """The commitments of a Doc in reading order."""
    measured, places = measured or formula(), Places(doc)
    candidates = find_candidates(doc, places)
    pairs = zip(candidates, judged(candidates, measured), strict=True)
    accepted = [(c, verdict) for c, verdict in pairs if verdict.accept >= measured.threshold]
    doers = Doers(((c.sentence, c.roles.by) for c, _ in accepted), [p.entity for p in places.entities if p.entity])
    sentences = places.sentences
    speakers, topics = Speakers(sentences, places), Topics(sentences, places)
    article = Context(places, doers, speakers, topics, text_of(doc), values.day_of(doc))
    reowned = zip(_reowned([candidate for candidate, _ in accepted]), accepted, strict=True)
    return merged(found for c, (_, verdict) in reowned for found in _written(doc, c, verdict, article))


def _reowned(accepted: list[Candidate]) -> Iterator[Candidate]:
    """The candidates with their clauses drawn anew: chains that are no commitments no longer hold tokens back."""
    for _, group in groupby(accepted, key=lambda candidate: candidate.sentence):
        candidates = list(group)
        clauses = find_clauses([c.clause.chain for c in candidates])
        for candidate, clause in zip(candidates, clauses, strict=True):
            yield replace(candidate, clause=clause)


def _written(doc: Doc, candidate: Candidate, verdict: Verdict, article: Context) -> Iterator[Commitment]:
    """One commitment, or one for each item of a list."""
    for item in items_of(doc, candidate.clause, verdict.kind, article.places):
        yield _commitment(candidate, verdict, item, article)


def _commitment(candidate: Candidate, verdict: Verdict, item: Item, article: Context) -> Commitment:
    chain, region = candidate.clause.chain, candidate.clause.tokens
    status = "proposed" if is_advice(chain, candidate.roles.by) else status_of(chain, verdict.kind)
    actors = article.places.entities_in(region, actors=True)
    roles = completed(candidate.roles, verdict.kind, status, actors, article.doers, candidate.sentence)
    found = Commitment(verdict.kind, status, *trigger_span(chain), [candidate.sentence])
    found.by, found.with_, found.to = roles.by, roles.with_, roles.to
    found.projects = list(item.projects) or article.topics.nearest(chain, candidate.sentence, verdict.kind)
    found.attributed_to, found.negated = article.speakers.of(chain, candidate.sentence), is_negated(chain)
    found.confidence, found.method = verdict.confidence, _method(candidate)
    found.amounts = [a for p in item.amounts if p.mention and (a := values.amount(article.text, p.mention)) is not None]
    dates = article.places.labelled("DATE", region)
    ahead = [(p.mention, is_ahead(chain, p.head)) for p in dates if p.mention]
    found.dates = [values.date(article.text, mention, article.day, future=future) for mention, future in ahead]
    found.sectors = _sectors(found, candidate, article.places)
    return found


def _sectors(found: Commitment, candidate: Candidate, places: Places) -> list[str]:
    """The sectors of its projects, else those that the clause speaks of."""
    told = [sector.code for project in found.projects if not project.programme for sector in project.sectors]
    return list(dict.fromkeys(told or _spoken_of(_text(candidate, places))))[:SECTORS]


@lru_cache(maxsize=16)
def _spoken_of(text: str) -> tuple[str, ...]:
    """The sectors of a clause's text, kept for the other items of its list."""
    return tuple(sector.code for sector in classify(text, SECTORS))


def _text(candidate: Candidate, places: Places) -> str:
    return " ".join(places.words[i].text for i in sorted(candidate.clause.tokens))


def _method(candidate: Candidate) -> str:
    chain = candidate.clause.chain
    if chain.nominal:
        return "rules:noun"
    return "rules:opened" if chain.openers else "rules:verb"
