"""Clients of one broker (kafka-python): how it is reached, and what its errors mean."""

from __future__ import annotations

import logging
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.broker import CLUSTER_ID
from streams.errors import BrokerError
from streams.topics import MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.settings import Settings

#: Milliseconds until a broker must have answered.
CONNECT_MS = 5_000
#: Milliseconds a reader waits for messages at a time.
POLL_MS = 200

# kafka-python reports every refused connection on its own logger; we say it once, in our words.
logging.getLogger("kafka").setLevel(logging.CRITICAL)


def connection(settings: Settings) -> dict[str, Any]:
    """kafka-python's options for reaching the broker."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.broker.split(","),
        "security_protocol": settings.security_protocol,
        "bootstrap_timeout_ms": CONNECT_MS,
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
def broker_errors(settings: Settings) -> Iterator[None]:
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
def admin_client(settings: Settings) -> Iterator[KafkaAdminClient]:
    with broker_errors(settings), closing(KafkaAdminClient(**connection(settings))) as admin:
        yield admin


def consumer_of(settings: Settings) -> KafkaConsumer:
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
    with admin_client(settings) as admin:
        return bool(admin.describe_cluster()["cluster_id"] == CLUSTER_ID)


def await_broker(settings: Settings, within: float) -> None:
    """Wait up to `within` seconds for the broker: it may be starting beside us. Raises BrokerError afterwards."""
    until = time.monotonic() + within
    while True:
        try:
            with admin_client(settings) as admin:
                admin.describe_cluster()
        except BrokerError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return


def partitions_of(consumer: KafkaConsumer, topic: str) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]


def ends_of(settings: Settings, held: list[TopicPartition]) -> dict[TopicPartition, int]:
    """Where the partitions end: the offset of the next message.

    Asked for it, the embedded broker names the *first* offset of the last batch plus one. What comes with fetched messages
    is right on every broker, so the last batch is fetched.
    """
    with closing(consumer_of(settings)) as consumer:
        ends: dict[TopicPartition, int] = consumer.end_offsets(held) if held else {}
        begins = consumer.beginning_offsets(held) if held else {}
        filled = [tp for tp in held if ends[tp] > begins[tp]]
        consumer.assign(filled)
        for tp in filled:
            consumer.seek(tp, ends[tp] - 1)
        until = time.monotonic() + CONNECT_MS / 1000
        while filled and time.monotonic() < until:
            consumer.poll(timeout_ms=POLL_MS)
            for tp in filled:
                ends[tp] = max(ends[tp], consumer.highwater(tp) or 0)
            filled = [tp for tp in filled if consumer.highwater(tp) is None]
    return ends
