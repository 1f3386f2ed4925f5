"""Gateway processes for tests and the benchmark, and readers of their streams."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streams.broker import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class GatewayProcess:
    """One `marsad gateway`. `environment`: further MARSAD_ variables."""

    broker: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> GatewayProcess:
        """Start it; it is not ready yet."""
        self.folder.mkdir(parents=True, exist_ok=True)
        variables = {
            "MARSAD_BROKER": self.broker,
            "MARSAD_DATA_DIR": str(self.folder),
            "MARSAD_GATEWAY_PORT": str(self.port),
            **self.environment,
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MARSAD_")}
        with (self.folder / "gateway.log").open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "streams.cli", "gateway"],
                env={**inherited, **variables},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it said."""
        return (self.folder / "gateway.log").read_text(errors="replace")

    def get(self, path: str) -> Any:
        """The JSON of an answer."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return json.load(answer)

    def get_once_able(self, path: str, within: float = 30) -> Any:
        """The same, once a fresh Kafka has chosen who coordinates its groups: until then the gateway answers 503."""
        until = time.monotonic() + within
        while True:
            try:
                return self.get(path)
            except urllib.error.HTTPError as error:
                if error.code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > until:
                    raise
            time.sleep(0.2)

    def await_ready(self, within: float = 60) -> GatewayProcess:
        """Wait until it has read its topics to their ends. Raises RuntimeError with its log."""
        until = time.monotonic() + within
        while time.monotonic() < until and self.running is not None and self.running.poll() is None:
            try:
                if self.get("/readyz")["ready"]:
                    return self
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.05)
        raise RuntimeError(f"the gateway is not ready\n{self.log[-3000:]}")

    def events(
        self, after: str | None = None, query: str = "", within: float = 20
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Id and data of the events of a stream; ends when nothing came for `within` seconds."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/v1/alerts/stream{query}")
        if after is not None:
            request.add_header("Last-Event-ID", after)
        with urllib.request.urlopen(request, timeout=within) as answer:  # noqa: S310 - http on loopback, above
            event_id = ""
            for raw in answer:
                line = raw.decode().rstrip("\r\n")
                if line.startswith("id: "):
                    event_id = line.removeprefix("id: ")
                elif line.startswith("data: "):
                    yield event_id, json.loads(line.removeprefix("data: "))

    def stop(self, number: signal.Signals = signal.SIGTERM, within: float = 20) -> int:
        """End it; its exit code."""
        if self.running is None:
            return 0
        if self.running.poll() is None:
            self.running.send_signal(number)
        try:
            return self.running.wait(within)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()
            raise RuntimeError(f"the gateway did not stop\n{self.log[-3000:]}") from None
