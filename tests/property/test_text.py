"""Words are cut and normalised as camel-tools does it, by less than all of camel-tools."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from camel_tools.tokenizers.word import simple_word_tokenize
from camel_tools.utils.charsets import UNICODE_PUNCT_SYMBOL_CHARSET
from camel_tools.utils.dediac import dediac_ar
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.enrichment.text import fold, pieces

ROOT = Path(__file__).parents[2]
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئىةپچکی\u064b\u064e\u0651\u0670ـ"
WORDS = st.text(
    st.sampled_from(LETTERS + "aZé0٣۴²½") | st.sampled_from(sorted(UNICODE_PUNCT_SYMBOL_CHARSET)) | st.characters(),
    max_size=12,
)


@settings(max_examples=2000, derandomize=True, deadline=None)
@given(WORDS)
def test_any_text_is_cut_as_by_camel_tools(text: str) -> None:
    assert list(pieces(text)) == simple_word_tokenize(text)


@pytest.mark.parametrize(
    "text",
    ["\U0001f468\u200d\U0001f469\u200d\U0001f466جاء", "5\ufe0f\u20e3", "\U0001f1f8\U0001f1fe،", "#هدنة", "3.5%", "©2020", "☎هاتف", "\U0001f44d\U0001f3fd", "$5", "أ.ف.ب."],
)  # fmt: skip
def test_emoji_and_signs_are_cut_as_by_camel_tools(text: str) -> None:
    assert list(pieces(text)) == simple_word_tokenize(text)


def test_our_own_texts_are_cut_as_by_camel_tools() -> None:
    files = [
        *(ROOT / "tests" / "golden").glob("*.jsonl"),
        *(ROOT / "agents").glob("enrichment/languages/*/corpus/*.txt"),
    ]
    assert len(files) > 3
    for file in files:
        text = file.read_text("utf-8")
        assert list(pieces(text)) == simple_word_tokenize(text), file


def test_every_character_is_cut_as_by_camel_tools() -> None:
    for number in range(0x20, 0x30000):
        char = chr(number)
        if unicodedata.category(char) != "Cs":
            assert list(pieces(f"ا{char}ب")) == simple_word_tokenize(f"ا{char}ب"), hex(number)


@settings(max_examples=500, derandomize=True, deadline=None)
@given(st.text(st.sampled_from(LETTERS), max_size=12))
def test_vowel_marks_are_no_part_of_a_word(word: str) -> None:
    assert fold(word) == fold(dediac_ar(word))
