"""What a sentence vector says of an article's topics, in whatever language: those of the top level only.

    python -m agents.enrichment.topic_vectors    writes topic_vectors.npz, the weights for the default encoder

Vectors of written examples (`topic_examples.tsv`) teach a ridge regression (Hoerl and Kennard 1970) per topic: 1 where an
example is about it, else 0. Of an article in a language that the encoder does not know, all scores are low, and nothing is
said. For another encoder than the default one, the examples are encoded when it is loaded.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from agents.enrichment.encoder import UniversalSentenceEncoder
from agents.enrichment.topics import rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from agents.enrichment.encoder import Encoder

#: How much the regression shrinks: chosen, as what follows, on the development part of the golden articles.
_RIDGE = 1.0
#: A topic is said from this score on, and if it is so near to the best one.
_LEAST, _NEAR = 0.3, 0.2
_WEIGHTS = "topic_vectors.npz"


@cache
def _examples() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Texts and the codes of their topics."""
    _header, *examples = rows(resources.files(__package__).joinpath("topic_examples.tsv").read_text(encoding="utf-8"))
    return tuple((text, tuple(codes.split())) for codes, text in examples)


@cache
def _codes() -> tuple[str, ...]:
    return tuple(sorted({code for _, codes in _examples() for code in codes}))


def learn(encoder: Encoder) -> NDArray[np.float16]:
    """Weights of the topics, in the order of their codes: shape (dimensions + 1, topics), the last row is added."""
    texts = [text for text, _ in _examples()]
    known = encoder.encode(texts).astype(np.float64)
    wanted = np.array([[code in codes for code in _codes()] for _, codes in _examples()], dtype=np.float64)
    mean = wanted.mean(axis=0)
    weights = known.T @ np.linalg.solve(known @ known.T + _RIDGE * np.eye(len(texts)), wanted - mean)
    return np.vstack([weights, mean]).astype(np.float16)


class NearestTopics:
    """Scores of the top-level topics for vectors of one encoder."""

    def __init__(self, encoder: Encoder) -> None:
        """Read the weights that ship, or learn those of an encoder that is not the default one."""
        if encoder.name == UniversalSentenceEncoder.name:
            with resources.files(__package__).joinpath(_WEIGHTS).open("rb") as file:
                weights = np.load(file, allow_pickle=False)["weights"]
        else:
            weights = learn(encoder)
        self._weights = weights.astype(np.float32)

    def scores(self, vector: NDArray[np.float32]) -> dict[str, float]:
        """How much a unit vector speaks for each topic: about 0 (not at all) to 1."""
        found = vector @ self._weights[:-1] + self._weights[-1]
        return dict(zip(_codes(), found.tolist(), strict=True))

    def topics(self, vector: NDArray[np.float32]) -> list[tuple[str, float]]:
        """The topics that the vector says, best first, with their scores; often one, none where it is unsure."""
        scores = self.scores(vector)
        least = max(_LEAST, max(scores.values()) - _NEAR)
        return sorted(((c, s) for c, s in scores.items() if s >= least), key=lambda found: (-found[1], found[0]))


if __name__ == "__main__":
    np.savez(Path(__file__).with_name(_WEIGHTS), weights=learn(UniversalSentenceEncoder()))
