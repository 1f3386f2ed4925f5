"""Readings: what the values that a rule has found mean, as an interval of days, seen from the day of publication.

Each is a pure function of the values (by the names in the rule) and the context. None: no such date. docs/dates.md lists
the conventions: nearest year, strict «last» and «next», thirds of a month.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from agents.enrichment.dates import intervals
from agents.enrichment.dates.hijri import hijri_day, hijri_month, hijri_year, hijri_year_of
from agents.enrichment.dates.intervals import Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agents.enrichment.dates.intervals import Direction

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """From where a date is seen. `future`: the words around it speak of what is to come; None: they do not say."""

    published: datetime
    future: bool | None = None

    @property
    def today(self) -> date:
        """The day of publication, in UTC."""
        return self.published.astimezone(UTC).date()


def _part(found: Interval | None, values: Values) -> Interval | None:
    return found.part(values["part"]) if found is not None and "part" in values else found


def _date(year: int, month: int, number: int) -> Interval | None:
    try:
        return intervals.day(date(year, month, number))
    except ValueError:
        return None


def _shift(which: str | None) -> int:
    """Units from now: last is -1."""
    return {"before_last": -2, "past": -1, "next": 1}.get(which or "", 0)


def _years_near(values: Values, today: date) -> list[int]:
    """The year that is told (2026, of last year), else those that may be meant; eight years hold every 29 February."""
    if "year" in values:
        return [values["year"]]
    if "year_which" in values:
        return [today.year + _shift(values["year_which"])] if values["unit"] == "year" else []
    return list(range(today.year - 4, today.year + 5))


def calendar_day(values: Values, context: Context) -> Interval | None:
    """12 آذار 2026; without a year the nearest one, on the weekday that is told if one is."""
    days = [d for y in _years_near(values, context.today) if (d := _date(y, values["month"], values["day"]))]
    told = values.get("weekday")
    fitting = [d for d in days if told is None or d.start.weekday() == told]
    which = values.get("which")
    near = [d for d in fitting if _close(d, context.today)]
    found = intervals.choose(near or days, context.today, which, future=context.future is True)
    if found is None:
        return None
    return replace(found, uncertain=told is not None and found.start.weekday() != told)


def _close(interval: Interval, today: date) -> bool:
    """A weekday may move a date by a year, not by four."""
    return abs((interval.start - today).days) < 550


def day_of_month(values: Values, context: Context) -> Interval | None:
    """الثالث من الشهر الجاري."""
    if values["unit"] != "month":
        return None
    first = intervals.add_months(context.today.replace(day=1), _shift(values["which"]))
    return _date(first.year, first.month, values["day"])


def calendar_days(values: Values, context: Context) -> Interval | None:
    """3-5 نيسان: from a day to a later one of the same month."""
    if values["first"] >= values["last"]:
        return None
    first = calendar_day({**values, "day": values["first"]}, context)
    last = first and _date(first.start.year, values["month"], values["last"])
    return Interval(first.start, last.end) if first and last else None


def days_across(values: Values, context: Context) -> Interval | None:
    """From 28 آذار to 3 نيسان: the second names the year, or is the first after the first."""
    last = calendar_day({**values, "day": values["last"], "month": values["last_month"]}, context)
    if last is None:
        return None
    first = _date(last.start.year, values["month"], values["first"])
    if first is not None and first.start > last.start:
        first = _date(last.start.year - 1, values["month"], values["first"])
    return Interval(first.start, last.end) if first else None


def calendar_month(values: Values, context: Context) -> Interval | None:
    """آذار 2026, آب الماضي; without a year the nearest one."""
    today = context.today
    months = [intervals.month(y, values["month"]) for y in _years_near(values, today)]
    return _part(intervals.choose(months, today, values.get("which"), future=context.future is True), values)


def calendar_months(values: Values, context: Context) -> Interval | None:
    """من آذار إلى أيار 2026."""
    last = calendar_month({**values, "month": values["last"]}, context)
    if last is None:
        return None
    first = intervals.month(last.start.year - (values["first"] > values["last"]), values["first"])
    return Interval(first.start, last.end)


def calendar_year(values: Values, context: Context) -> Interval | None:  # noqa: ARG001 (one contract for all)
    """العام 2011."""
    return _part(intervals.years(values["year"], values["year"]), values)


def bare_year(values: Values, context: Context) -> Interval | None:
    """«في 2011», without the word year: a round number is more often a number."""
    return None if values["year"] % 100 == 0 else calendar_year(values, context)


def calendar_years(values: Values, context: Context) -> Interval | None:  # noqa: ARG001
    """2011-2017, بين عامي 2003 و2005."""
    first, last = values["first"], values["last"]
    return intervals.years(first, last) if first < last else None


def decade(values: Values, context: Context) -> Interval | None:  # noqa: ARG001
    """The 1990s, ثمانينيات القرن الماضي."""
    return _part(intervals.years(values["decade"], values["decade"] + 9), values)


def quarter(values: Values, context: Context) -> Interval | None:
    """Q3, الربع الثالث من 2025, النصف الأول من العام الجاري; uncertain if no year is told."""
    length, number, today = values.get("span", 3), values["ordinal"], context.today
    if number * length > 12:
        return None
    told = "year" in values or "which" in values or "demonstrative" in values
    years = [values.get("year", today.year + _shift(values.get("which")))] if told else [today.year - 1, today.year]
    found = [
        Interval(intervals.month(y, (number - 1) * length + 1).start, intervals.month(y, number * length).end, not told)
        for y in years
    ]
    return intervals.choose(found, today, None, future=context.future is True)


def hijri(values: Values, context: Context) -> Interval | None:
    """15 رمضان 1447هـ; a month, or a year; without a year the nearest one."""
    year, month, number = values.get("hijri_year"), values.get("hijri_month"), values.get("day")
    if month is None:
        return hijri_year(year) if year else None
    now = hijri_year_of(context.today)
    candidates = [year] if year else [now - 1, now, now + 1] if now else []
    found = [hijri_month(y, month) if number is None else hijri_day(y, month, number) for y in candidates]
    known = [f for f in found if f]
    return _part(intervals.choose(known, context.today, values.get("which"), future=context.future is True), values)


def numeric(values: Values, context: Context) -> Interval | None:  # noqa: ARG001
    """12/3/2026."""
    year, month, number, uncertain = values["date"]
    found = _date(year, month, number)
    return found and replace(found, uncertain=uncertain)


def numeric_hijri(values: Values, context: Context) -> Interval | None:  # noqa: ARG001
    """15/9/1447."""
    year, month, number, _ = values["hijri_date"]
    return hijri_day(year, month, number) if 1 <= month <= 12 else None


def day_word(values: Values, context: Context) -> Interval | None:
    """أمس, اليوم, بعد غد. A weekday told with it wins: it is one day off where midnight lies between writing and stamp."""
    when = context.today + timedelta(values["offset"])
    ahead = (values.get("weekday", when.weekday()) - when.weekday()) % 7
    off = ahead if ahead <= 3 else ahead - 7
    return intervals.day(when + timedelta(off), uncertain=abs(off) > 1)


def weekday(values: Values, context: Context) -> Interval | None:
    """Friday: told on a Friday it is that day; else the last one, or the coming one where the words speak of it."""
    which: Direction | None = values.get("which") or ("this" if context.future else None)
    return intervals.day(intervals.weekday(context.today, values["weekday"], which))


def unit(values: Values, context: Context) -> Interval | None:
    """الأسبوع الماضي, this month, نهاية العام: the calendar unit, or a part of it."""
    shift = _shift(values.get("which"))
    grain = values["unit"]
    if grain == "hour":
        return None
    first = context.today.replace(day=1) if grain == "month" else context.today
    return _part(intervals.around(intervals.add(first, grain, shift), grain), values)


def weekend(values: Values, context: Context) -> Interval | None:
    """Saturday and Sunday."""
    shift = _shift(values.get("which"))
    monday = context.today - timedelta(context.today.weekday()) + timedelta(7 * shift)
    return Interval(monday + timedelta(5), monday + timedelta(6))


def _count(values: Values) -> tuple[str, int | None]:
    """Unit and number: يومين has both, أيام has a vague number."""
    if "dual" in values:
        return values["dual"], 2
    grain: str = values.get("unit") or values["units"]
    told = [values[name] for name in ("number", "number_tens") if name in values]
    return grain, sum(told) if told else 1 if "unit" in values and "few" not in values else None


def _away(values: Values, context: Context, sign: int) -> Interval:
    """So many units away; uncertain if they are but about so many."""
    found = _exactly_away(values, context, sign)
    return replace(found, uncertain=found.uncertain or "about" in values)


def _exactly_away(values: Values, context: Context, sign: int) -> Interval:
    grain, count = _count(values)
    if count is None:
        return intervals.stretch(context.today, grain, None, "past" if sign < 0 else "next")
    if grain == "hour":
        return intervals.day((context.published.astimezone(UTC) + timedelta(hours=sign * count)).date())
    when = intervals.add(context.today, grain, sign * count)
    return intervals.day(when) if grain in ("day", "week") else intervals.around(when, grain)


def ago(values: Values, context: Context) -> Interval | None:
    """قبل ثلاثة أيام: that day; of months and years the whole month or year."""
    return _away(values, context, -1)


def ahead(values: Values, context: Context) -> Interval | None:
    """بعد أسبوع, in three days; uncertain unless the words speak of what is to come: it may be after something else."""
    found = _away(values, context, 1)
    return replace(found, uncertain=found.uncertain or not context.future)


def stretch(values: Values, context: Context) -> Interval | None:
    """الأيام الثلاثة الماضية, in the coming weeks: up to the day of publication, or from it on."""
    grain, count = _count(values)
    which = values["which"]
    return None if which == "this" else intervals.stretch(context.today, grain, count, which)


def within(values: Values, context: Context) -> Interval | None:
    """خلال 48 ساعة: what is to come, unless the words speak of what was; uncertain where they tell neither."""
    grain, count = _count(values)
    found = intervals.stretch(context.today, grain, count, "past" if context.future is False else "next")
    return replace(found, uncertain=found.uncertain or context.future is None)


#: Readings by the names that dates.yaml calls them.
READINGS: Mapping[str, Callable[[Values, Context], Interval | None]] = {
    function.__name__: function
    for function in (
        calendar_day, day_of_month, calendar_days, days_across, calendar_month, calendar_months, calendar_year, bare_year,
        calendar_years, decade, quarter, hijri, numeric, numeric_hijri, day_word, weekday, unit, weekend, ago, ahead,
        stretch, within,
    )
}  # fmt: skip
