"""Open streams: every alert that was stored goes to those that want it, and a reader who is too slow is cut off."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streams import metrics
from streams.gateway.filters import Facets, facets
from streams.records import Alert

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from streams.gateway.filters import AlertFilter
    from streams.gateway.store import Store, StoredAlert

#: Alerts that may wait for one reader; beyond that it is cut off, and comes back where it was.
WAITING = 512
#: Alerts read from the store at a time.
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Published:
    """An alert on its way: its number, what it is found by, and the event as bytes, made once for all readers."""

    seq: int
    facets: Facets
    event: bytes


def event_of(stored: StoredAlert) -> bytes:
    """An alert as a server-sent event. JSON has no line breaks, so one `data:` line holds it."""
    return f"id: {stored.seq}\nevent: alert\ndata: {stored.body}\n\n".encode()


class Subscription:
    """One reader's queue."""

    def __init__(self, wanted: AlertFilter) -> None:
        self.wanted = wanted
        self.queue: asyncio.Queue[Published | None] = asyncio.Queue()
        self.is_cut_off = False

    def offer(self, alert: Published) -> bool:
        """Put an alert into the queue; False: it is full, and the reader is cut off."""
        if not self.wanted.admits(alert.facets):
            return True
        if self.queue.qsize() >= WAITING:
            self.is_cut_off = True
            self.queue.put_nowait(None)
            return False
        self.queue.put_nowait(alert)
        return True


class Hub:
    """Hands stored alerts on to open streams, in the order of their numbers, each once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last: int | None = None
        self._subscriptions: set[Subscription] = set()

    async def start(self) -> None:
        """Begin with what comes from now on."""
        self._last = await asyncio.to_thread(self._store.newest)

    async def publish(self) -> None:
        """Hand on everything that was stored since the last time, by this gateway or another one on the same database."""
        while self._last is not None:
            stored = await asyncio.to_thread(self._store.alerts_after, self._last, limit=_PAGE)
            for alert in stored:
                self._hand_on(alert)
                self._last = alert.seq
            if len(stored) < _PAGE:
                return
            await asyncio.sleep(0)

    def _hand_on(self, stored: StoredAlert) -> None:
        if not self._subscriptions:
            return
        alert = Published(stored.seq, facets(Alert.model_validate_json(stored.body)), event_of(stored))
        for reader in [reader for reader in self._subscriptions if not reader.offer(alert)]:
            self._subscriptions.discard(reader)
            metrics.gateway_cut_off.inc()

    async def follow(self, wanted: AlertFilter, after: int | None) -> AsyncIterator[bytes]:
        """Events for a new reader: what is stored after a number, then whatever comes. Ends if the reader is cut off."""
        reader = Subscription(wanted)
        newest = await asyncio.to_thread(self._store.newest)
        if after is not None and after > newest:
            # A number of another database: the reader must know that something may be missing.
            yield b"event: reset\ndata: {}\n\n"
            after = None
        last = newest if after is None else after
        metrics.gateway_streams.inc()
        try:
            is_behind = True
            while True:
                stored = await asyncio.to_thread(self._store.alerts_after, last, wanted, limit=_PAGE)
                for alert in stored:
                    yield event_of(alert)
                    last = alert.seq
                if len(stored) == _PAGE:
                    continue
                if not is_behind:
                    break
                # Once more after subscribing: what was stored in between is in neither otherwise.
                is_behind = False
                self._subscriptions.add(reader)
            while (alert_or_end := await reader.queue.get()) is not None:
                if alert_or_end.seq > last:
                    last = alert_or_end.seq
                    yield alert_or_end.event
            yield b"event: cut-off\ndata: {}\n\n"
        finally:
            self._subscriptions.discard(reader)
            metrics.gateway_streams.dec()
