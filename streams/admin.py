"""Kafka's admin, producer and reading clients (kafka-python), for the command line and for whoever only looks on.

Reading uses assign() and no consumer group: nothing is committed, nobody's work is taken away, and it starts at once.
Every failure is a BrokerError that says what to do.
"""

from __future__ import annotations

import functools
import logging
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource
from kafka.codec import has_lz4
from kafka.errors import KafkaError, TopicAlreadyExistsError

from streams.broker import CLUSTER_ID
from streams.errors import BrokerError, InputError, TopicMismatchError
from streams.topics import DAY_MS, MAX_MESSAGE_BYTES, TopicSpec
from streams.topology import ALL_TOPICS, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from types import TracebackType

    from streams.codec import Headers
    from streams.settings import Settings

#: Milliseconds until a broker must have answered.
_CONNECT_MS = 5_000
#: Milliseconds a reader waits for messages at a time.
_POLL_MS = 200

# kafka-python reports every refused connection on its own logger; we say it once, in our words.
logging.getLogger("kafka").setLevel(logging.CRITICAL)


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


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as it is on the broker. `messages`: first to last offset, compacted ones included."""

    name: str
    partitions: int
    replication: int
    messages: int
    retention: str
    what: str


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a stage is behind on one partition. `committed`: the next offset it will read; None: it never read."""

    stage: str
    topic: str
    partition: int
    committed: int | None
    end: int
    waiting: int


# --- connecting -----------------------------------------------------------------------------------------------------


def connection(settings: Settings) -> dict[str, Any]:
    """kafka-python's options for reaching the broker."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.broker.split(","),
        "security_protocol": settings.security_protocol,
        "bootstrap_timeout_ms": _CONNECT_MS,
        "client_id": "marsad",
    }
    if settings.uses_sasl and settings.sasl_password is not None:
        options |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password.get_secret_value(),
        }
    if settings.uses_tls and settings.ssl_cafile is not None:
        options["ssl_cafile"] = str(settings.ssl_cafile)
    return options


@contextmanager
def _broker_errors(settings: Settings) -> Iterator[None]:
    """Say what Kafka's errors mean."""
    try:
        yield
    except (KafkaError, OSError) as error:
        if isinstance(error, OSError) or type(error).__name__ in {
            "NoBrokersAvailable",
            "KafkaConnectionError",
            "KafkaTimeoutError",
            "BootstrapConnectionError",
        }:
            raise BrokerError(
                f"no broker at {settings.broker}", remedy="start one with 'marsad broker' or set MARSAD_BROKER"
            ) from error
        words = str(error).strip() or type(error).__name__
        raise BrokerError(
            f"the broker at {settings.broker} refused: {words[:300]}",
            remedy="see its log, or compare the topics with 'marsad topics create'",
        ) from error


@contextmanager
def _admin(settings: Settings) -> Iterator[KafkaAdminClient]:
    with _broker_errors(settings), closing(KafkaAdminClient(**connection(settings))) as admin:
        yield admin


def _consumer(settings: Settings) -> KafkaConsumer:
    return KafkaConsumer(
        **connection(settings),
        group_id=None,
        enable_auto_commit=False,
        fetch_max_bytes=8 * MAX_MESSAGE_BYTES,
        max_partition_fetch_bytes=2 * MAX_MESSAGE_BYTES,
        auto_offset_reset="earliest",
    )


def is_embedded(settings: Settings) -> bool:
    """Is the broker the embedded one, which keeps no configurations and carries one worker?"""
    with _admin(settings) as admin:
        return bool(admin.describe_cluster()["cluster_id"] == CLUSTER_ID)


def await_broker(settings: Settings, within: float) -> None:
    """Wait up to `within` seconds for the broker: it may be starting beside us. Raises BrokerError afterwards."""
    until = time.monotonic() + within
    while True:
        try:
            with _admin(settings) as admin:
                admin.describe_cluster()
        except BrokerError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return


# --- topics ---------------------------------------------------------------------------------------------------------


def create_topics(settings: Settings, specs: Sequence[TopicSpec] = ALL_TOPICS) -> list[str]:
    """Create the topics that are missing and return their names; existing ones stay as they are."""
    with _admin(settings) as admin:
        present = set(admin.list_topics())
        missing = {
            spec.name: {
                "num_partitions": settings.partitions,
                "replication_factor": settings.replication,
                "configs": spec.config,
            }
            for spec in specs
            if spec.name not in present
        }
        if missing:
            try:
                admin.create_topics(missing, wait_for_metadata=True)
            except TopicAlreadyExistsError:  # somebody else is creating them too: theirs are as good
                return create_topics(settings, specs)
        return list(missing)


def check_topics(settings: Settings, specs: Sequence[TopicSpec] = ALL_TOPICS) -> list[str]:
    """What differs between the topics on the broker and the table, in words; nothing: all is well."""
    with _admin(settings) as admin:
        embedded = admin.describe_cluster()["cluster_id"] == CLUSTER_ID
        found = {topic["name"]: topic for topic in admin.describe_topics([spec.name for spec in specs])}
        present = [spec for spec in specs if not found[spec.name]["error_code"]]
        configs = {} if embedded else _configs(admin, present)
    differences = [f"{spec.name}: missing" for spec in specs if found[spec.name]["error_code"]]
    for spec in present:
        partitions = found[spec.name]["partitions"]
        if len(partitions) != settings.partitions:
            differences.append(f"{spec.name}: {len(partitions)} partitions instead of {settings.partitions}")
        replicas = min((len(partition["replica_nodes"]) for partition in partitions), default=0)
        if replicas < settings.replication:
            differences.append(f"{spec.name}: {replicas} replicas instead of {settings.replication}")
        differences += [
            f"{spec.name}: {name} is {configs[spec.name].get(name, 'unset')} instead of {wanted}"
            for name, wanted in spec.config.items()
            if not embedded and configs[spec.name].get(name) != wanted
        ]
    return differences


def require_topics(settings: Settings, specs: Sequence[TopicSpec]) -> None:
    """Raise TopicMismatchError if these topics are missing or have unequal partitions: Faust's tables would refuse them."""
    fatal = [
        difference
        for difference in check_topics(settings, specs)
        if difference.endswith("missing") or " partitions instead of " in difference
    ]
    if fatal:
        raise TopicMismatchError(
            "; ".join(fatal),
            remedy="run 'marsad topics create', or set MARSAD_PARTITIONS to what the broker has",
        )


def _configs(admin: KafkaAdminClient, specs: Sequence[TopicSpec]) -> dict[str, dict[str, str]]:
    resources = [ConfigResource("TOPIC", spec.name) for spec in specs]
    if not resources:
        return {}
    described = admin.describe_configs(resources, config_filter="all")
    return {
        name: {key: entry["value"] for key, entry in entries.items()}
        for name, entries in next(iter(described.values())).items()
    }


def describe(settings: Settings, specs: Sequence[TopicSpec] = ALL_TOPICS) -> list[TopicState]:
    """The topics as they are on the broker; missing ones have no partitions."""
    with _admin(settings) as admin:
        embedded = admin.describe_cluster()["cluster_id"] == CLUSTER_ID
        found = {topic["name"]: topic for topic in admin.describe_topics([spec.name for spec in specs])}
        present = [spec for spec in specs if not found[spec.name]["error_code"]]
        configs = {} if embedded else _configs(admin, present)
    states = []
    with _broker_errors(settings), closing(_consumer(settings)) as consumer:
        for spec in specs:
            partitions = found[spec.name]["partitions"] if spec in present else []
            held = [TopicPartition(spec.name, partition["partition_index"]) for partition in partitions]
            ends, begins = _ends(settings, held), consumer.beginning_offsets(held) if held else {}
            states.append(
                TopicState(
                    spec.name,
                    len(partitions),
                    min((len(partition["replica_nodes"]) for partition in partitions), default=0),
                    sum(ends[tp] - begins[tp] for tp in held),
                    "missing" if spec not in present else _retention(configs.get(spec.name)),
                    spec.what,
                )
            )
    return states


def _retention(config: dict[str, str] | None) -> str:
    if config is None:
        return "not checked"
    if config.get("cleanup.policy") == "compact":
        return "compacted"
    kept = int(config.get("retention.ms", "-1"))
    return "for ever" if kept < 0 else f"{kept / DAY_MS:g} days"


def lag(settings: Settings, stages: Iterable[str] = tuple(STAGES)) -> list[Lag]:
    """How far each stage is behind, by partition."""
    rows = []
    with _admin(settings) as admin, closing(_consumer(settings)) as consumer:
        for stage in (STAGES[name] for name in stages):
            held = _partitions(consumer, stage.reads.name)
            committed = admin.list_group_offsets({stage.group: held})[stage.group] if held else {}
            ends, begins = _ends(settings, held), consumer.beginning_offsets(held) if held else {}
            for tp in held:
                offset = committed[tp].offset if tp in committed and committed[tp].offset >= 0 else None
                waiting = ends[tp] - (begins[tp] if offset is None else offset)
                rows.append(Lag(stage.name, tp.topic, tp.partition, offset, ends[tp], max(waiting, 0)))
    return rows


def _partitions(consumer: KafkaConsumer, topic: str) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]


# --- sending --------------------------------------------------------------------------------------------------------


class Producer:
    """Sends in batches. Use as a context manager: leaving it waits until everything is on the broker.

    Raises BrokerError, on send or on leaving, if a message could not be delivered.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._failed: BaseException | None = None
        with _broker_errors(settings):
            self._producer = KafkaProducer(
                **connection(settings),
                enable_idempotence=False,  # the embedded broker has none; ids of content make repeats harmless
                acks="all",
                linger_ms=settings.linger_ms,
                batch_size=settings.max_batch_bytes,
                max_request_size=MAX_MESSAGE_BYTES,
                compression_type="lz4" if has_lz4() else None,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self._producer.close(timeout=5)

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers | None = None) -> None:
        """Hand a message over; the key decides its partition."""
        with _broker_errors(self._settings):
            sent = self._producer.send(topic, key=key, value=value, headers=headers or [])
        sent.add_errback(functools.partial(setattr, self, "_failed"))
        self._raise_failed()

    def flush(self) -> None:
        """Wait until everything sent so far is on the broker."""
        with _broker_errors(self._settings):
            self._producer.flush()
        self._raise_failed()

    def _raise_failed(self) -> None:
        if self._failed is not None:
            failed, self._failed = self._failed, None
            with _broker_errors(self._settings):
                raise failed


# --- reading --------------------------------------------------------------------------------------------------------


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
    with _broker_errors(settings), closing(_consumer(settings)) as consumer:
        held = [tp for topic in topics for tp in _existing(consumer, topic)]
        ends = _ends(settings, held)
        starts = ends if from_end else _starts(consumer, held, since, ends)
        consumer.assign(held)
        for tp in held:
            consumer.seek(tp, starts[tp])
        unfinished = {tp for tp in held if starts[tp] < ends[tp]}
        while follow or unfinished:
            polled = consumer.poll(timeout_ms=_POLL_MS)
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
    with _broker_errors(settings), closing(_consumer(settings)) as consumer:
        tp = TopicPartition(topic, partition)
        if tp not in _existing(consumer, topic):
            return None
        if not consumer.beginning_offsets([tp])[tp] <= offset < _ends(settings, [tp])[tp]:
            return None
        consumer.assign([tp])
        consumer.seek(tp, offset)
        until = time.monotonic() + _CONNECT_MS / 1000
        while time.monotonic() < until:
            for record in consumer.poll(timeout_ms=_POLL_MS, max_records=1).get(tp, ()):
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
    held = _partitions(consumer, topic)
    if not held:
        raise TopicMismatchError(f"no topic {topic!r} on the broker", remedy="create the topics with 'marsad topics create'")
    return held


def _ends(settings: Settings, held: list[TopicPartition]) -> dict[TopicPartition, int]:
    """Where the partitions end: the offset of the next message.

    Asked for it, the embedded broker names the *first* offset of the last batch plus one. What comes with fetched messages
    is right on every broker, so the last batch is fetched.
    """
    with closing(_consumer(settings)) as consumer:
        ends: dict[TopicPartition, int] = consumer.end_offsets(held) if held else {}
        begins = consumer.beginning_offsets(held) if held else {}
        filled = [tp for tp in held if ends[tp] > begins[tp]]
        consumer.assign(filled)
        for tp in filled:
            consumer.seek(tp, ends[tp] - 1)
        until = time.monotonic() + _CONNECT_MS / 1000
        while filled and time.monotonic() < until:
            consumer.poll(timeout_ms=_POLL_MS)
            for tp in filled:
                ends[tp] = max(ends[tp], consumer.highwater(tp) or 0)
            filled = [tp for tp in filled if consumer.highwater(tp) is None]
    return ends


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
