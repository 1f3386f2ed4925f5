"""Watchlists filed under their rarest required terms.

Matching an article costs time in the number of *candidate* watchlists, not of all of them: those filed under a term that
the article has, and those that cannot be filed (an exclusion alone, a date, a meaning), which are always asked. Most queries
of words alone are settled by what they are filed with; of the others the tree is asked. After Lucene Monitor's
TermFilteredPresearcher; nothing is missed, for a watchlist is filed only under terms without which it cannot match.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.watchlists.article import ArticleIndex
from agents.watchlists.clauses import Alike
from agents.watchlists.evidence import reasons
from agents.watchlists.filing import Filing
from agents.watchlists.matcher import Compiled, Names, Topics, Vocabulary, asks_of, compile_query
from agents.watchlists.quarantine import Fault, Quarantine, Trouble
from agents.watchlists.ranks import Judged, Ranks
from agents.watchlists.required import required
from streams.errors import QuerySyntaxError, WatchlistError
from streams.records import Enriched, Match, Watchlist

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agents.enrichment.encoder import Encoder
    from agents.watchlists.ranks import Meaning


#: Seconds that one watchlist may take for one article.
BUDGET = 0.05
#: Articles that a term must be missing from before it counts as never seen.
LEAST = 1000


@dataclass(slots=True, eq=False)
class _Filed:
    watchlist: Watchlist
    tree: Compiled
    meanings: tuple[Meaning, ...] = ()
    ways: tuple[int, ...] = ()
    """Where it is filed; nowhere if it must always be asked."""


def meanings_of(tree: Compiled) -> Iterator[Meaning]:
    """The meanings that a query asks for."""
    for ask in asks_of(tree):
        if isinstance(ask.clause, Alike) and (meaning := ask.clause.meaning_asked) is not None:
            yield meaning


def in_watchlist(watchlist_id: str, query: str, error: QuerySyntaxError) -> WatchlistError:
    """A query's error, said of the watchlist; the line is named where there are several."""
    where = error.message if "\n" in query.strip() else error.message.removeprefix("line 1, ")
    return WatchlistError(
        f"watchlist '{watchlist_id}', query, {where}", field="query", value=query, remedy=error.remedy
    )


class WatchlistIndex:
    """Every watchlist, and which of them an article matches.

    Without `names` and `topics` the gazetteer and the topic table that ship are used. Without `encoder`, `like:` is never
    true.

    A watchlist that raises while it is asked, or takes longer than `budget` seconds by `clock`, stops no other; what happened
    is in `troubles`, and after three faults in a row it is quarantined until it is added anew. It is not interrupted: its
    answer, though late, counts. Clauses are shared: their time is that of the watchlist that asks them first. Without
    `clock` nothing is timed.
    """

    def __init__(
        self,
        names: Names | None = None,
        encoder: Encoder | None = None,
        topics: Topics | None = None,
        *,
        clock: Callable[[], float] | None = None,
        budget: float = BUDGET,
    ) -> None:
        if names is None or topics is None:
            shipped = Vocabulary.load()
            names, topics = names or shipped.names, topics or shipped.topics
        self._vocabulary = Vocabulary(names, topics, encoder)
        self._filed: dict[str, _Filed] = {}
        self._filing: Filing[_Filed] = Filing()
        self._always: dict[str, _Filed] = {}
        self._removed = 0
        self._ranks = Ranks()
        self._clock = clock
        self._budget = budget
        self._quarantine = Quarantine()
        self._faulty: set[str] = set()
        """Who had a fault with the article at hand."""
        self.troubles: list[Trouble] = []
        """What went wrong since somebody emptied it."""

    def __len__(self) -> int:
        return len(self._filed)

    def __contains__(self, watchlist_id: str) -> bool:
        return watchlist_id in self._filed

    def __iter__(self) -> Iterator[Watchlist]:
        return (filed.watchlist for filed in self._filed.values())

    @property
    def quarantined(self) -> int:
        """How many watchlists are left out."""
        return len(self._quarantine)

    def add(self, watchlist: Watchlist) -> None:
        """File a watchlist, replacing an older version of it. Raises WatchlistError; then the older one stays."""
        try:
            tree = compile_query(watchlist.query, self._vocabulary)
        except QuerySyntaxError as error:
            raise in_watchlist(watchlist.id, watchlist.query, error) from error
        needed = required(tree)
        meanings = tuple(meanings_of(tree))
        self.remove(watchlist.id)
        filed = self._filed[watchlist.id] = _Filed(watchlist, tree, meanings)
        for meaning in meanings:
            self._ranks.watch(meaning)
        if needed is None:
            self._always[watchlist.id] = filed
        else:
            filed.ways = self._filing.add(filed, needed)

    def remove(self, watchlist_id: str) -> None:
        """Take a watchlist out; one that is not there is no error."""
        filed = self._filed.pop(watchlist_id, None)
        self._quarantine.release(watchlist_id)
        if filed is None:
            return
        self._take_out(filed)
        for meaning in filed.meanings:
            self._ranks.forget(meaning.term)
        self._removed += 1
        if self._removed > len(self._filed):
            # Clauses are shared by the watchlists added from here on; those of watchlists long gone are let go.
            self._vocabulary.shared.clear()
            self._removed = 0

    def _take_out(self, filed: _Filed) -> None:
        self._always.pop(filed.watchlist.id, None)
        self._filing.remove(filed.ways)
        filed.ways = ()

    def cannot_match(self, least: int = LEAST) -> dict[str, tuple[str, ...]]:
        """Watchlists that need what none of the last `least` articles or more had, with the clauses that ask for it.

        Of each watchlist, articles count from when it was added.
        """
        found = {}
        for watchlist_id, filed in self._filed.items():
            unmet = self._filing.unmet(filed.ways, least)
            if unmet is not None:
                asks = (ask.written for ask in asks_of(filed.tree) if not unmet.isdisjoint(ask.clause.needs()))
                found[watchlist_id] = tuple(dict.fromkeys(asks))
        return found

    def match(self, enriched: Enriched) -> list[Match]:
        """Every watchlist that the article satisfies, by id, with the spans of raw text that prove it."""
        if not self._filed:
            return []
        return self.matches(ArticleIndex(enriched))

    def matches(self, article: ArticleIndex) -> list[Match]:
        """The same for an article that is read already."""
        return self._explained(self.matching(article), article)

    def tree(self, watchlist_id: str) -> Compiled:
        """A watchlist's query, compiled. Raises KeyError."""
        return self._filed[watchlist_id].tree

    def match_all(self, enriched: Enriched) -> list[Match]:
        """The same, by asking every watchlist: the oracle that `match` is tested against."""
        article = ArticleIndex(enriched)
        self._judge(article, count=False)
        asked = [filed for filed in self._filed.values() if filed.watchlist.id not in self._quarantine]
        return self._explained(self._satisfied(asked, article), article)

    def matching(self, article: ArticleIndex) -> list[_Filed]:
        """The watchlists that the article satisfies, in no order, unexplained."""
        self._judge(article)
        settled: dict[_Filed, bool] = {}
        for filed, sure in self._filing.gone(article):
            settled[filed] = sure or settled.get(filed, False)
        found = [filed for filed, sure in settled.items() if sure]
        asked = [filed for filed, sure in settled.items() if not sure]
        return found + self._satisfied([*asked, *self._always.values()], article)

    def _judge(self, article: ArticleIndex, *, count: bool = True) -> None:
        encoder = self._vocabulary.encoder
        if article.judged is not None or encoder is None or not self._ranks:
            return
        is_comparable = article.vector is not None and article.encoder == encoder.name
        article.judged = (
            self._ranks.judge(article.enriched.language, article.vector, count=count)
            if is_comparable and article.vector is not None
            else Judged({})
        )

    def _satisfied(self, asked: list[_Filed], article: ArticleIndex) -> list[_Filed]:
        """Those of the watchlists that hold. One look at the clock each: where one ends the next begins."""
        clock, found = self._clock, []
        self._faulty.clear()
        before = clock() if clock else 0.0
        for filed in asked:
            try:
                holds = filed.tree.holds(article)
            except Exception as error:  # noqa: BLE001 - one bad watchlist never stops the others
                self._failed(filed, error)
                holds = False
            if holds:
                found.append(filed)
            if clock:
                now = clock()
                if now - before > self._budget:
                    self._overran(filed, now - before)
                before = now
            if not holds:
                self._good(filed)
        return found

    def _explained(self, satisfied: list[_Filed], article: ArticleIndex) -> list[Match]:
        clock, found = self._clock, []
        slim = _slim(article.enriched) if satisfied else article.enriched
        for filed in sorted(satisfied, key=lambda filed: filed.watchlist.id):
            before = clock() if clock else 0.0
            try:
                # Built unchecked: every part is a record already, and there may be thousands of matches an article.
                found.append(
                    Match.model_construct(
                        watchlist=filed.watchlist, enriched=slim, reasons=reasons(filed.tree, article)
                    )
                )
            except Exception as error:  # noqa: BLE001
                self._failed(filed, error)
                continue
            if clock and (took := clock() - before) > self._budget:
                self._overran(filed, took)
            self._good(filed)
        return found

    def _good(self, filed: _Filed) -> None:
        """It answered this article, unless it did so late."""
        if filed.watchlist.id not in self._faulty:
            self._quarantine.good(filed.watchlist.id)

    def _failed(self, filed: _Filed, error: Exception) -> None:
        self._fault(filed, "error", repr(error))

    def _overran(self, filed: _Filed, took: float) -> None:
        self._fault(filed, "overrun", f"{took:.3f} s for an article, more than {self._budget:g} s")

    def _fault(self, filed: _Filed, fault: Fault, said: str) -> None:
        if filed.watchlist.id in self._faulty:
            return  # one fault an article
        self._faulty.add(filed.watchlist.id)
        trouble = self._quarantine.fault(filed.watchlist.id, fault, said)
        self.troubles.append(trouble)
        if trouble.quarantined:
            self._take_out(filed)


def _slim(enriched: Enriched) -> Enriched:
    """The article as a match carries it: without its body and vector."""
    return enriched.model_copy(update={"article": enriched.article.model_copy(update={"body": ""}), "vector": None})
