"""What a stage remembers under one key: a window of small records in a shared mapping.

The mapping is a dict offline and a Faust table on the stream, whose every write goes to a changelog. Three things follow.

*Small records.* Each thing remembered is a record of its own, under `<key>|<name>`; nothing grows with what was seen.

*A window.* Time is the largest `published_at` seen under the key, never a clock, so that offline and streamed runs agree.
A record older than its window is not there for a reader; its deletion follows, a few at each commit. Which records come
due is kept in queues of chunks: `<key>|due|<days>|<chunk>`.

*All or nothing.* After a crash the changelog holds the writes up to some point, perhaps in the midst of an article's. So
the first write of an article, to `<key>|clock`, carries all others with it, and whoever opens the key next makes up for
those that are missing: `Memory` is a write-ahead log of one entry.

Values are kept as JSON text, half the size of the objects, and nothing outside can change them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence
    from datetime import datetime

DAY = 86_400
#: Entries in one chunk of a queue, and how many of them are looked at in one commit: more than one article adds.
CHUNK = 32
DELETIONS = 4


def _packed(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> dict[str, Any]:
    """A record as it is kept in the mapping."""
    record: dict[str, Any] = json.loads(text)
    return record


class Memory:
    """Read and write the records of one key. Records are JSON-able dicts; `t`, the time of the last write, is added.

    Reads see the writes made so far; the mapping sees them at `commit`, in an order that a crash cannot tear.
    """

    def __init__(self, state: MutableMapping[str, Any], key: str) -> None:
        self._state = state
        self._prefix = f"{key}|"
        clock = state.get(f"{self._prefix}clock")
        head: dict[str, Any] = unpacked(clock) if clock else {"now": 0, "due": {}, "redo": []}
        self.now: int = head["now"]
        self._due: dict[str, dict[str, Any]] = {days: dict(queue) for days, queue in head["due"].items()}
        self._writes: dict[str, dict[str, Any] | None] = {}
        self._fresh: dict[int, list[str]] = {}
        self._make_up(head["redo"])

    def advance(self, moment: datetime) -> None:
        """Time has come to `moment`; a late article does not turn it back."""
        self.now = max(self.now, int(moment.timestamp()))

    def recall(self, name: str, days: int) -> dict[str, Any] | None:
        """The record of that name, unless it was last written more than `days` ago."""
        record = self._read(name)
        return record if record is not None and record["t"] >= self.now - days * DAY else None

    def remember(self, name: str, record: dict[str, Any], days: int) -> None:
        """Keep a record for `days` from now on."""
        if self._read(name) is None:
            self._fresh.setdefault(days, []).append(name)
        self._writes[name] = {**record, "t": self.now}

    def commit(self, seal: str) -> None:
        """Write everything. The record named `seal` is written last; it must differ from its former value."""
        for days, names in self._fresh.items():
            self._enqueue(str(days), names)
        for window in list(self._due):
            self._expire(window)
        self._fresh = {}
        sealing = self._writes.pop(seal)
        writes = [*self._writes.items(), (seal, sealing)]
        redo = [(name, None if record is None else _packed(record)) for name, record in writes]
        self._state[f"{self._prefix}clock"] = _packed({"now": self.now, "due": self._due, "redo": redo})
        self._write(redo)
        self._writes = {}

    def _read(self, name: str) -> dict[str, Any] | None:
        if name in self._writes:
            return self._writes[name]
        text = self._state.get(self._prefix + name)
        return unpacked(text) if text is not None else None

    def _make_up(self, redo: Sequence[tuple[str, str | None]]) -> None:
        """Repeat the last commit if its last write is missing."""
        if redo and self._state.get(self._prefix + redo[-1][0]) != redo[-1][1]:
            self._write(redo)

    def _write(self, redo: Sequence[tuple[str, str | None]]) -> None:
        for name, text in redo:
            if text is None:
                self._state.pop(self._prefix + name, None)
            else:
                self._state[self._prefix + name] = text

    def _enqueue(self, days: str, names: list[str]) -> None:
        queue = self._due.setdefault(days, {"first": 0, "last": 0, "open": []})
        entries = [*queue["open"], [self.now, names]]
        if len(entries) >= CHUNK:
            self._writes[f"due|{days}|{queue['last']}"] = {"entries": entries, "t": self.now}
            queue["last"] += 1
            entries = []
        queue["open"] = entries

    def _expire(self, days: str) -> None:
        """Delete what is older than the window, from the oldest entries of a queue; what was written since stays."""
        queue = self._due[days]
        horizon = self.now - int(days) * DAY
        for _ in range(DELETIONS):
            chunk = f"due|{days}|{queue['first']}" if queue["first"] < queue["last"] else None
            record = self._read(chunk) if chunk else None
            entries = record["entries"] if record else queue["open"]
            if not entries or entries[0][0] >= horizon:
                return
            [_, names], *rest = entries
            if chunk is None:
                queue["open"] = rest
            elif rest:
                self._writes[chunk] = {"entries": rest, "t": self.now}
            else:
                self._writes[chunk] = None
                queue["first"] += 1
            kept = [name for name in names if not self._forget(name, horizon)]
            if kept:
                self._enqueue(days, kept)

    def _forget(self, name: str, horizon: int) -> bool:
        record = self._read(name)
        if record is not None and record["t"] >= horizon:
            return False
        self._writes[name] = None
        return True
