"""The gazetteer: countries, places, organisations, groups and people of the news, by all their names.

Data: the TSV files beside this module (DATASHEET.md says what their columns and marks mean and where they come from) and
rules.yaml (how names are read: proclitics, cues, refusals). Ids are Wikidata QIDs where they are certain, else stable
local ones (marsad:place/...).
"""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from agents.enrichment.text import normalise, pieces
from streams.records import EntityType, Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

APOSTROPHES = frozenset("'’‘ʼ`")

#: What stands before a name in a table cell, and what it asks for (see DATASHEET.md).
MARKS = {"~": "short", "?": "cue", "!": "strong_cue", "@": "sport"}


@dataclass(frozen=True, slots=True)
class EntityEntry:
    """A thing that has an id. `kind` is finer than `type`: country, governorate, city, region, organisation, ..."""

    id: str
    type: EntityType
    kind: str
    label: Label
    parents: tuple[str, ...] = ()
    """Of a place: everything that holds it, nearest first, its country last."""
    country: str | None = None
    rank: int = 0
    """Place in the tables: of two things with one name and no other hint, the earlier one is meant."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a name may stand for, and under which conditions."""

    id: str
    demonym: bool = False
    short: bool = False
    """Only where a full name of the same thing is in the article."""
    cue: str = ""
    """Only after a word that announces a place: 'cue' (a preposition will do) or 'strong_cue' (city, province, ...);
    'sport': only in an article on sport."""
    explicit: bool = False
    """The name says which kind of place is meant: محافظة إدلب, Idlib city."""
    marked: str = ""
    """The name as the table writes it, where vowel marks tell it from another: عُمان, عمّان."""
    written: tuple[str, ...] = ()
    """The words as the table writes them where their capitals matter, else empty."""


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
class Rules:
    """How names are read: rules.yaml, normalised."""

    proclitics: frozenset[str]
    cues: frozenset[str]
    strong_cues: frozenset[str]
    conjunctions: frozenset[str]
    shouted_words: frozenset[str]
    given_names: frozenset[str]
    sport: frozenset[str]
    whole_words: frozenset[str]
    accusative: tuple[str, ...]
    """Raw endings of a word that is no name but an indefinite noun."""
    refusals: dict[str, tuple[Refusal, ...]]
    """By name; those under '' hold for every name."""

    def refusals_of(self, name: str) -> tuple[Refusal, ...]:
        """The refusals that hold for a name."""
        return self.refusals.get(name, ()) + self.refusals[""]


@lru_cache(maxsize=50_000)
def words_of(name: str) -> tuple[str, ...]:
    """A name as the text layer would cut it: normalised words, marks as they are, all apostrophes alike."""
    # Letters and blanks alone are cut the same way without a tokeniser, and they are most of the tables.
    cut = name.split() if name.replace(" ", "").isalpha() else pieces(name)
    return tuple("'" if piece in APOSTROPHES else normalise(piece) or piece for piece in cut)


def _normalised(words: Iterable[str]) -> frozenset[str]:
    return frozenset(normalise(word) for word in words)


@dataclass(eq=False)
class Gazetteer:
    """Entries by id, and their names by first word."""

    entries: dict[str, EntityEntry]
    rules: Rules
    names: dict[tuple[str, ...], tuple[Reading, ...]] = field(default_factory=dict)
    """Normalised words of a name to its readings."""
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """First word of names to how many words those names have, longest first."""
    given_names: dict[str, frozenset[str]] = field(default_factory=dict)
    """First words of people's names to their ids."""

    @classmethod
    def load(cls) -> Gazetteer:
        """The gazetteer that ships with Marsad; read once."""
        return _load()

    def get(self, entity_id: str) -> EntityEntry | None:
        """The entry with that id."""
        return self.entries.get(entity_id)

    def ids_named(self, name: str, types: set[EntityType] | None = None) -> frozenset[str]:
        """Everything a name in any language may stand for; demonyms and short forms are not names."""
        return frozenset(
            reading.id
            for reading in self.names.get(words_of(name), ())
            if not (reading.demonym or reading.short) and (types is None or self.entries[reading.id].type in types)
        )

    def within(self, entity_id: str, ancestor: str) -> bool:
        """Is it the ancestor itself, or a place that the ancestor holds?"""
        entry = self.entries.get(entity_id)
        return entity_id == ancestor or (entry is not None and ancestor in entry.parents)


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (resources.files(__package__) / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def _cells(row: dict[str, str], *columns: str) -> Iterator[tuple[str, str]]:
    """Mark and name, for every name in these columns."""
    for column in columns:
        for cell in (row.get(column) or "").split("|"):
            if cell:
                yield (cell[0], cell[1:]) if cell[0] in MARKS else ("", cell)


def _bare(cell: str) -> str:
    return cell[1:] if cell[:1] in MARKS else cell


class _Loader:
    """Reads the tables into entries and names."""

    def __init__(self, rules: dict[str, Any]) -> None:
        self.rules = rules
        self.entries: dict[str, EntityEntry] = {}
        self.names: dict[tuple[str, ...], dict[str, Reading]] = {}
        self.given_names: dict[str, set[str]] = {}
        self.full_names: list[tuple[str, tuple[str, ...]]] = []

    def entry(self, row: dict[str, str], kind: str, entity_type: EntityType, **more: Any) -> EntityEntry:
        label = Label(ar=_bare(row["ar"]), en=_bare(row["en"]))
        made = EntityEntry(row["id"], entity_type, kind, label, rank=len(self.entries), **more)
        self.entries[made.id] = made
        return made

    def name(self, entity_id: str, words: tuple[str, ...], written: str = "", **conditions: Any) -> None:
        """File a name; of two readings for one thing the less conditional one stays."""
        kept = () if written.lower() == written else tuple(pieces(written))
        marked = written if written and any(unicodedata.category(c) == "Mn" for c in written) else ""
        made = Reading(entity_id, written=kept, marked=marked, **conditions)
        readings = self.names.setdefault(words, {})
        old = readings.get(entity_id)
        if old is None or (old.short or bool(old.cue) or old.demonym) > (made.short or bool(made.cue) or made.demonym):
            readings[entity_id] = made
        else:
            marked = old.marked or made.marked
            readings[entity_id] = replace(old, explicit=old.explicit or made.explicit, marked=marked)

    def all_names(self, entity_id: str, row: dict[str, str], kind: str) -> None:
        """The names of a row, also without hyphens, and with the word for their kind."""
        patterns = self.rules["kind_names"].get(kind, {})
        parts = self.rules["part_names"].get(kind, {})
        for column, language in (("ar", "ar"), ("ar_aliases", "ar"), ("en", "en"), ("en_aliases", "en")):
            for mark, written in _cells(row, column):
                words = words_of(written)
                conditions = {"short": mark == "~", "cue": MARKS[mark] if mark and mark in "?!@" else ""}
                self.name(entity_id, words, written, **conditions)
                if "-" in words:
                    self.name(entity_id, tuple(w for w in words if w != "-"), written.replace("-", " "), **conditions)
                for explicit, made in (
                    *((True, pattern) for pattern in patterns.get(language, ())),
                    *((False, pattern) for pattern in parts.get(language, ())),
                ):
                    before, _, after = made.partition("{}")
                    whole = (*words_of(before), *words, *words_of(after))
                    self.name(entity_id, whole, made.format(written), explicit=explicit)

    def demonyms(self, entity_id: str, row: dict[str, str]) -> None:
        """Adjectives and nouns made from a name: 'روسي' stands for all its endings, with and without the article."""
        for _, nisba in _cells(row, "ar_demonym"):
            base = normalise(nisba)
            for ending in self.rules["demonym_endings"]:
                self._demonym(entity_id, base + normalise(ending))
        for _, plural in _cells(row, "ar_plural"):
            self._demonym(entity_id, normalise(plural))
        for _, written in _cells(row, "en_demonym"):
            for form in (written, written + "s"):
                self.name(entity_id, words_of(form), form, demonym=True)

    def _demonym(self, entity_id: str, word: str) -> None:
        self.name(entity_id, (word,), demonym=True)
        self.name(entity_id, ("ال" + word,), demonym=True)

    def countries(self) -> None:
        for row in _rows("countries.tsv"):
            self.entry(row, row["kind"], EntityType.PLACE, country=row["id"])
        for row in _rows("countries.tsv"):
            self.all_names(row["id"], row, row["kind"])
            self.demonyms(row["id"], row)

    def places(self) -> None:
        rows = {row["id"]: row for row in _rows("places.tsv")}
        for row in rows.values():
            parents = self._holders(row["id"], rows)
            country = next((p for p in reversed(parents) if p not in rows), None)
            self.entry(row, row["kind"], EntityType.PLACE, parents=parents, country=country)
            self.all_names(row["id"], row, row["kind"])
            self.demonyms(row["id"], row)

    def _holders(self, place: str, rows: dict[str, dict[str, str]]) -> tuple[str, ...]:
        """What holds a place, nearest first (breadth first), countries last."""
        found: list[str] = []
        level = [place]
        while level:
            level = [p for at in level if at in rows for p in rows[at]["parents"].split("|") if p and p not in found]
            found += dict.fromkeys(level)
        return tuple(sorted(found, key=lambda p: p not in rows))

    def organisations(self) -> None:
        for row in _rows("organisations.tsv"):
            self.entry(row, row["type"], EntityType(row["type"]), country=row["country"] or None)
            self.all_names(row["id"], row, row["type"])
            self.demonyms(row["id"], row)

    def people(self) -> None:
        for row in _rows("people.tsv"):
            self.entry(row, "person", EntityType.PERSON, country=row["country"] or None)
            self.all_names(row["id"], row, "person")
            for mark, written in _cells(row, "ar", "ar_aliases", "en", "en_aliases"):
                words = words_of(written)
                if len(words) > 1 and not mark:
                    self.given_names.setdefault(words[0], set()).add(row["id"])
                    self.full_names.append((row["id"], words))
        common = _normalised(self.rules["no_short_forms"].split())
        for entity_id, words in self.full_names:
            last = words[-1]
            if len(last) > 2 and last not in common and last not in self.given_names and (last,) not in self.names:
                self.name(entity_id, (last,), short=True)

    def lengths(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, set[int]] = {}
        for words in self.names:
            found.setdefault(words[0], set()).add(len(words))
        return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in found.items()}


def _rules(table: dict[str, Any]) -> Rules:
    refusals: dict[str, tuple[Refusal, ...]] = {"": ()}
    for row in table["refusals"]:
        kinds = frozenset(row.get("kinds", []))
        before, after, near = (_normalised(row.get(where, "").split()) for where in ("before", "after", "near"))
        refusal = Refusal(kinds, before, after, near, quoted=bool(row.get("quoted")))
        for name in row.get("names") or [""]:
            key = " ".join(words_of(name))
            refusals[key] = (*refusals.get(key, ()), refusal)
    return Rules(
        proclitics=_normalised(table["proclitics"]) | {""},
        cues=_normalised((table["cues"] + " " + table["strong_cues"]).split()),
        strong_cues=_normalised(table["strong_cues"].split()),
        conjunctions=frozenset(word for mark in table["conjunctions"] for word in words_of(mark)),
        shouted_words=_normalised(table["shouted_words"].split()),
        given_names=_normalised(table["given_names"].split()),
        sport=_normalised(table["sport"].split()),
        whole_words=_normalised(table["whole_words"].split()),
        accusative=tuple(table["accusative"]),
        refusals=refusals,
    )


@cache
def _load() -> Gazetteer:
    text = (resources.files(__package__) / "rules.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe
    loader = _Loader(table)
    loader.countries()
    loader.places()
    loader.organisations()
    loader.people()
    ranked = {
        words: tuple(readings.values())
        if len(readings) == 1
        else tuple(sorted(readings.values(), key=lambda r: loader.entries[r.id].rank))
        for words, readings in loader.names.items()
    }
    return Gazetteer(
        loader.entries,
        _rules(table),
        ranked,
        loader.lengths(),
        {name: frozenset(ids) for name, ids in loader.given_names.items()},
    )
