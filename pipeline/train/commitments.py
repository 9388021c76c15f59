"""Measures the weights of models/commitments on annotated articles: which candidates are commitments, of which kind.

Hard because a candidate may stand for a commitment that gold hangs on another word of the same sentence: such a
candidate is neither right nor wrong and counts little.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc

from pipeline.doc import sentence_spans, tokens_of
from pipeline.errors import SetupError
from pipeline.evaluate.gold import GoldArticle, digest, read_corpus
from pipeline.extract import load
from pipeline.stages.commitments.candidates import Candidate, find_candidates, stacked
from pipeline.stages.commitments.chains import trigger_span
from pipeline.stages.commitments.formula import CARD, FEATURES, KINDS, WEIGHTS, Formula, sigmoid
from pipeline.stages.commitments.places import Places
from pipeline.train.gold import write_entities, write_mentions

WHAT = "logistic regressions over named facts and word vectors of a candidate: is it a commitment, of which kind"
STRENGTH = 0.3  # inverse of the L2 penalty: lower trusts rare features less
RARE = 2  # features seen less often get no weight
THRESHOLD = 0.35  # where found and missed balance on articles kept apart
UNSURE = 0.3  # weight of a candidate beside a commitment that gold hangs on another word
FOLDS = 5  # for the confidences: each article is judged by weights that never saw it


@dataclass(frozen=True)
class Example:
    """A candidate with the gold commitment that it stands for, if any; `touches`: the kinds that its sentence tells."""

    candidate: Candidate
    gold: dict[str, Any] | None
    touches: tuple[str, ...]
    weight: float = 1.0


def train(corpus: Path, folder: Path) -> dict[str, Any]:
    """Fits the formula on every article of a corpus folder, writes it to `folder` and returns its card.

    Raises SetupError where the corpus is too small to hold every kind of commitment several times.
    """
    golds, nlp = read_corpus(corpus), load(stages=())
    rows = [examples(doc, gold) for gold, doc in zip(golds, nlp.pipe(gold.text for gold in golds), strict=True)]
    check_enough(rows, corpus)
    formula = fit(rows)
    card = {"name": "commitments", "what": WHAT, "articles": len(golds), "data_sha256": digest(golds)}
    return write(formula, card, folder)


def check_enough(rows: list[list[Example]], corpus: Path) -> None:
    """Raises SetupError where some part of the corpus, left out, takes the last commitment of a kind with it."""
    for fold in range(FOLDS):
        others = _joined(article for at, article in enumerate(rows) if at % FOLDS != fold)
        missing = set(KINDS) - {row.gold["kind"] for row in others if row.gold}
        if missing:
            kinds = ", ".join(sorted(missing))
            raise SetupError(f"{corpus}: too little gold to learn from; several articles must commit to {kinds}")


def examples(doc: Doc, gold: GoldArticle) -> list[Example]:
    """The candidates of a parsed Doc, told apart by gold, whose mentions and entities are written onto it."""
    write_entities(write_mentions(doc, gold), gold)
    candidates, sentences = find_candidates(doc, Places(doc)), sentence_spans(doc)
    answers = {id(c): answer for answer in gold.raw["commitments"] for c in _best(doc, candidates, answer, gold)}
    hit = {id(answer) for answer in answers.values()}
    doubtful = [n for c in gold.raw["commitments"] for n in [*([] if id(c) in hit else [c["sent"]]), *c["also"]]]
    found = []
    for candidate in candidates:
        answer, span = answers.get(id(candidate)), sentences[candidate.sentence]
        unsure = answer is None and any(_meet(span, gold.numbered[n]) for n in doubtful)
        told = [c for c in gold.raw["commitments"] for n in [c["sent"], *c["also"]] if _meet(span, gold.numbered[n])]
        found.append(Example(candidate, answer, tuple(c["kind"] for c in told), UNSURE if unsure else 1.0))
    return found


def _best(doc: Doc, candidates: list[Candidate], commitment: dict[str, Any], gold: GoldArticle) -> list[Candidate]:
    """The candidate that gold's trigger means, one or none: it holds the head of the trigger, or most of its words."""
    found = gold.find(commitment["trigger"], commitment["sent"])
    if found is None:
        return []
    head = tokens_of(doc, *found).root.i
    spans = [trigger_span(c.clause.chain) for c in candidates]
    heads = [any(token.i == head for token in c.clause.chain.heads) for c in candidates]
    shared = [min(end, found[1]) - max(start, found[0]) for start, end in spans]
    ranked = sorted(range(len(candidates)), key=lambda n: (-heads[n], -shared[n], n))
    return [candidates[ranked[0]]] if ranked and shared[ranked[0]] > 0 else []


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def fit(articles: Sequence[list[Example]]) -> Formula:
    """The formula of some articles, confidences calibrated on articles kept apart in turn; deterministic."""
    return replace(_fitted(_joined(articles)), line=_line(articles))


def _joined(articles: Iterable[list[Example]]) -> list[Example]:
    return [example for article in articles for example in article]


def _fitted(rows: list[Example]) -> Formula:
    counts = Counter(name for row in rows for name in row.candidate.features)
    names = {name: at for at, name in enumerate(sorted(name for name, count in counts.items() if count >= RARE))}
    right = [row for row in rows if row.gold]
    accept = _learned(rows, [bool(row.gold) for row in rows], names)
    kinds = _learned(right, [row.gold["kind"] for row in right if row.gold], names)
    columns = np.column_stack([accept.coef_[0], *(kinds.coef_[list(kinds.classes_).index(kind)] for kind in KINDS)])
    bias = [accept.intercept_[0], *(kinds.intercept_[list(kinds.classes_).index(kind)] for kind in KINDS)]
    columns = columns.astype(np.float16).astype(np.float32)
    weights, dense = columns[: len(names)], columns[len(names) :]
    return Formula(names, weights, dense, np.array(bias, np.float32), THRESHOLD, (1.0, 0.0, 0.0))


def _learned(rows: list[Example], labels: list[Any], names: dict[str, int]) -> Any:
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    return model.fit(_matrix(rows, names), labels, sample_weight=[row.weight for row in rows])


def _matrix(rows: list[Example], names: dict[str, int]) -> npt.NDArray[np.float64]:
    """One row an example: a column for each feature, then the vector."""
    facts = np.zeros((len(rows), len(names)))
    for at, row in enumerate(rows):
        facts[at, [names[name] for name in row.candidate.features if name in names]] = 1
    return np.hstack([facts, np.array([row.candidate.vector for row in rows])])


def _line(articles: Sequence[list[Example]]) -> tuple[float, float, float]:
    """What makes of the two scores a probability that a commitment is there and of that kind."""
    judged: list[tuple[float, float]] = []
    right: list[bool] = []
    for fold in range(FOLDS):
        formula = _fitted(_joined(article for at, article in enumerate(articles) if at % FOLDS != fold))
        for article in articles[fold::FOLDS]:
            scores, hits = _judged(formula, article)
            judged, right = judged + scores, right + hits
    line = LogisticRegression().fit(judged, right)
    return float(line.coef_[0][0]), float(line.coef_[0][1]), float(line.intercept_[0])


def _judged(formula: Formula, article: list[Example]) -> tuple[list[tuple[float, float]], list[bool]]:
    """The two scores of each accepted candidate of an article, and whether gold has one of its kind left for it."""
    told, scores, right = Counter[tuple[int, str]](), [], []
    verdicts = _scores(formula, [row.candidate for row in article])
    for row, (log_odds, certainty, kind) in sorted(zip(article, verdicts, strict=True), key=lambda pair: -pair[1][0]):
        if sigmoid(log_odds) >= THRESHOLD:
            place = (row.candidate.sentence, kind)
            told[place] += 1
            scores.append((log_odds, certainty))
            right.append(told[place] <= row.touches.count(kind))
    return scores, right


def _scores(formula: Formula, candidates: Sequence[Candidate]) -> list[tuple[float, float, str]]:
    """Of each candidate the log odds of acceptance, the log probability of the likeliest kind, and that kind."""
    if not candidates:
        return []
    log_odds, kinds = formula.scores(*stacked(candidates))
    best = [KINDS[column] for column in kinds.argmax(axis=1).tolist()]
    return list(zip(log_odds.tolist(), kinds.max(axis=1).tolist(), best, strict=True))


def write(formula: Formula, card: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Writes the model's three files; returns the card with what was fitted added."""
    folder.mkdir(parents=True, exist_ok=True)
    card = {**card, "threshold": formula.threshold, "line": [round(value, 4) for value in formula.line]}
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    (folder / FEATURES).write_text("".join(f"{name}\n" for name in formula.names), encoding="utf-8")
    arrays = {"weights": formula.weights, "dense": formula.dense}
    np.savez_compressed(folder / WEIGHTS, bias=formula.bias, **{k: v.astype(np.float16) for k, v in arrays.items()})  # type: ignore[arg-type]
    return card
