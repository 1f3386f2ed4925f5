"""What an article says of an agreement: kind, stage, places, parties, time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.enrichment.routing import conflict_of, story_key
from agents.stories.origins import source_of
from agents.stories.rules import family_of, rules
from streams.records import Label, Stage

if TYPE_CHECKING:
    from streams.records import Agreement, Enriched, Entity


@dataclass(frozen=True, slots=True)
class Claim:
    """What an article says of an agreement."""

    kind: str
    stage: str | None
    places: dict[str, list[str]]
    """The narrowest places named, each with what holds it, nearest first."""
    parties: frozenset[str]
    country: str | None
    key: str
    """The story key, that of its country."""
    place_label: Label
    article: str
    source: str
    at: int
    """Seconds of `published_at`."""

    @property
    def family(self) -> str:
        """The family of its kind."""
        return family_of(self.kind)


def claim_of(enriched: Enriched) -> Claim | None:
    """What the article's main event says of an agreement; None if it is not news of one."""
    event = enriched.main_event
    if event is None or event.type != "agreement" or event.agreement is None:
        return None
    key = story_key(enriched)
    places = _places(enriched, event.agreement, key)
    first = _first_place(enriched, places, key)
    stage = Stage.DENIED if event.negated else event.stage
    return Claim(
        kind=event.agreement.kind.value,
        stage=stage.value if stage else None,
        places=places,
        parties=frozenset(event.agreement.parties),
        country=first.country if first else None,
        key=key,
        place_label=first.label if first else Label(),
        article=enriched.article.id,
        source=source_of(enriched.article),
        at=int(enriched.article.published_at.timestamp()),
    )


def _first_place(enriched: Enriched, places: dict[str, list[str]], key: str) -> Entity | None:
    """What the register names the agreement after: the first place, of a conflict the first country named."""
    named = next(iter(places), None)
    sides = (e for e in enriched.entities if named == key and e.country == e.id and conflict_of(e.id) == key)
    return (enriched.entity(named) if named else None) or next(sides, None)


def _places(enriched: Enriched, agreement: Agreement, key: str) -> dict[str, list[str]]:
    """The narrowest of the event's places that lie where the article is about, else the main place, else the country.

    What lies elsewhere is a venue or a bystander.
    """
    wide = family_of(agreement.kind.value) in rules().country_wide and not _is_local(enriched, agreement, key)
    if wide and any(entity.country and conflict_of(entity.country) == key for entity in enriched.entities):
        return {key: []}
    for named in (agreement.places, (enriched.main_place,), (key,)):
        found = [entity for place in named if place and (entity := enriched.entity(place))]
        here = [entity for entity in found if entity.country and conflict_of(entity.country) == key]
        holders = {holder for entity in here for holder in entity.parents if holder != entity.id}
        if here:
            return {entity.id: list(entity.parents) for entity in here if entity.id not in holders}
    return {}


def _is_local(enriched: Enriched, agreement: Agreement, key: str) -> bool:
    """Does a group of the country agree with others than the country, on a part of it that the article is about?"""
    parties = frozenset(agreement.parties) - rules().mediators
    if any(conflict_of(named) == key for named in (*parties, *agreement.places, enriched.main_place) if named):
        return False
    entities = [entity for party in parties if (entity := enriched.entity(party))]
    return len(parties) > 1 and any(entity.country and conflict_of(entity.country) == key for entity in entities)
