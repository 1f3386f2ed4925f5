"""The store: offsets and records in one transaction, filters, versions; on every kind of database."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from streams.errors import SettingError
from streams.gateway.filters import AlertFilter, asked_words, facets, millis
from streams.gateway.store import (
    Arrival,
    DeadLetter,
    DevelopmentFilter,
    Feedback,
    Position,
    Removed,
    Store,
    VersionConflictError,
)
from streams.gateway.store.store import version_of
from streams.records import Alert, Rejected, Watchlist
from tests.gateway.conftest import arrivals
from tests.support.alerts import BEGAN, alert_of, development_of

EVERYTHING = AlertFilter()


def ids(found) -> list[str]:
    return [Alert.model_validate_json(stored.body).id for stored in found]


def test_alerts_come_back_as_they_came_newest_first(store):
    alerts = [alert_of(n) for n in range(5)]
    store.take(arrivals(*alerts))
    found = store.alerts(EVERYTHING)
    assert [Alert.model_validate_json(stored.body) for stored in found] == alerts[::-1]
    assert [stored.seq for stored in found] == [5, 4, 3, 2, 1]
    assert ids(store.alerts(EVERYTHING, before=4, limit=2)) == ["alert-2", "alert-1"]
    assert ids(store.alerts_after(3)) == ["alert-3", "alert-4"]
    assert store.newest() == 5
    assert store.alert("alert-2").seq == 3
    assert store.alert("alert-9") is None


def test_what_comes_again_is_stored_once(store):
    alerts = [alert_of(n) for n in range(4)]
    store.take(arrivals(*alerts[:3]))
    store.take(arrivals(*alerts))  # from an offset that was committed before: all of it again
    store.take(arrivals(alerts[0], first=9))  # the same alert once more on the topic
    assert ids(store.alerts(EVERYTHING)) == ["alert-3", "alert-2", "alert-1", "alert-0"]
    assert store.positions() == {Position("news.alerts", 0): 10}


def test_a_failure_stores_neither_records_nor_offsets(store):
    store.take(arrivals(alert_of(0)))
    broken = Arrival(Position("news.rejected", 0), 0, DeadLetter(None, 0, ""))  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        store.take([*arrivals(alert_of(1), first=1), broken])
    assert ids(store.alerts(EVERYTHING)) == ["alert-0"]
    assert store.positions() == {Position("news.alerts", 0): 1}


def test_it_is_all_there_after_a_restart(address):
    one = Store(address)
    one.take(arrivals(alert_of(0), alert_of(1)))
    one.close()
    other = Store(address)
    assert ids(other.alerts(EVERYTHING)) == ["alert-1", "alert-0"]
    assert other.positions() == {Position("news.alerts", 0): 2}
    other.close()


def test_a_message_that_cannot_be_read_only_moves_the_offset(store):
    store.take([Arrival(Position("news.alerts", 3), 7, None)])
    assert store.positions() == {Position("news.alerts", 3): 8}
    assert store.alerts(EVERYTHING) == []


def test_two_gateways_on_one_database_store_everything_once_in_one_order(address):
    """Each reads all partitions, at its own pace: what a reader sees of the numbers never changes behind it."""
    stores = [Store(address), Store(address)]
    watcher = Store(address)
    batches = [
        arrivals(*(alert_of(partition * 100 + n) for n in range(first, first + 5)), first=first, partition=partition)
        for first in range(0, 20, 5)
        for partition in range(2)
    ]
    seen: list[int] = []
    failed: list[BaseException] = []

    def write(store: Store) -> None:
        try:
            for batch in batches:
                store.take(batch)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            failed.append(error)

    threads = [threading.Thread(target=write, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or watcher.newest() > (seen[-1] if seen else 0):
        seen += [stored.seq for stored in watcher.alerts_after(seen[-1] if seen else 0, limit=7)]
    for opened in (*stores, watcher):
        opened.close()
    assert failed == []
    assert seen == list(range(1, 41))


FILTERS = [
    {"watchlists": ("truces",)},
    {"watchlists": ("truces", "border"), "kinds": ("new",)},
    {"kinds": ("update", "denial"), "priorities": ("high",)},
    {"since": millis(BEGAN + timedelta(minutes=10)), "until": millis(BEGAN + timedelta(minutes=20))},
    {"places": frozenset({"Q173545"})},
    {"places": frozenset({"Q858"}), "kinds": ("new",)},
    {"places": frozenset({"Q1"})},
    {"words": asked_words("minister")},
    {"words": asked_words("اتفاق")},
    {"words": asked_words("روسيا إدلب"), "priorities": ("low",)},
    {"words": asked_words("Aleppo 7")},
    {"words": asked_words("nowhere")},
]


@pytest.mark.parametrize("conditions", FILTERS, ids="-".join)
def test_the_database_finds_what_checking_every_alert_finds(store, conditions):
    alerts = [alert_of(n) for n in range(42)]
    store.take(arrivals(*alerts))
    wanted = AlertFilter(**conditions)
    expected = [alert.id for alert in alerts if wanted.admits(facets(alert))]
    assert ids(store.alerts(wanted, limit=100)) == expected[::-1]
    assert ids(store.alerts_after(0, wanted)) == expected


def test_the_filters_of_these_tests_tell_alerts_apart():
    alerts = [facets(alert_of(n)) for n in range(42)]
    found = [sum(AlertFilter(**conditions).admits(alert) for alert in alerts) for conditions in FILTERS]
    assert found[8] == 21, "every Arabic title has an inflected form of the word"
    assert found[6] == found[11] == 0
    assert all(0 < n < 42 for i, n in enumerate(found) if i not in {6, 11})


def test_hostile_text_is_stored_harmlessly(store):
    title = "a\u202eb<script>alert(1)</script>\x00z\u0334 " + "x" * 10_000
    article = alert_of(1).article.model_copy(update={"title": title})
    store.take(arrivals(alert_of(1).model_copy(update={"article": article})))
    (stored,) = store.alerts(EVERYTHING)
    assert Alert.model_validate_json(stored.body).article.title == title
    assert len(store.alerts(AlertFilter(words=asked_words("alert")))) == 1


def test_developments_are_replaced_and_paged_by_when_they_were_heard_of(store):
    store.take(arrivals(*(development_of(n) for n in range(6))))
    later = development_of(1, stage="collapsed", last_seen=BEGAN + timedelta(days=9))
    store.take(arrivals(later, first=6))
    found = store.developments(DevelopmentFilter(), limit=3)
    assert [key for _, key, _ in found] == ["development-1", "development-5", "development-4"]
    at, key, _ = found[-1]
    assert [key for _, key, _ in store.developments(DevelopmentFilter(), before=(at, key))] == [
        "development-3",
        "development-2",
        "development-0",
    ]
    wanted = DevelopmentFilter(kinds=("ceasefire",), stages=("signed",))
    assert [key for _, key, _ in store.developments(wanted)] == ["development-0"]
    assert store.developments(DevelopmentFilter(countries=frozenset({"Q1"}))) == []
    assert '"collapsed"' in store.development("development-1")


def test_feedback_is_one_for_each_person(store):
    store.take(arrivals(alert_of(0)))
    assert store.judge("alert-0", Feedback("a", useful=True, note="", at=1))
    assert store.judge("alert-0", Feedback("b", useful=True, note="", at=2))
    assert store.judge("alert-0", Feedback("a", useful=False, note="old news", at=3))
    assert not store.judge("alert-1", Feedback("a", useful=True, note="", at=4))
    assert [(f.by, f.useful, f.note) for f in store.feedback("alert-0")] == [("b", True, ""), ("a", False, "old news")]


RAIN = Watchlist(id="rain", query="rain")
SNOW = Watchlist(id="rain", query="snow")


def test_a_watchlist_changes_only_from_the_version_that_is_named(store):
    store.change_watchlist("rain", RAIN, expected=None, publish=lambda: 4)
    with pytest.raises(VersionConflictError):
        store.change_watchlist("rain", SNOW, expected=None, publish=lambda: 5)
    with pytest.raises(VersionConflictError):
        store.change_watchlist("rain", SNOW, expected="other", publish=lambda: 5)
    store.change_watchlist("rain", SNOW, expected=version_of(RAIN), publish=lambda: 5)
    assert store.watchlist("rain").watchlist == SNOW
    store.change_watchlist("rain", None, expected=version_of(SNOW), publish=lambda: 6)
    assert store.watchlist("rain") is None
    assert store.watchlists() == []
    store.change_watchlist("rain", RAIN, expected=None, publish=lambda: 7)
    assert [stored.watchlist for stored in store.watchlists()] == [RAIN]


def test_what_could_not_be_published_is_not_changed(store):
    def fail() -> int:
        raise OSError

    with pytest.raises(OSError):
        store.change_watchlist("rain", RAIN, expected=None, publish=fail)
    assert store.watchlist("rain") is None


def test_an_older_message_of_the_topic_does_not_undo_a_newer_change(store):
    store.take(arrivals(RAIN))
    store.change_watchlist("rain", SNOW, expected=version_of(RAIN), publish=lambda: 2)
    store.take(arrivals(Removed("rain"), SNOW, first=1))
    assert store.watchlist("rain").watchlist == SNOW
    store.take(arrivals(Removed("rain"), first=3))
    assert store.watchlist("rain") is None


def test_a_topic_that_was_made_anew_is_read_again(store):
    store.take([*arrivals(RAIN, first=8), *arrivals(alert_of(0), first=5)])
    store.rewind("news.watchlists")
    assert store.positions() == {Position("news.alerts", 0): 6}
    assert store.watchlists() == []
    store.take(arrivals(SNOW))
    assert store.watchlist("rain").watchlist == SNOW


def test_dead_letters_are_listed_by_stage(store):
    letters = [
        DeadLetter(
            Rejected(reason=f"reason {n}", stage=stage, topic="news.articles", partition=0, offset=n, at=BEGAN),
            3,
            "a\0b",
        )
        for n, stage in enumerate(["enrichment", "stories", "enrichment"])
    ]
    store.take(arrivals(*letters))
    store.take(arrivals(*letters))
    assert [row["id"] for row in store.rejected()] == [f"news.rejected/0/{n}" for n in (2, 1, 0)]
    assert [row["source"] for row in store.rejected(stage="stories")] == ["news.articles/0/1"]
    first = store.rejected(limit=1)
    assert [row["reason"] for row in store.rejected(before=first[0]["seq"])] == ["reason 1", "reason 0"]


@pytest.mark.parametrize(
    "wrong",
    ["nonsense", "mysql://user:hush@host/name", "sqlite:////proc/no/such.db", "postgresql://u:hush@127.0.0.1:1/n"],
)
def test_an_address_that_is_wrong_is_said_without_its_password(wrong):
    with pytest.raises(SettingError) as failed:
        Store(wrong)
    assert "MARSAD_DATABASE" in str(failed.value)
    assert "hush" not in str(failed.value)
    assert failed.value.remedy
