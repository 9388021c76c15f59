"""The web server of a review: the page, and an API of JSON by which it edits.

    GET  /                            the page
    GET  /api/choices                 value sets: {"labels", "actor_kinds", "relation_types", "commitment_kinds",
                                      "statuses", "slots": {slot: what it holds}, "sectors": [{"code", "label"}],
                                      "countries": [{"code", "name"}], "currencies"}
    GET  /api/queue                   ?state=&q=&limit=&offset=, states are untouched, begun, finished; `q`: words in
                                      title or id; least confident first: {"articles": [{"id", "title", "state",
                                      "confidence"}], "total", "counts", "next": id of the first unfinished article,
                                      or null}
    GET  /api/near                    ?article=ID&of=actors&q=, or of=projects: names near to `q`, those of the article
                                      first, then known ones: {"near": [`Near` of near.py]}
    GET  /api/articles/ID             an article (ID percent-encoded, "/" too): {"record", "view": the data that
                                      `pipeline.publish.report.article` makes of it, "accepted": [ids], "version",
                                      "can_undo", "can_redo", "state", "next": id or null, "notes": [what the gold
                                      cannot hold, what to check]}. Each commitment of `view` has "decision":
                                      {"decision": accepted, corrected, rejected or unsure, "by": reviewer or null,
                                      "at": time}, null if there is none, and "reopened": why, or null
    POST /api/articles/ID/edits       {"version": 3, "do": ...}: an operation of `operations.py`
    POST /api/articles/ID/undo        {"version": 3}; /redo likewise
    POST /api/articles/ID/finish      {"version": 3, "finished": true}; false opens a finished article again

`version` is the one that the reviewer saw; the answer to a POST is the article after it. Errors are {"error": "..."}:
400 wrong format, 401 without the token (GET /?token= sets it as a cookie), 403 from another site, 404 unknown, 409 made
on another version (with "article", its present state), 413 too large, 415 not application/json, 421 for another host
name, 422 refused, with the reason (an article that cannot be reviewed: with "next"), 500 not saved.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from pipeline.errors import ArticleError, SetupError
from pipeline.record import fault
from pipeline.review.edits.fields import LONGEST, choices
from pipeline.review.edits.progress import MOVES
from pipeline.review.edits.working import Refused
from pipeline.review.page.guard import Access, error, guarded
from pipeline.review.page.near import Table, near
from pipeline.review.page.page import policy
from pipeline.review.page.store import STATES, Conflict, Store, Unknown

EDITS = "edits"
LARGEST = 1_000_000  # bytes of a body
MOST = 200  # articles in an answer of the queue


class _Id(PathConvertor):
    """An article's id: any characters, including line ends and slashes."""

    regex = "(?s:.*)"


register_url_convertor("article", _Id())


class _Query(BaseModel):
    """The query of a request for the queue."""

    state: str | None = Field(default=None, pattern=f"^({'|'.join(STATES)})?$")
    q: str = ""
    limit: int = Field(default=50, ge=1, le=MOST)
    offset: int = Field(default=0, ge=0, le=2**53)


class _Near(BaseModel):
    """The query of a request for near names."""

    article: str
    of: Table
    q: str = Field(max_length=LONGEST)


class _Decision(BaseModel):
    """A decision and the version on which it was made; other fields are those of the operation."""

    model_config = ConfigDict(extra="allow", strict=True)
    version: int


def app(store: Store, page: str, access: Access) -> ASGIApp:
    """The server of a store; `page`: the HTML, with its scripts and styles."""

    def post(do: str) -> Route:
        async def decide(request: Request) -> Response:
            sent = _Decision.model_validate_json(await _body(request))
            decision = {**(sent.model_extra or {}), **({} if do == EDITS else {"do": do})}
            name = request.path_params["id"]
            return JSONResponse(await run_in_threadpool(store.decide, name, sent.version, decision))

        return Route(f"/api/articles/{{id:article}}/{do}", decide, methods=["POST"])

    routes = [  # a plain function runs in its own thread
        Route("/", lambda request: HTMLResponse(page)),
        Route("/api/choices", lambda request: JSONResponse(choices())),
        Route("/api/queue", lambda request: JSONResponse(_queue(store, request))),
        Route("/api/near", lambda request: JSONResponse(_near(store, request))),
        *map(post, (EDITS, *MOVES)),
        Route("/api/articles/{id:article}", lambda request: _article(store, request.path_params["id"])),
    ]
    inner = Starlette(routes=routes, exception_handlers=HANDLERS)
    inner.router.redirect_slashes = False
    return guarded(inner, access, policy(page))


def _article(store: Store, name: str) -> Response:
    """An article; for one that cannot be reviewed, the error and the next article."""
    try:
        return JSONResponse(store.article(name))
    except ArticleError as failure:
        return JSONResponse({"error": str(failure), "next": store.next_after(name)}, 422)


def _queue(store: Store, request: Request) -> dict[str, Any]:
    query = _Query.model_validate(dict(request.query_params))
    return store.queue(query.state or None, query.limit, query.offset, query.q)


def _near(store: Store, request: Request) -> dict[str, Any]:
    query = _Near.model_validate(dict(request.query_params))
    return {"near": [one.as_json() for one in near(store.record(query.article), query.of, query.q)]}


async def _body(request: Request) -> bytes:
    """The body of a request. Raises HTTPException if it is not JSON, or larger than `LARGEST`."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "the content type must be application/json")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise HTTPException(413, f"a request may have {LARGEST:,} bytes at most")
    return bytes(body)


def _failed(status: int, message: Callable[[Any], str]) -> Callable[[Request, Exception], Response]:
    return lambda request, failure: error(status, message(failure))


def _defect(request: Request, failure: Exception) -> Response:
    message = f"{request.method} {request.url.path}: a defect ({failure!r}); please report it"
    logging.getLogger("corridor").error(message)
    return error(500, message)


def _unsaved(failure: OSError) -> str:
    return f"cannot be read or saved: {failure.filename or 'the folder'}: {failure.strerror or failure}"


HANDLERS: Mapping[Any, Callable[[Request, Any], Response]] = {
    Unknown: _failed(404, str),
    Conflict: lambda request, failure: JSONResponse({"error": str(failure), "article": failure.body}, 409),
    Refused: _failed(422, str),
    ArticleError: _failed(422, str),
    SetupError: _failed(500, str),
    OSError: _failed(500, _unsaved),
    ValidationError: _failed(400, fault),
    ClientDisconnect: _failed(400, lambda _: "the request was cut short"),
    HTTPException: lambda request, failure: error(failure.status_code, failure.detail),
    Exception: _defect,
}
