"""The worker's own small web server: /metrics, /health (alive) and /ready (assigned and making progress; says why not)."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import orjson
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from streams.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from streams.progress import StageState
    from streams.settings import Settings


@asynccontextmanager
async def serve(settings: Settings, states: Callable[[], Sequence[StageState]]) -> AsyncIterator[int]:
    """Serve as long as the block runs; gives the port.

    Raises:
        SettingError: the address cannot be listened on.
    """

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def health(_: web.Request) -> web.Response:
        return _json({"alive": True}, 200)

    async def ready(_: web.Request) -> web.Response:
        stages = states()
        is_ready = bool(stages) and not any(stage.why for stage in stages)
        return _json({"ready": is_ready, "stages": [asdict(stage) for stage in stages]}, 200 if is_ready else 503)

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.get("/health", health), web.get("/ready", ready)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.health_host, settings.health_port).start()
        yield runner.addresses[0][1]
    except OSError as error:
        if runner.addresses:
            raise  # of the block, not of listening
        raise SettingError(
            f"MARSAD_HEALTH_HOST, MARSAD_HEALTH_PORT: cannot listen on {settings.health_host}:{settings.health_port}: "
            f"{error.strerror or error}",
            field="health_port",
            value=settings.health_port,
            remedy="choose another port; 0 takes any free one",
        ) from error
    finally:
        await runner.cleanup()


def _json(content: object, status: int) -> web.Response:
    return web.Response(body=orjson.dumps(content), status=status, content_type="application/json")
