"""The compiled gazetteer: entries, and what each name may stand for, in one text that loads at once.

Sections are separated by empty lines, their lines are sorted where no order is meant:

1. entries: id, type, kind, Arabic label, English label, number of the country, numbers of what holds it, nearest first;
   an entry's number is that of its line, and of two things with one name the earlier one is meant;
2. names: normalised words, readings (see `reading_code`);
3. first words of names, and how many words those names have, longest first, one digit each;
4. first words of people's names, numbers of the people;
5. names of foreigners by how they sound (`sound.py`), readings, '>' and the name; 6. their first words, as in 3.

`compile.py` writes it from the tables. Nothing is parsed before it is asked for: entries and readings are made, and
kept, when a text names them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.enrichment.gazetteer.tables import MARKS
from agents.enrichment.text import pieces
from streams.records import EntityType, Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILE = "index.tsv"

_NUMBERS = re.compile(r"(?:^|\|)(\d+)(d?)")
_UNLIKELY = re.compile(r"(?:^|\|)\d+[&^][^|]*")
_CODE = re.compile(r"(\d+)(d?)([~?!@&^%]?)(?::([CU.]+))?(?:=(.*))?")


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

    entry: EntityEntry
    demonym: bool = False
    short: bool = False
    """Only where a full name of the same thing is in the article."""
    cue: str = ""
    """Only after a word that announces a place: 'cue' (a preposition will do) or 'strong_cue' (city, province, ...);
    'context': as 'cue', but a preposition that is not of place needs the country in the article; 'kind': only with the
    word for its kind, as in مدينة السفيرة; 'home': only where the article names its country, or after a word for a place
    (مدينة); 'sport': only in an article on sport."""
    explicit: bool = False
    """The name says which kind of place is meant: محافظة إدلب, Idlib city."""
    marked: str = ""
    """The name as the table writes it, where vowel marks tell it from another: عُمان, عمّان."""
    capitals: str = ""
    """For each word U: all capitals, C: a capital first, or '.': free; '' asks for none."""

    @property
    def id(self) -> str:
        """The id of what it stands for."""
        return self.entry.id


def capitals_of(written: str) -> str:
    """For each word of a name as it is written U, C or '.' (see `Reading`); '' where it asks for none."""
    if written.lower() == written:
        return ""
    return "".join(
        "U" if len(word) > 1 and word.isupper() else "C" if word[0].isupper() else "." for word in pieces(written)
    )


def reading_code(number: int, mark: str = "", *, demonym: bool = False, capitals: str = "", marked: str = "") -> str:
    """A reading in the index: the entry's number, d for a demonym, the mark, :capitals, =vowel marks."""
    flags = ("d" if demonym else "") + mark
    return f"{number}{flags}" + (f":{capitals}" if capitals.strip(".") else "") + (f"={marked}" if marked else "")


class Index:
    """The compiled gazetteer in memory: one string for each line, no object before it is asked for."""

    def __init__(self, text: str) -> None:
        """Raises ValueError where the text is no index."""
        sections = text.split("\n\n")
        if len(sections) != 6:
            raise ValueError(f"gazetteer index: {len(sections)} sections instead of 6; rebuild it: make gazetteer")
        self._lines = sections[0].split("\n")[1:]  # the first is a remark
        self.numbers = {line.partition("\t")[0]: number for number, line in enumerate(self._lines)}
        self.names = _table(sections[1])
        lengths: dict[str, tuple[int, ...]] = {}
        self.lengths = {word: _lengths(code, lengths) for word, code in _table(sections[2]).items()}
        self.given_names = _table(sections[3])
        self.sounds = _table(sections[4])
        self.sound_lengths = {word: _lengths(code, lengths) for word, code in _table(sections[5]).items()}
        self._entries: dict[int, EntityEntry] = {}
        self._readings: dict[str, tuple[Reading, ...]] = {}

    def __len__(self) -> int:
        """Number of entries."""
        return len(self._lines)

    def id_of(self, number: int) -> str:
        """The id on a line."""
        return self._lines[number].partition("\t")[0]

    def type_of(self, number: int) -> str:
        """The type on a line, without making its entry."""
        return self._lines[number].split("\t", 2)[1]

    def entry(self, number: int) -> EntityEntry:
        """The entry on a line."""
        made = self._entries.get(number)
        if made is None:
            entity_id, kind_of, kind, arabic, english, country, parents = self._lines[number].split("\t")
            made = self._entries[number] = EntityEntry(
                id=entity_id,
                type=EntityType(kind_of),
                kind=kind,
                label=Label(ar=arabic, en=english),
                parents=tuple(self.id_of(int(parent)) for parent in parents.split()),
                country=self.id_of(int(country)) if country else None,
                rank=number,
            )
        return made

    def readings(self, code: str) -> tuple[Reading, ...]:
        """What a name may stand for, in the order of the tables."""
        made = self._readings.get(code)
        if made is None:
            made = self._readings[code] = tuple(self._reading(one) for one in code.split("|"))
        return made

    def _reading(self, code: str) -> Reading:
        match = _CODE.fullmatch(code)
        if match is None:
            raise ValueError(f"gazetteer index: {code!r} is no reading; rebuild it: make gazetteer")
        number, demonym, flag, capitals, marked = match.groups()
        mark = MARKS.get(flag, "")
        return Reading(
            self.entry(int(number)),
            demonym=bool(demonym),
            short=mark == "short",
            cue="" if mark == "short" else mark,
            marked=marked or "",
            capitals=capitals or "",
        )

    def add_name(self, key: str, code: str) -> None:
        """File one more name, after those that are there."""
        old = self.names.get(key)
        if old is None:
            self.names[key] = code
        elif _NUMBERS.findall(code)[0] not in _NUMBERS.findall(old):
            self.names[key] = f"{old}|{code}"
        first, size = key.partition(" ")[0], key.count(" ") + 1
        lengths = self.lengths.get(first, ())
        if size not in lengths:
            self.lengths[first] = tuple(sorted((*lengths, size), reverse=True))

    def kinds_of_names(self) -> Iterator[tuple[str, set[str]]]:
        """Every name, and the types of what it may stand for ('demonym': by a demonym), without making an entry.

        Towns that only count with a cue are left out: their names are mostly something else.
        """
        for key, code in self.names.items():
            readings = _NUMBERS.findall(_UNLIKELY.sub("", code))
            yield key, {"demonym" if demonym else self.type_of(int(number)) for number, demonym in readings}


def _table(section: str) -> dict[str, str]:
    return dict(line.split("\t") for line in section.strip("\n").split("\n") if line)


def _lengths(code: str, known: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
    found = known.get(code)
    if found is None:
        found = known[code] = tuple(int(digit, 36) for digit in code)
    return found


def write(sections: Iterable[Iterable[str]]) -> str:
    """The text of an index, from the lines of its six sections."""
    remark = "# Written by `make gazetteer` from the tables beside it."
    return f"{remark}\n" + "\n\n".join("\n".join(section) for section in sections) + "\n"
