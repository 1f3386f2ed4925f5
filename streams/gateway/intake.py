"""Topics -> store: every partition, without a consumer group, from where the store says on."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams import metrics
from streams.codec import decode, quoted, rejected_of
from streams.errors import InputError
from streams.gateway.store import Arrival, DeadLetter, Position, Removed
from streams.reading import new_reader, partitions, true_ends
from streams.records import Alert, Development, Watchlist
from streams.topics import ALERTS, DEVELOPMENTS, REJECTED, WATCHLISTS

if TYPE_CHECKING:
    from streams.gateway.hub import Hub
    from streams.gateway.store import Store
    from streams.settings import Settings

log = logging.getLogger(__name__)

#: What the gateway reads, and what it is.
FOLLOWED: dict[str, type[Alert | Development | Watchlist] | None] = {
    ALERTS.name: Alert,
    DEVELOPMENTS.name: Development,
    WATCHLISTS.name: Watchlist,
    REJECTED.name: None,
}
#: Milliseconds a read waits for messages.
_POLL_MS = 500
#: Messages stored in one transaction.
_BATCH = 500
#: Characters of a dead letter that are kept; `marsad rejected show` gives all of it.
_EXCERPT = 2000
#: Seconds until a broker or a database that is away is asked again.
_PAUSE = 1.0


class Intake:
    """Reads for ever. `why_not_ready` says what keeps the store from being up to date; None: nothing."""

    def __init__(self, settings: Settings, store: Store, hub: Hub) -> None:
        self._settings = settings
        self._store = store
        self._hub = hub
        self.why_not_ready: str | None = "has not read to the end of its topics yet"

    async def run(self) -> None:
        """Follow until cancelled; a broker or a database that goes away is waited for."""
        while True:
            try:
                await self._follow()
            except (KafkaError, OSError) as error:
                self._paused(f"cannot read from {self._settings.broker}: {error or type(error).__name__}")
            except Exception as error:  # the database: SQLAlchemy's errors and those of its drivers
                log.exception("intake")
                self._paused(f"cannot store: {type(error).__name__}")
            await asyncio.sleep(_PAUSE)

    def _paused(self, why: str) -> None:
        self.why_not_ready = why
        log.warning("%s; trying again", why)

    def _new_reader(self) -> AIOKafkaConsumer:
        return new_reader(self._settings)

    async def _follow(self) -> None:
        consumer = self._new_reader()
        await consumer.start()
        try:
            ends = await self._assign(consumer)
            while True:
                polled = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_BATCH)
                if polled:
                    await self._take([message for messages in polled.values() for message in messages])
                if ends:
                    # the position, not the last offset seen: compaction leaves gaps
                    ends = {tp: end for tp, end in ends.items() if await consumer.position(tp) < end}
                self.why_not_ready = "has not read to the end of its topics yet" if ends else None
        finally:
            await consumer.stop()

    async def _assign(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """Assign every partition, at the offset after what is stored; gives where they end now."""
        held = [TopicPartition(topic, number) for topic in FOLLOWED for number in await partitions(consumer, topic)]
        consumer.assign(held)
        ends = await true_ends(self._new_reader, await consumer.end_offsets(held))
        stored = await asyncio.to_thread(self._store.positions)
        anew = {tp.topic for tp in held if stored.get(Position(*tp), 0) > ends[tp]}
        for topic in sorted(anew):
            log.warning("%s ends before what was read of it: it was made anew, and is read from its beginning", topic)
            await asyncio.to_thread(self._store.rewind, topic)
        for tp in held:
            start = None if tp.topic in anew else stored.get(Position(*tp))
            if start is None:
                await consumer.seek_to_beginning(tp)
            else:
                consumer.seek(tp, start)
        return ends

    async def _take(self, messages: list[Any]) -> None:
        arrivals = [_arrival(message) for message in messages]
        await asyncio.to_thread(self._store.take, arrivals)
        for arrival in arrivals:
            metrics.gateway_stored.labels(topic=arrival.at.topic).inc()
        if any(isinstance(arrival.record, Alert) for arrival in arrivals):
            await self._hub.publish()
            now = time.time()
            for message in messages:
                if message.topic == ALERTS.name:
                    metrics.gateway_alert_seconds.observe(max(now - message.timestamp / 1000, 0))


def _arrival(message: Any) -> Arrival:
    at = Position(message.topic, message.partition)
    try:
        return Arrival(at, message.offset, _record(message))
    except InputError as error:
        log.warning("%s/%d/%d cannot be read: %s", message.topic, message.partition, message.offset, error)
        metrics.gateway_unreadable.labels(topic=message.topic).inc()
        return Arrival(at, message.offset, None)


def _record(message: Any) -> Alert | Development | Watchlist | Removed | DeadLetter | None:
    model = FOLLOWED[message.topic]
    if model is None:
        raw = message.value or b""
        excerpt = raw[: 4 * _EXCERPT].decode("utf-8", "backslashreplace")[:_EXCERPT]
        return DeadLetter(rejected_of(message.headers), len(raw), excerpt)
    if message.value is None:
        return Removed((message.key or b"").decode("utf-8", "replace"))
    record = decode(model, message.value, message.headers)
    key = (message.key or b"").decode("utf-8", "replace")
    if isinstance(record, Watchlist) and record.id != key:
        raise InputError(f"id: {quoted(record.id)!r} under the key {quoted(key)!r}", field="id", value=record.id)
    return record
