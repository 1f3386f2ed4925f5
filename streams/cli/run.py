"""`marsad run`: everything on this machine, and the alerts as they come."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.alerts import each_once
from streams.cli.options import Broker, Json, settings_of
from streams.cli.output import console, counted, emit, say, show_alert
from streams.cli.sources import Sources, accepted
from streams.cli.stopping import until_stopped
from streams.cli.watchlists import checked, in_force, send
from streams.errors import ArticleError, BrokerError, MarsadError
from streams.samples import DEMO, WATCHLISTS
from streams.topics import ALERTS, ARTICLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.ingestion.draft import Draft
    from streams.broker import EmbeddedBroker
    from streams.records import Alert, Article
    from streams.settings import Settings

#: Where `marsad ingest` and the others look for a broker if they are told nothing.
PORT = 9092
#: Seconds until the workers must be ready; joining their groups takes most of it.
READY_WITHIN = 120.0
#: Seconds that workers are given to finish and commit.
STOP_WITHIN = 20.0
#: Seconds between two looks at what is still waiting.
_LOOK = 1.0
#: Seconds between two articles of the demo: the workers keep up, so that a story is told in its order.
_DEMO_PACE = 0.1


def run(
    ctx: typer.Context,
    *,
    watchlists: Annotated[
        Path | None,
        typer.Option(
            "--watchlists",
            "-w",
            metavar="PATH",
            help="A file or folder of watchlists to load; without it MARSAD_WATCHLISTS, ./watchlists or those that ship.",
        ),
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Feed the samples: a truce from talks to collapse among ordinary news.")
    ] = False,
    exit_after: Annotated[
        int | None,
        typer.Option(
            "--exit-after", min=1, metavar="N", help="Stop after N alerts; with --demo, fail if it gives fewer."
        ),
    ] = None,
    as_json: Json = False,
    broker: Broker = None,
) -> None:
    """Everything on this machine: a broker in memory (unless --broker), the workers, the gateway, and alerts as they come."""
    from streams.admin import create_topics, read

    given = settings_of(ctx, broker=broker)
    embedded = "broker" not in given.model_fields_set
    path = watchlists or _watchlists_of(given, embedded=embedded)
    loaded = checked([str(path)]) if path else []
    with until_stopped(), ExitStack() as opened:
        running = opened.enter_context(_embedded()) if embedded else None
        settings = settings_of(ctx, broker=running.address if running else broker)
        began = datetime.now(UTC)
        create_topics(settings)
        send(settings, loaded)
        say(f"broker at {settings.broker}{', in memory only' if running else ''}; starting the workers ...")
        opened.enter_context(_gateway(settings, embedded=embedded))
        worker = opened.enter_context(_worker(settings))
        say(
            f"watching for {counted(len(in_force(settings)), 'watchlist')}{f', {path} among them' if path else ''}; Ctrl-C stops"
        )
        feed = _Feed(settings) if demo else None
        if feed:
            feed.start()
        watch = _Watch(settings, worker, running, feed, exit_after)
        shown = console()
        # The embedded broker is as old as this run; elsewhere, only what comes from now on.
        for alert in each_once(read(settings, [ALERTS.name], since=None if running else began, follow=True)):
            if alert is None:
                watch.look()
                continue
            if as_json:
                emit(alert.model_dump_json().encode())
            else:
                show_alert(alert, shown)
            if watch.count(alert):
                return


class _Watch:
    """Keeps an eye on what runs while alerts are awaited, and says when the demo is over."""

    def __init__(
        self,
        settings: Settings,
        worker: subprocess.Popen[bytes],
        broker: EmbeddedBroker | None,
        feed: _Feed | None,
        exit_after: int | None,
    ) -> None:
        self._settings = settings
        self._worker = worker
        self._broker = broker
        self._feed = feed
        self._exit_after = exit_after
        self._alerts = 0
        self._articles: set[str] = set()
        self._looked = time.monotonic()
        self._quiet = 0

    def count(self, alert: Alert) -> bool:
        """Count an alert; are there enough now?"""
        self._alerts += 1
        self._articles.add(alert.article.id)
        self._quiet = 0
        return self._exit_after is not None and self._alerts >= self._exit_after

    def look(self) -> None:
        """Nothing came for a while: does everything still run, and is the demo over?

        Raises:
            BrokerError: the broker or the workers have stopped.
            MarsadError: the demo gave fewer alerts than were asked for.
        """
        if self._broker is not None and not self._broker.alive():
            raise BrokerError(
                "the broker stopped by itself", remedy="start again; for more than trying out, run Apache Kafka"
            )
        if (code := self._worker.poll()) is not None:
            raise MarsadError(
                f"the workers stopped by themselves, with exit code {code}", remedy="see what they said above"
            )
        if self._feed and self._feed.is_over() and time.monotonic() - self._looked > _LOOK:
            self._looked = time.monotonic()
            self._quiet = self._quiet + 1 if self._all_read() else 0
            if self._quiet == 2:  # twice: what one stage has just written, the next may not have seen
                self._demo_is_over(len(self._feed))

    def _all_read(self) -> bool:
        from streams.admin import lag

        return not any(row.waiting for row in lag(self._settings))

    def _demo_is_over(self, fed: int) -> None:
        self._feed = None
        say(
            f"That was the demo: {counted(fed, 'article')}, {counted(self._alerts, 'alert')} from {len(self._articles)} of them; "
            f"the other {fed - len(self._articles)} told the watchlists nothing new."
        )
        if self._exit_after is not None:
            raise MarsadError(
                f"{counted(self._alerts, 'alert')} instead of {self._exit_after}",
                remedy="ask for fewer with --exit-after",
            )
        marsad = (
            "marsad" if self._settings.broker == f"127.0.0.1:{PORT}" else f"marsad --broker {self._settings.broker}"
        )
        say("Still watching. In another terminal:")
        say(f"  {marsad} ingest FILE...                        your own articles: JSON Lines, RSS, Atom, ninjs, text")
        say(f"  {marsad} watchlist add FILE...                 your own watchlists; start from those in watchlists/")
        say("  marsad match --watchlists FILE FILE...         the same on files, with no broker")
        say("Nothing is kept when this ends; to keep things, run Apache Kafka: docker compose up")


def _watchlists_of(settings: Settings, *, embedded: bool) -> Path | None:
    """What to load where nobody said: on somebody's own Kafka nothing, for it would replace what was edited there."""
    if "watchlists" in settings.model_fields_set:
        return settings.watchlists
    if not embedded:
        return None
    return settings.watchlists if settings.watchlists.is_dir() else WATCHLISTS


@contextmanager
def _embedded() -> Iterator[EmbeddedBroker]:
    """The broker on its usual port, or on any free one."""
    from streams.broker import EmbeddedBroker

    try:
        opened = EmbeddedBroker(PORT)
        opened.start()
    except BrokerError:
        opened = EmbeddedBroker()
        opened.start()
    try:
        yield opened
    finally:
        opened.stop()


@contextmanager
def _worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """All stages in a process of their own, ready; asked to stop in the end, and given the time to commit."""
    from streams.broker import free_port

    port = settings.health_port if "health_port" in settings.model_fields_set else free_port()
    with _part("worker", settings, {"MARSAD_HEALTH_PORT": str(port)}) as process:
        host = "127.0.0.1" if settings.health_host in {"0.0.0.0", "::"} else settings.health_host  # noqa: S104
        _await_ready(process, f"http://{host}:{port}/ready")
        yield process


@contextmanager
def _gateway(settings: Settings, *, embedded: bool) -> Iterator[None]:
    """The gateway in a process of its own, which says where it is; on its usual port, or on any free one."""
    from streams.broker import free_port

    environment = {}
    if "gateway_port" not in settings.model_fields_set and _is_taken(settings.gateway_host, settings.gateway_port):
        environment["MARSAD_GATEWAY_PORT"] = str(free_port())
    with ExitStack() as opened:
        if embedded and settings.database is None:  # gone with the broker's memory, which it would not fit again
            folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="marsad-"))
            environment["MARSAD_DATABASE"] = f"sqlite:///{folder}/gateway.db"
        opened.enter_context(_part("gateway", settings, environment))
        yield


def _is_taken(host: str, port: int) -> bool:
    try:
        with socket.create_server((host, port)):
            return False
    except OSError:
        return True


@contextmanager
def _part(name: str, settings: Settings, variables: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A command of Marsad's as a process, asked to stop in the end."""
    environment = os.environ | {
        "MARSAD_BROKER": settings.broker,
        "MARSAD_LOG_LEVEL": settings.log_level if "log_level" in settings.model_fields_set else "warning",
        # Where this Marsad is, for one that runs from its sources.
        "PYTHONPATH": os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")))),
        **variables,
    }
    # -P: not whatever is called streams in the working directory. A session of its own: Ctrl-C reaches us, and we ask it.
    command = [sys.executable, "-P", "-m", "streams.cli", name]
    process = subprocess.Popen(  # noqa: S603 - this very program
        command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await_ready(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + READY_WITHIN
    while not _is_ready(url):
        if (code := process.poll()) is not None:
            raise MarsadError(f"the workers did not start, exit code {code}", remedy="see what they said above")
        if time.monotonic() > until:
            raise MarsadError(
                f"the workers were not ready after {READY_WITHIN:g} s", remedy=f"look at {url} and at --log-level info"
            )
        time.sleep(0.1)


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - http on the own machine
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


class _Feed(threading.Thread):
    """Puts the samples onto news.articles in their order, as fast as a busy day would."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(daemon=True)
        self._settings = settings
        self._articles = [_article(draft) for draft in Sources.of([str(DEMO)]).drafts()]
        self._failure: Exception | None = None

    def __len__(self) -> int:
        return len(self._articles)

    def run(self) -> None:
        from streams.admin import Producer
        from streams.codec import encode, schema_headers

        try:
            with Producer(self._settings) as producer:
                for article in self._articles:
                    producer.send(ARTICLES.name, article.id.encode(), encode(article), schema_headers(article))
                    time.sleep(_DEMO_PACE)
        except Exception as error:  # noqa: BLE001 - told by `is_over`, in the thread that people see
            self._failure = error

    def is_over(self) -> bool:
        """Is everything on its way? Raises what went wrong."""
        if self._failure is not None:
            raise self._failure
        return not self.is_alive()


def _article(draft: Draft | ArticleError) -> Article:
    article = draft if isinstance(draft, ArticleError) else accepted(draft, datetime.now(UTC))
    if isinstance(article, ArticleError):
        raise article
    return article
