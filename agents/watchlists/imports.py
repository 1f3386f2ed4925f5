"""Lists of keywords and queries of web alerts, as watchlists.

A file is one watchlist: a line is a keyword, a phrase (several words) or a query as web alerts have them, and any line will
do. Of those queries: terms side by side are all required, OR binds tighter than that, `-` excludes; `"a b"`, `site:`,
`intitle:`, `AROUND(5)` and brackets. What has no meaning here is left out and noted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING
from zlib import crc32

from agents.watchlists.query import parse
from agents.watchlists.syntax import And, Node, Not, Or, Phrase, Value, Word
from agents.watchlists.unparse import to_query
from streams.errors import QuerySyntaxError, WatchlistError
from streams.records import Label, Watchlist

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED = r"[\"“”„«»]([^\"“”„«»]*)[\"“”„«»]"
_PIECE = re.compile(
    rf"(?P<sign>[-+](?=\S))?(?P<field>[A-Za-z]+:)?(?:{_QUOTED}|(?P<bracket>[()])|(?P<word>[^\s()\"“”„«»]+))"
)
#: What says that a line is a query and no keyword.
_QUERY = re.compile(
    r"[\"“”„«»()|]|(?:^|\s)(?:OR|AND|AROUND\(\d+\))(?:\s|$)|(?:^|\s)-\w|(?:^|\s)(?:site|intitle|allintitle|intext|inurl):"
)
_AROUND = re.compile(r"(\S+|\"[^\"]*\")\s+AROUND\((\d+)\)\s+(\S+|\"[^\"]*\")")
_ID = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Imported:
    """A watchlist, and what of its lines was left out or means something else here."""

    watchlist: Watchlist
    notes: tuple[str, ...] = ()


def read_keywords(text: str, name: str) -> Imported:
    """The watchlist of a list; `name` is the file's, with folders where there are several. Raises WatchlistError."""
    lines = [(n, line.strip()) for n, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1)]
    notes: list[str] = []
    terms: list[Node] = []
    for number, line in lines:
        if not line or line.startswith("#"):
            continue
        reader = _Reader(line)
        term = reader.query() if _QUERY.search(line) else _words("text", line)
        notes += [f"{name}, line {number}: {note}" for note in reader.notes]
        if term is None:
            notes.append(f"{name}, line {number}: nothing to search for in '{line}'")
        elif term not in terms:
            terms.append(term)
    if not terms:
        raise WatchlistError(f"{name}: no keyword in it", field="file", value=name, remedy="write one a line")
    query = to_query(terms[0] if len(terms) == 1 else Or(tuple(terms)))
    try:
        parse(query)
    except QuerySyntaxError as error:
        raise WatchlistError(f"{name}: {error.message}", field="query", value=query, remedy=error.remedy) from error
    title = PurePath(name).stem
    return Imported(Watchlist(id=id_of(name), title=Label(ar=title, en=title), query=query), tuple(notes))


def id_of(name: str) -> str:
    """An id made of a file's name: of one in Latin letters itself, else a number that depends on it alone."""
    path = PurePath(name)
    plain = _ID.sub("-", ".".join([*path.parent.parts, path.stem]).casefold()).strip("-._")
    return plain[:100] if plain else f"list-{crc32(name.encode()):08x}"


def _words(field: str, text: str) -> Node | None:
    text = " ".join(text.split())
    if not any(char.isalnum() for char in text):
        return None
    return Phrase(field, text) if " " in text else Word(field, text)


class _Reader:
    """One line, piece by piece."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.notes: list[str] = []
        self.near: dict[str, tuple[str, int]] = {}
        line = _AROUND.sub(self._around, line)
        self.pieces = list(_PIECE.finditer(line.replace("|", " OR ")))
        self.at = 0
        self.field = "text"

    def _around(self, found: re.Match[str]) -> str:
        key = f"near{len(self.near)}"
        words = f"{found[1]} {found[3]}".replace('"', "")
        self.near[key] = (" ".join(words.split()), min(max(int(found[2]), 1), 1000))
        return f"near:{key}"

    def query(self) -> Node | None:
        """All of the line; a bracket that is closed without being opened ends nothing."""
        parts: list[Node] = []
        while self.at < len(self.pieces):
            part = self.conjunction()
            parts += [part] if part is not None else []
            self.at += 1
        return _joined(And, parts)

    def conjunction(self) -> Node | None:
        alternatives: list[list[Node]] = []
        either = False
        while self.at < len(self.pieces) and self.pieces[self.at]["bracket"] != ")":
            piece = self.pieces[self.at]
            if piece["word"] in ("OR", "AND") and not piece["field"]:
                either = piece["word"] == "OR" and bool(alternatives)
                self.at += 1
                continue
            term = self.term(piece)
            self.at += 1
            if term is None:
                continue
            if either:
                alternatives[-1].append(term)
            else:
                alternatives.append([term])
            either = False
        return _joined(And, [joined for one in alternatives if (joined := _joined(Or, one)) is not None])

    def term(self, piece: re.Match[str]) -> Node | None:
        if piece["bracket"] == "(":
            self.at += 1
            inner = self.conjunction()
            return Not(inner) if inner is not None and piece["sign"] == "-" else inner
        quoted = piece.group(3)
        term = self.of_field((piece["field"] or "").casefold(), quoted if quoted is not None else piece["word"] or "")
        return Not(term) if term is not None and piece["sign"] == "-" else term

    def of_field(self, field: str, text: str) -> Node | None:  # noqa: PLR0911 - one return per operator
        if field == "near:" and text in self.near:
            return Phrase(self.field, *self.near[text])
        match field:
            case "":
                return _words(self.field, text.rstrip(",;،؛"))
            case "site:":
                self.notes.append(f"site:{text} is read as source:{text}; a source is found by its whole name")
                return Value("source", text)
            case "intitle:":
                return _words("title", text)
            case "allintitle:":
                self.field = "title"
                return _words("title", text)
            case "intext:":
                return _words("text", text)
            case "inurl:" | "filetype:" | "location:" | "lang:":
                self.notes.append(f"{field}{text} is left out; nothing here is like it")
                return None
            case _:
                return _words(self.field, f"{field}{text}")


def _joined(kind: type[And | Or], parts: list[Node]) -> Node | None:
    flat = [p for part in parts for p in (part.children if isinstance(part, kind) else (part,))]
    return kind(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None


def notes_of(imported: list[Imported]) -> Iterator[str]:
    """What is to be said of them all."""
    return (note for one in imported for note in one.notes)
