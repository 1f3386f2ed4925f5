"""What people think of alerts, and how watchlists fare, on a broker."""

import json
from datetime import UTC, datetime

import pytest

from streams.admin import Producer, create_topics, snapshot
from streams.broker import EmbeddedBroker
from streams.codec import cloudevent_headers, decode, encode, schema_headers
from streams.records import Alert, AlertedArticle, Article, DevelopmentRef, Enriched, Feedback, Match, Reason, Watchlist
from streams.settings import load
from streams.topics import ALERTS, ENRICHED, FEEDBACK, MATCHES
from tests.support.command_line import command_line

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def alert(key, *clauses):
    return Alert(
        id=key,
        kind="new",
        watchlist="truces",
        development=DevelopmentRef(id="d", change="new", first_seen=AT),
        article=AlertedArticle(id="x", title="Truce in Aleppo", published_at=AT, language="en"),
        reasons=tuple(Reason(field="title", start=0, end=5, text="Truce", clause=clause) for clause in clauses),
    )


@pytest.fixture
def broker():
    with EmbeddedBroker() as running:
        settings = load(broker=running.address)
        create_topics(settings)
        yield settings


def test_alerts_are_judged_and_it_adds_up(broker, monkeypatch, capsysbinary, tmp_path):
    marsad = command_line(monkeypatch, capsysbinary, tmp_path, MARSAD_BROKER=broker.broker)
    (tmp_path / "w.yaml").write_text("id: truces\nquery: truce OR rain\n---\nid: idle\nquery: snow\n", "utf-8")
    assert marsad("watchlist", "add", "w.yaml")[0] == 0
    article = Article(title="Truce in Aleppo", body="", published_at=AT)
    read = Enriched(article=article, language="en")
    match = Match(watchlist=Watchlist(id="truces", query="truce"), enriched=read)
    with Producer(broker) as producer:
        for one in (alert("a1", "truce", "truce"), alert("a2", "rain")):
            producer.send(ALERTS.name, b"truces", encode(one), cloudevent_headers(one))
        producer.send(ENRICHED.name, b"k", encode(read), schema_headers(read))
        producer.send(MATCHES.name, b"truces", encode(match), schema_headers(match))

    code, out, err = marsad("alerts", "feedback", "a1", "--not-useful")
    assert (code, out, err) == (0, "", "a1 is not useful to truces\n")
    assert marsad("alerts", "feedback", "a1", "--useful", "--by", "desk")[0] == 0
    assert marsad("alerts", "feedback", "a2", "--not-useful", "--note", "weather")[0] == 0
    kept = {key: decode(Feedback, m.value, m.headers) for key, m in snapshot(broker, FEEDBACK.name).items()}
    assert {key: (f.useful, f.by, f.note, f.clauses) for key, f in kept.items()} == {
        b"a1": (True, "desk", "", ("truce",)),
        b"a2": (False, "", "weather", ("rain",)),
    }

    told = {one["watchlist"]: one for one in map(json.loads, marsad("watchlist", "health", "--json")[1].splitlines())}
    assert list(told) == ["idle", "truces"]
    assert told["truces"]["feedback"] == {"judged": 2, "useful": 1, "precision": 0.5}
    assert told["truces"]["by_clause"]["rain"] == {"judged": 1, "useful": 0, "precision": 0.0}
    assert (told["truces"]["hits"], told["truces"]["silent"], told["idle"]["hits"]) == (1, False, 0)

    _, out, _ = marsad("watchlist", "health", "truces")
    assert "1 of 2" in out
    assert "0 of 1 by rain" in out
    assert "idle" not in out


def test_what_is_not_there_is_refused_with_the_fix(broker, monkeypatch, capsysbinary, tmp_path):
    marsad = command_line(monkeypatch, capsysbinary, tmp_path, MARSAD_BROKER=broker.broker)
    code, _, err = marsad("alerts", "feedback", "none", "--useful")
    assert (code, "no alert 'none'" in err, "marsad alerts tail" in err) == (2, True, True)
    code, _, err = marsad("alerts", "feedback", "none", "--useful", "--note", "x" * 2001)
    assert (code, "--note" in err) == (2, True)
    assert marsad("watchlist", "health", "none")[0] == 2
