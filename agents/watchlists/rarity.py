"""How rare is what a watchlist can be filed under? The rarest required terms make the fewest candidates.

Before any article is seen, shares come from the language packs (`frequencies.tsv`: base forms and the share of articles that
have them) and, for what is no word, from a guess by its kind. What the stream shows counts more with every article.
"""

from __future__ import annotations

from functools import cache

from agents.enrichment.languages import CODES, pack

#: Share of articles that have a term, by kind.
_USUAL = {"i": 0.03, "n": 0.01, "t": 0.05, "l": 0.7, "s": 0.02, "p": 0.6, "x": 0.02, "m": 0.01}
_USUAL_EVENT = {"agreement": 0.03, "stage": 0.03, "event": 0.08}
#: Share of a word that no pack lists: it is rarer than all that are listed.
_UNLISTED = 0.005


@cache
def _shares() -> dict[str, float]:
    """Base form to share of articles; the largest where languages share a spelling."""
    found: dict[str, float] = {}
    for code in CODES:
        for line in pack(code).read("frequencies.tsv").splitlines():
            if line and not line.startswith("#"):
                form, share = line.split("\t")
                found[form] = max(found.get(form, 0.0), float(share))
    return found


def usual_share(terms: frozenset[str]) -> float:
    """The share of articles expected to have one of these terms, 0 to 1."""
    return min(1.0, sum(map(_usual_share, terms)))


def _usual_share(term: str) -> float:
    if term[0] != "\x01":
        return _shares().get(term, _UNLISTED)
    field = term[1:].partition(":")[0]
    return _USUAL_EVENT.get(field) or _USUAL.get(term[1], 0.1)
