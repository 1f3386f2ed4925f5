"""Enrichment on the stream: news.articles in, news.enriched out."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agents.enrichment.encoder import open_encoder
from agents.enrichment.enrich import Enricher
from agents.enrichment.language import detected
from agents.enrichment.languages import CODES
from agents.enrichment.ner import open_tier
from agents.enrichment.routing import story_key
from streams import metrics
from streams.codec import accept_article
from streams.records import Article, Timings
from streams.stage import Incoming, Outgoing, Stage
from streams.topics import ENRICHED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.app import StageApp

log = logging.getLogger(__name__)

WARM_UP = (
    (
        "روسيا وتركيا توقعان اتفاقا لوقف إطلاق النار في إدلب",
        "قال وزير الخارجية الروسي يوم الاثنين إن بلاده وتركيا وقعتا اتفاقا لوقف إطلاق النار في محافظة إدلب السورية.",
    ),
    (
        "Russia and Turkey sign a ceasefire for Idlib",
        "The Russian foreign minister said on Monday that Russia and Turkey had signed a ceasefire for Idlib in Syria.",
    ),
    # Words that do not tell their language bring in the model that guesses it.
    ("كمبالا", ""),
    ("Kampala", ""),
)


def register(app: StageApp) -> None:
    """Enrich every article that can be taken."""
    given = app.settings
    tier = open_tier(
        given.ner_model,
        seconds=given.ner_seconds,
        clock=time.monotonic,
        on_fallback=count_fallback,
        threads=given.torch_threads,
    )
    enricher = Enricher(open_encoder(given.encoder, given.torch_threads), tier)
    warm_up(enricher)

    def enrich(message: Incoming) -> Iterator[Outgoing]:
        article = accept_article(message.value, message.at)
        enriched = enricher.enrich(article)
        count_unsupported(enriched.language)
        timings = Timings(published=article.published_at, arrived=message.at)
        yield Outgoing(ENRICHED, story_key(enriched), enriched.model_copy(update={"timings": timings}))

    Stage(app).run(enrich)


def count_fallback(reason: str, error: Exception) -> None:
    """An article is left to the light tier."""
    metrics.ner_fallbacks.labels(reason=reason).inc()
    log.warning("the accuracy tier leaves an article to the light tier: %s: %s", reason, error)


def count_unsupported(language: str) -> None:
    """An article is in a language without a pack. What only a source claims is counted as other: it may be any string."""
    if language not in CODES:
        metrics.unsupported_language.labels(language=language if language in detected() else "other").inc()


def warm_up(enricher: Enricher) -> None:
    """Read an article in each language, so that the first ones do not wait for rules, names and words to be loaded."""
    for title, body in WARM_UP:
        enricher.enrich(Article(title=title, body=body, published_at=datetime(2026, 1, 1, tzinfo=UTC)))
