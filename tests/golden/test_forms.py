"""Of the written forms of a word, how many does a query for it find, alone and in a phrase, and how many other words."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.enrichment.languages import pack
from agents.watchlists.article import ArticleIndex
from agents.watchlists.presearch import WatchlistIndex
from streams.records import Article, Enriched, Watchlist

HERE = Path(__file__).parent
TABLES = {"ar": "forms.tsv", "en": "forms.en.tsv"}
#: What a table's part reaches at least: found of those to be found, taken wrongly at most of the others.
FLOORS = {("ar", "dev"): (0.99, 0.01), ("ar", "held"): (0.95, 0.02), ("en", "dev"): (0.97, 0.02)}


def rows(code: str, part: str) -> list[tuple[str, str, bool]]:
    lines = (HERE / TABLES[code]).read_text(encoding="utf-8").splitlines()
    read = [line.split("\t") for line in lines if not line.startswith("#")]
    assert {row[2] for row in read} == {"yes", "no"}
    assert len({tuple(row[:2]) for row in read}) == len(read)
    return [(row[0], row[1], row[2] == "yes") for row in read if row[3] == part]


@pytest.mark.parametrize(("code", "part"), list(FLOORS))
def test_forms_of_a_word_are_found_and_other_words_are_not(code: str, part: str) -> None:
    table, stems = rows(code, part), pack(code).stems
    missed = [(word, form) for word, form, same in table if same and not stems(word) & stems(form)]
    merged = [(word, form) for word, form, same in table if not same and stems(word) & stems(form)]
    wanted = sum(same for _, _, same in table)
    found, wrong = FLOORS[code, part]
    assert 1 - len(missed) / wanted >= found, missed
    assert len(merged) / (len(table) - wanted) <= wrong, merged


def test_the_arabic_table_is_large_enough_to_say_so() -> None:
    table = rows("ar", "dev") + rows("ar", "held")
    assert sum(same for _, _, same in table) >= 200
    assert sum(not same for _, _, same in table) >= 100


#: A word beside which each form stands, to make phrases.
BESIDE = {"ar": "ملف", "en": "file"}
NO_NAMES = type("NoNames", (), {"ids_named": lambda *_: frozenset()})()


@pytest.mark.parametrize("code", list(TABLES))
def test_in_a_phrase_a_form_is_found_as_it_is_alone(code: str) -> None:
    """And `exact:` finds no other spelling."""
    apart = []
    index = WatchlistIndex(NO_NAMES, None, lambda _: frozenset())
    for word, form, _ in rows(code, "dev"):
        index.add(Watchlist(id="phrase", query=f'"{BESIDE[code]} {word}"'))
        index.add(Watchlist(id="word", query=f'"{word}"'))
        index.add(Watchlist(id="spelling", query=f'exact:"{BESIDE[code]} {word}"'))
        article = Article(title=f"{BESIDE[code]} {form}", body="", published_at="2026-03-02T09:00:00Z")
        found = {filed.watchlist.id for filed in index.matching(ArticleIndex(Enriched(article=article, language=code)))}
        if found not in ({"phrase", "word"}, set()):
            apart.append((word, form, found))
    assert apart == []
