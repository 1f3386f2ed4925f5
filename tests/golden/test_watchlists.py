"""Watchlists on articles as enrichment reads them: those that ship, and faults that other monitors had."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from agents.enrichment.enrich import Enricher
from agents.watchlists.files import read_watchlists
from agents.watchlists.presearch import WatchlistIndex
from streams.records import Article, Enriched, Match, Watchlist

HERE = Path(__file__).parent
EXAMPLES = yaml.safe_load((HERE / "watchlists.yaml").read_text(encoding="utf-8"))
SHIPPED = sorted((HERE.parent.parent / "watchlists").glob("*.yaml"))


@pytest.fixture(scope="module")
def enricher() -> Enricher:
    return Enricher()


@pytest.fixture(scope="module")
def shipped() -> WatchlistIndex:
    index = WatchlistIndex()
    for path in SHIPPED:
        for watchlist in read_watchlists(path.read_text(encoding="utf-8"), path.name):
            index.add(watchlist)
    return index


def article(title: str, body: str = "") -> Article:
    return Article(title=title, body=body, published_at="2026-03-02T09:00:00Z")


def test_every_shipped_watchlist_has_examples(shipped: WatchlistIndex) -> None:
    assert {watchlist.id for watchlist in shipped} == set(EXAMPLES)


@pytest.mark.parametrize(
    ("watchlist", "text", "wanted"),
    [(w, text, kind == "matches") for w, kinds in EXAMPLES.items() for kind, texts in kinds.items() for text in texts],
)
def test_shipped_watchlists_find_what_they_should(
    enricher: Enricher, shipped: WatchlistIndex, watchlist: str, text: str, wanted: bool
) -> None:
    found = {match.watchlist.id: match for match in shipped.match(enricher.enrich(article(text)))}
    assert (watchlist in found) == wanted
    if wanted:
        assert found[watchlist].reasons


# --- cases ----------------------------------------------------------------------------------------------------------


def ask(enricher: Enricher, query: str, title: str, body: str = "") -> Match | None:
    index = WatchlistIndex()
    index.add(Watchlist(id="w", query=query, notify="every"))
    enriched: Enriched = enricher.enrich(article(title, body))
    matches = index.match(enriched)
    for match in matches:
        for reason in match.reasons:
            raw = title if reason.field == "title" else body
            assert raw[reason.start : reason.end] == reason.text
    return matches[0] if matches else None


@pytest.mark.parametrize("word", ["بالهدنة", "وللهدنة", "فبالهدنة", "هدنتهم", "هدنتين", "الهدن"])
def test_a_word_with_its_article_finds_what_is_fused_to_it(enricher: Enricher, word: str) -> None:
    match = ask(enricher, "text:الهدنة", f"قبل الطرفان {word} أمس")
    assert match is not None
    assert [reason.text for reason in match.reasons] == [word]


def test_a_country_with_the_persian_yeh_is_found(enricher: Enricher) -> None:
    match = ask(enricher, "place:Turkey AND place:Kuwait", "وزير خارجية ترکیا يزور الکویت")
    assert match is not None
    assert [reason.text for reason in match.reasons] == ["ترکیا", "الکویت"]


def test_presentation_forms_are_searched_and_cut_whole(enricher: Enricher) -> None:
    match = ask(enricher, "text:هدنة AND place:Syria", "", "ﻻ ﺧﻼﻑ ﻋﻠﻰ ﺍﻟﻬﺪﻧﺔ ﻓﻲ ﺣﻠﺐ")
    assert match is not None
    first = match.reasons[0]
    assert (first.clause, first.field, first.start, first.end) == ("text:هدنة", "body", 10, 16)
    assert match.reasons[1].text == "ﺣﻠﺐ"


def test_marks_and_tatweel_do_not_split_a_word(enricher: Enricher) -> None:
    match = ask(enricher, "text:اتفاق AND text:هدنة", "وقّع الطرفان اتّفاقاً على هُــدْنَـةٍ في حلب")
    assert match is not None
    assert [reason.text for reason in match.reasons] == ["اتّفاقاً", "هُــدْنَـةٍ"]


def test_an_exclusion_alone_matches_among_a_thousand_others(enricher: Enricher) -> None:
    index = WatchlistIndex()
    for number in range(1000):
        index.add(Watchlist(id=f"other-{number}", query=f"كلمة{number}"))
    index.add(Watchlist(id="w", query="NOT text:كرة"))
    found = [
        [m.watchlist.id for m in index.match(enricher.enrich(article(t)))]
        for t in ("هدنة في حلب", "نتائج كرة القدم", "x")
    ]
    assert found == [["w"], [], ["w"]]


def test_the_word_is_cut_right_after_an_emoji(enricher: Enricher) -> None:
    match = ask(enricher, "text:هدنة", "🕊️ هدنة في حلب")
    assert match is not None
    assert [(r.start, r.end) for r in match.reasons] == [(3, 7)]


def test_persian_is_not_taken_for_arabic(enricher: Enricher) -> None:
    text = "این اتفاق دیروز در حلب افتاد و دمشق آن را محکوم کرد"
    assert ask(enricher, "event:agreement", text) is None
    assert ask(enricher, "text:اتفاق AND language:ar", text) is None
