"""Why a watchlist matches an article, or why not: its query as a tree, each clause with what satisfies it or what it lacks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from agents.watchlists.article import event_parties, event_places
from agents.watchlists.clauses import (
    About,
    Alike,
    Beginning,
    From,
    InOrder,
    Named,
    Near,
    Patterned,
    Published,
    PublishedLately,
    Row,
    Term,
    Written,
)
from agents.watchlists.event_clauses import EventFlag, EventPlace, EventValue, Party, event_words
from agents.watchlists.matcher import All, Any, Ask, SameEvent, Several, Without, query_words
from agents.watchlists.query import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agents.watchlists.article import ArticleIndex
    from agents.watchlists.clauses import Clause
    from agents.watchlists.matcher import Compiled
    from streams.records import Event, Span

#: Spans a clause shows, and things an article has instead, at most.
MAX_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Explained:
    """A part of a query, asked of one article."""

    written: str
    """A clause as the query writes it; else AND, OR, NOT, `2 of`, or `one event: ...`."""
    holds: bool
    spans: tuple[Span, ...] = ()
    why: str = ""
    """What a clause that does not hold lacks."""
    parts: tuple[Explained, ...] = ()

    def as_json(self) -> dict[str, object]:
        """For machines; without what is empty."""
        found: dict[str, object] = {"clause": self.written, "holds": self.holds}
        if self.why:
            found["why"] = self.why
        if self.spans:
            found["spans"] = [{"field": s.field, "start": s.start, "end": s.end, "text": s.text} for s in self.spans]
        if self.parts:
            found["parts"] = [part.as_json() for part in self.parts]
        return found


def explain(tree: Compiled, article: ArticleIndex) -> Explained:
    """A compiled query as a tree of what holds and what does not."""
    return _explain(tree, article, None)


def failures(explained: Explained) -> Iterator[Explained]:
    """The clauses to blame where the whole does not hold: of an AND those that fail, of an OR all."""
    if explained.holds:
        return
    if not explained.parts or explained.written == "NOT":
        yield explained
    for part in explained.parts:
        yield from failures(part)


def _explain(  # noqa: PLR0911 - one case per kind of node
    tree: Compiled, article: ArticleIndex, event: Event | None
) -> Explained:
    def holds(part: Compiled) -> bool:
        return part.holds(article) if event is None else part.fits(event, article)

    match tree:
        case Ask(clause, written):
            if holds(tree):
                return Explained(written, True, tuple(islice(_spans(clause, article, event), MAX_SHOWN)))
            return Explained(written, False, why=_why_not(clause, written, article, event))
        case All(parts):
            return Explained("AND", holds(tree), parts=tuple(_explain(p, article, event) for p in parts))
        case Any(parts):
            return Explained("OR", holds(tree), parts=tuple(_explain(p, article, event) for p in parts))
        case Several(count, parts):
            return Explained(f"{count} of", holds(tree), parts=tuple(_explain(p, article, event) for p in parts))
        case Without(part):
            why = "" if holds(tree) else "what it excludes is there"
            return Explained("NOT", holds(tree), why=why, parts=(_explain(part, article, event),))
        case SameEvent(part):
            return _explain_event(tree, part, article)


def _explain_event(tree: SameEvent, part: Compiled, article: ArticleIndex) -> Explained:
    """Of the event that comes closest."""
    asked = tree.asked(article)
    if not asked:
        told = len(article.enriched.events)
        why = (
            f"the {told} events of the article are background or beside its main agreement"
            if told
            else "no event in the article"
        )
        return Explained("one event", False, why=why)
    tried = [_explain(part, article, event) for event in asked]
    event, best = max(zip(asked, tried, strict=True), key=lambda pair: (pair[1].holds, _held(pair[1])))
    return Explained(f"one event: {event_words(event)}", tree.holds(article), parts=(best,))


def _held(explained: Explained) -> int:
    return sum(map(_held, explained.parts)) if explained.parts else explained.holds


def _spans(clause: Clause, article: ArticleIndex, event: Event | None) -> Iterable[Span]:
    proof = getattr(clause, "proof", None)
    return proof(event, article) if proof and event is not None else clause.spans(article)


# --- what a clause lacks --------------------------------------------------------------------------------------------


def _why_not(clause: Clause, written: str, article: ArticleIndex, event: Event | None) -> str:
    if isinstance(clause, Row | Near | InOrder):
        return _of_words(clause, written, article)
    for kind, reason in _REASONS:
        if isinstance(clause, kind):
            return reason(clause, article, event)
    return "not satisfied"


def _listed(names: Iterable[str], none: str) -> str:
    kept = list(dict.fromkeys(name for name in names if name))
    return ", ".join(kept[:MAX_SHOWN]) + (" …" if len(kept) > MAX_SHOWN else "") if kept else none


def _of_term(clause: Term, article: ArticleIndex, _: Event | None) -> str:
    if clause.title_only and Term(clause.keys, exact=clause.exact).positions(article):
        return "stands in the body, not in the title"
    if clause.exact:
        return "this spelling is not there"
    return f"no form of it stands in the {'title' if clause.title_only else 'text'}"


def _of_words(clause: Row | Near | InOrder, written: str, article: ArticleIndex) -> str:
    text = getattr(parse(written), "text", "")
    absent = [word for word, term in zip(query_words(text), clause.words, strict=True) if not term.holds(article)]
    if absent:
        return f"not there in any form: {', '.join(absent)}"
    if isinstance(clause, Row):
        return "its words are there, but not one after the other"
    order = " in this order" if isinstance(clause, InOrder) else ""
    return f"its words are there, but not{order} with at most {clause.distance} other words between them"


def _of_name(clause: Named, article: ArticleIndex, _: Event | None) -> str:
    fitting = (e.label.en or e.label.ar for e in article.enriched.entities if clause.fits_type(e))
    return f"not named; named are: {_listed(fitting, 'none')}"


def _of_party(_: Party, article: ArticleIndex, event: Event | None) -> str:
    ids = event_parties(event) if event is not None else ()
    return f"parties are: {_listed(_labels(ids, article), 'none')}"


def _of_place(clause: EventPlace, article: ArticleIndex, event: Event | None) -> str:
    ids = event_places(event) if event is not None else ()
    if not ids:
        return _of_name(clause.where, article, event)
    return f"the event is in: {_listed(_labels(ids, article), 'no place')}"


def _labels(ids: Iterable[str], article: ArticleIndex) -> Iterator[str]:
    for entity_id in ids:
        entity = article.entities.get(entity_id)
        yield (entity.label.en or entity.label.ar or entity_id) if entity else entity_id


def _of_value(clause: EventValue, _: ArticleIndex, event: Event | None) -> str:
    if event is None:
        return "no event has it"
    kind = event.agreement.kind if event.agreement else "none"
    return f"it is {({'event': event.type, 'stage': event.stage or 'none', 'agreement': kind})[clause.field]}"


_REASONS: tuple[tuple[type[Clause] | tuple[type[Clause], ...], Callable[..., str]], ...] = (
    (Term, _of_term),
    ((Beginning, Patterned), lambda *_: "no word reads so"),
    (Named, _of_name),
    (Party, _of_party),
    (EventPlace, _of_place),
    (EventValue, _of_value),
    (EventFlag, lambda clause, *_: f"the event is not {clause.flag}"),
    (About, lambda _, a, __: f"topics are: {_listed((t.label.en or t.label.ar for t in a.enriched.topics), 'none')}"),
    (From, lambda _, a, __: f"the source is {a.enriched.article.source or 'unknown'}"),
    (Written, lambda _, a, __: f"the language is {a.enriched.language}"),
    ((Published, PublishedLately), lambda _, a, __: f"published {a.enriched.article.published_at:%Y-%m-%dT%H:%MZ}"),
    (
        Alike,
        lambda clause, a, __: (
            f"the meanings' cosine is {clause.score(a):.2f}" if clause.vector else "no sentence vectors"
        ),
    ),
)
