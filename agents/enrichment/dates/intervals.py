"""Arithmetic of calendar intervals. Months and years are calendar ones, weeks run from Monday to Sunday (ISO 8601)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

Grain = Literal["hour", "day", "week", "month", "year", "decade", "century"]
Direction = Literal["past", "this", "next"]

#: Years in the units that are counted in years.
_YEARS = {"year": 1, "decade": 10, "century": 100}
#: How far a number that is not told reaches («in the coming weeks»), in units.
_VAGUE = {"hour": 24, "day": 7, "week": 4, "month": 6, "year": 5, "decade": 3}


@dataclass(frozen=True, slots=True)
class Interval:
    """First and last day, both included. `uncertain`: the words allow another reading."""

    start: date
    end: date
    uncertain: bool = False

    def iso(self) -> str:
        """ISO 8601: '2026-03-06', or '2026-03-01/2026-03-31' with the end included."""
        return f"{self.start}" if self.start == self.end else f"{self.start}/{self.end}"

    def part(self, part: str) -> Interval:
        """Its beginning, middle or end: thirds, of a month the days 1-10, 11-20 and 21 to its end."""
        days = (self.end - self.start).days + 1
        if days > 2 * 366:
            years = self.end.year - self.start.year + 1
            cuts = [date(self.start.year + n, 1, 1) for n in (0, round(years / 3), round(2 * years / 3))]
        elif days > 300:
            cuts = [date(self.start.year, month, 1) for month in (1, 5, 9)]
        else:
            third = 10 if 28 <= days <= 31 else days // 3
            cuts = [self.start + timedelta(n) for n in (0, third, 2 * third)]
        last = [cuts[1] - timedelta(1), cuts[2] - timedelta(1), self.end]
        number = ("start", "middle", "end").index(part)
        return replace(self, start=cuts[number], end=last[number])


def day(when: date, *, uncertain: bool = False) -> Interval:
    """One day."""
    return Interval(when, when, uncertain)


def month(year: int, number: int) -> Interval:
    """A calendar month."""
    return Interval(date(year, number, 1), date(year, number, monthrange(year, number)[1]))


def years(first: int, last: int) -> Interval:
    """Whole years, both included."""
    return Interval(date(first, 1, 1), date(last, 12, 31))


def add_months(when: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    year, number = divmod(when.year * 12 + when.month - 1 + months, 12)
    return date(year, number + 1, min(when.day, monthrange(year, number + 1)[1]))


def add(when: date, grain: str, count: int) -> date:
    """The day `count` units later; earlier, if it is below 0."""
    if grain in _YEARS:
        return add_months(when, 12 * _YEARS[grain] * count)
    if grain == "month":
        return add_months(when, count)
    return when + timedelta(count * (7 if grain == "week" else 1))


def around(when: date, grain: str) -> Interval:
    """The calendar unit a day lies in."""
    if grain == "week":
        monday = when - timedelta(when.weekday())
        return Interval(monday, monday + timedelta(6))
    if grain == "month":
        return month(when.year, when.month)
    if grain in _YEARS:
        first = when.year - when.year % _YEARS[grain]
        return years(first, first + _YEARS[grain] - 1)
    return day(when)


def stretch(when: date, grain: str, count: int | None, direction: Direction) -> Interval:
    """The last or next so many units up to, or from, a day. No count: a vague one, so the answer is uncertain."""
    number = _VAGUE[grain] if count is None else count
    if grain == "hour":
        grain, number = "day", -(-number // 24)
    if direction == "past":
        return Interval(add(when, grain, -number), when, count is None)
    return Interval(when, add(when, grain, number), count is None)


def weekday(when: date, number: int, direction: Direction | None) -> date:
    """The weekday (Monday is 0): `past` and `next` strictly before and after a day, `this` on or after, None on or before."""
    ahead = (number - when.weekday()) % 7
    if direction == "next":
        return when + timedelta(ahead or 7)
    if direction == "this":
        return when + timedelta(ahead)
    back = (when.weekday() - number) % 7
    return when - timedelta((back or 7) if direction == "past" else back)


def choose(
    candidates: list[Interval], when: date, direction: Direction | None, *, future: bool = False
) -> Interval | None:
    """Of the same date in several years: the last before, the first after, or the nearest to a day.

    News tells more of what was: what lies ahead counts as twice as far. Where the words speak of the future, what lies
    behind counts as ten times as far, so that only a day or two ago remains possible.
    """
    if direction == "past":
        return max((c for c in candidates if c.end < when), key=lambda c: c.start, default=None)
    if direction == "next":
        return min((c for c in candidates if c.start > when), key=lambda c: c.start, default=None)

    def away(interval: Interval) -> tuple[int, date]:
        ahead, back = (interval.start - when).days, (when - interval.end).days
        return max(ahead, 10 * back, 0) if future else max(2 * ahead, back, 0), interval.start

    return min(candidates, key=away, default=None)
