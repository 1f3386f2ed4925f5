"""How well is main news of truces found on three labelled days of real news?

    python bench/events.py [--false] [--missed] [--data FOLDER]

FOLDER (or MARSAD_DATA) holds news-ar-2015-*.jsonl.gz and labels/days.tsv; articles without a label count as no.
Printed: precision and recall of main agreement events of war-and-peace kinds, kind and stage where found, milliseconds of
CPU an article. Rows whose note begins with ALSO-NEW are neither right nor wrong.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.enrichment.boilerplate import text_end
from agents.enrichment.entities import find_entities
from agents.enrichment.events import extract_events
from agents.enrichment.events.agreements import CONFLICT_KINDS
from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.languages import pack
from agents.enrichment.text import document

if TYPE_CHECKING:
    from streams.records import Event


def articles(folder: Path) -> list[dict[str, Any]]:
    """All articles of the labelled days."""
    found = []
    for file in sorted(folder.glob("news-ar-2015-*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            found += [json.loads(line) for line in lines]
    return found


def labels(folder: Path) -> dict[str, dict[str, str]]:
    """Labels by url."""
    with (folder / "labels" / "days.tsv").open(encoding="utf-8", newline="") as lines:
        return {row["url"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}


def is_truce_news(event: Event | None) -> bool:
    """Is it main news of a truce, a peace deal or talks?"""
    return event is not None and event.agreement is not None and event.agreement.kind in CONFLICT_KINDS


def main() -> None:
    """Print the figures, and on request what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("MARSAD_DATA", "../shared/data")))
    parser.add_argument("--false", action="store_true", help="list what was found and should not have been")
    parser.add_argument("--missed", action="store_true", help="list what was missed")
    options = parser.parse_args()
    language, gazetteer, known = pack("ar"), Gazetteer.load(), labels(options.data)
    right = wrong = missed = kinds = stages = opinions = 0
    spent = 0.0
    everything = articles(options.data)
    for article in everything:
        end = text_end(article["body"], language)
        read = document(article["title"], article["body"], "ar", language, end)
        entities = find_entities(read, gazetteer)
        begun = time.process_time()
        events = extract_events(read, entities)
        spent += time.process_time() - begun
        found = next((e for e in events if e.main), None)
        label = known.get(article["url"], {"main": "no", "opinion": "no", "note": "", "kind": "", "stage": ""})
        wanted = label["main"] == "yes" and label["opinion"] != "yes"
        if label["note"].startswith("ALSO-NEW"):
            continue
        if is_truce_news(found) and wanted:
            right += 1
            assert found is not None and found.agreement is not None  # noqa: S101, PT018
            kinds += found.agreement.kind.value == label["kind"]
            stages += found.stage == label["stage"]
            if options.missed and (found.agreement.kind.value, found.stage) != (label["kind"], label["stage"]):
                show("OTHER KIND OR STAGE", article, label, found)
        elif is_truce_news(found):
            wrong += 1
            opinions += label["opinion"] == "yes"
            if options.false:
                show("FALSE", article, label, found)
        elif wanted:
            missed += 1
            if options.missed:
                show("MISSED", article, label, found)
    print(f"articles {len(everything)}, {1000 * spent / len(everything):.2f} ms each for events")
    print(f"right {right}, false {wrong} (opinion {opinions}), missed {missed}")
    print(f"precision {right / max(right + wrong, 1):.2f}, recall {right / max(right + missed, 1):.2f}")
    print(f"where found: kind {kinds / max(right, 1):.2f}, stage {stages / max(right, 1):.2f}")


def show(why: str, article: dict[str, Any], label: dict[str, str], event: Event | None) -> None:
    """One article that is not as labelled, with the words that were taken for evidence."""
    print(f"\n{why} [{label['main']} {label['kind']} {label['stage']}] {label['note']}")
    print("  ", article["title"])
    print("  ", article["body"][:260].replace("\n", " / "))
    if event is not None:
        kind = event.agreement.kind if event.agreement else event.type
        words = " | ".join(f"{e.of}={e.text}" for e in event.evidence if e.of not in ("party", "place"))
        print("  ", kind, event.stage, event.score, words)


if __name__ == "__main__":
    main()
