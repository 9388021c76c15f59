"""Fits the classifier of boilerplate, and scores it on articles that it never saw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spacy.tokens import Doc

from pipeline.errors import SetupError
from pipeline.extract import build
from pipeline.gold.importer import Offsets
from pipeline.gold.stories import folds
from pipeline.record import Record
from pipeline.sources import make_article
from pipeline.stages.boilerplate import BEFORE, FOLDER, WEIGHTS, features, likely
from pipeline.stages.document.doc import sentence_spans
from pipeline.stages.document.view import view_of
from pipeline.stages.models.linear import ANY, Weights
from pipeline.train.estimators import Row, balance, weights_of
from pipeline.train.gold import CARD, described, read_golds, write_json

TEXTS = "boilerplate.txt"  # in a gold folder: articles of which nothing else is annotated
NEXT, MARK, TITLE = "====\n", "~ ", "# "
STRENGTH = 0.5  # see `weights_of`: words of boilerplate are seldom seen, and nearly always right


@dataclass(frozen=True)
class Marked:
    """A text with what is boilerplate in it, in characters."""

    text: str
    title: str | None
    boilerplate: Sequence[Offsets]


@dataclass(frozen=True)
class Example:
    """An article: of each sentence its features, whether most of it is boilerplate, and whether gold has just that.

    `missed`: sentences of gold that are none here.
    """

    features: list[list[str]]
    marked: list[bool]
    right: list[bool]
    missed: int

    @property
    def rows(self) -> list[Row]:
        """What there is to learn, given what the sentence before is."""
        before = [False, *self.marked]
        rows = zip(before, self.features, self.marked, strict=False)
        return [(BEFORE[after], names, mark) for after, names, mark in rows if names]


def train_boilerplate(folders: Sequence[Path], out: Path) -> dict[str, object]:
    """Writes weights and card to `out`; deterministic. The card, with the cross-validated scores by story.

    Articles without `boilerplate` in their gold are left out. Raises SetupError where no gold has any.
    """
    golds = [gold for gold in read_golds(folders) if any(one.boilerplate is not None for one in gold.sentences)]
    if not golds:
        raise SetupError("no gold marks boilerplate: add `boilerplate` to the gold of some articles")
    texts = [text for folder in folders for text in read_texts(folder / TEXTS)]
    own = [
        Marked(gold.article.text, gold.article.title, [(s.start, s.end) for s in gold.sentences if s.boilerplate])
        for gold in golds
    ]
    found = examples([*own, *texts])
    judged = cross_validated(found, golds)
    missed = sum(example.missed for example in found[: len(golds)])
    threshold = balance([pair for pairs in judged for pair in pairs], missed)
    weights = replace(fit(found), thresholds={ANY: threshold})
    out.mkdir(parents=True, exist_ok=True)
    weights.write(out / WEIGHTS)
    card: dict[str, object] = {
        "name": FOLDER,
        "what": "which sentences of an article are no part of its story",
        **described(golds),
        "texts": len(texts),
        "rebuild": "corridor train boilerplate --gold FOLDER ... --out DIR",
        "cross_validated": {
            folder.name: _scored(
                [pair for gold, pairs in zip(golds, judged, strict=True) if gold.article.id in ids for pair in pairs],
                sum(example.missed for gold, example in zip(golds, found, strict=False) if gold.article.id in ids),
                threshold,
            )
            for folder, ids in ((folder, {gold.article.id for gold in read_golds([folder])}) for folder in folders)
        },
    }
    write_json(card, out / CARD)
    return card


def read_texts(path: Path) -> list[Marked]:
    """The articles of a file of texts in which boilerplate is marked; none where there is no such file."""
    if not path.is_file():
        return []
    _, *articles = path.read_text(encoding="utf-8").split(NEXT)
    return [marked(article) for article in articles]


def marked(article: str) -> Marked:
    """An article with marks, without them."""
    lines = article.strip().split("\n")
    title = lines[0].removeprefix(TITLE)
    text, found = "", []
    for line in lines[1:] if lines[0].startswith(TITLE) else lines:
        before, mark, after = line.partition(MARK)
        start = len(text) + len(before)
        text += f"{before}{after}\n"
        if mark:
            found.append((start, len(text) - 1))
    return Marked(text, title, found)


def examples(articles: Iterable[Marked]) -> list[Example]:
    """What each article teaches, parsed by the base model."""
    own = list(articles)
    docs = build(()).pipe(article.text for article in own)
    return [_example(doc, article) for doc, article in zip(docs, own, strict=True)]


def _example(doc: Doc, article: Marked) -> Example:
    doc._.article = make_article(article.text, title=article.title)
    spans = sentence_spans(doc)
    mark = [
        any(min(end, b) - max(start, a) > (end - start) / 2 for a, b in article.boilerplate) for start, end in spans
    ]
    gold = set(article.boilerplate)
    return Example(features(view_of(doc)), mark, [span in gold for span in spans], len(gold - set(spans)))


def fit(found: Iterable[Example]) -> Weights:
    """The weights, without a threshold of their own."""
    return weights_of([row for example in found for row in example.rows], STRENGTH)


def cross_validated(found: Sequence[Example], golds: Sequence[Record]) -> list[list[tuple[float, bool]]]:
    """For each gold article how likely each sentence is, read by what learned from other stories, and what it is.

    `found`: of these articles, and then of others, from which all learn.
    """
    judged: list[list[tuple[float, bool]]] = [[] for _ in golds]
    for places in folds(golds):
        weights = fit(example for place, example in enumerate(found) if place not in places)
        for place in places:
            judged[place] = list(zip(likely(found[place].features, weights), found[place].right, strict=True))
    return judged


def _scored(answers: Sequence[tuple[float, bool]], missed: int, threshold: float) -> dict[str, float]:
    hits = sum(right for sure, right in answers if sure >= threshold)
    said, gold = sum(sure >= threshold for sure, _ in answers), sum(right for _, right in answers) + missed
    return {
        "precision": round(hits / max(1, said), 3),
        "recall": round(hits / max(1, gold), 3),
        "f1": round(2 * hits / max(1, said + gold), 3),
    }
