"""Rules of the grammar: sequences of kinds, and the longest stretch of a chart that satisfies one.

A pattern is written as kinds with spaces between: `weekday? comma? day of? month|weak_month:month year?`. `?` may be
missing, `|` is or, `:name` is the name the value goes by, `!` says what must not follow; what stands before `@` must be
there and is not of the date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.enrichment.dates.lexicon import Chart


class _Item(NamedTuple):
    kinds: frozenset[str]
    name: str
    optional: bool
    forbidden: bool


class Found(NamedTuple):
    """A stretch of tokens (`end` not included) that a rule reads, and the values in it by name."""

    first: int
    end: int
    values: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Rule:
    """A pattern, and the name of the reading (agents.enrichment.dates.readings) that makes an interval of its values."""

    reading: str
    order: int
    """Its place in the table: of two that read the same words, the first one counts."""
    items: tuple[_Item, ...]
    context: int
    """How many items stand before the date."""

    @classmethod
    def parse(cls, reading: str, order: int, pattern: str) -> Rule:
        """A rule from its written form."""
        before, at, inside = pattern.rpartition("@")
        items = []
        for word in (before if at else "").split() + inside.split():
            kinds, _, name = word.removeprefix("!").removesuffix("?").partition(":")
            items.append(_Item(frozenset(kinds.split("|")), name, word.endswith("?"), word.startswith("!")))
        return cls(reading, order, tuple(items), len(before.split()) if at else 0)

    @property
    def beginnings(self) -> frozenset[tuple[str, str]]:
        """The kinds of its first two lexemes; '' where it may end after one. Rules are looked up by them."""
        return frozenset(
            (first, second)
            for number in self._next(0)
            if number < len(self.items)
            for first in self.items[number].kinds
            for after in self._next(number + 1)
            for second in (self.items[after].kinds if after < len(self.items) else ("",))
        )

    def _next(self, number: int) -> Iterator[int]:
        """Numbers of the items that may come next, from one on; the number of items, if it may end."""
        while number < len(self.items):
            item = self.items[number]
            if not item.forbidden:
                yield number
                if not item.optional:
                    return
            number += 1
        yield number

    def match(self, chart: Chart, position: int) -> Found | None:
        """The longest match that starts at a token."""
        return self._match(chart, 0, position)

    def _match(self, chart: Chart, number: int, position: int) -> Found | None:
        if number == len(self.items):
            return Found(position, position, {})
        item = self.items[number]
        if item.forbidden:
            if any(lexeme.kind in item.kinds for lexeme in chart.get(position, ())):
                return None
            return self._match(chart, number + 1, position)
        best = self._match(chart, number + 1, position) if item.optional else None
        for lexeme in chart.get(position, ()):
            if lexeme.kind in item.kinds:
                rest = self._match(chart, number + 1, lexeme.end)
                if rest is not None and (best is None or rest.end > best.end):
                    best = Found(rest.first, rest.end, {item.name or lexeme.kind: lexeme.value, **rest.values})
        if best is not None and number >= self.context:
            return best._replace(first=position)
        return best
