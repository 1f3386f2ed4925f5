"""The place an article is about: one scored rule over its place mentions and the place of its main event.

1. A mention of a place counts by where it stands: title 5, lead (first two sentences of the body) 3, elsewhere 1. A
   demonym (الروسي, Russian) says who acts rather than where, and counts a fifth; so may a country or a capital without a
   preposition of place before it (موسكو as a government), which counts half. The place of the main event counts 6 more.
2. What a place holds counts for the place too. Every count is told with the article (`main_place_why`).
3. Continents and seas count only where no country is named. From the country with the highest total we go down to a place it holds as long as that place has at least half of
   what is left for it and is clear of its siblings (the second has less than 60 % of it); where several siblings share
   the news, what holds them is the place.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.text import normalise
from streams.records import EntityType, PlacePoints

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agents.enrichment.text import Document
    from streams.records import Entity, Event, Mention

WEIGHTS = {"title": 5.0, "lead": 3.0, "elsewhere": 1.0, "main event": 6.0}
DEMONYM, WITHOUT_PREPOSITION = 0.2, 0.5
#: Share of a place's score that a part of it needs, and what its second part may have at most, to be the place meant.
ENOUGH, RIVAL = 0.5, 0.6
#: At most so many counts are told with an article, the highest ones.
TOLD = 12
_PREPOSITIONS = frozenset(
    normalise(w)
    for w in ("في", "من", "إلى", "قرب", "نحو", "داخل", "على", "in", "near", "to", "from", "at", "around", "outside")
)

_GLUED = frozenset("بل")


def _lead_end(document: Document) -> int:
    """Offset in the body where its first two sentences end."""
    ends = [document.body.tokens[last - 1].end for _, last in document.body.sentences[:2]]
    return ends[-1] if ends else 0


def _after_preposition(document: Document, mention: Mention) -> bool:
    raw = document.title.raw if mention.field == "title" else document.body.raw
    before = raw[: mention.start].split()
    glued = mention.start > 0 and normalise(raw[mention.start - 1]) in _GLUED
    return glued or bool(before and normalise(before[-1].strip("\"'“”«»()")) in _PREPOSITIONS)


class MainPlace(NamedTuple):
    """The id of the place an article is about, None if it names none; and the points that its places were given."""

    id: str | None
    why: tuple[PlacePoints, ...]


def _points(document: Document, places: Iterable[Entity]) -> dict[tuple[str, str], float]:
    """Points by place and by where it is named."""
    gazetteer = Gazetteer.load()
    lead_end = _lead_end(document)
    points: dict[tuple[str, str], float] = defaultdict(float)
    for place in places:
        entry = gazetteer.get(place.id)
        may_act = entry is not None and entry.kind in {"country", "capital"}
        for mention in place.mentions:
            where = "title" if mention.field == "title" else "lead" if mention.start < lead_end else "elsewhere"
            weight = WEIGHTS[where]
            if mention.demonym:
                where, weight = f"{where}, demonym", weight * DEMONYM
            elif may_act and not _after_preposition(document, mention):
                where, weight = f"{where}, may act", weight * WITHOUT_PREPOSITION
            points[place.id, where] += weight
    return points


def main_place(document: Document, entities: tuple[Entity, ...], events: tuple[Event, ...]) -> MainPlace:
    """The place an article is about, and why.

    Args:
        document: the article's tokens and sentences.
        entities: what was found in it.
        events: its events; the main one's place counts most.
    """
    places = {entity.id: entity for entity in entities if entity.type is EntityType.PLACE}
    if not places:
        return MainPlace(None, ())
    points = _points(document, places.values())
    for event in events:
        if event.main and event.place in places:
            points[event.place, "main event"] += WEIGHTS["main event"]
    own: dict[str, float] = defaultdict(float)
    for (place_id, _), counted in points.items():
        own[place_id] += counted
    totals: dict[str, float] = defaultdict(float)
    for place in places.values():
        for holder in dict.fromkeys((place.id, *place.parents)):
            totals[holder] += own[place.id]
    ranked = sorted(points.items(), key=lambda one: -one[1])[:TOLD]
    why = tuple(PlacePoints(place=i, where=where, points=round(counted, 2)) for (i, where), counted in ranked)
    return MainPlace(_descend(places, own, totals), why)


def _descend(places: dict[str, Entity], own: dict[str, float], totals: dict[str, float]) -> str:
    parents = {place.id: place.parents for place in places.values()}
    for place in places.values():
        for depth, holder in enumerate(place.parents):
            parents.setdefault(holder, place.parents[depth + 1 :])
    # Ties go to what the article names first: entities come in that order. Continents and seas only count without countries.
    countries = {place.country for place in places.values() if place.country}
    at = max((p for p in parents if not parents[p]), key=lambda p: (p in countries, totals[p]))
    while True:
        inside = [p for p in parents if at in parents[p]]
        parts = sorted(
            (p for p in inside if not any(q in inside for q in parents[p])), key=lambda p: totals[p], reverse=True
        )
        if not parts:
            return at
        # Regions overlap (دير الزور lies in the east and in the northeast): what two hold alike is no rivalry.
        best = totals[parts[0]]
        rival = max((_apart(own, parents, part, parts[0]) for part in parts[1:]), default=0.0)
        if best < ENOUGH * (totals[at] - own[at] * (at not in places)) or best <= 0 or rival >= RIVAL * best:
            return at
        at = parts[0]


def _apart(own: dict[str, float], parents: dict[str, tuple[str, ...]], part: str, other: str) -> float:
    """The score of what lies in one part and not in another."""
    inside = [p for p in parents if part == p or part in parents[p]]
    return sum(own.get(p, 0.0) for p in inside if other != p and other not in parents[p])
