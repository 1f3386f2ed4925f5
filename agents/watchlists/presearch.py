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
from agents.watchlists.evidence import reasons
from agents.watchlists.filing import Filing
from agents.watchlists.matcher import Compiled, Names, Topics, Vocabulary, compile_query
from agents.watchlists.required import required
from streams.errors import QuerySyntaxError, WatchlistError
from streams.records import Enriched, Match, Watchlist

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.enrichment.encoder import Encoder


@dataclass(slots=True, eq=False)
class _Filed:
    watchlist: Watchlist
    tree: Compiled
    ways: tuple[int, ...] = ()
    """Where it is filed; nowhere if it must always be asked."""


def in_watchlist(watchlist_id: str, query: str, error: QuerySyntaxError) -> WatchlistError:
    """A query's error, said of the watchlist; the line is named where there are several."""
    where = error.message if "\n" in query.strip() else error.message.removeprefix("line 1, ")
    return WatchlistError(
        f"watchlist '{watchlist_id}', query, {where}", field="query", value=query, remedy=error.remedy
    )


class WatchlistIndex:
    """Every watchlist, and which of them an article matches.

    Without `names` and `topics` the gazetteer and the topic table that ship are used. Without `encoder`, `like:` is never
    true. A watchlist that raises while it is asked stops no other: `errors` has its id and the last exception.
    """

    def __init__(
        self, names: Names | None = None, encoder: Encoder | None = None, topics: Topics | None = None
    ) -> None:
        if names is None or topics is None:
            shipped = Vocabulary.load()
            names, topics = names or shipped.names, topics or shipped.topics
        self._vocabulary = Vocabulary(names, topics, encoder)
        self._filed: dict[str, _Filed] = {}
        self._filing: Filing[_Filed] = Filing()
        self._always: dict[str, _Filed] = {}
        self._removed = 0
        self.errors: dict[str, Exception] = {}

    def __len__(self) -> int:
        return len(self._filed)

    def __contains__(self, watchlist_id: str) -> bool:
        return watchlist_id in self._filed

    def __iter__(self) -> Iterator[Watchlist]:
        return (filed.watchlist for filed in self._filed.values())

    def add(self, watchlist: Watchlist) -> None:
        """File a watchlist, replacing an older version of it. Raises WatchlistError; then the older one stays."""
        try:
            tree = compile_query(watchlist.query, self._vocabulary)
        except QuerySyntaxError as error:
            raise in_watchlist(watchlist.id, watchlist.query, error) from error
        self.remove(watchlist.id)
        filed = self._filed[watchlist.id] = _Filed(watchlist, tree)
        needed = required(tree)
        if needed is None:
            self._always[watchlist.id] = filed
        else:
            filed.ways = self._filing.add(filed, needed)

    def remove(self, watchlist_id: str) -> None:
        """Take a watchlist out; one that is not there is no error."""
        filed = self._filed.pop(watchlist_id, None)
        self.errors.pop(watchlist_id, None)
        if filed is None:
            return
        self._always.pop(watchlist_id, None)
        self._filing.remove(filed.ways)
        self._removed += 1
        if self._removed > len(self._filed):
            # Clauses are shared by the watchlists added from here on; those of watchlists long gone are let go.
            self._vocabulary.shared.clear()
            self._removed = 0

    def match(self, enriched: Enriched) -> list[Match]:
        """Every watchlist that the article satisfies, by id, with the spans of raw text that prove it."""
        if not self._filed:
            return []
        article = ArticleIndex(enriched)
        return self._explained(self.matching(article), article)

    def match_all(self, enriched: Enriched) -> list[Match]:
        """The same, by asking every watchlist: the oracle that `match` is tested against."""
        article = ArticleIndex(enriched)
        return self._explained([filed for filed in self._filed.values() if self._holds(filed, article)], article)

    def matching(self, article: ArticleIndex) -> list[_Filed]:
        """The watchlists that the article satisfies, in no order, unexplained."""
        asked: dict[_Filed, bool] = {}
        for filed, sure in self._filing.gone(article):
            if sure:
                asked[filed] = True
            elif filed not in asked:
                asked[filed] = self._holds(filed, article)
        found = [filed for filed, holds in asked.items() if holds]
        return found + [filed for filed in self._always.values() if self._holds(filed, article)]

    def _holds(self, filed: _Filed, article: ArticleIndex) -> bool:
        try:
            return filed.tree.holds(article)
        except Exception as error:  # noqa: BLE001 - one bad watchlist never stops the others
            self.errors[filed.watchlist.id] = error
            return False

    def _explained(self, satisfied: list[_Filed], article: ArticleIndex) -> list[Match]:
        found: list[Match] = []
        slim = _slim(article.enriched) if satisfied else article.enriched
        for filed in sorted(satisfied, key=lambda filed: filed.watchlist.id):
            try:
                # Built unchecked: every part is a record already, and there may be thousands of matches an article.
                found.append(
                    Match.model_construct(
                        watchlist=filed.watchlist, enriched=slim, reasons=reasons(filed.tree, article)
                    )
                )
            except Exception as error:  # noqa: BLE001
                self.errors[filed.watchlist.id] = error
        return found


def _slim(enriched: Enriched) -> Enriched:
    """The article as a match carries it: without its body and vector."""
    return enriched.model_copy(update={"article": enriched.article.model_copy(update={"body": ""}), "vector": None})
