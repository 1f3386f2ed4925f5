r"""The query language: text to syntax tree.

A recursive-descent parser of our own, not a parser library: errors need the position in code points, what was found, what
was expected and what was probably meant; quotes and punctuation come in Arabic and Latin; and depth is limited, so that no
query can exhaust the stack.

    query    = and-group { "OR" and-group }
    and-group = unary { [ "AND" ] unary }                   terms side by side are joined by AND
    unary    = "NOT" unary | "(" query ")" | [ field ":" ] value | list | event
    value    = word | wild?card | prefix "*" | quoted [ "~" [ ">" ] number ] | meaning | range | "(" query ")"
    meaning  = quoted [ "~" "top" number "%" ]             of like: alone
    range    = "[" bound "TO" bound "]" | ( ">" | ">=" | "<" | "<=" ) date
    list     = number "of" "(" query { "," query } ")"
    event    = "event" "{" query "}"                        of event fields, place and flags alone

AND binds tighter than OR. Operators are upper-case. `\` before a character takes its meaning away. `@name` is written out
before a query is parsed (definitions.py).
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from agents.enrichment.text import fold
from agents.watchlists.fields import EVENT_FIELDS, EVENT_FLAGS, FIELDS, LANGUAGE_NAMES, LANGUAGES, SYNONYMS, Field
from agents.watchlists.lexer import MEANT, Lexer, Token, begins_list, misspelt_operator, position_of
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
    bounds,
    is_relative,
    moments,
    offset,
)

if TYPE_CHECKING:
    from streams.errors import QuerySyntaxError

#: Brackets and NOTs inside each other.
MAX_DEPTH = 50
#: Words between the words of a proximity.
MAX_DISTANCE = 1000
EVENT_PARTS = f"event, agreement, stage, party, place, {', '.join(EVENT_FLAGS)}"


def _has_letters(text: str) -> bool:
    """Is there anything to search for once marks, tatweel and direction signs are off?"""
    return any(c.isalnum() for c in fold(text))


def _closest(word: str, choices: tuple[str, ...] | list[str]) -> str | None:
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    return close[0] if close else None


#: Per cent of recent articles that a meaning may take.
MIN_TOP, MAX_TOP = 0.1, 50.0
_TOP = re.compile(r"top(\d{1,2}(?:\.\d{1,2})?)[%٪]")


class _Parser:
    def __init__(self, query: str) -> None:
        self.query = query
        self.lexer = Lexer(query)
        self.tokens = self.lexer.tokens()
        self.at = 0
        self.depth = 0
        self.in_event = False

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    @property
    def following(self) -> Token:
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.token
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def error(self, message: str, token: Token, remedy: str | None = None) -> QuerySyntaxError:
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
        joined = False
        while not self.ends_conjunction():
            if self.is_operator("AND"):
                self.take()
                joined = True
            children.append(self.unary(field))
        if len(children) == 1:
            return children[0]
        # An event has one stage: of stage:(negotiating signed) it is asked for either.
        either = self.in_event and field is not None and field.kind == "choice" and not joined
        return (Or if either else And)(tuple(children), start=children[0].start, end=children[-1].end)

    def ends_conjunction(self) -> bool:
        token = self.token
        closed = self.is_bracket(")") or (self.in_event and self.is_bracket("}"))
        return closed or token.kind in ("end", "comma") or self.is_operator("OR")

    def deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"brackets and NOTs are nested more than {MAX_DEPTH} deep", token, "flatten the query")

    def unary(self, field: Field | None) -> Node:  # noqa: PLR0911 - one return per kind of term
        token = self.token
        if self.is_operator("NOT") or (self.in_event and self.is_operator("not")):
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
        if begins_list(self.tokens[self.at : self.at + 2]) and self.tokens[self.at + 2].text == "(":
            return self.at_least(field)
        if token.kind == "word" and token.text.casefold() == "event" and self.following.text == "{":
            return self.event(field)
        if self.in_event and field is None:
            return self.flag()
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

    def at_least(self, field: Field | None) -> Node:
        """`2 of (a, b, c)`."""
        number, _, opening = self.take(), self.take(), self.take()
        self.deeper(opening)
        children = [self.disjunction(field)]
        while self.token.kind == "comma":
            self.take()
            children.append(self.disjunction(field))
        if not self.is_bracket(")"):
            line, column = position_of(self.query, opening.start)
            raise self.unexpected(", or )", f"close the bracket opened at line {line}, column {column}")
        closing = self.take()
        self.depth -= 1
        count = int(number.text)
        if not 1 <= count <= len(children):
            terms = "1 term" if len(children) == 1 else f"{len(children)} terms"
            raise self.error(
                f"{count} of {terms}", number, f"write a number from 1 to {len(children)}, and commas between terms"
            )
        return AtLeast(count, tuple(children), start=number.start, end=closing.end)

    def event(self, field: Field | None) -> Node:
        """`event{agreement:ceasefire place:Syria}`."""
        name, opening = self.take(), self.take()
        if self.in_event or field is not None:
            where = f"{field.name}:(...)" if field is not None else "event{...}"
            raise self.error(f"event{{...}} inside {where}", name, "close the bracket before it first")
        self.deeper(opening)
        self.in_event = True
        child = self.disjunction(None)
        if not self.is_bracket("}"):
            line, column = position_of(self.query, opening.start)
            raise self.unexpected("} or another field", f"close the bracket opened at line {line}, column {column}")
        closing = self.take()
        self.in_event = False
        self.depth -= 1
        return EventOf(child, start=name.start, end=closing.end)

    def flag(self) -> Node:
        """How an event is told: `background`."""
        expected = f"{EVENT_PARTS} inside event{{...}}"
        token = self.token
        name = token.text.casefold()
        if token.kind != "word" or name not in EVENT_FLAGS:
            close = _closest(name, list(EVENT_FLAGS)) if token.kind == "word" else None
            raise self.unexpected(expected, f"did you mean '{close}'?" if close else None)
        self.take()
        return Flag(name, start=token.start, end=token.end)

    def fielded(self, outer: Field | None) -> Node:
        token = self.take()
        self.take()
        name = token.text.casefold()
        field = FIELDS.get("event" if self.in_event and name == "type" else name)
        if field is None:
            raise self.unknown_field(token)
        if self.in_event and field.name not in EVENT_FIELDS | {"place"}:
            raise self.error(
                f"field '{field.name}' inside event{{...}}",
                token,
                f"an event has {EVENT_PARTS}; close the bracket first",
            )
        if outer is not None:
            raise self.error(
                f"field '{field.name}' inside {outer.name}:(...)", token, f"close the bracket of '{outer.name}' first"
            )
        if self.is_bracket("("):
            return self.group(field)
        return self.value(field, token.start)

    def unknown_field(self, token: Token) -> QuerySyntaxError:
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

    def check_operator_slip(self, token: Token, field: Field, *, fielded: bool) -> None:
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
        slip = misspelt_operator(text)
        if slip and not fielded:
            raise self.error(
                f"'{text}' between terms", token, f'did you mean {slip}? To search for the word, write "{text}"'
            )
        if text in MEANT:
            meant = MEANT[text]
            write = f"for the operator write {meant} in capitals" if meant else "no operator looks like that"
            raise self.error(f"'{text}' is no operator", token, f'{write}; to search for it, write "{text}"')
        if text[0] in "+-!" and text[1:2].isalnum() and not fielded and not text[1:2].isdigit():
            remedy = (
                f"write NOT {text[1:]}" if text[0] in "-!" else f"write {text[1:]}; terms side by side are all required"
            )
            raise self.error(f"'{text[0]}' before a word", token, remedy)
        if text[0] == "@" and len(text) > 1:
            raise self.error(
                f"'{text}' is defined nowhere",
                token,
                "define it in a watchlist file, under 'define:', or quote the words",
            )
        for mark in "،؛,;":
            if mark in text:
                at = token.start + text.index(mark)
                raise self.lexer.error(
                    f"'{mark}' in a query",
                    at,
                    "separate terms by spaces (all of them), OR (any of them), or quote the words",
                )

    def word(self, field: Field, token: Token, start: int) -> Node:
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
        if not token.escaped and any(mark in text for mark in "?؟"):
            return self.wildcard(field, token, start)
        if not _has_letters(text):
            raise self.error(f"'{text}' holds no letter or digit", token, "write a word, or remove it")
        return Word(field.name, text, start=start, end=token.end)

    def wildcard(self, field: Field, token: Token, start: int) -> Node:
        text = token.text.replace("؟", "?")
        at = token.start + text.index("?")
        if text[-1] == "?":
            remedy = "at the end of a word it may be a question mark: write prefix*, or quote the words"
            raise self.lexer.error(f"'{token.text[-1]}' after a word", token.end - 1, remedy)
        if not all(c == "?" or c.isalnum() or unicodedata.category(c) in ("Mn", "Cf") for c in text):
            raise self.error(f"'{token.text}' is more than one word", token, "a wildcard is in one word")
        if len(fold(text.replace("?", ""))) < 2:
            raise self.lexer.error(f"'{token.text}' is too short", at, "write at least two letters beside the wildcard")
        if field.name == "exact":
            raise self.lexer.error("a wildcard in 'exact'", at, f"write text:{token.text} or title:{token.text}")
        return Wildcard(field.name, text, start=start, end=token.end)

    def quoted(self, field: Field, start: int) -> Node:
        token = self.take()
        if not _has_letters(token.text):
            raise self.error("nothing inside the quotes", token, "write a word between them")
        distance, ordered = None, False
        if self.token.kind == "tilde" and self.token.glued and field.kind == "meaning":
            return self.ranked(field, token, start)
        if self.token.kind == "tilde" and self.token.glued:
            distance, ordered = self.distance(token, field)
        elif self.token.glued and self.token.kind in ("word", "quoted"):
            raise self.error(
                f"'{self.token.text}' directly after a quote", self.token, "put a space or an operator between them"
            )
        end = self.tokens[self.at - 1].end
        if field.kind != "words":
            return self.plain(field, token.text, token, start)
        return Phrase(field.name, token.text, distance, ordered, start=start, end=end)

    def distance(self, phrase: Token, field: Field) -> tuple[int, bool]:
        tilde = self.take()
        if field.kind != "words":
            raise self.error(f"~ in '{field.name}'", tilde, "proximity is for words: text and title")
        if len(phrase.text.split()) < 2:
            raise self.error("~ after a single word", tilde, 'proximity needs two words or more: "two words"~5')
        ordered = self.token.text.startswith(">")
        number = self.token.text.removeprefix(">")
        if (
            self.token.kind != "word"
            or not self.token.glued
            or not number.isdecimal()
            or not 1 <= int(number) <= MAX_DISTANCE
        ):
            remedy = 'write "two words"~5, or "two words"~>5 to keep their order'
            raise self.unexpected(f"a number from 1 to {MAX_DISTANCE} after ~", remedy)
        self.take()
        return int(number), ordered

    def ranked(self, field: Field, token: Token, start: int) -> Value:
        """A meaning with the share of recent articles that are near enough."""
        tilde = self.take()
        written = _TOP.fullmatch(self.token.text) if self.token.kind == "word" and self.token.glued else None
        share = float(written[1]) if written else 0.0
        if not MIN_TOP <= share <= MAX_TOP:
            remedy = f'write like:"talks on a truce"~top1%, from {MIN_TOP:g} to {MAX_TOP:g} per cent'
            raise self.error(f"no rank after ~ in '{field.name}'", tilde, remedy)
        end = self.take().end
        return Value(field.name, " ".join(token.text.split()), share, start=start, end=end)

    def plain(self, field: Field, text: str, token: Token, start: int) -> Value:
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

    def language(self, text: str, token: Token) -> str:
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
        if not sign and offset(day) is not None:
            high = None  # within the last seven days, not at one instant
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
        if low and high and self.ends_first(low, high):
            raise self.error(f"the range ends ({high}) before it begins ({low})", opening, "swap the two dates")
        return Range(field.name, low, high, opening.text == "[", closing.text == "]", start=start, end=closing.end)

    @staticmethod
    def ends_first(low: str, high: str) -> bool:
        away = offset(low), offset(high)
        if away[0] is not None and away[1] is not None:
            return away[0] > away[1]
        one, other = Range("published", low, None), Range("published", None, high)
        return not is_relative(one) and not is_relative(other) and bounds(one)[0] > bounds(other)[1]

    def bound(self) -> str | None:
        token = self.token
        if token.kind not in ("word", "quoted"):
            raise self.unexpected("a date or *")
        parts = [self.take().text]
        while self.token.glued and self.token.kind in ("colon", "word"):  # the colons of a time of day
            parts.append(self.take().text)
        text = "".join(parts)
        return None if text == "*" else self.date(text, token)

    def date(self, text: str, token: Token) -> str:
        text = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text)
        if text.casefold().startswith("now"):
            text = text.casefold()
            if offset(text) is None:
                raise self.error(f"'{text}' is no time", token, "write now, now-36h, now-7d or now-2w")
            return text
        try:
            moments(text)
        except ValueError:
            raise self.error(f"'{text}' is no date", token, "write 2026-01-31, 2026-01 or 2026-01-31T12:00Z") from None
        return text


@lru_cache(maxsize=16)
def parse(query: str) -> Node:
    """The syntax tree of a query. Raises QuerySyntaxError with line, column, what was found and what was expected."""
    return _Parser(query).parse()
