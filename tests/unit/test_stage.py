"""The writes of one message: all or none. The map of the stages."""

from __future__ import annotations

import pytest

from streams.errors import InputError
from streams.stage import Pending
from streams.topics import ARTICLES, TOPICS
from streams.topology import ALL_TOPICS, STAGES, stages_named


def test_writes_are_seen_at_once_and_made_later() -> None:
    table = {"a": 1, "b": 2}
    pending = Pending(table)
    pending["c"] = 3
    pending["a"] = 10
    del pending["b"]
    assert dict(pending) == {"a": 10, "c": 3}
    assert len(pending) == 2
    assert "b" not in pending
    assert pending.pop("b", None) is None
    assert table == {"a": 1, "b": 2}
    pending.make()
    assert table == {"a": 10, "c": 3}


def test_dropped_writes_are_never_made() -> None:
    table = {"a": 1}
    pending = Pending(table)
    pending["a"] = 2
    pending.drop()
    pending.make()
    assert table == {"a": 1}
    assert pending["a"] == 1


def test_writes_are_made_in_their_order() -> None:
    made: list[str] = []

    class Recording(dict[str, int]):
        def __setitem__(self, key: str, value: int) -> None:
            made.append(key)
            super().__setitem__(key, value)

    pending = Pending(Recording())
    for key in ("clock", "b", "a"):
        pending[key] = 1
    pending["b"] = 2
    pending.make()
    assert made == ["clock", "a", "b"]


def test_what_is_gone_cannot_go_again() -> None:
    pending = Pending({"a": 1})
    del pending["a"]
    with pytest.raises(KeyError):
        del pending["a"]
    with pytest.raises(KeyError):
        pending["a"]


def test_every_stage_reads_what_another_writes() -> None:
    written = {topic for stage in STAGES.values() for topic in stage.writes}
    for stage in STAGES.values():
        assert stage.reads is ARTICLES or stage.reads in written
        assert {*stage.writes, *stage.follows} <= set(TOPICS)


def test_tables_are_kept_in_compacted_topics() -> None:
    logs = [topic for topic in ALL_TOPICS if topic not in TOPICS]
    assert [log.name for log in logs] == ["marsad-stories-memory-changelog", "marsad-alerts-told-changelog"]
    assert all(log.compacted for log in logs)


def test_stages_are_named_in_the_order_of_the_flow() -> None:
    assert [stage.name for stage in stages_named(["alerts", "stories"])] == ["stories", "alerts"]
    assert len(stages_named()) == 4
    with pytest.raises(InputError, match="choose among enrichment"):
        stages_named(["enrichement"])
