"""The offline way from articles to alerts: the very functions of the stages, with dicts for their state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from agents.alerts import policy
from agents.stories import decide as stories
from agents.watchlists.presearch import WatchlistIndex
from streams.records import Timings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from agents.enrichment.encoder import Encoder
    from streams.records import Alert, Article, Enriched, Watchlist


class EnrichesArticles(Protocol):
    """What the pipeline needs of an enricher."""

    def enrich(self, article: Article) -> Enriched:
        """What an article says."""
        ...


class Pipeline:
    """Enrichment, stories, watchlists and alerts in one process, without a broker.

    Articles are taken in the order given; `file/0/<n>` is the position of the n-th. Raises WatchlistError for a watchlist
    that cannot be loaded. `encoder` is what queries with `like:` are read with; it should be the enricher's.
    """

    def __init__(
        self, watchlists: Iterable[Watchlist], enricher: EnrichesArticles, encoder: Encoder | None = None
    ) -> None:
        self.enricher = enricher
        self.index = WatchlistIndex(encoder=encoder)
        for watchlist in watchlists:
            self.index.add(watchlist)
        self.stories: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        self._articles = 0
        self._matches = 0

    def alerts(self, article: Article, *, arrived: datetime | None = None) -> list[Alert]:
        """The alerts that an article is worth, at most one a watchlist. `arrived` is when it came; unknown if None."""
        enriched = self.enricher.enrich(article)
        enriched = enriched.model_copy(update={"timings": Timings(published=article.published_at, arrived=arrived)})
        return self.alerts_of(enriched)

    def alerts_of(self, enriched: Enriched) -> list[Alert]:
        """The same for an article that is enriched already: story and development, watchlists, alerts."""
        decision = stories.decide(enriched, self.stories, position=f"file/0/{self._articles}")
        self._articles += 1
        found = []
        for match in self.index.match(decision.enriched):
            alert = policy.decide(match, self.told, position=f"file/0/{self._matches}")
            self._matches += 1
            if alert is not None:
                found.append(alert)
        return found
