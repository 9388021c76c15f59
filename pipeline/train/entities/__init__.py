"""Trains the recognizer of mentions for use, and one for each part that never saw the part."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import filter_spans

from pipeline.errors import SetupError
from pipeline.extract import build
from pipeline.gold.folder import digest
from pipeline.record import Record
from pipeline.stages.entities.selection import weighed
from pipeline.stages.entities.stage import proposals
from pipeline.stages.models.linear import Weights
from pipeline.train.cards import CARD, SCORES, card_of, today, write_card
from pipeline.train.entities.recognizer import (
    RECOGNIZER,
    Labelled,
    Spans,
    labelled,
    read_silver,
    recognized,
    taught,
    write,
)
from pipeline.train.parts import Parts
from pipeline.train.rows.mentions import STRENGTH, rows_of
from pipeline.train.weights import measured

LONGEST = 3_000  # characters of an unlabelled article that are read


def train_entities(
    parts: Parts,
    out: Path,
    unlabelled: Path | None = None,
    limit: int = 2_000,
    seed: int = 0,
    base: Path | None = None,
) -> dict[str, Any]:
    """Writes a recognizer to the folder of each part without one, and that of all articles to `out`; returns its card.

    `unlabelled`: JSON lines with `text`; a first recognizer labels `limit` of them, from which the second learns (not
    those of the parts). `base`: a folder of `train_base`, to start from. Where the encoder of a part had a teacher, the
    recognizer also learns from the mentions of that teacher. Raises SetupError where `base` holds no recognizer.
    """
    if base is not None and not (base / RECOGNIZER).is_dir():
        raise SetupError(f"{base}: holds no recognizer, as `corridor train base --gold` writes one; leave --base out")
    for number in range(len(parts.places)):
        folder = parts.folder(number) / "entities"
        if not (folder / CARD).is_file():
            seen = [parts.golds[at] for at in parts.others(number)]
            silver = read_silver(parts.silver(number))
            _write(folder, taught(labelled(seen), seed, silver, base), _card(seen, len(silver), seed, base))
    silver = read_silver(parts.silver())
    recognizer = taught(labelled(parts.golds), seed, silver, base)
    if unlabelled:
        weights = _weights(parts)
        silver = silver_of(recognizer, weights, unlabelled_texts(unlabelled, parts.golds, limit))
        recognizer = taught(labelled(parts.golds), seed, silver, base)
    card = _card(parts.golds, len(silver), seed, base)
    _write(out, recognizer, card)
    return card


def _weights(parts: Parts) -> Weights:
    """The weights of the finders' proposals, without the encoder."""
    docs = parts.unseen("fast")
    return measured([row for doc, gold in zip(docs, parts.golds, strict=True) for row in rows_of(doc, gold)], STRENGTH)


def unlabelled_texts(unlabelled: Path, golds: Sequence[Record], limit: int) -> list[str]:
    """The beginnings of unlabelled articles that are not in the gold."""
    known = {gold.article.text[:200] for gold in golds}
    with unlabelled.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    return [text[:LONGEST] for text in texts if len(text) > 400 and text[:200] not in known][:limit]


def silver_of(recognizer: Language, weights: Weights, texts: list[str]) -> list[Labelled]:
    """The texts with the mentions that the recognizer, the other finders and the weights find in them."""
    silver: list[Labelled] = []
    for doc, spans in zip(build(()).pipe(texts), recognized(recognizer, texts), strict=True):
        _set_entities(doc, spans)
        kept = weighed(doc.text, proposals(doc), weights, None)
        silver.append((doc.text, [(p.start, p.end, p.label) for _, p in kept]))
    return silver


def _set_entities(doc: Doc, spans: Spans) -> None:
    doc.ents = tuple(filter_spans([s for a, b, label in spans if (s := doc.char_span(a, b, label=label)) is not None]))


def _card(golds: Sequence[Record], silver: int, seed: int, base: Path | None) -> dict[str, Any]:
    return {
        "name": "entities",
        "what": "a recognizer of thirteen labels, fine-tuned from en_core_web_md 3.8.0",
        "base": card_of(base),
        "articles": len(golds),
        "unlabelled": silver,
        "data_sha256": digest(golds),
        "seed": seed,
        "date": today(),
        "scores": SCORES,
        "rebuild": "corridor train entities --gold FOLDER ... --parts FOLDER [--base FOLDER] [--unlabelled FILE]",
    }


def _write(out: Path, recognizer: Language, card: dict[str, Any]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    write(recognizer, out)
    write_card(card, out)
