"""What is remembered under a key: windows, deletion, and commits that a crash cannot tear."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from agents.memory import Memory
from agents.stories.decide import decide
from agents.testing import Crash, Timeline, Torn, moment, report

START = moment("2026-01-01")


def remember(state: dict[str, Any], day: float, name: str, days: int = 30, **record: Any) -> None:
    memory = Memory(state, "k")
    memory.advance(START + timedelta(days=day))
    memory.remember(name, record, days)
    memory.commit(seal=name)


def recall(state: dict[str, Any], day: float, name: str, days: int = 30) -> dict[str, Any] | None:
    memory = Memory(state, "k")
    memory.advance(START + timedelta(days=day))
    return memory.recall(name, days)


def test_a_record_is_there_for_its_window_and_no_longer() -> None:
    state: dict[str, Any] = {}
    remember(state, 0, "a", v=1)
    assert (recall(state, 30, "a") or {})["v"] == 1
    assert recall(state, 31, "a") is None


def test_a_late_article_does_not_turn_time_back() -> None:
    state: dict[str, Any] = {}
    remember(state, 40, "a", v=1)
    remember(state, 0, "b", v=2)
    assert recall(state, 0, "b") is not None, "it counts from when it was heard, not from its own date"


def test_a_record_that_is_written_again_stays() -> None:
    state: dict[str, Any] = {}
    for day in range(0, 200, 20):
        remember(state, day, "a", v=day)
    assert (recall(state, 205, "a") or {})["v"] == 180


def test_what_is_out_of_the_window_is_deleted() -> None:
    state: dict[str, Any] = {}
    counts = []
    for n in range(4000):
        remember(state, n / 20, f"r{n}", v=n)
        counts.append(len(state))
    window = 30 * 20
    assert max(counts[window + 100 :]) <= window + 60, "records of the window, and its queue"
    assert counts[-1] == pytest.approx(counts[1500], abs=5)


def test_a_long_silence_is_caught_up_with() -> None:
    state: dict[str, Any] = {}
    for n in range(500):
        remember(state, 0, f"r{n}", v=n)
    for n in range(200):
        remember(state, 100, f"s{n}", v=n)
    assert not [name for name in state if name.startswith("k|r")]


def test_windows_of_different_length_live_side_by_side() -> None:
    state: dict[str, Any] = {}
    remember(state, 0, "long", days=400)
    for n in range(100):
        remember(state, n, f"short{n}", days=30)
    assert recall(state, 399, "long", 400) is not None
    assert len([name for name in state if "short" in name]) <= 32


@pytest.mark.parametrize("writes", range(6))
def test_a_torn_commit_is_made_up_for(writes: int) -> None:
    state: dict[str, Any] = {}
    remember(state, 0, "a", v=1)
    torn = Torn(state, writes)
    memory = Memory(torn, "k")
    for name in "bcd":
        memory.remember(name, {"v": 2}, 30)
    memory.remember("a", {"v": 2}, 30)
    try:
        memory.commit(seal="a")
    except Crash:
        assert writes < 5
    found = {
        name: (Memory(torn_as_dict, "k").recall(name, 30) or {}).get("v")
        for torn_as_dict in [dict(torn)]
        for name in "abcd"
    }
    assert found in ({"a": 1, "b": None, "c": None, "d": None}, {"a": 2, "b": 2, "c": 2, "d": 2})


def test_the_memory_of_stories_and_alerts_follows_the_window() -> None:
    """Twice the articles over twice the time need no more room than once."""
    timeline = Timeline("every")
    sizes = []
    for n in range(1800):
        at = START + timedelta(days=n / 10)
        words = " ".join(
            f"{word}{n * 31 % 997}" for word in ("rain", "on", "roads", "near", "town", "number", "and", "so")
        )
        enriched = report(
            f"{at:%Y-%m-%d %H:%M}", kind=None, url=f"https://a.example/{n}", title=words, body=f"{words} {words}x"
        )
        assert timeline.push(enriched) is not None
        sizes.append((len(timeline.stories), len(timeline.told)))
    again = report(
        f"{at:%Y-%m-%d %H:%M}",
        kind=None,
        url="https://b.example/c",
        source="b.example",
        title=words,
        body=f"{words} {words}x",
    )
    assert timeline.push(again) is None, "a copy inside the window is still suppressed"
    (stories_before, told_before), (stories_after, told_after) = sizes[700], sizes[-1]
    assert stories_after <= stories_before * 1.05
    assert told_after <= told_before * 1.05


def test_values_of_state_are_json() -> None:
    import json

    state: dict[str, Any] = {}
    decide(report("2026-03-02"), state, position="in/0/0")
    assert json.loads(json.dumps(state)) == state
