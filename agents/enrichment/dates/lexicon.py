"""Words of dates: the table `dates.yaml` of a language pack, and the chart of what each token of a text may stand for.

A lexeme is a word, a phrase or a number with a kind (month, weekday, unit, past ...) and a value. Kinds are what the rules
of the grammar are made of. A token may have several: 12 is a number and a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from agents.enrichment.dates.rules import Rule
from agents.enrichment.languages import pack as language_pack
from agents.enrichment.text import normalise, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.enrichment.text import FieldText, Token

#: Shorter words take only و and ف: باب is a door, not "in August".
_LONG = 4
_MARKS = {",": "comma", "،": "comma", "(": "open", ")": "close", "/": "slash", "-": "dash", "–": "dash", "—": "dash", ".": "dot"}  # fmt: skip
_MONTHS = frozenset({"month", "weak_month"})
#: Between two digits they make one number, time or amount of them.
_INNER = frozenset(".,:٫٬،")


class Lexeme(NamedTuple):
    """What a run of tokens may stand for; `end` is the number of the token after it."""

    kind: str
    value: Any
    end: int


Chart = dict[int, list[Lexeme]]


class _Entry(NamedTuple):
    kind: str
    value: Any
    rest: tuple[str, ...]
    """The words that follow, normalised."""
    capital: bool
    """Is it written with a capital letter?"""


class _Senses(NamedTuple):
    """What a word may stand for: alone, and with what follows, by the next word."""

    alone: tuple[_Entry, ...]
    phrases: dict[str, tuple[_Entry, ...]]


@dataclass(frozen=True, slots=True)
class Guard:
    """Neighbours that make a reading wrong: words before (عبد الأحد) and after (Sunday Times), normalised."""

    preceded_by: frozenset[str]
    followed_by: frozenset[str]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The words of one language and the rules that are made of them."""

    words: Mapping[str, _Senses]
    numeral: re.Pattern[str]
    suffixes: Mapping[str, str]
    refused: frozenset[str]
    """Raw spellings that look like a word of the table and are another: أب beside آب."""
    day_first: bool
    numeric_uncertain: bool
    guards: Mapping[str, Guard]
    future: frozenset[str]
    past: frozenset[str]
    future_verb: re.Pattern[str] | None
    rules: Mapping[tuple[str, str], list[Rule]]
    """By the kinds of the two lexemes a rule may start with."""


def _written(first: str, proclitics: list[str]) -> Iterator[str]:
    """A word with what may be written onto it."""
    yield first
    definite = first.startswith("ال")
    for proclitic in proclitics:
        if len(first) >= _LONG or proclitic in "وف":
            # ل swallows the alef of the article: للجمعة.
            yield proclitic + (first[1:] if definite and proclitic[-1] == "ل" else first)


def _words(table: Mapping[str, Any]) -> dict[str, _Senses]:
    proclitics, capital = table.get("proclitics", "").split(), table.get("capital", "").split()
    found: dict[str, dict[_Entry, None]] = {}
    for kind, values in table["words"].items():
        for value, phrases in values.items():
            for phrase in phrases if isinstance(phrases, list) else [phrases]:
                first, *rest = (normalise(piece) for piece in pieces(phrase))
                entry = _Entry(kind, value, tuple(rest), kind in capital)
                for word in _written(first, proclitics):
                    found.setdefault(word, {})[entry] = None
    return {word: _senses(tuple(entries)) for word, entries in found.items()}


def _senses(entries: tuple[_Entry, ...]) -> _Senses:
    seconds = dict.fromkeys(e.rest[0] for e in entries if e.rest)
    return _Senses(
        tuple(e for e in entries if not e.rest),
        {second: tuple(e for e in entries if e.rest[:1] == (second,)) for second in seconds},
    )


def _folded(words: str | None) -> frozenset[str]:
    return frozenset(normalise(word) for word in (words or "").split())


@cache
def lexicon(code: str) -> Lexicon | None:
    """The lexicon of a language; None if its pack has no dates.yaml."""
    table = language_pack(code).table("dates.yaml")
    if not table:
        return None
    patterns = [(reading, pattern) for reading, some in table["rules"].items() for pattern in some]
    rules: dict[tuple[str, str], list[Rule]] = {}
    for order, (reading, pattern) in enumerate(patterns):
        rule = Rule.parse(reading, order, pattern)
        for beginning in rule.beginnings:
            rules.setdefault(beginning, []).append(rule)
    suffixes = {normalise(k): v for k, v in table.get("numeral_suffixes", {}).items()}
    prefixes = sorted(table.get("numeral_prefixes", "").split(), key=len, reverse=True)
    tense = table.get("tense", {})
    verb = tense.get("future_verb")
    return Lexicon(
        words=_words(table),
        numeral=re.compile(f"({'|'.join(prefixes)})?([0-9]{{1,4}})({'|'.join(suffixes)})?"),
        suffixes=suffixes,
        refused=frozenset(table.get("refused", "").split()),
        day_first=table.get("numeric", "day-first") == "day-first",
        numeric_uncertain=bool(table.get("numeric_uncertain", False)),
        guards={
            action: Guard(_folded(guard.get("preceded_by")), _folded(guard.get("followed_by")))
            for action, guard in table.get("guards", {}).items()
        },
        future=_folded(tense.get("future")),
        past=_folded(tense.get("past")),
        future_verb=re.compile(verb) if verb else None,
        rules=rules,
    )


def chart(text: FieldText, lex: Lexicon) -> Chart:
    """What each token of a field may stand for, by its number. Empty if no word of a date is in it."""
    tokens, words = text.tokens, lex.words
    found: Chart = {}
    numerals: list[int] = []
    telling = False
    for number, token in enumerate(tokens):
        norm = token.norm
        if not norm:
            if token.raw in _MARKS:
                found[number] = [Lexeme(_MARKS[token.raw], token.raw, number + 1)]
            continue
        senses = words.get(norm)
        if senses is not None:
            lexemes = _lexemes(senses, tokens, number)
            if lexemes and token.raw not in lex.refused:
                found[number] = lexemes
                telling = True
        elif not norm.isalpha() and lex.numeral.fullmatch(norm):
            numerals.append(number)
    if numerals:
        telling = True
        _read_numerals(numerals, text, lex, found)
    if not telling:
        return {}
    _join_names(found)
    return found


def _lexemes(senses: _Senses, tokens: tuple[Token, ...], number: int) -> list[Lexeme]:
    upper, after = tokens[number].raw[0].isupper(), number + 1
    found = [Lexeme(e.kind, e.value, after) for e in senses.alone if upper or not e.capital]
    if senses.phrases and after < len(tokens):
        for e in senses.phrases.get(tokens[after].norm, ()):
            end = after + len(e.rest)
            if (upper or not e.capital) and tuple(t.norm for t in tokens[after:end]) == e.rest:
                found.append(Lexeme(e.kind, e.value, end))
    return found


def _runs(numerals: list[int], tokens: tuple[Token, ...]) -> Iterator[list[int]]:
    """Numerals that are written together: 12/3/2026, 10:30, 3-5, 963-11-22."""
    run: list[int] = []
    for number in numerals:
        if run and not (
            number == run[-1] + 2
            and tokens[number].start == tokens[number - 1].end
            and tokens[number - 1].start == tokens[number - 2].end
        ):
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _read_numerals(numerals: list[int], text: FieldText, lex: Lexicon, found: Chart) -> None:
    tokens = text.tokens
    for run in _runs(numerals, tokens):
        marks = {tokens[number + 1].raw for number in run[:-1]}
        if len(run) == 3 and len(marks) == 1 and not marks.isdisjoint("/-.") and not _goes_on(text, run):
            date = _numeric_date([lex.numeral.fullmatch(tokens[n].norm) for n in run], lex)
            if date is not None:
                found[run[0]] = [Lexeme(date[0], date[1], run[-1] + 1)]
                continue
        if len(run) > 2 or not marks.isdisjoint(_INNER) or _goes_on(text, run):
            continue
        for number in run:
            lexemes = list(_numeral(tokens, number, lex))
            if lexemes:
                found[number] = lexemes


def _goes_on(text: FieldText, run: list[int]) -> bool:
    """Is it but a part of something longer: +963, $12, 12%, 3.5?"""
    first, last = text.tokens[run[0]], text.tokens[run[-1]]
    before, after = text.raw[max(first.start - 2, 0) : first.start], text.raw[last.end : last.end + 2]
    joined = before[-1:] in ("-", "/", ".") and not before[:1].isalpha()  # mid-2025 is a year
    return (
        before[-1:] in ("+", "$", "€", "£", "#", "@", "_")
        or joined
        or (after[:1] in ("%", "٪", "$", "€", "_", "@") or (after[:1] in _INNER and after[1:].isdigit()))
    )


def _numeral(tokens: tuple[Token, ...], number: int, lex: Lexicon) -> Iterator[Lexeme]:
    """A numeral's kinds by its value and by the mark after it: 1447 هـ, 2026 م, 6th, 1990s."""
    match = lex.numeral.fullmatch(tokens[number].norm)
    if match is None:
        return
    prefix, digits, suffix = match.groups()
    value, end, says = int(digits), number + 1, lex.suffixes.get(suffix or "", "")
    if not suffix and end < len(tokens) and len(digits) == 4 and tokens[end].norm in lex.suffixes:
        says, end = lex.suffixes[tokens[end].norm], end + 1
    for kind in _kinds(value, len(digits), says):
        yield Lexeme(kind, value, end)
        if kind in ("day", "year") and prefix and prefix.startswith("و"):
            yield Lexeme(f"and_{kind}", value, end)


def _kinds(value: int, digits: int, says: str) -> Iterator[str]:
    """What a number may be. `says`: what the mark after it says."""
    if says == "hijri":
        yield "hijri_year"
    elif says == "decade":
        yield from ("decade",) if digits == 4 and value % 10 == 0 else ()
    elif digits == 4:
        if 1900 <= value <= 2099:
            yield "year"
        if not says and 1300 <= value <= 1500:
            yield "hijri_bare"
    elif says != "gregorian":
        if digits <= 2 and 1 <= value <= 31:
            yield "day"
        if not says:
            yield "number"


def _numeric_date(parts: list[re.Match[str] | None], lex: Lexicon) -> tuple[str, tuple[int, int, int, bool]] | None:
    """12/3/2026, 2026-03-12, 15/9/1447هـ as kind and (year, month, day, uncertain)."""
    if not all(parts):
        return None
    digits = [part[2] for part in parts if part]
    values = [int(d) for d in digits]
    if len(digits[0]) == 4:
        year, month, day = values
        uncertain = False
    elif len(digits[2]) == 4 and max(len(digits[0]), len(digits[1])) <= 2:
        first, second, year = values
        day, month = (first, second) if lex.day_first or first > 12 else (second, first)
        if month > 12 >= day:
            day, month = month, day
        uncertain = lex.numeric_uncertain and max(first, second) <= 12 and first != second
    else:
        return None
    if 1900 <= year <= 2099:
        return "date", (year, month, day, uncertain)
    return ("hijri_date", (year, month, day, uncertain)) if 1300 <= year <= 1500 else None


def _join_names(found: Chart) -> None:
    """Two names of one month are one: آب/أغسطس, «كانون الثاني (يناير)», يوليو تموز. Each also vouches for the other."""
    for number in list(found):
        for one in found[number]:
            if one.kind not in _MONTHS:
                continue
            between = {x.kind for x in found.get(one.end, ())}
            gap = 0 if between & _MONTHS else 1 if between & {"slash", "dash", "open"} else None
            others = found.get(one.end + gap, ()) if gap is not None else ()
            other = next((x for x in others if x.kind in _MONTHS and x.value == one.value), None)
            if other is not None:
                closed = "open" in between and any(x.kind == "close" for x in found.get(other.end, ()))
                found[number] = [Lexeme("month", one.value, other.end + closed)]
                break
