"""Alerts on the stream: news.matches in, news.alerts out, as CloudEvents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agents.alerts.policy import decide
from streams import metrics
from streams.codec import cloudevent_headers, decode
from streams.records import Match
from streams.stage import Incoming, Outgoing, Stage
from streams.topics import ALERTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.app import StageApp


def register(app: StageApp) -> None:
    """Tell each watchlist what is new to it."""
    stage = Stage(app)

    def alert(message: Incoming) -> Iterator[Outgoing]:
        match = decode(Match, message.value, message.headers)
        timings = match.enriched.timings.model_copy(update={"matched": message.at})
        match = match.model_copy(update={"enriched": match.enriched.model_copy(update={"timings": timings})})
        now = datetime.now(UTC)
        told = decide(match, stage.state, position=message.position, alerted=now)
        if told is None:
            return
        metrics.alerts.labels(kind=told.kind).inc()
        if told.timings.arrived is not None:
            metrics.alert_latency.observe((now - told.timings.arrived).total_seconds())
        yield Outgoing(ALERTS, told.watchlist, told, cloudevent_headers(told))

    stage.run(alert)
