"""How many alerts a day may a watchlist be expected to give? A rough guess, made before it is in force.

From the usual shares of articles that have a term (rarity.py), as if parts of a query were independent. What never is takes
one part: the fields of one event their rarest, an OR, which most often lists ways to say the same, its most frequent.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from agents.watchlists.clauses import Alike, Beginning, InOrder, Near, Patterned, Row, Term
from agents.watchlists.matcher import All, Any, Ask, SameEvent, Several, Without
from agents.watchlists.rarity import _UNLISTED, _shares, usual_share

if TYPE_CHECKING:
    from agents.watchlists.clauses import Clause
    from agents.watchlists.matcher import Compiled
    from streams.records import Watchlist

#: Share of the articles with a word that have it in the title.
_IN_TITLE = 0.15
#: Share of the articles with a word that begins so that have one which goes on as a wildcard says.
_OF_PREFIX = 0.1
#: The shares of words that ship are those of news on conflicts. What stands in so many of its articles does in all news; the
#: rest is a matter of the subject, and elsewhere at most so many articles have it.
_EVERYWHERE, _ELSEWHERE = 0.6, 0.05
#: Share of articles that mean what a `like:` says.
_ALIKE = 0.01
#: Articles that tell one story, so that one of so many is an alert unless every one is asked for.
_TELLINGS = 5


@dataclass(frozen=True, slots=True)
class Load:
    """What is usual and what is too much, a day."""

    articles: int = 10_000
    alerts: int = 1_000


def expected_alerts(watchlist: Watchlist, tree: Compiled, load: Load) -> float:
    """Alerts a day that a watchlist is expected to give."""
    every = 1 if watchlist.notify == "every" else _TELLINGS
    return expected_share(tree) * load.articles / every


def expected_share(tree: Compiled) -> float:  # noqa: PLR0911 - one case per kind of node
    """The share of articles expected to satisfy a compiled query, 0 to 1."""
    match tree:
        case Ask(clause):
            return _of_clause(clause)
        case All(parts):
            return prod(map(expected_share, parts))
        case Any(parts):
            return max(map(expected_share, parts))
        case Several(count, parts):
            return _at_least(count, [expected_share(part) for part in parts])
        case Without(part):
            return 1 - expected_share(part)
        case SameEvent(All(parts)):
            return min(map(expected_share, parts))
        case SameEvent(part):
            return expected_share(part)


def _of_clause(clause: Clause) -> float:
    match clause:
        case Beginning(prefix, title_only):
            share = _of_prefix(prefix)
        case Patterned(pattern, title_only):
            share = _of_prefix(pattern.partition("?")[0]) * _OF_PREFIX
        case Row(words) | Near(words) | InOrder(words):
            return prod(map(_of_clause, words))
        case Alike():
            return _ALIKE
        case _:
            title_only = isinstance(clause, Term) and clause.title_only
            share = prod(max(map(_of_key, need)) for need in clause.needs())
    return share * (_IN_TITLE if title_only else 1)


def _of_prefix(prefix: str) -> float:
    return min(1.0, _UNLISTED + sum(map(_of_key, (form for form in _shares() if form.startswith(prefix)))))


def _of_key(term: str) -> float:
    share = usual_share(frozenset({term}))
    return share if term[0] == "\x01" or share >= _EVERYWHERE else min(share, _ELSEWHERE)


def _at_least(count: int, shares: list[float]) -> float:
    """The share of articles with so many of several independent terms: `reached[n]` have n of those seen so far."""
    reached = [1.0] + [0.0] * count
    for share in shares:
        for n in range(count, 0, -1):
            reached[n] = (reached[n] if n == count else reached[n] * (1 - share)) + reached[n - 1] * share
        reached[0] *= 1 - share
    return reached[count]
