"""How fast is enrichment on one core, and which enricher takes how much of it?

    python bench/enrichment.py [FILE] [--limit N] [--encoder use|off] [--words LOW HIGH] [--warm N]

FILE holds articles as JSON Lines, gzipped or not; without one, articles are made from the golden texts of the tests. Each
enricher is timed as `Enricher.enrich` calls it, after a first pass over `--warm` other articles that loads the tables and
meets the words that most articles share. With `--words`, only articles of so many words are measured.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import defaultdict
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.enrichment import enrich
from agents.enrichment.encoder import open_encoder
from agents.enrichment.enrich import Enricher
from agents.enrichment.tagger import unlinked
from streams.records import Article
from streams.worker import settle_garbage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "topics.jsonl"
STAGES = (
    "detect",
    "text_end",
    "document",
    "find_entities",
    "extract_events",
    "find_dates",
    "main_place",
    "find_quotes",
)


def read_articles(file: Path) -> Iterator[Article]:
    """The articles of a JSON Lines file."""
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        for line in lines:
            yield Article.model_validate_json(line)


def made_articles(number: int) -> Iterator[Article]:
    """Articles of some 300 words: bodies of golden texts of one language, ten at a time."""
    texts = [json.loads(line) for line in GOLDEN.read_text("utf-8").splitlines()]
    for count, first in enumerate(islice(cycle(range(len(texts))), number)):
        same = [text for text in texts if text["language"] == texts[first]["language"]]
        body = "\n".join(same[(first + step) % len(same)]["body"] for step in range(10))
        yield Article(title=f"{texts[first]['title']} {count}", body=body, published_at="2026-03-02T09:00:00Z")


class Stopwatch:
    """Seconds of CPU by name of what ran."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with its time added up."""

        def run(*arguments: Any, **named: Any) -> Any:
            start = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds[name] += time.process_time() - start

        return run


def main() -> None:
    """Print articles a second and each enricher's share."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--limit", type=int, default=1000)
    parser.add_argument("--encoder", default="off", help="use, off or a sentence-transformers folder")
    parser.add_argument("--words", type=int, nargs=2, default=(0, 1_000_000), metavar=("LOW", "HIGH"))
    parser.add_argument("--warm", type=int, default=50)
    options = parser.parse_args()

    low, high = options.words
    source = list(read_articles(options.file) if options.file else made_articles(options.limit + options.warm))
    fitting = [article for article in source if low <= len(article.body.split()) <= high]
    articles = fitting[-options.limit :]
    chosen = {id(article) for article in articles}
    before = [article for article in source if id(article) not in chosen][: options.warm]
    watch = Stopwatch()
    for stage in STAGES:
        setattr(enrich, stage, watch.timed(stage, getattr(enrich, stage)))
    unlinked.with_unlinked = watch.timed("with_unlinked", unlinked.with_unlinked)
    enricher = Enricher(open_encoder(options.encoder))
    enricher.topics.tag = watch.timed("topics", enricher.topics.tag)  # type: ignore[method-assign]
    if enricher.encoder:
        enricher.encoder.encode = watch.timed("encoder", enricher.encoder.encode)  # type: ignore[method-assign]
    for article in before or articles:
        enricher.enrich(article)
    settle_garbage()

    watch.seconds.clear()
    start = time.process_time()
    for article in articles:
        enricher.enrich(article)
    total = time.process_time() - start
    words = sum(len(article.body.split()) for article in articles) / len(articles)
    print(
        f"{len(articles)} articles of {words:.0f} words, encoder {options.encoder}: {len(articles) / total:.0f} articles/s of CPU"
    )
    watch.seconds["records and the rest"] = total - sum(watch.seconds.values())
    for name, seconds in sorted(watch.seconds.items(), key=lambda entry: -entry[1]):
        print(f"  {name:<22}{1000 * seconds / len(articles):7.2f} ms  {100 * seconds / total:4.0f} %")


if __name__ == "__main__":
    main()
