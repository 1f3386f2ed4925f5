"""Compiles the tables of the gazetteer into its index: `python -m agents.enrichment.gazetteer.compile`, or `make gazetteer`.

The same tables, rules and normalisation give the same bytes.
"""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass, replace
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.enrichment.gazetteer import index, rules
from agents.enrichment.gazetteer.risk import WELL_KNOWN, is_word, mark_of, ordinary, people
from agents.enrichment.gazetteer.sound import sound, sound_of
from agents.enrichment.gazetteer.spelling import key_of, normalised, words_of
from agents.enrichment.gazetteer.tables import THINGS, bare, cells, rows
from agents.enrichment.text import normalise
from streams.records import EntityType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

NAME_COLUMNS = ("ar", "ar_aliases", "en", "en_aliases")


@dataclass(frozen=True, slots=True)
class _Named:
    """A reading before it is written down."""

    mark: str = ""
    demonym: bool = False
    capitals: str = ""
    marked: str = ""

    @property
    def conditional(self) -> bool:
        return bool(self.mark) or self.demonym


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a table, as an entry: parents and country by id."""

    id: str
    type: str
    kind: str
    arabic: str
    english: str
    country: str
    parents: tuple[str, ...]


class Compiler:
    """Reads the tables into entries and names."""

    def __init__(self) -> None:
        self.rules: dict[str, Any] = rules.read_table()
        self.entries: dict[str, _Row] = {}
        self.names: dict[str, dict[str, _Named]] = {}
        self.given_names: dict[str, set[str]] = {}
        self.full_names: list[tuple[str, tuple[str, ...]]] = []
        self.arab = {row["id"] for row in rows("countries.tsv") if row["iso"] in self.rules["arab_world"]}
        self._countries(list(rows("countries.tsv")))
        self._places()
        for table in THINGS:
            self._things(list(rows(table)))
        self._people(list(rows("people.tsv")))
        self._surnames()

    # --- tables -------------------------------------------------------------------------------------------------------

    def _entry(self, row: dict[str, str], kind: EntityType, fine: str, **more: Any) -> None:
        if row["id"] in self.entries:
            raise ValueError(f"gazetteer: two rows have the id {row['id']!r}; give one of them another")
        made = _Row(
            row["id"], kind.value, fine, bare(row["ar"]), bare(row["en"]), **{"country": "", "parents": (), **more}
        )
        self.entries[made.id] = made

    def _countries(self, table: list[dict[str, str]]) -> None:
        for row in table:
            self._entry(row, EntityType.PLACE, row["kind"], country=row["id"])
        for row in table:
            self._all_names(row)
            self._demonyms(row)

    def _places(self) -> None:
        written = list(rows("places.tsv"))
        more = [row for table in ("towns.tsv", "divisions.tsv") for row in rows(table)]
        known = {row["id"]: row for row in (*written, *more) if row["kind"]}
        parents = {place: row["parents"].split("|") for place, row in known.items()}
        for row in more:
            if not row["kind"] and row["parents"]:  # says in which division a place lies that has a row elsewhere
                parents[row["id"]] = [row["parents"], *parents[row["id"]]]
        for row in known.values():
            holders = _holders(row["id"], parents)
            country = next((parent for parent in reversed(holders) if parent not in parents), "")
            self._entry(row, EntityType.PLACE, row["kind"], parents=holders, country=country)
        for row in written:
            self._all_names(row)
            self._demonyms(row)
        taken = frozenset(self.names)
        patterns = self.rules["kind_names"]["governorate"]["ar"]
        kinds = frozenset(key_of(pattern.removesuffix(" {}")) for pattern in patterns)
        for row in more:
            if row["kind"]:
                self._all_names(row, partial(_derived, row=row, taken=taken, kinds=kinds))

    def _things(self, table: list[dict[str, str]]) -> None:
        for row in table:
            self._entry(row, EntityType(row["type"]), row["type"], country=row["country"])
            self._all_names(row)
            self._demonyms(row)

    def _people(self, table: list[dict[str, str]]) -> None:
        for row in table:
            self._entry(row, EntityType.PERSON, "person", country=row["country"])
            self._all_names(row)
            for mark, written in cells(row, "ar", "ar_aliases", "en", "en_aliases"):
                words = words_of(written)
                if len(words) > 1 and not mark:
                    self.given_names.setdefault(words[0], set()).add(row["id"])
                    self.full_names.append((row["id"], words))

    def _surnames(self) -> None:
        """The last word of a person's name is a short form of it, unless it is another name or too common a word."""
        common = normalised(self.rules["no_short_forms"].split())
        short = [
            (entity_id, words[-1])
            for entity_id, words in self.full_names
            if len(words[-1]) > 2
            and words[-1] not in common
            and words[-1] not in self.given_names
            and words[-1] not in self.names
        ]
        for entity_id, last in short:  # two people may share one
            self._name(entity_id, last, mark="~")

    # --- names --------------------------------------------------------------------------------------------------------

    def _name(self, entity_id: str, key: str, written: str = "", mark: str = "", *, demonym: bool = False) -> None:
        """File a name; of two readings for one thing the less conditional one stays."""
        marked = written if any(unicodedata.category(c) == "Mn" for c in written) else ""
        made = _Named(mark, demonym, index.capitals_of(written), marked)
        readings = self.names.setdefault(key, {})
        old = readings.get(entity_id)
        if old is None or old.conditional > made.conditional:
            readings[entity_id] = made
        else:
            readings[entity_id] = replace(old, marked=old.marked or made.marked)

    def _all_names(self, row: dict[str, str], derived: Callable[[str], str] | None = None) -> None:
        """The names of a row, also without hyphens; `derived` gives the marks of those that have none."""
        for own, written in cells(row, *NAME_COLUMNS):
            mark = own or (derived(written) if derived else "")
            words = words_of(written)
            self._name(row["id"], " ".join(words), written, mark)
            if "-" in words:
                plain = " ".join(word for word in words if word != "-")
                self._name(row["id"], plain, written.replace("-", " "), mark)

    def _demonyms(self, row: dict[str, str]) -> None:
        """Adjectives and nouns made from a name: 'روسي' stands for all its endings, with and without the article."""
        forms = [
            normalise(nisba) + normalise(end)
            for _, nisba in cells(row, "ar_demonym")
            for end in self.rules["demonym_endings"]
        ]
        forms += [normalise(plural) for _, plural in cells(row, "ar_plural")]
        for form in forms:
            self._name(row["id"], form, demonym=True)
            self._name(row["id"], "ال" + form, demonym=True)
        for _, written in cells(row, "en_demonym"):
            for form in (written, written + "s"):
                self._name(row["id"], key_of(form), form, demonym=True)

    # --- the index ----------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """The index."""
        numbers = {entity_id: number for number, entity_id in enumerate(self.entries)}
        names = {
            key: "|".join(
                index.reading_code(numbers[i], r.mark, demonym=r.demonym, capitals=r.capitals, marked=r.marked)
                for i, r in sorted(readings.items(), key=lambda reading: numbers[reading[0]])
            )
            for key, readings in self.names.items()
        }
        given = {
            word: " ".join(str(n) for n in sorted(numbers[i] for i in ids)) for word, ids in self.given_names.items()
        }
        sounds = self._sounds(names)
        return index.write(
            (
                (self._line(row, numbers) for row in self.entries.values()),
                _lines(names),
                _lines(_lengths(names)),
                _lines(given),
                _lines(sounds),
                _lines(_lengths(sounds)),
            )
        )

    def _sounds(self, names: dict[str, str]) -> dict[str, str]:
        """The names of people who are not from the Arab world, by how they sound; not those that sound like another word."""
        found: dict[str, str] = {}
        given = normalised(self.rules["given_names"].split())
        spoiled = {sound(word) for word in ordinary() | people()}
        foreign = {row.id for row in self.entries.values() if row.type == "person" and row.country not in self.arab}
        for key, readings in sorted(self.names.items()):
            words = tuple(key.split())
            heard = sound_of(words)
            if not heard or not foreign.issuperset(readings) or any(r.conditional for r in readings.values()):
                continue
            arabic = is_word(words[-1]) or words[-1] in given
            if arabic or (len(words) == 1 and heard in spoiled):
                continue
            found.setdefault(heard, f"{names[key]}>{key}")
        return found

    def _line(self, row: _Row, numbers: dict[str, int]) -> str:
        parents = " ".join(str(numbers[parent]) for parent in row.parents)
        country = str(numbers[row.country]) if row.country else ""
        return f"{row.id}\t{row.type}\t{row.kind}\t{row.arabic}\t{row.english}\t{country}\t{parents}"


def _holders(place: str, parents: dict[str, list[str]]) -> tuple[str, ...]:
    """What holds a place, nearest first (breadth first), countries last."""
    found: list[str] = []
    level = [place]
    while level:
        level = [p for at in level for p in parents.get(at, ()) if p and p not in found]
        found += dict.fromkeys(level)
    return tuple(sorted(found, key=lambda parent: parent not in parents))


def _derived(name: str, row: dict[str, str], taken: frozenset[str], kinds: frozenset[str]) -> str:
    """The mark of a name of a town or division: what the written tables call so comes first.

    A division that bears the word for its kind before the name of a written place needs no more: منطقة الرياض.
    """
    if key_of(name) in taken:
        return "^"
    first, _, rest = key_of(name).partition(" ")
    if first in kinds and rest in taken:
        return ""
    return mark_of(name, int(row.get("population") or WELL_KNOWN))


def _lines(table: dict[str, str]) -> Iterator[str]:
    return (f"{key}\t{value}" for key, value in sorted(table.items()))


def _lengths(names: Iterable[str]) -> dict[str, str]:
    """First words, and how many words their names have, longest first."""
    found: dict[str, set[int]] = {}
    for name in names:
        found.setdefault(name.partition(" ")[0], set()).add(name.count(" ") + 1)
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return {first: "".join(digits[size] for size in sorted(sizes, reverse=True)) for first, sizes in found.items()}


def main() -> None:
    """Write the index beside the tables."""
    text = Compiler().text()
    Path(str(resources.files(__package__) / index.FILE)).write_text(text, encoding="utf-8")
    print(f"{index.FILE}: {len(text.encode()):,} bytes", file=sys.stderr)  # noqa: T201  a command


if __name__ == "__main__":
    main()
