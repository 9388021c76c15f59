"""Shared fixtures: the pipeline is loaded once for the whole run."""

import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from browsers import browser, picture, visit  # noqa: F401 (fixtures)
from hypothesis import settings
from spacy.language import Language

import pipeline
from pipeline.extract import build
from pipeline.gold.folder import read_gold
from pipeline.record import Record
from pipeline.settings import Settings

settings.register_profile("corridor", deadline=None)  # a busy machine may take long over any example
settings.load_profile("corridor")

os.environ["CORRIDOR_LLM_TRUST"] = "all"  # scripted endpoints are believed; tests/llm/test_checks.py tries one first

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The whole pipeline."""
    return pipeline.load()


@pytest.fixture(scope="session")
def nlp_base() -> Language:
    """The base model and the sentences stage only."""
    return build(())


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The annotated corpus, where it lies beside the checkout."""
    if not (SHARED / "corpus").is_dir():
        pytest.skip("the annotated corpus is not here")
    return SHARED / "corpus"


@pytest.fixture(scope="session")
def bundled_article() -> str:
    """The text of the article that comes with the project."""
    (path,) = sorted((Settings().seeds / "articles").glob("*.txt"))
    return path.read_text(encoding="utf-8")


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
def golds(authored: Path) -> dict[str, Record]:
    return {gold.article.id: gold for gold in read_gold(authored)}


@pytest.fixture
def perfect(golds: dict[str, Record]) -> Callable[[str], Record]:
    """The perfect record of an authored article."""
    return lambda name: golds[name]
