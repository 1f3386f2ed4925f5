"""Who wrote an article first."""

from __future__ import annotations

import pytest

from agents.stories.origins import origin_of, source_of
from streams.records import Article


def article(title: str = "هدنة", body: str = "", source: str | None = "a.example", url: str | None = None) -> Article:
    return Article(title=title, body=body, source=source, url=url, published_at="2026-03-02T09:00:00Z")


@pytest.mark.parametrize(
    ("one", "origin"),
    [
        (article("(أ ف ب) وقعت موسكو هدنة"), "AFP"),
        (article(body="أنقرة - أ ف ب: وقعت موسكو هدنة"), "AFP"),
        (article(body="جنيف (ا.ف.ب)\nقال الوسيط"), "AFP"),
        (article(body="عواصم/رويترز: قال الوسيط"), "Reuters"),
        (article(body="ANKARA (Reuters) - Both sides said"), "Reuters"),
        (article(source="رويترز"), "Reuters"),
        (article(source="AP"), "AP"),
        # An agency that is quoted is not the author.
        (article(body="ذكرت وكالة رويترز أن الطرفين وقعا: لا جديد"), "a.example"),
        (article("رويترز تعلن عن وظائف"), "a.example"),
        (article(body="قال الوسيط " * 20 + "(رويترز)"), "a.example"),
        (article(source=None, url="https://News.Example/1"), "news.example"),
    ],
)
def test_origin(one: Article, origin: str) -> None:
    assert origin_of(one) == origin


def test_an_article_without_source_and_address_is_its_own() -> None:
    one = article(source=None)
    assert source_of(one) == one.id == origin_of(one)
