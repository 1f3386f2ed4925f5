"""The cure overrides the insides of two libraries: of exactly these versions."""

from __future__ import annotations

import inspect
from importlib.metadata import version

import faust
import pytest
from faust import streams as faust_streams
from faust.tables import manager, recovery
from faust.transport.drivers import aiokafka as driver

from streams import steady

CURED = [
    (steady.ConsumerThread, driver.AIOKafkaConsumerThread),
    (steady.Consumer, driver.Consumer),
    (steady.Recovery, recovery.Recovery),
]


def test_the_versions_are_those_that_were_read() -> None:
    """When this fails: read streams/steady.py against the new sources, then raise the versions there and in pyproject."""
    assert version("faust-streaming") == steady.FAUST
    assert version("aiokafka") == steady.AIOKAFKA


def test_the_cython_stream_is_used() -> None:
    # The plain Python one acknowledges messages of an older generation that it skips.
    assert faust_streams._CStreamIterator is not None


def test_installed_apps_use_the_cure() -> None:
    steady.install()
    steady.install()
    app = faust.App("cured", broker="kafka://127.0.0.1:1")
    assert manager.Recovery is steady.Recovery
    assert app.transport.Consumer is steady.Consumer


@pytest.mark.parametrize(("cured", "original"), CURED)
def test_what_is_overridden_exists(cured: type, original: type) -> None:
    own = {"quiesce", "_commit_acked", "_restart_when_stuck"}
    for name, member in vars(cured).items():
        if inspect.isfunction(member) and name not in own:
            assert hasattr(original, name), f"{cured.__name__}.{name} overrides nothing"
