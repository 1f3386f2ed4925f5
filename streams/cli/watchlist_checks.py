"""What `marsad watchlist test` and `explain` do: watchlists asked about articles, with reasons either way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

from streams.cli.output import complain
from streams.errors import ArticleError, InputError, WatchlistError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agents.enrichment.enrich import Enricher
    from agents.watchlists.explain import Explained
    from agents.watchlists.files import Example
    from agents.watchlists.matcher import Compiled
    from streams.records import Article, Watchlist
    from streams.settings import Settings


class Asker:
    """Asks watchlists about articles that are enriched first; `like:` included where one of them has it."""

    def __init__(self, settings: Settings, watchlists: Iterable[Watchlist]) -> None:
        from agents.watchlists.matcher import Vocabulary, compile_query
        from agents.watchlists.query import parse
        from agents.watchlists.syntax import asks_meaning
        from streams.cli.offline import enricher_of

        watched = list(watchlists)
        self._enricher: Enricher = enricher_of(settings, vectors=any(asks_meaning(parse(w.query)) for w in watched))
        vocabulary = Vocabulary.load(self._enricher.encoder)
        self._trees: dict[str, Compiled] = {w.id: compile_query(w.query, vocabulary) for w in watched}

    def ask(self, watchlist: str, article: Article) -> Explained:
        """The watchlist's query as a tree of what holds."""
        from agents.watchlists.article import ArticleIndex
        from agents.watchlists.explain import explain

        return explain(self._trees[watchlist], ArticleIndex(self._enricher.enrich(article)))


def failed(examples: Iterable[tuple[str, Example]], asker: Asker) -> int:
    """How many examples, of files by name, are not found or ignored as they should be; each is complained about."""
    from streams.codec import accept_article

    wrong = 0
    for name, example in examples:
        now = datetime.now(tz=UTC)
        try:
            article = accept_article(orjson.dumps({"published_at": now.isoformat(), **example.article}), now)
        except ArticleError as error:
            wrong += 1
            complain(
                InputError(f"{name}, line {example.line}: {error.message}", value=error.value, remedy=error.remedy)
            )
            continue
        explained = asker.ask(example.watchlist, article)
        if explained.holds == example.found:
            continue
        wrong += 1
        text = article.title or article.body[:80]
        said = "matches, but is under ignores" if explained.holds else "does not match"
        complain(
            WatchlistError(
                f"{name}, line {example.line}: watchlist '{example.watchlist}' {said}: '{text}'",
                field="ignores" if explained.holds else "matches",
                value=text,
                remedy="; ".join(because(explained)),
            )
        )
    return wrong


def because(explained: Explained) -> Iterator[str]:
    """Why an article matches, or why not, in a few words a clause."""
    from agents.watchlists.explain import failures

    if explained.holds:
        for part in _leaves(explained):
            if part.spans:
                yield f"{part.written} by '{part.spans[0].text}'"
    else:
        for part in failures(explained):
            yield f"{_named(part)}: {part.why}"


def _named(part: Explained) -> str:
    return f"NOT {part.parts[0].written}" if part.written == "NOT" else part.written


def _leaves(explained: Explained) -> Iterator[Explained]:
    if not explained.parts:
        yield explained
    elif explained.written != "NOT":
        for part in explained.parts:
            if part.holds:
                yield from _leaves(part)


def drawn(explained: Explained, depth: int = 0) -> Iterator[str]:
    """The tree, a line a part, indented."""
    from streams.render import isolate

    mark = "✓" if explained.holds else "✗"
    spans = "".join(f"  {isolate(f'«{span.text}»')}" for span in explained.spans)
    why = f"  ({explained.why})" if explained.why else ""
    yield f"{'  ' * depth}{mark} {isolate(explained.written)}{spans}{why}"
    for part in explained.parts:
        yield from drawn(part, depth + 1)
