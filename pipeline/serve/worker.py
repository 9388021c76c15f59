"""The work of the worker process: files and rows of articles in, an outcome for each article out."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import date as calendar_date
from io import BytesIO
from itertools import islice

from pydantic import BaseModel, ConfigDict, Field

from pipeline.errors import ArticleError, SetupError, failure
from pipeline.llm.read import Reader
from pipeline.record import Article
from pipeline.run.second_reader import read_outcomes
from pipeline.run.workers.processes import cores
from pipeline.run.workers.worker import Outcome, Worker, unread
from pipeline.settings import Settings
from pipeline.sources import ReadOptions, make_article, read_stream

LONGEST = 200_000  # characters of an article, about nine seconds of work
MOST = 100  # articles in a request
_DAY = 'The day on which it was published, such as 2025-06-01; dates such as "Friday" are counted from it.'


class ArticleIn(BaseModel):
    """An article to read. Only `text` is needed; the default `id` is made from it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"text": "Japan will lend Kenya $300 million for a port by 2031.", "date": "2025-06-01"}]
        },
    )

    text: str = Field(description=f"At most {LONGEST:,} characters.")
    id: str | None = None
    title: str | None = None
    source: str | None = Field(default=None, description="Who published it.")
    url: str | None = None
    date: calendar_date | None = Field(default=None, description=_DAY)


@dataclass(frozen=True)
class File:
    """A file of a request, of any kind that `corridor extract` reads; the ending of `name` says which.

    `title`, `date` and `source` are those of articles that have none.
    """

    name: str
    data: bytes
    title: str | None = None
    date: str | None = None
    source: str | None = None


Job = tuple[ArticleIn, ...] | File


Opened = Callable[[], AbstractContextManager[Reader]]


class Work:
    """Loads the models once. It answers a job with an outcome for each article, in order, and then None.

    `opened`: what gives a language model that reads too, a new one each day with the whole budget.
    """

    def __init__(self, settings: Settings, opened: Opened | None = None) -> None:
        logging.getLogger("corridor").setLevel(logging.ERROR)  # warnings about articles: nobody reads them here
        self._worker = Worker(replace(settings, threads=cores()))
        self._opened, self._day, self._stack = opened, calendar_date.min, ExitStack()
        self._reader: Reader | None = None

    def _read(self, article: Article) -> Iterator[Outcome]:
        outcomes = self._worker([article])
        if self._opened and self._day != calendar_date.today():
            self._stack.close()
            self._day, self._reader = calendar_date.today(), self._stack.enter_context(self._opened())
        return read_outcomes(outcomes, self._reader) if self._reader else outcomes

    def __call__(self, job: Job) -> Iterator[Outcome | None]:
        found = _of_file(job) if isinstance(job, File) else _of_request(job)
        for article in found:
            if isinstance(article, ArticleError):
                yield unread(article)
            else:
                yield from self._read(article)
        yield None


def _of_request(articles: Sequence[ArticleIn]) -> Iterator[Article | ArticleError]:
    for number, article in enumerate(articles):
        where = f"articles[{number}]" if len(articles) > 1 else "the article"
        try:
            yield _checked(make_article(**article.model_dump(mode="json"), where=where), where)
        except ArticleError as error:
            yield error


def _of_file(file: File) -> Iterator[Article | ArticleError]:
    options = ReadOptions(title=file.title, date=file.date, source=file.source)
    try:
        found = read_stream(BytesIO(file.data), file.name, options)
        for article in islice(found, MOST):
            yield article if isinstance(article, ArticleError) else _checked(article, f"{file.name}: {article.id}")
        if next(found, None) is not None:
            yield ArticleError(file.name, f"holds more than {MOST} articles; use `corridor extract` on it")
    except SetupError as error:
        yield ArticleError(file.name, str(error))
    except Exception as error:
        yield failure(file.name, error)


def _checked(article: Article, where: str) -> Article | ArticleError:
    """The article, or what is wrong with it: it is too long to be read while others wait."""
    size = len(article.text)
    if size <= LONGEST:
        return article
    advice = "split it, or use `corridor extract`"
    return ArticleError(where, f"too long: {size:,} characters, at most {LONGEST:,} are read here; {advice}")
