"""Cross-validated scores with one component of the pipeline left out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from spacy.tokens import Doc

from pipeline.gold.evaluate.score import score
from pipeline.gold.folder import read_gold
from pipeline.train.cross_validation import Change, Step, unchanged, validated
from pipeline.train.parts import Parts

TABLE = "ablation.json"
ROWS = (
    "mentions",
    "actors",
    "projects",
    "relations",
    "commitments.found",
    "commitments",
    "commitments+status",
    "slots",
)


def _without_encoder(after: Step, step: Step, doc: Doc) -> Doc:
    if step == after:
        doc._.encoding = None
    return doc


def _without_recognizer(step: Step, doc: Doc) -> Doc:
    if step == "read":
        doc.ents = ()
    return doc


LEFT_OUT: dict[str, Change] = {
    "nothing": unchanged,
    "the encoder": partial(_without_encoder, "read"),
    "the encoder after the mentions": partial(_without_encoder, "mentions"),
    "the recognizer": _without_recognizer,
}


def train_ablation(folders: Sequence[Path], parts: Parts, out: Path) -> dict[str, dict[str, dict[str, float]]]:
    """F1 of each row, by what is left out of the default profile and by gold folder; written to `out` and returned."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for name, change in LEFT_OUT.items():
        records = validated(parts, "default", change).records
        found[name] = {}
        for folder in folders:
            golds = read_gold(folder)
            scores = score(golds, {gold.article.id: records[gold.article.id] for gold in golds})
            found[name][folder.name] = {row: round(scores[row].f1, 3) for row in ROWS}
    (out / TABLE).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found
