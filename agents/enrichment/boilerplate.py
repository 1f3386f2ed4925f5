"""Where does an article's text end and the site's navigation begin?

Crawled bodies end in section names, "related" lists, sharing buttons and copyright lines, and every name in them would
become an entity of the article. What such lines say is data (`languages/<code>/boilerplate.yaml`); what may be cut is
structure: only a tail, only lines that do not read as sentences, and never most of the body unless a heading says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from agents.enrichment.languages import CODES
from agents.enrichment.languages import pack as language_pack
from agents.enrichment.text import normalise

if TYPE_CHECKING:
    from agents.enrichment.languages import LanguagePack

#: A headline is a line of at most so many characters.
_HEADLINE = 140
#: A name of a section, a button, a byline: what may stand between known lines.
_SHORT = 45
#: Part of the body that a run of lines, or what a heading opens, may take.
_RUN_SHARE, _HEADING_SHARE = 0.4, 0.6

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_WORDS = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u0640\u064b-\u0652\u0670])*")
_SENTENCE = re.compile(r"[.؟?!۔…:،,;؛][\"'”»)\]]*\s*$|[^.\s\d][.؟!۔]\s+\S")
_BARE = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|[@#]\w+|[\W_]+|[\d\W_]+")


class _Kind(IntEnum):
    """What a line looks like, from text to boilerplate."""

    TEXT = 0
    HEADLINE = 1
    SHORT = 2
    BARE = 3
    """An address, a handle, a number, a rule of dashes."""
    SECTION = 4
    KNOWN = 5
    HEADING = 6
    """Known, and what follows it is a list that is not the article's."""


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The boilerplate of one or several languages, normalised."""

    headings: frozenset[str]
    lines: frozenset[str]
    sections: frozenset[str]
    starts: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    tails: tuple[re.Pattern[str], ...]


def _key(line: str) -> str:
    return " ".join(normalise(word) for word in _WORDS.findall(line))


@cache
def _phrases(codes: tuple[str, ...]) -> _Phrases:
    tables = [language_pack(code).table("boilerplate.yaml") for code in codes]

    def keys(name: str) -> frozenset[str]:
        return frozenset(_key(line) for table in tables for line in table.get(name, ()))

    def patterns(name: str) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(p, re.IGNORECASE) for table in tables for p in table.get(name, ()))

    return _Phrases(
        headings=keys("headings"),
        lines=keys("lines"),
        sections=keys("sections"),
        starts=tuple(f"{start} " for start in sorted(keys("starts"))),
        patterns=patterns("patterns"),
        tails=patterns("tails"),
    )


def _known_kind(line: str, phrases: _Phrases) -> _Kind | None:
    if len(line) > 2 * _HEADLINE:
        return None
    key = _key(line)
    if key in phrases.headings:
        return _Kind.HEADING
    opening = _key(line.partition(":")[0]) if ":" in line else ""
    opens = len(line) <= _HEADLINE and f"{key} ".startswith(phrases.starts)
    if key in phrases.lines or opening in phrases.headings or opens or any(p.search(line) for p in phrases.patterns):
        return _Kind.KNOWN
    return _Kind.SECTION if key in phrases.sections else None


def _kind(line: str, phrases: _Phrases) -> _Kind:
    if _BARE.fullmatch(line):
        return _Kind.BARE
    if known := _known_kind(line, phrases):
        return known
    if len(line) > _HEADLINE or _SENTENCE.search(line):
        return _Kind.TEXT
    return _Kind.SHORT if len(line) <= _SHORT else _Kind.HEADLINE


def _run_start(kinds: list[_Kind]) -> int:
    """First line of a tail of short lines of which at least half are known: two of them, or one that stands alone."""
    start, known, firm = len(kinds), 0, 0
    for number in range(len(kinds) - 1, -1, -1):
        kind = kinds[number]
        if kind < _Kind.SHORT:
            break
        known += kind >= _Kind.SECTION
        firm += kind >= _Kind.KNOWN
        bare = kinds[number:].count(_Kind.BARE)
        length = len(kinds) - number
        if kind >= _Kind.SECTION and 2 * (known + bare) >= length and (known >= 2 or firm):
            start = number
    return start


def _heading_start(kinds: list[_Kind]) -> int:
    """First heading after which, but for one line in five, only headlines and boilerplate come."""
    for number, kind in enumerate(kinds):
        after = kinds[number + 1 :]
        if kind == _Kind.HEADING and 5 * after.count(_Kind.TEXT) <= len(after):
            return number
    return len(kinds)


def _tail_start(line: str, phrases: _Phrases) -> int:
    """Where, within the last line of the text, a button or a copyright notice begins; its length if nowhere."""
    found = (match.start() for pattern in phrases.tails if (match := pattern.search(line)))
    return min((start for start in found if start), default=len(line))


def text_end(body: str, pack: LanguagePack) -> int:
    """Code-point offset at which trailing boilerplate begins; -1 if there is none.

    Site furniture is often English, so English phrases count beside the pack's own.
    """
    phrases = _phrases(tuple(dict.fromkeys((pack.code, "en") if pack.code in CODES else CODES)))
    lines = [(match.start(), match[0].strip()) for match in _LINE.finditer(body)]
    kinds = [_kind(line, phrases) for _, line in lines]

    def share(number: int) -> float:
        return (len(body) - lines[number][0]) / len(body) if number < len(lines) else 0.0

    start = len(lines)
    for found, most in ((_heading_start(kinds), _HEADING_SHARE), (_run_start(kinds), _RUN_SHARE)):
        if share(found) <= most:
            start = min(start, found)
    while 0 < start < len(lines) and kinds[start - 1] >= _Kind.BARE and share(start - 1) <= _HEADING_SHARE:
        start -= 1
    if start and (last := lines[start - 1]):
        cut = _tail_start(last[1], phrases)
        if cut < len(last[1]):
            return body.index(last[1], last[0]) + cut
    return lines[start][0] if 0 < start < len(lines) else -1
