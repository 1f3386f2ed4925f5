"""The agents: which messages come of a message, and the loop around them, without a broker."""

from __future__ import annotations

import asyncio
import functools
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from agents.watchlists.agent import apply
from agents.watchlists.presearch import WatchlistIndex
from streams import codec, metrics, settings
from streams.app import StageApp
from streams.errors import InputError
from streams.records import Alert, Article, Development, Enriched, Match, Rejected, Watchlist
from streams.stage import Incoming, Outgoing, Stage
from streams.topics import ALERTS, DEVELOPMENTS, ENRICHED, MAX_MESSAGE_BYTES, REJECTED, STORIES, TopicSpec
from streams.topology import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEWS = Article(
    title="Russia and Turkey sign ceasefire for Idlib",
    body="Russia and Turkey signed a ceasefire agreement for Idlib in Syria on Monday.",
    published_at=AT,
    url="https://a.example/1",
    source="a.example",
)


def message(topic: TopicSpec, value: bytes, offset: int = 7, key: bytes = b"k") -> Incoming:
    """A message on partition 3 of a topic."""
    return Incoming(topic.name, 3, offset, AT, key, value, [])


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The work of a stage by name, with a dict for its table."""

    def of(name: str) -> Any:
        found: list[Any] = []
        monkeypatch.setattr(StageApp, "state", lambda _: {})
        monkeypatch.setattr(StageApp, "follow", lambda *_: SimpleNamespace(caught_up=asyncio.Event()))
        monkeypatch.setattr(Stage, "run", lambda _, work: found.append(work))
        app = StageApp(STAGES[name], settings.load(encoder="off"), is_embedded=False)
        STAGES[name].register(app)
        return found[0]

    return of


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MARSAD_DATA_DIR", str(tmp_path))


def test_an_article_becomes_an_alert_stage_by_stage(work: Any) -> None:
    (enriched,) = work("enrichment")(message(STAGES["enrichment"].reads, codec.encode(NEWS)))
    assert (enriched.topic, enriched.key) == (ENRICHED, "Q858")
    assert enriched.record.timings.arrived == AT

    tell = work("stories")
    register, story = tell(message(ENRICHED, codec.encode(enriched.record)))
    assert (register.topic, type(register.record)) == (DEVELOPMENTS, Development)
    assert (story.topic, story.key, story.partition) == (STORIES, NEWS.id, 3)
    assert story.record.development.id == register.key == register.record.id
    assert story.record.timings.enriched == AT
    # The same position gives the same bytes again; another one tells that it was seen before.
    assert codec.encode(list(tell(message(ENRICHED, codec.encode(enriched.record))))[-1].record) == codec.encode(
        story.record
    )
    (again,) = tell(message(ENRICHED, codec.encode(enriched.record), offset=8))
    assert again.record.development.what == "seen before"

    watchlist = Watchlist(id="truces", query="agreement:ceasefire")
    index = WatchlistIndex()
    index.add(watchlist)
    (match,) = index.match(codec.decode(Enriched, codec.encode(story.record)))

    alert = work("alerts")
    (told,) = alert(message(STAGES["alerts"].reads, codec.encode(match)))
    assert (told.topic, told.key, told.record.kind) == (ALERTS, "truces", "new")
    assert dict(told.headers)["ce_id"].decode() == told.record.id
    assert told.record.timings.matched == AT
    assert told.record.timings.alerted is not None
    (replayed,) = alert(message(STAGES["alerts"].reads, codec.encode(match)))
    assert codec.encode(replayed.record) == codec.encode(told.record)
    assert not list(alert(message(STAGES["alerts"].reads, codec.encode(match), offset=8)))


def test_an_article_in_a_language_without_a_pack_is_matched_on_its_words_and_counted(work: Any) -> None:
    def counted(language: str) -> float:
        return float(metrics.unsupported_language.labels(language=language)._value.get())

    before = counted("ru"), counted("other")
    enrich = work("enrichment")
    russian = NEWS.model_copy(
        update={
            "title": "Стороны объявили о перемирии",
            "body": "Об этом сообщил представитель министерства, он также заявил.",
        }
    )
    (enriched,) = enrich(message(STAGES["enrichment"].reads, codec.encode(russian)))
    claimed = NEWS.model_copy(update={"title": "12", "body": "", "language": "xx-made-up"})
    list(enrich(message(STAGES["enrichment"].reads, codec.encode(claimed))))
    assert enriched.record.language == "ru"
    assert (counted("ru"), counted("other")) == (before[0] + 1, before[1] + 1)

    index = WatchlistIndex()
    index.add(Watchlist(id="truce", query="перемирии"))
    (match,) = index.match(enriched.record)
    assert [reason.text for reason in match.reasons] == ["перемирии"]


def test_a_watchlist_comes_changes_and_goes() -> None:
    topic = STAGES["watchlists"].follows[0]
    index = WatchlistIndex()
    apply(index, message(topic, b'{"id": "a", "query": "rain"}', key=b"a"))
    with pytest.raises(InputError, match="query"):
        apply(index, message(topic, b'{"id": "a", "query": "(("}', key=b"a"))
    with pytest.raises(InputError, match="under the key 'b'"):
        apply(index, message(topic, b'{"id": "a", "query": "snow"}', key=b"b"))
    assert [watchlist.query for watchlist in index] == ["rain"]
    apply(index, message(topic, b"", key=b"a"))
    assert not len(index)


# --- the loop -------------------------------------------------------------------------------------------------------


class Broker:
    """Takes what is sent; delivers, or fails, when told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, ...]] = []
        self.futures: list[asyncio.Future[None]] = []

    async def send(self, *letter: Any) -> asyncio.Future[None]:
        self.sent.append(letter)
        self.futures.append(asyncio.get_running_loop().create_future())
        return self.futures[-1]


class App:
    """What Stage asks of a Faust app."""

    def __init__(self) -> None:
        self.stage = STAGES["enrichment"]
        self.producer = Broker()
        self.consumer_generation_id = 1
        self.should_stop = False
        self.crash_reason: BaseException | None = None

    async def crash(self, reason: BaseException) -> None:
        self.crash_reason = reason


class Stream:
    """Counts acknowledgements."""

    def __init__(self) -> None:
        self.acked: list[Any] = []

    async def ack(self, event: Any) -> None:
        self.acked.append(event)


EVENT = SimpleNamespace(
    message=SimpleNamespace(
        topic="news.articles",
        partition=3,
        offset=7,
        timestamp=AT.timestamp(),
        key=b"k",
        value=b"raw",
        headers=None,
        generation_id=1,
    )
)


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test in an event loop of its own."""

    @functools.wraps(test)
    def run(*args: Any, **named: Any) -> None:
        asyncio.run(test(*args, **named))

    return run


async def settle() -> None:
    """Let callbacks run."""
    for _ in range(5):
        await asyncio.sleep(0)


async def take(work: Any) -> tuple[App, Stream]:
    """One message through the loop."""
    app, stream = App(), Stream()
    await Stage(app)._take(stream, EVENT, work)  # type: ignore[arg-type]
    await settle()
    return app, stream


@in_loop
async def test_a_message_is_acknowledged_when_all_that_came_of_it_is_delivered() -> None:
    app, stream = await take(lambda _: [Outgoing(STORIES, "a", NEWS), Outgoing(STORIES, "b", NEWS)])
    assert [letter[:2] for letter in app.producer.sent] == [("news.stories", b"a"), ("news.stories", b"b")]
    app.producer.futures[0].set_result(None)
    await settle()
    assert stream.acked == []
    app.producer.futures[1].set_result(None)
    await settle()
    assert stream.acked == [EVENT]


@in_loop
async def test_a_message_of_which_nothing_comes_is_acknowledged_at_once() -> None:
    assert (await take(lambda _: []))[1].acked == [EVENT]


@in_loop
async def test_what_was_not_delivered_stops_the_stage_unacknowledged() -> None:
    app, stream = await take(lambda _: [Outgoing(STORIES, "a", NEWS)])
    app.producer.futures[0].set_exception(OSError("disk full"))
    await settle()
    assert stream.acked == []
    assert "disk full" in str(app.crash_reason)


@in_loop
async def test_a_message_that_went_to_another_worker_is_not_acknowledged() -> None:
    app, stream = await take(lambda _: [Outgoing(STORIES, "a", NEWS)])
    app.consumer_generation_id = 2
    app.producer.futures[0].set_result(None)
    await settle()
    assert stream.acked == []


def _refuse(_: Incoming) -> list[Outgoing]:
    raise InputError("title: wrong", field="title", remedy="mend it")


def _break(_: Incoming) -> list[Outgoing]:
    return [1 / 0]  # type: ignore[list-item]


def _burst(_: Incoming) -> list[Outgoing]:
    return [Outgoing(STORIES, "a", NEWS.model_copy(update={"body": "x" * MAX_MESSAGE_BYTES}))]


@pytest.mark.parametrize(
    ("work", "reason"),
    [(_refuse, "title: wrong; mend it"), (_break, "internal error: ZeroDivisionError"), (_burst, "its Article has")],
)
@in_loop
async def test_what_cannot_be_taken_is_put_aside(work: Any, reason: str) -> None:
    app, stream = await take(work)
    ((topic, key, value, partition, _, headers),) = app.producer.sent
    assert (topic, key, value, partition) == (REJECTED.name, b"k", b"raw", None)
    rejected = codec.rejected_of(headers)
    assert reason in rejected.reason
    assert rejected == Rejected(
        reason=rejected.reason, stage="enrichment", topic="news.articles", partition=3, offset=7, at=rejected.at
    )
    app.producer.futures[0].set_result(None)
    await settle()
    assert stream.acked == [EVENT]


def test_the_records_of_the_flow_have_schemas() -> None:
    assert all(
        record.model_json_schema() for record in (Article, Enriched, Match, Alert, Development, Rejected, Watchlist)
    )


def test_the_writes_of_a_table_are_what_faust_reads_back(monkeypatch: pytest.MonkeyPatch) -> None:
    app = StageApp(STAGES["stories"], settings.load(encoder="off"), is_embedded=False)
    table = app.state()
    monkeypatch.setattr(table, "partition_for_key", lambda _: 3)
    table.on_key_set("Q858|clock", '{"now":"هدنة"}')
    table.on_key_del("Q858|old")
    written, gone = table.take_writes()
    assert (written.topic, written.partition) == ("marsad-stories-memory-changelog", 3)
    read = app.serializers
    assert read.loads_key(str, written.key, serializer=table.key_serializer) == "Q858|clock"
    assert read.loads_value(None, written.value, serializer=table.value_serializer) == '{"now":"هدنة"}'
    assert (read.loads_key(str, gone.key, serializer=table.key_serializer), gone.value) == ("Q858|old", None)
    assert table.take_writes() == []


def test_a_watchlist_that_fails_is_counted_and_stops_no_other(work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[WatchlistIndex] = []

    def index(**options: Any) -> WatchlistIndex:
        made.append(WatchlistIndex(**options))
        for name, query in (("bad", "NOT language:fr"), ("good", "text:ceasefire")):
            made[0].add(Watchlist(id=name, query=query))
        return made[0]

    monkeypatch.setattr("agents.watchlists.agent.WatchlistIndex", index)
    monkeypatch.setattr("agents.watchlists.clauses.Written.holds", lambda *_: 1 / 0)
    match = work("watchlists")
    faults = metrics.watchlist_faults.labels(reason="error")
    before = faults._value.get()
    for offset in range(4):
        sent = list(match(message(STORIES, codec.encode(Enriched(article=NEWS, language="en")), offset)))
        assert [outgoing.key for outgoing in sent] == ["good"]
    assert (faults._value.get() - before, metrics.watchlists_quarantined._value.get()) == (3, 1)
