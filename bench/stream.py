"""What do broker, Faust and worker cost, and how long from an article's arrival to its alert?

    python bench/stream.py [--articles N] [--rate PER_SECOND] [--encoder use|off] [--broker HOST:PORT] [FILE ...]

Starts the embedded broker (unless --broker names an empty Kafka) and one worker process with all stages, waits until it is
ready, sends the articles (as fast as it goes, or at a steady rate) and waits until all have passed. Every article alerts
one watchlist, so that each has a latency.
Printed: articles a second, CPU an article and how much of it is the stages' own work (the CPU that the offline pipeline
takes for the same articles; the rest is Kafka, Faust and turning records into bytes and back), latency from arrival to
alert, and the worker's resident memory. The first articles only warm caches up and are not counted.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from offline import articles, files_by_default
from prometheus_client.parser import text_string_to_metric_families

from agents.enrichment.encoder import open_encoder
from agents.enrichment.enrich import Enricher
from agents.pipeline import Pipeline
from streams import admin, codec, settings, topics
from streams.broker import EmbeddedBroker, free_port
from streams.records import Alert, Article, Watchlist
from streams.worker import settle_garbage

EVERY = Watchlist(id="bench-every", query="language:ar OR language:en", notify="every")
#: Articles that are sent first and not counted.
WARM_UP = 50
#: Seconds without progress after which the run is given up.
PATIENCE = 120


class Worker:
    """A worker process with all stages, and what its /metrics say."""

    def __init__(self, broker: str, encoder: str) -> None:
        self.port = free_port()
        environment = {
            **os.environ,
            "MARSAD_BROKER": broker,
            "MARSAD_ENCODER": encoder,
            "MARSAD_HEALTH_PORT": str(self.port),
            "MARSAD_LOG_LEVEL": "warning",
        }
        self.running = subprocess.Popen([sys.executable, "-m", "streams.cli", "worker"], env=environment)

    def __enter__(self) -> Self:
        until = time.monotonic() + PATIENCE
        while self._ask("/ready") is None:
            if self.running.poll() is not None or time.monotonic() > until:
                self.__exit__()
                sys.exit("the worker did not become ready")
            time.sleep(0.2)
        return self

    def __exit__(self, *_: object) -> None:
        self.running.terminate()
        self.running.wait(30)

    def figures(self) -> dict[str, float]:
        """Name or name/stage -> value."""
        page = self._ask("/metrics") or ""
        return {
            "/".join(filter(None, (sample.name, sample.labels.get("stage")))): sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
            if "le" not in sample.labels
        }

    def _ask(self, path: str) -> str | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.read().decode()  # type: ignore[no-any-return]
        except (urllib.error.URLError, OSError):
            return None


def await_alerts(worker: Worker, wanted: int) -> dict[str, float]:
    """Wait until that many articles have come out as alerts or been rejected."""
    done, moved = -1.0, time.monotonic()
    while done < wanted:
        figures = worker.figures()
        passed = figures.get("marsad_articles_in_total/alerts", 0) + sum(
            value for name, value in figures.items() if name.startswith("marsad_rejected_total")
        )
        if passed > done:
            done, moved = passed, time.monotonic()
        elif time.monotonic() - moved > PATIENCE:
            sys.exit(f"only {done:.0f} of {wanted} articles came out")
        time.sleep(0.5)  # to tell its metrics costs the worker a few milliseconds each time
    return worker.figures()


def send(producer: admin.Producer, batch: list[Article], rate: float = 0.0) -> None:
    """Put articles onto news.articles: as fast as it goes, or so many a second, each at once."""
    began = time.monotonic()
    for sent, article in enumerate(batch):
        if rate:
            time.sleep(max(0.0, began + sent / rate - time.monotonic()))
        producer.send(topics.ARTICLES.name, article.id.encode(), codec.encode(article))
        if rate:
            producer.flush()
    producer.flush()


def own_work(encoder: str, warm_up: list[Article], measured: list[Article]) -> float:
    """Seconds of CPU that the stages themselves take, without broker, Faust and bytes."""
    pipeline = Pipeline([EVERY], Enricher(open_encoder(encoder)))
    for article in warm_up:
        pipeline.alerts(article)
    settle_garbage()
    began = time.process_time()
    for article in measured:
        pipeline.alerts(article)
    return time.process_time() - began


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", nargs="*", type=Path, metavar="FILE")
    options.add_argument("--articles", type=int, default=2000)
    options.add_argument("--rate", type=float, default=0.0)
    options.add_argument("--encoder", choices=("use", "off"), default="use")
    options.add_argument("--broker")
    given = options.parse_args()
    found = itertools.islice(articles(given.files or files_by_default()), WARM_UP + given.articles)
    taken = list({article.id: article for article in found}.values())
    warm_up, measured = taken[:WARM_UP], taken[WARM_UP:]
    if len(measured) < 2:
        sys.exit(f"too few articles; name a file of more than {WARM_UP}")

    with ExitStack() as stack:
        broker = given.broker or stack.enter_context(EmbeddedBroker()).address
        here = settings.load(broker=broker)
        admin.create_topics(here)
        producer = stack.enter_context(admin.Producer(here))
        producer.send(topics.WATCHLISTS.name, EVERY.id.encode(), codec.encode(EVERY))
        producer.flush()
        worker = stack.enter_context(Worker(broker, given.encoder))
        send(producer, warm_up)
        before = await_alerts(worker, len(warm_up))
        began = time.monotonic()
        send(producer, measured, given.rate)
        after = await_alerts(worker, len(taken))
        seconds = time.monotonic() - began
        alerts = [
            codec.decode(Alert, record.value)
            for record in admin.read(here, [topics.ALERTS.name])
            if record and record.value
        ]
    counted = {article.id for article in measured}
    alerts = [alert for alert in alerts if alert.article.id in counted]

    def grown(name: str) -> float:
        return sum(after[key] - before.get(key, 0) for key in after if key.partition("/")[0] == name)

    cpu = 1000 * grown("process_cpu_seconds_total") / len(measured)
    work = 1000 * own_work(given.encoder, warm_up, measured) / len(measured)
    waits = [
        (alert.timings.alerted - alert.timings.arrived).total_seconds()
        for alert in alerts
        if alert.timings.alerted and alert.timings.arrived
    ]
    print(
        f"{len(measured)} articles, {len(alerts)} alerts, encoder {given.encoder}, {given.broker or 'embedded broker'}"
    )
    print(f"{len(measured) / seconds:8.0f} articles/s, start to finish")
    print(f"{cpu:8.1f} ms of CPU an article, of which {work:.1f} ms the stages' own work, {cpu - work:.1f} ms the rest")
    if len(waits) > 1:
        cuts = statistics.quantiles(waits, n=100)
        print(f"{1000 * cuts[49]:8.0f} ms from arrival to alert in the median, {1000 * cuts[98]:.0f} ms p99")
    print(f"{after.get('process_resident_memory_bytes', 0) / 2**20:8.0f} MB resident memory of the worker")


if __name__ == "__main__":
    main()
