"""The clauses that are asked of one event: what happens, who takes part, where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.watchlists.article import event_parties, event_places, event_term
from agents.watchlists.clauses import Clause

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agents.watchlists.article import ArticleIndex
    from agents.watchlists.clauses import Named
    from streams.records import Event, Span

#: Which evidence proves a value of these fields. What happens is a kind and how far it is: 'talks', 'truce'.
_PROOF = {"event": ("type", "kind", "stage", "negated"), "agreement": ("kind",), "stage": ("stage", "negated")}


@dataclass(frozen=True, slots=True)
class EventValue(Clause):
    """A value of `event`, `agreement` or `stage`; asked of one event by the matcher."""

    field: str
    value: str

    def fits(self, event: Event, article: ArticleIndex) -> bool:  # noqa: ARG002 - one signature for all that asks events
        """Does the event have it?"""
        if self.field == "event":
            return event.type == self.value
        if self.field == "stage":
            return event.stage == self.value
        return event.agreement is not None and event.agreement.kind == self.value

    def proof(self, event: Event, article: ArticleIndex) -> Iterable[Span]:  # noqa: ARG002
        """The words that say so."""
        return [e for e in event.evidence if e.of in _PROOF[self.field]] or event.evidence

    def holds(self, article: ArticleIndex) -> bool:
        return any(self.fits(event, article) for event in article.events)

    def spans(self, article: ArticleIndex) -> Iterator[Span]:
        return (span for event in article.events if self.fits(event, article) for span in self.proof(event, article))

    def needs(self) -> tuple[frozenset[str], ...]:
        return (frozenset({event_term(self.field, self.value)}),)


@dataclass(frozen=True, slots=True)
class Party(Clause):
    """Who agrees or acts in an event."""

    who: Named

    def fits(self, event: Event, article: ArticleIndex) -> bool:
        """Is one of its parties meant?"""
        return any(self.who.means(party, article) for party in event_parties(event))

    def proof(self, event: Event, article: ArticleIndex) -> Iterable[Span]:
        """Evidence of parties that names one of those meant, else where the article mentions them."""
        meant = [p for p in event_parties(event) if self.who.means(p, article)]
        return _proof_of_entities(event, article, meant, "party")

    def holds(self, article: ArticleIndex) -> bool:
        return any(self.fits(event, article) for event in article.events)

    def spans(self, article: ArticleIndex) -> Iterator[Span]:
        return (span for event in article.events if self.fits(event, article) for span in self.proof(event, article))

    def needs(self) -> tuple[frozenset[str], ...]:
        return self.who.needs()


@dataclass(frozen=True, slots=True)
class EventPlace(Clause):
    """A place, asked of one event: where the event has places, one of them; else any that the article mentions."""

    where: Named

    def fits(self, event: Event, article: ArticleIndex) -> bool:
        """Is it there?"""
        places = event_places(event)
        return any(self.where.means(p, article) for p in places) if places else self.where.holds(article)

    def proof(self, event: Event, article: ArticleIndex) -> Iterable[Span]:
        """Evidence of the place, else its mentions."""
        places = event_places(event)
        if not places:
            return self.where.spans(article)
        return _proof_of_entities(event, article, [p for p in places if self.where.means(p, article)], "place")

    def holds(self, article: ArticleIndex) -> bool:
        return self.where.holds(article)

    def spans(self, article: ArticleIndex) -> Iterable[Span]:
        return self.where.spans(article)

    def needs(self) -> tuple[frozenset[str], ...]:
        return self.where.needs()


@dataclass(frozen=True, slots=True)
class EventFlag(Clause):
    """How an event is told: as background, as the main one, denied, or as hearsay."""

    flag: str

    def fits(self, event: Event, article: ArticleIndex) -> bool:  # noqa: ARG002
        """Is it told so?"""
        return bool(getattr(event, self.flag))

    def proof(self, event: Event, article: ArticleIndex) -> Iterable[Span]:  # noqa: ARG002
        """The words that deny or hedge it; of the rest there is nothing to show."""
        return [e for e in event.evidence if e.of == self.flag]

    def holds(self, article: ArticleIndex) -> bool:
        return any(self.fits(event, article) for event in article.enriched.events)

    def spans(self, article: ArticleIndex) -> Iterator[Span]:
        return (
            span
            for event in article.enriched.events
            for span in self.proof(event, article)
            if self.fits(event, article)
        )

    def needs(self) -> tuple[()]:
        return ()


def event_words(event: Event) -> str:
    """What an event is, in a line: `agreement ceasefire signed`."""
    kind = event.agreement.kind if event.agreement else None
    told = [flag for flag in ("background", "negated", "hedged") if getattr(event, flag)]
    return " ".join(part for part in (event.type, kind, event.stage, *told) if part)


def _proof_of_entities(event: Event, article: ArticleIndex, ids: list[str], of: str) -> list[Span]:
    mentions = [m for i in dict.fromkeys(ids) if i in article.entities for m in article.entities[i].mentions]
    evidence: list[Span] = [e for e in event.evidence if e.of == of and any(_overlap(e, m) for m in mentions)]
    return evidence or list(mentions)


def _overlap(one: Span, other: Span) -> bool:
    """Do two spans share text? Evidence of a place may hold a word more than its mention: شمالي سوريا."""
    return one.field == other.field and one.start < other.end and other.start < one.end
