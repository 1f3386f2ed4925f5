"""A linear-chain conditional random field, decoded with numpy.

All features are of single words at an offset of -2 to 2, so what a word adds to the scores of its neighbourhood depends on
nothing but the word: it is summed once for each word type and kept. Decoding is Viterbi's algorithm over all sentences of
an article at once, a step for each position (Lafferty, McCallum, Pereira 2001; Rabiner 1989).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from agents.enrichment.tagger.features import EDGE, linked_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

    from numpy.typing import NDArray

    from agents.enrichment.tagger.features import WordFeatures
    from agents.enrichment.text import FieldText
    from streams.records import Entity

#: A word is surely outside of names if O scores so much more for it than any other label.
SURE = 5.0
OFFSETS = (-2, -1, 0, 1, 2)
_REACH = 2
_NEVER = np.float32(-1e4)
#: What the first word of a name must score above the corpus's own balance, for there are stranger texts than it: persons are
#: the rarest to be guessed wrongly.
CAUTION = {"person": 0.25}
MOST_CAUTION = 1.0
#: Word types whose scores are kept: 65,536 of 13 labels take 17 MB once all of them have been met.
_KEPT = 1 << 16


def allowed(before: str, after: str) -> bool:
    """May a label follow another? I- only after B- or I- of its type ('O' before the first word)."""
    return after[0] != "I" or before[1:] == after[1:]


#: Rows kept for what is no word: the edge of a sentence, what the gazetteer says.
_BESIDE = 64


@dataclass(eq=False)
class Model:
    """Weights of features by offset and label; plain arrays."""

    labels: tuple[str, ...]
    """O first."""
    vocabulary: dict[str, int]
    weights: NDArray[np.float32]
    """(features, offsets, labels)"""
    transitions: NDArray[np.float32]
    """(label before, label)"""
    words: WordFeatures
    _between: NDArray[np.float32] = field(init=False)
    _first: NDArray[np.float32] = field(init=False)
    _outside: NDArray[np.float32] = field(init=False)
    _scores: NDArray[np.float32] = field(init=False)
    _rows: dict[str, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Forbid what no text can have, and make room for word types."""
        forbidden = [[not allowed(before, after) for after in self.labels] for before in self.labels]
        caution = [CAUTION.get(label[2:], MOST_CAUTION) if label[0] == "B" else 0 for label in self.labels]
        self._between = np.where(forbidden, _NEVER, self.transitions - np.array(caution)).astype(np.float32)
        self._first = np.where([label[0] == "I" for label in self.labels], _NEVER, -np.array(caution)).astype(
            np.float32
        )
        self._outside = np.where([label == "O" for label in self.labels], 0, _NEVER).astype(np.float32)
        self._scores = np.zeros((_KEPT, *self.weights.shape[1:]), np.float32)

    @classmethod
    def read(cls, file: IO[bytes], words: WordFeatures) -> Model:
        """A model as `write` left it; holds arrays of numbers and of text only."""
        with np.load(file, allow_pickle=False) as arrays:
            vocabulary = bytes(arrays["vocabulary"]).decode().split("\n")
            weights = np.zeros((len(vocabulary) * len(OFFSETS), len(arrays["labels"])), np.float32)
            weights[arrays["rows"], arrays["columns"]] = arrays["values"]
            return cls(
                tuple(str(label) for label in arrays["labels"]),
                {name: number for number, name in enumerate(vocabulary)},
                weights.reshape(len(vocabulary), len(OFFSETS), -1),
                arrays["transitions"],
                words,
            )

    def write(self, file: IO[bytes]) -> None:
        """Weights that are not zero, as half-precision numbers; the same model gives the same bytes."""
        flat = self.weights.reshape(-1, len(self.labels))
        rows, columns = np.nonzero(flat)
        arrays: dict[str, Any] = {
            "labels": np.array(self.labels),
            "vocabulary": np.frombuffer("\n".join(self.vocabulary).encode(), np.uint8),
            "rows": rows.astype(np.uint32),
            "columns": columns.astype(np.uint8),
            "values": flat[rows, columns].astype(np.float16),
            "transitions": self.transitions,
        }
        np.savez_compressed(file, **arrays)

    def spans(self, text: FieldText, entities: tuple[Entity, ...]) -> Iterator[tuple[int, int, str]]:
        """First token, last token and type of each name in a field; `entities` are the gazetteer's."""
        yield from self.spans_by_field((text,), entities)[text.field]

    def spans_by_field(
        self, fields: Sequence[FieldText], entities: tuple[Entity, ...]
    ) -> dict[str, list[tuple[int, int, str]]]:
        """The spans of several fields by their names: read at once, for a title costs as much as a body by itself."""
        found: dict[str, list[tuple[int, int, str]]] = {text.field: [] for text in fields}
        sentences = [(text, first, last) for text in fields for first, last in text.sentences if last > first]
        if not sentences:
            return found
        marks: dict[str, list[str]] = {text.field: linked_labels(text, entities) for text in fields}
        scores, starts = self._emissions(sentences, marks)
        best = self._decode(scores, starts, np.array([last - first for _, first, last in sentences]))
        for (text, first, last), start in zip(sentences, starts, strict=True):
            labels = best[start : start + last - first]
            if labels.any():  # the first label is O
                found[text.field] += spans_of([self.labels[label] for label in labels], first)
        return found

    def _decode(
        self, scores: NDArray[np.float32], starts: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """The best label of each row of `scores` that belongs to a sentence.

        Sentences are cut before words that are surely outside of names, and the pieces decoded side by side.
        """
        begins, ends = np.zeros(len(scores), bool), np.zeros(len(scores), bool)
        sure = scores[:, 0] - scores[:, 1:].max(axis=1) > SURE
        begins[starts], ends[starts + lengths] = True, True
        inside = np.cumsum(begins.astype(np.int64) - ends) > 0
        pieces = np.flatnonzero(begins | (sure & inside))
        bounds = np.flatnonzero(begins | ends | (sure & inside))
        stops = bounds[np.searchsorted(bounds, pieces, side="right")]
        order = np.argsort(pieces - stops, kind="stable")  # the longest first
        pieces, stops = pieces[order], stops[order]
        lengths = stops - pieces
        best = scores[pieces] + np.where(begins[pieces, None], self._first, self._outside)
        back: list[NDArray[np.int64]] = []
        longest = int(lengths[0])
        alive = np.searchsorted(-lengths, -np.arange(longest), side="left")  # by step: pieces longer than that
        for step in range(1, longest):
            count = alive[step]
            paths = best[:count, :, None] + self._between
            back.append(paths.argmax(axis=1))
            best[:count] = paths.max(axis=1) + scores[pieces[:count] + step]
        label = (best + np.where(ends[stops, None], 0, self._between[:, 0])).argmax(axis=1)
        labels = np.zeros(len(scores), np.int64)
        for step in range(longest - 1, 0, -1):
            count = alive[step]
            labels[pieces[:count] + step] = label[:count]
            label[:count] = back[step - 1][np.arange(count), label[:count]]
        labels[pieces] = label
        return labels

    def _emissions(
        self, sentences: list[tuple[FieldText, int, int]], linked: dict[str, list[str]]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Scores of labels for all tokens, sentence after sentence with edges between, and where each begins."""
        most = sum(last - first for _, first, last in sentences) + _BESIDE  # word types this text can bring
        if len(self._rows) + most > _KEPT:
            self._rows.clear()
            if most > len(self._scores):
                self._scores = np.zeros((most, *self._scores.shape[1:]), np.float32)
        edge, nothing = self._row("\n", EDGE), self._row("\n-", ())
        rows, marks, starts = [edge, edge], [nothing, nothing], []
        known = self._rows.get
        for text, first, last in sentences:
            starts.append(len(rows))
            for token in text.tokens[first:last]:
                row = known(token.raw)
                rows.append(self._row(token.raw, self.words.of(token)) if row is None else row)
            rows += (edge, edge)
            labels = linked[text.field][first:last]
            marks += [self._row(f"\n{label}", (f"g={label}",)) if label else nothing for label in labels]
            marks += (nothing, nothing)
        around = self._scores[rows] + self._scores[marks]
        scores = np.zeros((len(rows), len(self.labels)), np.float32)
        for number, offset in enumerate(OFFSETS):
            inner = slice(_REACH, len(rows) - _REACH)
            scores[inner] += around[_REACH + offset : len(rows) - _REACH + offset, number]
        return scores, np.array(starts)

    def _row(self, key: str, features: tuple[str, ...]) -> int:
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = len(self._rows)
            known = [self.vocabulary[name] for name in features if name in self.vocabulary]
            self._scores[row] = self.weights[known].sum(axis=0)
        return row


def spans_of(labels: list[str], first: int) -> Iterator[tuple[int, int, str]]:
    """First, last and type of the names that labels mark; the first label is of token `first`."""
    start, kind = first, ""
    for number, label in enumerate([*labels, "O"], first):
        if kind and label[0] != "I":
            yield start, number - 1, kind
            kind = ""
        if label[0] == "B":
            start, kind = number, label[2:]
