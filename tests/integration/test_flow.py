"""Articles in, alerts out: real broker, real worker process, the same suite on each kind of broker."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from agents.enrichment.enrich import Enricher
from agents.enrichment.routing import story_key
from agents.pipeline import Pipeline
from streams import admin
from streams.codec import encode, rejected_of
from streams.records import Alert, Article, Watchlist
from streams.topics import MAX_ARTICLE_BYTES
from streams.topology import STAGES
from tests.support.articles import WATCHLISTS, generated
from tests.support.workers import Worker, await_done, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from streams.settings import Settings

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

STAGE_NAMES = tuple(STAGES)


@pytest.fixture
def given(broker: str) -> Settings:
    """Settings for the broker, with topics on it."""
    settings = settings_for(broker, partitions=4)
    admin.create_topics(settings)
    return settings


@pytest.fixture
def workers(given: Settings, tmp_path: Path) -> Iterator[list[Worker]]:
    """Worker processes that a test starts by `add`; none outlives it."""
    started: list[Worker] = []
    yield started
    for worker in started:
        worker.kill()


def add(workers: list[Worker], given: Settings, tmp_path: Path, **environment: str) -> Worker:
    """Start one more worker."""
    worker = Worker(
        given.broker, tmp_path / f"worker-{len(workers)}", environment={"MARSAD_PARTITIONS": "4", **environment}
    )
    workers.append(worker.start())
    return worker


def send_watchlists(given: Settings, watchlists: Iterable[Watchlist]) -> None:
    """Put watchlists on their topic."""
    with admin.Producer(given) as producer:
        for watchlist in watchlists:
            producer.send("news.watchlists", watchlist.id.encode(), encode(watchlist))


def offline(articles: Iterable[Article]) -> tuple[list[Alert], list[tuple[str, Article]]]:
    """The alerts of these articles without a broker, and the articles under their story keys.

    What is told of one country then travels through one partition and keeps its order, as it does in a file.
    """
    enricher = Enricher()
    pipeline = Pipeline(WATCHLISTS, enricher)
    alerts, routed = [], []
    for article in articles:
        enriched = enricher.enrich(article)
        alerts += pipeline.alerts_of(enriched)
        routed.append((story_key(enriched), article))
    return alerts, routed


def send_articles(given: Settings, articles: Iterable[tuple[str, Article]], rate: float | None = None) -> None:
    """Put articles on the stream, as fast as it goes or `rate` a second."""
    start = time.monotonic()
    with admin.Producer(given) as producer:
        for number, (key, article) in enumerate(articles):
            producer.send("news.articles", key.encode(), encode(article))
            if rate and (ahead := start + number / rate - time.monotonic()) > 0:
                time.sleep(ahead)


def alerts_on(given: Settings) -> list[Alert]:
    """Every alert on the stream, repeats of the same bytes left out."""
    found = {message.value: None for message in admin.read(given, ["news.alerts"]) if message and message.value}
    return [Alert.model_validate_json(value) for value in found]


def told(alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    """What alerts say, in an order of their own, without when."""
    return sorted((alert.model_dump(mode="json", exclude={"timings"}) for alert in alerts), key=lambda a: a["id"])


def test_streamed_and_offline_runs_tell_the_same(given: Settings, workers: list[Worker], tmp_path: Path) -> None:
    articles = [article for _, article in generated(300, seed=11)]
    expected, routed = offline(articles)
    assert len({alert.kind for alert in expected}) == 3
    send_watchlists(given, WATCHLISTS)
    worker = add(workers, given, tmp_path).await_ready()
    send_articles(given, routed)
    await_done(given, STAGE_NAMES)
    found = alerts_on(given)
    assert told(found) == told(expected)
    assert all(alert.timings.arrived and alert.timings.enriched and alert.timings.matched for alert in found)
    assert not list(admin.read(given, ["news.rejected"]))
    status, metrics = worker.get("/metrics")
    assert status == 200
    assert 'marsad_articles_in_total{stage="enrichment"} 300.0' in metrics
    assert worker.get("/health")[0] == 200
    # Stopped and started again, it goes on where it was, and tells nothing twice.
    assert worker.stop() == 0, worker.log
    add(workers, given, tmp_path).await_ready()
    send_articles(given, routed[-40:])
    await_done(given, STAGE_NAMES)
    assert told(alerts_on(given)) == told(expected)


_ARTICLE = '"published_at": "2026-03-01T00:00:00Z"'
POISON = {
    "not JSON": (b"{nonsense", "not JSON"),
    "empty": (b"", "not JSON"),
    "wrong shape": (b'["an", "array"]', "array"),
    "no title and no body": (f'{{"url": "https://a.example/1", {_ARTICLE}}}'.encode(), "title and body"),
    "too large": (f'{{"title": "t", "body": "{"x" * MAX_ARTICLE_BYTES}", {_ARTICLE}}}'.encode(), "more than 400,000"),
    "invalid UTF-8": (b'{"title": "caf\xe9", ' + _ARTICLE.encode() + b"}", "UTF-8"),
    "NUL": (f'{{"title": "a\\u0000b", {_ARTICLE}}}'.encode(), "NUL"),
    "a surrogate": (f'{{"title": "a\\ud800b", {_ARTICLE}}}'.encode(), "surrogate"),
    "the year 1900": (b'{"title": "t", "published_at": "1900-01-01"}', "published_at"),
    "the year 2100": (b'{"title": "t", "published_at": "2100-01-01"}', "published_at"),
    "no language": (f'{{"title": "t", "language": "klingon", {_ARTICLE}}}'.encode(), "language"),
}


def test_what_cannot_be_taken_is_put_aside_and_the_stream_goes_on(
    given: Settings, workers: list[Worker], tmp_path: Path
) -> None:
    add(workers, given, tmp_path).await_ready()
    good = [article for _, article in generated(2, seed=3)]
    with admin.Producer(given) as producer:
        producer.send("news.articles", b"one key", encode(good[0]))
        for value, _ in POISON.values():
            producer.send("news.articles", b"one key", value)
        producer.send("news.enriched", b"one key", b'{"article": "no"}')
        producer.send("news.matches", b"one key", b"\xff")
        producer.send("news.watchlists", b"plase", b'{"id": "plase", "query": "plase:Syria"}')
        producer.send("news.watchlists", b"extra", b'{"id": "extra", "query": "Syria", "colour": "red"}')
        producer.send("news.articles", b"one key", encode(good[1]))
    await_done(given, STAGE_NAMES)
    aside = [message for message in admin.read(given, ["news.rejected"]) if message is not None]
    by_value = {message.value: rejected_of(message.headers) for message in aside}
    for name, (value, reason) in POISON.items():
        rejected = by_value[value]
        assert reason in rejected.reason, name
        assert (rejected.stage, rejected.topic) == ("enrichment", "news.articles")
        original = admin.read_one(given, rejected.topic, rejected.partition, rejected.offset)
        assert original is not None
        assert (original.value or b"") == value, name
    assert by_value[b'{"article": "no"}'].stage == "stories"
    assert by_value[b"\xff"].stage == "alerts"
    assert "did you mean 'place'" in by_value[b'{"id": "plase", "query": "plase:Syria"}'].reason
    assert "colour" in by_value[b'{"id": "extra", "query": "Syria", "colour": "red"}'].reason
    assert len(aside) == len(POISON) + 4
    stories = [message for message in admin.read(given, ["news.stories"]) if message is not None]
    assert {message.key for message in stories} == {article.id.encode() for article in good}


def test_a_watchlist_changes_while_articles_flow(given: Settings, workers: list[Worker], tmp_path: Path) -> None:
    add(workers, given, tmp_path).await_ready()
    news = [
        Article(
            title=f"Heavy rain floods streets in Aden, day {day}",
            body="",
            published_at=datetime(2026, 3, day, tzinfo=UTC),
        )
        for day in range(1, 5)
    ]

    def alerted(article: Article) -> set[str]:
        send_articles(given, [("Yemen", article)])
        await_done(given, STAGE_NAMES)
        return {alert.watchlist for alert in alerts_on(given) if alert.article.id == article.id}

    assert alerted(news[0]) == set()
    send_watchlists(given, [Watchlist(id="rain", query='"heavy rain"', notify="every")])
    time.sleep(2)  # within two seconds a change is live: that is the promise
    assert alerted(news[1]) == {"rain"}
    with admin.Producer(given) as producer:  # refused: the old one stays
        producer.send("news.watchlists", b"rain", b'{"id": "rain", "query": "((", "notify": "every"}')
    time.sleep(2)
    assert alerted(news[2]) == {"rain"}
    with admin.Producer(given) as producer:
        producer.send("news.watchlists", b"rain", None)
    time.sleep(2)
    assert alerted(news[3]) == set()


@pytest.mark.parametrize("broker", ["embedded"], indirect=True)
def test_a_second_worker_on_the_embedded_broker_is_refused(
    given: Settings, workers: list[Worker], tmp_path: Path
) -> None:
    add(workers, given, tmp_path).await_ready()
    second = add(workers, given, tmp_path)
    assert second.running is not None
    assert second.running.wait(30) == 3
    assert "Kafka" in second.log


@pytest.mark.timeout(400)
@pytest.mark.parametrize("broker", [pytest.param("kafka", marks=pytest.mark.kafka)], indirect=True)
def test_nothing_is_lost_or_told_twice_when_workers_die_and_join(
    given: Settings, workers: list[Worker], tmp_path: Path
) -> None:
    articles = [article for _, article in generated(3000, seed=5)]
    expected, routed = offline(articles)
    send_watchlists(given, WATCHLISTS)
    one, _ = (add(workers, given, tmp_path) for _ in range(2))
    for worker in workers:
        worker.await_ready()
    send_articles(given, routed[:1000], rate=150)
    one.kill()
    send_articles(given, routed[1000:1600], rate=150)
    add(workers, given, tmp_path)
    send_articles(given, routed[1600:], rate=150)
    await_done(given, STAGE_NAMES, within=300)
    assert told(alerts_on(given)) == told(expected)
    seen = {message.key for message in admin.read(given, ["news.stories"]) if message is not None}
    assert seen == {article.id.encode() for article in articles}
