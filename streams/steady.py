"""Faust's rebalance made orderly: nothing is fetched while offsets are sought. The only module that touches the insides.

faust-streaming 0.15.3 keeps fetching while a rebalance moves the offsets under the fetch, and drops what it fetched: a
changelog partition then never reaches its highwater (the worker stalls), or a stream partition skips or repeats events.
The rule here: whoever seeks first stops the flow and waits until the fetch loop is parked.

`install()` puts the classes below in the place of Faust's. They override methods of exactly FAUST and AIOKAFKA, to whose
files the line numbers refer; another version needs another reading, and a test says so. docs/pipes.md tells the story.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any

from aiokafka.errors import ConsumerStoppedError
from faust.tables import manager, recovery
from faust.transport.drivers import aiokafka as driver
from mode import Service

from streams.reading import true_ends

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

#: The versions that were read.
FAUST, AIOKAFKA = "0.15.3", "0.14.0"


def install() -> None:
    """Let every Faust app that is made from now on rebalance in order. Repeating it does nothing."""
    driver.Transport.Consumer = Consumer
    manager.Recovery = Recovery


class ConsumerThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]
    """Fetches; runs in a thread and an event loop of its own."""

    #: Seconds until a fetch notices that the flow stopped or that other partitions became active.
    fetch_slice = 0.05
    #: Longest wait of a fetch request for messages, in ms. Faust fixes 1500 (drivers/aiokafka.py:615), and what else is asked
    #: of that broker (highwaters, offsets: recovery.py:397, 405) queues behind it on the same connection.
    fetch_max_wait_ms = 100

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = self.fetch_max_wait_ms  # noqa: SLF001
        return consumer

    async def _fetch_records(
        self,
        consumer: Any,
        active_partitions: Any,
        timeout: float | None = None,  # noqa: ASYNC109  # Faust's signature
        max_records: int | None = None,
    ) -> Mapping[Any, Any]:
        # Faust (drivers/aiokafka.py:1102) hands the live set of active partitions to aiokafka and waits there up to a
        # second, over a whole rebalance if need be. Pausing empties the set (app/base.py:1814, 1886), and to aiokafka's
        # fetched_records an empty set means "all partitions" (aiokafka/consumer/fetcher.py:1221): it then returns paused
        # partitions too, and moves their positions. So: look at the set at the moment of taking, take nothing if it is
        # empty, and never wait inside aiokafka (with timeout=0 nothing is awaited between look and take).
        fetcher = consumer._fetcher  # noqa: SLF001
        subscriptions = fetcher._subscriptions  # noqa: SLF001
        until = monotonic() + (timeout or 0)
        with subscriptions.fetch_context():
            while self.consumer.flow_active:
                if consumer._closed or fetcher._closed:  # noqa: SLF001
                    raise ConsumerStoppedError
                wanted = None if active_partitions is None else frozenset(active_partitions)
                if (wanted is None or wanted) and not subscriptions.reassignment_in_progress:
                    records: Mapping[Any, Any] = await fetcher.fetched_records(
                        wanted, timeout=0, max_records=max_records
                    )
                    if records:
                        return records
                left = until - monotonic()
                if left <= 0:
                    break
                waiter = fetcher._create_fetch_waiter()  # noqa: SLF001
                done, _ = await asyncio.wait([waiter], timeout=min(left, self.fetch_slice))
                if done:
                    waiter.result()  # raises what aiokafka has to say, such as a refused authorization
                else:
                    waiter.cancel()
        return {}

    async def _highwaters(self, partitions: Any) -> Mapping[Any, int]:
        # The embedded broker names an end that lies inside the last batch: recovery would stop there, and the table
        # would come out short. See streams.reading.true_ends.
        ends: Mapping[Any, int] = await super()._highwaters(partitions)
        if not getattr(self.app, "is_embedded", False):
            return ends
        return await true_ends(lambda: self._create_client_consumer(self.transport), dict(ends))


class Consumer(driver.Consumer):  # type: ignore[misc]
    """Delivers what was fetched, commits, and is told of rebalances."""

    #: Set while no fetch is under way and no fetched message is being delivered.
    _parked: asyncio.Event

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._parked = asyncio.Event()
        self._parked.set()
        super().__init__(*args, **kwargs)

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def quiesce(self) -> None:
        """Stop the flow and wait until the fetch loop is parked; resume_flow() ends it.

        Faust's wait_for_stopped_flow (consumer.py:610) is meant for this, but its event is never cleared (:787).
        """
        self.stop_flow()
        await self._parked.wait()

    async def _drain_messages(self, fetcher: Any) -> None:
        self._parked.clear()
        try:
            await super()._drain_messages(fetcher)
        finally:
            self._parked.set()

    async def _wait_next_records(self, timeout: float) -> Any:  # noqa: ASYNC109  # Faust's signature
        # Faust returns here with the flow stopped, and getmany (consumer.py:767-774) then seeks to the committed offsets in
        # the middle of the recovery that is just seeking itself. Records fetched before the flow stopped are stale: drop
        # them and park. Who stopped the flow seeks before resuming it.
        while not self.should_stop:
            while not self.flow_active and not self.should_stop:
                self._parked.set()
                await self.wait(self.can_resume_flow)
            self._parked.clear()
            active = None if self.app.client_only else self._get_active_partitions()
            records = await self._getmany(active_partitions=active, timeout=timeout)
            if self.flow_active:
                return records, active
        return None, None

    async def _commit_acked(self) -> Any:
        # commit() leaves it at waiting if another commit is under way (consumer.py:947): then commit the rest.
        return await self.commit() or await self.commit()

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """Commit what was acknowledged before the partitions go."""
        # app/base.py:1809 stops the flow only if there was an assignment; without one, _set_active_tps (consumer.py:677)
        # would open all new partitions to a running fetch until they are paused.
        self.stop_flow()
        self.app.flow_control.suspend()
        # A partition whose stream buffer was full comes back by on_buffer_drop (consumer.py:554), even in the middle of the
        # next recovery, and getmany lets it through (:761).
        self._buffered_partitions.clear()
        # Faust forgets what was acknowledged (consumer.py:657-662) before the callback that would commit it, so everything
        # since the last commit is processed twice. With transactions the transaction manager commits.
        if not (self.in_transaction or self.app.should_stop):
            self.app.flow_control.clear()
            commit = asyncio.ensure_future(self._commit_acked())  # no wait_for: commit() swallows a cancellation (:972)
            done, _ = await asyncio.wait([commit], timeout=self.app.conf.broker_session_timeout / 2)
            if not done:
                self.log.warning("Could not commit in time before the rebalance: some events will come twice")
        await super().on_partitions_revoked(revoked)


class _EndSignal(asyncio.Event):
    """Stays set until the next recovery starts.

    _slurp_changelogs clears it before reading each event (recovery.py:832), also right after setting it: who comes to wait
    a moment later (recovery.py:465, after starting the fetcher) waits for ever.
    """

    def clear(self) -> None:
        """Left to `rearm`."""

    def rearm(self) -> None:
        """A new recovery starts."""
        super().clear()


class Recovery(recovery.Recovery):  # type: ignore[misc]
    """Reads the changelogs into the tables before a partition's stream goes on."""

    #: Seconds without any progress after which a recovery starts over.
    restart_after = 30.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._signal_recovery_end = _EndSignal()

    def _set_recovery_started(self) -> None:
        super()._set_recovery_started()
        self._signal_recovery_end.rearm()

    async def _wait(self, coro: Coroutine[Any, Any, Any], timeout: float | None = None) -> None:  # noqa: ASYNC109
        # Faust takes a time-out for "service stopped" (recovery.py:615; mode's wait_first reports both alike): the task
        # ends without a word, and no later rebalance gets anywhere. Start the recovery over instead.
        result = await self.wait_first(coro, self.signal_recovery_start, timeout=timeout)
        if self.should_stop:
            raise recovery.ServiceStopped
        if self.signal_recovery_start in result.done:
            raise recovery.RebalanceAgain
        if result.stopped:
            self.log.warning("Recovery step took more than %s s: starting over", timeout)
            self.signal_recovery_start.set()
            raise recovery.RebalanceAgain

    async def _seek_offsets(self, consumer: Any, tps: Any, offsets: Any, title: str) -> None:
        # A fetch from before the rebalance may still hold records of a changelog partition, taken after this seek and
        # dropped for the flow being stopped: the partition would stand at its end, and its recovery never end.
        if title == "active":
            await consumer.quiesce()
        await super()._seek_offsets(consumer, tps, offsets, title)

    async def _resume_streams(self, generation_id: int = 0) -> None:
        # Faust resumes the partitions and then seeks, with the fetch running (recovery.py:316-321).
        await self._wait(self.app.consumer.quiesce(), timeout=self.app.conf.broker_request_timeout)
        await super()._resume_streams(generation_id)

    async def on_recovery_completed(self, generation_id: int = 0) -> None:
        """Seek with the flow stopped, then let the streams go on."""
        # As above (recovery.py:649-655).
        if self.signal_recovery_start.is_set():
            raise recovery.RebalanceAgain
        consumer = self.app.consumer
        await consumer.quiesce()
        # flow_control.resume() (recovery.py:659) empties the changelog queue as well. Changelogs that are still being read
        # (standbys, and actives with recovery_buffer_size=1, recovery.py:489) go on after the last applied event.
        self.app.flow_control.clear()
        reading = set(consumer._get_active_partitions())  # noqa: SLF001
        for tps, offsets in (self.active_tps, self.active_offsets), (self.standby_tps, self.standby_offsets):
            if tps & reading:
                await self._seek_offsets(consumer, tps & reading, offsets, "following")
        await super().on_recovery_completed(generation_id)

    @Service.task  # type: ignore[untyped-decorator]
    async def _restart_when_stuck(self) -> None:
        # Safety net. A restart builds highwaters anew and seeks again.
        seen, since = None, monotonic()
        while not self.should_stop:
            await self.sleep(1.0)
            stuck = self.in_recovery and self.need_recovery()
            state = (self._recovery_started_at, dict(self.active_offsets)) if stuck else None
            if state is None or state != seen:
                seen, since = state, monotonic()
            elif monotonic() - since > self.restart_after:
                self.log.warning("No progress in recovery for %s s: starting over", self.restart_after)
                self.signal_recovery_start.set()
