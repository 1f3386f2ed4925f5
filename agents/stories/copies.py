"""Is this text a copy of one seen before: the same agency report, lightly edited, under another headline, with a tail?

MinHash (Broder 1997) over runs of three normalised words estimates how much two texts share; locality-sensitive hashing
by bands finds candidates without comparing against everything. Numbers are fixed here, not drawn, because fingerprints
are kept in state and must mean the same in every version and process.
A text too short for that is a copy only of an equal one.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from agents.enrichment.text import normalise

if TYPE_CHECKING:
    from collections.abc import Callable

    from agents.memory import Memory
    from streams.records import Article

#: Days for which texts are compared.
WINDOW = 30
#: Hash functions; the estimate of a share s is off by sqrt(s (1 - s) / HASHES), 0.04 at most.
HASHES = 128
#: Bands of ROWS hashes each: two texts that share s meet with probability 1 - (1 - s^2)^8, 0.97 at s = 0.6.
BANDS, ROWS = 8, 2
#: Texts kept in one band's bucket, newest first.
BUCKET = 16
#: Words below which only equal texts are copies, and below which equality is looked for at all.
SHORT, LONG = 20, 60
#: Words that a body must have to be a copy by itself, whatever its title.
OWN_WORDS = 6
#: A copy shares this much of all runs, or this much of the shorter text's runs if lengths are within LENGTHS.
SHARE, SHARE_OF_SHORTER, LENGTHS = 0.6, 0.85, 0.55

_ODD = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


def _mixed(number: int) -> int:
    """The finaliser of SplitMix64 (Steele et al. 2014)."""
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)


_FACTORS = np.array([_mixed(_ODD * (2 * n + 1) & _MASK) | 1 for n in range(HASHES)], dtype=np.uint64)[:, None]
_TERMS = np.array([_mixed(_ODD * (2 * n + 2) & _MASK) for n in range(HASHES)], dtype=np.uint64)[:, None]
_PLACES = np.array([_mixed(n) | 1 for n in (11, 12, 13)], dtype=np.uint64)

#: What may stand before a text proper: a place, a byline or a speaker, up to a mark or a line's end.
_LEAD = re.compile(
    r"\s*(?:\([^()\n]{1,40}\)|[^()\n:\u2013\u2014-]{1,40}(?:\([^()\n]{1,40}\))?(?=\s*[:\u2013\u2014\n]|\s+-))[\s:\u2013\u2014-]*"
)
_LEAD_WORDS = 6


@lru_cache(maxsize=200_000)
def _word(written: str) -> int:
    """64 bits for a written word, whatever marks stand about it; 0 for a mark alone."""
    letters = "".join(c for c in normalise(written) if c.isalnum())
    return int.from_bytes(hashlib.blake2b(letters.encode(), digest_size=8).digest(), "big") if letters else 0


def _words(text: str) -> list[int]:
    return [word for written in text.split() if (word := _word(written))]


def text_proper(text: str) -> str:
    """The text without what stands before it: 'القاهرة (أ ف ب) - قال …' and 'مراسلنا: قال …' both become 'قال …'."""
    for _ in range(2):
        lead = _LEAD.match(text)
        if lead is None or len(lead.group().split()) > _LEAD_WORDS or lead.end() == len(text):
            break
        text = text[lead.end() :]
    return text


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is compared of a text: hashes of it as a whole, and the minima of its runs' hashes."""

    wholes: tuple[str, ...]
    """Of a short text: what an equal one has too."""
    minima: tuple[int, ...]
    """HASHES numbers of 16 bits; none for a short text."""
    runs: int
    """Distinct runs of three words."""

    @property
    def buckets(self) -> tuple[str, ...]:
        """Names of the records under which texts like this one are found."""
        bands = (self.minima[n : n + ROWS] for n in range(0, BANDS * ROWS if self.minima else 0, ROWS))
        return (
            *(f"whole|{whole}" for whole in self.wholes),
            *(f"band|{n}|{band[0]:04x}{band[1]:04x}" for n, band in enumerate(bands)),
        )

    def packed(self) -> list[str | int]:
        """As it is kept in state."""
        minima = base64.b64encode(np.array(self.minima, dtype="<u2").tobytes()).decode()
        return [minima, self.runs, *self.wholes]

    @classmethod
    def unpacked(cls, kept: list[str | int]) -> Fingerprint:
        """What `packed` kept."""
        minima, runs, *wholes = kept
        numbers = np.frombuffer(base64.b64decode(str(minima)), dtype="<u2")
        return cls(tuple(map(str, wholes)), tuple(numbers.tolist()), int(runs))

    def is_copy_of(self, other: Fingerprint) -> bool:
        """Are these texts one and the same but for small edits, another headline, or something appended?"""
        if set(self.wholes) & set(other.wholes):
            return True
        if not self.minima or not other.minima:
            return False
        share = float(np.mean(np.array(self.minima) == np.array(other.minima)))
        shorter, longer = sorted((self.runs, other.runs))
        common = share / (1 + share) * (shorter + longer)
        return share >= SHARE or (common >= SHARE_OF_SHORTER * shorter and shorter >= LENGTHS * longer)


def fingerprint(article: Article, text_end: int = -1) -> Fingerprint:
    """The fingerprint of title and body, without site boilerplate (from `text_end` on) and without bylines."""
    title, body = text_proper(article.title), text_proper(article.body[:text_end] if text_end >= 0 else article.body)
    in_title, in_body = _words(title), _words(body)
    words = in_title + in_body
    wholes = []
    if len(words) < LONG:
        # Which of the two fields holds the text does not matter: a brief item may come as a title alone.
        wholes.append(_whole(words))
        if in_title and len(in_body) >= OWN_WORDS:
            wholes.append(_whole(in_body))
    if len(words) < SHORT:
        return Fingerprint(tuple(wholes), (), 0)
    hashes = np.array(words, dtype=np.uint64)
    with np.errstate(over="ignore"):
        runs = np.unique(hashes[:-2] * _PLACES[0] + hashes[1:-1] * _PLACES[1] + hashes[2:] * _PLACES[2])
        least = (runs[None, :] * _FACTORS + _TERMS).min(axis=1)
        # The least of many numbers has few leading bits left: mix before cutting to 16.
        minima = (least * np.uint64(_ODD)) >> np.uint64(48)
    return Fingerprint(tuple(wholes), tuple(minima.tolist()), len(runs))


def _whole(words: list[int]) -> str:
    return hashlib.blake2b(b"".join(w.to_bytes(8, "big") for w in words), digest_size=8).hexdigest()


def find_original(
    own: Fingerprint, article: str, memory: Memory, kept: Callable[[str], Fingerprint | None]
) -> str | None:
    """Id of the text seen first that this one copies. `kept` gives the fingerprint of an article by its id."""
    for candidate in dict.fromkeys(c for name in own.buckets for c in _bucket(memory, name)):
        if candidate != article and (other := kept(candidate)) is not None and own.is_copy_of(other):
            return candidate
    return None


def file_original(own: Fingerprint, article: str, memory: Memory) -> None:
    """File a text that is no copy, so that copies find it. Copies themselves are not filed."""
    for name in own.buckets:
        filed = _bucket(memory, name)
        if article not in filed:
            memory.remember(name, {"a": [article, *filed][:BUCKET]}, WINDOW)


def _bucket(memory: Memory, name: str) -> list[str]:
    record = memory.recall(name, WINDOW)
    return record["a"] if record else []
