"""Alerts on the topic, in the API and on streams: real broker, real gateway process."""

from __future__ import annotations

import signal
import subprocess
import sys
from itertools import islice
from typing import TYPE_CHECKING

import httpx2
import orjson
import pytest

from streams import admin
from streams.codec import cloudevent_headers, encode, schema_headers
from tests.support.alerts import alert_of, development_of
from tests.support.gateways import ROOT, GatewayProcess
from tests.support.workers import settings_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from streams.records import Alert
    from streams.settings import Settings

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


@pytest.fixture
def given(broker: str) -> Settings:
    """Settings for the broker, with topics on it."""
    settings = settings_for(broker, partitions=4)
    admin.create_topics(settings)
    return settings


@pytest.fixture
def gateway(given: Settings, tmp_path: Path) -> Iterator[GatewayProcess]:
    """A gateway that is ready."""
    process = GatewayProcess(given.broker, tmp_path, {"MARSAD_PARTITIONS": "4"}).start().await_ready()
    yield process
    process.stop(signal.SIGKILL)


def send(given: Settings, alerts: Iterable[Alert]) -> None:
    """Put alerts on their topic, as the stage does."""
    with admin.Producer(given) as producer:
        for alert in alerts:
            producer.send("news.alerts", alert.watchlist.encode(), encode(alert), cloudevent_headers(alert))


def stored(gateway: GatewayProcess) -> list[str]:
    """Ids of all alerts of the API, in their order."""
    return [alert["id"] for alert in gateway.get("/v1/alerts?limit=500")["items"]]


def test_an_alert_on_the_topic_is_in_the_api_and_on_streams_and_survives(given, gateway, tmp_path):
    first = [alert_of(n) for n in range(6)]
    events = gateway.events(after="0")
    send(given, first)
    told = dict(islice(((data["id"], event_id) for event_id, data in events), 6))
    assert sorted(told) == sorted(alert.id for alert in first)
    assert sorted(stored(gateway)) == sorted(told)
    assert gateway.get("/v1/alerts/alert-3")["alert"]["kind"] == "new"
    # Repeated on the topic, and a development and something unreadable beside it.
    development = development_of(1)
    with admin.Producer(given) as producer:
        producer.send("news.developments", b"development-1", encode(development), schema_headers(development))
        producer.send("news.alerts", b"truces", b"{nonsense")
    # Killed without warning, it goes on where it was, and tells a reader what came meanwhile.
    assert gateway.stop(signal.SIGKILL) == -signal.SIGKILL
    send(given, [*first[:3], *(alert_of(n) for n in range(6, 10))])
    again = GatewayProcess(given.broker, tmp_path, {"MARSAD_PARTITIONS": "4"}).start().await_ready()
    try:
        before = list(told.values())[2]
        seen = [data["id"] for _, data in islice(again.events(after=before), 7)]
        by_number = sorted(told, key=lambda key: int(told[key]))
        assert seen[:3] == by_number[3:]
        assert sorted(seen[3:]) == [f"alert-{n}" for n in range(6, 10)]
        everything = stored(again)
        assert len(everything) == len(set(everything)) == 10
        assert everything[::-1][:6] == by_number, "the order of before is kept"
        assert again.get("/v1/developments/development-1")["id"] == "development-1"
        assert {row["stage"] for row in again.get_once_able("/v1/stages")["items"]} == {
            "enrichment",
            "stories",
            "watchlists",
            "alerts",
        }
        assert again.stop() == 0, again.log
    finally:
        again.stop(signal.SIGKILL)


def test_a_watchlist_made_over_http_is_on_the_topic(given, gateway):
    url = f"{gateway.url}/v1/watchlists/syria"
    made = httpx2.put(url, json={"query": "place:Syria", "title": {"ar": "سوريا", "en": "Syria"}})
    assert made.status_code == 201, made.text
    found = admin.snapshot(given, "news.watchlists")
    assert orjson.loads(found[b"syria"].value or b"")["query"] == "place:Syria"
    # The gateway reads its own message back, and it is the same version.
    assert gateway.get("/v1/watchlists/syria")["version"] == made.headers["ETag"].strip('"')
    assert httpx2.delete(url, headers={"If-Match": made.headers["ETag"]}).status_code == 204
    assert admin.snapshot(given, "news.watchlists") == {}
    assert httpx2.get(url).status_code == 404


@pytest.mark.parametrize("broker", ["embedded"], indirect=True)
def test_the_gateway_does_not_open_to_other_machines_without_tokens(given, tmp_path):
    command = [sys.executable, "-m", "streams.cli", "gateway", "--broker", given.broker, "--host", "0.0.0.0"]  # noqa: S104
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert refused.returncode == 2
    assert "MARSAD_GATEWAY_TOKENS_FILE" in refused.stderr
    made = subprocess.run(
        [*command[:4], "--new-token", "desk:reader"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert made.stdout.startswith("desk reader ")
