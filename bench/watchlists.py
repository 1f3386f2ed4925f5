"""How long an article takes against many watchlists.

    python bench/watchlists.py ARTICLES.jsonl[.gz] [--watchlists 100000] [--articles 500] [--shape mixed|boolean]

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
import resource
import statistics
import sys
import time
from collections import Counter
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from agents.enrichment.enrich import Enricher
from agents.watchlists.article import ArticleIndex
from agents.watchlists.presearch import WatchlistIndex
from streams.records import AgreementKind, Article, Enriched, Stage, Watchlist

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """Print load time, milliseconds an article, candidates and matches."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", type=Path)
    options.add_argument("--watchlists", type=int, nargs="+", default=[100_000])
    options.add_argument("--articles", type=int, default=500)
    options.add_argument("--shape", choices=["mixed", "boolean"], default="mixed")
    given = options.parse_args()
    enricher = Enricher()
    read = [enricher.enrich(article) for article in islice(articles(given.file), given.articles)]
    print(f"{len(read)} articles of {given.file.name}, shape {given.shape}", file=sys.stderr)
    print("watchlists  load s  add ms  median ms  mean ms  p99 ms  (of it reading)  candidates  matches  MB")
    for count in given.watchlists:
        measure(count, given.shape, read)


def measure(count: int, shape: str, read: list[Enriched]) -> None:
    """One row of the table."""
    shapes = Shapes(read, random.Random(SEED))  # noqa: S311 - the same watchlists every time
    stored = [Watchlist(id=f"w{n}", query=shapes.query(shape)) for n in range(count)]
    index = WatchlistIndex()
    began = time.process_time()
    for watchlist in stored:
        index.add(watchlist)
    load = time.process_time() - began
    gc.collect()
    gc.freeze()  # as a worker should once its watchlists are loaded: a full collection walks all of them, 150 ms
    took, reading, matches, candidates = [], [], 0, 0
    for enriched in read:
        began = time.process_time()
        found = index.match(enriched)
        took.append((time.process_time() - began) * 1000)
        matches += len(found)
        began = time.process_time()
        article = ArticleIndex(enriched)
        reading.append((time.process_time() - began) * 1000)
        candidates += len(index.matching(article))
    took.sort()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:10,} {load:7.1f} {load / count * 1000:7.3f} {statistics.median(took):10.2f} {statistics.mean(took):8.2f}"
        f" {took[int(len(took) * 0.99)]:7.2f} {statistics.median(reading):17.2f} {candidates / len(read):11.0f} {matches / len(read):8.1f} {memory:5.0f}"
    )
    if index.errors:
        print(f"errors: {index.errors}", file=sys.stderr)


if __name__ == "__main__":
    main()
