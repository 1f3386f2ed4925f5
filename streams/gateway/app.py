"""The web application: routes, sign-in, errors, and the intake that runs beside them."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from streams import __version__, metrics
from streams.gateway import problems
from streams.gateway.access import LOOPBACK_NAMES, Tokens
from streams.gateway.context import Parts
from streams.gateway.desk import Desk
from streams.gateway.hub import Hub
from streams.gateway.intake import Intake
from streams.gateway.routes import alerts, developments, feeds, operations, pages, watchlists

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, MutableMapping

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from streams.gateway.store import Store
    from streams.settings import Settings

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def create_app(settings: Settings, store: Store, tokens: Tokens, *, reads_topics: bool = True) -> FastAPI:
    """The gateway over a store. Without `reads_topics` it shows what is stored, and nothing new comes."""
    hub = Hub(store)
    parts = Parts(settings, tokens, store, hub, Desk(settings, store))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await hub.start()
        tasks: list[asyncio.Task[Any]] = [asyncio.create_task(asyncio.to_thread(lambda: parts.desk.vocabulary))]
        if reads_topics:
            parts.intake = Intake(settings, store, hub)
            tasks.append(asyncio.create_task(parts.intake.run()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    app = FastAPI(
        title="Marsad",
        version=__version__,
        description="Alerts of a news monitor: one for each new development, with the words that say so.",
        lifespan=lifespan,
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
    )
    app.state.parts = parts
    problems.install(app)
    for module in (alerts, developments, feeds, watchlists, operations, pages):
        app.include_router(module.router)
    app.mount("/static", pages.static)
    # Without tokens, a page of somebody else's whose name leads to this machine could read everything.
    app.add_middleware(_OwnPagesOnly, names=None if tokens else frozenset((*LOOPBACK_NAMES, settings.gateway_host)))
    app.add_middleware(_Measured)
    return app


class _OwnPagesOnly:
    """Refuse what another site's page makes a browser send, and say what browsers may do with answers.

    `names`: the hosts that may be asked for; None: any.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str] | None) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if refused := self._refusal(scope["method"], headers):
            await refused(scope, receive, send)
            return

        async def guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        await self._app(scope, receive, guarded)

    def _refusal(self, method: str, headers: Mapping[bytes, str]) -> Response | None:
        host, origin = headers.get(b"host", ""), headers.get(b"origin")
        if self._names is not None and re.sub(r":\d+$", "", host) not in self._names:
            fix = "ask for 127.0.0.1, or give the gateway tokens"
            return problems.answer(403, "this gateway has another name", field="Host", value=host, fix=fix)
        if origin is not None and method not in _SAFE_METHODS and _host(origin) != host:
            fix = "use the gateway's own pages"
            return problems.answer(403, "another site's page asks for a change", field="Origin", value=origin, fix=fix)
        return None


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


class _Measured:
    """Seconds from a request to the beginning of its answer, by route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def measured(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", None) or "other"
                status = f"{message['status'] // 100}xx"
                metrics.gateway_request_seconds.labels(route=route, status=status).observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, measured)
