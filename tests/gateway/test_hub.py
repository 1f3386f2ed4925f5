"""Open streams: none missing, none twice, and a slow reader hurts nobody but itself."""

from __future__ import annotations

import asyncio

import pytest

from streams.gateway import hub as module
from streams.gateway.filters import AlertFilter
from streams.gateway.hub import Hub
from tests.gateway.conftest import arrivals, fill
from tests.support.alerts import alert_of


async def taken(stream, count: int) -> list[str]:
    """The ids of the next events, or their names where they have none."""
    found = []
    while len(found) < count:
        event = (await asyncio.wait_for(anext(stream), 10)).decode()
        first = event.splitlines()[0]
        found.append(first.removeprefix("id: ").removeprefix("event: "))
    return found


async def settled(stream) -> asyncio.Task[list[str]]:
    """A reader that waits for its next event."""
    task = asyncio.create_task(taken(stream, 1))
    await asyncio.sleep(0.2)
    return task


def test_a_reader_gets_what_it_missed_and_then_what_comes(sqlite_store):
    async def run() -> None:
        fill(sqlite_store, *(alert_of(n) for n in range(5)))
        hub = Hub(sqlite_store)
        await hub.start()
        stream = hub.follow(AlertFilter(), 2)
        assert await taken(stream, 3) == ["3", "4", "5"]
        waiting = await settled(stream)
        sqlite_store.take(arrivals(*(alert_of(n) for n in range(5, 8)), first=5))
        await hub.publish()
        await hub.publish()
        assert await waiting == ["6"]
        assert await taken(stream, 2) == ["7", "8"]
        await stream.aclose()

    asyncio.run(run())


def test_nothing_is_lost_or_doubled_while_alerts_come_during_the_replay(sqlite_store, monkeypatch):
    monkeypatch.setattr(module, "_PAGE", 3)

    async def run() -> None:
        fill(sqlite_store, *(alert_of(n) for n in range(20)))
        hub = Hub(sqlite_store)
        await hub.start()

        async def write() -> None:
            for n in range(20, 60):
                await asyncio.to_thread(sqlite_store.take, arrivals(alert_of(n), first=n))
                await hub.publish()

        writing = asyncio.create_task(write())
        streams = [hub.follow(AlertFilter(), n % 7) for n in range(10)]
        found = await asyncio.gather(*(taken(stream, 60 - n % 7) for n, stream in enumerate(streams)))
        await writing
        for n, ids in enumerate(found):
            assert ids == [str(seq) for seq in range(n % 7 + 1, 61)]
        for stream in streams:
            await stream.aclose()

    asyncio.run(run())


def test_without_a_number_only_what_comes_from_now_on(sqlite_store):
    async def run() -> None:
        fill(sqlite_store, alert_of(0))
        hub = Hub(sqlite_store)
        await hub.start()
        stream = hub.follow(AlertFilter(kinds=("denial",)), None)
        waiting = await settled(stream)
        sqlite_store.take(arrivals(alert_of(1), alert_of(2), first=1))
        await hub.publish()
        assert await waiting == ["3"], "alert-1 is an update"
        await stream.aclose()

    asyncio.run(run())


def test_a_number_of_another_database_is_said_to_be_one(sqlite_store):
    async def run() -> None:
        hub = Hub(sqlite_store)
        await hub.start()
        stream = hub.follow(AlertFilter(), 99)
        assert await taken(stream, 1) == ["reset"]
        await stream.aclose()

    asyncio.run(run())


def test_a_slow_reader_is_cut_off_and_the_others_are_not(sqlite_store, monkeypatch):
    monkeypatch.setattr(module, "WAITING", 10)

    async def run() -> None:
        hub = Hub(sqlite_store)
        await hub.start()
        slow, quick = hub.follow(AlertFilter(), None), hub.follow(AlertFilter(), None)
        first, reading = await settled(slow), asyncio.create_task(taken(quick, 30))
        await asyncio.sleep(0.2)
        for n in range(30):
            sqlite_store.take(arrivals(alert_of(n), first=n))
            await hub.publish()
            await asyncio.sleep(0)
        assert await reading == [str(n) for n in range(1, 31)]
        assert await first == ["1"]
        # What had come before it was cut off, then the end; it comes back with the last number it has.
        found = await taken(slow, 11)
        assert found[-1] == "cut-off"
        with pytest.raises(StopAsyncIteration):
            await anext(slow)
        resumed = hub.follow(AlertFilter(), int(found[-2]))
        rest = await taken(resumed, 30 - int(found[-2]))
        assert ["1", *found[:-1], *rest] == [str(n) for n in range(1, 31)]
        await resumed.aclose()
        await quick.aclose()

    asyncio.run(run())
