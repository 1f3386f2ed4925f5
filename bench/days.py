"""Three real days through the whole pipeline, against labels: which developments are caught, which alerts are false.

    python bench/days.py FOLDER

FOLDER holds news-ar-*.jsonl.gz and labels/days.tsv (url, main, opinion, development, note …). Articles are taken in order of
published_at, then url; state is kept over the gaps between the days. An alert on a row that is main=yes and no opinion is a
catch of its development; on one whose note says ALSO-NEW it is tolerated, and a catch too; on any other it is false.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from agents.enrichment.enrich import Enricher
from agents.pipeline import Pipeline
from streams.records import Article, Watchlist

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.records import Alert

WATCHLISTS = (
    Watchlist(
        id="anywhere",
        notify="new",
        query="agreement:(ceasefire OR peace OR de-escalation OR prisoner-exchange OR withdrawal OR humanitarian-access)",
    ),
    Watchlist(
        id="yemen",
        notify="update",
        query="place:Yemen AND agreement:(ceasefire OR peace OR de-escalation OR prisoner-exchange OR withdrawal"
        " OR humanitarian-access)",
    ),
)
#: The developments of the labels that a careful editor may leave out.
OPTIONAL = (
    "sudan-national-dialogue", "yemen-aden-maashiq", "iraq-anbar-shelling", "yemen-mukalla", "yemen-humanitarian-truce",
    "yemen-un-truce", "libya-tebu-tuareg", "yemen-prisoner-exchange", "gaza-hamas-israel", "iran-pjak", "israel-hamas",
)  # fmt: skip


def articles(folder: Path) -> Iterator[Article]:
    """The articles of the days in order."""
    found = []
    for day in sorted(folder.glob("news-ar-*.jsonl.gz")):
        with gzip.open(day, "rt", encoding="utf-8") as lines:
            found += [Article.model_validate(json.loads(line)) for line in lines]
    yield from sorted(found, key=lambda article: (article.published_at, article.url or ""))


def read_labels(file: Path) -> dict[str, dict[str, str]]:
    """The labels by url."""
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["url"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}


def verdict(row: dict[str, str] | None) -> str:
    """'hit', 'also-new' or 'false'."""
    if row is None or row["opinion"] == "yes":
        return "false"
    return "hit" if row["main"] == "yes" else "also-new" if "ALSO-NEW" in row["note"] else "false"


def show(alert: Alert, row: dict[str, str] | None, told: str) -> None:
    """One alert, with what the labels say about it."""
    event = next((event for event in alert.events if event.main), None)
    stage = event.stage.value if event and event.stage else "-"
    kind = event.agreement.kind.value if event and event.agreement else "-"
    print(
        f"{alert.article.published_at:%d %b %H:%M}  {told:8} {alert.kind:6} {kind}/{stage}  [{alert.development.what}]"
    )
    if event and event.agreement:
        print(
            f"    development {alert.development.id}  places {event.agreement.places}  parties {event.agreement.parties}"
        )
    print(f"    {alert.article.title}\n    {alert.article.url}")
    print(f"    reasons {[f'{r.clause}: {r.text}' for r in alert.reasons][:8]}")
    if row:
        print(f"    label: {row['main']} {row['development']} {row['stage']} {row['note']}")


def main() -> None:
    """Run the days and print alerts and figures."""
    options = argparse.ArgumentParser(description="Three real days against labels")
    options.add_argument("folder", type=Path)
    folder = options.parse_args().folder
    rows = read_labels(folder / "labels" / "days.tsv")
    pipeline = Pipeline(WATCHLISTS, Enricher())
    alerts: dict[str, list[Alert]] = {watchlist.id: [] for watchlist in WATCHLISTS}
    start, count = time.perf_counter(), 0
    for article in articles(folder):
        count += 1
        for alert in pipeline.alerts(article):
            alerts[alert.watchlist].append(alert)
    seconds = time.perf_counter() - start
    print(
        f"{count} articles in {seconds:.1f} s, {count / seconds:.0f}/s; state {len(pipeline.stories)} + {len(pipeline.told)} records"
    )
    required = {
        row["development"] for row in rows.values()
        if row["main"] == "yes" and row["opinion"] == "no" and not row["development"].startswith(OPTIONAL)
    }  # fmt: skip
    for watchlist, told in alerts.items():
        print(f"\n== {watchlist}")
        seen: Counter[str] = Counter()
        verdicts: Counter[str] = Counter()
        for alert in told:
            row = rows.get(alert.article.url or "")
            found = verdict(row)
            verdicts[found] += 1
            if row and found != "false" and alert.kind == "new":
                seen[row["development"]] += 1
            show(alert, row, found)
        caught = required & set(seen)
        twice = {development: n for development, n in seen.items() if n > 1}
        print(f"\n{watchlist}: {len(told)} alerts, {dict(verdicts)}")
        print(f"developments caught: {len(caught)} of {len(required)}; missed: {sorted(required - caught)}")
        print(f"optional ones caught: {sorted(set(seen) - required)}\nnew more than once: {twice}")


if __name__ == "__main__":
    main()
