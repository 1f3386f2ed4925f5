"""Dates as feeds write them: RFC 822 with any zone name, ISO 8601, with or without a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

#: Hours east of UTC of zone names in use that RFC 822 does not define (it has UT, GMT and the American ones).
#: A name with several meanings stands for the zone whose press writes it: IST India, BST Britain, AST Arabia.
ZONES: dict[str, float] = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "IST": 5.5, "CET": 1, "CEST": 2, "MEZ": 1,
    "MESZ": 2, "EET": 2, "EEST": 3, "SAST": 2, "CAT": 2, "EAT": 3, "WAT": 1, "MSK": 3, "TRT": 3, "AST": 3, "GST": 4,
    "IDT": 3, "IRST": 3.5, "IRDT": 4.5, "AFT": 4.5, "PKT": 5, "NPT": 5.75, "ICT": 7, "WIB": 7, "HKT": 8, "SGT": 8,
    "PHT": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4,
    "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3,
    "ART": -3,
}  # fmt: skip

_ZONE_NAME = re.compile(r"\s*\(?([A-Za-z]{1,5})\)?\s*$")
_OFFSET = re.compile(r"(\d)\s+([+-]\d\d):?(\d\d)(?:\s+\([A-Za-z ]+\))?\s*$")


def parse_date(text: str) -> datetime | None:
    """The moment in UTC, or None where the text is no date. Without a zone, or with an unknown one, it is read as UTC."""
    text = _OFFSET.sub(r"\1 \2\3", text.strip())
    zone = None
    named = _ZONE_NAME.search(text)
    # "Mar" ends no date, "Z" may stand right behind the seconds: only what follows a digit is a zone.
    if named and text[: named.start()][-1:].isdigit():
        zone = timezone(timedelta(hours=ZONES.get(named[1].upper(), 0)))
        text = text[: named.start()]
    moment = _iso(text) or _rfc822(text)
    if moment is None:
        return None
    try:
        # Where a zone was named, the rest has none, though parsedate_tz says UTC.
        return moment.replace(tzinfo=zone or moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:  # within a day of year 1 or 9999
        return None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc822(text: str) -> datetime | None:
    parsed = parsedate_tz(text)
    if parsed is None:
        return None
    year, month, day, hour, minute, second, _weekday, _yearday, _dst, offset = parsed
    try:
        zone = None if offset is None else timezone(timedelta(seconds=offset))
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
