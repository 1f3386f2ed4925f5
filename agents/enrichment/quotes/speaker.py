"""Who says it? The words for a speaker on one side of a verb: a name, a title, an agency, a source without a name."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from agents.enrichment.text import normalise
from streams.records import EntityType, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.enrichment.events.lexicon import Hit
    from agents.enrichment.quotes.lexicon import QuoteLexicon
    from agents.enrichment.text import Document, FieldText, Token
    from streams.records import Entity, Mention, QuoteSource

#: Words for a speaker that no table and no list of titles knows.
_NAME_WORDS = 4
#: The longest words for a source: "a senior official in the foreign ministry of ...".
_PHRASE_WORDS = 12


class Speaker(NamedTuple):
    """Who speaks: an entity's id or None, the words for them (None: only a pronoun, or nothing), and what they are."""

    entity: str | None
    words: Span | None
    source: QuoteSource


@dataclass(frozen=True, slots=True)
class Named:
    """An entity where a field names it: token numbers `first` to `last`."""

    entity: Entity
    mention: Mention
    first: int
    last: int


def names_of(document: Document, entities: Sequence[Entity]) -> dict[str, list[Named]]:
    """The mentions of entities, by field and in order."""
    starts = {text.field: [token.start for token in text.tokens] for text in document.fields}
    found: dict[str, list[Named]] = {"title": [], "body": []}
    for entity in entities:
        for mention in entity.mentions:
            first = bisect_right(starts[mention.field], mention.start) - 1
            last = bisect_right(starts[mention.field], max(mention.end - 1, mention.start)) - 1
            if 0 <= first <= last:
                found[mention.field].append(Named(entity, mention, first, last))
    for named in found.values():
        named.sort(key=lambda n: (n.first, -n.last))
    return found


@dataclass(frozen=True, slots=True)
class Reader:
    """Finds speakers in one field: `names` and `sources` are in order, a region is token numbers, end not included."""

    text: FieldText
    lex: QuoteLexicon
    names: Sequence[Named]
    sources: Sequence[Hit]

    def after(self, first: int, end: int, *, owned: bool = False) -> Speaker | None:
        """The speaker right after a verb (قال فلان, said Lavrov). `owned`: a particle introduces them (وفقا لمسؤول)."""
        return self._choose(first, self._cut(first, end), nearest_last=False, owned=owned)

    def before(self, first: int, end: int) -> Speaker | None:
        """The speaker before a verb (Lavrov said): after the last comma, or before an aside between two."""
        tokens = self.text.tokens
        commas = [n for n in range(first, end) if tokens[n].raw in (",", "،")]
        if commas and commas[-1] == end - 1:
            end = commas[-2] if len(commas) > 1 else commas[-1]
            commas = [n for n in commas if n < end]
        if commas:
            first = commas[-1] + 1
        return self._choose(first, end, nearest_last=True, owned=True)

    def is_pronoun(self, first: int, end: int) -> bool:
        """Does a pronoun stand in the region?"""
        return any(self.text.tokens[n].norm in self.lex.pronouns for n in range(first, end))

    def last_person(self, first: int, end: int) -> Speaker | None:
        """The last person named in a region: whom a pronoun after it means."""
        people = [n for n in self.names if first <= n.first < end and n.entity.type is EntityType.PERSON]
        return self._by_name(people[-1]) if people else None

    # --- within ---------------------------------------------------------------------------------------------------------

    def _cut(self, first: int, end: int) -> int:
        """Where the words for a speaker end: at a comma, a colon, a bracket or one of the words that go on."""
        tokens = self.text.tokens
        for number in range(first, end):
            token = tokens[number]
            if token.raw in (",", "،", ":", "؛", ";", "(", ".", "-", "–", "—") and not self._inside_name(number):
                return number
            if token.norm in self.lex.stops:
                return number
        return end

    def _inside_name(self, number: int) -> bool:
        return any(n.first <= number <= n.last for n in self.names)

    def _choose(self, first: int, end: int, *, nearest_last: bool, owned: bool) -> Speaker | None:
        if first >= end:
            return None
        names = [n for n in self.names if first <= n.first and n.last < end and (owned or not self._spoken_to(n))]
        heads = [
            s for s in self.sources if first <= s.first < end and (owned or not self._to(self.text.tokens[s.first]))
        ]
        people = [n for n in names if n.entity.type is EntityType.PERSON and not self._spoken_for(n, first, heads)]
        if people:
            return self._by_name(people[-1 if nearest_last else 0])
        if heads:
            spoken = [h for h in heads if h.says["source"] in ("official", "unnamed")] if self.lex.head_last else heads
            return self._by_source((spoken or heads)[0], names, first, end)
        others = [n for n in names if not n.mention.demonym]
        return self._by_name(others[-1 if nearest_last else 0]) if others else self._unknown(first, end)

    def _by_source(self, head: Hit, names: list[Named], first: int, end: int) -> Speaker:
        """What a word for a source stands for: the name it is part of or goes before, else the words themselves."""
        for named in names:
            agency = head.says["source"] == "agency" and self._is_agency(named)
            whole = named.first <= head.first and head.last <= named.last and not named.mention.demonym
            if whole or (agency and 0 < named.first - head.last <= 2):
                return self._by_name(named)
        unknown = self._unknown_person(head.last + 1, end) if head.says.get("title") else None
        return unknown or Speaker(None, self._phrase(first, end, head), head.says["source"])

    def _to(self, token: Token) -> bool:
        """Is a particle written onto a word that makes it whom one speaks to (لرويترز)?"""
        to = self.lex.to
        return bool(to) and token.norm.startswith(to) and len(token.forms) > 1

    def _spoken_to(self, named: Named) -> bool:
        return (
            bool(self.lex.to)
            and named.mention.start > self.text.tokens[named.first].start
            and self._to(self.text.tokens[named.first])
        )

    def _spoken_for(self, named: Named, first: int, heads: Sequence[Hit]) -> bool:
        """Is the person the one spoken for: المتحدث باسم الرئيس بوتين, a spokesman for Putin?"""
        tokens = self.text.tokens
        for back in (1, 2):
            number = named.first - back
            if number < first:
                return False
            if tokens[number].norm in self.lex.complements:
                return any(head.first < number for head in heads) and (
                    back == 1 or any(head.first == number + 1 for head in heads)
                )
        return False

    def _by_name(self, named: Named) -> Speaker:
        mention, kind = named.mention, named.entity.type
        span = Span(field=mention.field, start=mention.start, end=mention.end, text=mention.text)
        if kind is EntityType.PERSON:
            return Speaker(named.entity.id, span, "person")
        return Speaker(named.entity.id, span, "agency" if self._is_agency(named) else "organisation")

    def _is_agency(self, named: Named) -> bool:
        label = named.entity.label
        return any(
            " ".join(map(normalise, name.split())) in self.lex.agencies
            for name in (named.mention.text, label.ar, label.en)
        )

    def _phrase(self, first: int, end: int, head: Hit) -> Span:
        """The words for a source: from the region's start, at most twelve, to its end or to one of the words that go on."""
        tokens = self.text.tokens
        if self.lex.to:  # what stands before the word is whom one speaks to
            first = head.first
        while first < head.first and (not tokens[first].norm or tokens[first].norm in self.lex.stops):
            first += 1
        first = max(first, head.first - _PHRASE_WORDS // 2)
        last = head.last
        while last + 1 < end and last + 1 - first < _PHRASE_WORDS:
            token = tokens[last + 1]
            if not token.norm or token.norm in self.lex.stops or token.norm in self.lex.that:
                break
            last += 1
        return self._span(first, last)

    def _span(self, first: int, last: int) -> Span:
        start, end, text = self.text.slice(first, last)
        token = self.text.tokens[first]
        if self._to(token) and len(token.raw) == len(token.norm):
            cut = len(self.lex.to) * (2 if token.norm.startswith(self.lex.to * 2) else 1)
            start, text = start + cut, text[cut:]
        return Span(field=self.text.field, start=start, end=end, text=text)

    def _unknown_person(self, first: int, end: int) -> Speaker | None:
        """A name after a title, where the language's script shows names: Foreign Minister Karim Haddad."""
        run = self._capitals(first, end)
        return Speaker(None, self._span(*run), "person") if run and run[1] > run[0] else None

    def _unknown(self, first: int, end: int) -> Speaker | None:
        """A speaker that no table knows: a run of capitals, or, in a script without, the first words of the region."""
        tokens = self.text.tokens
        while first < end and (not tokens[first].norm or tokens[first].norm in self.lex.stops):
            first += 1
        if first >= end or tokens[first].norm in self.lex.pronouns:
            return None
        if run := self._capitals(first, end):
            return Speaker(None, self._span(*run), "person")
        raw = tokens[first].raw[0]
        if raw.islower() or not self.lex.to or end - first > _NAME_WORDS or self._to(tokens[first]):
            return None
        last = first
        while last + 1 < end and tokens[last + 1].norm:
            last += 1
        return Speaker(None, self._span(first, last), "person")

    def _capitals(self, first: int, end: int) -> tuple[int, int] | None:
        tokens = self.text.tokens
        for number in range(first, end):
            if tokens[number].norm and tokens[number].raw[0].isupper() and tokens[number].norm not in self.lex.pronouns:
                last = number
                while last + 1 < end and tokens[last + 1].norm and tokens[last + 1].raw[0].isupper():
                    last += 1
                return number, last
        return None
