"""Where watchlists are filed: each of a query's ways under its rarest need, as counted in the articles that came by.

Needs are numbered. An article is the numbers that it meets; a way is a row of numbers, and whether an article goes it is
asked of all rows in its buckets at once. Terms that texts repeat (base forms of a word) are looked up once.
"""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from agents.watchlists.article import EXACT, PREFIX
from agents.watchlists.rarity import usual_share

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agents.watchlists.article import ArticleIndex
    from agents.watchlists.required import Required, Way

Owner = TypeVar("Owner")

#: Needs of a way that are looked at, its rarest ones; of a way with more, the query itself must be asked.
NEEDS = 8
#: Number of a need that every article meets: what rows of fewer needs are filled with.
_NONE = 0
#: Articles that the share expected beforehand is worth.
_PRIOR = 50
#: Articles after which all counts are halved, so that what was frequent last year is not for ever.
_MEMORY = 200_000
#: A way is filed anew when the need it is under turns out so many times as frequent as thought.
_DRIFT = 2.0
#: Words whose numbers are remembered at most.
_WORDS = 500_000


class Filing(Generic[Owner]):
    """The ways of many owners' queries."""

    def __init__(self) -> None:
        self._terms = _Needs()
        self._rows: np.ndarray = np.zeros((64, NEEDS), np.int32)
        """A way's needs, rarest first as far as was known when it was filed."""
        self._owners: list[Owner | None] = []
        self._sure = bytearray()
        self._free: list[int] = []
        self._under: dict[int, array[int]] = {}
        """Need to the rows filed under it."""
        self._row_under: list[int] = []

    def __len__(self) -> int:
        return len(self._owners) - len(self._free)

    def add(self, owner: Owner, required: Required) -> tuple[int, ...]:
        """File an owner's ways; what comes back is needed to take them out again."""
        return tuple(self._add(owner, way, required.sure) for way in required.ways)

    def remove(self, rows: Iterable[int]) -> None:
        """Take ways out, and the needs that nothing else has."""
        for row in rows:
            self._take_out(row)
            for number in self._rows[row][self._rows[row] != _NONE]:
                self._terms.release(int(number))
            self._owners[row] = None
            self._free.append(row)

    def unmet(self, rows: Iterable[int], least: int) -> set[frozenset[str]] | None:
        """Needs that none of `least` articles or more met, where every one of these ways has one; else None."""
        found: set[frozenset[str]] = set()
        for row in rows:
            numbers = self._rows[row][self._rows[row] != _NONE].tolist()
            missing = self._terms.unmet(numbers, least)
            if not missing:
                return None
            found.update(missing)
        return found or None

    def gone(self, article: ArticleIndex) -> list[tuple[Owner, bool]]:
        """Owners of the ways that an article goes, and whether that settles it. Counts what the article meets."""
        met = self._terms.met(article)
        numbers = np.flatnonzero(met)
        buckets = numbers[self._terms.filed[numbers]]
        rows = np.frombuffer(b"".join(map(self._under.__getitem__, buckets.tolist())), np.int32)
        rows = rows[met[self._rows[rows]].all(axis=1)]
        owners, sure = self._owners, self._sure
        found = [(owner, bool(sure[row])) for row in rows.tolist() if (owner := owners[row]) is not None]
        self._terms.count(numbers)
        for number in self._terms.drifted(buckets):
            self._refile(number)
        return found

    def _add(self, owner: Owner, way: Way, sure: bool) -> int:
        if self._free:
            row = self._free.pop()
        else:
            row = len(self._owners)
            self._owners.append(None)
            self._sure.append(0)
            self._row_under.append(_NONE)
            if row == len(self._rows):
                self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        kept = sorted(way, key=lambda terms: (usual_share(terms), sorted(terms)))[:NEEDS] if len(way) > NEEDS else way
        numbers = [self._terms.number(terms) for terms in kept]
        self._rows[row] = _NONE
        self._rows[row, : len(numbers)] = numbers
        self._owners[row], self._sure[row] = owner, sure and len(way) <= NEEDS
        self._file(row, min(numbers, key=lambda number: (self._terms.share(number), number)))
        return row

    def _file(self, row: int, number: int) -> None:
        self._row_under[row] = number
        rows = self._under.get(number)
        if rows is None:
            self._under[number] = array("i", [row])
            self._terms.file(number)
        else:
            rows.append(row)

    def _take_out(self, row: int) -> None:
        number = self._row_under[row]
        rows = self._under[number]
        rows.remove(row)
        if not rows:
            del self._under[number]
            self._terms.filed[number] = False

    def _refile(self, number: int) -> None:
        share = self._terms.share(number)
        for row in list(self._under[number]):
            numbers = self._rows[row][self._rows[row] != _NONE].tolist()
            best = min(numbers, key=lambda other: (self._terms.share(other), other))
            if self._terms.share(best) * _DRIFT < share:
                self._take_out(row)
                self._file(row, best)


class _Needs:
    """The needs of all ways, numbered from 1, and how many articles meet each."""

    def __init__(self) -> None:
        self._numbers: dict[frozenset[str], int] = {}
        self._sets: list[frozenset[str]] = [frozenset()]
        self._uses: list[int] = [1]
        self._free: list[int] = []
        self._having: dict[str, tuple[int, ...]] = {}
        """Term to the needs that it meets."""
        self._of_word: dict[frozenset[str], np.ndarray] = {}
        """Base forms of a written word to the needs that they meet."""
        self._kinds: Counter[str] = Counter()
        """How many needs are prefixes or spellings: an article tells its own only if there are any."""
        self.filed: np.ndarray = np.zeros(64, bool)
        """Is anything filed under it?"""
        self._usual: np.ndarray = np.zeros(64, np.float32)
        self._met: np.ndarray = np.zeros(64, np.float32)
        self._thought: np.ndarray = np.zeros(64, np.float32)
        """Share of articles that it was thought to be met by when it was last looked at."""
        self._articles = 0
        self._came = 0
        """All articles, however long ago."""
        self._since: dict[int, int] = {}
        """Of needs that no article met yet, how many had come before."""

    def met(self, article: ArticleIndex) -> np.ndarray:
        """Of each number, whether an article meets it."""
        of_word, having = self._of_word, self._having
        parts = []
        for stems in article.stems:
            known = of_word.get(stems)
            if known is None:
                if len(of_word) > _WORDS:
                    of_word.clear()
                numbers = {number for stem in stems for number in having.get(stem, ())}
                known = of_word[stems] = np.fromiter(numbers, np.int32, len(numbers))
            parts.append(known)
        terms = article.terms_but_stems([kind for kind in (PREFIX, EXACT) if self._kinds[kind]])
        others = [number for term in terms & having.keys() for number in having[term]]
        found = np.zeros(len(self._sets), bool)
        found[_NONE] = True
        found[np.array(others, np.int32)] = True
        if parts:
            found[np.concatenate(parts)] = True
        return found

    def number(self, terms: frozenset[str]) -> int:
        """The number of a need, one use more."""
        number = self._numbers.get(terms)
        if number is None:
            number = self._numbers[terms] = self._new(terms)
        self._uses[number] += 1
        return number

    def _new(self, terms: frozenset[str]) -> int:
        if self._free:
            number = self._free.pop()
            self._sets[number] = terms
        else:
            number = len(self._sets)
            self._sets.append(terms)
            self._uses.append(0)
            if number == len(self.filed):
                self.filed, self._usual, self._met, self._thought = (
                    np.concatenate([column, np.zeros_like(column)])
                    for column in (self.filed, self._usual, self._met, self._thought)
                )
        self._usual[number], self._met[number], self.filed[number] = usual_share(terms), 0, False
        self._since[number] = self._came
        for term in terms:
            self._having[term] = (*self._having.get(term, ()), number)
            self._kinds[term[:2]] += 1
        self._of_word.clear()
        return number

    def release(self, number: int) -> None:
        """One use less; with the last the number is free."""
        self._uses[number] -= 1
        if self._uses[number]:
            return
        terms = self._sets[number]
        self._sets[number] = frozenset()
        self._since.pop(number, None)
        del self._numbers[terms]
        self._free.append(number)
        for term in terms:
            left = tuple(other for other in self._having[term] if other != number)
            if left:
                self._having[term] = left
            else:
                del self._having[term]
            self._kinds[term[:2]] -= 1
        self._of_word.clear()

    def unmet(self, numbers: Iterable[int], least: int) -> list[frozenset[str]]:
        """Those of the needs that so many articles came by without meeting."""
        since, came = self._since, self._came
        return [self._sets[number] for number in numbers if number in since and came - since[number] >= least]

    def share(self, number: int) -> float:
        """The share of articles that meet a need: as counted, and before that as expected."""
        return float((self._met[number] + _PRIOR * self._usual[number]) / (self._articles + _PRIOR))

    def file(self, number: int) -> None:
        """Something is filed under it now."""
        self.filed[number] = True
        self._thought[number] = self.share(number)

    def count(self, numbers: np.ndarray) -> None:
        """An article came by that meets these."""
        for number in numbers[self._met[numbers] == 0].tolist():
            self._since.pop(number, None)
        self._met[numbers] += 1
        self._articles += 1
        self._came += 1
        if self._articles > _MEMORY:
            self._articles //= 2
            self._met *= 0.5

    def drifted(self, numbers: np.ndarray) -> list[int]:
        """Those that turn out so much more frequent than thought that a look at their bucket pays."""
        shares = (self._met[numbers] + _PRIOR * self._usual[numbers]) / (self._articles + _PRIOR)
        found = shares > _DRIFT * self._thought[numbers]
        self._thought[numbers[found]] = shares[found]
        return list(map(int, numbers[found]))
