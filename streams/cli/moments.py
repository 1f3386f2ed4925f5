"""Times as people type them: a date, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from agents.ingestion.dates import parse_date
from streams.errors import InputError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def since_of(text: str | None) -> datetime | None:
    """The moment meant by '2026-03-02T09:00', '30m', '12h' or '7d'.

    Raises:
        InputError: it is neither a date nor a duration.
    """
    if text is None:
        return None
    if ago := re.fullmatch(r"(\d{1,6})([smhdw])", text.strip()):
        return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    if (moment := parse_date(text)) is None:
        raise InputError(
            f"--since: {text!r} is no time",
            field="--since",
            value=text,
            remedy="write 2026-03-02T09:00Z, or 12h for the last twelve hours",
        )
    return moment
