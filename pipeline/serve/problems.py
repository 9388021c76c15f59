"""Errors as RFC 9457 has them (`application/problem+json`): what is wrong and what to do."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from pipeline.errors import CorridorError

MEDIA = "application/problem+json"
LARGEST = 20_000_000  # bytes of a body
TOO_LARGE = "the request is too large: send less at once, or use `corridor extract`"
_WHAT_TO_DO = {
    404: "there is no such address; /openapi.json lists those that there are",
    405: "this address does not take that method; /openapi.json lists what each takes",
    413: TOO_LARGE,
}


class Fault(BaseModel):
    """What is wrong with one field of a request: `field` is its path, such as `body.text`."""

    field: str
    message: str


class Problem(BaseModel):
    """An error: `title` names the status, `detail` says what is wrong and what to do, `errors` which fields."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Fault] = Field(default=[], exclude_if=lambda errors: not errors)


class Refusal(CorridorError):
    """A request that gets no result: its status, and in `retry_after` the seconds after which to try again."""

    def __init__(self, status: int, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.retry_after = status, detail, retry_after


def problem(status: int, detail: str, errors: list[Fault] | None = None) -> Problem:
    title = HTTPException(status).detail  # the phrase of HTTP
    return Problem(title=title, status=status, detail=detail, errors=errors or [])


def answer(found: Problem, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(found.model_dump(), found.status, headers, MEDIA)


def _refused(request: Request, failure: Refusal) -> Response:
    headers = {} if failure.retry_after is None else {"Retry-After": str(failure.retry_after)}
    return answer(problem(failure.status, failure.detail), headers)


def _invalid(request: Request, failure: RequestValidationError) -> Response:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and kind != "application/json" and any(e["loc"][0] == "body" for e in failure.errors()):
        return answer(problem(415, "send JSON, with the header Content-Type: application/json; files go to /files"))
    faults = [Fault(field=".".join(map(str, one["loc"])), message=one["msg"]) for one in failure.errors()]
    return answer(problem(422, "; ".join(f"{one.field}: {one.message}" for one in faults), faults))


def _http(request: Request, failure: HTTPException) -> Response:
    status = failure.status_code
    return answer(problem(status, _WHAT_TO_DO.get(status, str(failure.detail))), failure.headers)


def _defect(request: Request, failure: Exception) -> Response:
    message = f"{request.method} {request.url.path}: a defect ({failure!r}); please report it"
    logging.getLogger("corridor").error(message)
    return answer(problem(500, message))


HANDLERS: Mapping[Any, Any] = {
    Refusal: _refused,
    RequestValidationError: _invalid,
    HTTPException: _http,
    ClientDisconnect: lambda *_: answer(problem(400, "the request was cut short; send it again")),
    CorridorError: lambda _, failure: answer(problem(500, str(failure))),
    Exception: _defect,
}
