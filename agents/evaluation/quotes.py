"""Quotations against golden ones: short texts, with what stands in quotation marks because somebody said it, and who did.

A row of quotes.jsonl has split, language, title, body and quotes, each of speaker and words as they are written in the body.
Reported speech without marks is not written down there, so only direct quotations are scored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.evaluation.figures import Figures
from agents.evaluation.golden import Row, TextRow, rows

if TYPE_CHECKING:
    from agents.enrichment.enrich import Enricher
    from agents.evaluation.figures import Figure
    from streams.records import Enriched, Quote

#: Of the characters in either, how many have to be in both for two spans to be one quotation.
SHARED = 0.5


class Said(Row):
    """Words in quotation marks, and who is quoted with them: a name, or words for an office or a source."""

    speaker: str
    words: str


class QuoteRow(TextRow):
    """A text and its direct quotations."""

    quotes: tuple[Said, ...]


def score_quotes(text: str, name: str, enricher: Enricher) -> list[Figure]:
    """Direct quotations, and the speakers of those; parts are the split, alone and with each language.

    A quotation is found where half of the characters agree. Its speaker is right where the words for it, or a mention of
    its entity, overlap what is written down.
    """
    figures = Figures("quotes")
    for row in rows(text, name, QuoteRow):
        enriched = row.enriched(enricher)
        for part in (row.split, f"{row.split} {row.language}"):
            _score_row(figures, part, row, enriched)
    return list(figures.values())


def _score_row(figures: Figures, part: str, row: QuoteRow, enriched: Enriched) -> None:
    left = [quote for quote in enriched.quotes if quote.direct and quote.field == "body"]
    for said in row.quotes:
        start = row.body.index(said.words)
        quote = next((one for one in left if _agree((one.start, one.end), (start, start + len(said.words)))), None)
        figures["words", part].count(
            right=quote is not None, found=quote is not None, wanted=1, where=f"{said.words}: missed in {row.body}"
        )
        told = quote is not None and bool(quote.speaker or quote.speaker_text)
        right = quote is not None and _is_speaker(said.speaker, quote, row.body, enriched)
        figures["speaker", part].count(
            right=right,
            found=told,
            wanted=1,
            where=f"{said.words}: {(quote.speaker_text if quote else '') or '-'}, not {said.speaker}",
        )
        if quote:
            left.remove(quote)
    for quote in left:
        figures["words", part].count(right=0, found=1, wanted=0, where=f"{quote.text}: found in {row.body}")


def _agree(one: tuple[int, int], other: tuple[int, int]) -> bool:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared >= SHARED * (max(one[1], other[1]) - min(one[0], other[0]))


def _is_speaker(name: str, quote: Quote, body: str, enriched: Enriched) -> bool:
    """Do the speaker's words, or a mention of its entity, overlap the name wherever the body has it?"""
    entity = enriched.entity(quote.speaker) if quote.speaker else None
    spans = [quote.speaker_span, *(entity.mentions if entity else ())]
    places = [i for i in range(len(body)) if body.startswith(name, i)]
    return any(
        span is not None and span.field == "body" and span.start < place + len(name) and place < span.end
        for span in spans
        for place in places
    )
