"""A few authored articles in five parts, each with a recognizer that has hardly learned, made once for all tests."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.train import entities
from pipeline.train.entities import train_entities
from pipeline.train.gold import Parts, open_parts

GOLD = Settings().seeds / "gold"


def slice_of_gold(folder: Path, step: int, first: int = 0) -> Path:
    """Every `step`th authored article from the `first` on, as a gold folder."""
    lines = (GOLD / "articles.jsonl").read_text(encoding="utf-8").splitlines()[first::step]
    (folder / "gold").mkdir(parents=True)
    (folder / "articles.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name in (f"{json.loads(line)['id']}.json" for line in lines):
        (folder / "gold" / name).write_bytes((GOLD / "gold" / name).read_bytes())
    return folder


@pytest.fixture(scope="session")
def quick() -> Iterator[None]:
    """One pass over the articles; the weights that label unlabelled ones, which take a minute, once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("EPOCHS", "SILVER_EPOCHS", "GOLD_EPOCHS"):
            patch.setattr(entities, name, 1)
        patch.setattr(entities, "_weights", cache(entities._weights))
        yield


@pytest.fixture(scope="session")
def some_gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return slice_of_gold(tmp_path_factory.mktemp("some") / "authored", 2)


@pytest.fixture(scope="session")
def parts(some_gold: Path, quick: None, tmp_path_factory: pytest.TempPathFactory) -> Parts:
    folder = tmp_path_factory.mktemp("parts")
    found = open_parts([some_gold], folder)
    train_entities(found, folder / "final")
    return found
