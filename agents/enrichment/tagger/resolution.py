"""Where a name that the tagger read and names of the gazetteer overlap: which of them stands?

The gazetteer's, in general: it knows the name, the tagger guesses. But

- it takes words of kind along that are outside of a name by docs/annotation.md (مدينة of مدينة حلب), and knows a person by a
  title and a first name (الشيخ تميم of الشيخ تميم بن حمد): then its thing is mentioned where the tagger read the name;
- it knows the town and not what is named after it: where a longer name has a further word that tells its type (مستشفى or
  university of a body, a given name before a surname), or that has a capital in a language that has these (Jordan Street,
  Chad Mueller), the longer one stands. A town stays an entity of the article, without that mention: what happens at
  Damascus University happens in Damascus. So does the demonym in a body's name, which is no name of its own; in a person's
  it goes, as a town does there, for a surname says nothing of where something happens.
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
#: What else is in names. A body's name in a body's is more often the whole of it, and the tagger read too much.
_WITHIN = {EntityType.PERSON: frozenset({EntityType.PLACE})}
_WITHIN_OTHERS = frozenset({EntityType.PLACE, EntityType.PERSON})


class Stands(Enum):
    """Which of two overlapping readings stands."""

    LINKED = "the gazetteer's"
    TAGGED = "the tagger's"
    BOTH = "what the gazetteer knows, where the tagger read it"


@dataclass(frozen=True, slots=True)
class Tagged:
    """A name as the tagger read it, by offsets; where its words begin that tell its type, or that have a capital."""

    start: int
    end: int
    type: EntityType
    heads: tuple[int, ...] = ()
    capitals: tuple[int, ...] = ()


def decide(tagged: Tagged, linked: Sequence[tuple[Entity, Mention]]) -> Stands:
    """What stands of a tagged name and the linked mentions that overlap it (at least one)."""
    if len(linked) == 1 and _is_same(tagged, *linked[0]):
        return Stands.BOTH
    return Stands.TAGGED if all(_holds(tagged, *one) for one in linked) else Stands.LINKED


def _is_same(tagged: Tagged, entity: Entity, mention: Mention) -> bool:
    if mention.demonym or not mention.start < tagged.start < mention.end:
        return False
    same_type = entity.type is tagged.type or {entity.type, tagged.type} <= _BODIES
    return same_type and (mention.end == tagged.end or (tagged.type is EntityType.PERSON and mention.end < tagged.end))


def _holds(tagged: Tagged, entity: Entity, mention: Mention) -> bool:
    if not (tagged.start <= mention.start and mention.end <= tagged.end):
        return False
    if not mention.demonym and entity.type not in _WITHIN.get(tagged.type, _WITHIN_OTHERS):
        return False
    if any(not mention.start <= word < mention.end for word in tagged.capitals):
        return True
    country = entity.id == entity.country and not mention.demonym and tagged.type is EntityType.PERSON
    return not country and any(not mention.start <= word < mention.end for word in tagged.heads)


def settle(
    entities: tuple[Entity, ...],
    moved: dict[Mention, Mention],
    covered: Collection[Mention],
    needed: Collection[str] = (),
) -> tuple[Entity, ...]:
    """The linked entities with mentions `moved`, and without those that a longer name covers.

    A person or body that is then not mentioned is none of the article's, unless its id is `needed`: by an event, say.
    """
    if not moved and not covered:
        return entities
    settled = []
    for entity in entities:
        mentions = tuple(moved.get(mention, mention) for mention in entity.mentions if mention not in covered)
        if mentions != entity.mentions:
            if not mentions and entity.type is not EntityType.PLACE and entity.id not in needed:
                continue
            entity = entity.model_copy(update={"mentions": mentions})  # noqa: PLW2901 (the same entity)
        settled.append(entity)
    return tuple(settled)
