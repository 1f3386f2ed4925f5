"""Stories on the stream: news.enriched in, news.stories and the register of developments out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.stories.decide import decide
from streams.codec import decode
from streams.records import Enriched
from streams.stage import Incoming, Outgoing, Stage
from streams.topics import DEVELOPMENTS, STORIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.app import StageApp


def register(app: StageApp) -> None:
    """Decide for every article which development it is about, and what it changes."""
    stage = Stage(app)

    def tell(message: Incoming) -> Iterator[Outgoing]:
        enriched = decode(Enriched, message.value, message.headers)
        timings = enriched.timings.model_copy(update={"enriched": message.at})
        enriched = enriched.model_copy(update={"timings": timings})
        decision = decide(enriched, stage.state, position=message.position)
        for development in decision.developments:
            yield Outgoing(DEVELOPMENTS, development.id, development)
        # In the partition it came in, whatever its key: what is told of one country keeps its order up to the alerts.
        yield Outgoing(STORIES, enriched.article.id, decision.enriched, partition=message.partition)

    stage.run(tell)
