"""How fast the gateway is: alert on topic -> open streams, and the API over many stored alerts. See bench/RESULTS.md.

python bench/gateway.py [--streams 50] [--alerts 100000] [--rate 100]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from pathlib import Path

import httpx2

from streams import admin
from streams.broker import EmbeddedBroker
from streams.codec import cloudevent_headers, encode
from streams.gateway.store import Arrival, Position, Store
from tests.support.alerts import alert_of
from tests.support.gateways import GatewayProcess
from tests.support.workers import settings_for

#: What people ask for, in turn.
ASKED = (
    "/v1/alerts",
    "/v1/alerts?watchlist=truces&limit=20",
    "/v1/alerts?kind=denial&priority=high&limit=20",
    "/v1/alerts?place=Aleppo&limit=20",
    "/v1/alerts?text=ministers+ceasefire&limit=20",
    "/v1/alerts?text=99999&limit=20",
    "/v1/alerts?since=2026-03-02T00:00:00Z&until=2026-03-03T00:00:00Z&limit=20",
    "/v1/alerts/alert-777",
)


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of them lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def told(name: str, seconds: list[float]) -> str:
    """A line: p50, p99, the slowest, in milliseconds."""
    p50, p99, last = (1000 * percentile(seconds, share) for share in (0.5, 0.99, 1))
    return f"{name:<62} p50 {p50:7.1f} ms   p99 {p99:7.1f} ms   max {last:7.1f} ms   n {len(seconds)}"


async def listen(client: httpx2.AsyncClient, url: str, arrived: dict[str, list[float]], count: int) -> None:
    """Note when each alert comes on a stream, until all have."""
    async with client.stream("GET", url, timeout=60) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data: {"):
                alert_id = line[len('data: {"id":"') :].partition('"')[0]
                arrived.setdefault(alert_id, []).append(time.time())
                count -= 1
                if count == 0:
                    return


async def streams(gateway: GatewayProcess, broker: str, readers: int, alerts: int = 200) -> None:
    """Twenty alerts a second, each to all streams."""
    arrived: dict[str, list[float]] = {}
    sent: dict[str, float] = {}
    limits = httpx2.Limits(max_connections=readers + 5)
    async with httpx2.AsyncClient(limits=limits) as client:
        url = f"{gateway.url}/v1/alerts/stream"
        listening = [asyncio.create_task(listen(client, url, arrived, alerts)) for _ in range(readers)]
        while f"marsad_gateway_streams {readers}.0" not in (await client.get(f"{gateway.url}/metrics")).text:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
        with admin.Producer(settings_for(broker)) as producer:
            for n in range(alerts):
                alert = alert_of(n, id=f"live-{n}")
                sent[alert.id] = time.time()
                producer.send("news.alerts", alert.watchlist.encode(), encode(alert), cloudevent_headers(alert))
                await asyncio.sleep(0.05)
        await asyncio.wait_for(asyncio.gather(*listening), 60)
    seconds = [at - sent[alert_id] for alert_id, times in arrived.items() for at in times]
    print(told(f"alert on topic -> stream, {readers} streams, 20 alerts/s", seconds))
    print(f"  of {readers * alerts:,} events {readers * alerts - len(seconds)} lost")


async def api(gateway: GatewayProcess, stored: int, rate: int, seconds: int = 20) -> None:
    """Requests at a fixed rate, whether or not earlier ones are answered."""
    took: dict[str, list[float]] = {path: [] for path in ASKED}
    async with httpx2.AsyncClient(limits=httpx2.Limits(max_connections=200)) as client:

        async def ask(path: str) -> None:
            began = time.perf_counter()
            answer = await client.get(f"{gateway.url}{path}", timeout=30)
            took[path].append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.text  # noqa: S101 - a figure of errors would be none

        for path in ASKED:
            await ask(path)
        for found in took.values():
            found.clear()
        began, asking = time.perf_counter(), []
        for n in range(rate * seconds):
            await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
            asking.append(asyncio.create_task(ask(ASKED[n % len(ASKED)])))
        await asyncio.gather(*asking)
    print(told(f"API, {rate} requests/s, {stored:,} alerts stored", [s for found in took.values() for s in found]))
    for path, found in took.items():
        print(told(f"  {path}", found))


def fill(store: Store, count: int, batch: int = 2000) -> None:
    """Store alerts, as the intake does."""
    began = time.process_time()
    for first in range(0, count, batch):
        at = Position("bench", 0)
        store.take([Arrival(at, n, alert_of(n)) for n in range(first, min(first + batch, count))])
    print(f"stored {count:,} alerts: {1000 * (time.process_time() - began) / count:.2f} ms of CPU each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=50)
    parser.add_argument("--alerts", type=int, default=100_000)
    parser.add_argument("--rate", type=int, default=100)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, EmbeddedBroker() as broker:
        folder = Path(name)
        admin.create_topics(settings_for(broker.address))
        store = Store(f"sqlite:///{folder / 'gateway.db'}")
        fill(store, asked.alerts)
        store.close()
        print(f"database: {os.path.getsize(folder / 'gateway.db') / 1e6:.0f} MB")  # noqa: PTH202
        gateway = GatewayProcess(broker.address, folder).start().await_ready()
        try:
            asyncio.run(streams(gateway, broker.address, asked.streams))
            asyncio.run(api(gateway, asked.alerts, asked.rate))
        finally:
            gateway.stop()


if __name__ == "__main__":
    main()
