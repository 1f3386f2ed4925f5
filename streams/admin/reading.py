"""Reading topics without a consumer group: by time, by position, or the newest message of each key."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kafka import KafkaConsumer, TopicPartition

from streams.admin.clients import CONNECT_MS, POLL_MS, broker_errors, consumer_of, ends_of, partitions_of
from streams.errors import InputError, TopicMismatchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from streams.codec import Headers
    from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Message:
    """A record as the broker has it. `timestamp`: milliseconds since 1970, the time of arrival."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def position(self) -> str:
        """topic/partition/offset."""
        return f"{self.topic}/{self.partition}/{self.offset}"


def read(
    settings: Settings,
    topics: Sequence[str],
    *,
    since: datetime | None = None,
    follow: bool = False,
    from_end: bool = False,
) -> Iterator[Message | None]:
    """Messages of the topics, in order within each partition.

    From the beginning, from the first that arrived at or after `since`, or `from_end`. Without `follow` it ends where the
    topics ended when it began; with it, it goes on for ever and yields None whenever nothing came for a while, so that the
    caller can stop. Raises BrokerError, also if a topic does not exist.
    """
    with broker_errors(settings), closing(consumer_of(settings)) as consumer:
        held = [tp for topic in topics for tp in _existing(consumer, topic)]
        ends = ends_of(settings, held)
        starts = ends if from_end else _starts(consumer, held, since, ends)
        consumer.assign(held)
        for tp in held:
            consumer.seek(tp, starts[tp])
        unfinished = {tp for tp in held if starts[tp] < ends[tp]}
        while follow or unfinished:
            polled = consumer.poll(timeout_ms=POLL_MS)
            for tp, records in polled.items():
                for record in records:
                    if follow or record.offset < ends[tp]:
                        yield _message(record)
            if follow and not polled:
                yield None
            # the position, not the last offset seen: compaction and transactions leave gaps
            unfinished -= {tp for tp in unfinished if consumer.position(tp) >= ends[tp]}


def read_one(settings: Settings, topic: str, partition: int, offset: int) -> Message | None:
    """The message at a position, or None if the broker no longer has it."""
    with broker_errors(settings), closing(consumer_of(settings)) as consumer:
        tp = TopicPartition(topic, partition)
        if tp not in _existing(consumer, topic):
            return None
        if not consumer.beginning_offsets([tp])[tp] <= offset < ends_of(settings, [tp])[tp]:
            return None
        consumer.assign([tp])
        consumer.seek(tp, offset)
        until = time.monotonic() + CONNECT_MS / 1000
        while time.monotonic() < until:
            for record in consumer.poll(timeout_ms=POLL_MS, max_records=1).get(tp, ()):
                return _message(record) if record.offset == offset else None
    return None


def snapshot(settings: Settings, topic: str) -> dict[bytes, Message]:
    """The newest message of each key of a compacted topic, without those that a tombstone removed."""
    newest: dict[bytes, Message] = {}
    for message in read(settings, [topic]):
        if message is None or message.key is None:
            continue
        if message.value is None:
            newest.pop(message.key, None)
        else:
            newest[message.key] = message
    return newest


def _existing(consumer: KafkaConsumer, topic: str) -> list[TopicPartition]:
    held = partitions_of(consumer, topic)
    if not held:
        raise TopicMismatchError(
            f"no topic {topic!r} on the broker", remedy="create the topics with 'marsad topics create'"
        )
    return held


def _starts(
    consumer: KafkaConsumer, held: list[TopicPartition], since: datetime | None, ends: dict[TopicPartition, int]
) -> dict[TopicPartition, int]:
    begins: dict[TopicPartition, int] = consumer.beginning_offsets(held)
    if since is None:
        return begins
    asked = int(since.timestamp() * 1000)
    found = consumer.offsets_for_times(dict.fromkeys(held, asked))
    # where nothing is as late as asked for, Kafka names no offset and the embedded broker an earlier message's
    return {tp: found[tp].offset if found.get(tp) and found[tp].timestamp >= asked else ends[tp] for tp in held}


def _message(record: Any) -> Message:
    return Message(
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        record.key,
        record.value,
        list(record.headers or ()),
    )


def parse_position(position: str) -> tuple[str, int, int]:
    """topic/partition/offset, as errors and `marsad rejected list` print it. Raises InputError."""
    topic, _, rest = position.partition("/")
    partition, _, offset = rest.partition("/")
    if not (topic and partition.isdecimal() and offset.isdecimal()):
        raise InputError(
            f"no position: {position!r}", field="position", value=position, remedy="give topic/partition/offset"
        )
    return topic, int(partition), int(offset)
