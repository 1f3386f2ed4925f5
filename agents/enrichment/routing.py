"""Which key an article travels under: all reports on one thing must meet in one partition."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.records import Enriched, Entity, Event

#: The key of an article in which nothing at all is known.
NOWHERE = "nowhere"


def story_key(enriched: Enriched) -> str:
    """The country of the main event's place, else of the main place, else of the main entity, else that entity or topic.

    A country rather than a place, so that reports which name a town, its province or only the country meet.
    """
    event = enriched.main_event
    places = (*_places(event), enriched.main_place) if event else (enriched.main_place,)
    for place in places:
        if place is not None and (country := _country(enriched, place)) is not None:
            return country
    entity = _main_entity(enriched)
    if entity is not None:
        return entity.country or entity.id
    if enriched.topics:
        return max(enriched.topics, key=lambda topic: (topic.confidence, topic.code)).code
    return NOWHERE


def _places(event: Event) -> tuple[str | None, ...]:
    return (event.place, *(event.agreement.places if event.agreement else ()))


def _country(enriched: Enriched, place: str) -> str | None:
    entity = enriched.entity(place)
    return entity.country if entity else None


def _main_entity(enriched: Enriched) -> Entity | None:
    """The entity named in the title, then most often, then first."""

    def weight(entity: Entity) -> tuple[bool, int, int, str]:
        first = entity.mentions[0] if entity.mentions else None
        return (
            first is not None and first.field == "title",
            len(entity.mentions),
            -first.start if first else 0,
            entity.id,
        )

    return max(enriched.entities, key=weight, default=None)
