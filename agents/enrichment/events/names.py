"""The entities of a document by the tokens that name them; a dateline names where the report was written, no more."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from agents.enrichment.gazetteer import Gazetteer
from streams.records import EntityType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agents.enrichment.events.sentence import Sentence
    from agents.enrichment.text import Document, FieldText
    from streams.records import Entity
    from streams.records import Mention as EntityMention

#: A dateline ends within so many tokens: at a dash, at a colon, at the bracket of an agency.
_DASH, _COLON = 10, 4


@dataclass(frozen=True)
class Named:
    """An entity where a sentence names it: token numbers `first` to `last`."""

    entity: Entity
    mention: EntityMention
    first: int
    last: int

    @property
    def is_country(self) -> bool:
        """Is the entity a country?"""
        return self.entity.type is EntityType.PLACE and self.entity.country == self.entity.id

    @cached_property
    def is_capital(self) -> bool:
        """Is it the capital of a country?"""
        entry = Gazetteer.load().get(self.entity.id) if self.entity.type is EntityType.PLACE else None
        return entry is not None and entry.kind == "capital"


class Names:
    """The entities of a document by the tokens that name them."""

    def __init__(self, document: Document, entities: Iterable[Entity]) -> None:
        self.by_id = {entity.id: entity for entity in entities}
        self._found: dict[str, list[Named]] = {"title": [], "body": []}
        starts = {text.field: [token.start for token in text.tokens] for text in document.fields}
        for entity in self.by_id.values():
            for mention in entity.mentions:
                first = bisect_right(starts[mention.field], mention.start) - 1
                last = bisect_right(starts[mention.field], max(mention.end - 1, mention.start)) - 1
                if 0 <= first <= last:
                    self._found[mention.field].append(Named(entity, mention, first, last))
        for found in self._found.values():
            found.sort(key=lambda n: (n.first, -n.last))
        body = self._found["body"]
        end = dateline_end(document.body, body)
        self._found["body"] = [n for n in body if n.first > end]

    def within(self, sentence: Sentence) -> list[Named]:
        """The entities named in a sentence, in order."""
        first, end = sentence.bounds
        return [n for n in self._found[sentence.text.field] if first <= n.first < end]


def dateline_end(text: FieldText, names: Sequence[Named]) -> int:
    """The token that ends a dateline («القاهرة (رويترز) -», "CAIRO, May 3 -"), -1 if there is none.

    `names`: those of the text, in order. A country joined to another by a dash («روسيا - تركيا») is none.
    """
    opening = names[0] if names else None
    if opening is None or opening.first != 0 or opening.entity.type is not EntityType.PLACE or opening.mention.demonym:
        return -1
    tokens = text.tokens
    places = {n.first for n in names if n.entity.type is EntityType.PLACE and not n.mention.demonym}
    closed = -1
    for number in range(opening.last + 1, min(_DASH, len(tokens) - 1)):
        token = tokens[number]
        if token.raw in ("-", "–", "—") and (
            tokens[number - 1].end < token.start or token.end < tokens[number + 1].start
        ):
            return -1 if opening.is_country and number + 1 in places else number
        if token.raw == ":" and number <= _COLON:
            return number
        if token.raw == ")":
            closed = number
        elif token.raw in (".", "؟", "?", "!", "؛") and number > opening.last + 3:
            break
    opened = opening.last + 1 < len(tokens) and tokens[opening.last + 1].raw == "("
    return closed if opened else -1
