"""Rules of the grammar: sequences of kinds, and the longest stretch of a chart that satisfies one.

A pattern is written as kinds with spaces between: `weekday? comma? day of? month|weak_month:month year?`. `?` may be
missing, `|` is or, `:name` is the name the value goes by, `!` says what must not follow; what stands before `@` must be
there and is not of the date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
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
    items: tuple[_Item, ...]
    context: int
    """How many items stand before the date."""

    @classmethod
    def parse(cls, reading: str, pattern: str) -> Rule:
        """A rule from its written form."""
        before, at, inside = pattern.rpartition("@")
        items = []
        for word in (before if at else "").split() + inside.split():
            kinds, _, name = word.removeprefix("!").removesuffix("?").partition(":")
            items.append(_Item(frozenset(kinds.split("|")), name, word.endswith("?"), word.startswith("!")))
        return cls(reading, tuple(items), len(before.split()) if at else 0)

    @property
    def first_kinds(self) -> frozenset[str]:
        """Kinds that a match may start with."""
        found: set[str] = set()
        for item in self.items:
            found |= item.kinds
            if not item.optional:
                break
        return frozenset(found)

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
