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
                                      {"decision": accepted, corrected, rejected, unsure or "by agreement", "by":
                                      reviewer or null, "at": time}, null if there is none, and "reopened": why, or null
    POST /api/articles/ID/edits       {"version": 3, "do": ...}: an operation of `operations.py`
    POST /api/articles/ID/undo        {"version": 3}; /redo likewise
    POST /api/articles/ID/finish      {"version": 3, "finished": true}; false opens a finished article again

`version` is the one that the reviewer saw; the answer to a POST is the article after it. Errors are {"error": "..."}:
400 wrong format, 401 without the token (GET /?token= sets it as a cookie), 403 from another site, 404 unknown, 409 made
on another version (with "article", its present state), 413 too large, 415 not application/json, 421 for another host
name, 422 refused, with the reason (an article that cannot be reviewed: with "next"), 500 not saved.

Any user of this machine can connect, so the token is required on loopback too.
"""

import logging
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from pipeline.errors import ArticleError, SetupError
from pipeline.publish.report.page import html, web
from pipeline.record import fault
from pipeline.review.edits.fields import LONGEST, choices
from pipeline.review.edits.progress import MOVES
from pipeline.review.edits.working import Refused
from pipeline.review.httpd import Guard, Hosts, Listening, Ready, opens_page
from pipeline.review.page.near import Table, near
from pipeline.review.page.store import STATES, Conflict, Store, Unknown

WEB = Path(__file__).parent / "web"
STYLES = ("frame", "notices", "queue", "editing", "decided", "forms", "chosen", "print")
SCRIPTS = (
    "server", "session", "accepted", "descriptions", "tokens", "icons", "fields", "forms", "near", "picker", "naming",
    "tools", "slots", "cards", "focus", "decided", "verdict", "commitment", "sections", "chosen", "selecting", "follow",
    "keys", "help", "bars", "queue", "work", "review", "frame",
)  # fmt: skip
LARGEST = 1_000_000  # bytes of a body
TOO_LARGE = f"a request may have {LARGEST:,} bytes at most"
MOST = 200  # articles in an answer of the queue


@cache
def page() -> str:
    """The page as HTML: that of reports, with scripts that load data from the server and send decisions.

    Raises SetupError if one of its files is missing.
    """
    scripts = [web(f"{name}.js", WEB) for name in SCRIPTS]
    return html("Corridor review", None, scripts, [web(f"{name}.css", WEB) for name in STYLES])


def policy(page: str) -> str:
    """The Content-Security-Policy of all answers: that of the page, and what only a header can say."""
    own = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    return f"{unescape(own[1]) if own else "default-src 'none'"}; frame-ancestors 'none'"


@dataclass(frozen=True)
class Access:
    """The token of the server, the name of its cookie, and the host names of the server."""

    token: str
    cookie: str
    hosts: Hosts = field(default_factory=Hosts)

    def admit(self, request: HTTPConnection) -> Response | None:
        """Lets in who has the cookie, which the address that was printed sets."""
        if self._is_token(request.cookies.get(self.cookie)):
            return None
        if opens_page(request) and self._is_token(request.query_params.get("token")):
            answer = RedirectResponse("/", status_code=303)
            answer.set_cookie(self.cookie, self.token, httponly=True, samesite="strict", path="/")
            return answer
        return _error(401, "open the address that `corridor review` printed, with its token, in this browser")

    def _is_token(self, token: str | None) -> bool:
        return secrets.compare_digest(self.token.encode(), (token or "").encode())


def serve(store: Store, host: str, port: int, ready: Ready) -> None:
    """Serves at `host` until Ctrl-C; port 0 is any free one.

    `ready` is called with the address to open and the one for other machines (None if they cannot reach it), both with
    the token. Raises KeyboardInterrupt at Ctrl-C, SetupError if it cannot listen there.
    """
    listening = Listening(host, port)
    token = secrets.token_urlsafe(32)
    access = Access(token, f"corridor-{listening.port}", listening.hosts)

    def with_token(here: str, elsewhere: str | None) -> None:
        ready(f"{here}/?token={token}", elsewhere and f"{elsewhere}/?token={token}")

    listening.run(app(store, access), with_token)


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


def app(store: Store, access: Access) -> ASGIApp:
    """The server of a store, for those with the token."""

    def post(path: str, **fixed: str) -> Route:
        async def decide(request: Request) -> Response:
            if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
                raise HTTPException(415, "the content type must be application/json")
            sent = _Decision.model_validate_json(await request.body())
            decision = (sent.model_extra or {}) | fixed
            return JSONResponse(
                await run_in_threadpool(store.decide, request.path_params["id"], sent.version, decision)
            )

        return Route(f"/api/articles/{{id:article}}/{path}", decide, methods=["POST"])

    def queue(request: Request) -> Response:
        query = _Query.model_validate(dict(request.query_params))
        return JSONResponse(store.queue(query.state or None, query.limit, query.offset, query.q))

    def names(request: Request) -> Response:
        query = _Near.model_validate(dict(request.query_params))
        return JSONResponse({"near": [one._asdict() for one in near(store.record(query.article), query.of, query.q)]})

    def article(request: Request) -> Response:
        name = request.path_params["id"]
        try:
            return JSONResponse(store.article(name))
        except ArticleError as failure:  # cannot be reviewed
            return JSONResponse({"error": str(failure), "next": store.next_after(name)}, 422)

    routes = [  # a plain function runs in its own thread
        Route("/", lambda request: HTMLResponse(page())),
        Route("/api/choices", lambda request: JSONResponse(choices())),
        Route("/api/queue", queue),
        Route("/api/near", names),
        post("edits"),
        *(post(move, do=move) for move in MOVES),
        Route("/api/articles/{id:article}", article),
    ]
    inner = Starlette(routes=routes, exception_handlers=HANDLERS, max_body_size=LARGEST)
    inner.router.redirect_slashes = False
    return Guard(inner, access.hosts, policy(page()), _error, access.admit, (LARGEST, TOO_LARGE))


def _error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status)


def _failed(status: int, message: Callable[[Any], str] = str) -> Callable[[Request, Exception], Response]:
    return lambda request, failure: _error(status, message(failure))


def _defect(request: Request, failure: Exception) -> Response:
    message = f"{request.method} {request.url.path}: a defect ({failure!r}); please report it"
    logging.getLogger("corridor").error(message)
    return _error(500, message)


def _unsaved(failure: OSError) -> str:
    return f"cannot be read or saved: {failure.filename or 'the folder'}: {failure.strerror or failure}"


HANDLERS: Mapping[Any, Callable[[Request, Any], Response]] = {
    Unknown: _failed(404),
    Conflict: lambda request, failure: JSONResponse({"error": str(failure), "article": failure.body}, 409),
    Refused: _failed(422),
    ArticleError: _failed(422),
    SetupError: _failed(500),
    OSError: _failed(500, _unsaved),
    ValidationError: _failed(400, fault),
    ClientDisconnect: _failed(400, lambda _: "the request was cut short"),
    413: _failed(413, lambda _: TOO_LARGE),
    HTTPException: lambda request, failure: _error(failure.status_code, failure.detail),
    Exception: _defect,
}
