"""How the words of a name are compared: as the text layer cuts and normalises them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from agents.enrichment.text import normalise, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable

APOSTROPHES = frozenset("'’‘ʼ`")


@lru_cache(maxsize=20_000)
def words_of(name: str) -> tuple[str, ...]:
    """A name as the text layer would cut it: normalised words, marks as they are, all apostrophes alike."""
    # Letters and blanks alone are cut the same way without a tokeniser, and they are most of the tables.
    cut = name.split() if name.replace(" ", "").isalpha() else pieces(name)
    return tuple("'" if piece in APOSTROPHES else normalise(piece) or piece for piece in cut)


def key_of(name: str) -> str:
    """The words of a name in one string: what names are filed under."""
    return " ".join(words_of(name))


def normalised(words: Iterable[str]) -> frozenset[str]:
    """A list of words, each in its one spelling."""
    return frozenset(normalise(word) for word in words)
