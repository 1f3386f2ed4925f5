"""Entities against golden news: sentences with their names marked in the line (docs/annotation.md), in short articles.

A mark is `[TYPE name]`, `[TYPE name|Label]` or `[TYPE name|=name before]`. The label is Wikidata's in English; with
", Holder" after it, only what that place holds is meant, and without, a country before anything else of its name; " / "
parts labels that are as good. The third form is the same thing as a name before it. A label says what is named whatever id
the tables give it.

Spans are right where their written words and their type are (strict F1, as conlleval counts): a mention is widened to
whole words, as labels of corpora stand on these. Demonyms are no names and are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from agents.evaluation.figures import Figures, count_spans
from agents.evaluation.golden import UNDATED
from streams.errors import InputError
from streams.records import Article, EntityType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.enrichment.enrich import Enricher
    from agents.enrichment.gazetteer import Gazetteer
    from agents.evaluation.figures import Figure
    from streams.records import Entity

TYPES = {
    "PER": EntityType.PERSON,
    "ORG": EntityType.ORGANISATION,
    "LOC": EntityType.PLACE,
    "GRP": EntityType.GROUP,
    "PRO": EntityType.PRODUCT,
    "EVT": EntityType.EVENT,
}
MARK = re.compile(rf"\[(?P<type>{'|'.join(TYPES)}) (?P<name>[^\[\]|]+)(?:\|(?P<link>[^\[\]|]+))?\]")
SECTION = re.compile(r"= (?P<language>[a-z]{2,3})")

#: Tables and readers differ on whether an armed body is an organisation or a group; spans hold them to it, links do not.
BODIES = frozenset({EntityType.ORGANISATION, EntityType.GROUP})

#: First and last character, and type.
TypedSpan = tuple[int, int, EntityType]


@dataclass(frozen=True, slots=True)
class Name:
    """A marked name: where it stands in the body, its type, what it is the same as, and its label if it has one."""

    start: int
    end: int
    type: EntityType
    thing: str
    label: str | None


@dataclass(frozen=True, slots=True)
class NewsArticle:
    """Sentences of one article, joined by blanks, and the names in them; `line` is the first one's number in the file."""

    line: int
    language: str
    body: str
    names: tuple[Name, ...]


def read_news(text: str, name: str) -> Iterator[NewsArticle]:
    """The articles of a file. Lines that begin with # are remarks.

    Raises:
        InputError: a line before any section, or one with a mark that is none; names file and line.
    """
    language, first = "", 0
    sentences: list[str] = []
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if section := SECTION.fullmatch(line):
            language = section["language"]
        elif line.startswith("#"):
            continue
        elif line and (not language or "[" in MARK.sub("", line) or "]" in MARK.sub("", line)):
            raise InputError(
                f"{name}, line {number}: {'a mark that is none' if language else 'no section before'}: {line[:60]!r}",
                field="line",
                value=line,
                remedy=f"write '= language' first, and marks as [TYPE name|Label] with one of {', '.join(TYPES)}",
            )
        elif line:
            first = first if sentences else number
            sentences.append(line)
        elif sentences:
            yield _article(first, language, " ".join(sentences), name)
            sentences = []


def _article(line: int, language: str, marked: str, file: str) -> NewsArticle:
    body, names, read = "", [], 0
    things: set[str] = set()
    for mark in MARK.finditer(marked):
        body += marked[read : mark.start()]
        read, written, link = mark.end(), mark["name"], mark["link"] or ""
        thing = link.removeprefix("=") or written
        if link.startswith("=") and thing not in things:
            raise InputError(
                f"{file}, article of line {line}: {link}: no such name before",
                field="link",
                value=link,
                remedy="write it as the name is written before",
            )
        things.add(thing)
        label = None if link.startswith("=") else link or None
        names.append(Name(len(body), len(body) + len(written), TYPES[mark["type"]], thing, label))
        body += written
    return NewsArticle(line, language, body + marked[read:], tuple(names))


@dataclass(frozen=True, slots=True)
class _Read:
    """An article and what was found in it; `where` is its file and line."""

    article: NewsArticle
    where: str
    entities: tuple[Entity, ...]

    def at(self, name: Name) -> Entity | None:
        """The entity whose mention shares most characters with a name; of several, the one that begins first."""
        shared = [
            (min(name.end, mention.end) - max(name.start, mention.start), -mention.start, entity)
            for entity in self.entities
            for mention in entity.mentions
            if not mention.demonym and mention.start < name.end and name.start < mention.end
        ]
        return max(shared, key=lambda one: one[:2])[2] if shared else None

    def written(self, start: int, end: int) -> str:
        """Words of the body, and where they are."""
        return f"{self.where}: {self.article.body[start:end]}"

    def said(self, span: TypedSpan) -> str:
        """A span's words, where they are, and its type."""
        return f"{self.written(*span[:2])}, {span[2]}"


def score_news(text: str, name: str, enricher: Enricher) -> list[Figure]:
    """Spans, links, and what is merged. Parts are the file's middle name, alone and with each language.

    Measures: `spans` over all types, and of each; `linked`: names that the tables know, found where a mention overlaps
    them, right where its id is one the label may have; `in the tables`: the share of labels that they know; `unlinked`:
    names without a label, found as a thing of their type, right where they get no id of the tables; `merged`: pairs of found names in an article
    that stand for one thing, right where they are mentions of one entity.
    """
    figures = Figures("entities")
    split = name.split(".")[1]
    for article in read_news(text, name):
        taken = Article(title="", body=article.body, language=article.language, published_at=UNDATED)
        read = _Read(article, f"{name}:{article.line}", enricher.enrich(taken).entities)
        _score_types(figures, split, read)
        for part in (split, f"{split} {article.language}"):
            count_spans(figures["spans", part], *_spans(read), read.said)
            _score_links(figures, part, read, enricher.gazetteer)
            _score_merging(figures, part, read)
    return list(figures.values())


def _score_types(figures: Figures, part: str, read: _Read) -> None:
    found, wanted = _spans(read)
    for kind in TYPES.values():
        count_spans(
            figures[f"spans: {kind}", part],
            {span for span in found if span[2] is kind},
            {span for span in wanted if span[2] is kind},
            read.said,
        )


def _spans(read: _Read) -> tuple[set[TypedSpan], set[TypedSpan]]:
    """What was found and what is marked, widened to written words."""
    body = read.article.body
    found = {
        (*_words(body, mention.start, mention.end), entity.type)
        for entity in read.entities
        for mention in entity.mentions
        if not mention.demonym
    }
    return found, {(*_words(body, name.start, name.end), name.type) for name in read.article.names}


def _score_links(figures: Figures, part: str, read: _Read, gazetteer: Gazetteer) -> None:
    known = figures.of("in the tables", part, found=None)
    unlinked = figures.of("unlinked", part, wanted=None)
    for name in read.article.names:
        entity, where = read.at(name), read.written(name.start, name.end)
        said = entity.id if entity else "-"
        if name.label:
            ids = ids_labelled(gazetteer, name.label, name.type)
            known.count(right=bool(ids), wanted=1, where=f"{where}: {name.label}, {name.type}")
            if ids:
                figures["linked", part].count(
                    right=said in ids,
                    found=entity is not None,
                    wanted=1,
                    where=f"{where}: {said}, not {' '.join(sorted(ids))} ({name.label})",
                )
        elif entity and _alike(entity.type, name.type):
            unlinked.count(right=gazetteer.get(said) is None, found=1, where=f"{where}, {name.type}: {said}")


def _score_merging(figures: Figures, part: str, read: _Read) -> None:
    placed = [(name, entity.id) for name in read.article.names if (entity := read.at(name))]
    for (one, one_id), (other, other_id) in combinations(placed, 2):
        same, merged = one.thing == other.thing, one_id == other_id
        if same or merged:
            figures["merged", part].count(
                right=same and merged,
                found=merged,
                wanted=same,
                where=f"{read.written(one.start, one.end)} = {read.written(other.start, other.end)}",
            )


def ids_labelled(gazetteer: Gazetteer, label: str, kind: EntityType) -> frozenset[str]:
    """Every id the tables may give to what has that label: "Tripoli, Libya", "Georgia" (the country), "Hezbollah"."""
    return frozenset().union(*(_ids_of_one(gazetteer, one, kind) for one in label.split(" / ")))


def _ids_of_one(gazetteer: Gazetteer, label: str, kind: EntityType) -> frozenset[str]:
    types = {other for other in EntityType if _alike(kind, other)}
    bare, _, holder = label.partition(", ")
    whole = gazetteer.ids_named(label, types)
    if whole or not holder:
        countries = frozenset(i for i in whole if gazetteer.entries[i].kind == "country")
        return countries or whole
    holders = gazetteer.ids_named(holder, {EntityType.PLACE})
    return frozenset(
        i
        for i in gazetteer.ids_named(bare, types) - holders
        if gazetteer.entries[i].country in holders or any(gazetteer.within(i, held) for held in holders)
    )


def _alike(one: EntityType, other: EntityType) -> bool:
    return one == other or {one, other} <= BODIES


def _words(body: str, start: int, end: int) -> tuple[int, int]:
    """A span widened to the written words it begins and ends in."""
    while start > 0 and _in_word(body[start - 1]) and _in_word(body[start]):
        start -= 1
    while end < len(body) and _in_word(body[end]) and _in_word(body[end - 1]):
        end += 1
    return start, end


def _in_word(character: str) -> bool:
    """Letters, digits, vowel marks (U+064B to U+0652) and the stroke that lengthens a word."""
    return character.isalnum() or "\u064b" <= character <= "\u0652" or character == "\u0640"
