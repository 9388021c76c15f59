"""The authored gold corpus that the scorer is tested on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.evaluate.files import read_gold
from pipeline.evaluate.from_gold import gold_record
from pipeline.evaluate.gold import GoldArticle
from pipeline.record import Record
from pipeline.settings import Settings


@pytest.fixture(scope="session")
def authored() -> Path:
    return Settings().seeds / "gold"


@pytest.fixture(scope="session")
def golds(authored: Path) -> dict[str, GoldArticle]:
    return {gold.id: gold for gold in read_gold(authored)}


@pytest.fixture
def perfect(golds: dict[str, GoldArticle]) -> Callable[[str], Record]:
    """The perfect record of an authored article."""
    return lambda name: gold_record(golds[name])
