"""Watchlists on the stream: news.stories in, news.matches out; news.watchlists followed, so that a change is live at once."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from agents.enrichment.encoder import open_encoder
from agents.watchlists.health import Rhythm
from agents.watchlists.presearch import WatchlistIndex
from streams import metrics
from streams.codec import decode
from streams.errors import InputError
from streams.records import Enriched, Watchlist
from streams.stage import Incoming, Outgoing, Stage
from streams.topics import MATCHES, WATCHLISTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.app import StageApp

#: Articles from one look at how all watchlists fare to the next: it walks through all of them.
LOOK = 2000

log = logging.getLogger(__name__)


def register(app: StageApp) -> None:
    """Match every article against every watchlist."""
    index = WatchlistIndex(
        encoder=open_encoder(app.settings.encoder, app.settings.torch_threads),
        clock=time.perf_counter,
        budget=app.settings.watchlist_seconds,
    )

    rhythm, taken = Rhythm(), 0

    async def change(record: Any) -> None:
        message = Incoming.of(record)
        try:
            apply(index, message)
            rhythm.forget((message.key or b"").decode("utf-8", "replace"))
        except InputError as error:
            log.warning("a watchlist is refused; what was there before stays in force")
            await stage.reject(message, str(error))
        metrics.watchlists_loaded.set(len(index))
        metrics.watchlists_quarantined.set(index.quarantined)

    # No article is matched before all watchlists are there.
    stage = Stage(app, ready=app.follow(WATCHLISTS, change).caught_up)

    def match(message: Incoming) -> Iterator[Outgoing]:
        enriched = decode(Enriched, message.value, message.headers)
        for found in index.match(enriched):
            yield Outgoing(MATCHES, found.watchlist.id, found)
            rhythm.hit(found.watchlist.id, message.at)
        nonlocal taken
        taken += 1
        if taken % LOOK == 0:
            metrics.watchlists_silent.set(rhythm.silent(message.at))
            metrics.watchlists_unmatchable.set(len(index.cannot_match()))
        for trouble in index.troubles:
            metrics.watchlist_faults.labels(reason=trouble.fault).inc()
            log.error("%s: %s", message.position, trouble)
        index.troubles.clear()
        metrics.watchlists_quarantined.set(index.quarantined)

    stage.run(match)


def apply(index: WatchlistIndex, message: Incoming) -> None:
    """File the watchlist in a message, or take one out at a tombstone.

    Raises:
        InputError: it cannot be read or loaded, or its key is another watchlist's; the index is as before.
    """
    key = (message.key or b"").decode("utf-8", "replace")
    if not message.value:
        index.remove(key)
        return
    watchlist = decode(Watchlist, message.value, message.headers)
    if watchlist.id != key:
        raise InputError(
            f"watchlist {watchlist.id!r} under the key {key!r}",
            field="id",
            value=watchlist.id,
            remedy="use its id as key",
        )
    index.add(watchlist)
