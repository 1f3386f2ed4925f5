"""Readiness: what is said when a stage gets on, waits for its group, recovers, or stands still."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from faust.types import TP

from streams.progress import Progress
from streams.topology import STAGES

ONE, TWO = TP("news.enriched", 0), TP("news.enriched", 1)


class Consumer:
    """What Progress asks of Faust's consumer."""

    def __init__(self) -> None:
        self.held = {ONE, TWO, TP("marsad-stories-memory-changelog", 0)}
        self.ends: dict[TP, int | None] = {ONE: 10, TWO: 0}
        self.positions = {ONE: 10, TWO: 0}

    def assignment(self) -> set[TP]:
        return self.held

    def highwater(self, tp: TP) -> int | None:
        return self.ends[tp]

    async def position(self, tp: TP) -> int:
        return self.positions[tp]


class Scene:
    """A stage, its consumer and a clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.consumer = Consumer()
        self.monitor = SimpleNamespace(tp_committed_offsets={})
        self.app: Any = SimpleNamespace(
            stage=STAGES["stories"],
            settings=SimpleNamespace(stall_after=30.0),
            consumer=self.consumer,
            monitor=self.monitor,
            rebalancing_count=1,
            rebalancing=False,
            in_recovery=False,
        )
        self.progress = Progress(self.app, clock=lambda: self.now)

    def look(self, after: float = 1.0) -> tuple[str, ...]:
        self.now += after
        return asyncio.run(self.progress.look()).why


def test_nothing_waits() -> None:
    scene = Scene()
    assert scene.progress.state.why == ("starting",)
    assert scene.look() == ()
    assert scene.look(1000) == ()
    assert scene.progress.state.assigned == 2


def test_it_has_not_joined() -> None:
    scene = Scene()
    scene.app.rebalancing_count = 0
    assert scene.look() == ("has not joined its consumer group yet",)


def test_more_workers_than_partitions_is_no_fault() -> None:
    scene = Scene()
    scene.consumer.held = set()
    assert scene.look() == ()


def test_recovery_is_told_with_its_age() -> None:
    scene = Scene()
    scene.app.in_recovery = True
    assert scene.look() == ("its tables are being recovered since 0 s",)
    assert scene.look(40) == ("its tables are being recovered since 40 s",)


def test_a_partition_that_stands_still_is_named() -> None:
    scene = Scene()
    scene.look()
    scene.consumer.ends[ONE] = 15
    assert scene.look() == ()
    assert scene.look(29) == ()
    assert scene.look(3) == ("news.enriched/0: 5 messages wait, none done for 32 s",)
    scene.monitor.tp_committed_offsets[ONE] = 12  # it moves again
    assert scene.look() == ()
    assert scene.progress.state.waiting == 3


def test_a_slow_partition_is_no_stall() -> None:
    scene = Scene()
    scene.look()
    scene.consumer.ends[ONE] = 1000
    for done in range(11, 30):
        scene.monitor.tp_committed_offsets[ONE] = done
        assert scene.look(20) == ()


def test_a_partition_that_stands_still_among_moving_ones_is_given_more_time() -> None:
    scene = Scene()
    scene.look()
    scene.consumer.ends = {ONE: 15, TWO: 1000}
    for done in range(1, 17):
        scene.monitor.tp_committed_offsets[TWO] = done
        assert scene.look(20) == ()
    scene.monitor.tp_committed_offsets[TWO] = 17
    assert scene.look(20) == ("news.enriched/0: 5 messages wait, none done for 320 s",)


def test_a_partition_that_went_away_and_came_back_starts_anew() -> None:
    scene = Scene()
    scene.consumer.ends[ONE] = 15
    scene.look()
    scene.consumer.held = {TWO}
    scene.look(100)
    scene.consumer.held = {ONE, TWO}
    scene.consumer.positions[ONE] = 15
    assert scene.look() == ()
    assert scene.progress.state.waiting == 0
