"""A query, compiled: names and codes looked up, words reduced to their stems, events bound together.

Within one AND, event fields (event, agreement, stage, party) and place speak of one and the same event. NOT is no
exception there: `event:agreement AND NOT stage:denied` asks for an agreement that is not denied. An event without places
takes those of the article. `event{...}` binds what is in it and nothing else. Background events count only to an
`event{...}` that says `background`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Protocol

from agents.enrichment.language import detect
from agents.enrichment.languages import pack
from agents.enrichment.text import fold, normalise, tokenise
from agents.watchlists.article import normalised_name
from agents.watchlists.clauses import (
    About,
    Alike,
    Beginning,
    Clause,
    From,
    InOrder,
    Named,
    Near,
    Patterned,
    Published,
    PublishedLately,
    Row,
    Term,
    Written,
)
from agents.watchlists.event_clauses import EventFlag, EventPlace, EventValue, Party
from agents.watchlists.fields import EVENT_FIELDS, FIELDS
from agents.watchlists.lexer import position_of
from agents.watchlists.query import parse
from agents.watchlists.syntax import (
    And,
    AtLeast,
    EventOf,
    Flag,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Value,
    Wildcard,
    Word,
    bounds,
    children,
    is_relative,
)
from streams.errors import QuerySyntaxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agents.enrichment.encoder import Encoder
    from agents.watchlists.article import ArticleIndex
    from streams.records import EntityType, Event

WIKIDATA_ID = re.compile(r"Q[1-9]\d*|marsad:\S+")


class Names(Protocol):
    """Who bears a name: the gazetteer, or a double of it."""

    def ids_named(self, name: str, types: set[EntityType] | None = None) -> frozenset[str]:
        """Ids of the entities of these types that bear the name, in any language."""
        ...


class Topics(Protocol):
    """The topic table, or a double of it."""

    def __call__(self, name: str) -> frozenset[str]:
        """Codes of the topics of that name, slug or code."""
        ...


@dataclass(frozen=True)
class Vocabulary:
    """What names in a query mean. `encoder` None: `like:` is never true."""

    names: Names
    topics: Topics
    encoder: Encoder | None = None
    labels: Callable[[], Iterable[str]] = tuple
    """Names that are known, for suggestions."""
    shared: dict[Clause, Clause] = attribute(default_factory=dict)
    """Clauses seen, so that equal ones are one object."""

    @classmethod
    def load(cls, encoder: Encoder | None = None) -> Vocabulary:
        """The gazetteer and the topic table that ship."""
        from agents.enrichment.gazetteer import Gazetteer
        from agents.enrichment.topics import codes_named

        gazetteer = Gazetteer.load()

        def labels() -> list[str]:
            return [name for entry in gazetteer.entries.values() for name in (entry.label.en, entry.label.ar) if name]

        return cls(gazetteer, codes_named, encoder, labels)


# --- the compiled tree ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """A clause, and how the query writes it."""

    clause: Clause
    written: str

    def holds(self, article: ArticleIndex) -> bool:
        """Does the article satisfy it?"""
        key = id(self.clause)  # equal clauses are one object, and hashing one by its parts costs more than most answers
        known = article.verdicts.get(key)
        if known is None:
            known = article.verdicts[key] = self.clause, self.clause.holds(article)
        return known[1]

    def fits(self, event: Event, article: ArticleIndex) -> bool:
        """Does that event satisfy it?"""
        return isinstance(self.clause, EventValue | Party | EventPlace | EventFlag) and self.clause.fits(event, article)


@dataclass(frozen=True, slots=True)
class All:
    """Every part."""

    parts: tuple[Compiled, ...]

    def holds(self, article: ArticleIndex) -> bool:
        """Does the article satisfy it?"""
        for part in self.parts:  # noqa: SIM110 - all() takes twice as long
            if not part.holds(article):
                return False
        return True

    def fits(self, event: Event, article: ArticleIndex) -> bool:
        """Does that event satisfy it?"""
        return all(part.fits(event, article) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part."""

    parts: tuple[Compiled, ...]

    def holds(self, article: ArticleIndex) -> bool:
        """Does the article satisfy it?"""
        for part in self.parts:  # noqa: SIM110 - any() takes twice as long
            if part.holds(article):
                return True
        return False

    def fits(self, event: Event, article: ArticleIndex) -> bool:
        """Does that event satisfy it?"""
        return any(part.fits(event, article) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Several:
    """At least so many parts."""

    count: int
    parts: tuple[Compiled, ...]

    def holds(self, article: ArticleIndex) -> bool:
        """Does the article satisfy it?"""
        return self._reached(part.holds(article) for part in self.parts)

    def fits(self, event: Event, article: ArticleIndex) -> bool:
        """Does that event satisfy it?"""
        return self._reached(part.fits(event, article) for part in self.parts)

    def _reached(self, answers: Iterator[bool]) -> bool:
        left = self.count
        for answer in answers:
            left -= answer
            if not left:
                return True
        return False


@dataclass(frozen=True, slots=True)
class Without:
    """Not the part."""

    part: Compiled

    def holds(self, article: ArticleIndex) -> bool:
        """Does the article satisfy it?"""
        return not self.part.holds(article)

    def fits(self, event: Event, article: ArticleIndex) -> bool:
        """Does that event satisfy it?"""
        return not self.part.fits(event, article)


@dataclass(frozen=True, slots=True)
class SameEvent:
    """One event of the article that satisfies the part; told as background only where that is asked for."""

    part: Compiled
    background: bool = False

    def asked(self, article: ArticleIndex) -> tuple[Event, ...]:
        """The events of which it may be true."""
        return article.enriched.events if self.background else article.events

    def events(self, article: ArticleIndex) -> list[Event]:
        """The events that do."""
        return [event for event in self.asked(article) if self.part.fits(event, article)]

    def holds(self, article: ArticleIndex) -> bool:
        """Does the article satisfy it?"""
        return any(self.part.fits(event, article) for event in self.asked(article))

    def fits(self, event: Event, article: ArticleIndex) -> bool:
        """Does that event satisfy it?"""
        return self.part.fits(event, article)


Compiled = Ask | All | Any | Several | Without | SameEvent


# --- compiling ------------------------------------------------------------------------------------------------------


def asks_of(tree: Compiled) -> Iterator[Ask]:
    """The clauses of a query, in its order."""
    match tree:
        case Ask():
            yield tree
        case All(parts) | Any(parts) | Several(_, parts):
            for part in parts:
                yield from asks_of(part)
        case Without(part) | SameEvent(part):
            yield from asks_of(part)


def query_stems(word: str) -> frozenset[str]:
    """Base forms of a query's word: Arabic ones for Arabic script, else English ones."""
    return pack("ar" if any("\u0600" <= c <= "\u06ff" for c in normalise(word)) else "en").stems(word)


def query_words(text: str) -> list[str]:
    """A query's text cut into words as articles are: de-escalation is two."""
    return [token.raw for token in tokenise(text, pack("und")) if token.is_word]


def compile_query(query: str, vocabulary: Vocabulary) -> Compiled:
    """A query ready to be asked. Raises QuerySyntaxError."""
    return _Compiler(query, vocabulary).compile(parse(query))


class _Compiler:
    def __init__(self, query: str, vocabulary: Vocabulary) -> None:
        self.query = query
        self.vocabulary = vocabulary

    def compile(self, node: Node) -> Compiled:
        match node:
            case Or(children):
                return Any(tuple(self.compile(child) for child in children))
            case Not(child):
                return Without(self.compile(child))
            case AtLeast(count, children):
                return Several(count, tuple(self.compile(child) for child in children))
            case EventOf(child):
                return SameEvent(self.of_event(child), background=_wants_background(child))
            case And():
                return self.conjunction(_flattened(node))
            case _:
                ask = Ask(self.shared(self.clause(node)), self.written(node))
                return SameEvent(ask) if isinstance(ask.clause, EventValue | Party) else ask

    def conjunction(self, children: list[Node]) -> Compiled:
        fields = [_fields(child) for child in children]
        about_event = [f <= EVENT_FIELDS | {"place"} for f in fields]
        asserts = any(
            f & EVENT_FIELDS and not isinstance(c, Not)
            for c, f, e in zip(children, fields, about_event, strict=True)
            if e
        )
        if not asserts:
            return All(tuple(self.compile(child) for child in children))
        bound = [self.of_event(c) for c, e in zip(children, about_event, strict=True) if e]
        rest = [self.compile(c) for c, e in zip(children, about_event, strict=True) if not e]
        same = SameEvent(All(tuple(bound)) if len(bound) > 1 else bound[0])
        return All((*rest, same)) if rest else same

    def of_event(self, node: Node) -> Compiled:
        """A part that is asked of one event: place stands for the event's place."""
        match node:
            case Or(children):
                return Any(tuple(self.of_event(child) for child in children))
            case And(children):
                return All(tuple(self.of_event(child) for child in children))
            case Not(child):
                return Without(self.of_event(child))
            case AtLeast(count, children):
                return Several(count, tuple(self.of_event(child) for child in children))
            case _:
                clause = self.clause(node)
                return Ask(self.shared(EventPlace(clause) if isinstance(clause, Named) else clause), self.written(node))

    def shared(self, clause: Clause) -> Clause:
        return self.vocabulary.shared.setdefault(clause, clause)

    def written(self, node: Node) -> str:
        """The clause as the query writes it, with its field also where that stands before a bracket."""
        text = self.query[node.start : node.end]
        field = getattr(node, "field", "text")
        bare = field == "text" or text.casefold().startswith((f"{field}:", "type:"))
        return text if bare else f"{field}:{text}"

    def clause(self, node: Node) -> Clause:  # noqa: PLR0911 - one case per kind of node
        match node:
            case Word(field, text):
                return self.words(field, text, None, node.start)
            case Phrase(field, text, distance, ordered):
                return self.words(field, text, distance, node.start, ordered=ordered)
            case Wildcard(field, text):
                return Patterned(normalise(text), title_only=field == "title")
            case Prefix(field, text):
                return Beginning(normalise(text), title_only=field == "title")
            case Range():
                return PublishedLately(node) if is_relative(node) else Published(*bounds(node))
            case Flag(name):
                return EventFlag(name)
            case Value("like", text, top):
                return self.alike(text, top)
            case Value(field, text):
                return self.value(field, text)
            case _:
                raise TypeError(node)

    def words(self, field: str, text: str, distance: int | None, start: int, *, ordered: bool = False) -> Clause:
        def term(word: str) -> Term:
            keys = frozenset({fold(word)}) if field == "exact" else query_stems(word)
            clause = self.shared(Term(keys, title_only=field == "title", exact=field == "exact"))
            assert isinstance(clause, Term)  # noqa: S101 - an equal clause is of the same class
            return clause

        terms = tuple(term(word) for word in query_words(text))
        if not terms:
            line, column = position_of(self.query, start)
            raise QuerySyntaxError(
                f"nothing to search for in '{text}'", line=line, column=column, remedy="write a word"
            )
        if len(terms) == 1:
            return terms[0]
        if distance is None:
            return Row(terms)
        return InOrder(terms, distance) if ordered else Near(terms, distance)

    def value(self, field: str, text: str) -> Clause:
        match FIELDS[field].kind:
            case "name":
                types = FIELDS[field].types
                ids = (
                    frozenset({text})
                    if WIKIDATA_ID.fullmatch(text)
                    else self.vocabulary.names.ids_named(text, set(types) if types else None)
                )
                named = Named("" if ids else normalised_name(text), ids, types, parts=field == "place")
                return Party(named) if field == "party" else named
            case "topic":
                codes = frozenset(self.vocabulary.topics(text))
                if not codes and ":" in text:
                    codes = frozenset({text})
                return About("" if codes else normalised_name(text), codes)
            case "choice":
                return EventValue(field, text)
            case "source":
                return From(normalised_name(text))
            case _:
                return Written(text)

    def alike(self, text: str, top: float | None) -> Alike:
        encoder = self.vocabulary.encoder
        vector = tuple(float(x) for x in encoder.encode([text])[0]) if encoder else ()
        return Alike(text, detect(text, "", None)[0], vector, encoder.name if encoder else "off", top)


def _flattened(node: And) -> list[Node]:
    """The parts of an AND, with those of ANDs directly inside it."""
    return [part for child in node.children for part in (_flattened(child) if isinstance(child, And) else [child])]


def _wants_background(node: Node) -> bool:
    """Does `background` stand in it, not only `not background`?"""
    if isinstance(node, Not):
        return not isinstance(node.child, Flag) and _wants_background(node.child)
    return node == Flag("background") or any(map(_wants_background, children(node)))


def _fields(node: Node) -> frozenset[str]:
    match node:
        case And() | Or() | Not() | AtLeast():
            return frozenset().union(*map(_fields, children(node)))
        case EventOf():
            return frozenset({"event{"})  # bound within, and to nothing beside it
        case _:
            return frozenset({getattr(node, "field", "text")})
