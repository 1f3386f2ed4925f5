"""Words in, alerts out: one alert per development, through every stage."""

from __future__ import annotations

from functools import cache

import pytest

from agents.enrichment.enrich import Enricher
from agents.memory import unpacked
from agents.pipeline import Pipeline
from streams.records import Alert, Article, Stage, Watchlist

TRUCES_IN_SYRIA = "event:agreement AND agreement:(de-escalation OR ceasefire) AND place:Syria"


@cache
def enricher() -> Enricher:
    return Enricher()


def pipeline(**how: object) -> Pipeline:
    return Pipeline([Watchlist(id="deescalation", query=TRUCES_IN_SYRIA, **how)], enricher())


def article(title: str, body: str = "", *, source: str, at: str = "2026-03-02T09:00:00Z", n: int = 1) -> Article:
    return Article(title=title, body=body, source=source, url=f"https://{source}/{n}", published_at=at)


def tell(told: Pipeline, *articles: Article) -> list[list[Alert]]:
    return [told.alerts(one) for one in articles]


def agreements(told: Pipeline) -> list[dict]:
    return [unpacked(record) for key, record in told.stories.items() if "|development|" in key]


IDLIB = [
    article("روسيا وتركيا توقعان هدنة في إدلب", source="a.example"),
    article("موسكو وأنقرة تتفقان على وقف القتال شمالي غربي سوريا", source="b.example", at="2026-03-02T10:00:00Z"),
    article("بدء سريان التهدئة في الشمال السوري برعاية الضامنين", source="c.example", at="2026-03-02T12:00:00Z"),
    article("Guns fall silent in Idlib as Russia, Turkey seal truce", source="d.example", at="2026-03-02T13:00:00Z"),
    article("Defence chiefs ink Idlib cessation of hostilities", source="e.example", at="2026-03-02T14:00:00Z"),
]


def test_one_truce_in_five_wordings_and_two_languages() -> None:
    told = pipeline()
    alerts = tell(told, *IDLIB)
    assert [len(found) for found in alerts] == [1, 0, 0, 0, 0]
    [agreement] = agreements(told)
    assert agreement["sources"] == ["a.example", "b.example", "c.example", "d.example", "e.example"]
    assert [entry["stage"] for entry in agreement["history"]] == [Stage.SIGNED, Stage.IN_FORCE]


def test_two_truces_of_the_same_parties_on_one_day() -> None:
    told = pipeline()
    alerts = tell(
        told,
        article("روسيا وتركيا توقعان هدنة في حلب", source="a.example"),
        article("موسكو وأنقرة توقعان اتفاق هدنة في حلب", source="b.example"),
        article("هدنة في حلب بين روسيا وتركيا", source="c.example"),
        article("روسيا وتركيا توقعان هدنة في درعا", source="d.example"),
        article("روسيا وتركيا توقعان وقف إطلاق النار في حلب", source="e.example", at="2026-03-03T09:00:00Z"),
    )
    assert [len(found) for found in alerts] == [1, 0, 0, 1, 0]
    assert sorted(agreement["articles"] for agreement in agreements(told)) == [1, 4]


BRIEF = "وقعت موسكو وأنقرة هدنة في إدلب تبدأ منتصف الليل"
REPORT = (
    BRIEF
    + " وتشمل البلدات الواقعة على جانبي الطريق الدولي، بحسب بيان تلي في ختام جلسة استمرت ست ساعات. ويقضي النص بفتح معبرين "
    "أمام قوافل الإغاثة وبتبادل قوائم المحتجزين قبل نهاية الأسبوع."
)


@pytest.mark.parametrize(
    ("wire", "reprint"),
    [
        (article("هدنة في إدلب", f"(أ ف ب) {REPORT}", source="a.example"), f"كتب مراسلنا: {REPORT}"),
        (article(f"(أ ف ب) {BRIEF}", source="a.example"), f"مراسلنا في أنقرة: {BRIEF}"),
    ],
    ids=["a report", "a brief item"],
)
def test_a_wire_story_and_its_reprint_are_one_origin(wire: Article, reprint: str) -> None:
    told = pipeline(min_sources=2)
    alerts = tell(
        told,
        wire,
        article("هدوء مرتقب في الشمال", reprint, source="b.example"),
        article("اتفاق روسي تركي على هدنة في محافظة إدلب", source="c.example"),
    )
    assert [len(found) for found in alerts] == [0, 0, 1]
    assert alerts[2][0].sources == ("a.example (AFP)", "c.example")


DENIAL = article(
    "بيان رسمي", "نفت الحكومة، وفق بيان صدر مساء اليوم، توقيع أي اتفاق لوقف إطلاق النار في درعا.", source="d.example"
)


def test_a_denial_of_what_nobody_told_is_silent() -> None:
    told = pipeline(notify="update")
    assert tell(told, DENIAL) == [[]]
    [agreement] = agreements(told)
    assert agreement["denied"]


def test_a_denial_of_what_was_told_goes_out() -> None:
    told = pipeline(notify="update")
    first, denial = tell(told, article("أنباء عن توقيع اتفاق لوقف إطلاق النار في درعا", source="a.example"), DENIAL)
    assert [alert.kind for alert in first] == ["new"]
    assert [alert.kind for alert in denial] == ["denial"]
    assert denial[0].development.id == first[0].development.id


def test_the_same_articles_again_and_under_other_addresses() -> None:
    told = pipeline(notify="every")
    moved = [one.model_copy(update={"id": f"moved-{one.id}", "url": f"{one.url}/moved"}) for one in IDLIB]
    once, again, elsewhere = tell(told, *IDLIB), tell(told, *IDLIB), tell(told, *moved)
    assert all(len(found) == 1 for found in once)
    assert not any(again)
    assert not any(elsewhere)
    other = pipeline(notify="every")
    assert tell(other, *IDLIB) == once, "ids and bytes follow from the input"
