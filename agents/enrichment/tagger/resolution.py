"""Where a name that the tagger read and names of the gazetteer overlap: which of them stands?

The gazetteer's, in general: it knows the name, the tagger guesses. But

- it takes words of kind along that are outside of a name by docs/annotation.md (مدينة of مدينة حلب): where both end in the
  same word and are of one type, the mention is cut to what the tagger read;
- it knows the town and not what is named after it: where a longer name of an organisation has a word that only bodies
  have (مستشفى, university), the longer one stands. So does a longer name of any type where a further word of it has a
  capital (Jordan Street, Chad Mueller), in languages that have these. A town stays an entity of the article, without that
  mention: what happens at Damascus University happens in Damascus. A demonym in it stays, for it is no name of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from streams.records import EntityType

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from streams.records import Entity, Mention

#: Armed bodies are groups in one table and organisations in another.
_BODIES = frozenset({EntityType.ORGANISATION, EntityType.GROUP})
#: What a body is named after. A person's or another body's name in it is more often the whole name, misread as a part.
_HONOURED = frozenset({EntityType.PLACE, EntityType.PERSON})


class Stands(Enum):
    """Which of two overlapping readings stands."""

    LINKED = "the gazetteer's"
    LONGER = "the tagger's, which holds the gazetteer's"
    SHORTER = "the gazetteer's, cut to what the tagger read"


@dataclass(frozen=True, slots=True)
class Tagged:
    """A name as the tagger read it, by offsets; where its words begin that only bodies have, or that have a capital."""

    start: int
    end: int
    type: EntityType
    heads: tuple[int, ...] = ()
    capitals: tuple[int, ...] = ()


def decide(tagged: Tagged, linked: Sequence[tuple[Entity, Mention]]) -> Stands:
    """What stands of a tagged name and the linked mentions that overlap it (at least one)."""
    if len(linked) == 1 and _within(linked[0], tagged):
        return Stands.SHORTER
    if all(_holds(tagged, *one) for one in linked):
        return Stands.LONGER
    return Stands.LINKED


def _within(linked: tuple[Entity, Mention], tagged: Tagged) -> bool:
    entity, mention = linked
    same_type = entity.type is tagged.type or {entity.type, tagged.type} <= _BODIES
    return same_type and not mention.demonym and mention.start < tagged.start and mention.end == tagged.end


def _holds(tagged: Tagged, entity: Entity, mention: Mention) -> bool:
    inside = tagged.start <= mention.start and mention.end <= tagged.end
    telling = tagged.heads + tagged.capitals if tagged.type is EntityType.ORGANISATION else tagged.capitals
    told = any(not mention.start <= word < mention.end for word in telling)
    return inside and told and (mention.demonym or entity.type in _HONOURED)


def settle(
    entities: tuple[Entity, ...],
    cut: dict[Mention, Mention],
    covered: Collection[Mention],
    needed: Collection[str] = (),
) -> tuple[Entity, ...]:
    """The linked entities with mentions cut, and without those that a longer name covers.

    A person or body that is then not mentioned is none of the article's, unless its id is `needed`: by an event, say.
    """
    if not cut and not covered:
        return entities
    settled = []
    for entity in entities:
        mentions = tuple(cut.get(mention, mention) for mention in entity.mentions if mention not in covered)
        if mentions != entity.mentions:
            if not mentions and entity.type is not EntityType.PLACE and entity.id not in needed:
                continue
            entity = entity.model_copy(update={"mentions": mentions})  # noqa: PLW2901 (the same entity)
        settled.append(entity)
    return tuple(settled)
