"""Sentences to labels to spans: what stands between a document and a recogniser of names, whichever it is.

A recogniser costs what its longest sentence costs, for every sentence of a batch: so sentences of like length go together.
Its time is limited for each article, and looked at between batches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from agents.enrichment.tagger.model import spans_of
from streams.records import EntityType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from agents.enrichment.ner import Span
    from agents.enrichment.text import Document, FieldText

#: What the models of camel-tools were trained to read.
LANGUAGES = frozenset({"ar"})
#: ANERcorp's types. Its MISC holds nationalities, faiths, awards, games and wares: no type of ours, so none.
TYPES = {"PERS": EntityType.PERSON, "LOC": EntityType.PLACE, "ORG": EntityType.ORGANISATION}
#: Pieces of a sentence, the two marks of its ends left out: as many as the models were trained with.
LONGEST = 254
#: Sentences are padded to these lengths, marks included: a batch holds one of them.
LENGTHS = (16, 32, 48, 64, 96, 128, 256)
#: Pieces of a batch, padding included: 0.6 s of a BERT-base on one core, by which a limit may be overrun. More would save nothing.
BATCH = 256

Words = list[tuple[int, ...]]


class Recogniser(Protocol):
    """A token classifier on word pieces."""

    name: str

    def pieces(self, word: str) -> tuple[int, ...]:
        """Ids of a word's pieces; none where the vocabulary has nothing for it."""
        ...

    def predict(self, sentences: Sequence[Words], length: int) -> list[list[str]]:
        """A label (O, B-PERS, I-LOC ...) for each word of each sentence. No word is without pieces.

        `length` is what sentences are padded to, marks of the ends included; none is longer.
        """
        ...


class OutOfTimeError(Exception):
    """An article takes longer than it may."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A sentence, or a part of one that is too long, without the words that have no pieces."""

    field: str
    tokens: list[int]
    words: Words

    @property
    def length(self) -> int:
        """What it is padded to."""
        size = sum(map(len, self.words)) + 2
        return next(length for length in LENGTHS if size <= length)


@dataclass(frozen=True)
class AccuracyTier:
    """Names by a recogniser. `clock` gives seconds; `on_fallback` is told why an article is left to the light tier."""

    recogniser: Recogniser
    seconds: float
    clock: Callable[[], float]
    on_fallback: Callable[[str, Exception], None]

    @property
    def name(self) -> str:
        """The recogniser's."""
        return self.recogniser.name

    def spans(self, document: Document) -> Mapping[str, Sequence[Span]] | None:
        """Names by field; None: another language, no time left ('timeout') or a recogniser that failed ('error')."""
        if document.language not in LANGUAGES:
            return None
        try:
            labels = self._labels(document)
        except OutOfTimeError as late:
            self.on_fallback("timeout", late)
            return None
        except Exception as error:  # noqa: BLE001  it is somebody else's model: whatever goes wrong in it, the article goes on
            self.on_fallback("error", error)
            return None
        return {text.field: list(_names(text, labels)) for text in document.fields}

    def _labels(self, document: Document) -> dict[tuple[str, int], str]:
        """Labels by field and token; tokens without pieces have none."""
        until = self.clock() + self.seconds
        labels: dict[tuple[str, int], str] = {}
        parts = [part for text in document.fields for part in self._parts(text)]
        for batch in _batches(parts):
            if self.clock() > until:
                raise OutOfTimeError(f"{len(parts)} sentences take longer than {self.seconds} s")
            found = self.recogniser.predict([part.words for part in batch], batch[0].length)
            for part, of_part in zip(batch, found, strict=True):
                labels |= zip(((part.field, token) for token in part.tokens), of_part, strict=True)
        return labels

    def _parts(self, text: FieldText) -> Iterator[_Part]:
        for first, last in text.sentences:
            tokens: list[int] = []
            words: Words = []
            size = 0
            for number in range(first, last):
                pieces = self.recogniser.pieces(text.tokens[number].raw)[:LONGEST]
                if not pieces:
                    continue
                if size + len(pieces) > LONGEST:
                    yield _Part(text.field, tokens, words)
                    tokens, words, size = [], [], 0
                tokens.append(number)
                words.append(pieces)
                size += len(pieces)
            if tokens:
                yield _Part(text.field, tokens, words)


def _batches(parts: list[_Part]) -> Iterator[list[_Part]]:
    """Parts of one padded length together, the short ones first."""
    batch: list[_Part] = []
    for part in sorted(parts, key=lambda part: part.length):
        if batch and (part.length != batch[0].length or (len(batch) + 1) * part.length > BATCH):
            yield batch
            batch = []
        batch.append(part)
    if batch:
        yield batch


def _names(text: FieldText, labels: Mapping[tuple[str, int], str]) -> Iterator[Span]:
    for first, last in text.sentences:
        written = [labels.get((text.field, number), "") for number in range(first, last)]
        for start, end, kind in spans_of(well_formed(written), first):
            words = [number for number in range(start, end + 1) if text.tokens[number].is_word]
            if words:  # a quote or a stop at the edge of a name is none of it
                yield words[0], words[-1], kind


def well_formed(labels: Sequence[str]) -> list[str]:
    """Labels of our types that begin with B: a model may say I first, and says nothing ('') of words it has no pieces for.

    Such a word belongs to a name if the name goes on after it.
    """
    found: list[str] = []
    for number, label in enumerate(labels):
        said = label or next((after for after in labels[number:] if after), "O")
        kind = TYPES.get(said[2:])
        continues = said[0] == "I" and bool(found) and kind is not None and found[-1][2:] == kind
        if kind is None or (not label and not continues):
            found.append("O")
        else:
            found.append(f"{'I' if continues else 'B'}-{kind.value}")
    return found
