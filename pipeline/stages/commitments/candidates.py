"""Candidates: every chain of a Doc with its reading as a commitment and the names of facts that hold for it."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from spacy.tokens import Doc

from pipeline.record import CommitmentKind, Status
from pipeline.stages.commitments.classifier import Classifier, Floats, Verdict
from pipeline.stages.commitments.clauses import Clause, find_chains, find_clauses, lexicon
from pipeline.stages.commitments.readings import kind_evidence, kind_of, kind_scores, status_of
from pipeline.stages.commitments.roles import Roles, roles_of
from pipeline.stages.commitments.vectors import encoded_of, tagged_of, vectors_of
from pipeline.stages.document.grammar import OBJECTS, is_negated, is_passive, tense
from pipeline.stages.document.speakers import reporting_above
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Sentence, Word

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


@dataclass(frozen=True, eq=False)
class ActCandidate:
    """A clause of sentence number `sentence`; `features`: the names of facts that hold for it; `vector`: its words.

    `leaning`: the rules' score for each of KINDS; `encoded`: whether the encoder has read it.
    """

    clause: Clause
    sentence: int
    roles: Roles
    features: frozenset[str]
    vector: Floats
    leaning: Floats
    encoded: bool = False


Found = tuple[int, Reading, frozenset[str]]  # the number of a sentence, a clause of it, its features


def find_candidates(doc: Doc, view: ArticleView) -> list[ActCandidate]:
    """All candidates of a Doc in reading order."""
    tagged = _by_sentence(tagged_of(doc, view.words), view)
    read = [found for number in range(len(view.sentences)) for found in _in_sentence(number, view, tagged[number])]
    read = _with_repeats(read, view)
    clauses = [reading.clause for _, reading, _ in read]
    encoded = encoded_of(doc, view.words, view.sentences, [(number, reading.clause) for number, reading, _ in read])
    vectors, is_encoded = np.hstack([vectors_of(doc, view.words, clauses), encoded]), encoded.shape[1] > 0
    return [
        ActCandidate(reading.clause, number, reading.roles, features, vector, reading.leaning, is_encoded)
        for (number, reading, features), vector in zip(read, vectors, strict=True)
    ]


def judged(candidates: Sequence[ActCandidate], trained: Classifier) -> list[Verdict]:
    """The verdict of a classifier on each candidate."""
    return trained(*stacked(candidates)) if candidates else []


def stacked(candidates: Sequence[ActCandidate]) -> tuple[list[frozenset[str]], Floats, Floats]:
    """The features, the vectors (n, components) and the leanings (n, kinds) of one or more candidates."""
    vectors, leanings = np.array([c.vector for c in candidates]), np.array([c.leaning for c in candidates])
    return [c.features for c in candidates], vectors, leanings


def _by_sentence(tagged: Sequence[Sequence[Word]], view: ArticleView) -> list[list[Sequence[Word]]]:
    """Runs of words by the sentence that they begin in; blank text belongs to the one before."""
    starts = [sentence.words[0].i for sentence in view.sentences]
    found: list[list[Sequence[Word]]] = [[] for _ in starts]
    for run in tagged:
        found[max(0, bisect_right(starts, run[0].i) - 1)].append(run)
    return found


def _in_sentence(number: int, view: ArticleView, tagged: Sequence[Sequence[Word]]) -> Iterator[Found]:
    """The readings of a sentence's clauses with their features; a nominal clause has to hold a name or a value.

    `tagged`: runs of its words that the encoder takes for triggers.
    """
    sentence = view.sentences[number]
    clauses = find_clauses(find_chains(sentence.words, tagged))
    for clause in clauses:
        if not clause.chain.nominal or clause.chain.tagged or view.entities.names(clause.tokens):
            reading = _read(clause, sentence, view)
            yield number, reading, frozenset(features_of(reading, view, len(clauses)))


def _read(clause: Clause, sentence: Sentence, view: ArticleView) -> Reading:
    evidence = kind_evidence(clause, view)
    leaning = kind_scores(evidence, clause)
    kind = kind_of(leaning)
    status = status_of(clause.chain, kind)
    return Reading(clause, sentence, kind, status, roles_of(clause, view), evidence, leaning)


def _with_repeats(found: list[Found], view: ArticleView) -> list[Found]:
    """Adds features of repetition: an earlier sentence has the action, or the kind with an actor or a project."""
    actions: dict[str, int] = {}  # the first sentence that has it
    first: dict[tuple[str, int], int] = {}
    extended = []
    for number, reading, features in found:
        action, region = reading.clause.chain.action.lemma, reading.clause.tokens
        named = [id(entity) for actors in (True, False) for entity in view.entities.entities_in(region, actors=actors)]
        shared = sum(first.get((reading.kind, entity), number) < number for entity in named)
        repeated = {f"before=kind+{min(2, shared)}"}
        if actions.setdefault(action, number) < number:
            repeated.add("before=action")
            if any(first.get((action, entity), number) < number for entity in named):
                repeated.add("before=action+entity")
        for entity in named:
            first.setdefault((reading.kind, entity), number)
            first.setdefault((action, entity), number)
        extended.append((number, reading, features | repeated))
    return extended


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
