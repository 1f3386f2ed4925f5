"""ninjs, the IPTC's news in JSON (https://iptc.org/std/ninjs/): version 3 with its lists, 1 and 2 with their suffixes."""

from __future__ import annotations

from typing import Any

from agents.ingestion.markup import text_of_html
from streams.records import content_id

_DATES = ("versioncreated", "contentcreated", "firstcreated")


def is_ninjs(item: Any) -> bool:
    """Is this a ninjs item? It must have a uri, and names its text otherwise than an article of ours does."""
    return isinstance(item, dict) and isinstance(item.get("uri"), str) and not {"title", "published_at"} & item.keys()


def fields(item: dict[str, Any]) -> dict[str, Any]:
    """The fields of an article that a ninjs item gives."""
    uri = item["uri"]
    web = uri.lower().startswith(("http://", "https://"))
    return {
        # The uri names the item through all its versions; where it is no address, the id is made from it.
        "id": None if web else content_id("ninjs", uri),
        "url": uri if web else None,
        "title": _text(item, "headline", "headlines"),
        "body": _text(item, "body", "bodies") or _text(item, "description", "descriptions"),
        "published_at": next((item[name] for name in _DATES if item.get(name)), None),
        "language": item.get("language"),
        "source": _source(item),
    }


def _text(item: dict[str, Any], name: str, plural: str) -> str:
    for value, markup in (*_listed(item.get(plural)), *_suffixed(item, name)):
        text = text_of_html(value) if markup else value.strip()
        if text:
            return text
    return ""


def _listed(entries: Any) -> list[tuple[str, bool]]:
    """Version 3: [{"role": "main", "contenttype": "text/plain", "value": "..."}]; the main one first, plain before marked up."""
    found = [entry for entry in _objects(entries) if isinstance(entry.get("value"), str)]
    found.sort(key=lambda entry: (entry.get("role", "main") != "main", _is_markup(entry.get("contenttype"))))
    return [(entry["value"], _is_markup(entry.get("contenttype"))) for entry in found]


def _objects(entries: Any) -> list[dict[str, Any]]:
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _is_markup(content_type: Any) -> bool:
    return isinstance(content_type, str) and any(kind in content_type for kind in ("html", "xml"))


def _suffixed(item: dict[str, Any], name: str) -> list[tuple[str, bool]]:
    """Versions 1 and 2: headline, body_text, body_xhtml, body_html, description_text ..."""
    names = ((name, False), (f"{name}_text", False), (f"{name}_xhtml", True), (f"{name}_html", True))
    return [(item[key], markup) for key, markup in names if isinstance(item.get(key), str)]


def _source(item: dict[str, Any]) -> str | None:
    for entry in _objects(item.get("infosources")):
        if isinstance(entry.get("name"), str):
            return str(entry["name"])
    source = item.get("source") or item.get("copyrightholder")
    return source if isinstance(source, str) else None
