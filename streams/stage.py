"""The loop that every stage runs: take a message, work on it, send what comes out, acknowledge. Written once.

What a stage does is a function from a message to messages; everything around it is here: what cannot be read goes to
news.rejected with its reason and position, and the stream goes on; a message is acknowledged, so that its offset may be
committed, only when everything that came of it is on the broker, the writes of the table included.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from streams import codec, metrics
from streams.errors import BrokerError, InputError, MarsadError
from streams.records import Rejected
from streams.topics import MAX_MESSAGE_BYTES, REJECTED, TopicSpec

if TYPE_CHECKING:
    from streams.app import StageApp, StateTable
    from streams.records import Record

log = logging.getLogger(__name__)

#: Turns of the event loop between two messages of a stage. A fetch takes some twenty of them: with one only, a stage with short
#: work would wait for its messages through as many articles of a stage with long work.
TURNS = 10


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it came. `at` is the broker's time of it: for news.articles the time of arrival."""

    topic: str
    partition: int
    offset: int
    at: datetime
    key: bytes | None
    value: bytes
    headers: codec.Headers

    @property
    def position(self) -> str:
        """topic/partition/offset: the same at every replay."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    @classmethod
    def of(cls, message: Any) -> Incoming:
        """From a message of Faust or aiokafka, which give seconds and milliseconds."""
        seconds = message.timestamp if message.timestamp < 1e11 else message.timestamp / 1000
        headers = message.headers.items() if isinstance(message.headers, dict) else message.headers or ()
        return cls(
            message.topic,
            message.partition,
            message.offset,
            datetime.fromtimestamp(seconds, UTC),
            message.key,
            message.value or b"",
            list(headers),
        )


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to be sent under a key, which decides its partition unless one is given."""

    topic: TopicSpec
    key: str
    record: Record
    headers: codec.Headers | None = None
    partition: int | None = None


Work = Callable[[Incoming], Iterable[Outgoing]]
#: Topic, key, value, partition and headers of a message to be sent.
Letter = tuple[str, bytes | None, bytes, int | None, codec.Headers]
Register = Callable[["StageApp"], None]


class Pending(MutableMapping[str, Any]):
    """A table with the writes of one message held back: all of them are made, or none."""

    def __init__(self, table: MutableMapping[str, Any]) -> None:
        self._table = table
        self._writes: dict[str, Any] = {}
        self._gone = object()

    def __getitem__(self, key: str) -> Any:
        if key in self._writes:
            value = self._writes[key]
            if value is self._gone:
                raise KeyError(key)
            return value
        return self._table[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._writes.pop(key, None)  # so that the order of writes is that of the last write to each key
        self._writes[key] = value

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        self[key] = self._gone

    def __contains__(self, key: object) -> bool:
        if key in self._writes:
            return self._writes[key] is not self._gone
        return key in self._table

    def __iter__(self) -> Iterator[str]:
        yield from (key for key in self._table if key not in self._writes)
        yield from (key for key, value in self._writes.items() if value is not self._gone)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def drop(self) -> None:
        """Forget the writes."""
        self._writes.clear()

    def make(self) -> None:
        """Make the writes, in their order."""
        for key, value in self._writes.items():
            if value is not self._gone:
                self._table[key] = value
            elif key in self._table:
                del self._table[key]
        self._writes.clear()


class Stage:
    """Runs the work of one stage on its stream."""

    def __init__(self, app: StageApp, *, ready: asyncio.Event | None = None) -> None:
        """`ready`: nothing is worked on before it is set."""
        self.app = app
        self.name = app.stage.name
        self._ready = ready
        self._table: StateTable | None = app.state() if app.stage.tables else None
        #: What the stage remembers; empty for ever in a stage without a table.
        self.state = Pending(self._table if self._table is not None else {})

    def run(self, work: Work) -> None:
        """Let the app's agent do this work."""

        @self.app.agent(self.app.input(), name=f"streams.{self.name}")  # type: ignore[untyped-decorator]
        async def agent(stream: Any) -> None:
            if self._ready is not None:
                await self._ready.wait()
                gc.collect()
                gc.freeze()  # all watchlists stay for long: a full collection need not walk through a hundred thousand of them
            stream = stream.noack()
            async for event in stream.events():
                await self._take(stream, event, work)

    async def _take(self, stream: Any, event: Any, work: Work) -> None:
        message = Incoming.of(event.message)
        generation = event.message.generation_id
        metrics.articles_in.labels(stage=self.name).inc()
        letters = self._letters(message, work)
        unconfirmed: list[Any] = await self._log_writes(self._table) if self._table is not None else []
        for topic, key, value, partition, headers in letters:
            unconfirmed.append(await self.app.producer.send(topic, key, value, partition, None, headers))

        async def acknowledge() -> None:
            # After a rebalance somebody else has the message: to acknowledge it would pass over what they have not done yet.
            if generation == self.app.consumer_generation_id:
                await stream.ack(event)

        self._when_delivered(unconfirmed, acknowledge)
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def _log_writes(self, table: StateTable) -> list[Any]:
        """Send the writes to the table's changelog, ahead of what they led to."""
        sent = []
        for write in table.take_writes():
            future = await self.app.producer.send(write.topic, write.key, write.value, write.partition, None, None)
            future.add_done_callback(table.on_delivered)
            sent.append(future)
        return sent

    def _letters(self, message: Incoming, work: Work) -> list[Letter]:
        """What comes of a message, ready to be sent. Its writes to the table are made if, and only if, all went well."""
        try:
            with metrics.stage_seconds.labels(stage=self.name).time():
                letters = [self._letter(outgoing) for outgoing in work(message)]
        except InputError as error:
            self.state.drop()
            return [self._dead_letter(message, str(error))]
        except Exception as error:  # a defect of ours must not stop the stream either
            self.state.drop()
            log.exception("%s cannot take %s", self.name, message.position)
            return [self._dead_letter(message, f"internal error: {type(error).__name__}: {codec.quoted(error)}")]
        self.state.make()
        metrics.articles_out.labels(stage=self.name).inc(len(letters))
        return letters

    def _letter(self, outgoing: Outgoing) -> Letter:
        value = codec.encode(outgoing.record)
        name = type(outgoing.record).__name__
        if len(value) > MAX_MESSAGE_BYTES - codec.OVERHEAD:
            raise InputError(
                f"its {name} has {len(value):,} bytes, more than a message may have ({MAX_MESSAGE_BYTES:,})",
                field="body",
                value=len(value),
                remedy="shorten the article",
            )
        headers = outgoing.headers if outgoing.headers is not None else codec.schema_headers(outgoing.record)
        return outgoing.topic.name, outgoing.key.encode(), value, outgoing.partition, headers

    def _dead_letter(self, message: Incoming, reason: str) -> Letter:
        metrics.rejected.labels(stage=self.name).inc()
        log.warning("%s rejected %s: %s", self.name, message.position, reason)
        rejected = Rejected(
            reason=reason,
            stage=self.name,
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            at=datetime.now(UTC),
        )
        return REJECTED.name, message.key, codec.rejected_value(message.value), None, codec.rejected_headers(rejected)

    async def reject(self, message: Incoming, reason: str) -> None:
        """Send a message that did not come by the stream to news.rejected."""
        topic, key, value, partition, headers = self._dead_letter(message, reason)
        await (await self.app.producer.send(topic, key, value, partition, None, headers))

    def _when_delivered(self, unconfirmed: list[Any], acknowledge: Callable[[], Any]) -> None:
        left = len(unconfirmed)
        if not left:
            self._spawn(acknowledge())
            return

        def delivered(future: asyncio.Future[Any]) -> None:
            nonlocal left
            error = asyncio.CancelledError() if future.cancelled() else future.exception()
            if error is not None:
                self._fail(error)
                return
            left -= 1
            if not left:
                self._spawn(acknowledge())

        for future in unconfirmed:
            future.add_done_callback(delivered)

    def _spawn(self, coroutine: Any) -> None:
        task = asyncio.ensure_future(coroutine)
        _running.add(task)
        task.add_done_callback(_running.discard)

    def _fail(self, error: BaseException) -> None:
        """A message was not delivered: stop, uncommitted, so that a restart does it again."""
        if self.app.should_stop:
            return
        reason: MarsadError = BrokerError(
            f"{self.name}: a message could not be delivered: {error!r}",
            remedy="check the broker; the worker stops, and after a restart goes on where it was",
        )
        self._spawn(self.app.crash(reason))


#: asyncio keeps only weak references to tasks.
_running: set[asyncio.Future[Any]] = set()
