"""French, the language that was added as a pack alone: 24 articles of our own, written for it and used while it was made."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from agents.enrichment.enrich import Enricher
from agents.watchlists.files import read_watchlists
from agents.watchlists.presearch import WatchlistIndex
from streams.records import Article

WATCHLISTS = Path(__file__).parents[2] / "watchlists"

ITEMS = [json.loads(line) for line in Path(__file__).with_name("french.jsonl").read_text("utf-8").splitlines()]


@cache
def results():
    enricher = Enricher()
    when = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        (item, enricher.enrich(Article(title=item["title"], body=item["body"], published_at=when))) for item in ITEMS
    ]


def agreement_of(enriched):
    event = enriched.main_event
    return event if event and event.agreement else None


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len(ITEMS) == 24
    assert sum(item["kind"] is None for item in ITEMS) == 5


@pytest.mark.parametrize("number", range(len(ITEMS)), ids=[item["id"] for item in ITEMS])
def test_every_article_is_read_as_french(number: int) -> None:
    assert results()[number][1].language == "fr"


def test_an_agreement_is_found_where_there_is_one_and_nowhere_else() -> None:
    wrong = [i["id"] for i, e in results() if bool(agreement_of(e)) != bool(i["kind"])]
    assert not wrong


def test_kind_and_stage_are_right() -> None:
    wrong = [
        i["id"]
        for i, e in results()
        if (event := agreement_of(e)) and (event.agreement.kind, event.stage) != (i["kind"], i["stage"])
    ]
    assert len(wrong) <= 1, wrong


def test_the_place_is_right() -> None:
    wrong = []
    for item, enriched in results():
        event = agreement_of(enriched)
        entity = enriched.entity(event.place) if event and event.place else None
        if not (entity.label.en if entity else "").startswith(item["place"] or ""):
            wrong.append(item["id"])
    assert len(wrong) <= 3, wrong


def test_topics_are_found() -> None:
    assert sum(bool(enriched.topics) for _, enriched in results()) >= 22


def test_a_syrian_truce_in_french_matches_the_shipped_watchlist_by_its_event() -> None:
    index = WatchlistIndex()
    for watchlist in read_watchlists((WATCHLISTS / "deescalation.yaml").read_text("utf-8"), "deescalation.yaml"):
        index.add(watchlist)
    matched = {item["id"] for item, enriched in results() if index.match(enriched)}
    assert {"fr-01", "fr-02", "fr-11"} <= matched
    assert not matched & {item["id"] for item in ITEMS if item["kind"] is None}
