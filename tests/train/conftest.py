"""A few authored articles in five parts, each with a recognizer that has hardly learned, made once for all tests."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from builders import authored

from pipeline.train import entities
from pipeline.train.entities import train_entities
from pipeline.train.gold import Parts, open_parts


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
    return authored(tmp_path_factory.mktemp("some") / "authored", 0, None, 2)


@pytest.fixture(scope="session")
def parts(some_gold: Path, quick: None, tmp_path_factory: pytest.TempPathFactory) -> Parts:
    folder = tmp_path_factory.mktemp("parts")
    found = open_parts([some_gold], folder)
    train_entities(found, folder / "final")
    return found
