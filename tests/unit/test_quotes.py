"""Quotes: who says what, in tables of sentences written for them. `D`: in quotation marks, `R`: reported."""

from __future__ import annotations

import pytest

from agents.enrichment.entities import find_entities
from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.languages import CODES, pack
from agents.enrichment.quotes import find_quotes, speaker_of
from agents.enrichment.text import document


def quotes(body: str, language: str, title: str = ""):
    read = document(title, body, language, pack(language))
    return find_quotes(read, find_entities(read, Gazetteer.load()))


# language, text, then for each quote: D or R, the words for the speaker, what they are, how the quoted words begin
TABLE = [
    ("ar", "قال لافروف إن بلاده تدعم الهدنة.", ["R|لافروف|person|بلاده تدعم"]),
    ("ar", "وقال وزير الخارجية الروسي سيرغي لافروف إن المحادثات مستمرة.", ["R|سيرغي لافروف|person|المحادثات"]),
    ("ar", "صرّح بوتين بأن القوات ستنسحب غدا.", ["R|بوتين|person|القوات"]),
    ("ar", "أكد أردوغان أن الاتفاق سيوقع قريبا.", ["R|أردوغان|person|الاتفاق"]),
    ("ar", "قال مصدر أمني إن القصف توقف.", ["R|مصدر أمني|unnamed|القصف"]),
    ("ar", "وقالت مصادر محلية إن الطريق مغلق.", ["R|مصادر محلية|unnamed|الطريق"]),
    ("ar", "وذكر شاهد عيان أن السوق احترق.", ["R|شاهد عيان|unnamed|السوق"]),
    ("ar", "قال متحدث عسكري إن الجنود عادوا.", ["R|متحدث عسكري|official|الجنود"]),
    ("ar", "وأعلن المتحدث باسم الجيش أن العملية انتهت.", ["R|المتحدث باسم الجيش|official|العملية"]),
    ("ar", "قال المتحدث باسم الرئيس بوتين إن اللقاء تأجل.", ["R|المتحدث باسم الرئيس بوتين|official|اللقاء"]),
    ("ar", "قال مسؤول أمريكي طلب عدم كشف اسمه إن الوفد وصل.", ["R|مسؤول أمريكي|official|الوفد"]),
    ("ar", "أفادت وكالة رويترز بأن المعبر أغلق.", ["R|وكالة رويترز|agency|المعبر"]),
    ("ar", "وأفادت صحيفة محلية بأن الجسر انهار.", ["R|صحيفة محلية|agency|الجسر"]),
    ("ar", "نقلت رويترز عن مصدر حكومي قوله إن الاتفاق جاهز.", ["R|مصدر حكومي|unnamed|الاتفاق"]),
    ("ar", "ونقلت الوكالة عن لافروف قوله: «لن ننسحب».", ["D|لافروف|person|لن ننسحب"]),
    ("ar", "نقلت وكالة الأناضول عن مصادر أمنية أن الهجوم فشل.", ["R|مصادر أمنية|unnamed|الهجوم"]),
    ("ar", "بحسب مصدر طبي، قتل ثلاثة أشخاص.", ["R|مصدر طبي|unnamed|قتل"]),
    ("ar", "قتل ثلاثة أشخاص بحسب مصدر طبي.", ["R|مصدر طبي|unnamed|قتل"]),
    ("ar", "ووفقا لمسؤول محلي، عادت المياه إلى المدينة.", ["R|مسؤول محلي|official|عادت"]),
    ("ar", "وفقا لوكالة رويترز، بدأ الانسحاب.", ["R|وكالة رويترز|agency|بدأ"]),
    ("ar", "«لن نوقع على شيء»، قال بوتين.", ["D|بوتين|person|لن نوقع"]),
    ("ar", "“سنعود إلى بيوتنا” تقول نازحة من حلب.", ["D|نازحة|person|سنعود"]),
    ("ar", 'قال غوتيريش: "العالم يراقب".', ["D|غوتيريش|person|العالم"]),
    ("ar", "وقال بوتين: ”الباب مفتوح“.", ["D|بوتين|person|الباب"]),
    ("ar", "قال لافروف إن المحادثات انتهت. وأضاف أن الوفد سيعود.", ["R|لافروف|person|المحادثات", "R|لافروف|person|الوفد"]),
    ("ar", "قال لافروف: «انتهينا». وتابع: «سنعود».", ["D|لافروف|person|انتهينا", "D|لافروف|person|سنعود"]),
    ("ar", "صرح مصدر مطلع بأن الصفقة قريبة. وأضاف: «الخلاف بسيط».", ["R|مصدر مطلع|unnamed|الصفقة", "D|مصدر مطلع|unnamed|الخلاف"]),
    ("ar", "قال بوتين إن العملية «محدودة» وستنتهي قريبا.", ["R|بوتين|person|العملية", "D|بوتين|person|محدودة"]),
    ("ar", "اتهم أردوغان خصومه بـ«الكذب».", ["D|أردوغان|person|الكذب"]),
    ("ar", "قرأ الطلاب رواية «موسم الغياب» في المدرسة.", []),
    ("ar", "اشترى التاجر السفينة «نجمة البحر» أمس.", []),
    ("ar", "وصل الوفد إلى أنقرة مساء أمس.", []),
    ("ar", "قال لرويترز مسؤول تركي إن القرار نهائي.", ["R|مسؤول تركي|official|القرار"]),
    ("ar", "الرئيس الروسي فلاديمير بوتين قال إن الحرب طويلة.", ["R|فلاديمير بوتين|person|الحرب"]),
    ("ar", "وقالت وزارة الدفاع إن الطائرة أسقطت.", ["R|وزارة الدفاع|organisation|الطائرة"]),
    ("ar", "قالت حركة حماس في بيان إن الوفد غادر القاهرة.", ["R|حركة حماس|organisation|الوفد"]),
    ("ar", "وذكرت وكالة سانا أن الجيش تقدم.", ["R|وكالة سانا|agency|الجيش"]),
    ("ar", "كشف دبلوماسي غربي أن المسودة جاهزة.", ["R|دبلوماسي غربي|official|المسودة"]),
    ("ar", "حذر غوتيريش من أن المجاعة وشيكة.", ["R|غوتيريش|person|المجاعة"]),
    ("ar", "شدد لافروف على أن موسكو لن تتراجع.", ["R|لافروف|person|موسكو"]),
    ("ar", "أوضح الناطق باسم الحكومة أن الميزانية أقرت، فيما خرج المئات إلى الشارع.", ["R|الناطق باسم الحكومة|official|الميزانية"]),
    ("ar", "أجاب لافروف: «لا تعليق».", ["D|لافروف|person|لا تعليق"]),
    ("ar", "أعلنت الأمم المتحدة أن المساعدات وصلت.", ["R|الأمم المتحدة|organisation|المساعدات"]),
    ("en", "Lavrov said the talks would go on.", ["R|Lavrov|person|the talks"]),
    ("en", "Putin said that troops would withdraw.", ["R|Putin|person|troops"]),
    ("en", "A source told Reuters the deal was close.", ["R|A source|unnamed|the deal"]),
    ("en", "A military spokesman said the bridge was closed.", ["R|A military spokesman|official|the bridge"]),
    ("en", "The talks have collapsed, a senior diplomat said.", ["R|a senior diplomat|official|The talks"]),
    ("en", "According to a security source, the road was shelled.", ["R|a security source|unnamed|the road"]),
    ("en", "The road was shelled, according to Reuters.", ["R|Reuters|agency|The road"]),
    ("en", '"We are ready," Lavrov said.', ["D|Lavrov|person|We are ready"]),
    ("en", "“We are ready,” said Lavrov.", ["D|Lavrov|person|We are ready"]),
    ("en", '"We are ready," he said.', ["D||unknown|We are ready"]),
    ("en", 'Putin met the press. "We are ready," he said.', ["D|Putin|person|We are ready"]),
    ("en", 'Lavrov said talks had ended. "We are ready to go home," he added.', ["R|Lavrov|person|talks", "D|Lavrov|person|We are ready"]),
    ("en", '"The wells are dry," said Karim Haddad, a farmer. "We sold the goats."', ["D|Karim Haddad|person|The wells", "D|Karim Haddad|person|We sold"]),
    ("en", "Erdogan, speaking in Ankara, said Turkey would host the talks.", ["R|Erdogan|person|Turkey would"]),
    ("en", "A spokesman for Putin said the meeting was off.", ["R|A spokesman for Putin|official|the meeting"]),
    ("en", "The United Nations warned that famine was near.", ["R|United Nations|organisation|famine"]),
    ("en", "State television reported that the army had advanced.", ["R|State television|agency|the army"]),
    ("en", "Hamas denied that it had agreed to a truce.", ["R|Hamas|organisation|it had agreed"]),
    ("en", 'Critics praised the film "The Long Ford" at the festival.', []),
    ("en", "The convoy left Aleppo on Monday.", []),
    ("en", 'Guterres called the attack "a stain on us all".', ["D|Guterres|person|a stain"]),
    ("en", "‘We won’t sign,’ Putin said.", ["D|Putin|person|We won’t sign"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "expected"), TABLE, ids=[row[1][:40] for row in TABLE])
def test_who_says_what(language: str, text: str, expected: list[str]) -> None:
    found = quotes(text, language)
    assert len(found) == len(expected), found
    for quote, row in zip(found, expected, strict=True):
        form, speaker, source, begins = row.split("|")
        assert (quote.direct, quote.speaker_text, quote.source) == (form == "D", speaker, source)
        assert quote.text.startswith(begins)


@pytest.mark.parametrize(("language", "text", "expected"), TABLE, ids=[row[1][:40] for row in TABLE])
def test_spans_point_to_their_words(language: str, text: str, expected: list[str]) -> None:
    for quote in quotes(text, language):
        for span in (quote, quote.verb, quote.speaker_span):
            assert span is None or text[span.start : span.end] == span.text


def test_a_headline_quotes_with_a_colon() -> None:
    (quote,) = quotes("", "ar", title="لافروف: الاتفاق جاهز للتوقيع")
    assert (quote.field, quote.speaker_text, quote.direct, quote.text) == (
        "title",
        "لافروف",
        False,
        "الاتفاق جاهز للتوقيع",
    )


def test_a_named_speaker_has_the_id_of_its_entity() -> None:
    assert [q.speaker for q in quotes("قال سيرغي لافروف إن الهدنة قائمة. وقال مصدر إن القصف مستمر.", "ar")] == [
        "Q58217",
        None,
    ]


def test_the_narrowest_quote_around_an_offset_tells_the_speaker() -> None:
    text = "قال بوتين إن العملية «محدودة» وستنتهي. ووصل الوفد أمس."
    found = quotes(text, "ar")
    assert speaker_of(found, "body", text.index("محدودة")).direct
    assert speaker_of(found, "body", text.index("العملية")).speaker_text == "بوتين"
    assert speaker_of(found, "body", text.index("الوفد")) is None
    assert speaker_of(found, "title", 3) is None


def test_a_speech_over_paragraphs_is_one_speakers() -> None:
    text = 'Lavrov said: "The talks are over.\n"We are going home now."'
    assert [(q.speaker_text, q.direct) for q in quotes(text, "en")] == [("Lavrov", True), ("Lavrov", True)]


@pytest.mark.parametrize("text", ['قال "', "«««", "»«", '"', "“ ” said", "قال إن", "said", "إن قال: «»", "‘", "'s ’"])
def test_broken_marks_and_bare_verbs_stop_nothing(text: str) -> None:
    for language in CODES:
        for quote in quotes(text, language):
            assert text[quote.start : quote.end] == quote.text
