"""Reading on the event loop without a consumer group (aiokafka): where partitions end, and a compacted topic followed."""

from __future__ import annotations

import asyncio
import logging
import ssl
from time import monotonic
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.topics import MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from streams.settings import Settings

log = logging.getLogger(__name__)

#: Milliseconds a read waits for messages: how soon a change of a followed topic is seen.
POLL_MS = 200
#: Seconds after which a partition whose end did not show is taken as it was named.
PATIENCE = 10.0


async def true_ends(
    new_consumer: Callable[[], AIOKafkaConsumer], named: dict[TopicPartition, int]
) -> dict[TopicPartition, int]:
    """The offset of the next message of each partition, where `named` is what the broker answers when asked for it.

    The embedded broker then names the *first* offset of the last batch plus one. What it sends along with fetched messages is
    right, so the last batch is fetched, with a consumer of our own.
    """
    ends = dict(named)
    unknown = [tp for tp, end in named.items() if end > 0]
    if not unknown:
        return ends
    consumer = new_consumer()
    await consumer.start()
    try:
        consumer.assign(unknown)
        for tp in unknown:
            consumer.seek(tp, named[tp] - 1)
        until = monotonic() + PATIENCE
        while unknown and monotonic() < until:
            await consumer.getmany(timeout_ms=POLL_MS)
            for tp in unknown:
                ends[tp] = max(ends[tp], consumer.highwater(tp) or 0)
            unknown = [tp for tp in unknown if consumer.highwater(tp) is None]
    finally:
        await consumer.stop()
    return ends


def new_reader(settings: Settings) -> AIOKafkaConsumer:
    """A consumer without a group, to be assigned by hand."""
    options: dict[str, Any] = {}
    if settings.uses_sasl and settings.sasl_password is not None:
        options |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password.get_secret_value(),
        }
    if settings.uses_tls:
        options["ssl_context"] = tls(settings)
    return AIOKafkaConsumer(
        bootstrap_servers=settings.broker,
        security_protocol=settings.security_protocol,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=100,
        max_partition_fetch_bytes=2 * MAX_MESSAGE_BYTES,
        **options,
    )


def tls(settings: Settings) -> ssl.SSLContext:
    """The authorities that are trusted."""
    return ssl.create_default_context(cafile=str(settings.ssl_cafile) if settings.ssl_cafile else None)


class Follower:
    """Reads all of a compacted topic, from the beginning and for ever, and hands every message on in order.

    Every worker needs *all* watchlists, whichever partitions it has. A Faust GlobalTable would read them through a changelog
    of its own, recover with every rebalance, and hold up the streams meanwhile; a consumer that nobody coordinates needs none
    of that, and tells us when it has caught up.
    """

    def __init__(
        self,
        topic: str,
        new_consumer: Callable[[], AIOKafkaConsumer],
        on_message: Callable[[Any], Awaitable[None]],
    ) -> None:
        self.topic = topic
        self.caught_up = asyncio.Event()
        self._new_consumer = new_consumer
        self._on_message = on_message
        self._next: dict[TopicPartition, int] = {}

    async def run(self) -> None:
        """Follow until cancelled; a broker that goes away is waited for."""
        while True:
            try:
                await self._follow()
            except (KafkaError, OSError) as error:
                log.warning("cannot read %s, trying again: %s", self.topic, error or type(error).__name__)
                await asyncio.sleep(1)

    async def _follow(self) -> None:
        consumer = self._new_consumer()
        await consumer.start()
        try:
            ends = await self._assign(consumer)
            while True:
                for tp, messages in (await consumer.getmany(timeout_ms=POLL_MS)).items():
                    for message in messages:
                        await self._on_message(message)
                        self._next[tp] = message.offset + 1
                if not self.caught_up.is_set():
                    # the position, not the last offset seen: compaction leaves gaps
                    reached = [await consumer.position(tp) >= end for tp, end in ends.items()]
                    if all(reached):
                        self.caught_up.set()
        finally:
            await consumer.stop()

    async def _assign(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        numbers = await partitions(consumer, self.topic)
        held = [TopicPartition(self.topic, number) for number in sorted(numbers)]
        consumer.assign(held)
        ends = await true_ends(self._new_consumer, await consumer.end_offsets(held))
        for tp in held:
            if tp in self._next:
                consumer.seek(tp, self._next[tp])
        if not self._next:
            await consumer.seek_to_beginning(*held)
        return ends


async def partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    """The numbers of a topic's partitions; leaves the first of them assigned. Raises OSError if it is missing."""
    # aiokafka learns the partitions of what is assigned, and only of that: `consumer.topics()` tells names alone.
    first = TopicPartition(topic, 0)
    consumer.assign([first])
    try:
        await asyncio.wait_for(consumer.end_offsets([first]), PATIENCE)
    except TimeoutError:
        raise OSError(f"topic {topic} is missing") from None  # worker.py checked it; so the broker lost it
    numbers: set[int] = consumer.partitions_for_topic(topic) or {0}
    return set(numbers)
