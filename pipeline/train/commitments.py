"""Fits the commitment classifier on annotated articles: which candidates are commitments, and of which kind and status.

Gold may give a commitment another trigger in the same sentence. A candidate beside such a commitment is neither right
nor wrong, so its weight is low.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from spacy.tokens import Doc

from pipeline.errors import SetupError
from pipeline.record import Commitment, Evidence, Quote, Record, Span
from pipeline.stages.commitments.classifier import FEATURES, KINDS, STATUSES, WEIGHTS, Classifier
from pipeline.stages.commitments.clause_features import ActCandidate, find_candidates, judged, stacked
from pipeline.stages.commitments.clauses import trigger_span
from pipeline.stages.document.doc import sentence_spans, tokens_of
from pipeline.stages.document.view import view_of
from pipeline.train.estimators import PARTS, Floats64, balance, classes_of, columns_of, matrix_of, shifted

STRENGTH = 0.3  # inverse of the L2 penalty
ENCODED_STRENGTH = 0.06  # the same with the encoder
RARE = 2  # features seen less often get no weight
UNSURE = 0.3  # weight of a candidate beside a commitment that has another trigger in gold
ACCEPT_SHIFT, STATUS_SHIFT = 0.03, 0.01  # inverse of the L2 penalty of what more gold changes


@dataclass(frozen=True)
class Example:
    """A candidate with the gold commitment that it stands for, if any."""

    candidate: ActCandidate
    gold: Commitment | None
    weight: float = 1.0


def examples(doc: Doc, gold: Record) -> list[Example]:
    """The candidates of a Doc with mentions and entities, matched with gold."""
    candidates, sentences = find_candidates(view_of(doc)), sentence_spans(doc)
    answers = {id(c): answer for answer in gold.commitments for c in _best(doc, candidates, answer)}
    hit = {id(answer) for answer in answers.values()}
    doubtful = [e for c in gold.commitments for e in c.evidence if id(c) not in hit or not _meet(c.trigger, e)]
    found = []
    for candidate in candidates:
        answer, (start, end) = answers.get(id(candidate)), sentences[candidate.sentence]
        unsure = answer is None and any(_meet(Span(start=start, end=end), one) for one in doubtful)
        found.append(Example(candidate, answer, UNSURE if unsure else 1.0))
    return found


def _best(doc: Doc, candidates: list[ActCandidate], commitment: Commitment) -> list[ActCandidate]:
    """The candidate of a gold trigger, or none: the one with the head of the trigger, else with most of its words."""
    found = commitment.trigger
    head = tokens_of(doc, found.start, found.end).root.i
    spans = [trigger_span(c.clause.chain) for c in candidates]
    heads = [any(token.i == head for token in c.clause.chain.heads) for c in candidates]
    shared = [min(end, found.end) - max(start, found.start) for start, end in spans]
    ranked = sorted(range(len(candidates)), key=lambda n: (-heads[n], -shared[n], n))
    return [candidates[ranked[0]]] if ranked and shared[ranked[0]] > 0 else []


def _meet(one: Quote | Span, other: Evidence) -> bool:
    return one.start < other.end and other.start < one.end


def fit(articles: Sequence[list[Example]], scored: int | None = None) -> Classifier:
    """The classifier of some articles; deterministic. `scored`: the threshold is for so many, the first (None: all).

    Raises SetupError where they lack a kind of commitment.
    """
    rows = [example for article in articles for example in article]
    missing = set(KINDS) - {row.gold.kind for row in rows if row.gold}
    if missing:
        raise SetupError(f"too little gold to learn from; several articles must commit to {', '.join(sorted(missing))}")
    return replace(_classifier(rows), threshold=_threshold(articles, scored))


def _classifier(rows: list[Example]) -> Classifier:
    """The weights, without a threshold of their own."""
    right, names = [row for row in rows if row.gold], columns_of((row.candidate.features for row in rows), RARE)
    columns, bias = _fitted(rows, ["right" if row.gold else "" for row in rows], ("", "right"), names)
    kinds = _fitted(right, [row.gold.kind for row in right if row.gold], KINDS, names)
    statuses = _fitted(right, [row.gold.status for row in right if row.gold], STATUSES, names)
    parts = [(columns[:, 1:] - columns[:, :1], bias[1:] - bias[:1]), kinds, statuses]
    columns, bias = (np.hstack(part) for part in zip(*parts, strict=True))
    columns = columns.astype(np.float16).astype(np.float32)
    return Classifier(names, columns[: len(names)], columns[len(names) :], bias.astype(np.float32), 0.5)


def _threshold(articles: Sequence[list[Example]], scored: int | None) -> float:
    """The threshold at which F1 of commitments with kind and status is best, on articles that the weights never saw."""
    answers: list[tuple[float, bool]] = []
    stated = 0
    for part in range(PARTS):
        rows = [row for at, own in enumerate(articles) if at % PARTS != part for row in own]
        unseen = [row for own in articles[part:scored:PARTS] for row in own]
        known = [{getattr(row.gold, field) for row in rows if row.gold} for field in ("kind", "status")]
        if unseen and min(map(len, known)) > 1:
            stated += sum(row.gold is not None for row in unseen)
            verdicts = judged([row.candidate for row in unseen], _classifier(rows))
            answers += [
                (own.score, row.gold is not None and (row.gold.kind, row.gold.status) == (own.kind, own.status))
                for row, own in zip(unseen, verdicts, strict=True)
            ]
    right = sum(agrees for _, agrees in answers)
    return balance(answers, stated - right) if right else 0.5


def _fitted(rows: list[Example], labels: list[str], classes: Sequence[str], names: dict[str, int]) -> Any:
    strength = ENCODED_STRENGTH if rows[0].candidate.encoded else STRENGTH
    return classes_of(_matrix(rows, names)[:, :-1].toarray(), labels, classes, strength, [row.weight for row in rows])


def _matrix(rows: list[Example], names: dict[str, int]) -> csr_matrix:
    """A row an example: a column for each feature, those of the vector, and 1."""
    facts = matrix_of((sorted(row.candidate.features) for row in rows), names)
    return hstack([facts, [[*row.candidate.vector, 1.0] for row in rows]], format="csr")


def continued(start: Classifier, articles: Sequence[list[Example]]) -> Classifier:
    """A classifier that has learned from more articles what is a commitment, and its status; deterministic.

    The weights stay near those of `start`. The kinds are those of `start`: more articles add nothing to them.
    """
    rows = [example for article in articles for example in article]
    right = [row for row in rows if row.gold]
    accept = np.array([[row.gold is None, row.gold is not None] for row in rows], dtype=np.float64)
    statuses = np.array([[row.gold.status == status for status in STATUSES] for row in right if row.gold], np.float64)
    scores, stated = (start.scores(*stacked([row.candidate for row in own])) for own in (rows, right))
    base = np.column_stack([np.zeros(len(rows)), scores.accept]).astype(np.float64)
    more = _shift(rows, start.names, accept, base, ACCEPT_SHIFT)
    shift = np.zeros((len(more), 1 + len(KINDS) + len(STATUSES)))
    shift[:, 0] = more[:, 1] - more[:, 0]
    shift[:, 1 + len(KINDS) :] = _shift(right, start.names, statuses, stated.statuses.astype(np.float64), STATUS_SHIFT)
    known = len(start.names)
    weights, dense = (
        (old + new).astype(np.float16).astype(np.float32)
        for old, new in ((start.weights, shift[:known]), (start.dense, shift[known:-1]))
    )
    return replace(start, weights=weights, dense=dense, bias=(start.bias + shift[-1]).astype(np.float32))


def _shift(rows: list[Example], names: dict[str, int], wanted: Floats64, base: Floats64, strength: float) -> Floats64:
    """See `shifted`; the last row is the bias."""
    return shifted(_matrix(rows, names), wanted, base, strength * np.array([row.weight for row in rows]), free=1)


def write(classifier: Classifier, folder: Path) -> None:
    """Writes the model's two files."""
    (folder / FEATURES).write_text("".join(f"{name}\n" for name in classifier.names), encoding="utf-8")
    weights, dense = classifier.weights.astype(np.float16), classifier.dense.astype(np.float16)
    np.savez_compressed(
        folder / WEIGHTS, weights=weights, dense=dense, bias=classifier.bias, threshold=np.array(classifier.threshold)
    )
