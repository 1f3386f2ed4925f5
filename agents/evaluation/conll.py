"""Entities against columns of words and labels (the form of CoNLL 2003, the labels of ANERcorp).

A line is a word and its label, B-TYPE, I-TYPE or O; an empty line ends a sentence. A span is right where its first and last
word and its type are (strict F1, as conlleval counts). Labels stand on whole written words, so a mention is widened to
these: دمشق of لدمشق counts as لدمشق. Demonyms are no names there and are left out; so are types without a counterpart (MISC).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agents.evaluation.figures import Figures, count_spans
from agents.evaluation.golden import UNDATED
from streams.errors import InputError
from streams.records import Article, EntityType

if TYPE_CHECKING:
    from agents.enrichment.enrich import Enricher
    from agents.evaluation.figures import Figure
    from streams.records import Entity

#: A first and a last character, and a type of TYPES.
LabelledSpan = tuple[int, int, str]
Sentence = list[tuple[str, str]]

#: Labels of corpora by the types that are scored.
TYPES = {"LOC": "LOC", "PER": "PER", "PERS": "PER", "ORG": "ORG", "GRP": "ORG"}
SCORED = {
    EntityType.PLACE: "LOC",
    EntityType.PERSON: "PER",
    EntityType.ORGANISATION: "ORG",
    EntityType.GROUP: "ORG",
}

#: Such corpora do not say where an article ends; a name is read by what else its article names.
SENTENCES_AN_ARTICLE = 25


def read_conll(text: str, name: str) -> list[Sentence]:
    """The sentences, as words with their labels.

    Raises:
        InputError: a line that is no word and label; names file and line.
    """
    sentences: list[Sentence] = [[]]
    for number, line in enumerate(text.splitlines(), 1):
        columns = line.split()
        if not columns:
            sentences.append([])
        elif len(columns) >= 2 and (columns[-1] == "O" or columns[-1][:2] in ("B-", "I-")):
            sentences[-1].append((columns[0], columns[-1]))
        else:
            raise InputError(
                f"{name}, line {number}: {line[:60]!r} is no word with a label",
                field="label",
                value=line,
                remedy="write a word, a space, and B-TYPE, I-TYPE or O",
            )
    return [sentence for sentence in sentences if sentence]


def score_entities(text: str, name: str, enricher: Enricher, *, language: str = "ar") -> list[Figure]:
    """Spans of places, persons and organisations (armed groups among them), and of all three."""
    figures = Figures("entities")
    sentences = read_conll(text, name)
    parts = {part: figures["spans", part] for part in (*sorted(set(TYPES.values())), "all")}
    for first in range(0, len(sentences), SENTENCES_AN_ARTICLE):
        body, wanted = article_of(sentences[first : first + SENTENCES_AN_ARTICLE])
        article = Article(title="", body=body, language=language, published_at=UNDATED)
        found = _spans(body, enricher.enrich(article).entities)
        for part, figure in parts.items():
            count_spans(
                figure,
                {span for span in found if part in ("all", span[2])},
                {span for span in wanted if part in ("all", span[2])},
                partial(_said, body),
            )
    return list(figures.values())


def _said(body: str, span: LabelledSpan) -> str:
    return f"{body[span[0] : span[1]]}, {span[2]}"


def article_of(sentences: list[Sentence]) -> tuple[str, set[LabelledSpan]]:
    """A body with a sentence a line, and the spans of its labels."""
    lines, spans, start = [], set(), 0
    for sentence in sentences:
        first = last = start
        kind = None
        for word, label in [*sentence, ("", "O")]:
            if not label.startswith("I-") and kind:
                spans.add((first, last, kind))
                kind = None
            if label.startswith("B-"):
                first, kind = start, TYPES.get(label[2:])
            last, start = (start + len(word), start + len(word) + 1) if word else (last, start)
        lines.append(" ".join(word for word, _ in sentence))
    return "\n".join(lines), spans


def _spans(body: str, entities: tuple[Entity, ...]) -> set[LabelledSpan]:
    """Mentions, widened to the written words they stand in."""
    return {
        (
            max(body.rfind(" ", 0, mention.start), body.rfind("\n", 0, mention.start)) + 1,
            min(end for end in (body.find(" ", mention.end), body.find("\n", mention.end), len(body)) if end >= 0),
            SCORED[entity.type],
        )
        for entity in entities
        if entity.type in SCORED
        for mention in entity.mentions
        if not mention.demonym
    }
