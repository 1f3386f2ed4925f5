"""Entities: which things of the gazetteer does an article name, and where?

The longest name wins, over token n-grams from left to right. Then the whole article decides what a name stands for:
what it says plainly (محافظة إدلب), what belongs to the countries it speaks of (طرابلس), else the gazetteer's order.

A mention covers whole written words, without the proclitics written onto the first of them where these can be cut off as
letters: دمشق of لدمشق, حلب of وبحلب. Where letters are merged (للرياض holds الرياض without its alef) it is the whole word.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from agents.enrichment.gazetteer import APOSTROPHES
from agents.enrichment.text import normalise
from streams.records import Entity, EntityType, Mention

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agents.enrichment.gazetteer import EntityEntry, Gazetteer, Opening, Reading, Refusal
    from agents.enrichment.gazetteer.rules import KindWord
    from agents.enrichment.text import Document, FieldText, Token

_QUOTES = frozenset("\"'“”„«»‹›‘’")
#: Conditions that a list of places of one country fulfils, and that hold no longer once the article named it so.
_CUES = frozenset({"cue", "strong_cue", "context", "home"})
#: Kinds of places whose names with the article are also surnames: لجين الأحمدي.
_SURNAMES = frozenset({"city", "town", "governorate"})
#: Words of the longest name that is known by its sound.
_LONGEST_HEARD = 5
_OPENING = _QUOTES | {"(", "["}


@dataclass(frozen=True, slots=True)
class _Found:
    """A stretch of tokens that is a name, and what the name may stand for."""

    field: FieldText
    first: int
    last: int
    start: int
    words: tuple[str, ...]
    proclitic: str
    readings: tuple[Reading, ...]

    @property
    def written(self) -> str:
        """The raw text of the name."""
        return self.field.raw[self.start : self.field.tokens[self.last].end]


@dataclass(frozen=True, slots=True)
class _Spot:
    """A name as it stands in a text: its words, and what is around them."""

    field: FieldText
    first: int
    name: tuple[str, ...]
    proclitic: str
    before: Token | None
    after: Token | None

    @property
    def last(self) -> int:
        """The number of its last token."""
        return self.first + len(self.name) - 1

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Its tokens."""
        return self.field.tokens[self.first : self.last + 1]


@lru_cache(maxsize=100_000)
def _cut(raw: str, form: str) -> int:
    """Where in a written word a form of it begins; 0 if it is no literal ending of it."""
    if normalise(raw) == form:
        return 0
    return next((k for k in range(1, len(raw)) if normalise(raw[k:]) == form and normalise(raw[k])), 0)


def _word(token: Token) -> str:
    """A token as names are filed: its normalised word, else the mark itself, all apostrophes alike."""
    return token.norm or ("'" if token.raw in APOSTROPHES else token.raw)


def _of_kind(readings: tuple[Reading, ...], kind: KindWord) -> tuple[Reading, ...]:
    """The readings that a word for their kind is said of: nothing else needs to announce them."""
    skipped = "." * len(kind.words)
    return tuple(
        replace(
            reading,
            short=False,
            cue="",
            explicit=kind.explicit,
            capitals=reading.capitals and skipped + reading.capitals,
        )
        for reading in readings
        if reading.entry.kind in kind.kinds
        and not reading.demonym
        and not (kind.vague and reading.cue in ("context", "kind"))
    )


def _with_whole(
    names: list[tuple[tuple[str, ...], tuple[Reading, ...]]], name: tuple[str, ...], readings: tuple[Reading, ...]
) -> list[tuple[tuple[str, ...], tuple[Reading, ...]]]:
    """Names with one that has the word for its kind; what a table calls محافظة إدلب is meant before what it calls إدلب."""
    if not names or len(name) > len(names[0][0]):
        return [(name, readings), *names]
    if len(name) < len(names[0][0]):
        return names
    explicit = {reading.id: reading for reading in readings}
    return [(name, tuple(explicit.get(reading.id, reading) for reading in names[0][1])), *names[1:]]


def _any_form(token: Token | None) -> Iterable[str]:
    return (*token.forms, *token.stems) if token else ()


def _neighbour(field: FieldText, number: int, step: int) -> Token | None:
    """The next word in a direction within the sentence, past quotation marks and brackets."""
    number += step
    while 0 <= number < len(field.tokens):
        token = field.tokens[number]
        if token.is_word:
            return token
        if token.raw not in _OPENING:
            return None
        number += step
    return None


class _Reader:
    """Reads one document against the gazetteer."""

    def __init__(self, document: Document, gazetteer: Gazetteer) -> None:
        self.document = document
        self.gazetteer = gazetteer
        self.rules = gazetteer.rules
        words = {token.forms for field in document.fields for token in field.tokens}
        self.on_sport = len({word for forms in words for word in gazetteer.looked_at(forms).sport}) > 1

    # --- finding names ------------------------------------------------------------------------------------------------

    def names(self, field: FieldText) -> Iterator[_Found]:
        """The names in a field, longest first where they overlap, with the readings that the words around them allow.

        Within the name of an event other names count too: الحرب في السودان also names Sudan.
        """
        number = 0
        words = [_word(token) for token in field.tokens]
        while number < len(words):
            word = self.gazetteer.looked_at(field.tokens[number].forms or (words[number],))
            found = self._name_at(field, words, number, word) if word.opens or word.heard else None
            if found:
                yield found
                if not all(reading.entry.type is EntityType.EVENT for reading in found.readings):
                    number = found.last
            number += 1

    def _name_at(self, field: FieldText, words: list[str], number: int, opening: Opening) -> _Found | None:
        """The longest name that begins at a token; what it stands for under each cut of its proclitics."""
        token = field.tokens[number]
        best: list[tuple[str, int, tuple[str, ...], tuple[Reading, ...]]] = []
        for form in (token.forms or (words[number],)) if opening.opens else ():
            lengths = self.gazetteer.lengths.get(form)
            heads = self.rules.heads.get(form)
            if lengths is None and heads is None:
                continue
            proclitic = self._proclitic(token, form)
            if proclitic is None:
                continue
            names = self._plain(words, number, form, lengths) if lengths else []
            if heads and (whole := self._of_a_kind(words, number, form, heads)):
                names = _with_whole(names, *whole)
            for name, readings in names:
                if best and len(name) < len(best[0][2]):
                    continue
                kept = self._allowed(field, number, name, proclitic, readings)
                if kept:
                    same = [one for one in best if len(one[2]) == len(name)]
                    best = [*same, (proclitic, number, name, kept)]
        if not best and opening.heard:
            best = self._heard(field, words, number, opening.heard)
        if not best:
            return None
        best.sort(key=lambda one: len(one[0]))
        proclitic, _, name, _ = best[0]
        start = token.start + (_cut(token.raw, name[0]) if proclitic else 0)
        readings = tuple(reading for *_, kept in best for reading in kept)
        return _Found(field, number, number + len(name) - 1, start, name, proclitic, readings)

    def _heard(
        self, field: FieldText, words: list[str], number: int, forms: tuple[str, ...]
    ) -> list[tuple[str, int, tuple[str, ...], tuple[Reading, ...]]]:
        """A foreigner's name in a spelling that no table has, without its proclitics."""
        token = field.tokens[number]
        for form in forms:
            length, readings = self.gazetteer.heard([form, *words[number + 1 : number + _LONGEST_HEARD]])
            if length and (proclitic := self._proclitic(token, form)) is not None:
                name = (form, *words[number + 1 : number + length])
                if kept := self._allowed(field, number, name, proclitic, readings):
                    return [(proclitic, number, name, kept)]
        return []

    def _plain(
        self, words: list[str], number: int, form: str, lengths: tuple[int, ...]
    ) -> list[tuple[tuple[str, ...], tuple[Reading, ...]]]:
        """The names that begin with a form of a word, longest first, also with a word for their kind after them."""
        found = []
        for length in lengths:
            if number + length > len(words):
                continue
            name = (form, *words[number + 1 : number + length])
            readings = self.gazetteer.readings(" ".join(name))
            if not readings:
                continue
            for kind in self.rules.tails.get(words[number + length], ()) if number + length < len(words) else ():
                after = tuple(words[number + length : number + length + len(kind.words)])
                if after == kind.words and (kept := _of_kind(readings, kind)):
                    found.append(((*name, *after), kept))
            found.append((name, readings))
        return found

    def _of_a_kind(
        self, words: list[str], number: int, form: str, heads: tuple[KindWord, ...]
    ) -> tuple[tuple[str, ...], tuple[Reading, ...]] | None:
        """The longest name after a word for its kind: محافظة إدلب, city of Aleppo."""
        for kind in heads:
            first = number + len(kind.words)
            if tuple(words[number + 1 : first]) != kind.words[1:] or first >= len(words):
                continue
            for name, readings in self._plain(words, first, words[first], self.gazetteer.lengths.get(words[first], ())):
                kept = _of_kind(readings, kind)
                if kept:
                    return (form, *kind.words[1:], *name), kept
        return None

    def _proclitic(self, token: Token, form: str) -> str | None:
        """What is cut off a word to leave a form; None if a name cannot lose it (the article, سـ)."""
        if form == token.norm:
            return ""
        if token.norm in self.rules.whole_words:
            return None
        if token.norm.endswith(form):
            prefix = token.norm[: -len(form)]
            return prefix if prefix in self.rules.proclitics else None
        # للرياض is ل + الرياض
        return "ل" if form.startswith("ال") and token.norm.endswith("ل" + form[2:]) else None

    def _allowed(
        self, field: FieldText, number: int, name: tuple[str, ...], proclitic: str, readings: tuple[Reading, ...]
    ) -> tuple[Reading, ...]:
        """The readings of a name that the words in it and around it allow."""
        last = number + len(name) - 1
        spot = _Spot(field, number, name, proclitic, _neighbour(field, number, -1), _neighbour(field, last, +1))
        refusals = self.rules.refusals_of(" ".join(name))
        indefinite = len(name) == 1 and spot.tokens[0].raw.endswith(self.rules.accusative)
        return tuple(
            reading
            for reading in readings
            if not (reading.capitals and not self._capitals(spot, reading.capitals))
            and not (indefinite and not reading.demonym)
            and not self._another_person(spot, reading)
            and not any(self._refused(spot, rule, reading.entry) for rule in refusals)
        )

    def _capitals(self, spot: _Spot, capitals: str) -> bool:
        """Are the capitals where the name has them? A text without any, or of nothing else, proves nothing."""
        if spot.field.raw.islower() or spot.field.raw.isupper():
            return len(spot.name) > 1 or spot.name[0] not in self.rules.shouted_words
        return all(
            asked == "." or (token.raw.isupper() if asked == "U" else token.raw[0].isupper())
            for token, asked in zip(spot.tokens, capitals, strict=False)
        )

    def _another_person(self, spot: _Spot, reading: Reading) -> bool:
        """Is a single word the name of somebody else: ماهر الأسد, أحمد المصري, لبيد بن ربيعة, سناء محمد بن لادن?"""
        descent = self.rules.filiation
        person = reading.entry.type is EntityType.PERSON
        if len(spot.name) > 1 and not (person and spot.name[0] in descent):
            return False
        if person and spot.after is not None and spot.after.norm in descent:
            return True
        if spot.before is None:
            return False
        forms = spot.before.forms
        if person:
            theirs = {form: self.gazetteer.bears_given_name(form, reading.id) for form in forms}
            return any(its is False or (its is None and form in self.rules.given_names) for form, its in theirs.items())
        like_surname = spot.name[0].startswith("ال") and not spot.proclitic and reading.entry.kind in _SURNAMES
        return (reading.demonym or like_surname) and not self.rules.given_names.isdisjoint(forms)

    def _refused(self, spot: _Spot, rule: Refusal, entry: EntityEntry) -> bool:
        if rule.kinds and entry.kind not in rule.kinds:
            return False
        return (
            not rule.before.isdisjoint(_any_form(spot.before))
            or not rule.after.isdisjoint(_any_form(spot.after))
            or (bool(rule.near) and self._near(spot, rule))
            or (rule.quoted and self._quoted(spot))
        )

    def _near(self, spot: _Spot, rule: Refusal) -> bool:
        """Is one of the rule's words in the sentence, and no cue right before the name?"""
        if self._cued(spot.before, spot.proclitic, "cue"):
            return False
        first, last = next(s for s in spot.field.sentences if s[0] <= spot.first < s[1])
        others = (*spot.field.tokens[first : spot.first], *spot.field.tokens[spot.last + 1 : last])
        return any(not rule.near.isdisjoint(token.forms) for token in others)

    def _quoted(self, spot: _Spot) -> bool:
        around = (
            *spot.field.tokens[max(0, spot.first - 1) : spot.first],
            *spot.field.tokens[spot.last + 1 : spot.last + 2],
        )
        return len(around) == 2 and all(token.raw in _QUOTES for token in around)

    def _cued(self, before: Token | None, proclitic: str, cue: str) -> bool:
        if cue == "cue" and proclitic[-1:] in ("ب", "ل") and proclitic:
            return True
        cues = self.rules.cues if cue == "cue" else self.rules.strong_cues
        return before is not None and not cues.isdisjoint(before.forms)

    # --- what they stand for ------------------------------------------------------------------------------------------

    def entities(self) -> tuple[Entity, ...]:
        """One entity for each thing, in the order in which the article first names them."""
        found = [name for field in self.document.fields for name in self.names(field)]
        plain = {r.id for name in found for r in name.readings if not (r.short or r.cue)}
        explicit = {r.id for name in found for r in name.readings if r.explicit}
        countries: Counter[str | None] = Counter(
            entry.country
            for name in found
            if len({r.entry.country for r in name.readings}) == 1
            and (entry := name.readings[0].entry).country
            and not (name.readings[0].cue or name.readings[0].short)
        )
        mentions: dict[str, list[Mention]] = {}
        previous: tuple[_Found, Reading] | None = None
        for name in found:
            beside = previous[1] if previous and self._listed(previous[0], name) else None
            reading = self._meant(name, plain, explicit, countries, beside)
            if reading is None:
                continue
            mentions.setdefault(reading.id, []).append(self._mention(name, reading))
            previous = name, reading
            if reading.cue in _CUES:
                plain.add(reading.id)
        return tuple(self._entity(entity_id, named) for entity_id, named in mentions.items())

    def _meant(
        self, name: _Found, plain: set[str], explicit: set[str], countries: Counter[str | None], beside: Reading | None
    ) -> Reading | None:
        before = _neighbour(name.field, name.first, -1)
        entry_beside = beside.entry if beside else None
        country_beside = entry_beside.country if entry_beside else None
        # محافظتي درعا والسويداء: what the first of a list says of its kind holds for the next.
        kind_beside = entry_beside.kind if entry_beside and beside and beside.explicit else None
        candidates = [
            reading
            for reading in name.readings
            if (reading.id in plain and reading.cue != "kind")
            or not (reading.short or reading.cue)
            or (country_beside and reading.cue in _CUES and reading.entry.country == country_beside)
            or self._announced(reading, before, name.proclitic, countries)
        ]
        if not candidates:  # السفيرة, once مدينة السفيرة is named
            candidates = [reading for reading in name.readings if reading.cue == "kind" and reading.id in plain]
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        return max(
            candidates,
            key=lambda r: (
                r.cue == "sport",
                bool(r.marked) and r.marked == name.written,
                r.entry.kind == kind_beside,
                r.id in explicit and not self._all_explicit(candidates, explicit),
                countries[r.entry.country],
                not r.short,
                -candidates.index(r),
            ),
        )

    def _announced(
        self, reading: Reading, before: Token | None, proclitic: str, countries: Counter[str | None]
    ) -> bool:
        """Is a name that is also a word meant as a name: a place by the word before it, others by their country?

        What needs the word for its kind is never announced: with that word it asks for nothing.
        """
        if reading.cue == "sport":
            return self.on_sport and not self._cued(before, proclitic, "cue")
        if reading.short or reading.cue not in _CUES:
            return False
        entry = reading.entry
        if entry.type is EntityType.PERSON or (entry.type is not EntityType.PLACE and reading.cue == "cue"):
            return countries[entry.country] > 0
        if reading.cue == "context":
            if before is not None and not self.rules.place_cues.isdisjoint(before.forms):
                return True
            return countries[entry.country] > 0 and self._cued(before, proclitic, "cue")
        at_home = reading.cue == "home" and countries[entry.country] > 0
        return at_home or self._cued(before, proclitic, "cue" if reading.cue == "cue" else "strong_cue")

    def _all_explicit(self, candidates: list[Reading], explicit: set[str]) -> bool:
        return all(r.id in explicit for r in candidates)

    def _listed(self, previous: _Found, name: _Found) -> bool:
        """Do two names stand in one list: حلب والرقة, Aleppo and Raqqa?"""
        if previous.field is not name.field:
            return False
        between = name.field.tokens[previous.last + 1 : name.first]
        if not between:
            return name.proclitic.startswith("و")
        return len(between) == 1 and _word(between[0]) in self.rules.conjunctions

    def _mention(self, name: _Found, reading: Reading) -> Mention:
        end = name.field.tokens[name.last].end
        return Mention(field=name.field.field, start=name.start, end=end, text=name.written, demonym=reading.demonym)

    def _entity(self, entity_id: str, mentions: list[Mention]) -> Entity:
        entry = self.gazetteer.entries[entity_id]
        return Entity(
            id=entity_id,
            type=entry.type,
            label=entry.label,
            parents=entry.parents,
            country=entry.country,
            mentions=tuple(mentions),
        )


def find_entities(document: Document, gazetteer: Gazetteer) -> tuple[Entity, ...]:
    """Everything the gazetteer knows that a document names.

    Entities come in the order of their first mention, mentions by field (title first) and start; every mention's text is
    the slice of the raw field that it points to.
    """
    return _Reader(document, gazetteer).entities()
