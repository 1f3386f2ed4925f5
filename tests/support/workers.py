"""Worker processes for tests and benchmarks: started, asked, stopped and killed by pid."""

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
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streams import admin, settings
from streams.broker import free_port

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Worker:
    """One `marsad worker` process. `environment`: further MARSAD_ variables."""

    broker: str
    folder: Path
    stages: Sequence[str] = ()
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> Worker:
        """Start it; it is not ready yet."""
        self.folder.mkdir(parents=True, exist_ok=True)
        variables = {
            "MARSAD_BROKER": self.broker,
            "MARSAD_ENCODER": "off",
            "MARSAD_DATA_DIR": str(self.folder),
            "MARSAD_HEALTH_PORT": str(self.port),
            **self.environment,
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MARSAD_")}
        with (self.folder / f"worker-{self.port}.log").open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "streams.cli", "worker", *self.stages],
                env={**inherited, **variables},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    @property
    def log(self) -> str:
        """What it said."""
        return (self.folder / f"worker-{self.port}.log").read_text(errors="replace")

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of its health server; status 0: no answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def ready(self) -> dict[str, Any]:
        """What /ready says."""
        body = self.get("/ready")[1]
        return json.loads(body) if body else {"ready": False, "stages": []}

    def await_ready(self, within: float = 60) -> Worker:
        """Wait until every stage has its partitions. Raises RuntimeError with its log."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            if self.running is None or self.running.poll() is not None:
                break
            if self.get("/ready")[0] == 200:
                return self
            time.sleep(0.1)
        raise RuntimeError(f"the worker is not ready: {self.ready()}\n{self.log[-3000:]}")

    def stop(self, within: float = 40) -> int:
        """SIGTERM; its exit code."""
        return self._end(signal.SIGTERM, within)

    def kill(self) -> int:
        """SIGKILL; its exit code."""
        return self._end(signal.SIGKILL, 10)

    def _end(self, number: signal.Signals, within: float) -> int:
        if self.running is None:
            return 0
        if self.running.poll() is None:
            self.running.send_signal(number)
        try:
            return self.running.wait(within)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()
            raise RuntimeError(f"the worker did not stop\n{self.log[-3000:]}") from None


def settings_for(broker: str, **overrides: Any) -> Settings:
    """Settings of a test against this broker."""
    return settings.load(broker=broker, encoder="off", **overrides)


def await_done(given: Settings, stages: Sequence[str], within: float = 90) -> None:
    """Wait until these stages have taken everything on their topics. Raises RuntimeError with what waits."""
    until = time.monotonic() + within
    waiting: list[admin.Lag] = []
    calm = 0
    while time.monotonic() < until:
        waiting = [row for row in admin.lag(given, stages) if row.waiting]
        # A stage may be done while the one before it is just sending: only twice in a row is done.
        calm = 0 if waiting else calm + 1
        if calm == 2:
            return
        time.sleep(0.3)
    raise RuntimeError(f"still waiting: {waiting}")
