r"""The query language: text to syntax tree and back.

A recursive-descent parser of our own, not a parser library: errors need the position in code points, what was found, what
was expected and what was probably meant; quotes and punctuation come in Arabic and Latin; and depth is limited, so that no
query can exhaust the stack.

    query    = and-group { "OR" and-group }
    and-group = unary { [ "AND" ] unary }                   terms side by side are joined by AND
    unary    = "NOT" unary | "(" query ")" | [ field ":" ] value
    value    = word | prefix "*" | quoted [ "~" number ] | range | "(" query ")"
    range    = "[" bound "TO" bound "]" | ( ">" | ">=" | "<" | "<=" ) date

AND binds tighter than OR. Operators are upper-case. `\` before a character takes its meaning away.
"""

from __future__ import annotations

import calendar
import difflib
import re
import unicodedata
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import UTC, datetime, timedelta

from agents.enrichment.text import fold
from agents.watchlists.fields import FIELDS, LANGUAGE_NAMES, LANGUAGES, SYNONYMS, Field
from streams.errors import QuerySyntaxError

#: Brackets and NOTs inside each other.
MAX_DEPTH = 50
#: Words between the words of a proximity.
MAX_DISTANCE = 1000


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a query; `start` and `end` are where it stands in the source, in code points."""

    start: int = attribute(default=0, compare=False, kw_only=True)
    end: int = attribute(default=0, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A word in text, title or exact."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Phrase(Node):
    """Words in a row; with `distance`, in any order with at most so many other words between them."""

    field: str
    text: str
    distance: int | None = None


@dataclass(frozen=True, slots=True)
class Prefix(Node):
    """Words that begin so."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Value(Node):
    """A field that is not searched for words: a name, a code, one of the field's values."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Range(Node):
    """From `low` to `high`; None is open. Bounds are ISO 8601 dates or times, and a date is the whole day."""

    field: str
    low: str | None
    high: str | None
    low_included: bool = True
    high_included: bool = True


@dataclass(frozen=True, slots=True)
class And(Node):
    """All of them."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Any of them."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """All articles but those."""

    child: Node


Leaf = Word | Phrase | Prefix | Value | Range

# --- tokens ---------------------------------------------------------------------------------------------------------

_QUOTES = ('"“”„‟＂', "«»", "'‘’‚‛", "‹›")
_QUOTE_FAMILY = {mark: family for family in _QUOTES for mark in family}
_BRACKETS = frozenset("()[]{}")
_OPERATORS = ("AND", "OR", "NOT")
#: What is written for an operator elsewhere, in other languages or by slip of the keyboard.
_MEANT = {
    "and": "AND", "or": "OR", "not": "NOT", "And": "AND", "Or": "OR", "Not": "NOT", "&&": "AND", "&": "AND", "||": "OR",
    "|": "OR", "!": "NOT", "-": "NOT", "+": "AND", "و": "AND", "أو": "OR", "او": "OR", "ليس": "NOT", "،": "OR", "؛": "AND",
    "؟": "", ",": "OR", ";": "AND",
}  # fmt: skip
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[Tt](.+))?)?)?")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # word, quoted, bracket, colon, tilde, end
    text: str
    start: int
    end: int
    glued: bool = False
    """Does it follow the token before it without a space?"""
    escaped: bool = False


def _is_blank(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cf", "Cc")


def position_of(query: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of an offset."""
    return query.count("\n", 0, offset) + 1, offset - (query.rfind("\n", 0, offset) + 1) + 1


class _Lexer:
    """Splits a query into tokens. A value after a colon may hold colons itself (medtop:…, https://…, 12:30)."""

    def __init__(self, query: str) -> None:
        self.query = query

    def error(self, message: str, offset: int, remedy: str | None = None) -> QuerySyntaxError:
        line, column = position_of(self.query, offset)
        return QuerySyntaxError(message, line=line, column=column, remedy=remedy)

    def tokens(self) -> list[_Token]:
        query, at, after_colon = self.query, 0, False
        found: list[_Token] = []
        while at < len(query):
            char = query[at]
            if _is_blank(char):
                at += 1
                continue
            glued = bool(found) and found[-1].end == at
            if char in _BRACKETS:
                token = _Token("bracket", char, at, at + 1, glued)
            elif char == ":":
                token = _Token("colon", char, at, at + 1, glued)
            elif char == "~":
                token = _Token("tilde", char, at, at + 1, glued)
            elif char in _QUOTE_FAMILY:
                token = self._quoted(at, glued)
            else:
                token = self._word(at, glued, colons=after_colon)
            after_colon = token.kind == "colon"
            found.append(token)
            at = token.end
        found.append(_Token("end", "", len(query), len(query)))
        return found

    def _quoted(self, start: int, glued: bool) -> _Token:
        family = _QUOTE_FAMILY[self.query[start]]
        kept, at = [], start + 1
        while at < len(self.query):
            char = self.query[at]
            if char == "\\" and at + 1 < len(self.query):
                kept.append(self.query[at + 1])
                at += 2
                continue
            # An apostrophe inside a word (Sana'a) does not close single quotes.
            inside = char in "'’" and at + 1 < len(self.query) and self.query[at + 1].isalnum()
            if char in family and not inside:
                return _Token("quoted", "".join(kept), start, at + 1, glued)
            kept.append(char)
            at += 1
        raise self.error(
            f"the quote {self.query[start]} is never closed",
            start,
            f"close it, or write \\{self.query[start]} for the mark itself",
        )

    def _word(self, start: int, glued: bool, *, colons: bool) -> _Token:
        kept, at, escaped = [], start, False
        while at < len(self.query):
            char = self.query[at]
            if char == "\\" and at + 1 < len(self.query):
                kept.append(self.query[at + 1])
                at, escaped = at + 2, True
                continue
            if char.isspace() or char in _BRACKETS or char == "~" or (char == ":" and not colons):
                break
            if char in _QUOTE_FAMILY and char not in "'‘’‚‛":
                break
            kept.append(char)
            at += 1
        end = at
        while kept and unicodedata.category(kept[-1]) in ("Cf", "Cc") and not escaped:
            kept.pop()
            end -= 1
        return _Token("word", "".join(kept), start, end, glued, escaped)


# --- parser ---------------------------------------------------------------------------------------------------------


def _has_letters(text: str) -> bool:
    """Is there anything to search for once marks, tatweel and direction signs are off?"""
    return any(c.isalnum() for c in fold(text))


def _closest(word: str, choices: tuple[str, ...] | list[str]) -> str | None:
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    return close[0] if close else None


def _misspelt_operator(word: str) -> str | None:
    """AND for ANDD or ADN: letters doubled, or two of them swapped. AMD, DNA and FOR are words."""
    squeezed = re.sub(r"(.)\1+", r"\1", word)
    for operator in _OPERATORS:
        swapped = {operator[:i] + operator[i + 1] + operator[i] + operator[i + 2 :] for i in range(len(operator) - 1)}
        if word != operator and word.isupper() and (squeezed == operator or word in swapped):
            return operator
    return None


class _Parser:
    def __init__(self, query: str) -> None:
        self.query = query
        self.lexer = _Lexer(query)
        self.tokens = self.lexer.tokens()
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    @property
    def following(self) -> _Token:
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)]

    def take(self) -> _Token:
        token = self.token
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def error(self, message: str, token: _Token, remedy: str | None = None) -> QuerySyntaxError:
        return self.lexer.error(message, token.start, remedy)

    def unexpected(self, expected: str, remedy: str | None = None) -> QuerySyntaxError:
        found = "the end of the query" if self.token.kind == "end" else f"'{self.token.text}'"
        return self.error(f"expected {expected}, found {found}", self.token, remedy)

    def is_operator(self, name: str) -> bool:
        token = self.token
        return token.kind == "word" and token.text == name and not token.escaped and self.following.kind != "colon"

    def is_bracket(self, mark: str) -> bool:
        return self.token.kind == "bracket" and self.token.text == mark

    def parse(self) -> Node:
        if self.token.kind == "end":
            raise self.error("the query is empty", self.token, "write at least one word or field:value")
        node = self.disjunction(None)
        if self.token.kind != "end":
            remedy = "remove it, or open a bracket before it" if self.is_bracket(")") else None
            raise self.unexpected("AND, OR or the end of the query", remedy)
        return node

    def disjunction(self, field: Field | None) -> Node:
        children = [self.conjunction(field)]
        while self.is_operator("OR"):
            self.take()
            children.append(self.conjunction(field))
        return children[0] if len(children) == 1 else Or(tuple(children), start=children[0].start, end=children[-1].end)

    def conjunction(self, field: Field | None) -> Node:
        children = [self.unary(field)]
        while self.token.kind != "end" and not self.is_bracket(")") and not self.is_operator("OR"):
            if self.is_operator("AND"):
                self.take()
            children.append(self.unary(field))
        return (
            children[0] if len(children) == 1 else And(tuple(children), start=children[0].start, end=children[-1].end)
        )

    def deeper(self, token: _Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"brackets and NOTs are nested more than {MAX_DEPTH} deep", token, "flatten the query")

    def unary(self, field: Field | None) -> Node:
        token = self.token
        if self.is_operator("NOT"):
            self.deeper(self.take())
            child = self.unary(field)
            self.depth -= 1
            return Not(child, start=token.start, end=child.end)
        if self.is_bracket("("):
            return self.group(field)
        if self.is_operator("AND") or self.is_operator("OR"):
            raise self.unexpected("a word, a phrase, field:value or (", f"{token.text} stands between two of them")
        if token.kind == "word" and self.following.kind == "colon" and self.following.glued:
            return self.fielded(field)
        return self.value(field or FIELDS["text"], token.start)

    def group(self, field: Field | None) -> Node:
        opening = self.take()
        self.deeper(opening)
        node = self.disjunction(field)
        if not self.is_bracket(")"):
            line, column = position_of(self.query, opening.start)
            raise self.unexpected(") or another term", f"close the bracket opened at line {line}, column {column}")
        self.take()
        self.depth -= 1
        return node

    def fielded(self, outer: Field | None) -> Node:
        token = self.take()
        self.take()
        field = FIELDS.get(token.text.casefold())
        if field is None:
            raise self.unknown_field(token)
        if outer is not None:
            raise self.error(
                f"field '{field.name}' inside {outer.name}:(...)", token, f"close the bracket of '{outer.name}' first"
            )
        if self.is_bracket("("):
            return self.group(field)
        return self.value(field, token.start)

    def unknown_field(self, token: _Token) -> QuerySyntaxError:
        name = token.text.casefold()
        meant = SYNONYMS.get(name) or _closest(name, list(FIELDS))
        remedy = (
            f"did you mean '{meant}'?"
            if meant
            else f"fields are {', '.join(FIELDS)}; to search for a colon, quote the words"
        )
        return self.error(f"unknown field '{token.text}'", token, remedy)

    def value(self, field: Field, start: int) -> Node:
        token = self.token
        if field.kind == "date":
            return self.published(field, start)
        if token.kind == "quoted":
            return self.quoted(field, start)
        if token.kind != "word":
            if token.kind == "bracket" and token.text in "[{":
                raise self.error(
                    f"a range in '{field.name}'",
                    token,
                    "ranges are for published: published:[2026-01-01 TO 2026-02-01]",
                )
            if token.kind == "tilde":
                raise self.error("~ without a phrase before it", token, 'write "two words"~5')
            expected = "a word, a phrase, field:value or (" if start == token.start else f"a value for '{field.name}'"
            raise self.unexpected(expected)
        self.check_operator_slip(token, field, fielded=start != token.start)
        self.take()
        if self.token.kind == "tilde" and self.token.glued:
            raise self.error("~ after a single word", self.token, 'proximity needs a phrase: "two words"~5')
        if self.token.kind == "colon" and self.token.glued:
            raise self.error("a second colon", self.token, "quote the value")
        if self.token.kind == "quoted" and self.token.glued:
            raise self.error(
                f"a quote directly after '{token.text}'", self.token, 'put a space before it, or write field:"words"'
            )
        if field.kind != "words":
            return self.plain(field, token.text, token, start)
        return self.word(field, token, start)

    def check_operator_slip(self, token: _Token, field: Field, *, fielded: bool) -> None:
        """Refuse what was meant as an operator: read as a word it would silently change what the query finds."""
        if token.escaped:
            return
        text = token.text
        if text in ("AND", "OR", "NOT"):
            raise self.error(
                f"expected a value for '{field.name}', found the operator {text}",
                token,
                f'to search for the word, write "{text}"',
            )
        if fielded and field.kind != "words":
            return
        slip = _misspelt_operator(text)
        if slip and not fielded:
            raise self.error(
                f"'{text}' between terms", token, f'did you mean {slip}? To search for the word, write "{text}"'
            )
        if text in _MEANT:
            meant = _MEANT[text]
            write = f"for the operator write {meant} in capitals" if meant else "no operator looks like that"
            raise self.error(f"'{text}' is no operator", token, f'{write}; to search for it, write "{text}"')
        if text[0] in "+-!" and text[1:2].isalnum() and not fielded and not text[1:2].isdigit():
            remedy = (
                f"write NOT {text[1:]}" if text[0] in "-!" else f"write {text[1:]}; terms side by side are all required"
            )
            raise self.error(f"'{text[0]}' before a word", token, remedy)
        for mark in "،؛؟,;":
            if mark in text:
                at = token.start + text.index(mark)
                raise self.lexer.error(
                    f"'{mark}' in a query",
                    at,
                    "separate terms by spaces (all of them), OR (any of them), or quote the words",
                )
        if "?" in text:
            raise self.lexer.error(
                "'?' in a word",
                token.start + text.index("?"),
                "there is no one-letter wildcard; write prefix*, or quote the words",
            )

    def word(self, field: Field, token: _Token, start: int) -> Node:
        text = token.text
        if "*" in text and not token.escaped:
            stem = text[:-1]
            if text[-1] != "*" or "*" in stem:
                raise self.error(f"'*' inside '{text}'", token, "a star stands at the end of a word: prefix*")
            if not all(c.isalnum() or unicodedata.category(c) in ("Mn", "Cf") for c in stem):
                raise self.error(f"'{text}' is more than one word", token, "a prefix is of one word")
            if len(fold(stem)) < 2:
                raise self.error(f"'{text}' is too short", token, "write at least two letters before the star")
            if field.name == "exact":
                raise self.error("a prefix in 'exact'", token, f"write text:{text} or title:{text}")
            return Prefix(field.name, stem, start=start, end=token.end)
        if not _has_letters(text):
            raise self.error(f"'{text}' holds no letter or digit", token, "write a word, or remove it")
        return Word(field.name, text, start=start, end=token.end)

    def quoted(self, field: Field, start: int) -> Node:
        token = self.take()
        if not _has_letters(token.text):
            raise self.error("nothing inside the quotes", token, "write a word between them")
        distance = None
        if self.token.kind == "tilde" and self.token.glued:
            distance = self.distance(token, field)
        elif self.token.glued and self.token.kind in ("word", "quoted"):
            raise self.error(
                f"'{self.token.text}' directly after a quote", self.token, "put a space or an operator between them"
            )
        end = self.tokens[self.at - 1].end
        if field.kind != "words":
            return self.plain(field, token.text, token, start)
        return Phrase(field.name, token.text, distance, start=start, end=end)

    def distance(self, phrase: _Token, field: Field) -> int:
        tilde = self.take()
        if field.kind != "words":
            raise self.error(f"~ in '{field.name}'", tilde, "proximity is for words: text and title")
        if len(phrase.text.split()) < 2:
            raise self.error("~ after a single word", tilde, 'proximity needs two words or more: "two words"~5')
        number = self.token
        if (
            number.kind != "word"
            or not number.glued
            or not number.text.isdecimal()
            or not 1 <= int(number.text) <= MAX_DISTANCE
        ):
            raise self.unexpected(f"a number from 1 to {MAX_DISTANCE} after ~", 'write "two words"~5')
        self.take()
        return int(number.text)

    def plain(self, field: Field, text: str, token: _Token, start: int) -> Value:
        """A value that is no word of the text: checked against the field's values, if it has a list of them."""
        end = self.tokens[self.at - 1].end
        text = " ".join(text.split())
        if "*" in text and field.kind in ("name", "topic", "choice", "language"):
            raise self.error(f"'*' in '{field.name}'", token, "prefixes are for words: text and title")
        if field.choices:
            written = text.casefold().replace(" ", "-").replace("_", "-")
            value = next((c for c in field.choices if c.replace("_", "-") == written), None)
            if value is None:
                close = _closest(written, list(field.choices))
                remedy = f"did you mean '{close}'?" if close else f"values are {', '.join(field.choices)}"
                raise self.error(f"unknown {field.name} '{text}'", token, remedy)
            text = value
        elif field.kind == "language":
            text = self.language(text, token)
        return Value(field.name, text, start=start, end=end)

    def language(self, text: str, token: _Token) -> str:
        code = text.casefold()
        if code in LANGUAGES or (len(code) == 3 and code.isascii() and code.isalpha()):
            return code
        meant = LANGUAGE_NAMES.get(code) or LANGUAGE_NAMES.get(_closest(code, list(LANGUAGE_NAMES)) or "")
        remedy = f"did you mean '{meant}'?" if meant else "write an ISO 639 code: ar, en, fa ..."
        raise self.error(f"unknown language '{text}'", token, remedy)

    # --- published --------------------------------------------------------------------------------------------------

    def published(self, field: Field, start: int) -> Range:
        token = self.token
        if token.kind == "bracket" and token.text in "[{":
            return self.span(field, start)
        if token.kind not in ("word", "quoted"):
            raise self.unexpected("a date", "write published:>=2026-01-01 or published:[2026-01-01 TO 2026-02-01]")
        self.take()
        sign = (re.match(r"[<>]=?", token.text) or [""])[0]
        text, end = token.text[len(sign) :], token.end
        if not text and self.token.kind in ("word", "quoted"):
            following = self.take()
            text, end, token = following.text, following.end, following
        day = self.date(text, token)
        low, high = (day if sign in ("", ">", ">=") else None), (day if sign in ("", "<", "<=") else None)
        return Range(field.name, low, high, sign != ">", sign != "<", start=start, end=end)

    def span(self, field: Field, start: int) -> Range:
        opening = self.take()
        low = self.bound()
        if self.token.kind != "word" or self.token.text != "TO":
            raise self.unexpected("TO", "write published:[2026-01-01 TO 2026-02-01]")
        self.take()
        high = self.bound()
        if self.token.kind != "bracket" or self.token.text not in "]}":
            raise self.unexpected("]", "write published:[2026-01-01 TO 2026-02-01]")
        closing = self.take()
        if low and high and bounds(Range("published", low, None))[0] > bounds(Range("published", None, high))[1]:
            raise self.error(f"the range ends ({high}) before it begins ({low})", opening, "swap the two dates")
        return Range(field.name, low, high, opening.text == "[", closing.text == "]", start=start, end=closing.end)

    def bound(self) -> str | None:
        token = self.token
        if token.kind not in ("word", "quoted"):
            raise self.unexpected("a date or *")
        parts = [self.take().text]
        while self.token.glued and self.token.kind in ("colon", "word"):  # the colons of a time of day
            parts.append(self.take().text)
        text = "".join(parts)
        return None if text == "*" else self.date(text, token)

    def date(self, text: str, token: _Token) -> str:
        text = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text)
        try:
            _moments(text)
        except ValueError:
            raise self.error(f"'{text}' is no date", token, "write 2026-01-31, 2026-01 or 2026-01-31T12:00Z") from None
        return text


def _moments(text: str) -> tuple[datetime, datetime]:
    """First moment of a date, month, year or time, and the first moment after it. Raises ValueError."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, clock = match.groups()
    if clock is not None:
        moment = datetime.fromisoformat(text.upper())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return moment, moment + timedelta(microseconds=1)
    first = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    days = (
        1
        if day
        else calendar.monthrange(first.year, first.month)[1]
        if month
        else 366
        if calendar.isleap(first.year)
        else 365
    )
    return first, first + timedelta(days=days) if first.year < 9999 else datetime.max.replace(tzinfo=UTC)


def bounds(node: Range) -> tuple[datetime, datetime]:
    """The half-open interval [from, to) of a range, in UTC."""
    low = datetime.min.replace(tzinfo=UTC)
    high = datetime.max.replace(tzinfo=UTC)
    if node.low is not None:
        low = _moments(node.low)[0 if node.low_included else 1]
    if node.high is not None:
        high = _moments(node.high)[1 if node.high_included else 0]
    return low, high


def parse(query: str) -> Node:
    """The syntax tree of a query. Raises QuerySyntaxError with line, column, what was found and what was expected."""
    return _Parser(query).parse()


# --- back to text ---------------------------------------------------------------------------------------------------

_BARE = re.compile(r"[^\W_][\w.-]*")


def _quote(text: str) -> str:
    return '"' + "".join(f"\\{char}" if char == "\\" or char in _QUOTES[0] else char for char in text) + '"'


def _needs_escape(char: str) -> bool:
    return not (char.isalnum() or char in "-._" or unicodedata.category(char) == "Mn")


def _escape(text: str) -> str:
    """A word that reads as itself: a backslash before whatever is not a letter, mark or digit."""
    escaped = "".join(f"\\{c}" if _needs_escape(c) else c for c in text)
    plain = (
        escaped == text
        and text not in _OPERATORS
        and text not in _MEANT
        and _misspelt_operator(text) is None
        and text[0] not in "-+"
    )
    return escaped if plain or escaped != text else f"\\{text}"


def to_query(node: Node) -> str:  # noqa: PLR0911 - one case per kind of node
    """A query that parses to this tree again."""
    match node:
        case Or(children):
            return " OR ".join(_operand(child, (Or,)) for child in children)
        case And(children):
            return " AND ".join(_operand(child, (Or, And)) for child in children)
        case Not(child):
            return f"NOT {_operand(child, (Or, And))}"
        case Word(field, text):
            return f"{_prefix(field)}{_escape(text)}"
        case Prefix(field, text):
            return f"{_prefix(field)}{text}*"
        case Phrase(field, text, distance):
            return f"{_prefix(field)}{_quote(text)}{'' if distance is None else f'~{distance}'}"
        case Value(field, text):
            return f"{field}:{text if _BARE.fullmatch(text) and text not in _OPERATORS else _quote(text)}"
        case Range(field, low, high, low_included, high_included):
            opening, closing = "[" if low_included else "{", "]" if high_included else "}"
            return f"{field}:{opening}{low or '*'} TO {high or '*'}{closing}"
        case _:
            raise TypeError(node)


def _prefix(field: str) -> str:
    return "" if field == "text" else f"{field}:"


def _operand(node: Node, bracketed: tuple[type[Node], ...]) -> str:
    return f"({to_query(node)})" if isinstance(node, bracketed) else to_query(node)
