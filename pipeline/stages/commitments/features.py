"""The features of a candidate: names of facts that hold for it ("has=MONEY")."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.record import CommitmentKind, Status
from pipeline.stages.commitments.classifier import Floats
from pipeline.stages.commitments.clauses.arguments import Roles
from pipeline.stages.commitments.clauses.clauses import Clause
from pipeline.stages.commitments.clauses.lexicon import lexicon
from pipeline.stages.document.grammar import OBJECTS, is_negated, is_passive, tense
from pipeline.stages.document.speakers import reporting_above
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Sentence

LABELS = {"MONEY", "DATE", "AGREEMENT", "QUANTITY", "EVENT"}
CLOSING = set(".?!”\"'’)")  # marks that end a sentence, and no headline
ZONES = 5  # parts of an article


@dataclass(frozen=True)
class Reading:
    """A clause as the rules read it."""

    clause: Clause
    sentence: Sentence
    kind: CommitmentKind
    status: Status
    roles: Roles
    evidence: Mapping[str, int]
    leaning: Floats


def features_of(reading: Reading, view: ArticleView, clauses: int) -> Iterator[str]:
    """The names of the features; `clauses`: how many the sentence has."""
    return itertools.chain(
        _words(reading),
        _forms(reading),
        _actors(reading, view),
        _contents(reading, view),
        _setting(reading, clauses),
    )


def _words(reading: Reading) -> Iterator[str]:
    chain, words = reading.clause.chain, lexicon()
    yield f"action={chain.action.lemma}"
    yield f"known={chain.action.lemma in words.actions}"
    yield f"top={chain.top.lemma}"
    yield f"openers={min(2, len(chain.openers))}"
    if chain.openers:
        yield f"opener={chain.openers[-1].lemma}"
    for child in chain.action.children:
        if child.dep in OBJECTS:
            yield f"object={child.lemma}"
        elif child.dep == "prep":
            yield f"prep={child.lower}"
    if any(child.lower in words.formal for head in chain.heads for child in head.children):
        yield "formal"


def _forms(reading: Reading) -> Iterator[str]:
    chain = reading.clause.chain
    yield f"kind={reading.kind}"
    yield f"status={reading.status}"
    yield f"kind+status={reading.kind}+{reading.status}"
    yield f"nominal={chain.nominal}"
    if chain.tagged:
        yield "tagged"
    yield f"form={tense(chain.top)}"
    yield f"form+nominal={tense(chain.action)}+{chain.nominal}"
    yield f"passive={is_passive(chain.action)}"
    yield f"dep={chain.top.dep}"
    yield f"depth={min(4, sum(1 for _ in chain.top.ancestors))}"
    yield from (f"mark={child.lower}" for child in chain.top.children if child.dep == "mark")
    if is_negated(chain.heads):
        yield "negated"
    if reporting_above(chain.top):
        yield "reported"


def _actors(reading: Reading, view: ArticleView) -> Iterator[str]:
    roles = reading.roles
    yield f"subject={_subject(reading, view)}"
    yield f"by={roles.by[0].kind if roles.by else 'none'}"
    yield f"to={bool(roles.to)}"
    yield f"with={bool(roles.with_)}"
    yield f"arguments={min(3, len(view.entities.entities_in(reading.clause.tokens, actors=True)))}"


def _subject(reading: Reading, view: ArticleView) -> str:
    head = reading.clause.subject
    if head is None:
        return "none"
    if head.lemma in lexicon().gatherings or view.entities.labelled("EVENT", {head.i}):
        return "gathering"
    if entities := view.entities.at(head):
        return entities[0].kind or "project"
    if head.pos == "PRON":
        return f"pronoun:{head.lower}"
    return "owned" if reading.roles.by else "other"


def _contents(reading: Reading, view: ArticleView) -> Iterator[str]:
    region = reading.clause.tokens
    for label in LABELS & view.entities.labels(region):
        yield f"has={label}"
        yield f"has+kind={label}+{reading.kind}"
    sums = min(3, len(view.entities.labelled("MONEY", region)))
    yield f"sums={sums}"
    yield f"sums+kind={sums}+{reading.kind}"
    yield f"sums+action={sums > 1}+{reading.clause.chain.action.lemma}"
    projects = view.entities.entities_in(region, actors=False)
    if projects:
        yield "has=PROGRAMME" if projects[0].programme else "has=PROJECT"
    yield f"size={min(5, len(region) // 6)}"
    yield from (f"evidence={name}" for name in reading.evidence)


def _setting(reading: Reading, clauses: int) -> Iterator[str]:
    sentence = reading.sentence
    if sentence.quoted:
        yield "quoted"
    yield f"chains={min(5, clauses)}"
    yield f"length={min(4, len(sentence.words) // 12)}"
    yield f"ended={sentence.text.rstrip()[-1] in CLOSING}"
    yield f"first={sentence.words[0].i == 0}"
    yield f"zone={min(ZONES - 1, ZONES * sentence.words[0].i // sentence.of)}"
