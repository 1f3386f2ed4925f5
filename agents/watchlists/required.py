"""What an article must have, so that a query can be true of it.

A query is reduced to *ways*: each way is a set of needs, each need a set of terms of which the article must have one, and an
article that satisfies the query goes at least one of the ways. After the disjunctive normal form and Lucene's QueryTree: of
a conjunction every part may be needed, of a disjunction each part is a way of its own, an exclusion needs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

from agents.watchlists.matcher import All, Any, Ask, SameEvent, Several, Without
from agents.watchlists.rarity import usual_share

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agents.watchlists.matcher import Compiled

#: A set of needs: the article has one term of each.
Way = frozenset[frozenset[str]]
#: Ways of one query at most; beyond, conjunctions leave parts out, which then are asked of the tree alone.
MAX_WAYS = 64
#: Choices of parts of an `n of (...)` that are told apart.
MAX_CHOICES = 32


@dataclass(frozen=True, slots=True)
class Required:
    """The ways of a query. `sure`: an article that goes one of them satisfies it, and nothing else need be asked."""

    ways: tuple[Way, ...]
    sure: bool


def required(tree: Compiled) -> Required | None:  # noqa: PLR0911 - one case per kind of node
    """The ways of a compiled query; None: nothing is known, and it must be asked about every article."""
    match tree:
        case Ask(clause):
            needs = clause.needs()
            return Required((frozenset(needs),), clause.sure) if needs else None
        case All(parts):
            return _every([required(part) for part in parts])
        case Any(parts):
            return _either([required(part) for part in parts])
        case Several(count, parts):
            return _several(count, [required(part) for part in parts])
        case SameEvent(background=True):
            return None  # an article is not filed by what it tells as background
        case SameEvent(part):
            inner = required(part)
            return inner and Required(inner.ways, sure=False)
        case Without():
            return None


def _either(parts: list[Required | None]) -> Required | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return Required(_distinct(way for part in known for way in part.ways), all(part.sure for part in known))


def _every(parts: list[Required | None]) -> Required | None:
    known = sorted((part for part in parts if part is not None), key=_share)
    if not known:
        return None
    ways, sure = known[0].ways, known[0].sure and len(known) == len(parts)
    for part in known[1:]:  # the rarest first: what is left out for its number of ways says least
        if len(ways) * len(part.ways) > MAX_WAYS:
            sure = False
            continue
        ways = _distinct(one | other for one in ways for other in part.ways)
        sure = sure and part.sure
    return Required(ways, sure)


def _several(count: int, parts: list[Required | None]) -> Required | None:
    """Each choice of so many parts, where there are few; else: of any `n - count + 1` parts one is satisfied."""
    if comb(len(parts), count) <= MAX_CHOICES:
        exact = _either([_every(list(choice)) for choice in combinations(parts, count)])
        if exact is not None and len(exact.ways) <= MAX_WAYS:
            return exact
    known = sorted((part for part in parts if part is not None), key=_share)
    enough = len(parts) - count + 1
    if len(known) < enough:
        return None
    found = _either([*known[:enough]])
    return found and Required(found.ways, sure=found.sure and count == 1)


def _distinct(ways: Iterable[Way]) -> tuple[Way, ...]:
    return tuple(dict.fromkeys(ways))


def _share(part: Required) -> float:
    """Share of articles expected to go one of the ways, by the rarest need of each."""
    return sum(min(map(usual_share, way)) for way in part.ways)
