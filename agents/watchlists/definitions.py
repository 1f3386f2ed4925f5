"""Named sub-queries that several watchlists share: `@truce_terms`, written out when a file is read.

A watchlist on the stream holds its whole query, so that it means the same wherever it is read and whatever becomes of the
file; a change of a definition reaches the watchlists that are added again.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from agents.watchlists.lexer import Lexer, Token
from streams.errors import QuerySyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What a definition may be called.
NAME = re.compile(r"[^\W\d_][\w-]{0,99}")
#: Letters of a query that is written out: a definition of definitions doubles at each step.
MAX_LETTERS = 200_000


def references(query: str) -> Iterator[Token]:
    """Where a query uses a definition. Raises QuerySyntaxError at a quote that is never closed."""
    for token in Lexer(query).tokens():
        if token.kind == "word" and not token.escaped and token.text[0] == "@" and NAME.fullmatch(token.text[1:]):
            yield token


def without_references(query: str) -> str:
    """The query with a word of the same length for each reference, so that its own errors stand where they stood."""
    letters = list(query)
    for token in references(query):
        letters[token.start] = "x"
    return "".join(letters)


def written_out(query: str, definitions: Mapping[str, str]) -> str:
    """The query with each `@name` replaced by its definition, in brackets.

    Raises:
        QuerySyntaxError: a name is defined nowhere, or its definition uses itself; with the place in this query.
    """
    return _written_out(query, definitions, ())


def _written_out(query: str, definitions: Mapping[str, str], within: tuple[str, ...]) -> str:
    parts, done = [], 0
    for token in references(query):
        name = token.text[1:]
        error = Lexer(query).error
        if name not in definitions:
            close = difflib.get_close_matches(name, definitions, n=1)
            known = f"defined are {', '.join(f'@{n}' for n in sorted(definitions))}" if definitions else ""
            remedy = f"did you mean '@{close[0]}'?" if close else known or "define it in a file, under 'define:'"
            raise error(f"'@{name}' is defined nowhere", token.start, remedy)
        if name in within:
            way = " in ".join(f"@{n}" for n in (*within[within.index(name) :], name))
            raise error(f"'@{name}' is defined by itself ({way})", token.start, "write it without itself")
        try:
            inner = _written_out(definitions[name], definitions, (*within, name))
        except QuerySyntaxError as fault:
            if within:  # the innermost cause is what is to be mended; its place is told of the outermost query
                raise
            raise error(f"in '@{name}': {fault.message.partition(': ')[2]}", token.start, fault.remedy) from fault
        parts += [query[done : token.start], f"({inner})"]
        done = token.end
        if sum(map(len, parts)) > MAX_LETTERS:
            raise error(
                f"written out, the query has more than {MAX_LETTERS:,} letters", token.start, "define less at once"
            )
    return "".join((*parts, query[done:]))
