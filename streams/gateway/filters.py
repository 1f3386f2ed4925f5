"""Which alerts somebody asks for: one definition for stored pages, live streams and feeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.enrichment.languages import pack
from agents.enrichment.text import normalise, tokenise
from agents.watchlists.matcher import query_stems, query_words
from streams.records import EntityType

if TYPE_CHECKING:
    from datetime import datetime

    from streams.records import Alert


@dataclass(frozen=True, slots=True)
class Facets:
    """What an alert is found by. `at`: when it was alerted, milliseconds since 1970."""

    watchlist: str
    kind: str
    priority: str
    at: int
    places: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """What must hold of an alert; an empty condition always does. Times are milliseconds since 1970, `until` excluded.

    `places`: any of these entity ids, each with what it holds. `words`: each entry one word, as its base forms.
    """

    watchlists: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    places: frozenset[str] | None = None
    words: tuple[frozenset[str], ...] = ()

    def admits(self, alert: Facets) -> bool:
        """Does the alert satisfy it?"""
        return (
            (not self.watchlists or alert.watchlist in self.watchlists)
            and (not self.kinds or alert.kind in self.kinds)
            and (not self.priorities or alert.priority in self.priorities)
            and (self.since is None or alert.at >= self.since)
            and (self.until is None or alert.at < self.until)
            and (self.places is None or not self.places.isdisjoint(alert.places))
            and all(not forms.isdisjoint(alert.words) for forms in self.words)
        )


def facets(alert: Alert) -> Facets:
    """What an alert is found by: its places with all that hold them, and the words of its titles in all their forms."""
    places = [entity for entity in alert.entities if entity.type == EntityType.PLACE]
    texts = [
        (alert.article.title, alert.article.language),
        (alert.title.ar, "ar"),
        (alert.title.en, "en"),
        *((reason.text, alert.article.language) for reason in alert.reasons),
    ]
    return Facets(
        alert.watchlist,
        alert.kind,
        alert.priority,
        millis(alert.timings.alerted or alert.timings.matched or alert.article.published_at),
        frozenset(place for entity in places for place in (entity.id, *entity.parents)),
        frozenset(word for text, language in texts for word in _forms(text, language)),
    )


def _forms(text: str, language: str) -> set[str]:
    return {
        form
        for token in tokenise(text, pack(language))
        if token.is_word
        for form in (normalise(token.raw), *token.stems)
        if form
    }


def asked_words(text: str) -> tuple[frozenset[str], ...]:
    """The words somebody typed, each with its forms: all of them must be found, in any inflection."""
    return tuple(query_stems(word) | {normalise(word)} for word in query_words(text))


def millis(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.timestamp() * 1000)
