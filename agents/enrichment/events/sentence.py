"""A sentence with its cues found and its clauses told apart: what all later rules look at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from agents.enrichment.events.clauses import Clause, split
from streams.records import Evidence

if TYPE_CHECKING:
    from agents.enrichment.events.grammar import Grammar
    from agents.enrichment.events.lexicon import Hit
    from agents.enrichment.text import FieldText


@dataclass(frozen=True, eq=False)
class Sentence:
    """One sentence of a field. `number` counts from 0 in its field."""

    text: FieldText
    number: int
    bounds: tuple[int, int]
    grammar: Grammar

    @cached_property
    def hits(self) -> dict[str, list[Hit]]:
        """The cues in it, by section of events.yaml."""
        found: dict[str, list[Hit]] = {}
        for hit in self.grammar.cues.find(self.text, *self.bounds):
            found.setdefault(hit.label, []).append(hit)
        return found

    def of(self, label: str) -> list[Hit]:
        """The cues of one section, in order."""
        return self.hits.get(label, [])

    @cached_property
    def clauses(self) -> list[Clause]:
        """Its clauses, in order."""
        return split(self.text, self.bounds, self.of("breakers"))

    def clause_of(self, token: int) -> Clause:
        """The clause a token stands in; one that stands in none (an aside) makes its own."""
        return next((c for c in self.clauses if token in c), Clause((token,)))

    @cached_property
    def contexts(self) -> Counter[str]:
        """What it seems to be about (conflict, sport, market ...), by the number of words that say so."""
        return Counter(str(hit.says["context"]) for hit in self.of("contexts"))

    @property
    def is_title(self) -> bool:
        """Is it of the title?"""
        return self.text.field == "title"

    def evidence(self, of: str, first: int, last: int) -> Evidence:
        """A span of it that proves something."""
        start, end, raw = self.text.slice(first, last)
        return Evidence(field=self.text.field, start=start, end=end, text=raw, of=of)


def sentences_of(text: FieldText, grammar: Grammar) -> list[Sentence]:
    """All sentences of a field."""
    return [Sentence(text, number, bounds, grammar) for number, bounds in enumerate(text.sentences)]


def distance(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Tokens between two stretches of tokens (first, last); 0 if they touch or overlap."""
    return max(other[0] - one[1], one[0] - other[1], 1) - 1
