"""Whatever a record holds, it comes back from its bytes as it was."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from streams import codec
from streams.errors import ArticleError
from streams.records import Article, Enriched, Rejected, Watchlist

NOW = datetime(2026, 3, 1, tzinfo=UTC)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
moments = st.datetimes(datetime(1970, 1, 2), datetime(2026, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001
articles = st.builds(
    Article,
    title=texts.filter(str.strip),
    body=texts,
    url=st.none() | st.just("https://a.example/x"),
    published_at=moments,
    source=st.none() | texts,
    language=st.none() | st.sampled_from(["ar", "en", "und", "tlh"]),
)


@given(articles)
def test_articles(article: Article) -> None:
    assert codec.accept_article(codec.encode(article), NOW) == article
    enriched = Enriched(article=article, language="ar")
    assert codec.decode(Enriched, codec.encode(enriched), codec.schema_headers(enriched)) == enriched


@given(st.builds(Watchlist, id=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True), query=texts.filter(bool)))
def test_watchlists(watchlist: Watchlist) -> None:
    assert codec.decode(Watchlist, codec.encode(watchlist)) == watchlist


@given(
    st.builds(
        Rejected,
        reason=texts,
        stage=st.just("stories"),
        topic=st.just("news.enriched"),
        partition=st.integers(0, 1000),
        offset=st.integers(0, 2**62),
        at=moments,
    )
)
def test_dead_letters(rejected: Rejected) -> None:
    assert codec.rejected_of(codec.rejected_headers(rejected)) == rejected


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_bytes_at_all_get_past_the_door_in_another_way_than_refused_or_taken(raw: bytes) -> None:
    with contextlib.suppress(ArticleError):
        codec.accept_article(raw, NOW)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(Article.model_fields, json_values)))
def test_no_shape_gets_past_the_door_in_another_way(fields: dict[str, object]) -> None:
    with contextlib.suppress(ArticleError):
        article = codec.accept_article(json.dumps(fields).encode(), NOW)
        assert article.title.strip() or article.body.strip()
