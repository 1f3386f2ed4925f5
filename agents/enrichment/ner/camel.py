"""camel-tools' NERecognizer (Obeid et al. 2020) on a folder that the user names; needs the extra `ner`.

Its `predict` drops words that tokenise to nothing, so that labels shift, and pads every sentence to 256 pieces, which makes it
five times slower than it need be. So its model, tokenizer and labels are used, and the batches are built here.
"""

from __future__ import annotations

import json
import os
import tempfile
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.enrichment.fingerprint import fingerprint
from streams.errors import DependencyError, SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.enrichment.ner.tier import Words

HOW = (
    "name the folder of a NER model of camel-tools, such as `camel_data -i ner-arabert` gets (docs/ner.md), or unset it"
)
NEEDED = ("config.json", "vocab.txt")
#: Vowel marks and tatweel: AraBERT was trained on text without them (Antoun, Baly and Hajj 2020).
_DROPPED = {*map(chr, range(0x064B, 0x0653)), "\u0670", "\u0640"}


class CamelRecogniser:
    """A folder's model, tokenizer and labels.

    Raises:
        SettingError: the folder is no such model. DependencyError: the extra `ner` is not installed.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        for file in NEEDED:
            if not (folder / file).is_file():
                raise _wrong(folder, f"has no {file}" if folder.is_dir() else "is no folder")
        self._torch, recognizer = _imported()
        self._torch.set_num_threads(threads)
        try:
            loaded = recognizer(str(folder), use_gpu=False)
        except Exception as error:
            raise _wrong(folder, f"cannot be loaded: {type(error).__name__}: {error}") from error
        self._model, self._tokenizer = loaded.model.eval(), loaded.tokenizer
        self._labels: dict[int, str] = loaded.labels_map
        if "O" not in self._labels.values():
            raise _wrong(folder, f"has labels {', '.join(self._labels.values())}: none is O")
        self.name = f"camel-ner/{folder.name}@{fingerprint(folder)}"
        self.pieces = lru_cache(maxsize=100_000)(self._pieces)

    def _pieces(self, word: str) -> tuple[int, ...]:
        plain = "".join(c for c in unicodedata.normalize("NFKC", word) if c not in _DROPPED)
        return tuple(self._tokenizer.convert_tokens_to_ids(self._tokenizer.tokenize(plain)))

    def predict(self, sentences: Sequence[Words], length: int) -> list[list[str]]:
        """See `Recogniser`: the label of a word is that of its first piece."""
        torch = self._torch
        begin, end, padding = (
            self._tokenizer.cls_token_id,
            self._tokenizer.sep_token_id,
            self._tokenizer.pad_token_id,
        )
        rows = [[begin, *(piece for word in words for piece in word), end] for words in sentences]
        ids = torch.tensor([row + [padding] * (length - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in rows])
        with torch.inference_mode():
            best = self._model(input_ids=ids, attention_mask=mask).logits.argmax(dim=-1).tolist()
        found = []
        for words, row in zip(sentences, best, strict=True):
            labels, at = [], 1
            for word in words:
                labels.append(self._labels[row[at]])
                at += len(word)
            found.append(labels)
        return found


def _imported() -> tuple[Any, Any]:
    """Torch and NERecognizer. camel-tools would fetch a catalogue as it is imported: an empty one is put in its way."""
    before = os.environ.get("CAMELTOOLS_DATA")
    with tempfile.TemporaryDirectory() as empty:
        catalogue = {"version": "1.6", "packages": {}, "components": {}}
        (Path(empty) / "catalogue.json").write_text(json.dumps(catalogue), "utf-8")
        os.environ["CAMELTOOLS_DATA"] = empty
        try:
            import torch
            from camel_tools.ner import NERecognizer
        except ImportError as missing:
            raise DependencyError(
                f"MARSAD_NER_MODEL needs the extra 'ner': {missing}",
                remedy="pip install 'marsad[ner]', or unset MARSAD_NER_MODEL for the light tier",
            ) from missing
        finally:
            if before is None:
                del os.environ["CAMELTOOLS_DATA"]
            else:
                os.environ["CAMELTOOLS_DATA"] = before
    return torch, NERecognizer


def _wrong(folder: Path, why: str) -> SettingError:
    return SettingError(f"MARSAD_NER_MODEL: {folder} {why}", field="ner_model", value=str(folder), remedy=HOW)
