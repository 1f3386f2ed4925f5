"""Watchlists filed under their rarest required terms.

Matching an article costs time in the number of *candidate* watchlists, not of all of them: those filed under a term that
the article has, and those that cannot be filed (an exclusion alone, a date, a meaning), which are always checked. After
Lucene Monitor's TermFilteredPresearcher; nothing is missed, for a watchlist is filed only under terms without which it
cannot match.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.watchlists.article import EXACT, PREFIX, ArticleIndex
from agents.watchlists.evidence import reasons
from agents.watchlists.matcher import Compiled, Names, Topics, Vocabulary, compile_query, required_terms
from streams.errors import QuerySyntaxError, WatchlistError
from streams.records import Enriched, Match, Watchlist

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agents.enrichment.encoder import Encoder


@dataclass(frozen=True, slots=True, eq=False)
class _Filed:
    watchlist: Watchlist
    tree: Compiled
    terms: frozenset[str] | None
    """It is filed under each of these; None: it is always checked."""
    others: tuple[frozenset[str], ...]
    """What else an article must have, one term of each set."""

    def kinds(self) -> Iterator[str]:
        """The kind of each term that an article may need; of a word its first letters."""
        return (term[:2] for terms in (self.terms or (), *self.others) for term in terms)


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
        self._under: dict[str, set[_Filed]] = {}
        self._always: set[_Filed] = set()
        self._kinds: Counter[str] = Counter()
        """How many prefixes and spellings are needed: an article tells its own only if there are any."""
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
        terms, *others = required_terms(tree) or (None,)
        filed = _Filed(watchlist, tree, terms, tuple(term_set for term_set in others if term_set is not None))
        self.remove(watchlist.id)
        self._filed[watchlist.id] = filed
        if filed.terms is None:
            self._always.add(filed)
        else:
            for term in filed.terms:
                self._under.setdefault(term, set()).add(filed)
        self._kinds.update(filed.kinds())

    def remove(self, watchlist_id: str) -> None:
        """Take a watchlist out; one that is not there is no error."""
        filed = self._filed.pop(watchlist_id, None)
        self.errors.pop(watchlist_id, None)
        if filed is None:
            return
        self._removed += 1
        if self._removed > len(self._filed):
            # Clauses are shared by the watchlists added from here on; those of watchlists long gone are let go.
            self._vocabulary.shared.clear()
            self._removed = 0
        self._kinds.subtract(filed.kinds())
        self._always.discard(filed)
        for term in filed.terms or ():
            under = self._under[term]
            under.discard(filed)
            if not under:
                del self._under[term]

    def candidates(self, article: ArticleIndex) -> list[_Filed]:
        """Watchlists that the article may match: all that it must have is there."""
        terms = article.terms([kind for kind in (PREFIX, EXACT) if self._kinds[kind]])
        filed = self._always.union(*(self._under[term] for term in terms & self._under.keys()))
        return [candidate for candidate in filed if _has_all(terms, candidate.others)]

    def match(self, enriched: Enriched) -> list[Match]:
        """Every watchlist that the article satisfies, by id, with the spans of raw text that prove it."""
        if not self._filed:
            return []
        article = ArticleIndex(enriched)
        return self._ask(self.candidates(article), article)

    def match_all(self, enriched: Enriched) -> list[Match]:
        """The same, by asking every watchlist: the oracle that `match` is tested against."""
        return self._ask(self._filed.values(), ArticleIndex(enriched))

    def _ask(self, candidates: Iterable[_Filed], article: ArticleIndex) -> list[Match]:
        found: list[Match] = []
        slim: Enriched | None = None
        for filed in candidates:
            try:
                if not filed.tree.holds(article):
                    continue
                slim = slim or _slim(article.enriched)
                # Built unchecked: every part is a record already, and there may be thousands of matches an article.
                found.append(
                    Match.model_construct(
                        watchlist=filed.watchlist, enriched=slim, reasons=reasons(filed.tree, article)
                    )
                )
            except Exception as error:  # noqa: BLE001 - one bad watchlist never stops the others
                self.errors[filed.watchlist.id] = error
        return sorted(found, key=lambda match: match.watchlist.id)


def _has_all(terms: set[str], others: tuple[frozenset[str], ...]) -> bool:
    for either in others:  # noqa: SIM110 - all() takes twice as long, and thousands of watchlists are asked
        if either.isdisjoint(terms):
            return False
    return True


def _slim(enriched: Enriched) -> Enriched:
    """The article as a match carries it: without its body and vector."""
    return enriched.model_copy(update={"article": enriched.article.model_copy(update={"body": ""}), "vector": None})
