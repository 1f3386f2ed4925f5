"""Quotation marks in pairs, and the stretches of text that one attribution may reach."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from agents.enrichment.text import FieldText

#: Marks that belong together, whichever way round a desk types them (”…“ is common in Arabic).
_FAMILIES = ("«»", "“”„‟", '"＂', "‹›", "‘’‚‛")
_FAMILY = {mark: family for family in _FAMILIES for mark in family}
#: Never an apostrophe: it opens only before a word, and closes only after one.
_SINGLE = _FAMILIES[-1]

#: The closing mark of a quotation within another stands within so many tokens.
_NEAR = 40


class Pair(NamedTuple):
    """Token numbers of an opening mark and of the one that closes it."""

    open: int
    close: int


class Segment(NamedTuple):
    """Token numbers of a sentence, `end` not included, with what is quoted in it kept whole."""

    first: int
    end: int
    quoted: tuple[Pair, ...]
    opens_line: bool


def _line_ends(text: FieldText) -> set[int]:
    """Numbers of the tokens that begin a line."""
    tokens, found = text.tokens, set()
    for number, _ in text.sentences:
        if number and "\n" in text.raw[tokens[number - 1].end : tokens[number].start]:
            found.add(number)
    return found


def pairs(text: FieldText, line_starts: set[int]) -> list[Pair]:
    """Quotations by their marks, outermost only; what is not closed on its line is none, but where the next line goes on."""
    found: list[Pair] = []
    opened, family, depth = -1, "", 0
    for number, token in enumerate(text.tokens):
        mark = None if token.norm else _FAMILY.get(token.raw)
        if opened >= 0 and number in line_starts:
            if mark == family:  # a speech over several paragraphs: each opens anew
                found.append(Pair(opened, number))
            opened = -1
        if mark is None or (mark is _SINGLE and not _is_mark(text, number, opens=opened < 0)):
            continue
        if opened < 0:
            opened, family, depth = number, mark, 1
        elif mark == family:
            depth += 1 if _nests(text, opened, number) else -1
            if depth <= 0:
                found.append(Pair(opened, number))
                opened = -1
    return found


def _is_mark(text: FieldText, number: int, *, opens: bool) -> bool:
    """Is a single mark one of a quotation, not an apostrophe?"""
    token = text.tokens[number]
    after = text.raw[token.end : token.end + 1].isalnum()
    if opens:
        return token.raw != "’" and after and not text.raw[max(token.start - 1, 0) : token.start].isalnum()
    return token.raw == "’" and not after


def _nests(text: FieldText, opened: int, number: int) -> bool:
    """Does a mark open a quotation within one of the same marks: is it the opener again, and is another closer to come?"""
    opener, family = text.tokens[opened].raw, _FAMILY[text.tokens[opened].raw]
    if family in ('"＂', _SINGLE) or text.tokens[number].raw != opener:
        return False
    return any(t.raw in family and t.raw != opener for t in text.tokens[number + 1 : number + _NEAR])


def segments(text: FieldText, goes_on: Callable[[int], bool]) -> list[Segment]:
    """The sentences of a field. A full stop inside the closing mark ends one, unless `goes_on` from the next token.

    `goes_on` is asked with the number of the token after the closing mark: does an attribution stand there?
    """
    line_starts = _line_ends(text)
    quoted = pairs(text, line_starts) if any(mark in text.raw for mark in _FAMILY) else []
    starts = [first for first, _ in text.sentences]
    if quoted:
        starts = _starts_outside(text, quoted, starts, line_starts, goes_on)
    found, at = [], 0
    for first, end in pairwise([*starts, len(text.tokens)]):
        own = []
        while at < len(quoted) and quoted[at].open < end:
            own.append(Pair(quoted[at].open, min(quoted[at].close, end)))
            at += 1
        found.append(Segment(first, end, tuple(own), first in line_starts))
    return found


def _starts_outside(
    text: FieldText, quoted: list[Pair], starts: list[int], line_starts: set[int], goes_on: Callable[[int], bool]
) -> list[int]:
    tokens = text.tokens
    kept = {
        start
        for start in starts
        if start in line_starts or not any(pair.open < start <= pair.close + 1 for pair in quoted)
    }
    for pair in quoted:
        after = pair.close + 1
        if (
            pair.close in line_starts
            or after >= len(tokens)
            or tokens[pair.close - 1].raw not in (".", "…")
            or goes_on(after)
        ):
            continue
        raw = tokens[after].raw
        if raw in _FAMILY or (tokens[after].norm and not raw[0].islower()):
            kept.add(after)
    return sorted(kept)
