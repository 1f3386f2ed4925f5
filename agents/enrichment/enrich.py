"""The pipeline of enrichment: one function that lists its stages in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.enrichment import encoder as encoding
from agents.enrichment.boilerplate import text_end
from agents.enrichment.dates import find_dates
from agents.enrichment.dates.timing import date_events
from agents.enrichment.entities import find_entities
from agents.enrichment.events import extract_events
from agents.enrichment.events.attribution import attributed
from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.geography import main_place
from agents.enrichment.language import detect
from agents.enrichment.languages import CODES
from agents.enrichment.languages import pack as language_pack
from agents.enrichment.ner import joined
from agents.enrichment.quotes import find_quotes
from agents.enrichment.tagger import unlinked
from agents.enrichment.text import document
from agents.enrichment.topic_tagger import TopicTagger
from streams.records import Enriched, Entity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from agents.enrichment.encoder import Encoder
    from agents.enrichment.ner import Span, Tier
    from agents.enrichment.text import Document
    from streams.records import Article, Event

#: Raised with every change that may give an article another enrichment.
VERSION = "4"


class Enricher:
    """Reads articles. Holds what is costly to load: the gazetteer, the vocabularies and, if given, encoder and accuracy tier."""

    def __init__(self, encoder: Encoder | None = None, tier: Tier | None = None) -> None:
        self.encoder = encoder
        self.tier = tier
        self.gazetteer = Gazetteer.load()
        self.topics = TopicTagger(encoder)
        for language in CODES:
            unlinked.load(language)
        self.versions = {"enrichment": VERSION, "encoder": encoder.name if encoder else "off"}

    def enrich(self, article: Article) -> Enriched:
        """What an article says. Depends on nothing but the article and the models; with an accuracy tier, on its time too."""
        language, confidence = detect(article.title, article.body, article.language)
        pack = language_pack(language)
        end = text_end(article.body, pack)
        read = document(article.title, article.body, language, pack, end)
        entities = find_entities(read, self.gazetteer)
        vector = self._vector(article, end)
        topics = self.topics.tag(read, vector)
        events = extract_events(read, entities)
        if any(event.agreement for event in events):  # nothing else has a use for dates yet
            events = date_events(read, events, find_dates(read, article.published_at))
        told = _told(events)
        entities += self._implied(entities, told)
        place = main_place(read, entities, events)
        spans = self._names(read, entities)
        # Last, for what no table knows is no place and no party, and a longer name takes no place from the article.
        entities = unlinked.with_unlinked(read, entities, spans=spans, needed=told)
        quotes = find_quotes(read, entities)
        return Enriched(
            article=article,
            language=language,
            language_confidence=confidence,
            text_end=end,
            entities=entities,
            topics=topics,
            events=attributed(read, events, quotes, entities),
            quotes=quotes,
            main_place=place.id,
            main_place_why=place.why,
            vector=None if vector is None else encoding.pack_vector(vector),
            versions=self._versions(by_tier=spans is not None),
        )

    def _implied(self, entities: tuple[Entity, ...], told: set[str]) -> tuple[Entity, ...]:
        """What events name by another word: Russia, where Moscow signs. No mention, but an id that has a label."""
        known = {entity.id for entity in entities}
        entries = (self.gazetteer.entries[i] for i in sorted(told - known) if i in self.gazetteer.entries)
        return tuple(
            Entity(id=e.id, type=e.type, label=e.label, parents=e.parents, country=e.country, mentions=())
            for e in entries
        )

    def _names(self, read: Document, entities: tuple[Entity, ...]) -> dict[str, list[Span]] | None:
        """Names by field, where the accuracy tier reads them; what it has no type for is the light tier's all the same."""
        accurate = self.tier.spans(read) if self.tier else None
        if accurate is None:
            return None
        model = unlinked.load(read.language)
        return {
            field.field: joined(accurate[field.field], model.spans(field, entities) if model else ())
            for field in read.fields
        }

    def _versions(self, *, by_tier: bool) -> dict[str, str]:
        """With an accuracy tier, it is said which of the two tiers read the article."""
        return self.versions if self.tier is None else self.versions | {"ner": self.tier.name if by_tier else "light"}

    def _vector(self, article: Article, end: int) -> NDArray[np.float32] | None:
        if self.encoder is None:
            return None
        vector: NDArray[np.float32] = self.encoder.encode([encoding.lead_text(article.title, article.body, end)])[0]
        return vector


def _told(events: tuple[Event, ...]) -> set[str]:
    """Ids of those whom events speak of."""
    told = {actor.id for event in events for actor in event.actors}
    return told | {party for event in events if event.agreement for party in event.agreement.parties}
