"""How long an article takes against many watchlists.

    python bench/watchlists.py ARTICLES.jsonl[.gz] [--watchlists 1000 10000 ...] [--shape mixed|boolean] [--peers]
    python bench/watchlists.py ARTICLES.jsonl[.gz] --meanings 10000

Watchlists are made of words, phrases, places, topics and events that the articles of the file really hold: 40 % boolean of 2
to 8 terms, 25 % with a phrase, 15 % proximity or prefix, 20 % entity, place, topic or event. Words are as likely as any
other of those that at most TELLING of the articles have; a phrase holds at least one of them. Half of the articles go by
unmeasured, so that shares are learnt; of the others `--articles` are measured. Enrichment and the cutting into words are not
counted; times are CPU time of one core.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import random
import re
import resource
import statistics
import sys
import time
from collections import Counter
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.enrichment.encoder import lead_text, open_encoder, pack_vector
from agents.enrichment.enrich import Enricher
from agents.enrichment.text import normalise
from agents.watchlists.article import ArticleIndex
from agents.watchlists.presearch import WatchlistIndex
from agents.watchlists.query import parse
from agents.watchlists.syntax import And, Node, Not, Or, Phrase, Word
from streams.records import AgreementKind, Article, Enriched, Stage, Watchlist

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 20261125
#: Share of articles that a word may be in at most to be worth a place in a watchlist.
TELLING = 0.1


def articles(path: Path) -> Iterator[Article]:
    """Articles of a JSON Lines file."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield Article.model_validate(json.loads(line))


class Shapes:
    """Makes queries out of what articles hold."""

    def __init__(self, read: list[Enriched], chance: random.Random) -> None:
        self.chance = chance
        self.words = [
            [t.raw for _, t in ArticleIndex(e).words if t.raw.isalpha() and len(t.norm) > 2 and "ـ" not in t.raw]
            for e in read
        ]
        self.words = [words for words in self.words if len(words) > 20]
        having = Counter(word for words in self.words for word in set(words))
        self.telling = {word for word, count in having.items() if count <= TELLING * len(self.words)}
        self.all_words = sorted(self.telling)
        self.names = [(e.type.value, e.id) for a in read for e in a.entities]
        self.topics = [t.code for a in read for t in a.topics]

    def word(self) -> str:
        return f'"{self.chance.choice(self.all_words)}"'  # quoted: it may be ليس, which reads like an operator

    def row(self, length: int) -> str:
        while True:
            words = self.chance.choice(self.words)
            at = self.chance.randrange(len(words) - length)
            row = words[at : at + length]
            if not self.telling.isdisjoint(row):
                return " ".join(row)

    def boolean(self) -> str:
        terms = [self.word() for _ in range(self.chance.randint(2, 8))]
        kind = self.chance.random()
        if kind < 0.5:
            return " AND ".join(terms[:4])
        if kind < 0.7:
            return f"{terms[0]} AND ({' OR '.join(terms[1:])})"
        if kind < 0.85:
            return f"{' AND '.join(terms[:3])} AND NOT {terms[-1]}"
        return " OR ".join(f"({a} AND {b})" for a, b in pairwise(terms))

    def phrase(self) -> str:
        return f'"{self.row(2)}"' + self.chance.choice(["", f" AND {self.word()}", f' OR "{self.row(3)}"'])

    def near(self) -> str:
        if self.chance.random() < 0.5:
            return f'"{self.row(1)} {self.row(1)}"~{self.chance.randint(2, 10)}'
        return f"{self.row(1)[:5]}* AND {self.word()}"

    def known(self) -> str:
        kind, entity = self.chance.choice(self.names)
        field = {"place": "place", "person": "person", "organisation": "org"}.get(kind, "entity")
        return self.chance.choice(
            [
                f"{field}:{entity} AND {self.word()}",
                f'topic:"{self.chance.choice(self.topics)}" AND {field}:{entity}',
                f"event:agreement AND agreement:{self.chance.choice(list(AgreementKind)).value} AND {field}:{entity}",
                f"event:agreement AND stage:{self.chance.choice(list(Stage)).value} AND place:{entity}",
            ]
        )

    def query(self, shape: str) -> str:
        if shape == "boolean":
            return self.boolean()
        share = self.chance.random()
        return (
            self.boolean()
            if share < 0.4
            else self.phrase()
            if share < 0.65
            else self.near()
            if share < 0.8
            else self.known()
        )


def main() -> None:
    """Print a row for each number of watchlists, ours and the peers' beside it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", type=Path)
    options.add_argument("--watchlists", type=int, nargs="+", default=[100_000])
    options.add_argument("--articles", type=int, default=300, help="articles that are measured")
    options.add_argument("--read", type=int, default=2500, help="articles that words are taken from")
    options.add_argument("--shape", choices=["mixed", "boolean"], default="mixed")
    options.add_argument("--peers", action="store_true", help="mokaccino (boolean only), a regex each, and asking all")
    options.add_argument("--meanings", type=int, help='instead: so many watchlists of one like:"..."~top1%% each')
    given = options.parse_args()
    if given.meanings:
        meanings(list(islice(articles(given.file), given.read)), given.meanings, given.articles)
        return
    enricher = Enricher()
    read = [enricher.enrich(article) for article in islice(articles(given.file), given.read)]
    print(f"{len(read)} articles of {given.file.name}, shape {given.shape}; ms of CPU an article", file=sys.stderr)
    print(
        f"{'watchlists':>10} {'engine':<24} {'load s':>7} {'median':>8} {'mean':>8} {'p99':>8} {'matches':>8} {'MB':>6}"
    )
    measured = read[:: max(1, len(read) // given.articles)][: given.articles]
    for count in given.watchlists:
        shapes = Shapes(read, random.Random(SEED))  # noqa: S311 - the same watchlists every time
        queries = [shapes.query(given.shape) for _ in range(count)]
        ours(queries, read[1::2], measured)
        if given.peers and given.shape == "boolean":
            mokaccinos(queries, measured)
        if given.peers:
            regexes(queries[: count // 100], measured[:20])


def row(engine: str, count: int, load: float, took: list[float], matches: int) -> None:
    """Print a row; `took` is in seconds."""
    took = sorted(1000 * seconds for seconds in took)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:10,} {engine:<24} {load:7.1f} {statistics.median(took):8.2f} {statistics.mean(took):8.2f}"
        f" {took[int(len(took) * 0.99)]:8.2f} {matches / len(took):8.1f} {memory:6.0f}",
        flush=True,
    )


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of CPU, and what it gave."""
    began = time.process_time()
    result = function()
    return time.process_time() - began, result


def ours(queries: list[str], before: list[Enriched], measured: list[Enriched]) -> None:
    """Which watchlists match; the same with reasons; and all of them asked one by one, on few articles."""
    index = WatchlistIndex(clock=time.perf_counter)

    def fill() -> None:
        for number, query in enumerate(queries):
            index.add(Watchlist(id=f"w{number}", query=query))

    load, _ = timed(fill)
    gc.collect()
    gc.freeze()  # as a worker does once its watchlists are loaded: a full collection walks all of them
    for enriched in before:
        index.matching(ArticleIndex(enriched))
    asked, explained, matches = [], [], 0
    for enriched in measured:
        article = ArticleIndex(enriched)  # cut into words, as enrichment in the same process has done
        asked.append(timed(partial(index.matching, article))[0])
        seconds, found = timed(partial(index.match, enriched))
        explained.append(seconds)
        matches += len(found)
    row("marsad", len(queries), load, asked, matches)
    row("marsad with reasons", len(queries), load, explained, matches)
    naive = [timed(partial(index.match_all, enriched)) for enriched in measured[:10]]
    row("naive: ask each", len(queries), load, [seconds for seconds, _ in naive], sum(len(found) for _, found in naive))
    for trouble in index.troubles:
        print(trouble, file=sys.stderr)
    clock_share(index, measured)


def meanings(read: list[Article], count: int, measured: int) -> None:
    """Watchlists that each ask for the meaning of some words in a row of the articles; vectors of articles are not counted."""
    encoder = open_encoder("use")
    assert encoder is not None  # noqa: S101 - it ships
    chance = random.Random(SEED)  # noqa: S311
    texts = [[word for word in f"{a.title} {a.body}".split() if word.isalnum()] for a in read]
    queries = []
    for _ in range(count):
        words = chance.choice(texts)
        at = chance.randrange(max(1, len(words) - 10))
        queries.append(" ".join(words[at : at + 10]))
    index = WatchlistIndex(encoder=encoder)
    load, _ = timed(
        lambda: [index.add(Watchlist(id=f"w{n}", query=f'like:"{words} {n}"~top1%')) for n, words in enumerate(queries)]
    )
    vectors = [
        Enriched(
            article=article,
            language=article.language or "ar",
            vector=pack_vector(encoder.encode([lead_text(article.title, article.body)])[0]),
            versions={"encoder": encoder.name},
        )
        for article in read
    ]
    judged = [ArticleIndex(enriched) for enriched in vectors]
    for article in judged:
        article.stems  # noqa: B018 - cut into words, as enrichment in the same process has done
    print(
        f"{'watchlists':>10} {'engine':<24} {'load s':>7} {'median':>8} {'mean':>8} {'p99':>8} {'matches':>8} {'MB':>6}"
    )
    found = [timed(partial(index.matching, article)) for article in judged][-measured:]
    row("like: as a rank", count, load, [seconds for seconds, _ in found], sum(len(matches) for _, matches in found))


def clock_share(index: WatchlistIndex, measured: list[Enriched]) -> None:
    """How much of matching is spent on looking at the clock: each article with and without, in turn."""
    clock, totals = time.perf_counter, {True: 0.0, False: 0.0}
    for _ in range(3):
        for number, enriched in enumerate(measured):
            for is_timed in ((True, False), (False, True))[number % 2]:
                index._clock = clock if is_timed else None  # noqa: SLF001 - one index of a hundred thousand is enough
                article = ArticleIndex(enriched)
                article.positions  # noqa: B018 - asked for by both
                totals[is_timed] += timed(partial(index.matching, article))[0]
    share = totals[True] / totals[False] - 1
    print(f"the clock that bounds each watchlist's time costs {100 * share:.1f} % of matching", file=sys.stderr)


def mokaccinos(queries: list[str], measured: list[Enriched]) -> None:
    """The percolator in Rust. It knows no word forms: words are as they are written, normalised."""
    from mokaccino import Document, Percolator, Query

    def query(node: Node) -> Query:
        if isinstance(node, And | Or):
            first, *others = (query(child) for child in node.children)
            for other in others:
                first = first & other if isinstance(node, And) else first | other
            return first
        if isinstance(node, Not):
            return ~query(node.child)
        assert isinstance(node, Word | Phrase)  # noqa: S101 - of nothing else are boolean shapes made
        return Query.from_kv("word", normalise(node.text))

    percolator = Percolator()
    load, _ = timed(lambda: [percolator.add_query(query(parse(written))) for written in queries])
    percolator = percolator.optimized()
    took, matches = [], 0
    for enriched in measured:
        document = Document()
        for word in {token.norm for _, token in ArticleIndex(enriched).words}:
            document = document.with_value("word", word)
        seconds, found = timed(partial(percolator.percolate_list, document))
        took.append(seconds)
        matches += len(found)
    row("mokaccino", len(queries), load, took, matches)


def count_of(patterns: list[re.Pattern[str]], text: str) -> int:
    """How many are found in a text."""
    return sum(1 for pattern in patterns if pattern.search(text))


def regexes(queries: list[str], measured: list[Enriched]) -> None:
    """A regular expression for each watchlist, which finds its words as written: what is often done by hand."""
    load, patterns = timed(
        lambda: [re.compile("|".join(map(re.escape, re.findall(r"[^\W\d_]+", query)))) for query in queries]
    )
    texts = [f"{enriched.article.title}\n{enriched.article.body}" for enriched in measured]
    found = [timed(partial(count_of, patterns, text)) for text in texts]
    row("regex each", len(queries), load, [seconds for seconds, _ in found], sum(count for _, count in found))


if __name__ == "__main__":
    main()
