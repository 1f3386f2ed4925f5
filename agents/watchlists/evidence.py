"""Why an article matches: the clauses of the query that it satisfies, each with the words that say so.

What is excluded gives no reasons, for there is nothing to show. Every satisfied clause shows its first span before any
shows its second, so that none is crowded out.
"""

from __future__ import annotations

from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from agents.watchlists.clauses import Alike
from agents.watchlists.matcher import All, Any, Ask, SameEvent, Several, Without
from streams.records import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agents.watchlists.article import ArticleIndex
    from agents.watchlists.matcher import Compiled
    from streams.records import Event, Span

#: Reasons a match carries at most.
MAX_REASONS = 40


def reasons(tree: Compiled, article: ArticleIndex) -> tuple[Reason, ...]:
    """The spans that prove a match, title first, then in order of the text."""
    shown: dict[str, dict[tuple[str, int, int], Span]] = {}
    for written, spans in _satisfied(tree, article):
        of_clause = shown.setdefault(written, {})
        for span in spans:
            of_clause.setdefault((span.field, span.start, span.end), span)
    by_clause = [
        [_reason(clause, span, article) for span in sorted(spans.values(), key=_place)]
        for clause, spans in shown.items()
    ]
    in_turn = (reason for round_ in zip_longest(*by_clause) for reason in round_ if reason is not None)
    return tuple(sorted(islice(in_turn, MAX_REASONS), key=lambda r: (*_place(r), r.clause)))


def _reason(clause: str, span: Span, article: ArticleIndex) -> Reason:
    """One object for all watchlists that ask the same; unchecked, for its parts are checked."""
    key = clause, span.field, span.start, span.end
    known = article.reasons.get(key)
    if known is None:
        known = Reason.model_construct(clause=clause, field=span.field, start=span.start, end=span.end, text=span.text)
        article.reasons[key] = known
    return known


def _place(span: Span) -> tuple[bool, int, int]:
    return span.field != "title", span.start, span.end


def _satisfied(tree: Compiled, article: ArticleIndex) -> Iterator[tuple[str, Iterable[Span]]]:
    match tree:
        case Ask(clause, written):
            said = f"{written} ({clause.said(article)})" if isinstance(clause, Alike) else written
            yield said, clause.spans(article)
        case All(parts):
            for part in parts:
                yield from _satisfied(part, article)
        case Any(parts) | Several(_, parts):
            for part in parts:
                if part.holds(article):
                    yield from _satisfied(part, article)
        case SameEvent(part):
            for event in tree.events(article):
                yield from _satisfied_by(part, event, article)
        case Without():
            return


def _satisfied_by(tree: Compiled, event: Event, article: ArticleIndex) -> Iterator[tuple[str, Iterable[Span]]]:
    match tree:
        case Ask(clause, written):
            proof = getattr(clause, "proof", None)
            yield written, proof(event, article) if proof else ()
        case All(parts) | Any(parts) | Several(_, parts):
            for part in parts:
                if part.fits(event, article):
                    yield from _satisfied_by(part, event, article)
        case _:
            return
