"""Which language is an article in?"""

from pathlib import Path

import pytest

from agents.enrichment.language import detect

TEXTS = [
    tuple(line.split("\t")) for line in (Path(__file__).parent / "language_titles.tsv").read_text("utf-8").splitlines()
]
#: Texts the rules were written by: scores, lists of places, tags, reposts, quotations, headlines of three words.
DEVELOPMENT = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parents[1] / "golden" / "language_dev.tsv").read_text("utf-8").splitlines()
]


def test_few_texts_of_the_development_set_are_mistaken() -> None:
    mistaken = [(language, text) for language, text in DEVELOPMENT if detect(text, "", None)[0] != language]
    assert len(mistaken) <= 0.05 * len(DEVELOPMENT), mistaken


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_language_of_a_title(language: str, text: str) -> None:
    assert detect(text, "", None)[0] == language


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_a_false_hint_does_not_overrule_a_clear_text(language: str, text: str) -> None:
    found, confidence = detect("", text, "en" if language != "en" else "ar")
    assert found == language or confidence <= 0.5


@pytest.mark.parametrize(
    ("title", "hint", "language"),
    [
        ("", None, "und"),
        ("", "ar", "ar"),
        ("123 456", None, "und"),
        ("x", None, "und"),
        ("Damascus", None, "und"),
        ("Damascus", "fr", "fr"),
        ("Damascus", "ar", "und"),  # cannot be written so
        ("هدنة", "en", "ar"),
        ("https://example.org/the-of-and-to", None, "und"),
        ("🕊️", None, "und"),
    ],
)
def test_what_is_too_short_to_tell(title: str, hint: str | None, language: str) -> None:
    assert detect(title, "", hint)[0] == language


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("fr", "Les prix du pétrole montent"),
        ("it", "Salgono i prezzi del petrolio"),
        ("es", "Suben los precios"),
        ("nl", "Bestand houdt stand"),
        ("de", "KOALITION VERLIERT MEHRHEIT IM LANDTAG"),  # capitals throughout
        ("tr", "DEPREM BÖLGESİNDE ARAMA KURTARMA ÇALIŞMALARI SÜRÜYOR"),
        ("tr", "Petrol fiyatlari bu sabah yeniden yukseldi"),  # letters of an English keyboard
        ("ru", "Цены на нефть упали"),
        ("uk", "Ціни на нафту впали"),
        ("bg", "Цените на петрола паднаха"),
        ("fa", "تیم ملی به فینال جام رسید"),  # no letter that Arabic lacks
        ("fa", "قیمت نفت کاهش یافت"),
        ("ur", "زلزلے کے جھٹکے"),
        ("ckb", "نرخی نەوت دابەزی"),
        ("ar", "كرة قدم"),
        ("en", "Film festival opens"),  # no little words
        ("en", "Court orders software recall"),
        ("he", "הסכם שלום"),
        ("ar", "هدنة بوساطة UN و EU في الشمال"),  # mixed
        ("en", "Al Jazeera (الجزيرة) reports a truce in the north"),
    ],
)
def test_short_titles(language: str, title: str) -> None:
    assert detect(title, "", None)[0] == language


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("ur", "سرحدی جھڑپ"),  # letters that Persian does not write
        ("fa", "آغاز گفت‌وگوهای صلح"),
        ("ckb", "هەڵبژاردن دواخرا"),
        ("ckb", "#سوريا #دمشق شاندی کورد گەیشتە پایتەخت ئەمڕۆ"),  # tags in another language
        ("ar", "#انتخابات_بلدية #طرابلس"),  # nothing but tags
        ("de", "Der Gesandte sagte »We will not leave the table until every prisoner is home« und ging"),
        ("es", "El enviado dijo ayer en la sala “We will not leave the table until every prisoner"),  # cut off in it
        ("en", "“We will not leave the table until every prisoner is home”"),  # nothing but a quotation
        ("uk", "Посланець процитував «Мы не покинем этот зал, пока его не освободят» і вийшов із зали"),
    ],
)
def test_what_others_say_in_a_text_is_not_its_language(language: str, title: str) -> None:
    assert detect(title, "", None)[0] == language


def test_body_outweighs_a_title_in_another_language() -> None:
    body = "قال مسؤولون إن الاجتماع سيعقد في العاصمة الأسبوع المقبل بحضور الوسطاء، وإن الملفات العالقة ما زالت كثيرة."
    assert detect("Breaking", body, None)[0] == "ar"


def test_confidence_is_a_share() -> None:
    for _, text in TEXTS:
        assert 0 <= detect(text, text, None)[1] <= 1


def test_hostile_input_is_read() -> None:
    for text in ("\x00" * 50, "\u202e" * 50, "a" * 5_000_000, "\ud800" * 20, "<" * 100_000):
        assert detect(text, text, None)
