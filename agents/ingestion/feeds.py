"""RSS and Atom, from bytes: what a newsreader would show of each item, as text."""

from __future__ import annotations

import calendar
import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import feedparser

from agents.ingestion.dates import parse_date
from agents.ingestion.draft import Draft, Origin
from agents.ingestion.markup import text_of_html
from streams.errors import ArticleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_].*)?")
_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
#: Of an item; the first that is there counts.
_DATES = ("published", "updated", "created")


def read(lines: Iterable[bytes], origin: Origin) -> Iterator[Draft | ArticleError]:
    """A draft for every item. Its guid is never its id: publishers use them again for other articles."""
    raw = b"".join(lines)
    # Markup becomes text here, so that nothing is left to sanitise; a stream, because feedparser fetches what looks like an address.
    try:
        parsed = feedparser.parse(io.BytesIO(raw), sanitize_html=False)
    except Exception as error:  # noqa: BLE001 - its looser parser trips over some input in many ways
        yield _no_feed(f"{type(error).__name__}: {error}", raw, origin)
        return
    if not parsed.entries and not parsed.get("version"):
        yield _no_feed(parsed.get("bozo_exception", "no RSS or Atom element in it"), raw, origin)
        return
    for number, entry in enumerate(parsed.entries, start=1):
        yield _draft(entry, parsed.feed, origin, f"{origin.name}, item {number}")
    if not _END.search(raw):
        yield ArticleError(
            "the feed breaks off: it has no end tag", value=raw[-80:], remedy="fetch it again; its last item may be cut"
        ).at(origin.name)


def _no_feed(fault: object, raw: bytes, origin: Origin) -> ArticleError:
    return ArticleError(f"not a feed: {fault}", value=raw[:80], remedy="name another --format").at(origin.name)


def _draft(entry: Any, feed: Any, origin: Origin, where: str) -> Draft | ArticleError:
    written = next((text for name in _DATES if (text := dict.get(entry, name))), None)
    published = origin.dated if written is None else parse_date(written) or _parsed_by_feedparser(entry)
    if published is None:
        return ArticleError(
            f"unreadable date {written!r}", field="pubDate", value=written, remedy="RFC 822 or ISO 8601 is expected"
        ).at(where)
    link = entry.get("link", "")
    return Draft.of(
        {
            "url": link if link.lower().startswith(("http://", "https://")) else None,
            "title": re.sub(r"\s+", " ", _text(entry.get("title_detail"))).strip(),
            "body": _body(entry),
            "published_at": published.isoformat(),
            "language": _language(entry.get("language") or feed.get("language")),
            "source": (entry.get("source", {}).get("title") or feed.get("title") or "").strip()[:300] or None,
        },
        where,
    )


def _text(detail: Any) -> str:
    if not detail:
        return ""
    value = str(detail.get("value", ""))
    return text_of_html(value) if detail.get("type", "").endswith(("html", "xhtml+xml")) else value


def _body(entry: Any) -> str:
    """The longest of content and summary: some feeds put a teaser into one and the article into the other."""
    return max((_text(detail).strip() for detail in (*entry.get("content", ()), entry.get("summary_detail"))), key=len)


def _language(code: Any) -> str | None:
    return code if isinstance(code, str) and _LANGUAGE.fullmatch(code) else None


def _parsed_by_feedparser(entry: Any) -> datetime | None:
    """It knows dates in Korean, Greek and Hungarian, too."""
    fields = next((value for name in _DATES if (value := dict.get(entry, f"{name}_parsed"))), None)
    return datetime.fromtimestamp(calendar.timegm(fields), UTC) if fields else None
