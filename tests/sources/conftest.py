"""Small builders that make the cases read as sentences."""

from pathlib import Path

import pytest
from sources.documents import Read, Reading, Write

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources import ReadOptions, read


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of the test's folder."""

    def writer(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return writer


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """Reads inputs; gives the articles and the errors' texts, with the test's folder cut off."""

    def reader(*inputs: object, **options: object) -> tuple[list[Article], list[str]]:
        results = list(read([str(name) for name in inputs], ReadOptions(**options)))  # type: ignore[arg-type]
        errors = [str(one).replace(f"{tmp_path}/", "") for one in results if isinstance(one, ArticleError)]
        return [one for one in results if isinstance(one, Article)], errors

    return reader


@pytest.fixture
def read_file(write: Write, reading: Reading) -> Read:
    """Reads a file of this name and content, as `reading` does."""
    return lambda name, content, **options: reading(write(name, content), **options)
