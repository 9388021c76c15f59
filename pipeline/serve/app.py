"""The API. Errors are RFC 9457 problems; /openapi.json describes all addresses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel

from pipeline import __version__
from pipeline.record import Record
from pipeline.serve.extracting import routes
from pipeline.serve.extraction import Extraction, State
from pipeline.serve.guard import LARGEST
from pipeline.serve.known import Known
from pipeline.serve.problems import HANDLERS, MEDIA
from pipeline.serve.reading import knowledge_routes, record_routes
from pipeline.serve.records import Records
from pipeline.settings import Profile


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
