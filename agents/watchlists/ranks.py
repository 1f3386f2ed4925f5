"""What articles mean, as a rank among those that came before: which meanings of watchlists an article is near to.

A cosine that says much in one language says little in another, so `like:"…"~top1%` asks for a place among the last WINDOW
articles of the article's own language. Their cosines with each meaning are kept in BINS steps, and counted; a meaning that
is added later is measured against the same articles at once. All meanings are asked with one matrix product.

What a rank is depends on what came before, in that order; the same articles in the same order give the same ranks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Articles of a language that an article is ranked among.
WINDOW = 2000
#: Before so many of them came, or too few for one of them to be in the share asked for, the fixed cosines hold.
ENOUGH = 200
#: Share of the fixed cosine that an article of any rank must have: where nothing is told of a meaning, the nearest hundredth
#: is about something else.
LEAST = 0.75
#: Articles of a language after which the cosines that its ranks take are worked out anew.
_FRESH = 32
#: Steps of a cosine from _LOWEST to 1; each is 0.005.
BINS = 256
_LOWEST = -0.28
#: Languages that are remembered; of more, the one that was longest unheard of is forgotten.
_LANGUAGES = 16


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a watchlist asks for. `top`: the share of articles that are near enough, 0 to 1; None: by cosine alone."""

    term: str
    """Its name, which says all of it."""
    vector: tuple[float, ...]
    cosines: tuple[float, float]
    """From which cosine on it is meant where no rank is known: by an article in its own language, and in another one."""
    language: str
    top: float | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """How near an article is to the meanings asked for."""

    cosines: dict[str, float]
    """Of those that it is near enough to."""
    ranks: dict[str, float] = field(default_factory=dict)
    """Share of the recent articles of its language that are as near, itself among them; where ranks are known."""
    seen: int = 0
    """How many recent articles those are."""


class Ranks:
    """The meanings of all watchlists, and the recent articles of each language. All vectors are one encoder's."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._uses: dict[str, int] = {}
        self._free: list[int] = []
        self._meanings: list[Meaning | None] = []
        self._matrix: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._tops: NDArray[np.float32] = np.zeros(0, np.float32)
        self._recent: dict[str, _Recent] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def watch(self, meaning: Meaning) -> None:
        """Ask for a meaning, once more if it is asked for already."""
        self._uses[meaning.term] = self._uses.get(meaning.term, 0) + 1
        if meaning.term in self._rows:
            return
        row = self._free.pop() if self._free else len(self._meanings)
        if row == len(self._meanings):
            self._meanings.append(None)
        if row >= len(self._matrix):
            self._grow(len(meaning.vector))
        self._rows[meaning.term] = row
        self._meanings[row] = meaning
        self._matrix[row] = meaning.vector
        self._tops[row] = meaning.top or 0.0
        for recent in self._recent.values():
            recent.learn(row, self._matrix[row])

    def forget(self, term: str) -> None:
        """Ask for a meaning once less."""
        self._uses[term] -= 1
        if self._uses[term]:
            return
        row = self._rows.pop(term)
        del self._uses[term]
        self._meanings[row] = None
        self._matrix[row] = 0.0
        self._free.append(row)
        for recent in self._recent.values():
            recent.is_stale = True

    def judge(self, language: str, vector: NDArray[np.float32], *, count: bool = True) -> Judged:
        """Which meanings an article of that language is near to; `count`: it is one of the recent ones from here on."""
        if not self._rows or len(vector) != self._matrix.shape[1]:
            return Judged({})
        recent = self._recent.pop(language, None) or _Recent(*self._matrix.shape)
        self._recent[language] = recent  # at the end: the last heard of
        if len(self._recent) > _LANGUAGES:
            del self._recent[next(iter(self._recent))]
        cosines = self._matrix @ vector
        if recent.is_stale or recent.age >= _FRESH:
            recent.refresh(self._fixed(language), self._tops)
        rows = np.flatnonzero(cosines >= recent.thresholds)
        bins = _bins(cosines)
        ranked = rows[recent.is_ranked[rows]]
        ranks = recent.shares(ranked, bins[ranked])
        if count:
            recent.count(vector, bins)
        return Judged(
            {self._term(row): float(cosines[row]) for row in rows.tolist()},
            {self._term(row): share for row, share in zip(ranked.tolist(), ranks.tolist(), strict=True)},
            recent.seen,
        )

    def _term(self, row: int) -> str:
        meaning = self._meanings[row]
        assert meaning is not None  # noqa: S101 - thresholds of free rows are out of reach
        return meaning.term

    def _fixed(self, language: str) -> NDArray[np.float32]:
        found = np.full(len(self._matrix), 2.0, np.float32)  # no cosine is as large
        for row, meaning in enumerate(self._meanings):
            if meaning is not None:
                found[row] = meaning.cosines[0 if meaning.language == language else 1]
        return found

    def _grow(self, dimensions: int) -> None:
        size = max(16, 2 * len(self._matrix))
        matrix, tops = np.zeros((size, dimensions), np.float32), np.zeros(size, np.float32)
        if len(self._matrix):
            matrix[: len(self._matrix)], tops[: len(self._tops)] = self._matrix, self._tops
        self._matrix, self._tops = matrix, tops
        for recent in self._recent.values():
            recent.grow(size)


class _Recent:
    """The last WINDOW articles of one language, as every meaning sees them."""

    def __init__(self, meanings: int, dimensions: int) -> None:
        self.seen = 0
        self._next = 0
        self._vectors: NDArray[np.float16] = np.zeros((WINDOW, dimensions), np.float16)
        self._bins: NDArray[np.uint8] = np.zeros((WINDOW, meanings), np.uint8)
        self._counts: NDArray[np.uint16] = np.zeros((meanings, BINS), np.uint16)
        self._every = np.arange(meanings)
        self.thresholds: NDArray[np.float32] = np.zeros(0, np.float32)
        self.is_ranked: NDArray[np.bool_] = np.zeros(0, bool)
        self.age = 0
        self.is_stale = True

    def grow(self, meanings: int) -> None:
        more = meanings - len(self._counts)
        self._bins = np.pad(self._bins, ((0, 0), (0, more)))
        self._counts = np.pad(self._counts, ((0, more), (0, 0)))
        self._counts[-more:, 0] = self.seen  # what they are of no meaning
        self._every = np.arange(meanings)
        self.is_stale = True

    def learn(self, row: int, vector: NDArray[np.float32]) -> None:
        """Measure a new meaning against the articles that are here."""
        bins = _bins(self._vectors[: self.seen].astype(np.float32) @ vector)
        self._bins[: self.seen, row] = bins
        self._counts[row] = np.bincount(bins, minlength=BINS)
        self.is_stale = True

    def count(self, vector: NDArray[np.float32], bins: NDArray[np.uint8]) -> None:
        at = self._next
        if self.seen == WINDOW:
            self._counts[self._every, self._bins[at]] -= 1
        else:
            self.seen += 1
        self._vectors[at], self._bins[at] = vector, bins
        self._counts[self._every, bins] += 1
        self._next = (at + 1) % WINDOW
        self.age += 1

    def refresh(self, fixed: NDArray[np.float32], tops: NDArray[np.float32]) -> None:
        """The cosine that each meaning takes: the lowest step such that no more than its share of articles reach it."""
        wanted = tops * self.seen
        self.is_ranked = (wanted >= 1) if self.seen >= ENOUGH else np.zeros(len(tops), bool)
        self.thresholds = fixed
        rows = np.flatnonzero(self.is_ranked & (fixed <= 1))
        if len(rows):
            reaching = self._counts[rows, ::-1].cumsum(axis=1, dtype=np.uint16)
            steps = (reaching <= wanted[rows, None]).sum(axis=1)
            self.thresholds[rows] = np.maximum(_LOWEST + (BINS - steps) * _STEP, LEAST * fixed[rows])
        self.age, self.is_stale = 0, False

    def shares(self, rows: NDArray[np.intp], bins: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Of each of these meanings the share of articles that reach a bin, one at least."""
        reaching = (self._counts[rows] * (np.arange(BINS) >= bins[:, None])).sum(axis=1)
        found: NDArray[np.float64] = np.maximum(reaching, 1) / max(self.seen, 1)
        return found


_STEP = (1 - _LOWEST) / BINS


def _bins(cosines: NDArray[np.float32]) -> NDArray[np.uint8]:
    found: NDArray[np.uint8] = np.clip((cosines - _LOWEST) / _STEP, 0, BINS - 1).astype(np.uint8)
    return found
