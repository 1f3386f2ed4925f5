"""An article as queries see it: built once, asked by every candidate watchlist.

Words have positions: they count up through the title, then, after a gap wider than any proximity, through the body. Marks
have none, but a sentence end does, so that no phrase runs across it.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from agents.enrichment.languages import pack
from agents.enrichment.text import document, fold, normalise
from agents.watchlists.query import MAX_DISTANCE
from streams.records import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import numpy as np

    from agents.enrichment.text import FieldText, Token
    from agents.watchlists.ranks import Judged
    from streams.records import Enriched, Entity, Event, Reason

#: Letters of a prefix that it is filed under.
PREFIX_LETTERS = 3

#: How terms of these kinds begin.
PREFIX, EXACT = "\x01p", "\x01x"


class ArticleIndex:
    """The words, entities, topics and events of one article, ready to be asked."""

    def __init__(self, enriched: Enriched) -> None:
        article = enriched.article
        self.enriched = enriched
        read = document(article.title, article.body, enriched.language, pack(enriched.language), enriched.text_end)
        self.title, self.body = read.title, read.body
        self.title_words = _words(read.title)
        self.body_words = _words(read.body)
        self.body_at = len(self.title_words) + MAX_DISTANCE + 2
        """Position of the body's first word."""
        self._spans: dict[tuple[int, int], Span] = {}
        self.reasons: dict[tuple[str, str, int, int], Reason] = {}
        """By clause and place: several watchlists give the same."""
        self.verdicts: dict[int, tuple[object, bool]] = {}
        """By a clause's identity, what it found: several watchlists share it. It is kept, so that its identity is."""
        self.judged: Judged | None = None
        """How near it is to the meanings of all watchlists, once that is known."""
        self.standing: dict[int, tuple[object, list[int]]] = {}
        """By a word's identity, its positions; kept for the same reason."""

    def token(self, position: int) -> Token | None:
        """The word at a position."""
        if position >= self.body_at:
            at = position - self.body_at
            return self.body_words[at] if at < len(self.body_words) else None
        return self.title_words[position] if position < len(self.title_words) else None

    def span(self, first: int, last: int) -> Span:
        """The raw text from one word to another, both included."""
        known = self._spans.get((first, last))
        if known is None:
            start, end = self.token(first), self.token(last)
            assert start is not None  # noqa: S101 - positions come from this index
            assert end is not None  # noqa: S101
            field: FieldText = self.body if first >= self.body_at else self.title
            text = field.raw[start.start : end.end]
            # Unchecked, for it is cut here: thousands of watchlists may ask for the same words.
            known = Span.model_construct(field=field.field, start=start.start, end=end.end, text=text)
            self._spans[first, last] = known
        return known

    @cached_property
    def words(self) -> list[tuple[int, Token]]:
        """Every word with its position."""
        both = ((self.title_words, 0), (self.body_words, self.body_at))
        return [(position, token) for words, first in both for position, token in enumerate(words, first) if token]

    @cached_property
    def stems(self) -> dict[frozenset[str], list[int]]:
        """Base forms that a written word may be of, to its positions, ascending: a text repeats its words."""
        found: dict[frozenset[str], list[int]] = {}
        for position, token in self.words:
            known = found.get(token.stems)
            if known is None:
                found[token.stems] = [position]
            else:
                known.append(position)
        return found

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Base form to positions, ascending."""
        found: dict[str, list[int]] = {}
        for stems, positions in self.stems.items():
            for stem in stems:
                known = found.get(stem)
                found[stem] = positions if known is None else sorted(known + positions)
        return found

    @cached_property
    def spellings(self) -> dict[str, list[int]]:
        """Written form, folded, to positions."""
        return _filed((fold(token.raw), position) for position, token in self.words)

    @cached_property
    def forms(self) -> dict[str, list[int]]:
        """Written form with and without its proclitics to positions."""
        return _filed((form, position) for position, token in self.words for form in token.forms)

    @cached_property
    def sorted_forms(self) -> list[str]:
        """The forms in order, for prefixes."""
        return sorted(self.forms)

    def forms_beginning(self, prefix: str) -> Iterator[str]:
        """Forms that begin so."""
        forms = self.sorted_forms
        for at in range(bisect_left(forms, prefix), len(forms)):
            if not forms[at].startswith(prefix):
                return
            yield forms[at]

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """What the article is news of, the main one first: not background, and of agreements the main one alone.

        Developments are kept of main agreements: one that is told beside another would alert under the wrong development.
        """
        told = (e for e in self.enriched.events if not e.background and (e.main or e.agreement is None))
        return tuple(sorted(told, key=lambda e: not e.main))

    @cached_property
    def entities(self) -> dict[str, Entity]:
        """By id."""
        return {entity.id: entity for entity in self.enriched.entities}

    @cached_property
    def entities_named(self) -> dict[str, list[Entity]]:
        """Label or mention, normalised, to entities."""
        found: dict[str, list[Entity]] = {}
        for entity in self.enriched.entities:
            names = {normalised_name(entity.label.ar), normalised_name(entity.label.en)}
            names |= {normalised_name(mention.text) for mention in entity.mentions}
            for name in names - {""}:
                found.setdefault(name, []).append(entity)
        return found

    @cached_property
    def topics_named(self) -> frozenset[str]:
        """Topic labels, normalised."""
        labels = [name for topic in self.enriched.topics for name in (topic.label.ar, topic.label.en)]
        return frozenset(normalised_name(label) for label in labels if label)

    @property
    def encoder(self) -> str | None:
        """The encoder of `vector`, with its version."""
        return self.enriched.versions.get("encoder")

    @cached_property
    def vector(self) -> np.ndarray | None:
        """The meaning of title and lead."""
        if self.enriched.vector is None:
            return None
        from agents.enrichment.encoder import unpack_vector

        return unpack_vector(self.enriched.vector)

    def terms_but_stems(self, kinds: Collection[str] = (PREFIX, EXACT)) -> set[str]:
        """What a watchlist can be filed under (clauses.py) and this article has, but for base forms of words.

        Prefixes and spellings, which are many, only if their kind is asked for.
        """
        found = {
            language_term(self.enriched.language),
            *self._entity_terms(),
            *self._topic_terms(),
            *self._event_terms(),
        }
        if self.judged is not None:
            found.update(self.judged.cosines)
        if PREFIX in kinds:
            beginnings = {form[:PREFIX_LETTERS] for form in self.forms}
            found.update(map(prefix_term, beginnings), map(prefix_term, {form[:2] for form in beginnings}))
        if EXACT in kinds:
            found.update(map(exact_term, self.spellings))
        if self.enriched.article.source:
            found.add(source_term(normalised_name(self.enriched.article.source)))
        return found

    def _entity_terms(self) -> Iterator[str]:
        for entity in self.enriched.entities:
            yield id_term(entity.id)
            yield from map(id_term, entity.parents)
        yield from map(name_term, self.entities_named)

    def _topic_terms(self) -> Iterator[str]:
        for topic in self.enriched.topics:
            yield topic_term(topic.code)
            yield from map(topic_term, topic.broader)
        yield from map(topic_term, self.topics_named)

    def _event_terms(self) -> Iterator[str]:
        for event in self.events:
            yield event_term("event", event.type)
            if event.agreement:
                yield event_term("agreement", event.agreement.kind)
            if event.stage:
                yield event_term("stage", event.stage)
            yield from map(id_term, (*event_places(event), *event_parties(event)))


def _words(field: FieldText) -> list[Token | None]:
    """Words of a field; None stands at each sentence end that is written with a mark."""
    ends = {last - 1 for _, last in field.sentences}
    found: list[Token | None] = []
    for number, token in enumerate(field.tokens):
        if token.is_word:
            found.append(token)
        elif number in ends:
            found.append(None)
    return found


def _filed(pairs: Iterator[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key, position in pairs:
        found.setdefault(key, []).append(position)
    return found


@lru_cache(maxsize=100_000)
def normalised_name(name: str) -> str:
    """A name for comparison: each of its words normalised."""
    return " ".join(normalise(word) for word in name.split())


def event_places(event: Event) -> tuple[str, ...]:
    """Entity ids of where an event is, or what an agreement is for."""
    places = event.agreement.places if event.agreement else ()
    return (event.place, *places) if event.place else places


def event_parties(event: Event) -> tuple[str, ...]:
    """Entity ids of who agrees or acts; not of who mediates."""
    parties = event.agreement.parties if event.agreement else ()
    return (*parties, *(actor.id for actor in event.actors if actor.role != "mediator"))


# Terms other than words begin with a control character, so that they never meet a word.


def id_term(entity_id: str) -> str:
    """An entity, or a place that holds one."""
    return f"\x01i{entity_id}"


def name_term(name: str) -> str:
    """An entity by a name that no vocabulary knows."""
    return f"\x01n{name}"


def topic_term(code: str) -> str:
    """A topic's code, or its label."""
    return f"\x01t{code}"


def event_term(field: str, value: str) -> str:
    """A value of event, agreement or stage."""
    return f"\x01{field}:{value}"


def language_term(code: str) -> str:
    """The article's language."""
    return f"\x01l{code}"


def source_term(source: str) -> str:
    """The article's source, normalised."""
    return f"\x01s{source}"


def prefix_term(letters: str) -> str:
    """First letters of a word."""
    return f"\x01p{letters}"


def exact_term(spelling: str) -> str:
    """A written word, folded."""
    return f"\x01x{spelling}"
