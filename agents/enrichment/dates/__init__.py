"""Dates: which days does an article speak of?

In:  a document, and the time it was published at
Out: mentions of dates as ISO 8601 intervals, with spans of the raw text
Reads: languages/<code>/dates.yaml (words and rules). docs/dates.md explains rules and conventions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from agents.enrichment.dates.intervals import add_months
from agents.enrichment.dates.lexicon import chart, lexicon
from agents.enrichment.dates.readings import READINGS, Context

if TYPE_CHECKING:
    from datetime import datetime

    from agents.enrichment.dates.intervals import Interval
    from agents.enrichment.dates.lexicon import Chart, Lexicon
    from agents.enrichment.dates.rules import Found, Rule
    from agents.enrichment.text import Document, FieldText
    from streams.records import FieldName

Relation = Literal["on", "since", "until", "before", "after"]
_RELATIONS: tuple[Relation, ...] = ("since", "until", "before", "after")
#: Marks with which no date ends.
_LOOSE = frozenset(",،(/-–—.")
#: Readings that depend on whether the words speak of what is to come.
_DATED = frozenset({"calendar_day", "calendar_month", "hijri", "quarter"})
_TENSED = _DATED | {"weekday", "within", "ahead"}
#: What may stand between a date and the word that relates it.
_FILLERS = frozenset({"day_of", "month_of", "article"})
#: How many words around a weekday are looked at for the tense.
_REACH = 12


@dataclass(frozen=True, slots=True)
class DateMention:
    """A stretch of the raw title or body that names a date."""

    field: FieldName
    start: int
    end: int
    text: str
    interval: str
    """ISO 8601: '2026-03-06' for a day, '2026-03-01/2026-03-31' for an interval, its end included."""
    uncertain: bool
    """The words allow another reading, or leave open how far it reaches."""
    relation: Relation = "on"
    """What the word before it says: since March is from its first day on, until Friday up to it."""
    ahead: bool = False
    """It begins after the day of publication."""


def find_dates(document: Document, published_at: datetime) -> tuple[DateMention, ...]:
    """The dates an article speaks of, title first; none in a language without a table of dates."""
    lex = lexicon(document.language)
    if lex is None:
        return ()
    return tuple(m for text in document.fields for m in _in_field(text, published_at, lex))


def _in_field(text: FieldText, published_at: datetime, lex: Lexicon) -> list[DateMention]:
    found = chart(text, lex)
    candidates: list[tuple[Found, Rule]] = []
    for position in found:
        for rule in _rules_at(found, position, lex):
            match = rule.match(found, position)
            if match is not None and "\n" not in text.slice(match.first, match.end - 1)[2]:
                candidates.append((match, rule))
    candidates.sort(key=lambda candidate: (candidate[0].first, -candidate[0].end, candidate[1].order))
    mentions: list[DateMention] = []
    taken = 0
    for match, rule in candidates:
        if match.first < taken:
            continue
        reading = rule.reading
        taken = match.end  # what is no date as a whole is none in part: «قوى 14 آذار», the 35th of Muharram
        match = _trimmed(text, match)  # noqa: PLW2901
        if _guarded(text, match, reading, lex):
            continue
        first, relation = _relation(found, match)
        future = _tense(text, match, lex, after=reading not in _DATED) if reading in _TENSED else None
        context = Context(published_at, False if relation == "since" else future)
        interval = _read(reading, match, context)
        if interval is None:
            continue
        interval = _related(interval, relation, match, context)
        start, end, raw = text.slice(first, match.end - 1)
        ahead = interval.start > context.today
        mentions.append(
            DateMention(text.field, start, end, raw, interval.iso(), interval.uncertain, relation, ahead=ahead)
        )
    return mentions


def _read(reading: str, match: Found, context: Context) -> Interval | None:
    """The interval; None for what is no date, or one that no calendar reaches (900 decades ago)."""
    try:
        return READINGS[reading](match.values, context)
    except (ValueError, OverflowError):
        return None


def _rules_at(found: Chart, position: int, lex: Lexicon) -> set[Rule]:
    """The rules that the next two lexemes may begin."""
    rules: set[Rule] = set()
    for lexeme in found[position]:
        rules.update(lex.rules.get((lexeme.kind, ""), ()))
        for after in found.get(lexeme.end, ()):
            rules.update(lex.rules.get((lexeme.kind, after.kind), ()))
    return rules


def _trimmed(text: FieldText, match: Found) -> Found:
    """A match without the marks that a rule allows between words and that stand at its ends."""
    first, end = match.first, match.end
    while text.tokens[first].raw in _LOOSE:
        first += 1
    while text.tokens[end - 1].raw in _LOOSE:
        end -= 1
    return match._replace(first=first, end=end)


def _guarded(text: FieldText, match: Found, reading: str, lex: Lexicon) -> bool:
    """Do its neighbours say that it is a name or a part of something longer?"""
    tokens = text.tokens
    after = tokens[match.end].norm if match.end < len(tokens) else ""
    if (
        after.isdecimal()
        and len(after) in (3, 4)
        and "year" not in match.values
        and tokens[match.end - 1].end < tokens[match.end].start
    ):
        return "month" in match.values or "hijri_month" in match.values  # 12 March 1850: another year than it seems
    before = tokens[match.first - 1] if match.first else None
    if reading == "calendar_month" and before is not None and before.norm.isdecimal():
        return "\n" not in text.raw[before.end : tokens[match.first].start]  # the 40th of March
    guard = lex.guards.get(reading)
    if guard is None or ("year" in match.values and "month" in match.values):
        return False
    return after in guard.followed_by or (before is not None and not guard.preceded_by.isdisjoint(before.forms))


def _tense(text: FieldText, match: Found, lex: Lexicon, *, after: bool) -> bool | None:
    """Is what happens then to come (True) or told as done (False)? The nearest word before it decides.

    Where none does, those after it count too, but not for a date that heads an entry of a chronicle.
    """
    first, last = next((s for s in text.sentences if s[0] <= match.first < s[1]), (match.first, match.end))
    before = range(match.first - 1, max(first, match.first - _REACH) - 1, -1)
    behind = range(match.end, min(last, match.end + _REACH // 2) if after else match.end)
    for number in (*before, *behind):
        norm = text.tokens[number].norm
        if norm in lex.past:
            return False
        if norm in lex.future or (lex.future_verb is not None and lex.future_verb.fullmatch(norm)):
            return True
    return None


def _relation(found: Chart, match: Found) -> tuple[int, Relation]:
    """Where the date begins with the word that relates it to what is told, and how: since March, حتى يوم الجمعة."""
    position = match.first
    for _ in range(2):
        before = [x.kind for x in found.get(position - 1, ()) if x.end == position]
        for relation in _RELATIONS:
            if relation in before:
                return position - 1, relation
        if _FILLERS.isdisjoint(before):
            break
        position -= 1
    return match.first, "on"


def _related(interval: Interval, relation: Relation, match: Found, context: Context) -> Interval:
    """Since a date: from it up to the day of publication. Until a date: from that day up to it."""
    today = context.today
    if relation == "since":
        if interval.start > today and "month" in match.values and "year" not in match.values:
            interval = replace(interval, start=add_months(interval.start, -12))
        if interval.start <= today:
            return replace(interval, end=today)
    elif relation == "until" and interval.end >= today:
        return replace(interval, start=today)
    return interval
