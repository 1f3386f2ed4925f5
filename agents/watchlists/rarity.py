"""How rare is what a watchlist can be filed under? The rarest required terms make the fewest candidates."""

from __future__ import annotations

#: Share of articles that have a term, by kind, where nothing better is known; for words, by length.
_USUAL = {"i": 0.03, "n": 0.01, "t": 0.05, "l": 0.7, "s": 0.02, "p": 0.6, "x": 0.02}
_USUAL_EVENT = {"agreement": 0.03, "stage": 0.03, "event": 0.08}
_BY_LENGTH = (1.0, 0.9, 0.6, 0.25, 0.12, 0.06, 0.03, 0.015, 0.008)


def usual_frequency(term: str) -> float:
    """The share of articles expected to have a term: a guess by its kind and, for words, its length."""
    if term[0] != "\x01":
        return _BY_LENGTH[min(len(term), len(_BY_LENGTH) - 1)]
    field = term[1:].partition(":")[0]
    return _USUAL_EVENT.get(field) or _USUAL.get(term[1], 0.1)


def rarity(terms: frozenset[str]) -> tuple[float, int]:
    """Sorts rare sets of terms first."""
    return sum(usual_frequency(term) for term in terms), len(terms)
