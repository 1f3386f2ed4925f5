"""How fast is the pipeline on one core, without a broker, and how much memory does it take?

    python bench/offline.py [--articles N] [--encoder use|off] [FILE ...]

FILE is JSON Lines of articles, also gzipped; by default the days of real news that MARSAD_DATA names, else the samples.
Printed: articles a second of enrichment and of the whole pipeline with the watchlists that ship, milliseconds an article
of each, the slowest article, and resident memory at the end.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import os
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from agents.enrichment.encoder import open_encoder
from agents.enrichment.enrich import Enricher
from agents.pipeline import Pipeline
from agents.watchlists.files import read_watchlists
from streams.records import Article
from streams.worker import settle_garbage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]


def files_by_default() -> list[Path]:
    """Real news where there is some, else the samples that ship."""
    folder = Path(os.environ.get("MARSAD_DATA", ROOT.parent / "shared" / "data"))
    return sorted(folder.glob("news-*.jsonl.gz")) or sorted((ROOT / "streams" / "samples").glob("*.jsonl"))


def articles(files: list[Path]) -> Iterator[Article]:
    """The articles of the files, in order."""
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
            yield from (Article.model_validate_json(line) for line in lines if line.strip())


def measure(name: str, work: Callable[[Article], object], taken: list[Article]) -> None:
    """Print what one pass over the articles costs."""
    seconds = []
    for article in taken:
        began = time.perf_counter()
        work(article)
        seconds.append(time.perf_counter() - began)
    print(
        f"{name:<12} {len(taken) / sum(seconds):8.0f} articles/s   median {1000 * statistics.median(seconds):6.2f} ms"
        f"   p99 {1000 * statistics.quantiles(seconds, n=100)[98]:7.2f} ms   slowest {1000 * max(seconds):7.1f} ms"
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", nargs="*", type=Path, metavar="FILE")
    options.add_argument("--articles", type=int, default=2000)
    options.add_argument("--encoder", choices=("use", "off"), default="use")
    given = options.parse_args()
    files = given.files or files_by_default()
    taken = list(itertools.islice(articles(files), given.articles))
    if len(taken) < 2:
        sys.exit(f"no articles in {', '.join(map(str, files)) or 'no files'}")
    print(
        f"{len(taken)} articles of {', '.join(file.name for file in files)}; "
        f"{sum(len(a.title) + len(a.body) for a in taken) / len(taken):.0f} characters each; encoder {given.encoder}"
    )

    enricher = Enricher(open_encoder(given.encoder))
    watchlists = [
        watchlist
        for file in sorted((ROOT / "watchlists").glob("*.yaml"))
        for watchlist in read_watchlists(file.read_text("utf-8"), file.name)
    ]
    for article in taken[:50]:  # tables are read and caches filled on the first ones
        enricher.enrich(article)
    settle_garbage()
    measure("enrich", enricher.enrich, taken)
    alerts = []
    pipeline = Pipeline(watchlists, enricher)
    measure("all stages", lambda article: alerts.extend(pipeline.alerts(article)), taken)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    print(f"{len(alerts)} alerts from {len(watchlists)} watchlists; resident memory {kilobytes / 1024:.0f} MB")


if __name__ == "__main__":
    main()
