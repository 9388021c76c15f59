"""Training of the entities model: on a few articles, twice, to the same bytes; the split keeps stories together."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.evaluate.gold import read_corpus
from pipeline.settings import Settings
from pipeline.stages.entities.verdict import weights
from pipeline.train.entities import recognizer as recipe
from pipeline.train.entities import train_entities
from pipeline.train.stories import folds

GOLD = Settings().seeds / "gold"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TEACHER_EPOCHS", "SILVER_EPOCHS", "GOLD_EPOCHS"):
        monkeypatch.setattr(recipe, name, 1)


@pytest.mark.usefixtures("quick")
def test_same_corpus_same_seed_same_bytes(tmp_path: Path) -> None:
    unlabelled = tmp_path / "news.jsonl"
    lines = [json.dumps({"text": f"Officials of Region {n} met the bank about a port. " * 12}) for n in range(3)]
    unlabelled.write_text("\n".join(lines), encoding="utf-8")
    for name in ("one", "two"):
        card = train_entities(GOLD, tmp_path / name, unlabelled, limit=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert card["unlabelled"] == 2
    assert weights(tmp_path / "one").of["MONEY"]


def test_no_story_is_in_two_parts() -> None:
    golds = read_corpus(GOLD)
    retold = [replace(gold, id=f"{gold.id}-again") for gold in golds]
    parts = folds([*golds, *retold], count=2)
    assert sorted(place for part in parts for place in part) == list(range(2 * len(golds)))
    for part in parts:
        assert {place % len(golds) for place in part} == {place for place in part if place < len(golds)}
