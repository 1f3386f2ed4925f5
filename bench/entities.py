"""How well are persons, organisations and places found: by the gazetteer alone, by the tagger alone, by both together?

    python bench/entities.py FILE           # a file of words and labels in columns, as ANERcorp; needs nothing more
    python bench/entities.py --held-out [--sentences N]   # trains without a tenth of our corpus, scores on that; needs python-crfsuite

Strict F1: first word, last word and type must be right, words being what stands between blanks. Armed groups count as
organisations. What ANERcorp leaves out by its guideline, and ours marks, is not counted against FILE: see HEADS.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from agents.enrichment.entities import find_entities
from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.languages import pack
from agents.enrichment.tagger.features import WordFeatures
from agents.enrichment.tagger.train import corpus_lines, plain, read_corpus, train
from agents.enrichment.tagger.unlinked import load, with_unlinked
from agents.enrichment.text import document
from agents.evaluation.conll import SCORED, SENTENCES_AN_ARTICLE, LabelledSpan, article_of, read_conll
from streams.records import EntityType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.enrichment.tagger.model import Model

#: Ministries, chambers of parliament, high courts and the White House: organisations here, not in ANERcorp.
HEADS = re.compile(
    "[وبلفك]*(وزار|محكمة|المحكمة|برلمان|البرلمان|مجلس (النواب|الشعب|الشيوخ|العموم|اللوردات|الشورى|الوزراء|الأعيان)|البيت الأبيض)"
)
HELD_OUT = 7  # of every ten blocks of ten sentences


def labelled(file: Path) -> Iterator[tuple[str, set[LabelledSpan]]]:
    """Articles and their spans from columns; the file does not say where articles end."""
    sentences = read_conll(file.read_text("utf-8"), file.name)
    for first in range(0, len(sentences), SENTENCES_AN_ARTICLE):
        yield article_of(sentences[first : first + SENTENCES_AN_ARTICLE])


def annotated(lines: list[str]) -> Iterator[tuple[str, set[LabelledSpan]]]:
    """Articles of ten annotated sentences and their spans."""
    for first in range(0, len(lines), 10):
        body, spans = "", []
        for text, marked in map(plain, lines[first : first + 10]):
            spans += [(start + len(body), end + len(body), EntityType(kind)) for start, end, kind in marked]
            body += text + "\n"
        yield body, {(*whole_words(body, start, end), SCORED[kind]) for start, end, kind in spans if kind in SCORED}


def whole_words(body: str, start: int, end: int) -> tuple[int, int]:
    """A span with the rest of its first and last written word."""
    while start and not body[start - 1].isspace():
        start -= 1
    while end < len(body) and not body[end].isspace():
        end += 1
    return start, end


def found_spans(body: str, model: Model) -> dict[str, set[LabelledSpan]]:
    """By enricher: the gazetteer, the tagger, both (the gazetteer's names first)."""
    read = document("", body, "ar", pack("ar"))
    entities = find_entities(read, Gazetteer.load())
    named = [(m, e.type) for e in entities for m in e.mentions]
    linked = {
        (*whole_words(body, m.start, m.end), SCORED[kind]) for m, kind in named if not m.demonym and kind in SCORED
    }
    tagged = {
        (*whole_words(body, read.body.tokens[first].start, read.body.tokens[last].end), SCORED[EntityType(kind)])
        for first, last, kind in model.spans(read.body, entities)
        if EntityType(kind) in SCORED
    }
    both = {
        (*whole_words(body, m.start, m.end), SCORED[entity.type])
        for entity in with_unlinked(read, entities, model)
        if entity.type in SCORED
        for m in entity.mentions
        if not m.demonym
    }
    return {"gazetteer": linked, "tagger": tagged, "both": both}


def main() -> None:
    """Print F1, precision and recall by enricher and type."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--sentences", type=int, help="train on so many only")
    options = parser.parse_args()
    if options.held_out:
        lines = corpus_lines("ar")
        blocks = [lines[first : first + 10] for first in range(0, len(lines), 10)]
        kept = [line for number, block in enumerate(blocks) if number % 10 != HELD_OUT for line in block]
        step = max(1, len(kept) // (options.sentences or len(kept)))
        sentences = read_corpus(kept[::step][: options.sentences], pack("ar"), Gazetteer.load())
        model = train(sentences, WordFeatures(pack("ar"), Gazetteer.load()))
        articles = list(annotated([line for block in blocks[HELD_OUT::10] for line in block]))
        if options.file:
            report(list(labelled(options.file)), model, HEADS)
    elif options.file and (shipped := load("ar")):
        articles, model = list(labelled(options.file)), shipped
    else:
        parser.error("name a FILE, or --held-out")
    report(articles, model, None if options.held_out else HEADS)


def report(articles: list[tuple[str, set[LabelledSpan]]], model: Model, left_out: re.Pattern[str] | None) -> None:
    """One line for each enricher."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for body, wanted in articles:
        for enricher, spans in found_spans(body, model).items():
            found = {s for s in spans if not (left_out and left_out.match(body[s[0] : s[1]]))}
            for part in ("all", "LOC", "ORG", "PER"):
                one = {span for span in found if part in ("all", span[2])}
                other = {span for span in wanted if part in ("all", span[2])}
                row = counts[enricher, part]
                counts[enricher, part] = [row[0] + len(one & other), row[1] + len(one), row[2] + len(other)]
    for (enricher, part), (right, found_number, wanted_number) in counts.items():
        f1 = 200 * right / max(1, found_number + wanted_number)
        precision, recall = 100 * right / max(1, found_number), 100 * right / max(1, wanted_number)
        print(f"{enricher:10} {part:4} F1 {f1:5.1f}  precision {precision:5.1f}  recall {recall:5.1f}")


if __name__ == "__main__":
    main()
