"""Where watchlists are filed: each of a query's ways under its rarest need, as counted in the articles that came by.

Needs are numbered, and an article is the set of numbers that it meets; whether it goes a way is then one comparison of two
sets. Terms that a text repeats from article to article (base forms of a word) are looked up once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from agents.watchlists.article import EXACT, PREFIX
from agents.watchlists.rarity import usual_share

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agents.watchlists.article import ArticleIndex
    from agents.watchlists.required import Required, Way

Owner = TypeVar("Owner")

#: Articles that the share expected beforehand is worth.
_PRIOR = 50
#: One article of so many is counted: that is enough to know what is frequent, and counting takes its time.
_COUNTED = 4
#: Counted articles after which all counts are halved, so that what was frequent last year is not for ever.
_MEMORY = 50_000
#: A way is filed anew when the need it is under turns out so many times as frequent as thought.
_DRIFT = 2.0
#: Words whose numbers are remembered at most.
_WORDS = 500_000


@dataclass(slots=True, eq=False)
class FiledWay(Generic[Owner]):
    """One way of one owner's query. `sure`: to go it is to satisfy the query."""

    owner: Owner
    needs: frozenset[int]
    sure: bool
    under: int = -1


@dataclass(slots=True, eq=False)
class Filing(Generic[Owner]):
    """Ways, filed under needs."""

    _numbers: dict[frozenset[str], int] = field(default_factory=dict)
    _terms: dict[int, frozenset[str]] = field(default_factory=dict)
    _uses: Counter[int] = field(default_factory=Counter)
    _having: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Term to the needs that it meets."""
    _of_word: dict[frozenset[str], tuple[int, ...]] = field(default_factory=dict)
    """Base forms of a written word to the needs that they meet."""
    _kinds: Counter[str] = field(default_factory=Counter)
    """How many needs are prefixes or spellings: an article tells its own only if there are any."""
    _under: dict[int, dict[FiledWay[Owner], None]] = field(default_factory=dict)
    _thought: dict[int, float] = field(default_factory=dict)
    """Share of articles that a need was thought to be met by when it was last looked at."""
    _met: Counter[int] = field(default_factory=Counter)
    _counted: int = 0
    _next: int = 0
    _articles: int = 0

    def add(self, owner: Owner, required: Required) -> tuple[FiledWay[Owner], ...]:
        """File an owner's ways; what comes back is needed to take them out again."""
        filed = tuple(FiledWay(owner, self._numbered(way), required.sure) for way in required.ways)
        for way in filed:
            self._file(way)
        return filed

    def remove(self, filed: Iterable[FiledWay[Owner]]) -> None:
        """Take ways out, and the needs that nothing else has."""
        for way in filed:
            self._take_out(way)
            for number in way.needs:
                self._release(number)

    def gone(self, article: ArticleIndex) -> list[FiledWay[Owner]]:
        """The ways that an article goes. Counts what it meets."""
        met = self.met(article)
        under = self._under
        found = [way for number in met & under.keys() for way in under[number] if way.needs <= met]
        self._articles += 1
        if self._articles % _COUNTED == 0:
            self._count(met)
        return found

    def met(self, article: ArticleIndex) -> set[int]:
        """The needs that an article meets."""
        found: set[int] = set()
        of_word, having = self._of_word, self._having
        for stems in article.stems:
            known = of_word.get(stems)
            if known is None:
                if len(of_word) > _WORDS:
                    of_word.clear()
                known = of_word[stems] = tuple({number for stem in stems for number in having.get(stem, ())})
            found.update(known)
        for term in article.terms_but_stems([kind for kind in (PREFIX, EXACT) if self._kinds[kind]]):
            if term in having:
                found.update(having[term])
        return found

    def share(self, number: int) -> float:
        """The share of articles that meet a need: as counted, and before that as expected."""
        return (self._met[number] + _PRIOR * usual_share(self._terms[number])) / (self._counted + _PRIOR)

    # --- keeping it in order --------------------------------------------------------------------------------------

    def _file(self, way: FiledWay[Owner]) -> None:
        way.under = min(way.needs, key=lambda number: (self.share(number), number))
        self._under.setdefault(way.under, {})[way] = None
        self._thought.setdefault(way.under, self.share(way.under))

    def _take_out(self, way: FiledWay[Owner]) -> None:
        filed = self._under[way.under]
        del filed[way]
        if not filed:
            del self._under[way.under]
            self._thought.pop(way.under, None)

    def _count(self, met: set[int]) -> None:
        self._met.update(met)
        self._counted += 1
        if self._counted > _MEMORY:
            self._counted //= 2
            self._met = Counter({number: count // 2 for number, count in self._met.items() if count > 1})
        for number in met & self._under.keys():
            share = self.share(number)
            if share > _DRIFT * self._thought[number]:
                self._thought[number] = share
                self._refile(number, share)

    def _refile(self, number: int, share: float) -> None:
        for way in list(self._under[number]):
            if any(self.share(other) * _DRIFT < share for other in way.needs):
                self._take_out(way)
                self._file(way)

    def _numbered(self, way: Way) -> frozenset[int]:
        return frozenset(map(self._number, way))

    def _number(self, terms: frozenset[str]) -> int:
        number = self._numbers.get(terms)
        if number is None:
            number = self._numbers[terms] = self._next
            self._next += 1
            self._terms[number] = terms
            for term in terms:
                self._having[term] = (*self._having.get(term, ()), number)
                self._kinds[term[:2]] += 1
            if self._of_word:
                self._of_word.clear()
        self._uses[number] += 1
        return number

    def _release(self, number: int) -> None:
        self._uses[number] -= 1
        if self._uses[number]:
            return
        del self._uses[number]
        self._met.pop(number, None)
        terms = self._terms.pop(number)
        del self._numbers[terms]
        for term in terms:
            left = tuple(other for other in self._having[term] if other != number)
            if left:
                self._having[term] = left
            else:
                del self._having[term]
            self._kinds[term[:2]] -= 1
        self._of_word.clear()
