"""The door for articles, CloudEvents headers, dead letters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from streams import codec
from streams.errors import ArticleError, InputError
from streams.records import Alert, AlertedArticle, Article, DevelopmentRef, Rejected, Timings, Watchlist
from streams.topics import MAX_ARTICLE_BYTES, MAX_MESSAGE_BYTES

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DATE = '"published_at": "2026-03-01T09:30:00Z"'

REFUSED = [
    # raw bytes, field, words of the message
    (b"", None, "not JSON"),
    (b"{nonsense", None, "not JSON"),
    (b"[1, 2]", None, "a JSON array where an object is needed"),
    (b'"text"', None, "a JSON string"),
    (b"null", None, "a JSON null"),
    (b'{"title": "caf\xe9"}', None, "invalid UTF-8 at byte 14"),
    (f'{{"title": "a\\u0000b", {DATE}}}'.encode(), "title", "NUL character at position 1"),
    (f'{{"title": "t", "source": "\\u0000", {DATE}}}'.encode(), "source", "NUL"),
    (b'{"title": "a\x00b"}', None, "not JSON"),
    (f'{{"title": "\\ud800", {DATE}}}'.encode(), None, "surrogate"),
    (f'{{"url": "https://a.example", {DATE}}}'.encode(), "title", "title and body are both missing"),
    (f'{{"title": " ", "body": "\\n", {DATE}}}'.encode(), "title", "title and body are both missing"),
    (f'{{"title": ["t"], {DATE}}}'.encode(), "title", "valid string"),
    (f'{{"title": "t", "url": "http://[a", {DATE}}}'.encode(), "url", "url: 'http://[a'"),
    (f'{{"title": "t", "language": "klingon", {DATE}}}'.encode(), "language", "'klingon'"),
    (f'{{"title": "t", "id": "{"i" * 201}", {DATE}}}'.encode(), "id", "at most 200"),
    (b'{"title": "t"}', "published_at", "missing"),
    (b'{"title": "t", "published_at": "yesterday"}', "published_at", "'yesterday'"),
    (b'{"title": "t", "published_at": "1900-01-01"}', "published_at", "1900-01-01"),
    (b'{"title": "t", "published_at": "1969-12-31T23:59:59Z"}', "published_at", "1969-12-31"),
    (b'{"title": "t", "published_at": "2100-01-01"}', "published_at", "2100-01-01"),
    (b'{"title": "t", "published_at": "2026-03-03T12:00:01Z"}', "published_at", "2026-03-03"),
    (b'{"title": "t", "published_at": "0001-01-01T00:00:00+05:00"}', None, "time out of range"),
]


@pytest.mark.parametrize(("raw", "field", "words"), REFUSED)
def test_a_bad_article_is_refused_with_field_value_and_remedy(raw: bytes, field: str | None, words: str) -> None:
    with pytest.raises(ArticleError) as refused:
        codec.accept_article(raw, NOW)
    assert words in str(refused.value)
    assert refused.value.field == field
    assert refused.value.remedy
    assert len(str(refused.value)) < 400
    assert "\0" not in str(refused.value)


def test_an_article_over_the_limit_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(ArticleError, match=r"500,000 bytes, more than 400,000"):
        codec.accept_article(b"x" * 500_000, NOW)


def test_the_largest_article_still_fits() -> None:
    frame = f'{{"title": "t", "body": "", {DATE}}}'.encode()
    body = b"x" * (MAX_ARTICLE_BYTES - len(frame))
    raw = frame.replace(b'"body": ""', b'"body": "' + body + b'"')
    assert len(codec.accept_article(raw, NOW).body) == len(body)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (f'{{"title": "عنوان", {DATE}}}', {"title": "عنوان", "body": "", "language": None}),
        (f'\ufeff{{"title": "t", {DATE}}}', {"title": "t"}),
        (f'{{"title": "t", "body": null, "unknown": 1, {DATE}}}', {"body": ""}),
        (f'{{"title": "t", "language": "ar-SY", {DATE}}}', {"language": "ar"}),
        ('{"title": "t", "published_at": "2026-03-03T11:59:00Z"}', {"title": "t"}),
        ('{"title": "t", "published_at": "1970-01-01"}', {"title": "t"}),
        ('{"title": "t", "published_at": 1772000000}', {"title": "t"}),
    ],
)
def test_a_good_article_is_taken(raw: str, expected: dict[str, object]) -> None:
    article = codec.accept_article(raw.encode(), NOW)
    assert article.model_dump(include=set(expected)) == expected
    assert article.id


def test_what_a_newer_marsad_wrote_is_refused() -> None:
    watchlist = Watchlist(id="a", query="b")
    headers = codec.schema_headers(watchlist)
    assert codec.decode(Watchlist, codec.encode(watchlist), headers) == watchlist
    newer = [(name, value.replace(b"/1", b"/2")) for name, value in headers]
    with pytest.raises(InputError, match="Watchlist of schema 2"):
        codec.decode(Watchlist, codec.encode(watchlist), newer)


def test_a_wrong_record_is_refused_by_field() -> None:
    with pytest.raises(InputError, match="colour: 'red'") as refused:
        codec.decode(Watchlist, b'{"id": "a", "query": "b", "colour": "red"}')
    assert refused.value.field == "colour"


def test_an_alert_is_a_cloudevent() -> None:
    alert = Alert(
        id="0123",
        kind="new",
        watchlist="truces",
        development=DevelopmentRef(id="4567", change="new", first_seen=NOW),
        article=AlertedArticle(id="a", title="t", published_at=NOW - timedelta(hours=1), language="en"),
        timings=Timings(alerted=NOW),
    )
    assert dict(codec.cloudevent_headers(alert)) == {
        "ce_specversion": b"1.0",
        "ce_id": b"0123",
        "ce_source": b"/marsad/watchlists/truces",
        "ce_type": b"marsad.alert.new",
        "ce_subject": b"4567",
        "ce_time": b"2026-03-01T12:00:00Z",
        "content-type": b"application/json",
        "marsad-schema": b"Alert/1",
    }


def test_a_dead_letter_says_why_and_where() -> None:
    rejected = Rejected(reason="سبب", stage="stories", topic="news.enriched", partition=3, offset=17, at=NOW)
    assert codec.rejected_of(codec.rejected_headers(rejected)) == rejected
    with pytest.raises(InputError, match="missing"):
        codec.rejected_of([("other", b"1")])


def test_a_dead_letter_fits_into_a_message() -> None:
    assert codec.rejected_value(None) == b""
    assert codec.rejected_value(b"as it came") == b"as it came"
    reason = Rejected(reason="ص" * 100_000, stage="s", topic="t", partition=0, offset=0, at=NOW)
    headers = sum(len(name) + len(value) for name, value in codec.rejected_headers(reason))
    assert len(codec.rejected_value(b"x" * MAX_MESSAGE_BYTES)) + headers < MAX_MESSAGE_BYTES


def test_the_id_of_an_article_is_that_of_its_address_or_text() -> None:
    first = Article(title="t", body="b", url="https://A.example/x/?utm_source=y", published_at=NOW)
    assert first.id == Article(title="other", body="", url="https://a.example/x", published_at=NOW).id
