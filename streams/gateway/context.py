"""What a request has at hand: the gateway's parts, who asks, and which alerts are asked for."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import orjson
from fastapi import Depends, Query, Request, Response
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from streams.errors import InputError
from streams.gateway.access import NotAllowedError, Person, Role, Tokens
from streams.gateway.filters import AlertFilter, asked_words, millis
from streams.gateway.problems import Problem

if TYPE_CHECKING:
    from streams.gateway.desk import Desk
    from streams.gateway.hub import Hub
    from streams.gateway.intake import Intake
    from streams.gateway.store import Store
    from streams.settings import Settings

#: The cookie of a browser that signed in.
COOKIE = "marsad-token"
#: Items of a page.
LIMIT = 50


@dataclass(slots=True)
class Parts:
    """What the gateway is made of."""

    settings: Settings
    tokens: Tokens
    store: Store
    hub: Hub
    desk: Desk
    intake: Intake | None = None


def parts_of(request: Request) -> Parts:
    """The gateway's parts."""
    parts: Parts = request.app.state.parts
    return parts


Gateway = Annotated[Parts, Depends(parts_of)]

_bearer = HTTPBearer(auto_error=False, description="A token; none is needed where the gateway has none")


def _person(
    request: Request, gateway: Gateway, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Person:
    return gateway.tokens.person(given.credentials if given else _password(request) or request.cookies.get(COOKIE))


def _password(request: Request) -> str | None:
    """The token as the password of HTTP Basic, which is what feed readers offer."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except ValueError:
        return None


def _at_least(role: Role) -> Callable[[Person], Person]:
    def check(person: Annotated[Person, Depends(_person)]) -> Person:
        if person.role < role:
            raise NotAllowedError(
                f"{person.name!r} is a {person.role.name.lower()}", remedy=f"this takes the role {role.name.lower()}"
            )
        return person

    return check


Reader = Annotated[Person, Depends(_at_least(Role.READER))]
Editor = Annotated[Person, Depends(_at_least(Role.EDITOR))]
Operator = Annotated[Person, Depends(_at_least(Role.OPERATOR))]

Limit = Annotated[int, Query(ge=1, le=500, description="Items of a page")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next` of the page before")]


def _moment(name: str, value: datetime | None) -> int | None:
    if value is None:
        return None
    try:
        return millis(value.replace(tzinfo=UTC) if value.tzinfo is None else value)
    except (OverflowError, ValueError, OSError):
        raise InputError(
            f"{name}: {value.isoformat()} is out of range",
            field=name,
            value=value.isoformat(),
            remedy="give a date between 1970 and now",
        ) from None


def wanted_alerts(
    gateway: Gateway,
    watchlist: Annotated[list[str] | None, Query(max_length=200, description="Watchlist ids")] = None,
    kind: Annotated[list[Literal["new", "update", "denial"]] | None, Query(description="Kinds of alerts")] = None,
    priority: Annotated[list[Literal["low", "normal", "high"]] | None, Query(description="Priorities")] = None,
    since: Annotated[datetime | None, Query(description="Alerted then or later")] = None,
    until: Annotated[datetime | None, Query(description="Alerted before")] = None,
    place: Annotated[
        str | None,
        Query(
            min_length=1, max_length=200, description="A place's name in any language, or its id; what it holds counts"
        ),
    ] = None,
    text: Annotated[
        str | None,
        Query(
            min_length=1, max_length=500, description="Words of the title and of the evidence, all of them, in any form"
        ),
    ] = None,
) -> AlertFilter:
    """The filter that a request's parameters say. Blocks for a moment: FastAPI runs it in a thread."""
    places = None
    if place is not None:
        places = gateway.desk.places_named(place)
        if places is None:
            raise InputError(
                f"no place {place!r} is known",
                field="place",
                value=place,
                remedy="give another spelling, or a Wikidata id",
            )
    return AlertFilter(
        tuple(watchlist or ()),
        tuple(kind or ()),
        tuple(priority or ()),
        _moment("since", since),
        _moment("until", until),
        places,
        asked_words(text) if text else (),
    )


Wanted = Annotated[AlertFilter, Depends(wanted_alerts)]

#: What every route may answer besides.
PROBLEMS: dict[int | str, dict[str, object]] = {
    code: {"description": what, "content": {"application/problem+json": {"schema": Problem.model_json_schema()}}}
    for code, what in (
        (401, "No token, or not a known one"),
        (403, "The token's role is too low"),
        (404, "No such thing"),
        (422, "Something given is wrong: field, value, fix"),
        (503, "The broker does not answer"),
    )
}


# --- answers --------------------------------------------------------------------------------------------------------


def json_answer(content: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON that is written already."""
    return Response(content, status, headers, media_type="application/json")


def tagged(request: Request, content: bytes, etag: str, media_type: str = "application/json") -> Response:
    """One thing with its version; nothing again if the caller has that version."""
    headers = {"ETag": f'"{etag}"', "Cache-Control": "private, no-cache"}
    if etag in versions_in(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)


def versions_in(header: str) -> list[str]:
    """The versions that If-Match or If-None-Match names."""
    return [part.strip().removeprefix("W/").strip('"') for part in header.split(",") if part.strip()]


def cursor_of(*position: int | str) -> str:
    """A place in a list, to be handed back."""
    return base64.urlsafe_b64encode(orjson.dumps(position)).decode().rstrip("=")


def number_in(cursor: str | None) -> int | None:
    """The number in a cursor of `cursor_of(number)`. Raises InputError."""
    if cursor is None:
        return None
    (number,) = _position(cursor, int)
    assert isinstance(number, int)  # noqa: S101 - for the type checker
    return number


def moment_in(cursor: str | None) -> tuple[int, str] | None:
    """Time and id in a cursor of `cursor_of(time, id)`. Raises InputError."""
    if cursor is None:
        return None
    at, key = _position(cursor, int, str)
    assert isinstance(at, int)  # noqa: S101 - for the type checker
    assert isinstance(key, str)  # noqa: S101
    return at, key


def _position(cursor: str, *kinds: type) -> list[int | str]:
    try:
        found = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        found = None
    if (
        not isinstance(found, list)
        or [type(part) for part in found] != list(kinds)
        or any(isinstance(part, int) and abs(part) >= 1 << 62 for part in found)
    ):
        raise InputError(
            "cursor: not one of ours", field="cursor", value=cursor, remedy="give `next` of a page, or nothing"
        )
    return found
