"""The topics, as data: what flows where, under which key, for how long."""

from __future__ import annotations

from dataclasses import dataclass

DAY_MS = 24 * 3600 * 1000

#: What one message may weigh, in bytes, on every topic and in every producer. An article is refused at the door when it
#: is larger than MAX_ARTICLE_BYTES, so that its Enriched (several times as large) still fits.
MAX_MESSAGE_BYTES = 4_000_000
MAX_ARTICLE_BYTES = 400_000


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic: name, what its key and value are, and how long records are kept (None: compacted, for ever)."""

    name: str
    key: str
    value: str
    retention_days: int | None
    what: str

    @property
    def compacted(self) -> bool:
        """Is only the newest record of each key kept?"""
        return self.retention_days is None

    @property
    def config(self) -> dict[str, str]:
        """The topic's configuration on the broker."""
        keep = (
            {"cleanup.policy": "compact"}
            if self.retention_days is None
            else {"cleanup.policy": "delete", "retention.ms": str(self.retention_days * DAY_MS)}
        )
        return {**keep, "max.message.bytes": str(MAX_MESSAGE_BYTES)}


ARTICLES = TopicSpec("news.articles", "article id", "Article", 7, "what sources deliver")
ENRICHED = TopicSpec(
    "news.enriched",
    "story key: country, else main entity, else topic",
    "Enriched",
    30,
    "the archive that backtests replay",
)
STORIES = TopicSpec("news.stories", "article id", "Enriched", 7, "with story and development")
DEVELOPMENTS = TopicSpec("news.developments", "development id", "Development", None, "the register of agreements")
WATCHLISTS = TopicSpec("news.watchlists", "watchlist id", "Watchlist", None, "stored queries; a tombstone removes one")
MATCHES = TopicSpec("news.matches", "watchlist id", "Match", 7, "watchlists that an article satisfies")
ALERTS = TopicSpec("news.alerts", "watchlist id", "Alert", 30, "CloudEvents, binary mode")
FEEDBACK = TopicSpec("news.feedback", "alert id", "Feedback", None, "what people think of alerts")
REJECTED = TopicSpec(
    "news.rejected", "the source's key", "raw bytes", 30, "dead letters; reason, stage and position in headers"
)

TOPICS: tuple[TopicSpec, ...] = (
    ARTICLES,
    ENRICHED,
    STORIES,
    DEVELOPMENTS,
    WATCHLISTS,
    MATCHES,
    ALERTS,
    FEEDBACK,
    REJECTED,
)
BY_NAME: dict[str, TopicSpec] = {spec.name: spec for spec in TOPICS}
