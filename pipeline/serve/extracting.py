"""The part of the API that extracts: one article, several, or a file."""

from __future__ import annotations

from datetime import date as calendar_date
from itertools import repeat
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from pipeline.record import Record
from pipeline.run.workers.worker import Outcome
from pipeline.serve.extraction import Extraction, Results
from pipeline.serve.problems import Problem, Refusal, problem
from pipeline.serve.worker import LONGEST, MOST, File, Row

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

    def row(self) -> Row:
        return Row(self.text, self.id, self.title, self.source, self.url, self.date.isoformat() if self.date else None)


class Articles(BaseModel):
    """Articles to read, in one turn of the worker."""

    model_config = ConfigDict(extra="forbid")

    articles: list[ArticleIn] = Field(min_length=1, max_length=MOST)


class Result(BaseModel):
    """What became of one article: its record, or the problem."""

    record: Record | None = None
    problem: Problem | None = None


class ResultList(BaseModel):
    """One result for each article, in their order."""

    results: list[Result]


def routes(extraction: Extraction) -> APIRouter:
    """POST /extract, /extract/batch and /files."""
    router = APIRouter(tags=["extract"])

    @router.post("/extract", response_model=Record, summary="Extract one article")
    async def extract(article: ArticleIn, request: Request) -> Response:
        """The record of an article. It is not kept."""
        found = await extraction.results((article.row(),), request.is_disconnected)
        for outcome in found.outcomes:
            if outcome.state == "done":
                return _json(outcome.line)
            raise Refusal(422, _why(outcome))
        raise found.stopped or Refusal(400, "nobody waits for the answer any more")

    @router.post("/extract/batch", response_model=ResultList, summary="Extract several articles")
    async def extract_batch(articles: Articles, request: Request) -> Response:
        """A record or a problem for each article. The time limit is that of the whole request."""
        rows = tuple(article.row() for article in articles.articles)
        return _list(await extraction.results(rows, request.is_disconnected), len(rows))

    @router.post(
        "/files",
        response_model=ResultList,
        summary="Extract a file",
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def extract_file(
        request: Request,
        name: Annotated[
            str, Query(min_length=1, description="Name of the file; its ending says what it is, such as .pdf.")
        ],
        title: Annotated[str | None, Query(description="Title of articles that have none.")] = None,
        source: Annotated[str | None, Query(description="Source of articles that have none.")] = None,
        date: Annotated[calendar_date | None, Query(description="Date of articles that have none.")] = None,
    ) -> Response:
        """A record or a problem for each article of a file of any kind that `corridor extract` reads.

        The body is the file itself, not a form: `curl --data-binary @press.pdf 'http://HOST:PORT/files?name=press.pdf'`.
        """
        day = date.isoformat() if date else None
        file = File(name, await request.body(), title, day, source)
        found = await extraction.results(file, request.is_disconnected)
        if [outcome.state for outcome in found.outcomes] == ["failed"] and not found.stopped:
            raise Refusal(422, _why(found.outcomes[0]))
        return _list(found, 0)

    return router


def _list(found: Results, wanted: int) -> Response:
    """One result for each of `wanted` articles, or, where their number is not known, for all that there are."""
    results = [_result(outcome) for outcome in found.outcomes]
    if found.stopped:
        if not results:
            raise found.stopped
        results += repeat(_unread(found.stopped), max(1, wanted - len(results)))
    return _json(f'{{"results":[{",".join(results)}]}}')


def _result(outcome: Outcome) -> str:
    """A `Result` as JSON; the record is not parsed again."""
    if outcome.state == "done":
        return f'{{"record":{outcome.line},"problem":null}}'
    return _unread(Refusal(422, _why(outcome)))


def _why(outcome: Outcome) -> str:
    return f"{outcome.id}: {outcome.reason}"


def _unread(refusal: Refusal) -> str:
    return Result(problem=problem(refusal.status, refusal.detail)).model_dump_json()


def _json(content: str) -> Response:
    return Response(content, media_type="application/json")
