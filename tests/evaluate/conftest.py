"""The first three authored articles, on which the scorer is tested."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from pipeline.evaluate.files import read_gold
from pipeline.evaluate.from_gold import gold_record
from pipeline.evaluate.gold import GoldArticle
from pipeline.record import Record
from pipeline.settings import Settings


@pytest.fixture(scope="session")
def authored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    whole, folder = Settings().seeds / "gold", tmp_path_factory.mktemp("authored")
    (folder / "gold").mkdir()
    with (whole / "articles.jsonl").open(encoding="utf-8") as lines:
        (folder / "articles.jsonl").write_text("".join(islice(lines, 3)), encoding="utf-8")
    for name in ("authored-001.json", "authored-002.json", "authored-003.json"):
        (folder / "gold" / name).write_bytes((whole / "gold" / name).read_bytes())
    return folder


@pytest.fixture(scope="session")
def golds(authored: Path) -> dict[str, GoldArticle]:
    return {gold.id: gold for gold in read_gold(authored)}


@pytest.fixture
def perfect(golds: dict[str, GoldArticle]) -> Callable[[str], Record]:
    """The perfect record of an authored article."""
    return lambda name: gold_record(golds[name])
