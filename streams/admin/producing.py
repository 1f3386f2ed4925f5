"""Sending to topics, by whoever is no stage."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Self

from kafka import KafkaProducer
from kafka.codec import has_lz4

from streams.admin.clients import broker_errors, connection
from streams.topics import MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from types import TracebackType

    from streams.codec import Headers
    from streams.settings import Settings

#: Seconds until a single message must be on the broker.
_DELIVERED_WITHIN = 10.0


class Producer:
    """Sends in batches. Use as a context manager: leaving it waits until everything is on the broker.

    Raises BrokerError, on send or on leaving, if a message could not be delivered.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._failed: BaseException | None = None
        with broker_errors(settings):
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
        with broker_errors(self._settings):
            sent = self._producer.send(topic, key=key, value=value, headers=headers or [])
        sent.add_errback(functools.partial(setattr, self, "_failed"))
        self._raise_failed()

    def deliver(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers | None = None) -> int:
        """Send one message, wait until it is on the broker, and give its offset."""
        with broker_errors(self._settings):
            sent = self._producer.send(topic, key=key, value=value, headers=headers or [])
            self._producer.flush()
            offset: int = sent.get(timeout=_DELIVERED_WITHIN).offset
        return offset

    def flush(self) -> None:
        """Wait until everything sent so far is on the broker."""
        with broker_errors(self._settings):
            self._producer.flush()
        self._raise_failed()

    def _raise_failed(self) -> None:
        if self._failed is not None:
            failed, self._failed = self._failed, None
            with broker_errors(self._settings):
                raise failed
