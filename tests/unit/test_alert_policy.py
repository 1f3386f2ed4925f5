"""What a watchlist is told, and what not."""

from __future__ import annotations

import pytest

from agents.testing import Timeline, report

WIRE = (
    "وقعت موسكو وأنقرة هدنة في إدلب تبدأ منتصف ليل الجمعة وتشمل المدن والبلدات الواقعة على جانبي الطريق الدولي، بحسب بيان تلي بعد "
    "جلسة استمرت ست ساعات، ويقضي النص بفتح معبرين أمام قوافل الإغاثة وبتبادل قوائم المحتجزين قبل نهاية الأسبوع بإشراف مراقبين."
)


def test_one_wire_story_in_ten_papers_is_one_source() -> None:
    timeline = Timeline("new", min_sources=2)
    timeline.expect(report("2026-03-02 09:00", source="a.example", title="هدنة", body=f"(أ ف ب) {WIRE}"), None)
    for n in range(8):
        timeline.expect(
            report("2026-03-02 09:10", source=f"b{n}.example", title=f"عنوان {n}", body=f"مراسلنا: {WIRE}"),
            None,
            "copy",
        )
    timeline.expect(report("2026-03-02 09:20", source="d.example", body="(أ ف ب) نص آخر للوكالة نفسها عن الهدنة"), None)
    alert = timeline.expect(report("2026-03-02 09:30", source="c.example", body="بكلماته هو"), "new")
    assert alert is not None
    assert alert.sources == ("a.example (AFP)", "c.example")
    timeline.expect(report("2026-03-02 09:40", source="e.example"), None)


def test_one_source_counts_once() -> None:
    timeline = Timeline("new", min_sources=2)
    for hour in range(5):
        timeline.expect(report(f"2026-03-02 0{hour}:00", source="a.example"), None)
    timeline.expect(report("2026-03-02 06:00", source="b.example"), "new")


def test_a_change_waits_for_sources_of_its_own() -> None:
    timeline = Timeline("update", min_sources=2)
    timeline.expect(report("2026-03-02 01:00", "announced", source="a.example"), None)
    timeline.expect(report("2026-03-02 02:00", "announced", source="b.example"), "new")
    timeline.expect(report("2026-03-03 01:00", "signed", source="a.example"), None, "stage: announced -> signed")
    timeline.expect(report("2026-03-03 02:00", "announced", source="c.example"), None, "repeat")
    alert = timeline.expect(report("2026-03-03 03:00", "signed", source="c.example"), "update", "repeat")
    assert alert is not None
    assert alert.sources == ("a.example", "c.example")
    timeline.expect(report("2026-03-03 04:00", "signed", source="d.example"), None)


def test_a_change_that_did_not_match_is_told_with_the_next_report_of_it() -> None:
    timeline = Timeline("update", matches=lambda enriched: "unseen" not in enriched.article.title)
    timeline.expect(report("2026-03-02", "announced"), "new")
    timeline.expect(report("2026-03-03", "signed", title="unseen"), None, "stage: announced -> signed")
    timeline.expect(report("2026-03-04", "signed", source="b.example"), "update", "repeat")
    timeline.expect(report("2026-03-05", "signed", source="c.example"), None)


def test_a_development_met_late_is_new_with_its_history() -> None:
    timeline = Timeline("update", matches=lambda enriched: "unseen" not in enriched.article.title)
    timeline.expect(report("2026-03-02", "announced", title="unseen one"), None)
    timeline.expect(report("2026-03-03", "signed", title="unseen two"), None)
    alert = timeline.expect(report("2026-03-04", "in_force"), "new", "stage: signed -> in_force")
    assert alert is not None
    assert [entry.stage for entry in alert.development.history] == ["announced", "signed", "in_force"]
    timeline.expect(report("2026-03-05", "in_force", source="b.example"), None)


def test_a_denial_is_no_source_for_what_it_denies() -> None:
    timeline = Timeline("update", min_sources=2)
    timeline.expect(report("2026-03-02", "announced", source="a.example"), None)
    timeline.expect(report("2026-03-03", "denied", source="b.example"), None)
    timeline.expect(report("2026-03-04", "announced", source="c.example"), "new")


@pytest.mark.parametrize(("notify", "told"), [("new", None), ("update", "denial"), ("every", "denial")])
def test_a_denial_of_what_was_told(notify: str, told: str | None) -> None:
    timeline = Timeline(notify)
    timeline.expect(report("2026-03-02", "announced"), "new")
    timeline.expect(report("2026-03-03", "denied"), told)


@pytest.mark.parametrize(("notify", "told"), [("new", None), ("update", None), ("every", "denial")])
def test_a_denial_of_what_was_not_told(notify: str, told: str | None) -> None:
    timeline = Timeline(notify)
    timeline.expect(report("2026-03-03", "denied"), told)
    timeline.expect(report("2026-03-04", "announced"), "new")


@pytest.mark.parametrize("notify", ["new", "update", "every"])
def test_a_replay_gives_the_same_bytes_and_another_position_nothing(notify: str) -> None:
    timeline = Timeline(notify)
    one = report("2026-03-02")
    first = timeline.push(one, position=3)
    again = timeline.push(one, position=3)
    assert first is not None
    assert again is not None
    assert again.model_dump_json() == first.model_dump_json(), "the time of the alert is that of the first"
    assert timeline.push(one, position=4) is None


def test_the_body_of_an_edited_article_counts_though_it_does_not_travel() -> None:
    timeline = Timeline("every")
    for body in ("one", "two", "one"):
        timeline.push(report("2026-03-02", url="https://a.example/1", title="t", body=body))
    assert len(timeline.alerts) == 2


def test_an_alert_carries_what_the_match_has() -> None:
    timeline = Timeline("new")
    enriched = report("2026-03-02", url="https://a.example/1", title="Truce")
    alert = timeline.push(enriched)
    assert alert is not None
    assert (alert.watchlist, alert.kind, alert.sources) == ("timeline", "new", ("a.example",))
    assert (alert.article.url, alert.article.title) == ("https://a.example/1", "Truce")
    assert (alert.events, alert.entities) == (enriched.events, enriched.entities)
    assert alert.development.change == "new"
    assert alert.timings.alerted is not None


def test_fifty_articles_on_three_truces_told_again_after_a_restart() -> None:
    """The same file again, then the same texts under other addresses: three alerts in all."""
    places = ("idlib", "aleppo", "daraa")
    articles = [
        report(f"2026-03-02 {n // 3:02d}:00", places=[places[n % 3]], source=f"s{n}.example", url=f"https://s.example/{n}",
               title=f"Report {n} from {places[n % 3]}")
        for n in range(50)
    ]  # fmt: skip
    moved = [
        a.model_copy(update={"article": a.article.model_copy(update={"id": f"moved-{a.article.id}"})}) for a in articles
    ]
    timeline = Timeline("new")
    for one in (*articles, *articles, *moved):
        timeline.push(one)
    assert [alert.article.title for alert in timeline.alerts] == [
        "Report 0 from idlib",
        "Report 1 from aleppo",
        "Report 2 from daraa",
    ]
