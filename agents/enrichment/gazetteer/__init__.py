"""The gazetteer: countries, places, organisations, groups, people, products and events of the news, by all their names.

Data: the TSV files beside this module (DATASHEET.md says what their columns and marks mean and where they come from),
compiled into index.tsv by `make gazetteer`, and rules.yaml (how names are read: proclitics, cues, refusals). Ids are
Wikidata QIDs where they are certain, else stable ones of GeoNames (geonames:170063) or local ones (marsad:place/...).
A language pack may bring more names for the same things: languages/<code>/gazetteer.tsv.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from agents.enrichment.gazetteer import packs
from agents.enrichment.gazetteer import rules as reading_rules
from agents.enrichment.gazetteer.index import FILE, EntityEntry, Index, Reading
from agents.enrichment.gazetteer.rules import Refusal, Rules
from agents.enrichment.gazetteer.sound import same_name, sound, sound_of
from agents.enrichment.gazetteer.spelling import APOSTROPHES, words_of

if TYPE_CHECKING:
    from streams.records import EntityType

__all__ = ["APOSTROPHES", "EntityEntry", "Gazetteer", "Reading", "Refusal", "Rules", "words_of"]


#: Words remembered at most.
_OPENINGS = 300_000


class Opening(NamedTuple):
    """What a word may be to the reader of names."""

    opens: bool
    """May a name begin with it, or with a word for its kind?"""
    heard: tuple[str, ...]
    """Forms that sound like the first word of a foreigner's name, the shortest first: no و is heard before it."""
    sport: frozenset[str]
    """Which of its forms are words of sport."""


class _Entries(Mapping[str, EntityEntry]):
    """Entries by id, made when they are asked for."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def __getitem__(self, entity_id: str) -> EntityEntry:
        return self._index.entry(self._index.numbers[entity_id])

    def __contains__(self, entity_id: object) -> bool:
        return entity_id in self._index.numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._index.numbers)

    def __len__(self) -> int:
        return len(self._index)


class Gazetteer:
    """Entries by id, and what names may stand for."""

    def __init__(self, index: Index, rules: Rules) -> None:
        self.index = index
        self.rules = rules
        self.entries: Mapping[str, EntityEntry] = _Entries(index)
        self.lengths = index.lengths
        """First word of names to how many words those names have, longest first."""
        self.openings: dict[tuple[str, ...], Opening] = {}
        self._first_sounds = {" ".join(key.split()[:2]) for key in index.sounds}
        """How names of several words begin, by sound: enough to know that most words are none."""

    @classmethod
    def load(cls) -> Gazetteer:
        """The gazetteer that ships with Marsad; read once."""
        return _load()

    def get(self, entity_id: str) -> EntityEntry | None:
        """The entry with that id."""
        return self.entries.get(entity_id)

    def readings(self, key: str) -> tuple[Reading, ...]:
        """What a name may stand for, by its normalised words with blanks between them; the likeliest first."""
        code = self.index.names.get(key)
        return self.index.readings(code) if code else ()

    def looked_at(self, forms: tuple[str, ...]) -> Opening:
        """What a word with these forms may be to the reader of names; remembered, since texts repeat their words."""
        known = self.openings.get(forms)
        if known is None:
            if len(self.openings) > _OPENINGS:
                self.openings.clear()
            opens = any(form in self.lengths or form in self.rules.heads for form in forms)
            heard = tuple(form for form in reversed(forms) if sound(form) in self.index.sound_lengths)
            known = self.openings[forms] = Opening(opens, heard, self.rules.sport.intersection(forms))
        return known

    def heard(self, words: Sequence[str]) -> tuple[int, tuple[Reading, ...]]:
        """The longest name of a foreigner that words begin with, by its sound: number of words, what it may stand for."""
        first = sound(words[0]) if words else ""
        second = sound(words[1]) if len(words) > 1 else ""
        for length in self.index.sound_lengths.get(first, ()) if first else ():
            if length > 1 and f"{first} {second}" not in self._first_sounds:
                continue
            written = tuple(words[:length])
            code, _, known = self.index.sounds.get(sound_of(written), "").partition(">")
            if code and same_name(written, tuple(known.split()), self._is_given):
                return length, self.index.readings(code)
        return 0, ()

    def _is_given(self, word: str) -> bool:
        return word in self.index.given_names or word in self.rules.given_names

    def bears_given_name(self, word: str, entity_id: str) -> bool | None:
        """Is a normalised word the first of that person's name? None: it is nobody's."""
        numbers = self.index.given_names.get(word)
        return None if numbers is None else str(self.index.numbers[entity_id]) in numbers.split()

    def ids_named(self, name: str, types: set[EntityType] | None = None) -> frozenset[str]:
        """Everything a name in any language may stand for; demonyms and short forms are not names.

        A division is found by the name of its seat, a town that bears the name of something greater is not.
        """
        words = words_of(name)
        found = self.readings(" ".join(words)) or self._of_a_kind(words)
        if not all(reading.cue == "kind" for reading in found):
            found = tuple(r for r in found if r.cue != "kind" or r.entry.kind == "governorate")
        return frozenset(
            reading.id
            for reading in found
            if not (reading.demonym or reading.short) and (types is None or reading.entry.type in types)
        )

    def _of_a_kind(self, words: tuple[str, ...]) -> tuple[Reading, ...]:
        """What a name with the word for its kind stands for: محافظة إدلب, Idlib Governorate."""
        for kind in self.rules.heads.get(words[0], ()) if words else ():
            if words[: len(kind.words)] == kind.words:
                found = self.readings(" ".join(words[len(kind.words) :]))
                if kept := tuple(reading for reading in found if reading.entry.kind in kind.kinds):
                    return kept
        for size in range(1, len(words)):
            for kind in self.rules.tails.get(words[-size], ()):
                if words[-size:] == kind.words:
                    found = self.readings(" ".join(words[:-size]))
                    if kept := tuple(reading for reading in found if reading.entry.kind in kind.kinds):
                        return kept
        return ()

    def within(self, entity_id: str, ancestor: str) -> bool:
        """Is it the ancestor itself, or a place that the ancestor holds?"""
        entry = self.entries.get(entity_id)
        return entity_id == ancestor or (entry is not None and ancestor in entry.parents)

    def kinds_of_names(self) -> Iterator[tuple[tuple[str, ...], set[str]]]:
        """The words of every name, and the types of what it may stand for ('demonym': by a demonym)."""
        for key, kinds in self.index.kinds_of_names():
            yield tuple(key.split(" ")), kinds


@cache
def _load() -> Gazetteer:
    index = Index((resources.files(__package__) / FILE).read_text(encoding="utf-8"))
    packs.add_names(index)
    return Gazetteer(index, reading_rules.from_table(reading_rules.read_table()))
