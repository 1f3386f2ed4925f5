"""Brokers: a fresh embedded one for each test; one Apache Kafka for the session, emptied before each test."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import pytest
from kafka import KafkaAdminClient

from streams.broker import EmbeddedBroker
from streams.topology import ALL_TOPICS, STAGES
from tests.support import kafka

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_KAFKA = kafka.missing_kafka()


@pytest.fixture(scope="session")
def kafka_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """host:port of the session's Apache Kafka."""
    if _NO_KAFKA is not None:
        pytest.skip(_NO_KAFKA)
    with kafka.apache_kafka(tmp_path_factory.mktemp("kafka")) as address:
        yield address


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker(request: pytest.FixtureRequest) -> Iterator[str]:
    """host:port of an empty broker, of each kind in turn."""
    if request.param == "kafka":
        address = request.getfixturevalue("kafka_node")
        _empty(address)
        yield address
    else:
        with EmbeddedBroker() as embedded:
            yield embedded.address


def _empty(address: str) -> None:
    """Delete Marsad's topics and consumer groups."""
    ours = {spec.name for spec in ALL_TOPICS}
    with contextlib.closing(KafkaAdminClient(bootstrap_servers=address)) as admin:
        present = ours & set(admin.list_topics())
        if present:
            admin.delete_topics(list(present))
        groups = {stage.group for stage in STAGES.values()} & {group["group_id"] for group in admin.list_groups()}
        if groups:
            admin.delete_groups(list(groups))
        while ours & set(admin.list_topics()):  # deletion goes on behind the answer
            time.sleep(0.1)
