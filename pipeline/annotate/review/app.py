"""The web server of a review: the page, and an API of JSON by which it edits.

    GET  /                            the page
    GET  /api/choices                 the closed sets: {"labels", "actor_kinds", "relation_types", "commitment_kinds",
                                      "statuses", "slots": {slot: what stands in it}, "sectors": [{"code", "label"}],
                                      "countries": [{"code", "name"}], "currencies"}
    GET  /api/queue                   ?state=&q=&limit=&offset=, states are untouched, begun, finished; `q` are words of
                                      title or id; least confident first: {"articles": [{"id", "title", "state",
                                      "confidence"}], "total", "counts", "next": id of the first that is not
                                      finished, or null}
    GET  /api/articles/ID             an article (ID percent-encoded, "/" too): {"record", "told": the record as
                                      `pipeline.report.article` tells it, "accepted": [ids], "version",
                                      "can_undo", "can_redo", "state", "next": id or null, "notes": [what its gold
                                      cannot say, what to look at]}
    POST /api/articles/ID/edits       {"version": 3, "do": ...}: an operation of `operations.py`
    POST /api/articles/ID/undo        {"version": 3}, and so /redo
    POST /api/articles/ID/finish      {"version": 3, "finished": true}; false opens a finished article again

`version` is that of the article as the reviewer saw it; a POST answers with the article as it is then. What cannot be
done is {"error": "..."}: 400 not of this form, 401 without the token (GET /?token= puts it in a cookie), 403 from
another site, 404 unknown, 409 made on another version (with "article", as it is now), 413 too large, 415 not
application/json, 421 under another host's name, 422 refused for the reason told (an article that cannot be reviewed:
with "next"), 500 not saved.
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

from pipeline.annotate.review.choices import choices
from pipeline.annotate.review.guard import Door, Guard, error
from pipeline.annotate.review.policy import policy
from pipeline.annotate.review.progress import MOVES
from pipeline.annotate.review.store import STATES, Conflict, Store, Unknown
from pipeline.annotate.review.working import Refused
from pipeline.errors import ArticleError, SetupError
from pipeline.record import fault

EDITS = "edits"
LARGEST = 1_000_000  # bytes of a body
MOST = 200  # articles of the queue in one answer


class _Id(PathConvertor):
    """An article's id: any characters, line ends and slashes too."""

    regex = "(?s:.*)"


register_url_convertor("article", _Id())


class _Wanted(BaseModel):
    """What part of the queue is asked for."""

    state: str | None = Field(default=None, pattern=f"^({'|'.join(STATES)})?$")
    q: str = ""
    limit: int = Field(default=50, ge=1, le=MOST)
    offset: int = Field(default=0, ge=0, le=2**53)


class _Said(BaseModel):
    """A decision, with the version on which it was made; the rest is the operation's own."""

    model_config = ConfigDict(extra="allow", strict=True)
    version: int


def app(store: Store, page: str, door: Door) -> ASGIApp:
    """The server of a store; `page`: the HTML that it is edited in, with its scripts and styles inside."""

    def get(path: str, answer: Callable[[Request], Response]) -> Route:
        return Route(path, answer)  # a plain function runs in a thread of its own

    def post(do: str) -> Route:
        async def decide(request: Request) -> Response:
            said = _Said.model_validate_json(await _body(request))
            decision = {**(said.model_extra or {}), **({} if do == EDITS else {"do": do})}
            name = request.path_params["id"]
            return JSONResponse(await run_in_threadpool(store.decide, name, said.version, decision))

        return Route(f"/api/articles/{{id:article}}/{do}", decide, methods=["POST"])

    routes = [
        get("/", lambda request: HTMLResponse(page)),
        get("/api/choices", lambda request: JSONResponse(choices())),
        get("/api/queue", lambda request: JSONResponse(_queue(store, request))),
        *map(post, (EDITS, *MOVES)),
        get("/api/articles/{id:article}", lambda request: _article(store, request.path_params["id"])),
    ]
    inner = Starlette(routes=routes, exception_handlers=HANDLERS)
    inner.router.redirect_slashes = False
    return Guard(inner, door, policy(page))


def _article(store: Store, name: str) -> Response:
    """Of an article that cannot be reviewed at least the way on."""
    try:
        return JSONResponse(store.article(name))
    except ArticleError as failure:
        return JSONResponse({"error": str(failure), "next": store.next_after(name)}, 422)


def _queue(store: Store, request: Request) -> dict[str, Any]:
    wanted = _Wanted.model_validate(dict(request.query_params))
    return store.queue(wanted.state or None, wanted.limit, wanted.offset, wanted.q)


async def _body(request: Request) -> bytes:
    """The body of a request, which is JSON and no larger than `LARGEST`, however it comes."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "the content type must be application/json")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise HTTPException(413, f"a request has no more than {LARGEST:,} bytes")
    return bytes(body)


def _failed(status: int, said: Callable[[Any], str]) -> Callable[[Request, Exception], Response]:
    return lambda request, failure: error(status, said(failure))


def _conflict(request: Request, failure: Any) -> Response:
    return JSONResponse({"error": str(failure), "article": failure.body}, 409)


def _defect(request: Request, failure: Exception) -> Response:
    said = f"{request.method} {request.url.path}: a defect ({failure!r}); please report it"
    logging.getLogger("corridor").error(said)
    return error(500, said)


def _unsaved(failure: OSError) -> str:
    return f"cannot be read or saved: {failure.filename or 'the folder'}: {failure.strerror or failure}"


HANDLERS: Mapping[Any, Callable[[Request, Any], Response]] = {
    Unknown: _failed(404, str),
    Conflict: _conflict,
    Refused: _failed(422, str),
    ArticleError: _failed(422, str),
    SetupError: _failed(500, str),
    OSError: _failed(500, _unsaved),
    ValidationError: _failed(400, fault),
    ClientDisconnect: _failed(400, lambda _: "the request was cut short"),
    HTTPException: lambda request, failure: error(failure.status_code, failure.detail),
    Exception: _defect,
}
