"""The grammar of a language's event news: its events.yaml, compiled. A language without one has no events."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from agents.enrichment.events.lexicon import Lexicon
from agents.enrichment.languages import pack
from agents.enrichment.text import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRIGGERS = ("triggers", "anaphors", "names")
_CUES = (
    "kind_cues", "contexts", "stages", "future", "hedges", "negators", "pluperfect", "history", "prepositions",
    "concessions", "participles", "breakers", "roles", "venues", "locatives", "not_actors", "affairs", "speakers",
    "offices", "wholes", "attributes", "excepted", "titles",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """What triggers an event, the cues around it, and the names that play fixed parts."""

    triggers: Lexicon
    cues: Lexicon
    others: Lexicon
    """Triggers of events that are no agreements, by PLOVER type."""
    capitals: frozenset[str]
    hosts: frozenset[str]
    bystanders: frozenset[str]
    go_betweens: frozenset[str]
    regions: frozenset[str]
    organs: frozenset[str]
    """Words in the names of organisations that act for their country (army, ministry)."""


def _names(table: Mapping[str, Any], section: str) -> frozenset[str]:
    """Normalised names of a list of names; a blank within a name is written as an underscore."""
    return frozenset(
        " ".join(normalise(word) for word in name.split("_")) for name in str(table.get(section, "")).split()
    )


@cache
def grammar(language: str) -> Grammar | None:
    """The grammar of a language; None if its pack has no events.yaml."""
    table = pack(language).table("events.yaml")
    if not table:
        return None
    return Grammar(
        Lexicon.compile(table, _TRIGGERS),
        Lexicon.compile(table, _CUES),
        Lexicon.compile(table, ("plover",)),
        _names(table, "capitals"),
        _names(table, "hosts"),
        _names(table, "bystanders"),
        _names(table, "go_betweens"),
        _names(table, "regions"),
        _names(table, "organs"),
    )
