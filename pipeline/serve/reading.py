"""The part of the API that looks things up: records, knowledge, and what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from starlette.responses import Response

from pipeline.knowledge.changes import Change, Kind
from pipeline.knowledge.row_models import KnownActor, KnownCommitment, KnownProject
from pipeline.record import ActorKind, CommitmentKind, Day, Instrument, Record, Status
from pipeline.serve.known import Known, ProjectView, Wanted
from pipeline.serve.problems import Refusal
from pipeline.serve.records import Head, Records

MOST = 200  # rows in an answer
Limit = Annotated[int, Query(ge=1, le=MOST, description="Rows in the answer.")]
Offset = Annotated[int, Query(ge=0, le=2**53, description="Rows to leave out, from the first.")]
Words = Annotated[str, Query(description="Words that all must stand in a name.")]
Country = Annotated[str | None, Query(pattern="^[A-Z]{3}$", description="ISO 3166-1 alpha-3, such as KEN.")]


class Page[Row](BaseModel):
    """Some of `total` rows, from the one at `offset`."""

    total: int
    offset: int
    items: list[Row]


def page[Row](rows: Iterable[Row], offset: int, limit: int) -> Page[Row]:
    found = [*rows]
    return Page(total=len(found), offset=offset, items=[*islice(found, offset, offset + limit)])


def record_routes(records: Records | None) -> APIRouter:
    """GET /records and /records/ID."""
    router = APIRouter(prefix="/records", tags=["records"])

    def given() -> Records:
        if records is None:
            raise Refusal(404, "the server has no records; start it with them: corridor serve RECORDS")
        return records

    @router.get("", summary="List records")
    def list_records(q: Words = "", since: Day | None = None, offset: Offset = 0, limit: Limit = 50) -> Page[Head]:
        """The articles that have a record, in the order of their file; `q` looks in title, source and id."""
        total, found = given().heads(q, since, offset, limit)
        return Page(total=total, offset=offset, items=found)

    @router.get("/{id:path}", response_model=Record, summary="One record")
    def get_record(id: str) -> Response:
        """The record of the article with this id (percent-encoded)."""
        return Response(given().json(id), media_type="application/json")

    return router


def knowledge_routes(known: Known | None) -> APIRouter:
    """GET /knowledge/... and /changes."""
    router = APIRouter(tags=["knowledge"])

    def given() -> Known:
        if known is None:
            raise Refusal(404, "the server has no knowledge; start it with --knowledge FOLDER, from `corridor resolve`")
        return known

    _add_entities(router, given)
    _add_commitments(router, given)
    return router


def _add_entities(router: APIRouter, given: Callable[[], Known]) -> None:
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


def _add_commitments(router: APIRouter, given: Callable[[], Known]) -> None:
    @router.get("/knowledge/commitments", summary="Find commitments")
    def find_commitments(
        wanted: Annotated[Wanted, Depends(_wanted)], offset: Offset = 0, limit: Limit = 50
    ) -> Page[KnownCommitment]:
        return page(given().commitments(wanted), offset, limit)

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


def _wanted(
    q: Annotated[str, Query(description="Words that all must stand in its quotes or names.")] = "",
    kind: CommitmentKind | None = None,
    status: Annotated[Status | None, Query(description="That of its latest report.")] = None,
    instrument: Instrument | None = None,
    country: Country = None,
    actor: Annotated[str | None, Query(description="Lasting id of a party.")] = None,
    project: Annotated[str | None, Query(description="Lasting id of a project.")] = None,
    counted: Annotated[bool | None, Query(description="Whether a sum counts it.")] = None,
    since: Annotated[Day | None, Query(description="Reported on this day or later.")] = None,
) -> Wanted:
    return Wanted(q, kind, status, instrument, country, actor, project, counted, since)
