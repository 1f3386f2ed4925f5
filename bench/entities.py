"""How well are persons, organisations and places found: by the gazetteer alone, by the tagger alone, by both together?

    python bench/entities.py FILE           # a file of words and labels in columns, as ANERcorp; needs nothing more
    python bench/entities.py --held-out [--language en] [--sentences N]   # trains without a tenth of our corpus, scores on that;
                                                                          # needs python-crfsuite

Strict F1: first word, last word and type must be right, words being what stands between blanks. Armed groups count as
organisations. What ANERcorp leaves out by its guideline, and ours marks, is not counted against FILE: see HEADS.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from agents.enrichment.entities import find_entities
from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.languages import pack
from agents.enrichment.tagger.features import WordFeatures
from agents.enrichment.tagger.train import corpus_lines, plain, read_corpus, train, training_lines
from agents.enrichment.tagger.unlinked import load, with_unlinked
from agents.enrichment.text import document
from agents.evaluation.conll import SCORED, SENTENCES_AN_ARTICLE, LabelledSpan, article_of, read_conll
from agents.evaluation.figures import Figures, count_spans
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


def found_spans(body: str, model: Model, language: str) -> dict[str, set[LabelledSpan]]:
    """By reader: the gazetteer, the tagger, both as they are settled."""
    read = document("", body, language, pack(language))
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
    """Print F1, precision and recall by reader and type."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--language", default="ar")
    parser.add_argument("--sentences", type=int, help="train on so many only")
    options = parser.parse_args()
    language = options.language
    if options.held_out:
        lines = corpus_lines(language)
        blocks = [lines[first : first + 10] for first in range(0, len(lines), 10)]
        kept = [line for number, block in enumerate(blocks) if number % 10 != HELD_OUT for line in block]
        step = max(1, len(kept) // (options.sentences or len(kept)))
        lines = training_lines(kept[::step][: options.sentences], pack(language))
        sentences = read_corpus(lines, pack(language), Gazetteer.load())
        model = train(sentences, WordFeatures(pack(language), Gazetteer.load()))
        report(list(annotated([line for block in blocks[HELD_OUT::10] for line in block])), model, language)
    elif options.file and (shipped := load(language)):
        model = shipped
    else:
        parser.error("name a FILE, or --held-out")
    if options.file:
        report(list(labelled(options.file)), model, language, HEADS)


def report(
    articles: list[tuple[str, set[LabelledSpan]]], model: Model, language: str, left_out: re.Pattern[str] | None = None
) -> None:
    """One line for each reader and type."""
    figures = Figures("entities")
    for body, wanted in articles:
        for reader, spans in found_spans(body, model, language).items():
            found = {s for s in spans if not (left_out and left_out.match(body[s[0] : s[1]]))}
            for part in ("all", "LOC", "ORG", "PER"):
                count_spans(
                    figures[reader, part],
                    {span for span in found if part in ("all", span[2])},
                    {span for span in wanted if part in ("all", span[2])},
                    str,
                )
    for figure in figures.values():
        shares = (100 * (share or 0) for share in (figure.f1, figure.precision, figure.recall))
        print("{:10} {:4} F1 {:5.1f}  precision {:5.1f}  recall {:5.1f}".format(figure.measure, figure.part, *shares))


if __name__ == "__main__":
    main()
