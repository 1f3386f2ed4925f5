"""A syntax tree back to the text of a query."""

from __future__ import annotations

import re
import unicodedata

from agents.watchlists.lexer import MEANT, OPERATORS, QUOTES, misspelt_operator
from agents.watchlists.syntax import (
    And,
    AtLeast,
    EventOf,
    Flag,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Value,
    Wildcard,
    Word,
)

_BARE = re.compile(r"[^\W_][\w.-]*")


def _quote(text: str) -> str:
    return '"' + "".join(f"\\{char}" if char == "\\" or char in QUOTES[0] else char for char in text) + '"'


def _needs_escape(char: str) -> bool:
    return not (char.isalnum() or char in "-._" or unicodedata.category(char) == "Mn")


def _escape(text: str) -> str:
    """A word that reads as itself: a backslash before whatever is not a letter, mark or digit."""
    escaped = "".join(f"\\{c}" if _needs_escape(c) else c for c in text)
    plain = (
        escaped == text
        and text not in OPERATORS
        and text not in MEANT
        and misspelt_operator(text) is None
        and text[0] not in "-+"
    )
    return escaped if plain or escaped != text else f"\\{text}"


def to_query(node: Node) -> str:  # noqa: C901, PLR0911, PLR0912 - one case per kind of node
    """A query that parses to this tree again."""
    match node:
        case Or(children):
            return " OR ".join(_operand(child, (Or,)) for child in children)
        case And(children):
            return " AND ".join(_operand(child, (Or, And)) for child in children)
        case Not(child):
            return f"NOT {_operand(child, (Or, And))}"
        case AtLeast(count, children):
            return f"{count} of ({', '.join(map(to_query, children))})"
        case EventOf(child):
            return f"event{{{to_query(child)}}}"
        case Flag(name):
            return name
        case Word(field, text):
            return f"{_prefix(field)}{_escape(text)}"
        case Prefix(field, text):
            return f"{_prefix(field)}{text}*"
        case Wildcard(field, text):
            return f"{_prefix(field)}{text}"
        case Phrase(field, text, distance, ordered):
            near = "" if distance is None else f"~>{distance}" if ordered else f"~{distance}"
            return f"{_prefix(field)}{_quote(text)}{near}"
        case Value(field, text, top):
            if top is not None:
                return f"{field}:{_quote(text)}~top{top:g}%"
            return f"{field}:{text if _BARE.fullmatch(text) and text not in OPERATORS else _quote(text)}"
        case Range(field, low, high, low_included, high_included):
            opening, closing = "[" if low_included else "{", "]" if high_included else "}"
            return f"{field}:{opening}{low or '*'} TO {high or '*'}{closing}"
        case _:
            raise TypeError(node)


def _prefix(field: str) -> str:
    return "" if field == "text" else f"{field}:"


def _operand(node: Node, bracketed: tuple[type[Node], ...]) -> str:
    return f"({to_query(node)})" if isinstance(node, bracketed) else to_query(node)
