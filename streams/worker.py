"""A worker: any of the stages, in one process and one event loop, until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from contextlib import AsyncExitStack, ExitStack
from importlib.util import find_spec
from typing import TYPE_CHECKING

from streams import __version__, admin, health, metrics
from streams.broker import claim_embedded
from streams.errors import BrokerError, DependencyError, MarsadError
from streams.progress import INTERVAL, Progress
from streams.topics import REJECTED
from streams.topology import STAGES, StageSpec, stages_named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.app import StageApp
    from streams.settings import Settings
    from streams.topics import TopicSpec

log = logging.getLogger(__name__)

#: Seconds a stage may take to stop before the process goes without it.
STOP_WITHIN = 20.0


def run(
    settings: Settings,
    names: Sequence[str] = (),
    *,
    on_ready: Callable[[int], None] | None = None,
    handle_signals: bool = True,
    stop: asyncio.Event | None = None,
) -> None:
    """Run these stages (none named: all) until SIGTERM or SIGINT, then stop with offsets committed.

    `on_ready` is called with the port of the health server once every stage has its partitions.

    Raises:
        InputError: no such stage. DependencyError: RocksDB is wanted and missing. BrokerError: no broker, topics that do not fit, or a second worker on the embedded
        broker; later, when the broker is lost for good.
    """
    stages = stages_named(list(names))
    if settings.store == "rocksdb" and find_spec("rocksdict") is None:
        raise DependencyError(
            "MARSAD_STORE=rocksdb needs RocksDB", remedy="pip install rocksdict, or set MARSAD_STORE=memory"
        )
    is_embedded = admin.is_embedded(settings)
    admin.require_topics(settings, _topics_of(stages))
    with ExitStack() as stack:
        if is_embedded:
            stack.enter_context(claim_embedded(settings.broker))
        _use_uvloop()
        asyncio.run(
            serve(
                settings,
                stages,
                is_embedded=is_embedded,
                stop=stop or asyncio.Event(),
                on_ready=on_ready,
                handle_signals=handle_signals,
            )
        )


async def serve(  # noqa: PLR0913
    settings: Settings,
    stages: Sequence[StageSpec],
    *,
    is_embedded: bool,
    stop: asyncio.Event,
    on_ready: Callable[[int], None] | None = None,
    handle_signals: bool = True,
) -> None:
    """Run the stages in this event loop until `stop` is set. See `run`."""
    from streams.app import StageApp

    if handle_signals:
        _stop_on_signals(stop)
    metrics.declare_stages(tuple(stage.name for stage in stages))
    apps = [StageApp(stage, settings, is_embedded=is_embedded) for stage in stages]
    watches = [Progress(app) for app in apps]
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(health.serve(settings, lambda: [watch.state for watch in watches]))
        log.info(
            "marsad %s: %s; http://%s:%d/ready",
            __version__,
            ", ".join(stage.name for stage in stages),
            settings.health_host,
            port,
        )
        await asyncio.sleep(0)
        for app in apps:
            app.stage.register(app)
        settle_garbage()
        running = asyncio.ensure_future(_run(apps, watches, stop, lambda: on_ready(port) if on_ready else None))
        try:
            await running
        finally:
            await _stop(apps)
    for app in apps:
        if app.crash_reason is not None:
            raise _as_ours(app)


def settle_garbage() -> None:
    """Let the garbage collector look at less, and less often: it took a fifth of the time.

    What is loaded stays for good. An article is read into some ten thousand objects, hardly any of them in cycles, and by
    default every seven hundred new ones are looked through.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def _run(
    apps: list[StageApp], watches: list[Progress], stop: asyncio.Event, on_ready: Callable[[], None]
) -> None:
    """Start all stages, then look after them until `stop` is set or one of them crashes."""
    starting = [asyncio.ensure_future(app.start()) for app in apps]
    stopping = asyncio.ensure_future(stop.wait())
    was_ready: dict[str, bool] = {}
    announced = False
    try:
        while not stop.is_set() and not any(app.crash_reason for app in apps):
            for task in starting:
                if task.done():
                    task.result()  # raises what kept a stage from starting
            states = [await watch.look() for watch in watches]
            for state in states:
                _log_change(state.stage, state.why, was_ready)
            if not announced and not any(state.why for state in states):
                announced = True
                on_ready()
            await asyncio.wait([stopping], timeout=INTERVAL if announced else INTERVAL / 5)
    finally:
        for task in (*starting, stopping):
            task.cancel()
        await asyncio.gather(*starting, stopping, return_exceptions=True)


def _log_change(stage: str, why: tuple[str, ...], was_ready: dict[str, bool]) -> None:
    """Say once that a stage is ready, and once what keeps it from being so."""
    is_ready = not why
    if was_ready.get(stage) != is_ready:
        if is_ready:
            log.info("%s is ready", stage)
        elif stage in was_ready:
            log.warning("%s is not ready: %s", stage, "; ".join(why))
    was_ready[stage] = is_ready


async def _stop(apps: list[StageApp]) -> None:
    """Stop in the order of the flow, so that what a stage still sends is not missed by the next."""
    for app in apps:
        try:
            await asyncio.wait_for(app.stop(), STOP_WITHIN)
        except TimeoutError:
            log.warning("%s did not stop within %s s: some messages will come twice", app.stage.name, STOP_WITHIN)
        except Exception:
            log.exception("%s stopped with an error", app.stage.name)


def _as_ours(app: StageApp) -> MarsadError:
    reason = app.crash_reason
    if isinstance(reason, MarsadError):
        return reason
    return BrokerError(
        f"{app.stage.name} stopped: {type(reason).__name__}: {reason}",
        remedy="see the log above; a restart goes on where it was",
    )


def _topics_of(stages: Sequence[StageSpec]) -> list[TopicSpec]:
    needed = {
        spec.name: spec
        for stage in stages
        for spec in (stage.reads, *stage.writes, *stage.follows, *stage.changelogs, REJECTED)
    }
    return list(needed.values())


def _stop_on_signals(stop: asyncio.Event) -> None:
    def asked() -> None:
        if stop.is_set():  # asked twice: now
            os._exit(130)
        log.info("stopping")
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked)


def _use_uvloop() -> None:
    """Saves a third of what Kafka and Faust cost. As a policy, for consumers run in event loops of their own."""
    if sys.platform != "win32":
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


__all__ = ["STAGES", "run", "serve", "settle_garbage"]
