"""One watchlist that fails or dawdles stops no other, and is left out after three faults in a row."""

from datetime import UTC, datetime

import pytest

from agents.watchlists import presearch
from agents.watchlists.clauses import Term
from agents.watchlists.presearch import WatchlistIndex
from agents.watchlists.quarantine import STRIKES, Quarantine
from streams.records import Article, Enriched, Watchlist

NEWS = Enriched(
    article=Article(title="Truce in Aleppo", body="", published_at=datetime(2026, 3, 1, tzinfo=UTC)), language="en"
)
GOOD = Watchlist(id="good", query="title:aleppo")


class Clock:
    """Goes on by what is asked of it."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def index(clock):
    found = WatchlistIndex(clock=clock, budget=0.05)
    found.add(Watchlist(id="bad", query="title:truce"))
    found.add(GOOD)
    return found


def asked_of(monkeypatch, what):
    """Whatever asks a title for a truce does this first."""
    holds = Term.holds

    def instead(self, article):
        if "truce" in self.keys:
            what()
        return holds(self, article)

    monkeypatch.setattr(Term, "holds", instead)


def fail():
    raise ZeroDivisionError


def ids(matches):
    return [match.watchlist.id for match in matches]


def test_one_that_fails_stops_no_other_and_is_left_out_after_three_in_a_row(index, monkeypatch):
    asked_of(monkeypatch, fail)
    for n in range(1, STRIKES + 1):
        assert ids(index.match(NEWS)) == ["good"]
        assert [(t.watchlist, t.fault, t.quarantined) for t in index.troubles] == [("bad", "error", n == STRIKES)]
        index.troubles.clear()
    assert (index.quarantined, len(index)) == (1, 2)
    assert ids(index.match(NEWS)) == ids(index.match_all(NEWS)) == ["good"]
    assert index.troubles == []


def test_one_that_dawdles_is_left_out_though_its_late_answer_counts(index, monkeypatch, clock):
    asked_of(monkeypatch, lambda: setattr(clock, "now", clock.now + 0.06))
    for _ in range(STRIKES):
        assert ids(index.match(NEWS)) == ["bad", "good"]
    assert [t.fault for t in index.troubles] == ["overrun"] * STRIKES
    said = str(index.troubles[-1])
    assert "watchlist 'bad' took too long: 0.060 s" in said
    assert "add it again" in said
    assert ids(index.match(NEWS)) == ["good"]


def test_a_good_answer_ends_the_row(index, monkeypatch, clock):
    late = iter([0.06, 0.06, 0.0, 0.06, 0.06, 0.0])
    asked_of(monkeypatch, lambda: setattr(clock, "now", clock.now + next(late)))
    for _ in range(6):
        index.match(NEWS)
    assert (len(index.troubles), index.quarantined) == (4, 0)


def test_evidence_that_fails_counts_too(index, monkeypatch):
    real = presearch.reasons
    monkeypatch.setattr(
        presearch, "reasons", lambda tree, article: fail() if "truce" in str(tree) else real(tree, article)
    )
    for _ in range(STRIKES):
        assert ids(index.match(NEWS)) == ["good"]
    assert index.quarantined == 1


@pytest.mark.parametrize("always", [False, True])
def test_a_changed_one_is_asked_again(index, monkeypatch, always):
    if always:
        index.add(Watchlist(id="bad", query="NOT title:truce"))
    with monkeypatch.context() as patched:
        asked_of(patched, fail)
        for _ in range(STRIKES):
            index.match(NEWS)
    assert index.quarantined == 1
    index.add(Watchlist(id="bad", query="title:truce AND title:aleppo"))
    assert index.quarantined == 0
    assert ids(index.match(NEWS)) == ["bad", "good"]


def test_one_that_is_removed_leaves_the_quarantine(index, monkeypatch):
    asked_of(monkeypatch, fail)
    for _ in range(STRIKES):
        index.match(NEWS)
    index.remove("bad")
    assert (index.quarantined, len(index)) == (0, 1)


def test_without_a_clock_nothing_is_late(monkeypatch, clock):
    index = WatchlistIndex(budget=0.0)
    index.add(GOOD)
    assert ids(index.match(NEWS)) == ["good"]
    assert index.troubles == []


def test_faults_of_different_watchlists_are_no_row():
    quarantine = Quarantine()
    found = [quarantine.fault(name, "error", "") for name in ("a", "b", "a", "b")]
    assert not any(trouble.quarantined for trouble in found)
    assert len(quarantine) == 0
