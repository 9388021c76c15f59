"""Trains `models/entities`: the recognizer of our labels and the weights that settle what the finders propose.

Hard because the weights must be measured on recognizers that never saw the article: each part of the corpus is read by
one that learned from the others.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import filter_spans

from pipeline.evaluate.gold import GoldArticle, digest, read_corpus
from pipeline.extract import load
from pipeline.stages.entities import proposals
from pipeline.stages.entities.evidence import Proposal, features
from pipeline.stages.entities.verdict import WEIGHTS, Weights, weighed
from pipeline.train.entities.recognizer import Labelled, Spans, recognized, taught
from pipeline.train.entities.weights import Row, measured
from pipeline.train.stories import folds

RECOGNIZER, CARD = "ner", "card.json"
LONGEST = 3_000  # characters of an unlabelled article that are read


def train_entities(
    corpus: Path, out: Path, unlabelled: Path | None = None, limit: int = 2_000, seed: int = 0
) -> dict[str, Any]:
    """Writes `out/ner`, `out/weights.json` and the card, which it returns.

    `unlabelled`: JSON lines with `text`, of which `limit` are labelled by a first recognizer for the second to learn
    from. The card's score is that of the first kind of recognizer, each part read by one that never saw it.
    """
    golds = read_corpus(corpus)
    parts = folds(golds)
    docs = list(load(stages=()).pipe([gold.text for gold in golds]))
    rows = unseen_rows(golds, docs, parts, seed)
    weights = measured([row for article in rows for row in article])
    recognizer = taught([labelled(gold) for gold in golds], seed)
    if unlabelled:
        silver = silver_of(recognizer, weights, unlabelled_texts(unlabelled, golds, limit))
        recognizer = taught([labelled(gold) for gold in golds], seed, silver)
    card = _card(golds, limit if unlabelled else 0, seed, _cross_validated(golds, docs, rows, parts))
    _write(out, recognizer, weights, card)
    return card


def labelled(gold: GoldArticle) -> Labelled:
    """The text of an article and its gold mentions."""
    return gold.text, [(m.start, m.end, m.label) for m in gold.mentions]


def unseen_rows(golds: Sequence[GoldArticle], docs: list[Doc], parts: list[list[int]], seed: int) -> list[list[Row]]:
    """The rows of each article, whose recognizer learned from the other parts; sets `doc.ents`."""
    for part in parts:
        seen = [labelled(gold) for place, gold in enumerate(golds) if place not in part]
        found = recognized(taught(seen, seed), [golds[place].text for place in part])
        for place, spans in zip(part, found, strict=True):
            set_entities(docs[place], spans)
    return [_rows(doc, gold) for doc, gold in zip(docs, golds, strict=True)]


def set_entities(doc: Doc, spans: Spans) -> None:
    """What a recognizer found, as `doc.ents`."""
    doc.ents = tuple(filter_spans([s for a, b, label in spans if (s := doc.char_span(a, b, label=label)) is not None]))


def _rows(doc: Doc, gold: GoldArticle) -> list[Row]:
    right = {(m.label, m.start, m.end) for m in gold.mentions}
    proposed = proposals(doc)
    return [(p.label, names, _key(p) in right) for names, p in zip(features(doc.text, proposed), proposed, strict=True)]


def _key(proposal: Proposal) -> tuple[str, int, int]:
    return proposal.label, proposal.start, proposal.end


def _cross_validated(
    golds: Sequence[GoldArticle], docs: list[Doc], rows: list[list[Row]], parts: list[list[int]]
) -> dict[str, float]:
    """Strict precision, recall and F1 of mentions, recognizer and weights measured on the other parts."""
    hits = found = wanted = 0
    for part in parts:
        weights = measured([row for place, article in enumerate(rows) if place not in part for row in article])
        for place in part:
            right = {(m.label, m.start, m.end) for m in golds[place].mentions}
            got = {_key(p) for _, p in weighed(docs[place].text, proposals(docs[place]), weights)}
            hits, found, wanted = hits + len(got & right), found + len(got), wanted + len(right)
    of = {"precision": (hits, found), "recall": (hits, wanted), "f1": (2 * hits, found + wanted)}
    return {name: round(part / max(1, whole), 4) for name, (part, whole) in of.items()}


def unlabelled_texts(unlabelled: Path, golds: Sequence[GoldArticle], limit: int) -> list[str]:
    """The beginnings of unlabelled articles, those of the corpus left out."""
    known = {gold.text[:200] for gold in golds}
    with unlabelled.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    return [text[:LONGEST] for text in texts if len(text) > 400 and text[:200] not in known][:limit]


def silver_of(recognizer: Language, weights: Weights, texts: list[str]) -> list[Labelled]:
    """The texts with what the recognizer, the other finders and the weights together find in them."""
    nlp = load(stages=())
    silver: list[Labelled] = []
    for doc, spans in zip(nlp.pipe(texts), recognized(recognizer, texts), strict=True):
        set_entities(doc, spans)
        kept = weighed(doc.text, proposals(doc), weights)
        silver.append((doc.text, [(p.start, p.end, p.label) for _, p in kept]))
    return silver


def _card(golds: Sequence[GoldArticle], silver: int, seed: int, scores: dict[str, float]) -> dict[str, Any]:
    return {
        "name": "entities",
        "what": "a recognizer fine-tuned from en_core_web_md 3.8.0, and logistic weights over proposals",
        "articles": len(golds),
        "unlabelled": silver,
        "data_sha256": digest(golds),
        "seed": seed,
        "cross_validated_mentions": scores,
        "rebuild": "corridor train entities --corpus FOLDER [--unlabelled FILE]",
    }


def _write(out: Path, recognizer: Language, weights: Weights, card: dict[str, Any]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    recognizer.get_pipe("ner").to_disk(out / RECOGNIZER, exclude=["vocab"])  # type: ignore[attr-defined]
    written = {"bias": weights.bias, "weights": weights.of}
    (out / WEIGHTS).write_text(json.dumps(written, indent=0) + "\n", encoding="utf-8")
    (out / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
