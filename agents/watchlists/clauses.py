"""The leaves of a compiled query: what each asks of an article, and the spans that prove it.

A clause is equal to another that asks the same, so that watchlists share them and an article answers each once.
`needs` are what a watchlist can be filed under: an article that lacks one of them cannot satisfy the clause.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from agents.watchlists.article import (
    PREFIX_LETTERS,
    exact_term,
    id_term,
    language_term,
    name_term,
    normalised_name,
    prefix_term,
    source_term,
    topic_term,
)
from agents.watchlists.ranks import Meaning
from agents.watchlists.syntax import bounds
from streams.records import EntityType, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from agents.watchlists.article import ArticleIndex
    from agents.watchlists.syntax import Range
    from streams.records import Entity

#: Cosine from which an article means what `like:` says: in the query's language, and in another one, where sentences on
#: the same event score lower. Coarse; a rank among recent articles (ranks.py) carries better across languages.
ALIKE = 0.6
ALIKE_ACROSS = 0.4
#: Spans a clause shows at most.
MAX_SPANS = 40


class Clause(ABC):
    """One thing asked of an article."""

    __slots__ = ()

    @abstractmethod
    def holds(self, article: ArticleIndex) -> bool:
        """Does the article satisfy it?"""

    @abstractmethod
    def spans(self, article: ArticleIndex) -> Iterable[Span]:
        """The words that satisfy it, title first; none where nothing can be shown."""

    @abstractmethod
    def needs(self) -> tuple[frozenset[str], ...]:
        """Sets of terms (article.py): an article that satisfies it has one of each. Empty: nothing is known."""

    @property
    def sure(self) -> bool:
        """Does an article that has one term of each need satisfy it?"""
        return False


# --- words ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term(Clause):
    """A word in any of its forms, or, with `exact`, in one spelling."""

    keys: frozenset[str]
    title_only: bool = False
    exact: bool = False

    def positions(self, article: ArticleIndex) -> list[int]:
        """Where it stands, ascending. Found once an article: phrases share their words."""
        known = article.standing.get(id(self))
        if known is None:
            known = article.standing[id(self)] = self, self._positions(article)
        return known[1]

    def _positions(self, article: ArticleIndex) -> list[int]:
        filed = article.spellings if self.exact else article.positions
        found = [filed[key] for key in self.keys if key in filed]
        merged = found[0] if found else []
        for positions in found:
            if positions is not merged:  # most often all base forms are of the same written words
                merged = sorted({position for positions in found for position in positions})
                break
        return [p for p in merged if p < article.body_at] if self.title_only else merged

    def holds(self, article: ArticleIndex) -> bool:
        if self.title_only:
            return bool(self.positions(article))
        filed = article.spellings if self.exact else article.positions
        for key in self.keys:  # noqa: SIM110 - any() takes twice as long, and there are thousands of words to ask for
            if key in filed:
                return True
        return False

    def spans(self, article: ArticleIndex) -> Iterator[Span]:
        for position in islice(self.positions(article), MAX_SPANS):
            yield article.span(position, position)

    def needs(self) -> tuple[frozenset[str], ...]:
        return (frozenset(map(exact_term, self.keys)) if self.exact else self.keys,)

    @property
    def sure(self) -> bool:
        return not self.title_only


@dataclass(frozen=True, slots=True)
class Row(Clause):
    """Words one after the other. Marks between them do not count, sentence ends do."""

    words: tuple[Term, ...]

    def starts(self, article: ArticleIndex) -> list[int]:
        """Where it begins."""
        found = [word.positions(article) for word in self.words]
        rarest = min(range(len(found)), key=lambda n: len(found[n]))
        starts = [position - rarest for position in found[rarest]]
        for number, positions in enumerate(found):
            if number != rarest and starts:
                starts = [start for start in starts if _stands(positions, start + number)]
        return starts

    def holds(self, article: ArticleIndex) -> bool:
        return bool(self.starts(article))

    def spans(self, article: ArticleIndex) -> Iterator[Span]:
        for start in islice(self.starts(article), MAX_SPANS):
            yield article.span(start, start + len(self.words) - 1)

    def needs(self) -> tuple[frozenset[str], ...]:
        return tuple(need for word in self.words for need in word.needs())


@dataclass(frozen=True, slots=True)
class Near(Clause):
    """Words in any order, with at most `distance` other words between the first and the last of them."""

    words: tuple[Term, ...]
    distance: int

    def windows(self, article: ArticleIndex) -> list[tuple[int, ...]]:
        """The closest groups that satisfy it, as positions; no two share a word.

        A sliding window over all occurrences in order: whenever it holds every word it is shrunk from the left, and what
        is left is a closest group.
        """
        needed = Counter(self.words)
        occurrences: dict[int, list[Term]] = {}
        for word in needed:
            positions = word.positions(article)
            if not positions:
                return []
            for position in positions:
                occurrences.setdefault(position, []).append(word)
        ordered = sorted(occurrences)
        width = len(self.words) + self.distance
        found: list[tuple[int, ...]] = []
        left, counts, missing = 0, dict.fromkeys(needed, 0), sum(needed.values())
        for right, position in enumerate(ordered):
            for word in occurrences[position]:
                missing -= counts[word] < needed[word]
                counts[word] += 1
            while position - ordered[left] >= width or (
                missing == 0
                and self._dispensable(occurrences[ordered[left]], counts, needed)
                and right - left + 1 > len(self.words)
            ):
                for word in occurrences[ordered[left]]:
                    counts[word] -= 1
                    missing += counts[word] < needed[word]
                left += 1
            if missing == 0 and right - left + 1 >= len(self.words):
                found.append(tuple(ordered[left : right + 1]))
        return _apart(found)

    @staticmethod
    def _dispensable(words: list[Term], counts: dict[Term, int], needed: dict[Term, int]) -> bool:
        return all(counts[word] > needed[word] for word in words)

    def holds(self, article: ArticleIndex) -> bool:
        if len(self.words) != 2 or self.words[0] == self.words[1]:
            return all(word.holds(article) for word in self.words) and bool(self.windows(article))
        one, other = self.words
        return _meet(one.positions(article), other.positions(article), self.distance + 1)

    def spans(self, article: ArticleIndex) -> Iterator[Span]:
        for window in islice(self.windows(article), MAX_SPANS):
            for position in window:
                yield article.span(position, position)

    def needs(self) -> tuple[frozenset[str], ...]:
        return tuple(need for word in self.words for need in word.needs())


@dataclass(frozen=True, slots=True)
class InOrder(Clause):
    """Words in this order, with at most `distance` other words between the first and the last of them."""

    words: tuple[Term, ...]
    distance: int

    def windows(self, article: ArticleIndex) -> list[tuple[int, ...]]:
        """The closest groups that satisfy it, as positions; no two share a word."""
        standing = [word.positions(article) for word in self.words]
        width = len(self.words) + self.distance
        found: list[tuple[int, ...]] = []
        for first in standing[0]:
            window = [first]
            for positions in standing[1:]:  # the next of each word is the closest
                at = bisect_right(positions, window[-1])
                if at == len(positions) or positions[at] - first >= width:
                    break
                window.append(positions[at])
            else:
                found.append(tuple(window))
        return _apart(found)

    def holds(self, article: ArticleIndex) -> bool:
        return all(word.holds(article) for word in self.words) and bool(self.windows(article))

    def spans(self, article: ArticleIndex) -> Iterator[Span]:
        for window in islice(self.windows(article), MAX_SPANS):
            for position in window:
                yield article.span(position, position)

    def needs(self) -> tuple[frozenset[str], ...]:
        return tuple(need for word in self.words for need in word.needs())


def _stands(positions: list[int], position: int) -> bool:
    at = bisect_left(positions, position)
    return at < len(positions) and positions[at] == position


def _meet(one: list[int], other: list[int], within: int) -> bool:
    """Do two words, at these ascending positions, stand at two different places no further apart?"""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    for position in short:
        at = bisect_left(long, position - within)
        if at < len(long) and long[at] == position:  # one written word is not two
            at += 1
        if at < len(long) and long[at] <= position + within:
            return True
    return False


def _apart(windows: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The tightest windows of which no two overlap, in order."""
    kept: list[tuple[int, ...]] = []
    for window in sorted(windows, key=lambda w: (w[-1] - w[0], w[0])):
        if all(window[-1] < other[0] or window[0] > other[-1] for other in kept):
            kept.append(window)
    return sorted(kept)


@dataclass(frozen=True, slots=True)
class Beginning(Clause):
    """Words that begin so, with or without proclitics."""

    prefix: str
    title_only: bool = False

    def positions(self, article: ArticleIndex) -> list[int]:
        """Where such words stand, ascending."""
        found = {p for form in article.forms_beginning(self.prefix) for p in article.forms[form]}
        return sorted(p for p in found if not self.title_only or p < article.body_at)

    def holds(self, article: ArticleIndex) -> bool:
        return (
            bool(self.positions(article))
            if self.title_only
            else any(True for _ in article.forms_beginning(self.prefix))
        )

    def spans(self, article: ArticleIndex) -> Iterator[Span]:
        for position in islice(self.positions(article), MAX_SPANS):
            yield article.span(position, position)

    def needs(self) -> tuple[frozenset[str], ...]:
        return (frozenset({prefix_term(self.prefix[:PREFIX_LETTERS])}),)


@lru_cache(maxsize=10_000)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("".join("." if char == "?" else re.escape(char) for char in text))


@dataclass(frozen=True, slots=True)
class Patterned(Clause):
    """Words that read so but for the letters under `?`, with or without proclitics."""

    pattern: str
    title_only: bool = False

    def _forms(self, article: ArticleIndex) -> Iterator[str]:
        reads = _pattern(self.pattern).fullmatch
        return (form for form in article.forms_beginning(self.pattern.partition("?")[0]) if reads(form))

    def positions(self, article: ArticleIndex) -> list[int]:
        """Where such words stand, ascending."""
        found = {p for form in self._forms(article) for p in article.forms[form]}
        return sorted(p for p in found if not self.title_only or p < article.body_at)

    def holds(self, article: ArticleIndex) -> bool:
        return bool(self.positions(article)) if self.title_only else any(True for _ in self._forms(article))

    def spans(self, article: ArticleIndex) -> Iterator[Span]:
        for position in islice(self.positions(article), MAX_SPANS):
            yield article.span(position, position)

    def needs(self) -> tuple[frozenset[str], ...]:
        letters = self.pattern.partition("?")[0][:PREFIX_LETTERS]
        return (frozenset({prefix_term(letters)}),) if len(letters) >= 2 else ()


# --- entities and topics --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named(Clause):
    """An entity, by id; where the name is in no gazetteer, one whose label or mention reads so.

    `parts`: a place holds what lies in it.
    """

    name: str
    ids: frozenset[str]
    types: frozenset[EntityType] | None
    parts: bool = False

    def entities(self, article: ArticleIndex) -> list[Entity]:
        """Those of the article that it means."""
        if self.ids:
            return [e for e in article.enriched.entities if self.fits_type(e) and self.holds_id(e.id, e.parents)]
        return [e for e in article.entities_named.get(self.name, ()) if self.fits_type(e)]

    def fits_type(self, entity: Entity) -> bool:
        """Is it of a type that the field asks for?"""
        return self.types is None or entity.type in self.types

    def holds_id(self, entity_id: str, parents: Iterable[str]) -> bool:
        """Is it one of the entities meant, or a part of one?"""
        return entity_id in self.ids or (self.parts and not self.ids.isdisjoint(parents))

    def means(self, entity_id: str, article: ArticleIndex) -> bool:
        """Does it mean the entity of that id, as the article has it?"""
        entity = article.entities.get(entity_id)
        if self.ids:
            return self.holds_id(entity_id, entity.parents if entity else ())
        return entity is not None and entity in article.entities_named.get(self.name, ())

    def holds(self, article: ArticleIndex) -> bool:
        return bool(self.entities(article))

    def spans(self, article: ArticleIndex) -> Iterator[Span]:
        return (mention for entity in self.entities(article) for mention in entity.mentions)

    def needs(self) -> tuple[frozenset[str], ...]:
        return (frozenset(map(id_term, self.ids)) if self.ids else frozenset({name_term(self.name)}),)


@dataclass(frozen=True, slots=True)
class About(Clause):
    """A topic or one narrower, by code; where the name is in no vocabulary, by label."""

    name: str
    codes: frozenset[str]

    def holds(self, article: ArticleIndex) -> bool:
        if not self.codes:
            return self.name in article.topics_named
        return any(t.code in self.codes or not self.codes.isdisjoint(t.broader) for t in article.enriched.topics)

    def spans(self, article: ArticleIndex) -> Iterator[Span]:
        for topic in article.enriched.topics:
            labels = {normalised_name(topic.label.ar), normalised_name(topic.label.en)}
            if (
                topic.code in self.codes
                or not self.codes.isdisjoint(topic.broader)
                or (not self.codes and self.name in labels)
            ):
                yield from topic.evidence

    def needs(self) -> tuple[frozenset[str], ...]:
        return (frozenset(map(topic_term, self.codes or {self.name})),)

    @property
    def sure(self) -> bool:
        return True


# --- the rest -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class From(Clause):
    """The source, by its whole name."""

    source: str

    def holds(self, article: ArticleIndex) -> bool:
        return normalised_name(article.enriched.article.source or "") == self.source

    def spans(self, article: ArticleIndex) -> tuple[Span, ...]:  # noqa: ARG002 - not in the text
        return ()

    def needs(self) -> tuple[frozenset[str], ...]:
        return (frozenset({source_term(self.source)}),)

    @property
    def sure(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Written(Clause):
    """The article's language."""

    language: str

    def holds(self, article: ArticleIndex) -> bool:
        return article.enriched.language == self.language

    def spans(self, article: ArticleIndex) -> tuple[Span, ...]:  # noqa: ARG002 - not in the text
        return ()

    def needs(self) -> tuple[frozenset[str], ...]:
        return (frozenset({language_term(self.language)}),)

    @property
    def sure(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Published(Clause):
    """Published from `low` on and before `high`."""

    low: datetime
    high: datetime

    def holds(self, article: ArticleIndex) -> bool:
        return self.low <= article.enriched.article.published_at < self.high

    def spans(self, article: ArticleIndex) -> tuple[Span, ...]:  # noqa: ARG002 - not in the text
        return ()

    def needs(self) -> tuple[()]:
        return ()


@dataclass(frozen=True, slots=True)
class PublishedLately(Clause):
    """Published within a range that is reckoned from the article's arrival; unknown, it arrived when it was published."""

    written: Range

    def holds(self, article: ArticleIndex) -> bool:
        published = article.enriched.article.published_at
        low, high = bounds(self.written, article.enriched.timings.arrived or published)
        return low <= published < high

    def spans(self, article: ArticleIndex) -> tuple[Span, ...]:  # noqa: ARG002 - not in the text
        return ()

    def needs(self) -> tuple[()]:
        return ()


@dataclass(frozen=True, slots=True)
class Alike(Clause):
    """Title and lead mean the same as a text, in whatever language. Never true without vectors."""

    meaning: str
    language: str
    vector: tuple[float, ...]
    encoder: str
    """Whose vector it is: numbers of two encoders have nothing to do with each other."""
    top: float | None = None
    """Per cent of the recent articles of a language that are near enough; None: by cosine."""

    @property
    def meaning_asked(self) -> Meaning | None:
        """What all watchlists' meanings are judged by; None without a vector."""
        if not self.vector:
            return None
        share = None if self.top is None else self.top / 100
        return Meaning(self._term, self.vector, (ALIKE, ALIKE_ACROSS), self.language, share)

    @property
    def _term(self) -> str:
        return f"\x01m:{self.top or ''}:{self.meaning}"

    def score(self, article: ArticleIndex) -> float:
        """Cosine of the two meanings; 0 where one is unknown."""
        if not self.vector or article.encoder != self.encoder or article.vector is None:
            return 0.0
        return float(np.dot(np.asarray(self.vector, dtype=np.float32), article.vector))

    def said(self, article: ArticleIndex) -> str:
        """How near the article is, for people."""
        found = f"cosine {self.score(article):.2f}"
        judged = article.judged
        if judged is None or self._term not in judged.ranks:
            return found
        among = f"{judged.seen:,} recent articles in {article.enriched.language}"
        return f"{found}, top {100 * judged.ranks[self._term]:.2g}% of {among}"

    def holds(self, article: ArticleIndex) -> bool:
        if article.judged is not None:
            return self._term in article.judged.cosines
        return self.score(article) >= (ALIKE if article.enriched.language == self.language else ALIKE_ACROSS)

    def spans(self, article: ArticleIndex) -> Iterator[Span]:
        for field in (article.title, article.body):
            if field.tokens:
                first, last = field.sentences[0]
                start, end, text = field.slice(first, last - 1)
                yield Span(field=field.field, start=start, end=end, text=text)
                return

    def needs(self) -> tuple[frozenset[str], ...]:
        return (frozenset({self._term}),) if self.vector else ()

    @property
    def sure(self) -> bool:
        return bool(self.vector)
