"""Backtests: what is counted, which clause decides, and what two versions differ in."""

import gzip
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from agents.backtest import Backtest, Sample, deciding
from agents.watchlists.article import ArticleIndex
from agents.watchlists.matcher import Vocabulary, compile_query
from streams.records import Article, Enriched, Match, Watchlist
from streams.render import sparkline
from tests.support.command_line import command_line

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def enriched(title, days=0, **more):
    article = Article(title=title, body="", published_at=AT + timedelta(days=days), **more)
    return Enriched(article=article, language="en")


@pytest.mark.parametrize(
    ("query", "title", "wanted"),
    [
        ("truce AND aleppo", "Truce in Aleppo", ["truce", "aleppo"]),
        ("truce OR aleppo", "Truce in Aleppo", []),
        ("truce OR aleppo", "Rain in Aleppo", ["aleppo"]),
        ("aleppo AND NOT rain", "Truce in Aleppo", ["aleppo"]),
        ("2 of (truce, aleppo, rain)", "Truce in Aleppo", ["truce", "aleppo"]),
        ("2 of (truce, aleppo, rain)", "Truce in Aleppo rain", []),
        ("truce OR (truce AND aleppo)", "Truce in Aleppo", ["truce"]),
    ],
)
def test_a_clause_decides_what_would_not_be_found_without_it(query, title, wanted):
    tree, article = compile_query(query, Vocabulary.load()), ArticleIndex(enriched(title))
    assert tree.holds(article)
    assert deciding(tree, article) == wanted


def test_hits_alerts_and_differences_are_counted_and_copies_are_not():
    new = [Watchlist(id="a", query="truce OR rain"), Watchlist(id="b", query="snow", notify="every")]
    test = Backtest(new, [Watchlist(id="a", query="truce OR hail")])
    articles = [enriched("Truce in Aleppo"), enriched("Rain in Homs", 1), enriched("Hail in Hama", 3)]
    for article in [*articles, articles[0]]:
        test.take(article)
    assert test.articles == 3
    a, b = test.tested["a"], test.tested["b"]
    assert (a.hits.count, a.alerts, a.old_hits, a.old_alerts) == (2, 2, 2, 2)
    assert a.by_day == {date(2026, 3, 1): 1, date(2026, 3, 2): 1}
    assert [m.enriched.article.title for m in a.only_new] == ["Rain in Homs"]
    assert [m.enriched.article.title for m in a.only_old] == ["Hail in Hama"]
    assert a.deciding == {"truce": 1, "rain": 1}
    assert (b.hits.count, b.alerts) == (0, 0)


def test_the_only_watchlist_of_both_sides_is_compared_whatever_it_is_called():
    test = Backtest([Watchlist(id="a", query="rain")], [Watchlist(id="old", query="rain OR hail")])
    test.take(enriched("Hail in Hama"))
    assert list(test.tested) == ["a"]
    assert test.tested["a"].only_old.count == 1


def test_a_sample_is_the_same_in_any_order():
    watchlist = Watchlist(id="a", query="x")
    hits = [Match(watchlist=watchlist, enriched=enriched(f"t{n}")) for n in range(50)]
    kept = []
    for order in (hits, hits[::-1]):
        sample = Sample(5)
        for hit in order:
            sample.take(hit)
        assert sample.count == 50
        kept.append([hit.enriched.article.title for hit in sample])
    assert len(kept[0]) == 5
    assert kept[0] == kept[1]


@pytest.mark.parametrize(
    ("counts", "wanted"), [([], ""), ([0, 0], "··"), ([1, 8, 0, 4], "▁█·▄"), ([1], "█"), ([1, 1000], "▁█")]
)
def test_a_sparkline(counts, wanted):
    assert sparkline(counts) == wanted


@pytest.fixture
def marsad(monkeypatch, capsysbinary, tmp_path):
    (tmp_path / "new.yaml").write_text("id: a\nquery: truce\n", "utf-8")
    (tmp_path / "old.yaml").write_text("id: a\nquery: truce AND aleppo\n", "utf-8")
    return command_line(monkeypatch, capsysbinary, tmp_path)


def archive(path, lines):
    with gzip.open(path, "wb") as file:
        file.write(b"".join(line + b"\n" for line in lines))


def line(title, day):
    return json.dumps({"title": title, "body": "", "published_at": f"2026-03-{day:02}T12:00:00Z"}).encode()


def test_an_archive_of_articles_and_of_what_enrich_writes_is_replayed(marsad, tmp_path):
    read = enriched("Truce in Homs", 2).model_dump_json().encode()
    archive(
        tmp_path / "a.jsonl.gz",
        [line("Truce long ago", 1), line("Truce in Aleppo", 2), b"", read, b"{", b'{"article": 1}'],
    )
    words = (
        "watchlist",
        "backtest",
        "new.yaml",
        "--archive",
        "a.jsonl.gz",
        "--since",
        "2026-03-02",
        "--against",
        "old.yaml",
    )
    code, out, err = marsad(*words, "--json")
    [told] = [json.loads(text) for text in out.splitlines()]
    assert code == 0
    assert (told["watchlist"], told["articles"], told["hits"], told["alerts"]) == ("a", 2, 2, 2)
    assert told["by_day"] == {"2026-03-02": 1, "2026-03-03": 1}
    assert told["deciding"] == {"truce": 1.0}
    assert [hit["title"] for hit in told["only_new"]["samples"]] == ["Truce in Homs"]
    assert told["only_old"]["count"] == 0
    assert "a.jsonl.gz, line 5: " in err
    assert "a.jsonl.gz, line 6: " in err

    _, out, _ = marsad(*words)
    assert "2 articles from 2026-03-02 to 2026-03-03" in out
    assert "2 hits (1.0 a day), 2 alerts after novelty" in out
    assert "██  2026-03-02 to 2026-03-03" in out
    assert "100.0% decided by truce" in out
    assert "because truce  " in out
    assert "only in new: 1" in out

    code, out, err = marsad("watchlist", "backtest", "new.yaml", "--archive", "a.jsonl.gz", "--since", "2026-04-01")
    assert (code, "0 articles" in out, "no article since 2026-04-01" in err) == (0, True, True)


def test_what_is_no_archive_is_refused(marsad, tmp_path):
    code, _, err = marsad("watchlist", "backtest", "new.yaml", "--archive", "none.jsonl")
    assert (code, "none.jsonl" in err) == (2, True)
    (tmp_path / "broken.gz").write_bytes(b"no gzip")
    code, _, err = marsad("watchlist", "backtest", "new.yaml", "--archive", "broken.gz")
    assert (code, "check the file" in err) == (2, True)
    code, _, err = marsad("watchlist", "backtest", "new.yaml", "--since", "soon")
    assert (code, "--since" in err) == (2, True)
