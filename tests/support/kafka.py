"""One Apache Kafka node (KRaft) for tests, where KAFKA_HOME names a folder with libs/."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import socket
import subprocess
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from streams.broker import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={folder}/log
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""


def missing_kafka() -> str | None:
    """Why there is no Apache Kafka to test on; None: there is one."""
    home = os.environ.get("KAFKA_HOME")
    if not home:
        return "KAFKA_HOME is not set: no Apache Kafka to test on"
    if not (Path(home) / "libs").is_dir():
        return f"KAFKA_HOME={home} has no libs/"
    if shutil.which("java") is None:
        return "no java on the PATH"
    return None


@contextlib.contextmanager
def apache_kafka(folder: Path) -> Iterator[str]:
    """One node with its files in this folder; gives host:port, and stops it at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    port, controller = free_port(), free_port()
    properties = folder / "server.properties"
    properties.write_text(_SETTINGS.format(port=port, controller=controller, folder=folder))
    libs = str(Path(os.environ["KAFKA_HOME"]).resolve() / "libs" / "*")
    java = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-cp", libs, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    subprocess.run(
        [*java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    with (folder / "server.log").open("wb") as log:
        node = subprocess.Popen([*java, "kafka.Kafka", str(properties)], stdout=log, stderr=log, start_new_session=True)
        try:
            _await_port(port, node, folder / "server.log")
            yield f"127.0.0.1:{port}"
        finally:
            node.kill()  # nothing on it is wanted afterwards
            node.wait(30)


def _await_port(port: int, node: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if node.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"Kafka did not start: {log.read_text(errors='replace')[-2000:]}")
