"""How watchlists fare: silence, usefulness, and what can never be found."""

from datetime import UTC, datetime, timedelta

import pytest

from agents.watchlists.health import SHORTEST, SILENT_AFTER, USUAL_FROM, Rhythm, clauses_of, judgements
from agents.watchlists.presearch import WatchlistIndex
from streams.records import Article, Enriched, Feedback, Watchlist

AT = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def rhythm(*days):
    found = Rhythm()
    for day in days:
        found.hit("a", AT + day * DAY)
    return found


@pytest.mark.parametrize(
    ("days", "after", "silent"),
    [
        (range(10), 4, False),
        (range(10), 6, True),
        (range(USUAL_FROM - 1), 100, False),
        ((), 100, False),
        ([0, 0.001, 0.002, 0.003, 0.004], 0.004 + SILENT_AFTER * SHORTEST / DAY - 0.01, False),
        ([0, 0.001, 0.002, 0.003, 0.004], 0.3, True),
        (range(0, 100, 10), 40, False),
    ],
)
def test_silence_is_many_times_the_usual_interval(days, after, silent):
    last = max(days, default=0)
    found = rhythm(*days)
    now = AT + (after if isinstance(days, list) else last + after) * DAY
    assert found.is_silent("a", now) == silent
    assert found.silent(now) == silent


def test_the_usual_interval_follows_what_is_usual_now():
    found = rhythm(*range(5), *range(10, 200, 10))
    assert found.of("a").interval > 8 * 86400
    assert not found.is_silent("a", AT + 220 * DAY)
    found.forget("a")
    assert found.of("a") is None


def test_times_out_of_order_are_no_interval():
    found = rhythm(3, 1, 2)
    assert (found.of("a").last, found.of("a").interval) == (AT + 3 * DAY, 0)


def given(alert, *, useful, watchlist="a", clauses=(), after=0):
    at = AT + after * DAY
    return Feedback(alert=alert, watchlist=watchlist, useful=useful, at=at, clauses=clauses)


def test_precision_of_a_watchlist_and_of_its_clauses():
    found = judgements(
        [
            given("1", useful=False, clauses=("truce",), after=0),
            given("1", useful=True, clauses=("truce",), after=1),
            given("2", useful=False, clauses=("rain", "truce")),
            given("3", useful=False, clauses=("rain",)),
            given("4", useful=True, watchlist="b"),
        ]
    )
    assert (found["a"].all.useful, found["a"].all.judged) == (1, 3)
    assert {clause: of.precision for clause, of in found["a"].by_clause.items()} == {"truce": 0.5, "rain": 0.0}
    assert found["b"].all.precision == 1.0
    assert judgements([]) == {}


def test_clauses_are_told_apart_from_what_they_say_of_one_article():
    said = ['like:"a (b)"~top1% (cosine 0.47, top 0.4% of 2,000 recent articles in ar)', "truce", "truce"]
    assert clauses_of(said) == ('like:"a (b)"~top1%', "truce")


def enriched(title):
    return Enriched(article=Article(title=title, body="", published_at=AT), language="en")


def test_what_needs_a_term_that_no_article_had_cannot_match():
    index = WatchlistIndex()
    for key, query in {
        "typed": "truce AND alepo",
        "either": "alepo OR truce",
        "none": "alepo OR homz",
        "not": "NOT alepo",
        "good": "truce",
    }.items():
        index.add(Watchlist(id=key, query=query))
    for _ in range(20):
        index.match(enriched("Truce in Aleppo"))
    assert index.cannot_match(least=21) == {}
    wanted = {"typed": ("alepo",), "none": ("alepo", "homz")}
    assert index.cannot_match(least=20) == wanted
    index.add(Watchlist(id="late", query="hamma"))
    assert index.cannot_match(least=20) == wanted
    index.match(enriched("alepo"))
    assert index.cannot_match(least=20) == {}
    index.remove("late")
    index.match(enriched("x"))
    assert index.cannot_match(least=1) == {}
