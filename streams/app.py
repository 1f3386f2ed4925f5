"""A Faust app for one stage: its settings and why, its input topic, its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import faust
from faust.serializers import codecs
from faust.tables.table import Table
from faust.types.auth import SASLMechanism

from streams import steady
from streams.reading import Follower, new_reader, tls
from streams.topics import MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from streams.settings import Settings
    from streams.topics import TopicSpec
    from streams.topology import StageSpec

#: Seconds a worker may take for a rebalance, recovery of tables not included.
REBALANCE_TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Write:
    """A write to a table as its changelog holds it; a value of None is a deletion."""

    topic: str
    partition: int | None
    key: bytes
    value: bytes | None


class StateTable(Table):  # type: ignore[misc]
    """A table whose changelog the stage sends beside its own messages, so that an event is done when all are delivered.

    Faust sends each write by itself, through two futures, four sensors and a buffer: 0.2 ms each, and an article makes a dozen.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._written: list[Write] = []

    def on_key_set(self, key: str, value: Any) -> None:
        """Instead of sending it."""
        self._write(key, codecs.dumps(self.value_serializer, value))

    def on_key_del(self, key: str) -> None:
        """Instead of sending it."""
        self._write(key, None)

    def _write(self, key: str, value: bytes | None) -> None:
        partition = self.partition_for_key(key)
        name = self.changelog_topic.get_topic_name()
        self._written.append(Write(name, partition, codecs.dumps(self.key_serializer, key), value))

    def take_writes(self) -> list[Write]:
        """The writes since the last call, in order."""
        written, self._written = self._written, []
        return written

    def on_delivered(self, sent: asyncio.Future[Any]) -> None:
        """Tell a store on disk how far its changelog reaches."""
        if not sent.cancelled() and sent.exception() is None:
            self._on_changelog_sent(sent)


class StageApp(faust.App):  # type: ignore[misc]
    """The Faust app of one stage. Everything on it is built here, so that agent modules stay thin."""

    def __init__(self, stage: StageSpec, settings: Settings, *, is_embedded: bool) -> None:
        steady.install()
        self.stage = stage
        self.settings = settings
        self.is_embedded = is_embedded
        super().__init__(stage.group, **_faust_settings(stage, settings))
        self.conf.datadir.mkdir(parents=True, exist_ok=True)

    def input(self) -> Any:
        """The Faust topic that the stage reads: raw bytes, for what cannot be decoded is an ordinary event."""
        return self.topic(self.stage.reads.name, key_serializer="raw", value_serializer="raw", value_type=bytes)

    def state(self) -> StateTable:
        """The stage's table, as a mapping from state keys to JSON."""
        (name,) = self.stage.tables
        table: StateTable = self.Table(name, partitions=self.settings.partitions, key_type=str)
        return table

    def follow(self, topic: TopicSpec, on_message: Callable[[Any], Awaitable[None]]) -> Follower:
        """Read all of a compacted topic as long as the app runs."""
        follower = Follower(topic.name, lambda: new_reader(self.settings), on_message)

        @self.task  # type: ignore[untyped-decorator]
        async def follow() -> None:
            await follower.run()

        return follower


def _faust_settings(stage: StageSpec, settings: Settings) -> dict[str, Any]:
    given: dict[str, Any] = {
        "broker": ";".join(f"kafka://{host}" for host in settings.broker.split(",")),
        "store": "memory://" if settings.store == "memory" else "rocksdb://",
        # One folder for each stage and instance: two workers on one machine must not share a database.
        "datadir": str(settings.data_dir / (settings.instance_id or "worker") / stage.name),
        "Table": StateTable,
        "key_serializer": "raw",
        "value_serializer": "raw",
        "topic_partitions": settings.partitions,
        "topic_replication_factor": settings.replication,
        # Topics are created beforehand (streams.admin). A topic that Faust or the broker creates has the wrong partitions.
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "table_standby_replicas": 0,
        "web_enabled": False,  # streams.health serves; Faust's own server listens on every address
        "broker_session_timeout": settings.session_timeout,
        "broker_heartbeat_interval": settings.session_timeout / 6,
        "broker_rebalance_timeout": REBALANCE_TIMEOUT,
        "broker_request_timeout": max(90.0, settings.session_timeout + 10),
        "broker_commit_interval": settings.commit_interval,
        "stream_wait_empty": True,  # a rebalance waits for events under way: none comes twice then
        "consumer_auto_offset_reset": "earliest",
        "consumer_max_fetch_size": 2 * MAX_MESSAGE_BYTES,
        "producer_linger_ms": settings.linger_ms,
        "producer_max_batch_size": settings.max_batch_bytes,
        "producer_max_request_size": MAX_MESSAGE_BYTES,
        "producer_compression_type": "lz4",
    }
    if settings.instance_id is not None:
        given["consumer_group_instance_id"] = f"{stage.group}-{settings.instance_id}"
    if settings.uses_sasl and settings.sasl_password is not None:
        given["broker_credentials"] = faust.SASLCredentials(
            username=settings.sasl_username,
            password=settings.sasl_password.get_secret_value(),
            mechanism=SASLMechanism(settings.sasl_mechanism),
            ssl_context=tls(settings) if settings.uses_tls else None,
        )
    elif settings.uses_tls:
        given["broker_credentials"] = faust.SSLCredentials(tls(settings))
    return given
