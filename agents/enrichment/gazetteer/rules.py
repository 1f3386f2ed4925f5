"""How names are read: rules.yaml, normalised."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from agents.enrichment.gazetteer.spelling import key_of, normalised, words_of


@dataclass(frozen=True, slots=True)
class Refusal:
    """When a name does not stand for what it usually stands for: normalised words around it."""

    kinds: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    quoted: bool = False
    """Also between quotation marks."""


@dataclass(frozen=True, slots=True)
class KindWord:
    """Words that stand before or after a name and say what it names: محافظة, city of, Governorate."""

    words: tuple[str, ...]
    kinds: frozenset[str]
    explicit: bool
    """They say which of several things is meant, not only that it is one of a kind."""
    vague: bool
    """They are said of much that has no such name: منطقة الساحل."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How names are read."""

    proclitics: frozenset[str]
    cues: frozenset[str]
    strong_cues: frozenset[str]
    place_cues: frozenset[str]
    """Cues that are hardly said of anything but a place."""
    conjunctions: frozenset[str]
    shouted_words: frozenset[str]
    given_names: frozenset[str]
    filiation: frozenset[str]
    """Words of descent: bin, bint."""
    sport: frozenset[str]
    whole_words: frozenset[str]
    accusative: tuple[str, ...]
    """Raw endings of a word that is no name but an indefinite noun."""
    refusals: dict[str, tuple[Refusal, ...]]
    """By name; those under '' hold for every name."""
    heads: dict[str, tuple[KindWord, ...]]
    """Words before a name, by the first of them."""
    tails: dict[str, tuple[KindWord, ...]]
    """Words after a name, by the first of them."""

    def refusals_of(self, name: str) -> tuple[Refusal, ...]:
        """The refusals that hold for a name."""
        return self.refusals.get(name, ()) + self.refusals[""]


def read_table() -> dict[str, Any]:
    """rules.yaml as it is written."""
    text = (resources.files(__package__) / "rules.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe
    return table


def from_table(table: dict[str, Any]) -> Rules:
    """The rules that a table writes down."""
    heads, tails = _kind_words(table)
    return Rules(
        proclitics=normalised(table["proclitics"]) | {""},
        cues=normalised((table["cues"] + " " + table["strong_cues"]).split()),
        strong_cues=normalised(table["strong_cues"].split()),
        place_cues=normalised((table["place_cues"] + " " + table["strong_cues"]).split()),
        conjunctions=frozenset(word for mark in table["conjunctions"] for word in words_of(mark)),
        shouted_words=normalised(table["shouted_words"].split()),
        given_names=normalised(table["given_names"].split()),
        filiation=normalised(table["filiation"].split()),
        sport=normalised(table["sport"].split()),
        whole_words=normalised(table["whole_words"].split()),
        accusative=tuple(table["accusative"]),
        refusals=_refusals(table),
        heads=heads,
        tails=tails,
    )


def _refusals(table: dict[str, Any]) -> dict[str, tuple[Refusal, ...]]:
    found: dict[str, tuple[Refusal, ...]] = {"": ()}
    for row in table["refusals"]:
        kinds = frozenset(row.get("kinds", []))
        before, after, near = (normalised(row.get(where, "").split()) for where in ("before", "after", "near"))
        refusal = Refusal(kinds, before, after, near, quoted=bool(row.get("quoted")))
        for name in row.get("names") or [""]:
            key = key_of(name)
            found[key] = (*found.get(key, ()), refusal)
    return found


def _kind_words(table: dict[str, Any]) -> tuple[dict[str, tuple[KindWord, ...]], dict[str, tuple[KindWord, ...]]]:
    """Kind words before and after a name: patterns with {} for the name."""
    kinds: dict[tuple[bool, tuple[str, ...], bool], set[str]] = {}
    for section, explicit in (("kind_names", True), ("part_names", False)):
        for kind, patterns in table[section].items():
            for pattern in (*patterns.get("ar", ()), *patterns.get("en", ())):
                before, _, after = pattern.partition("{}")
                kinds.setdefault((bool(before), words_of(before or after), explicit), set()).add(kind)
    vague = {words_of(word) for word in table["vague_kinds"]}
    heads: dict[str, tuple[KindWord, ...]] = {}
    tails: dict[str, tuple[KindWord, ...]] = {}
    for (is_head, words, explicit), of in kinds.items():
        filed = heads if is_head else tails
        filed[words[0]] = (*filed.get(words[0], ()), KindWord(words, frozenset(of), explicit, words in vague))
    return heads, tails
