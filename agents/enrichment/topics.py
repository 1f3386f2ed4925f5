"""The tree of topics: IPTC Media Topic codes and own ones, what each is called, and which holds which (`topics.tsv`)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from agents.enrichment.text import normalise
from streams.records import Label

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class TopicEntry:
    """A topic of the table: its code, that of the broader topic ('': none), names."""

    code: str
    parent: str
    label: Label
    names: tuple[str, ...]


def rows(text: str) -> Iterable[list[str]]:
    """The rows of a table whose columns are parted by tabs, without empty lines and comments."""
    return (line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def topic_table() -> dict[str, TopicEntry]:
    """Every topic by code."""
    text = resources.files(__package__).joinpath("topics.tsv").read_text(encoding="utf-8")
    _header, *entries = rows(text)
    return {
        code: TopicEntry(code, parent, Label(en=en, ar=ar), tuple(n.strip() for n in names.split(";") if n.strip()))
        for code, parent, en, ar, names in entries
    }


@cache
def broader(code: str) -> tuple[str, ...]:
    """The codes of all broader topics, nearest first; () for a topic at the top or an unknown code."""
    entry = topic_table().get(code)
    return (entry.parent, *broader(entry.parent)) if entry and entry.parent else ()


def within(code: str, ancestor: str) -> bool:
    """Is the topic the other one, or a narrower one?"""
    return code == ancestor or ancestor in broader(code)


def _slug(name: str) -> str:
    return " ".join(normalise(word) for word in name.replace("-", " ").replace("_", " ").replace(",", " ").split())


@cache
def _codes_by_name() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for code, entry in topic_table().items():
        for name in (code, code.partition(":")[2], entry.label.en, entry.label.ar, *entry.names):
            found[_slug(name)].add(code)
        if entry.label.en.endswith(")"):  # trial (court)
            found[_slug(entry.label.en.partition(" (")[0])].add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def codes_named(name: str) -> frozenset[str]:
    """Codes of the topics of that name: a code with or without its prefix, a label in any language, an English slug.

    `natural-disaster`, `كارثة طبيعية` and `20000151` are one. The empty set: no topic is called so.
    """
    slug = _slug(name)
    table = _codes_by_name()
    return table.get(slug) or table.get(slug.removesuffix("s")) or table.get(f"{slug}s") or frozenset()


def topic_names() -> tuple[str, ...]:
    """Every name a query may use, for suggestions."""
    return tuple(sorted(n for entry in topic_table().values() for n in (entry.label.en, entry.label.ar, *entry.names)))
