"""Alerts for the tests and the benchmark of the gateway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from streams.records import Alert, Development, Label

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
_TITLES = (
    ("ar", "روسيا وتركيا توقعان الاتفاق على خفض التصعيد في إدلب رقم {n}"),
    ("en", "Ministers sign ceasefire number {n} in Aleppo after long talks"),
)
_PLACES = {
    "ar": {"id": "Q173545", "type": "place", "label": {"ar": "إدلب", "en": "Idlib"}, "parents": ["Q858"]},
    "en": {"id": "Q41183", "type": "place", "label": {"ar": "حلب", "en": "Aleppo"}, "parents": ["Q858"]},
}


def alert_of(n: int, **changes: Any) -> Alert:
    """The nth alert: its watchlist, kind, priority and language turn in different rhythms."""
    language, title = _TITLES[n % 2]
    title = title.format(n=n)
    at = BEGAN + timedelta(minutes=n)
    return Alert.model_validate(
        {
            "id": f"alert-{n}",
            "kind": ("new", "update", "denial")[n % 3],
            "watchlist": ("truces", "talks", "border")[n % 7 % 3],
            "title": {"ar": "هدن", "en": "Truces"},
            "priority": ("high", "normal", "low")[n % 5 % 3],
            "development": {
                "id": f"development-{n // 4}",
                "change": "new",
                "what": "stage: signed",
                "first_seen": at.isoformat(),
                "history": [{"stage": "signed", "at": at.isoformat(), "article": f"article-{n}"}],
            },
            "article": {
                "id": f"article-{n}",
                "url": f"https://news.example/{n}",
                "title": title,
                "source": "news.example",
                "published_at": at.isoformat(),
                "language": language,
            },
            "reasons": [{"clause": "event:agreement", "field": "title", "start": 0, "end": 5, "text": title[:5]}],
            "entities": [_PLACES[language] | {"mentions": []}],
            "sources": ["news.example"],
            "timings": {"arrived": at.isoformat(), "alerted": at.isoformat()},
            **changes,
        }
    )


def development_of(n: int, **changes: Any) -> Development:
    """The nth development."""
    at = BEGAN + timedelta(hours=n)
    return Development(
        **{
            "id": f"development-{n}",
            "kind": ("ceasefire", "de-escalation")[n % 2],
            "country": "Q858",
            "stage": ("signed", "negotiating", "collapsed")[n % 3],
            "label": Label(ar="هدنة", en="Truce"),
            "first_seen": at,
            "last_seen": at,
            "articles": n + 1,
            **changes,
        }
    )
