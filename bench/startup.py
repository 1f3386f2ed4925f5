"""How long from nothing to ready, and in how much memory?

    python bench/startup.py [--runs N]

Each figure is of a process of its own: enrichment alone, imported, loaded and warmed up as its stage does it, without and with
sentence vectors, and after a hundred articles; then worker processes on an embedded broker, with that stage and with all,
until they say they are ready. Printed: seconds of CPU, seconds by the clock (a worker waits for its partitions, too) and
resident memory, each the least of N runs; files are in the system's cache from the second run on.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families

from streams import admin, settings
from streams.broker import EmbeddedBroker, free_port

ROOT = Path(__file__).parents[1]
#: Seconds after which a worker is given up.
PATIENCE = 60

ENRICHER = """
import resource, sys, time
from pathlib import Path
from agents.enrichment.agent import warm_up
from agents.enrichment.encoder import open_encoder
from agents.enrichment.enrich import Enricher
enricher = Enricher(open_encoder(sys.argv[1]))
warm_up(enricher)
print(time.process_time(), flush=True)
sys.path.insert(0, "bench")
if int(sys.argv[2]):
    from enrichment import made_articles
    for article in made_articles(int(sys.argv[2])):
        enricher.enrich(article)
print(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20)
"""


class Start(NamedTuple):
    """What it took to be ready."""

    cpu: float
    wall: float
    megabytes: float


def enricher(encoder: str, articles: int) -> Start:
    """Enrichment without Faust and broker."""
    began = time.perf_counter()
    command = [sys.executable, "-c", ENRICHER, encoder, str(articles)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as running:
        assert running.stdout  # noqa: S101 - for mypy
        cpu = float(running.stdout.readline())
        wall = time.perf_counter() - began
        return Start(cpu, wall, float(running.stdout.read()))


def worker(broker: str, encoder: str, stages: list[str]) -> Start:
    """A worker process, until /ready says so."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        given = {
            "MARSAD_BROKER": broker,
            "MARSAD_ENCODER": encoder,
            "MARSAD_DATA_DIR": folder,
            "MARSAD_HEALTH_PORT": str(port),
            "MARSAD_LOG_LEVEL": "warning",
        }
        began = time.perf_counter()
        running = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "worker", *stages],
            env={**os.environ, "PYTHONPATH": str(ROOT), **given},
            stderr=subprocess.DEVNULL,
        )
        try:
            while _page(port, "ready") is None:
                if running.poll() is not None or time.perf_counter() - began > PATIENCE:
                    sys.exit("a worker did not become ready")
                time.sleep(0.05)
            wall = time.perf_counter() - began
            figures = {
                sample.name: sample.value
                for family in text_string_to_metric_families(_page(port, "metrics") or "")
                for sample in family.samples
            }
        finally:
            running.terminate()
            running.wait(30)
    return Start(figures["process_cpu_seconds_total"], wall, figures["process_resident_memory_bytes"] / 2**20)


def _page(port: int, name: str) -> str | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{name}", timeout=5) as answer:
            return answer.read().decode()  # type: ignore[no-any-return]
    except (urllib.error.URLError, OSError):
        return None


def show(name: str, starts: list[Start]) -> None:
    """The least of each figure."""
    cpu, wall, megabytes = (min(figures) for figures in zip(*starts, strict=True))
    print(f"{name:<46}{cpu:6.2f} s CPU {wall:6.2f} s {megabytes:6.0f} MB", flush=True)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=3)
    runs = range(options.parse_args().runs)
    for encoder in ("off", "use"):
        for articles in (0, 100):
            name = f"enrichment, encoder {encoder}" + (f", after {articles} articles" if articles else "")
            show(name, [enricher(encoder, articles) for _ in runs])
    with EmbeddedBroker(free_port()) as broker:
        address = f"127.0.0.1:{broker.port}"
        admin.create_topics(settings.load(broker=address))
        for stages in (["enrichment"], []):
            for encoder in ("off", "use"):
                name = f"worker, {', '.join(stages) or 'all stages'}, encoder {encoder}"
                show(name, [worker(address, encoder, stages) for _ in runs])


if __name__ == "__main__":
    main()
