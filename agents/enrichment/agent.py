"""Enrichment on the stream: news.articles in, news.enriched out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.enrichment.encoder import open_encoder
from agents.enrichment.enrich import Enricher
from agents.enrichment.routing import story_key
from streams.codec import accept_article
from streams.records import Timings
from streams.stage import Incoming, Outgoing, Stage
from streams.topics import ENRICHED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.app import StageApp


def register(app: StageApp) -> None:
    """Enrich every article that can be taken."""
    enricher = Enricher(open_encoder(app.settings.encoder))

    def enrich(message: Incoming) -> Iterator[Outgoing]:
        article = accept_article(message.value, message.at)
        enriched = enricher.enrich(article)
        timings = Timings(published=article.published_at, arrived=message.at)
        yield Outgoing(ENRICHED, story_key(enriched), enriched.model_copy(update={"timings": timings}))

    Stage(app).run(enrich)
