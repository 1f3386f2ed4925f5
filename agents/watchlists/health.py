"""How watchlists fare: are they useful, have they gone silent, can they match at all?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from streams.records import Feedback

#: A watchlist is silent when it had no hit for so many times its usual interval,
SILENT_AFTER = 5
#: which is known from so many hits on,
USUAL_FROM = 5
#: and is never thought shorter than this: hits come in bursts.
SHORTEST = timedelta(hours=1)
#: What the next interval counts in the usual one.
_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Usual:
    """The hits of a watchlist so far. `interval`: seconds from one to the next, later ones counting more."""

    last: datetime
    hits: int = 1
    interval: float = 0.0


class Rhythm:
    """How often each watchlist finds something. Times come from outside; those before the last one count as it."""

    def __init__(self) -> None:
        self._of: dict[str, Usual] = {}

    def hit(self, watchlist: str, at: datetime) -> None:
        """It found an article."""
        known = self._of.get(watchlist)
        if known is None:
            self._of[watchlist] = Usual(at)
            return
        gap = max(0.0, (at - known.last).total_seconds())
        weight = max(_WEIGHT, 1 / known.hits)  # the first ones count alike
        interval = known.interval + weight * (gap - known.interval)
        self._of[watchlist] = Usual(max(at, known.last), known.hits + 1, interval)

    def forget(self, watchlist: str) -> None:
        """It was changed, or is gone."""
        self._of.pop(watchlist, None)

    def of(self, watchlist: str) -> Usual | None:
        """Its hits so far; None: it had none."""
        return self._of.get(watchlist)

    def is_silent(self, watchlist: str, now: datetime) -> bool:
        """Had it no hit for SILENT_AFTER times its usual interval? Never true of one with few hits."""
        known = self._of.get(watchlist)
        if known is None or known.hits < USUAL_FROM:
            return False
        usual = max(timedelta(seconds=known.interval), SHORTEST)
        return now - known.last > SILENT_AFTER * usual

    def silent(self, now: datetime) -> int:
        """How many are silent."""
        return sum(self.is_silent(watchlist, now) for watchlist in self._of)


@dataclass(slots=True)
class Judged:
    """Alerts that people judged, and how many of them they found useful."""

    judged: int = 0
    useful: int = 0

    @property
    def precision(self) -> float | None:
        """Share of useful ones; None: nobody judged any."""
        return self.useful / self.judged if self.judged else None

    def add(self, *, useful: bool) -> None:
        """One more."""
        self.judged += 1
        self.useful += useful


@dataclass(slots=True)
class Judgements:
    """What people think of a watchlist's alerts, as a whole and of those that each clause gave reasons for."""

    all: Judged = field(default_factory=Judged)
    by_clause: dict[str, Judged] = field(default_factory=dict)


def judgements(feedback: Iterable[Feedback]) -> dict[str, Judgements]:
    """By watchlist. Of an alert that comes twice, the later one counts."""
    newest: dict[str, Feedback] = {}
    for given in feedback:
        known = newest.get(given.alert)
        if known is None or given.at >= known.at:
            newest[given.alert] = given
    found: dict[str, Judgements] = {}
    for given in newest.values():
        of = found.setdefault(given.watchlist, Judgements())
        of.all.add(useful=given.useful)
        for clause in Counter(given.clauses):
            of.by_clause.setdefault(clause, Judged()).add(useful=given.useful)
    return found


def clauses_of(reasons: Iterable[str]) -> tuple[str, ...]:
    """The clauses of an alert's reasons, each once, without what they say of one article (a meaning's cosine)."""
    return tuple(dict.fromkeys(clause.partition(" (cosine ")[0] for clause in reasons))
