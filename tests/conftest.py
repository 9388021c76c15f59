"""Shared fixtures: the pipeline is loaded once for the whole run."""

from pathlib import Path

import pytest
from browsers import browser, picture, visit  # noqa: F401 (fixtures)
from spacy.language import Language

import pipeline
from pipeline.extract import build
from pipeline.settings import Settings

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
