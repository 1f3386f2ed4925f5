"""The syntax tree of a query: words, values and ranges, joined by AND, OR, NOT, `n of (...)` and `event{...}`."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A time as far from an article's arrival as is said, ten years at most.
_NOW = re.compile(r"now(?:([+-])(\d{1,5})([hdw]))?")
_HOURS = {"h": 1, "d": 24, "w": 168}
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[Tt](.+))?)?)?")


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a query; `start` and `end` are where it stands in the source, in code points."""

    start: int = attribute(default=0, compare=False, kw_only=True)
    end: int = attribute(default=0, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A word in text, title or exact."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Phrase(Node):
    """Words in a row; with `distance`, in any order with at most so many other words between them; `ordered`: in theirs."""

    field: str
    text: str
    distance: int | None = None
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Prefix(Node):
    """Words that begin so."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Wildcard(Node):
    """A word in which `?` stands for any one letter."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Value(Node):
    """A field that is not searched for words: a name, a code, one of the field's values.

    `top`, of a meaning: in per cent, the share of recent articles that are near enough.
    """

    field: str
    text: str
    top: float | None = None


@dataclass(frozen=True, slots=True)
class Range(Node):
    """From `low` to `high`; None is open. Bounds are ISO 8601 dates or times, and a date is the whole day; or `now-7d`."""

    field: str
    low: str | None
    high: str | None
    low_included: bool = True
    high_included: bool = True


@dataclass(frozen=True, slots=True)
class And(Node):
    """All of them."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Any of them."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """All articles but those."""

    child: Node


@dataclass(frozen=True, slots=True)
class AtLeast(Node):
    """At least so many of them."""

    count: int
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class EventOf(Node):
    """One event of which all that is inside is true."""

    child: Node


@dataclass(frozen=True, slots=True)
class Flag(Node):
    """How an event is told; only inside EventOf."""

    name: str


def nodes(node: Node) -> Iterator[Node]:
    """A tree's nodes, each before its children."""
    yield node
    for child in children(node):
        yield from nodes(child)


def children(node: Node) -> tuple[Node, ...]:
    """A node's parts, in order of the query."""
    if isinstance(node, And | Or | AtLeast):
        return node.children
    return (node.child,) if isinstance(node, Not | EventOf) else ()


def asks_meaning(tree: Node) -> bool:
    """Does it hold a `like:`, which takes sentence vectors?"""
    return any(isinstance(node, Value) and node.field == "like" for node in nodes(tree))


def offset(text: str) -> timedelta | None:
    """How far from now `now`, `now-7d`, `now-36h` or `now+1w` is; None: that is no such time."""
    match = _NOW.fullmatch(text)
    if match is None:
        return None
    sign, number, unit = match.groups()
    return timedelta(hours=int(f"{sign}{number}") * _HOURS[unit]) if number else timedelta()


def is_relative(node: Range) -> bool:
    """Does a bound depend on when the article arrives?"""
    return any(bound is not None and offset(bound) is not None for bound in (node.low, node.high))


def moments(text: str, now: datetime | None = None) -> tuple[datetime, datetime]:
    """First moment of a date, month, year or time, and the first moment after it. Raises ValueError."""
    if now is not None and (away := offset(text)) is not None:
        return now + away, now + away + timedelta(microseconds=1)
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, clock = match.groups()
    if clock is not None:
        moment = datetime.fromisoformat(text.upper())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return moment, moment + timedelta(microseconds=1)
    first = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    days = (
        1
        if day
        else calendar.monthrange(first.year, first.month)[1]
        if month
        else 366
        if calendar.isleap(first.year)
        else 365
    )
    return first, first + timedelta(days=days) if first.year < 9999 else datetime.max.replace(tzinfo=UTC)


def bounds(node: Range, now: datetime | None = None) -> tuple[datetime, datetime]:
    """The half-open interval [from, to) of a range, in UTC. `now` is needed where it is_relative."""
    low = datetime.min.replace(tzinfo=UTC)
    high = datetime.max.replace(tzinfo=UTC)
    if node.low is not None:
        low = moments(node.low, now)[0 if node.low_included else 1]
    if node.high is not None:
        high = moments(node.high, now)[1 if node.high_included else 0]
    return low, high
