"""Brokers for the whole session; each test works on topics that it finds empty or reads from where they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import kafka

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_KAFKA = kafka.missing_kafka()


@pytest.fixture(
    params=[
        "embedded",
        pytest.param(
            "kafka", marks=[pytest.mark.kafka, pytest.mark.skipif(_NO_KAFKA is not None, reason=str(_NO_KAFKA))]
        ),
    ]
)
def broker(request: pytest.FixtureRequest, tmp_path: object) -> Iterator[str]:
    """host:port of a fresh broker: each kind in turn."""
    with kafka.broker(request.param, tmp_path / "broker") as address:  # type: ignore[operator]
        yield address
