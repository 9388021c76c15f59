"""Scores of the whole pipeline on articles that nothing in it learned from: five parts, no story in two of them.

Hard to do right because three things learn: the recognizer, the weights over its finds and the commitments model; for
each part all three learn from the others.
"""

from __future__ import annotations

from pathlib import Path

from spacy.tokens import Doc

from pipeline.assemble import assemble
from pipeline.evaluate.gold import GoldArticle, read_corpus
from pipeline.evaluate.score import Scores, score
from pipeline.extract import load
from pipeline.readers import make_article
from pipeline.record import Record
from pipeline.stages.commitments.find import find_commitments
from pipeline.stages.entities import find
from pipeline.stages.entities.verdict import Weights
from pipeline.train import commitments
from pipeline.train.entities import labelled, set_entities, silver_of, unlabelled_texts, unseen_rows
from pipeline.train.entities.recognizer import Labelled, Spans, recognized, taught
from pipeline.train.entities.weights import measured
from pipeline.train.stories import folds

BETWEEN = ("references", "sectors", "relations")  # stages that learn nothing from the corpus


def cross_validated(corpus: Path, unlabelled: Path | None = None, limit: int = 2_000, seed: int = 0) -> Scores:
    """The scores of every article, read by what learned from the other parts; an hour for 228 articles on one core.

    The arguments are those of `train_entities`.
    """
    golds = read_corpus(corpus)
    parts = folds(golds)
    base = load(stages=())
    docs = [_parsed(base(gold.text), gold) for gold in golds]
    rows = unseen_rows(golds, docs, parts, seed)
    examples = [commitments.examples(base(gold.text), gold) for gold in golds]
    commitments.check_enough(examples, corpus)
    texts = unlabelled_texts(unlabelled, golds, limit) if unlabelled else []
    between = [load(stages=BETWEEN).get_pipe(name) for name in BETWEEN]
    records: dict[str, Record] = {}
    for part in parts:
        others = [place for place in range(len(golds)) if place not in part]
        weights = measured([row for place in others for row in rows[place]])
        formula = commitments.fit([examples[place] for place in others])
        seen, unseen = [labelled(golds[place]) for place in others], [golds[place].text for place in part]
        for place, spans in zip(part, _recognized(seen, unseen, texts, weights, seed), strict=True):
            doc = docs[place]
            set_entities(doc, spans)
            doc._.mentions = find(doc, weights)
            for stage in between:
                doc = stage(doc)
            doc._.commitments = find_commitments(doc, formula)
            records[golds[place].id] = assemble(doc)
    return score(golds, records)


def _parsed(doc: Doc, gold: GoldArticle) -> Doc:
    doc._.article = make_article(gold.text, id=gold.id, title=gold.title, date=gold.date)
    return doc


def _recognized(seen: list[Labelled], unseen: list[str], texts: list[str], weights: Weights, seed: int) -> list[Spans]:
    """What a recognizer that learned from `seen`, and from `texts` by way of a first one, finds in `unseen`."""
    recognizer = taught(seen, seed)
    if texts:
        recognizer = taught(seen, seed, silver_of(recognizer, weights, texts))
    return recognized(recognizer, unseen)
