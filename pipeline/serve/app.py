"""The API: its addresses, what they take and give. Errors are RFC 9457 problems; /openapi.json describes all."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import date as calendar_date
from functools import partial
from itertools import islice, repeat
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from pipeline import __version__
from pipeline.knowledge.changes import Change, Kind
from pipeline.knowledge.folder import KnownActor, KnownCommitment, KnownProject
from pipeline.record import ActorKind, Day, Record
from pipeline.run.workers.worker import Outcome
from pipeline.serve.extraction import Extraction, Results, State
from pipeline.serve.known import Country, Known, ProjectView, Wanted
from pipeline.serve.problems import HANDLERS, LARGEST, MEDIA, Problem, Refusal, problem
from pipeline.serve.records import Head, Records
from pipeline.serve.worker import MOST, ArticleIn, File
from pipeline.settings import Profile


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
        found = await extraction.results((article,), request.is_disconnected)
        for outcome in found.outcomes:
            if outcome.state == "done":
                return _json(outcome.line)
            raise Refusal(422, _why(outcome))
        raise found.stopped or Refusal(400, "nobody waits for the answer any more")

    @router.post("/extract/batch", response_model=ResultList, summary="Extract several articles")
    async def extract_batch(articles: Articles, request: Request) -> Response:
        """A record or a problem for each article. The time limit is that of the whole request."""
        sent = tuple(articles.articles)
        return _list(await extraction.results(sent, request.is_disconnected), len(sent))

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


ROWS = 200  # in an answer
Limit = Annotated[int, Field(ge=1, le=ROWS, description="Rows in the answer.")]
Offset = Annotated[int, Field(ge=0, le=2**53, description="Rows to leave out, from the first.")]
Words = Annotated[str, Query(description="Words that all must stand in a name.")]


class WantedPage(Wanted):
    """Which commitments are wanted, and which of these are in the answer."""

    offset: Offset = 0
    limit: Limit = 50


class Page[Row](BaseModel):
    """Some of `total` rows, from the one at `offset`."""

    total: int
    offset: int
    items: list[Row]


def page[Row](rows: Iterable[Row], offset: int, limit: int) -> Page[Row]:
    found = [*rows]
    return Page(total=len(found), offset=offset, items=[*islice(found, offset, offset + limit)])


def _given[Served](served: Served | None, how: str) -> Served:
    """What the server was started with; `how`: what it is, and how to give it. Raises Refusal where it was not."""
    if served is None:
        raise Refusal(404, f"the server has no {how}")
    return served


def record_routes(records: Records | None) -> APIRouter:
    """GET /records and /records/ID."""
    router = APIRouter(prefix="/records", tags=["records"])

    given = partial(_given, records, "records; start it with them: corridor serve RECORDS")

    @router.get("", summary="List records")
    def list_records(q: Words = "", since: Day | None = None, offset: Offset = 0, limit: Limit = 50) -> Page[Head]:
        """The articles that have a record, in the order of their file; `q` looks in title, source and id."""
        return page(given().heads(q, since), offset, limit)

    @router.get("/{id:path}", response_model=Record, summary="One record")
    def get_record(id: str) -> Response:
        """The record of the article with this id (percent-encoded)."""
        return Response(given().json(id), media_type="application/json")

    return router


def knowledge_routes(known: Known | None) -> APIRouter:
    """GET /knowledge/... and /changes."""
    router = APIRouter(tags=["knowledge"])

    given = partial(_given, known, "knowledge; start it with --knowledge FOLDER, from `corridor resolve`")

    @router.get("/knowledge/actors", summary="Find actors")
    def find_actors(
        q: Words = "", kind: ActorKind | None = None, country: Country = None, offset: Offset = 0, limit: Limit = 50
    ) -> Page[KnownActor]:
        return page(given().actors(q, kind, country), offset, limit)

    @router.get("/knowledge/actors/{id}", summary="One actor")
    def get_actor(id: str) -> KnownActor:
        return given().actor(id)

    @router.get("/knowledge/projects", summary="Find projects")
    def find_projects(
        q: Words = "",
        country: Country = None,
        sector: Annotated[str | None, Query(pattern=r"^\d{3}$", description="OECD DAC code, such as 210.")] = None,
        offset: Offset = 0,
        limit: Limit = 50,
    ) -> Page[KnownProject]:
        return page(given().projects(q, country, sector), offset, limit)

    @router.get("/knowledge/projects/{id}", summary="One project")
    def get_project(id: str) -> ProjectView:
        """A project with its commitments and its timeline."""
        return given().project(id)

    @router.get("/knowledge/commitments", summary="Find commitments")
    def find_commitments(wanted: Annotated[WantedPage, Query()]) -> Page[KnownCommitment]:
        return page(given().commitments(wanted), wanted.offset, wanted.limit)

    @router.get("/knowledge/commitments/{id}", summary="One commitment")
    def get_commitment(id: str) -> KnownCommitment:
        return given().commitment(id)

    @router.get("/changes", summary="What is new")
    def list_changes(
        since: Annotated[Day | None, Query(description="First reported on this day or later.")] = None,
        today: Annotated[
            Day | None, Query(description="Day on which commitments may be overdue; else that of the latest article.")
        ] = None,
        kind: Kind | None = None,
        offset: Offset = 0,
        limit: Limit = 50,
    ) -> Page[Change]:
        """What the knowledge has that the older folder (`--old`) has not; without one, what changed since a day."""
        return page(given().changes(since, today, kind), offset, limit)

    return router


class Health(BaseModel):
    """`worker`: whether an article would be read at once; `waiting`: requests in the queue; what is served."""

    status: str = "ok"
    version: str
    schema_version: str
    profile: Profile
    worker: State
    waiting: int
    records: int | None
    knowledge: dict[str, int] | None


def app(
    extraction: Extraction, profile: Profile, records: Records | None, known: Known | None, token: str | None
) -> FastAPI:
    """The API over a worker, records and knowledge; what is None was not given. It starts and stops the worker."""

    @asynccontextmanager
    async def worker(_: FastAPI) -> AsyncIterator[None]:
        extraction.start()
        warming = asyncio.create_task(extraction.warm())
        try:
            yield
        finally:
            extraction.close()
            with suppress(asyncio.CancelledError):
                await warming

    api = FastAPI(
        title="Corridor",
        description="Who committed what to whom, read from news about development cooperation.",
        version=__version__,
        docs_url=None,  # those pages load scripts from the network
        redoc_url=None,
        lifespan=worker,
        exception_handlers=dict(HANDLERS),
        responses={"default": _PROBLEM},
        dependencies=[Security(HTTPBearer(auto_error=False))] if token else [],
        max_body_size=LARGEST,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )

    @api.get("/health", tags=["server"], summary="State of the server")
    def get_health() -> Health:
        return Health(
            version=__version__,
            schema_version=str(Record.model_fields["schema_version"].default),
            profile=profile,
            worker=extraction.state,
            waiting=extraction.waiting,
            records=None if records is None else len(records),
            knowledge=known and known.counts(),
        )

    api.include_router(routes(extraction))
    api.include_router(record_routes(records))
    api.include_router(knowledge_routes(known))
    return api


_PROBLEM: dict[str, Any] = {
    "description": "A problem: what is wrong and what to do (RFC 9457)",
    "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
