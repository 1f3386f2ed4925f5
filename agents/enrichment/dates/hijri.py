"""Hijri dates to Gregorian ones, by the Umm al-Qura calendar (1343 to 1500 AH), which hijridate holds as a table."""

from __future__ import annotations

from datetime import date, timedelta

from hijridate import Gregorian, Hijri

from agents.enrichment.dates.intervals import Interval, day


def hijri_month(year: int, month: int) -> Interval | None:
    """A Hijri month in Gregorian days; None outside the table."""
    try:
        first = Hijri(year, month, 1)
        start: date = first.to_gregorian()
        return Interval(date(start.year, start.month, start.day), start + timedelta(first.month_length() - 1))
    except (ValueError, OverflowError):
        return None


def hijri_day(year: int, month: int, number: int) -> Interval | None:
    """A Hijri day. The thirtieth of a month of 29 days is that month's last day or the day after, uncertain.

    Where the crescent was seen a day later than computed, such a date is a true one.
    """
    whole = hijri_month(year, month)
    if whole is None or not 1 <= number <= 30:
        return None
    when = whole.start + timedelta(number - 1)
    return day(when) if when <= whole.end else Interval(whole.end, when, uncertain=True)


def hijri_year(year: int) -> Interval | None:
    """A Hijri year; None outside the table."""
    first, last = hijri_month(year, 1), hijri_month(year, 12)
    return Interval(first.start, last.end) if first and last else None


def hijri_year_of(when: date) -> int | None:
    """The Hijri year of a Gregorian day; None outside the table."""
    try:
        return int(Gregorian(when.year, when.month, when.day).to_hijri().year)
    except (ValueError, OverflowError):
        return None
