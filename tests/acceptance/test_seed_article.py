"""The article the project started from: talks on a de-escalation zone in Idlib, told among what was signed before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agents.enrichment.enrich import Enricher
from streams.records import AgreementKind, Article, Enriched, Stage

ROOT = Path(__file__).parents[2]
SEED = Path(os.environ.get("MARSAD_DATA", ROOT.parent / "shared" / "data")) / "seed-article.txt"

pytestmark = pytest.mark.skipif(not SEED.is_file(), reason="the seed article is not on this machine (MARSAD_DATA)")

RUSSIA, TURKIYE, IRAN, SYRIA = "Q159", "Q43", "Q794", "Q858"


def seed() -> tuple[str, str]:
    title, body = SEED.read_text(encoding="utf-8").split("\n\n", 1)
    return title, body


@pytest.fixture(scope="module")
def enriched() -> Enriched:
    title, body = seed()
    article = {"title": title, "body": body, "published_at": "2017-08-17T09:00:00Z", "url": "https://a.example/idlib"}
    return Enricher().enrich(Article.model_validate(article))


def match(*files: str, stdin: str | None = None) -> list[dict]:
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli", "match", "--watchlists", "watchlists", *files],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_main_event_is_the_talks_on_idlib(enriched: Enriched) -> None:
    event = enriched.main_event
    assert event is not None
    assert event.type == "agreement"
    assert event.agreement is not None
    assert event.agreement.kind is AgreementKind.DE_ESCALATION
    assert event.stage is Stage.NEGOTIATING
    assert set(event.agreement.parties) == {RUSSIA, TURKIYE, IRAN}
    place = enriched.entity(event.place or "")
    assert place is not None
    assert (place.label.ar, SYRIA in place.parents) == ("إدلب", True) or "إدلب" in place.label.ar
    assert not event.background
    assert not event.negated


def test_what_was_signed_before_is_background(enriched: Enriched) -> None:
    earlier = [e for e in enriched.events if e.stage in (Stage.SIGNED, Stage.IN_FORCE, Stage.ANNOUNCED)]
    assert earlier, "the memorandum of Astana is told in the article"
    assert all(e.background for e in earlier if e.agreement)


def test_nothing_is_found_in_the_navigation(enriched: Enriched) -> None:
    navigation = enriched.article.body.index("\nأقسام")
    spans = [m for e in enriched.entities for m in e.mentions]
    spans += [s for t in enriched.topics for s in t.evidence]
    spans += [s for e in enriched.events for s in e.evidence]
    assert spans
    assert all(s.end <= navigation for s in spans if s.field == "body")


def test_one_alert_with_its_evidence() -> None:
    alerts = [a for a in match(str(SEED)) if a["watchlist"] == "deescalation"]
    assert len(alerts) == 1
    alert = alerts[0]
    assert alert["kind"] == "new"
    main = next(e for e in alert["events"] if e["main"])
    assert (main["agreement"]["kind"], main["stage"]) == ("de-escalation", "negotiating")
    assert set(main["agreement"]["parties"]) == {RUSSIA, TURKIYE, IRAN}
    raw = dict(zip(("title", "body"), seed(), strict=True))
    assert all(raw[r["field"]][r["start"] : r["end"]] == r["text"] for r in alert["reasons"])
    words = " ".join(r["text"] for r in alert["reasons"])
    assert "خفض" in words
    assert "إدلب" in words


def test_the_same_news_again_is_silent() -> None:
    title, body = seed()
    article = {"title": title, "body": body, "published_at": "2017-08-17T09:00:00Z", "url": "https://a.example/1"}
    again = {**article, "url": "https://b.example/2", "title": "أنقرة تشهد مباحثات لإبرام اتفاق بشأن إدلب"}
    lines = "\n".join(json.dumps(a, ensure_ascii=False) for a in (article, article, again))
    assert len([a for a in match("-", stdin=lines) if a["watchlist"] == "deescalation"]) == 1
