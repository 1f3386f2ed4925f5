"""Each watchlist's alerts as feeds: Atom (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from feedgen.feed import FeedGenerator

from streams.gateway.context import PROBLEMS, Gateway, Parts, Reader, tagged
from streams.gateway.filters import AlertFilter, facets
from streams.gateway.problems import NotFoundError
from streams.records import Alert, Label, Watchlist, content_id
from streams.render import visible

router = APIRouter(prefix="/v1/watchlists/{watchlist_id}", tags=["feeds"], responses=PROBLEMS)

#: Alerts in a feed.
_ENTRIES = 50

WatchlistId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
Language = Annotated[Literal["ar", "en"], Query(description="Of titles where there are several")]


@router.get("/feed.atom", response_class=Response, responses={200: {"content": {"application/atom+xml": {}}}})
def atom(request: Request, gateway: Gateway, _: Reader, watchlist_id: WatchlistId, lang: Language = "en") -> Response:
    """The newest alerts as Atom."""
    watchlist, alerts = _newest(gateway, watchlist_id)
    feed = FeedGenerator()
    feed.id(f"urn:marsad:watchlist:{watchlist.id}")
    feed.title(_name(watchlist.title, lang) or watchlist.id)
    feed.link(href=str(request.url), rel="self")
    feed.author(name="Marsad")
    feed.language(lang)
    feed.updated(max((_at(alert) for alert in alerts), default=datetime(1970, 1, 1, tzinfo=UTC)))
    for alert in alerts:
        entry = feed.add_entry(order="append")
        entry.id(f"urn:marsad:alert:{alert.id}")
        entry.title(_line(alert.article.title) or alert.id)
        entry.updated(_at(alert))
        entry.published(alert.article.published_at)
        entry.content(_summary(alert) or alert.id, type="text")
        entry.category(term=alert.kind)
        if url := _web_address(alert.article.url):
            entry.link(href=url, rel="alternate")
        if alert.article.source:
            entry.author(name=_line(alert.article.source))
    content: bytes = feed.atom_str()
    tag = content_id(lang, *(alert.id for alert in alerts), watchlist.model_dump_json())
    return tagged(request, content, tag, "application/atom+xml")


@router.get("/feed.json", response_class=Response, responses={200: {"content": {"application/feed+json": {}}}})
def json_feed(
    request: Request, gateway: Gateway, _: Reader, watchlist_id: WatchlistId, lang: Language = "en"
) -> Response:
    """The newest alerts as JSON Feed (https://www.jsonfeed.org/version/1.1/)."""
    watchlist, alerts = _newest(gateway, watchlist_id)
    content = orjson.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": _name(watchlist.title, lang) or watchlist.id,
            "feed_url": str(request.url),
            "language": lang,
            "items": [_item(alert) for alert in alerts],
        }
    )
    return tagged(request, content, content_id(content.decode()), "application/feed+json")


def _item(alert: Alert) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": alert.id,
        "title": _line(alert.article.title),
        "content_text": _summary(alert),
        "date_published": _at(alert).isoformat(),
        "language": alert.article.language,
        "tags": [alert.kind, alert.priority],
    }
    if url := _web_address(alert.article.url):
        item["external_url"] = url
    if alert.article.source:
        item["authors"] = [{"name": _line(alert.article.source)}]
    return item


def _newest(gateway: Parts, watchlist_id: str) -> tuple[Watchlist, list[Alert]]:
    stored = gateway.store.watchlist(watchlist_id)
    found = gateway.store.alerts(AlertFilter(watchlists=(watchlist_id,)), limit=_ENTRIES)
    if stored is None and not found:
        raise NotFoundError(f"no watchlist {watchlist_id!r}", remedy="/v1/watchlists lists those in force")
    alerts = [Alert.model_validate_json(alert.body) for alert in found]
    # One that was removed keeps its feed, under the name of its last alert.
    watchlist = stored.watchlist if stored else Watchlist(id=watchlist_id, title=alerts[0].title, query="removed")
    return watchlist, alerts


def _summary(alert: Alert) -> str:
    evidence = " · ".join(f"«{_line(text)}»" for text in dict.fromkeys(reason.text for reason in alert.reasons) if text)
    return "\n".join(filter(None, (_line(alert.development.what), evidence)))


def _at(alert: Alert) -> datetime:
    return datetime.fromtimestamp(facets(alert).at / 1000, UTC)


def _name(label: Label, lang: str) -> str:
    names = (label.ar, label.en) if lang == "ar" else (label.en, label.ar)
    return _line(next(filter(None, names), ""))


def _line(text: str) -> str:
    """As XML takes it: no control characters, no lone surrogates, no non-characters, no bidi overrides."""
    return "".join(c for c in visible(text) if not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")


def _web_address(url: str | None) -> str | None:
    """The address, if it is one of the web: a feed reader must not be led to `javascript:`."""
    try:
        is_web = url is not None and urlsplit(url).scheme in {"http", "https"}
    except ValueError:
        return None
    return _line(url) if is_web and url is not None else None
