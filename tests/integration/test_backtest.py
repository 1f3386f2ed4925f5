"""A backtest of what a broker keeps."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from streams.admin import Producer, create_topics
from streams.broker import EmbeddedBroker
from streams.codec import encode, schema_headers
from streams.records import Article, Enriched
from streams.settings import load
from streams.topics import ENRICHED
from tests.support.command_line import command_line

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


def test_what_arrived_since_is_replayed(monkeypatch, capsysbinary, tmp_path):
    (tmp_path / "w.yaml").write_text("id: a\nquery: truce\n", "utf-8")

    def enriched(title):
        article = Article(title=title, body="", published_at=datetime(2026, 3, 1, tzinfo=UTC))
        return Enriched(article=article, language="en")

    with EmbeddedBroker() as running:
        settings = load(broker=running.address)
        create_topics(settings)

        def send(*titles):
            with Producer(settings) as producer:
                for title in titles:
                    record = enriched(title)
                    producer.send(ENRICHED.name, title.encode(), encode(record), schema_headers(record))
                producer.send(ENRICHED.name, b"k", b"{broken")

        send("Truce long ago")
        time.sleep(1.1)
        since = datetime.now(UTC)
        send("Truce in Aleppo", "Truce in Homs", "Rain in Hama", "Truce in Homs")
        marsad = command_line(monkeypatch, capsysbinary, tmp_path, MARSAD_BROKER=running.address)

        def told(moment):
            code, out, err = marsad("watchlist", "backtest", "w.yaml", "--since", moment.isoformat(), "--json")
            assert (code, "news.enriched/" in err) == (0, True)
            return json.loads(out)

        late, all_of_it = told(since), told(since - timedelta(days=1))
    assert (late["articles"], late["hits"], late["alerts"]) == (3, 2, 2)
    assert (all_of_it["articles"], all_of_it["hits"]) == (4, 3)
