"""Dead letters, how far the stages are behind, and the gateway's own health and metrics."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from streams.gateway.context import (
    LIMIT,
    PROBLEMS,
    Cursor,
    Gateway,
    Limit,
    Operator,
    Reader,
    cursor_of,
    json_answer,
    number_in,
)
from streams.settings import Settings

router = APIRouter(tags=["operations"])

#: Seconds that an answer on lag is good for: asking the broker takes a while.
_FRESH = 5.0


class DeadLetterItem(BaseModel):
    """A message that could not be read. `id` is what `marsad rejected` takes; `source`: where it came from."""

    id: str
    stage: str
    source: str
    at: datetime
    reason: str
    bytes: int
    excerpt: str


class DeadLetterPage(BaseModel):
    """Dead letters, newest first."""

    items: list[DeadLetterItem]
    next: str | None = None


class PartitionLag(BaseModel):
    """How far a stage is behind on a partition. `committed` None: it never read."""

    partition: int
    committed: int | None
    end: int
    waiting: int


class StageLag(BaseModel):
    """How far a stage is behind."""

    stage: str
    topic: str
    waiting: int
    partitions: list[PartitionLag]


class Stages(BaseModel):
    """All stages, in the order of the flow, as of a moment."""

    at: datetime
    items: list[StageLag]


@router.get("/v1/rejected", responses=PROBLEMS)
def list_rejected(
    gateway: Gateway,
    _: Operator,
    stage: Annotated[str | None, Query(max_length=40, description="Only those of this stage")] = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> DeadLetterPage:
    """Dead letters with their reasons; `marsad rejected replay` puts them back."""
    found = gateway.store.rejected(stage=stage, before=number_in(cursor), limit=limit + 1)
    items = [DeadLetterItem(**{**row, "at": datetime.fromtimestamp(row["at"] / 1000, UTC)}) for row in found[:limit]]
    return DeadLetterPage(items=items, next=cursor_of(found[limit - 1]["seq"]) if len(found) > limit else None)


class _LagNow:
    """The lag as of a moment ago, asked for once however many want to know."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._known: tuple[float, Stages] | None = None

    def of(self, settings: Settings) -> Stages:
        with self._asking:
            if self._known is None or time.monotonic() - self._known[0] > _FRESH:
                self._known = (time.monotonic(), _stages(settings))
            return self._known[1]


_lag_now = _LagNow()


@router.get("/v1/stages", responses=PROBLEMS)
def list_stages(gateway: Gateway, _: Reader) -> Stages:
    """How far each stage is behind."""
    return _lag_now.of(gateway.settings)


def _stages(settings: Settings) -> Stages:
    from streams.admin import lag

    found: dict[str, StageLag] = {}
    for row in lag(settings):
        stage = found.setdefault(row.stage, StageLag(stage=row.stage, topic=row.topic, waiting=0, partitions=[]))
        stage.waiting += row.waiting
        stage.partitions.append(
            PartitionLag(partition=row.partition, committed=row.committed, end=row.end, waiting=row.waiting)
        )
    return Stages(at=datetime.now(UTC), items=list(found.values()))


@router.get("/healthz")
async def healthz() -> dict[str, bool]:
    """The process answers."""
    return {"alive": True}


@router.get("/readyz", responses={503: {"description": "Not ready: says why"}})
def readyz(gateway: Gateway) -> Response:
    """The database answers, and the topics are read to their ends."""
    why = gateway.intake.why_not_ready if gateway.intake is not None else None
    try:
        gateway.store.is_there()
    except Exception as error:  # noqa: BLE001 - any error of any database says the same
        why = f"the database does not answer: {type(error).__name__}"
    return json_answer(orjson.dumps({"ready": why is None, "why": why}), 503 if why else 200)


@router.get("/metrics", response_class=Response)
def metrics() -> Response:
    """Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
