"""Clauses: the stretches of a sentence within which a cue speaks of a trigger.

A comma alone parts nothing (Arabic chains them, and asides stand between two of them); what parts clauses is a
conjunction such as لكن or while, a relative pronoun, a colon or semicolon, and "and" before a finite verb. An aside
between commas (وفق بيان صدر ..., according to ...) is lifted out, and what stands around it is one clause; a relative
clause ends at the next comma, and the clause it stands in goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.enrichment.events.lexicon import Hit
    from agents.enrichment.text import FieldText

_COMMAS = frozenset("،,")
_BREAKS = frozenset(";؛:")


@dataclass(frozen=True, slots=True)
class Clause:
    """Token numbers of a clause, in order; asides are left out. `relative`: it only describes a noun before it."""

    tokens: tuple[int, ...]
    relative: bool = False

    @property
    def first(self) -> int:
        """Its first token."""
        return self.tokens[0]

    @property
    def last(self) -> int:
        """Its last token."""
        return self.tokens[-1]

    def __contains__(self, token: int) -> bool:
        return token in self.tokens


def split(text: FieldText, sentence: tuple[int, int], breakers: Sequence[Hit]) -> list[Clause]:
    """The clauses of a sentence. `breakers` are hits of the sections `breakers` (with `kind`) in it."""
    opens = {hit.first: hit.says["kind"] for hit in breakers}
    clauses: list[Clause] = []
    current: list[int] = []
    relative = aside = False
    for number in range(*sentence):
        raw = text.tokens[number].raw
        kind = opens.get(number)
        after_comma = number > sentence[0] and text.tokens[number - 1].raw in _COMMAS
        if aside and raw in _COMMAS:
            aside = False
            continue
        if kind == "aside" and after_comma and _comma_after(text, number, sentence[1]):
            aside = True
        if aside:
            continue
        if relative and raw in _COMMAS and clauses:
            described = Clause(tuple(current), relative=True)
            current, relative = [*clauses.pop().tokens, number], False
            clauses.append(described)
            continue
        if current and (raw in _BREAKS or (kind in ("clause", "relative"))):
            clauses.append(Clause(tuple(current), relative))
            current, relative = [], kind == "relative"
        current.append(number)
    if current:
        clauses.append(Clause(tuple(current), relative))
    return clauses


def _comma_after(text: FieldText, number: int, end: int) -> bool:
    """Does the aside that begins here end at a comma within twelve tokens?"""
    return any(text.tokens[n].raw in _COMMAS for n in range(number + 1, min(end, number + 13)))
