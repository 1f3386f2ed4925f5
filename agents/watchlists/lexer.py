"""A query's tokens: words, quoted words, brackets, colons, tildes and commas, and where each stands."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from streams.errors import QuerySyntaxError

QUOTES = ('"“”„‟＂', "«»", "'‘’‚‛", "‹›")
_QUOTE_FAMILY = {mark: family for family in QUOTES for mark in family}
_BRACKETS = frozenset("()[]{}")
OPERATORS = ("AND", "OR", "NOT")
#: What is written for an operator elsewhere, in other languages or by slip of the keyboard.
MEANT = {
    "and": "AND", "or": "OR", "not": "NOT", "And": "AND", "Or": "OR", "Not": "NOT", "&&": "AND", "&": "AND", "||": "OR",
    "|": "OR", "!": "NOT", "-": "NOT", "+": "AND", "و": "AND", "أو": "OR", "او": "OR", "ليس": "NOT", "،": "OR", "؛": "AND",
    "؟": "", ",": "OR", ";": "AND",
}  # fmt: skip


#: What separates the terms of a list.
COMMAS = ",،"
#: A word of letters and digits alone, as almost all are.
_PLAIN = re.compile(r"[^\W_]+(?=[\s()]|$)")


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # word, quoted, bracket, colon, tilde, comma, end
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


class Lexer:
    """Splits a query into tokens. A value after a colon may hold colons itself (medtop:…, https://…, 12:30).

    Commas separate only in a list, which is what stands in brackets after a number and `of`: 2 of (a, b, c).
    """

    def __init__(self, query: str) -> None:
        self.query = query

    def error(self, message: str, offset: int, remedy: str | None = None) -> QuerySyntaxError:
        line, column = position_of(self.query, offset)
        return QuerySyntaxError(message, line=line, column=column, remedy=remedy)

    def tokens(self) -> list[Token]:
        query, at, after_colon = self.query, 0, False
        found: list[Token] = []
        lists: list[bool] = []
        """Of the brackets that are open, innermost last: is it a list's?"""
        while at < len(query):
            char = query[at]
            if _is_blank(char):
                at += 1
                continue
            glued = bool(found) and found[-1].end == at
            listed = bool(lists) and lists[-1]
            if char in _BRACKETS:
                token = Token("bracket", char, at, at + 1, glued)
                if char in "([{":
                    lists.append(char == "(" and begins_list(found))
                elif lists:
                    lists.pop()
            elif listed and char in COMMAS:
                token = Token("comma", char, at, at + 1, glued)
            elif char == ":":
                token = Token("colon", char, at, at + 1, glued)
            elif char == "~":
                token = Token("tilde", char, at, at + 1, glued)
            elif char in _QUOTE_FAMILY:
                token = self._quoted(at, glued)
            else:
                token = self._word(at, glued, colons=after_colon, listed=listed)
            after_colon = token.kind == "colon"
            found.append(token)
            at = token.end
        found.append(Token("end", "", len(query), len(query)))
        return found

    def _quoted(self, start: int, glued: bool) -> Token:
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
                return Token("quoted", "".join(kept), start, at + 1, glued)
            kept.append(char)
            at += 1
        raise self.error(
            f"the quote {self.query[start]} is never closed",
            start,
            f"close it, or write \\{self.query[start]} for the mark itself",
        )

    def _word(self, start: int, glued: bool, *, colons: bool, listed: bool) -> Token:
        if (plain := _PLAIN.match(self.query, start)) is not None:
            return Token("word", plain[0], start, plain.end(), glued)
        kept, at, escaped = [], start, False
        while at < len(self.query):
            char = self.query[at]
            if char == "\\" and at + 1 < len(self.query):
                kept.append(self.query[at + 1])
                at, escaped = at + 2, True
                continue
            if char.isspace() or char in _BRACKETS or char == "~" or (char == ":" and not colons):
                break
            if (char in _QUOTE_FAMILY and char not in "'‘’‚‛") or (listed and char in COMMAS):
                break
            kept.append(char)
            at += 1
        end = at
        while kept and unicodedata.category(kept[-1]) in ("Cf", "Cc") and not escaped:
            kept.pop()
            end -= 1
        return Token("word", "".join(kept), start, end, glued, escaped)


def begins_list(before: list[Token]) -> bool:
    """Do these tokens end in a number and `of`, so that a bracket after them opens a list?"""
    if len(before) < 2:
        return False
    number, of = before[-2:]
    return number.kind == of.kind == "word" and number.text.isdecimal() and of.text == "of" and not of.escaped


def misspelt_operator(word: str) -> str | None:
    """AND for ANDD or ADN: letters doubled, or two of them swapped. AMD, DNA and FOR are words."""
    squeezed = re.sub(r"(.)\1+", r"\1", word)
    for operator in OPERATORS:
        swapped = {operator[:i] + operator[i + 1] + operator[i] + operator[i + 2 :] for i in range(len(operator) - 1)}
        if word != operator and word.isupper() and (squeezed == operator or word in swapped):
            return operator
    return None
