"""Is a stage getting on? Lag and progress by partition, as metrics and as readiness that says why not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

from streams import metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.app import StageApp

#: Seconds between looks.
INTERVAL = 1.0

#: While a stage works through a backlog, messages of one partition may queue behind those of all others: only after this many
#: times MARSAD_STALL_AFTER is a partition among moving ones said to stand still.
AMONG_MOVING = 10


@dataclass(slots=True)
class _Partition:
    """What is known of one assigned partition: next offset to be done, messages waiting, when `done` last moved."""

    done: int
    moved: float
    waiting: int | None = None


@dataclass(frozen=True, slots=True)
class StageState:
    """What /ready says of a stage. `why` is empty when all is well."""

    stage: str
    assigned: int
    waiting: int
    why: tuple[str, ...]


@dataclass
class Progress:
    """Watches one stage. `clock` gives seconds that only grow."""

    app: StageApp
    clock: Callable[[], float] = monotonic
    _held: dict[Any, _Partition] = field(default_factory=dict)
    _joined: bool = False
    _state: StageState | None = None
    _settling_since: float | None = None

    @property
    def state(self) -> StageState:
        """As of the last look."""
        return self._state or StageState(self.app.stage.name, 0, 0, ("starting",))

    async def look(self) -> StageState:
        """Look at every partition, and tell the metrics."""
        name, now = self.app.stage.name, self.clock()
        why: list[str] = []
        if not self.app.rebalancing_count:
            why.append("has not joined its consumer group yet")
        elif self.app.rebalancing or self.app.in_recovery:
            self._settling_since = now if self._settling_since is None else self._settling_since
            doing = "a rebalance is under way" if self.app.rebalancing else "its tables are being recovered"
            why.append(f"{doing} since {now - self._settling_since:.0f} s")
        else:
            self._settling_since = None
            await self._measure(now)
            why += [
                f"{tp.topic}/{tp.partition}: {held.waiting} messages wait, none done for {now - held.moved:.0f} s"
                for tp, held in sorted(self._held.items())
                if held.waiting and now - held.moved > self._patience(now)
            ]
        waiting = sum(held.waiting or 0 for held in self._held.values())
        ages = [now - held.moved for held in self._held.values() if held.waiting]
        metrics.progress_age.labels(stage=name).set(max(ages, default=0.0))
        metrics.assigned_partitions.labels(stage=name).set(len(self._held))
        self._state = StageState(name, len(self._held), waiting, tuple(why))
        return self._state

    def _patience(self, now: float) -> float:
        after = self.app.settings.stall_after
        last = max((held.moved for held in self._held.values() if held.waiting), default=now)
        return after if now - last > after else after * AMONG_MOVING

    async def _measure(self, now: float) -> None:
        consumer = self.app.consumer
        topic = self.app.stage.reads.name
        assigned = {tp for tp in consumer.assignment() if tp.topic == topic}
        for tp in self._held.keys() - assigned:
            del self._held[tp]
            self._forget(tp)
        for tp in assigned:
            if tp not in self._held:
                start = await _position(consumer, tp)
                if start is None:
                    continue
                self._held[tp] = _Partition(start, now)
            held, end = self._held[tp], consumer.highwater(tp)
            done = max(held.done, self.app.monitor.tp_committed_offsets.get(tp) or 0)
            if done > held.done or not held.waiting:
                held.moved = now
            held.done = done
            held.waiting = None if end is None else max(0, end - done)
            if held.waiting is not None:
                metrics.consumer_lag.labels(self.app.stage.name, tp.topic, tp.partition).set(held.waiting)

    def _forget(self, tp: Any) -> None:
        # Another worker has it now; two of them telling its lag would count it twice.
        try:
            metrics.consumer_lag.remove(self.app.stage.name, tp.topic, str(tp.partition))
        except KeyError:
            return


async def _position(consumer: Any, tp: Any) -> int | None:
    """Where the partition is read next; None: not known yet."""
    try:
        position: int | None = await asyncio.wait_for(consumer.position(tp), INTERVAL)
    except TimeoutError:
        return None
    return position
