"""Candidates: every chain of a Doc with its reading as a commitment and the features of that."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from spacy.tokens import Doc

from pipeline.stages.commitments.classifier import Classifier, Floats, Verdict
from pipeline.stages.commitments.clauses.arguments import Roles, roles_of
from pipeline.stages.commitments.clauses.chains import find_chains
from pipeline.stages.commitments.clauses.clauses import Clause, find_clauses
from pipeline.stages.commitments.clauses.kinds import kind_evidence, kind_of, kind_scores
from pipeline.stages.commitments.clauses.status import status_of
from pipeline.stages.commitments.encoded import encoded_of, tagged_of
from pipeline.stages.commitments.features import Reading, features_of
from pipeline.stages.commitments.vectors import vectors_of
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Sentence, Word


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


def judged(candidates: Sequence[ActCandidate], measured: Classifier) -> list[Verdict]:
    """The verdict of a classifier on each candidate."""
    return measured(*stacked(candidates)) if candidates else []


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
