"""Errors as problem details (RFC 9457) that name field, value and fix."""

from __future__ import annotations

import http
import logging
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from streams.codec import quoted
from streams.errors import BrokerError, InputError, MarsadError, QuerySyntaxError
from streams.gateway.access import NotAllowedError, NotSignedInError
from streams.gateway.store import VersionConflictError

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong, by RFC 9457. `line` and `column` count from 1, in a watchlist's query."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    field: str | None = None
    value: Any = None
    fix: str | None = None
    line: int | None = Field(default=None, ge=1)
    column: int | None = Field(default=None, ge=1)


class NotFoundError(MarsadError):
    """There is no such thing."""


class PreconditionError(MarsadError):
    """A change must name the version it is made to."""


_STATUS: tuple[tuple[type[MarsadError], int], ...] = (
    (NotSignedInError, 401),
    (NotAllowedError, 403),
    (NotFoundError, 404),
    (VersionConflictError, 412),
    (PreconditionError, 428),
    (InputError, 422),
    (BrokerError, 503),
)


def answer(status: int, detail: str, headers: Mapping[str, str] | None = None, **members: Any) -> Response:
    """A problem as a response."""
    problem = Problem(title=http.HTTPStatus(status).phrase, status=status, detail=detail, **members)
    content = orjson.dumps(problem.model_dump(exclude_none=True), default=str)
    return Response(content, status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Answer every error in this way."""

    @app.exception_handler(MarsadError)
    async def _ours(_: Request, error: MarsadError) -> Response:
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
        members: dict[str, Any] = {"fix": error.remedy}
        if isinstance(error, InputError):
            members |= {"field": error.field, "value": None if error.value is None else quoted(error.value)}
        cause = error if isinstance(error, QuerySyntaxError) else error.__cause__
        if isinstance(cause, QuerySyntaxError):
            members |= {"line": cause.line, "column": cause.column}
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        return answer(status, error.message, headers, **members)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"][1:]) or str(first["loc"][0])
        said = first["msg"].removeprefix("Value error, ")
        members: dict[str, Any] = {"field": where, "fix": "/openapi.json says what is taken"}
        if first["type"] != "missing":
            members["value"] = quoted(first.get("input"))
        if first["type"] == "json_invalid":
            members |= {"field": "body", "value": None, "fix": "send JSON in UTF-8"}
        return answer(422, f"{where}: {said}", **members)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> Response:
        return answer(error.status_code, str(error.detail), error.headers)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:
        log.error("%s %s", request.method, request.url.path, exc_info=error)
        return answer(500, "an error of Marsad's", fix="see the gateway's log")
