"""Which key an article travels under: all reports on one thing must meet in one partition."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from agents.enrichment.tagger import is_unlinked
from streams.records import EntityType

if TYPE_CHECKING:
    from streams.records import Enriched, Entity, Event

#: The key of an article in which nothing at all is known.
NOWHERE = "nowhere"
#: Countries whose conflict is one: reports name now this, now that one.
TOGETHER = {"Q801": "Q801+Q219060", "Q219060": "Q801+Q219060"}

#: Votes for a country: the event's place as told, as inferred from its parties, another place of it, the article's main
#: place; a party that is a country, an armed group or organisation of it; being the only country among the parties, and
#: that with a group of its own: a government and its rebels are at home, wherever their words were spoken.
EVENT_PLACE, INFERRED_PLACE, OTHER_PLACE, MAIN_PLACE = 1.5, 0.5, 0.25, 1.0
STATE, GROUP, ONLY, AT_HOME = 0.5, 0.75, 0.25, 1.75
#: A vote for the country that this share of all mentions belong to, where the event names no place: the main place may be
#: where people met.
MOST_NAMED, MOST = 1.25, 0.5


def story_key(enriched: Enriched) -> str:
    """The country of the main event, else of the main place, else of the main entity; else that entity or topic.

    A country rather than a place, so that reports which name a town, its province or only the country meet. The event's
    place, the article's and the parties vote, for one alone is often the venue of the talks.
    """
    votes: defaultdict[str, float] = defaultdict(float)
    if event := enriched.main_event:
        _vote_of_event(enriched, event, votes)
    if country := _country(enriched, enriched.main_place):
        votes[country] += MAIN_PLACE
    if votes and event is not None and event.place is None and (country := _most_named(enriched)):
        votes[country] += MOST_NAMED
    if votes:
        # Of equal ones the first named, the event's own.
        return max(votes, key=lambda country: votes[country])
    entity = _main_entity(enriched)
    if entity is not None:
        return conflict_of(entity.country or entity.id)
    if enriched.topics:
        return max(enriched.topics, key=lambda topic: (topic.confidence, topic.code)).code
    return NOWHERE


def conflict_of(country: str) -> str:
    """The key of a country: its own id, or that of the conflict it is a side of."""
    return TOGETHER.get(country, country)


def _vote_of_event(enriched: Enriched, event: Event, votes: defaultdict[str, float]) -> None:
    agreement = event.agreement
    places = agreement.places if agreement else ()
    if country := _country(enriched, event.place):
        votes[country] += EVENT_PLACE if event.place in places or agreement is None else INFERRED_PLACE
    for place in places:
        if place != event.place and (country := _country(enriched, place)):
            votes[country] += OTHER_PLACE
    sides: set[str] = set()
    kinds: set[bool] = set()
    for party in agreement.parties if agreement else ():
        entity = enriched.entity(party)
        if entity is not None and entity.country:
            country = conflict_of(entity.country)
            sides.add(country)
            kinds.add(entity.type == EntityType.PLACE)
            votes[country] += STATE if entity.type == EntityType.PLACE else GROUP
    if len(sides) == 1:
        votes[sides.pop()] += AT_HOME if len(kinds) == 2 else ONLY


def _most_named(enriched: Enriched) -> str | None:
    """The country of most of the mentions that have one; None if they are spread."""
    named: defaultdict[str, int] = defaultdict(int)
    for entity in enriched.entities:
        if entity.country:
            named[conflict_of(entity.country)] += len(entity.mentions)
    most = max(named, key=lambda country: named[country], default=None)
    return most if most is not None and named[most] > MOST * sum(named.values()) else None


def _country(enriched: Enriched, place: str | None) -> str | None:
    entity = enriched.entity(place) if place else None
    return conflict_of(entity.country) if entity and entity.country else None


def _main_entity(enriched: Enriched) -> Entity | None:
    """The entity named in the title, then most often, then first; one that belongs to a country before others."""

    def weight(entity: Entity) -> tuple[bool, bool, int, int, str]:
        first = entity.mentions[0] if entity.mentions else None
        return (
            entity.country is not None,
            first is not None and first.field == "title",
            len(entity.mentions),
            -first.start if first else 0,
            entity.id,
        )

    # Two reports write an unknown name in two ways, and would never meet under it.
    return max((entity for entity in enriched.entities if not is_unlinked(entity.id)), key=weight, default=None)
