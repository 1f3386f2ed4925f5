"""Meanings as ranks: against sorting all recent cosines, whatever comes and goes."""

import random
from datetime import UTC, datetime

import numpy as np
import pytest

from agents.enrichment.encoder import pack_vector
from agents.watchlists import ranks
from agents.watchlists.presearch import WatchlistIndex
from agents.watchlists.query import parse
from agents.watchlists.ranks import ENOUGH, WINDOW, Meaning, Ranks
from agents.watchlists.unparse import to_query
from streams.errors import QuerySyntaxError
from streams.records import Article, Enriched, Watchlist

CHANCE = np.random.default_rng(7)


def unit(dimensions=8):
    vector = CHANCE.normal(size=dimensions).astype(np.float32)
    return vector / np.linalg.norm(vector)


def meaning(name, vector, top=None, language="en"):
    return Meaning(name, tuple(map(float, vector)), (0.6, 0.4), language, top)


def test_until_enough_articles_came_the_fixed_cosines_hold():
    asked = Ranks()
    vector = unit()
    asked.watch(meaning("m", vector, top=0.01))
    for _ in range(ENOUGH):
        assert set(asked.judge("ar", vector * 0.5).cosines) == {"m"}
    for _ in range(ranks._FRESH):
        asked.judge("ar", vector * 0.5)
    assert asked.judge("ar", vector * 0.5).cosines == {}  # all are as near: none is among the first hundredth
    assert set(asked.judge("ar", vector * 0.6).cosines) == {"m"}
    assert asked.judge("en", vector * 0.5, count=False).cosines == {}


@pytest.mark.parametrize("added_late", [False, True])
def test_a_rank_is_what_sorting_the_window_gives(added_late, monkeypatch):
    monkeypatch.setattr(ranks, "_FRESH", 1)
    asked, vector, past = Ranks(), unit(), []
    asked.watch(meaning("other", unit()))
    if not added_late:
        asked.watch(meaning("m", vector, top=0.05))
    taken = 0
    for n in range(WINDOW + 600):
        if added_late and n == 1000:
            asked.watch(meaning("m", vector, top=0.05))
        article = unit()
        cosine = float(article @ vector)
        found = asked.judge("ar", article)
        recent = past[-WINDOW:]
        if n > 1000:
            place = sum(c >= cosine for c in recent)
            step = sum(abs(c - cosine) < 0.006 for c in recent) + 1  # cosines are counted in steps of 0.005
            if place + step <= 0.05 * len(recent):
                assert "m" in found.cosines
            if place - step > 0.05 * len(recent):
                assert "m" not in found.cosines
            if "m" in found.ranks:
                taken += 1
                assert found.ranks["m"] * len(recent) == pytest.approx(place, abs=step + 1)
        past.append(cosine)
    assert 0.03 < taken / (WINDOW - 400) < 0.06


def test_what_is_far_from_a_meaning_has_no_rank():
    asked, vector = Ranks(), unit()
    asked.watch(meaning("m", vector, top=0.1))
    for _ in range(ENOUGH + ranks._FRESH):
        asked.judge("ar", vector * 0.1)
    for cosine, language, near in [(0.29, "ar", False), (0.31, "ar", True), (0.39, "en", False)]:
        assert ("m" in asked.judge(language, vector * cosine, count=False).cosines) == near, cosine


def test_meanings_come_and_go():
    asked, chance, held = Ranks(), random.Random(3), {}  # noqa: S311
    for n in range(600):
        if chance.random() < 0.5 or not held:
            held[f"m{n}"] = vector = unit()
            asked.watch(meaning(f"m{n}", vector))
            asked.watch(meaning(f"m{n}", vector))
        else:
            name = chance.choice(sorted(held))
            asked.forget(name)
            asked.forget(name)
            del held[name]
        article = unit()
        near = {name for name, vector in held.items() if float(vector @ article) >= 0.4}
        assert set(asked.judge("ar", article).cosines) == near
    assert len(asked) == len(held)


def test_languages_are_bounded():
    asked = Ranks()
    asked.watch(meaning("m", unit()))
    for first in "abcdefghijklmnopqrstuvwxyz":
        asked.judge(f"{first}a", unit())
    assert len(asked._recent) == ranks._LANGUAGES


class Encoder:
    """Everything means the first number."""

    name = "first@1"

    def encode(self, texts):
        rows = np.zeros((len(texts), 8), dtype=np.float32)
        rows[:, 0] = 1
        return rows


def enriched(cosine, language="ar"):
    vector = np.zeros(8, dtype=np.float32)
    vector[0], vector[1] = cosine, np.sqrt(1 - cosine**2)
    article = Article(title="Talks", body="", published_at=datetime(2026, 3, 1, tzinfo=UTC))
    return Enriched(article=article, language=language, vector=pack_vector(vector), versions={"encoder": Encoder.name})


def test_the_reason_tells_cosine_and_rank_and_presearch_agrees_with_asking():
    index = WatchlistIndex(encoder=Encoder())
    index.add(Watchlist(id="a", query='like:"talks"~top1%'))
    index.add(Watchlist(id="b", query='NOT like:"talks"~top1% AND title:talks'))
    assert [r.clause for m in index.match(enriched(0.5)) for r in m.reasons] == ['like:"talks"~top1% (cosine 0.50)']
    for n in range(500):
        index.match(enriched(0.3 + n % 100 / 1000))
    high, low = index.match(enriched(0.45)), index.match(enriched(0.35))
    assert [m.watchlist.id for m in high] == ["a"]
    assert "(cosine 0.45, top 0.2% of 502 recent articles in ar)" in high[0].reasons[0].clause
    assert [m.watchlist.id for m in low] == ["b"]
    assert [m.watchlist.id for m in index.match_all(enriched(0.45))] == ["a"]
    index.remove("a")
    index.remove("b")
    assert len(index._ranks) == 0


def test_a_rank_is_written_as_it_is_read():
    tree = parse('like:"talks on a truce"~top0.5%')
    assert tree.top == 0.5
    assert parse(to_query(tree)) == tree
    assert parse('like:"هدنة"~top1٪').top == 1


@pytest.mark.parametrize(
    "query", ['like:"a b"~5', 'like:"a b"~top60%', 'like:"a b"~top0%', 'like:"a b"~top1', 'like:"a b"~ top1%']
)
def test_what_is_no_rank_is_refused_with_the_fix(query):
    with pytest.raises(QuerySyntaxError, match="column 11: no rank after ~ in 'like'") as refused:
        parse(query)
    assert 'like:"talks on a truce"~top1%' in refused.value.remedy
