"""The rules of identity and change as data: developments.yaml, explained in docs/developments.md."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from streams.records import Label


@dataclass(frozen=True, slots=True)
class Rules:
    """developments.yaml."""

    family: dict[str, str]
    country_wide: frozenset[str]
    related: frozenset[frozenset[str]]
    mediators: frozenset[str]
    silence: dict[str, dict[str, tuple[int, int]]]
    related_silence: dict[str, tuple[int, int]]
    country_disjoint: tuple[int, int]
    follows: frozenset[str]
    beyond_talks: frozenset[str]
    reopens_after: dict[str, int]
    weights: dict[str, float]
    transitions: dict[str, frozenset[str]]
    again: dict[str, int]
    line: tuple[str, ...]
    labels: dict[str, Label]


@cache
def rules() -> Rules:
    """The identity and transition rules."""
    table = yaml.safe_load((resources.files(__package__) / "developments.yaml").read_text(encoding="utf-8"))
    return Rules(
        family={kind: family for family, kinds in table["families"].items() for kind in kinds},
        country_wide=frozenset(table["country_wide"]),
        related=frozenset(frozenset(pair) for pair in table["related"]),
        mediators=frozenset(table["mediators"]),
        silence={p: {q: (d[0], d[1]) for q, d in row.items()} for p, row in table["silence"].items()},
        related_silence={q: (d[0], d[1]) for q, d in table["related_silence"].items()},
        country_disjoint=tuple(table["country_disjoint"]),
        follows=frozenset(table["follows"]),
        beyond_talks=frozenset(table["beyond_talks"]),
        reopens_after=table["reopens_after"],
        weights=table["weights"],
        transitions={stage: frozenset(news) for stage, news in table["transitions"].items()},
        again=table["again"],
        line=tuple(table["line"]),
        labels={kind: Label(**label) for kind, label in table["labels"].items()},
    )


def family_of(kind: str) -> str:
    """Kinds of one family are names for one thing."""
    return rules().family.get(kind, kind)
