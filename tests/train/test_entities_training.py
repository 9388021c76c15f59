"""Training of the recognizers: twice to the same bytes, for each part and for all; the split keeps stories together."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.evaluate.gold import read_corpus
from pipeline.settings import Settings
from pipeline.train.entities import train_entities
from pipeline.train.parts import Parts
from pipeline.train.profiles import open_parts
from pipeline.train.stories import folds

GOLD = Settings().seeds / "gold"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.usefixtures("quick")
def test_same_gold_same_seed_same_bytes(parts: Parts, tmp_path: Path) -> None:
    unlabelled = tmp_path / "news.jsonl"
    lines = [json.dumps({"text": f"Officials of Region {n} met the bank about a port. " * 12}) for n in range(3)]
    unlabelled.write_text("\n".join(lines), encoding="utf-8")
    for name in ("one", "two"):
        card = train_entities(parts, tmp_path / name, unlabelled, limit=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert card["unlabelled"] == 2


@pytest.mark.usefixtures("quick")
def test_what_is_trained_stays(parts: Parts, some_gold: Path, tmp_path: Path) -> None:
    before = contents(parts.folder(0))
    train_entities(open_parts([some_gold], parts.folder(0).parent), tmp_path)
    assert contents(parts.folder(0)) == before


def test_no_story_is_in_two_parts() -> None:
    golds = read_corpus(GOLD)
    retold = [replace(gold, id=f"{gold.id}-again") for gold in golds]
    parts = folds([*golds, *retold], count=2)
    assert sorted(place for part in parts for place in part) == list(range(2 * len(golds)))
    for part in parts:
        assert {place % len(golds) for place in part} == {place for place in part if place < len(golds)}
