"""/v1/alerts: what was alerted, page by page and as it comes, and what people think of it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse

from streams.errors import InputError
from streams.gateway.context import (
    LIMIT,
    PROBLEMS,
    Cursor,
    Gateway,
    Limit,
    Parts,
    Reader,
    Wanted,
    cursor_of,
    json_answer,
    number_in,
    tagged,
)
from streams.gateway.problems import NotFoundError
from streams.gateway.store import Feedback
from streams.records import Alert, Development, content_id

router = APIRouter(prefix="/v1/alerts", tags=["alerts"], responses=PROBLEMS)

#: Seconds between two signs of life on a silent stream.
HEARTBEAT = 15
#: Seconds that an event may take to leave; then the reader is gone, or far too slow.
SEND_WITHIN = 20

AlertId = Annotated[str, Path(min_length=1, max_length=200)]


class AlertPage(BaseModel):
    """Alerts, newest first. `resume`: where a stream begins that leaves nothing out after this page."""

    items: list[Alert]
    next: str | None = None
    resume: str


class Judgement(BaseModel):
    """What somebody thinks of an alert."""

    useful: bool
    note: str = Field(default="", max_length=2000)


class GivenFeedback(Judgement):
    """... who, and when."""

    by: str
    at: datetime


class AlertDetail(BaseModel):
    """An alert, its development as it is now, and what people think of it."""

    alert: Alert
    development: Development | None = None
    feedback: list[GivenFeedback] = Field(default_factory=list)


@router.get("", response_model=AlertPage)
def list_alerts(gateway: Gateway, _: Reader, wanted: Wanted, cursor: Cursor = None, limit: Limit = LIMIT) -> Response:
    """Alerts that satisfy every condition, newest first."""
    before = number_in(cursor)
    newest = gateway.store.newest()  # before the page: a stream from here on may repeat an alert of it, never miss one
    found = gateway.store.alerts(wanted, before=before, limit=limit + 1)
    following = f'"{cursor_of(found[limit - 1].seq)}"' if len(found) > limit else "null"
    items = ",".join(alert.body for alert in found[:limit])
    return json_answer(f'{{"items":[{items}],"next":{following},"resume":"{newest}"}}'.encode())


@router.get(
    "/stream",
    response_class=EventSourceResponse,
    responses={
        200: {"description": "Server-sent events: `alert` with an Alert as data", "content": {"text/event-stream": {}}}
    },
)
async def stream_alerts(
    gateway: Gateway,
    _: Reader,
    wanted: Wanted,
    after: Annotated[
        str | None,
        Query(
            max_length=30,
            description="Begin after this event: `resume` of a page; without it, with what comes from now on",
        ),
    ] = None,
    last_event_id: Annotated[str | None, Header(max_length=30)] = None,
) -> EventSourceResponse:
    """Alerts as they come. With `Last-Event-ID`, or `after`, those that came meanwhile are first: none missing, none twice.

    A reader that lets too many alerts wait gets the event `cut-off`, and the stream ends; it may come back where it was. The
    event `reset` says that the number is not one of this gateway's database.
    """
    given = last_event_id or after
    if given is not None and not (given.isascii() and given.isdigit() and int(given) < 1 << 62):
        field = "Last-Event-ID" if last_event_id else "after"
        raise InputError(
            f"{field}: {given!r}: no event's id", field=field, value=given, remedy="give the id of an event, a number"
        )
    events = gateway.hub.follow(wanted, None if given is None else int(given))
    return EventSourceResponse(events, ping=HEARTBEAT, send_timeout=SEND_WITHIN, headers={"Cache-Control": "no-store"})


@router.get("/{alert_id}", response_model=AlertDetail)
def get_alert(request: Request, gateway: Gateway, _: Reader, alert_id: AlertId) -> Response:
    """One alert with its development's history and the feedback on it."""
    stored = gateway.store.alert(alert_id)
    if stored is None:
        raise _missing(alert_id)
    alert = Alert.model_validate_json(stored.body)
    development = gateway.store.development(alert.development.id) or "null"
    feedback = ",".join(given.model_dump_json() for given in _feedback(gateway, alert_id))
    content = f'{{"alert":{stored.body},"development":{development},"feedback":[{feedback}]}}'
    return tagged(request, content.encode(), content_id(content))


@router.get("/{alert_id}/feedback", response_model=list[GivenFeedback])
def get_feedback(gateway: Gateway, _: Reader, alert_id: AlertId) -> list[GivenFeedback]:
    """What people think of an alert."""
    if gateway.store.alert(alert_id) is None:
        raise _missing(alert_id)
    return _feedback(gateway, alert_id)


@router.put("/{alert_id}/feedback", status_code=204, response_class=Response)
def give_feedback(gateway: Gateway, person: Reader, alert_id: AlertId, judgement: Judgement) -> None:
    """Say whether an alert was useful; it replaces what you said before."""
    feedback = Feedback(person.name, judgement.useful, judgement.note, round(time.time() * 1000))
    if not gateway.store.judge(alert_id, feedback):
        raise _missing(alert_id)


def _feedback(gateway: Parts, alert_id: str) -> list[GivenFeedback]:
    return [
        GivenFeedback(
            by=given.by, useful=given.useful, note=given.note, at=datetime.fromtimestamp(given.at / 1000, UTC)
        )
        for given in gateway.store.feedback(alert_id)
    ]


def _missing(alert_id: str) -> NotFoundError:
    return NotFoundError(f"no alert {alert_id!r}", remedy="/v1/alerts lists them")
