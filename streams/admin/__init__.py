"""Kafka's admin, producer and reading clients (kafka-python), for the command line and for whoever only looks on.

Reading uses assign() and no consumer group: nothing is committed, nobody's work is taken away, and it starts at once.
Every failure is a BrokerError that says what to do.
"""

from streams.admin.backlog import Lag, lag
from streams.admin.clients import await_broker, connection, is_embedded
from streams.admin.producing import Producer
from streams.admin.reading import Message, parse_position, read, read_one, snapshot
from streams.admin.topics import TopicState, check_topics, create_topics, describe, require_topics

__all__ = [
    "Lag",
    "Message",
    "Producer",
    "TopicState",
    "await_broker",
    "check_topics",
    "connection",
    "create_topics",
    "describe",
    "is_embedded",
    "lag",
    "parse_position",
    "read",
    "read_one",
    "require_topics",
    "snapshot",
]
