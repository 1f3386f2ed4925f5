"""What watchlists would have found: articles of the past through stories, matching and alerts, counted.

A clause *decides* a hit if the article would not have been found without it: of an AND every part decides, of an OR only a
part that alone is satisfied, of an exclusion none. Where a watchlist finds too much, the alternative that decides most hits
is the one to tighten.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agents.alerts import policy
from agents.stories import decide as stories
from agents.watchlists import matcher
from agents.watchlists.article import ArticleIndex
from agents.watchlists.presearch import WatchlistIndex
from streams.records import content_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from agents.enrichment.encoder import Encoder
    from agents.watchlists.matcher import Compiled
    from streams.records import Enriched, Event, Match, Watchlist

#: Articles shown of each watchlist, and of what only one of two versions finds.
SAMPLES = 20


class Sample:
    """Some of many hits, each as likely as any other, and the same whenever the same hits come."""

    def __init__(self, size: int = SAMPLES) -> None:
        self._size = size
        self._kept: list[tuple[str, int, Match]] = []
        self.count = 0

    def take(self, match: Match) -> None:
        """Count a hit; keep it if its turn is among the first."""
        self.count += 1
        turn = content_id("sample", match.watchlist.id, match.enriched.article.id)
        if len(self._kept) < self._size or turn < self._kept[-1][0]:
            insort(self._kept, (turn, self.count, match))
            del self._kept[self._size :]

    def __iter__(self) -> Any:
        """In order of publication."""
        return iter(
            sorted((m for *_, m in self._kept), key=lambda m: (m.enriched.article.published_at, m.enriched.article.id))
        )


@dataclass
class Tested:
    """What one watchlist would have found."""

    watchlist: Watchlist
    hits: Sample
    only_new: Sample
    """Found by it, not by its old version."""
    only_old: Sample
    """Found by the old version alone."""
    by_day: Counter[date] = field(default_factory=Counter)
    alerts: int = 0
    """After novelty: what its subscribers would have been told."""
    old_hits: int = 0
    old_alerts: int = 0
    deciding: Counter[str] = field(default_factory=Counter)
    """Hits that each clause decides."""


class Backtest:
    """Watchlists, and their old versions if there are any, asked about one article after the other."""

    def __init__(
        self,
        watchlists: Sequence[Watchlist],
        against: Sequence[Watchlist] = (),
        encoder: Encoder | None = None,
        samples: int = SAMPLES,
    ) -> None:
        """Raises WatchlistError for one that cannot be loaded. Old versions are known by id, or by being the only one."""
        if len(watchlists) == len(against) == 1:
            against = [against[0].model_copy(update={"id": watchlists[0].id})]
        self._new = _Version(watchlists, encoder)
        self._old = _Version(against, encoder)
        self.tested = {
            w.id: Tested(w, Sample(samples), Sample(samples), Sample(samples)) for w in (*against, *watchlists)
        }
        self._stories: dict[str, Any] = {}
        self._seen: set[tuple[str, str]] = set()
        self.by_day: Counter[date] = Counter()
        """Articles a day."""
        self.without_vector = 0

    @property
    def articles(self) -> int:
        """How many were taken, each revision once."""
        return len(self._seen)

    def take(self, enriched: Enriched) -> None:
        """Ask about an article, unless it was here before."""
        article = enriched.article
        seen = article.id, article.revision
        if seen in self._seen:
            return
        self._seen.add(seen)
        self.without_vector += enriched.vector is None
        day = (enriched.timings.arrived or article.published_at).date()
        self.by_day[day] += 1
        position = f"backtest/0/{len(self._seen)}"
        decided = stories.decide(enriched, self._stories, position=position).enriched
        index = ArticleIndex(decided)
        new = self._new.ask(index, position)
        old = self._old.ask(ArticleIndex(decided), position) if len(self._old.index) else {}
        for watchlist, (match, alerts) in new.items():
            tested = self.tested[watchlist]
            tested.hits.take(match)
            tested.by_day[day] += 1
            tested.alerts += alerts
            tested.deciding.update(deciding(self._new.index.tree(watchlist), index))
            if watchlist not in old and len(self._old.index):
                tested.only_new.take(match)
        for watchlist, (match, alerts) in old.items():
            tested = self.tested[watchlist]
            tested.old_hits += 1
            tested.old_alerts += alerts
            if watchlist not in new:
                tested.only_old.take(match)


class _Version:
    """Watchlists, and what each was told."""

    def __init__(self, watchlists: Iterable[Watchlist], encoder: Encoder | None) -> None:
        self.index = WatchlistIndex(encoder=encoder)
        for watchlist in watchlists:
            self.index.add(watchlist)
        self._told: dict[str, Any] = {}

    def ask(self, article: ArticleIndex, position: str) -> dict[str, tuple[Match, int]]:
        """What matches, by watchlist, and whether an alert comes of it."""
        return {
            match.watchlist.id: (match, policy.decide(match, self._told, position=position) is not None)
            for match in self.index.matches(article)
        }


def deciding(tree: Compiled, article: ArticleIndex) -> list[str]:
    """The clauses of a query, as it writes them, without which it would not find the article."""
    written = dict.fromkeys(ask.written for ask in matcher.asks_of(tree))
    return [clause for clause in written if not _holds(tree, article, None, clause)]


def _holds(  # noqa: PLR0911 - one case per kind of node
    tree: Compiled, article: ArticleIndex, event: Event | None, without: str
) -> bool:
    """Is the query true of the article (within it, of the event) if that clause is not?"""
    match tree:
        case matcher.Ask(_, written):
            if written == without:
                return False
            return tree.holds(article) if event is None else tree.fits(event, article)
        case matcher.All(parts):
            return all(_holds(part, article, event, without) for part in parts)
        case matcher.Any(parts):
            return any(_holds(part, article, event, without) for part in parts)
        case matcher.Several(count, parts):
            return sum(_holds(part, article, event, without) for part in parts) >= count
        case matcher.Without(part):
            return not _holds(part, article, event, without)
        case matcher.SameEvent(part):
            asked = tree.asked(article) if event is None else (event,)
            return any(_holds(part, article, one, without) for one in asked)
