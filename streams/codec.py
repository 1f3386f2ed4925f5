"""Bytes <-> records: JSON values, the version of their schema, CloudEvents headers of alerts, dead letters.

What comes from outside enters through `accept_article`, on the stream and on the command line alike; what our own stages
wrote is read by `decode`. Both raise InputErrors that name field, value and remedy.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from pydantic import ValidationError

from streams.errors import ArticleError, InputError
from streams.records import Alert, Article, Record, Rejected, canonical_url
from streams.topics import MAX_ARTICLE_BYTES, MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

R = TypeVar("R", bound=Record)
Headers = list[tuple[str, bytes]]

#: Raised when a record changes so that an older Marsad would misread it. New optional fields do not count.
SCHEMA_VERSION = 1

#: How much of a wrong value an error message quotes, in characters.
QUOTED = 80

#: Publication dates are believed from here on ...
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
#: ... until this long after arrival: clocks and time zones of sources are off, by less than this.
AHEAD = timedelta(days=2)

#: Room for key, headers and framing beside a value, in bytes.
OVERHEAD = 65_536

_SCHEMA = "marsad-schema"
_REJECTED = "marsad-rejected-"


# --- any record -----------------------------------------------------------------------------------------------------


def encode(record: Record) -> bytes:
    """A record as UTF-8 JSON."""
    return record.model_dump_json().encode()


def schema_headers(record: Record) -> Headers:
    """What a message says about its value: media type, and which record in which version."""
    return [
        ("content-type", b"application/json"),
        (_SCHEMA, f"{type(record).__name__}/{SCHEMA_VERSION}".encode()),
    ]


def decode(model: type[R], raw: bytes, headers: Iterable[tuple[str, bytes]] = ()) -> R:
    """Read a record that a stage wrote.

    Raises:
        InputError: the bytes are no such record, or one of a newer schema; names field, value and remedy.
    """
    written = dict(headers).get(_SCHEMA, b"").decode("ascii", "replace").rpartition("/")[2]
    if written.isdigit() and int(written) > SCHEMA_VERSION:
        raise InputError(
            f"{model.__name__} of schema {written}; this Marsad reads up to {SCHEMA_VERSION}",
            field=_SCHEMA,
            value=written,
            remedy="update the workers that read before those that write",
        )
    try:
        return model.model_validate_json(raw)
    except (ValidationError, OverflowError) as error:
        raise _wrong(InputError, model, error, quoted(raw)) from None


# --- articles -------------------------------------------------------------------------------------------------------


def accept_article(raw: bytes, arrived: datetime) -> Article:
    """The door: an article as its source sent it, or the reason why it cannot be taken.

    Raises:
        ArticleError: names field, value and remedy.
    """
    if len(raw) > MAX_ARTICLE_BYTES:
        raise ArticleError(
            f"the article has {len(raw):,} bytes, more than {MAX_ARTICLE_BYTES:,}",
            field="body",
            value=len(raw),
            remedy="shorten its body",
        )
    fields = _fields(raw)
    for name, value in fields.items():
        if isinstance(value, str) and "\0" in value:
            raise ArticleError(
                f"{name}: a NUL character at position {value.index(chr(0))} in {quoted(value)}",
                field=name,
                value=quoted(value),
                remedy="remove it; it is no text",
            )
    url = fields.get("url")
    try:
        if isinstance(url, str):
            canonical_url(url)
    except ValueError as error:
        raise ArticleError(
            f"url: {quoted(url)!r}: {error}", field="url", value=quoted(url), remedy="repair it or leave it out"
        ) from None
    try:
        article = Article.model_validate(fields)
    except (ValidationError, OverflowError) as error:
        raise _wrong(ArticleError, Article, error, quoted(raw)) from None
    if not (article.title.strip() or article.body.strip()):
        raise ArticleError(
            "title and body are both missing or empty", field="title", value="", remedy="give one of them"
        )
    if not EARLIEST <= article.published_at <= arrived + AHEAD:
        raise ArticleError(
            f"published_at: {article.published_at.isoformat()} lies outside 1970-01-01 to two days from now",
            field="published_at",
            value=article.published_at.isoformat(),
            remedy="give the date of publication, such as 2026-11-25T09:30:00Z",
        )
    return article


def _fields(raw: bytes) -> dict[str, Any]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        around = raw[max(0, error.start - 20) : error.start + 20]
        raise ArticleError(
            f"invalid UTF-8 at byte {error.start}: {around!r}", value=quoted(around), remedy="send the article as UTF-8"
        ) from None
    try:
        fields = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ArticleError(
            f"not JSON: {error.msg} (line {error.lineno}, column {error.colno}): {quoted(text)}",
            value=quoted(text),
            remedy='send one JSON object, such as {"title": "...", "body": "...", "published_at": "..."}',
        ) from None
    if not isinstance(fields, dict):
        raise ArticleError(
            f"a JSON {_JSON_TYPES[type(fields)]} where an object is needed: {quoted(text)}",
            value=quoted(text),
            remedy='send {"title": "...", "body": "...", "published_at": "..."}',
        )
    return fields


_JSON_TYPES = {
    list: "array",
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


# --- alerts as CloudEvents ------------------------------------------------------------------------------------------


def cloudevent_headers(alert: Alert) -> Headers:
    """CloudEvents 1.0 attributes of an alert in Kafka's binary mode: the value is the data.

    After https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md, section 3.2.
    """
    at = alert.timings.alerted or alert.timings.matched or alert.article.published_at
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", alert.id.encode()),
        ("ce_source", f"/marsad/watchlists/{alert.watchlist}".encode()),
        ("ce_type", f"marsad.alert.{alert.kind}".encode()),
        ("ce_subject", alert.development.id.encode()),
        ("ce_time", at.isoformat().replace("+00:00", "Z").encode()),
        *schema_headers(alert),
    ]


# --- dead letters ---------------------------------------------------------------------------------------------------


def rejected_headers(rejected: Rejected) -> Headers:
    """The headers of a dead letter; its value is the raw bytes, cut by `rejected_value` where they would not fit."""
    return [
        (_REJECTED + "reason", rejected.reason[:4000].encode("utf-8", "backslashreplace")),
        (_REJECTED + "stage", rejected.stage.encode()),
        (_REJECTED + "topic", rejected.topic.encode()),
        (_REJECTED + "partition", str(rejected.partition).encode()),
        (_REJECTED + "offset", str(rejected.offset).encode()),
        (_REJECTED + "at", rejected.at.isoformat().encode()),
    ]


def rejected_value(raw: bytes | None) -> bytes:
    """The value of a dead letter: the bytes as they came, or as many as fit beside the headers."""
    return (raw or b"")[: MAX_MESSAGE_BYTES - OVERHEAD]


def rejected_of(headers: Iterable[tuple[str, bytes]]) -> Rejected:
    """Why and where a dead letter was rejected.

    Raises:
        InputError: the headers are not those of a dead letter.
    """
    found = {
        name.removeprefix(_REJECTED): value.decode("utf-8", "replace")
        for name, value in headers
        if name.startswith(_REJECTED)
    }
    try:
        return Rejected.model_validate(found)
    except ValidationError as error:
        raise _wrong(InputError, Rejected, error, quoted(str(found))) from None


# --- what went wrong ------------------------------------------------------------------------------------------------


def quoted(value: object) -> str:
    """A value for an error message: at most QUOTED characters."""
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    text = text.replace("\0", "\\0")
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"


def _wrong(
    kind: type[InputError], model: type[Record], error: ValidationError | OverflowError, whole: str
) -> InputError:
    """The first thing that is wrong, in words of ours."""
    if isinstance(error, OverflowError):
        return kind(f"a time out of range in {whole}", value=whole, remedy="give a date between 1970 and now")
    first = error.errors(include_url=False, include_context=False)[0]
    field = ".".join(str(step) for step in first["loc"]) or None
    if first["type"] == "json_invalid":
        return kind(f"not JSON: {first['msg']}: {whole}", value=whole, remedy=f"send {model.__name__} as JSON")
    said = first["msg"].removeprefix("Value error, ")
    if first["type"] == "missing":
        return kind(f"{field}: missing in {whole}", field=field, value=None, remedy=f"give {field}")
    value = quoted(first["input"])
    remedy = f"see `marsad schema {model.__name__}`"
    return kind(f"{field or model.__name__}: {value!r}: {said}", field=field, value=value, remedy=remedy)
