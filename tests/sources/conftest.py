"""Small builders that make the cases read as sentences."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sources.documents import LOAN, One, Read, Reading, Refused, Write
from sources.fetch.server import Site

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


@pytest.fixture
def read_one(read_file: Read) -> One:
    """The article of a file that holds one."""

    def reader(name: str, content: str | bytes, **options: object) -> Article:
        (article,), errors = read_file(name, content, **options)
        assert errors == []
        return article

    return reader


@pytest.fixture
def refused(write: Write, reading: Reading) -> Refused:
    """The error of a file, beside which a good file is read."""

    def reader(name: str, content: bytes) -> str:
        articles, errors = reading(write(name, content), write("good.txt", LOAN))
        assert [article.text for article in articles] == [LOAN] and len(errors) == 1
        return errors[0]

    return reader


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as opened:
        yield opened
