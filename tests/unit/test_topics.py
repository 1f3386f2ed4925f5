"""Topics: the tree, its names, and what the tagger says of a text."""

import csv
import os
from pathlib import Path

import pytest

from agents.enrichment.encoder import UniversalSentenceEncoder, lead_text
from agents.enrichment.languages import pack
from agents.enrichment.text import document
from agents.enrichment.topic_tagger import TopicTagger
from agents.enrichment.topic_vectors import NearestTopics, learn
from agents.enrichment.topics import broader, codes_named, topic_table, within
from streams.records import Topic

CONFLICT, SPORT, ECONOMY = "medtop:16000000", "medtop:15000000", "medtop:04000000"
IPTC = Path(os.environ.get("MARSAD_DATA", Path(__file__).parents[3] / "shared" / "data")) / "iptc-media-topics.tsv"


def tag(title: str, body: str = "", language: str = "ar") -> dict[str, Topic]:
    found = TopicTagger().tag(document(title, body, language, pack(language)))
    return {topic.code: topic for topic in found}


def reaches(topics: dict[str, Topic], ancestor: str) -> bool:
    return any(within(code, ancestor) for code in topics)


# --- the tree -------------------------------------------------------------------------------------------------------


def test_table_is_a_tree_with_labels_in_two_languages() -> None:
    table = topic_table()
    assert len(table) >= 120
    assert sum(1 for entry in table.values() if not entry.parent) == 17
    for code, entry in table.items():
        assert entry.label.ar, code
        assert entry.label.en, code
        assert entry.parent in table or not entry.parent, code
        assert code not in broader(code)


def test_own_codes_hang_under_iptc_topics() -> None:
    for code in topic_table():
        if code.startswith("marsad:"):
            assert broader(code)[-1].startswith("medtop:")


@pytest.mark.skipif(not IPTC.is_file(), reason="IPTC's table is not at hand")
def test_codes_parents_and_english_names_are_those_of_iptc() -> None:
    with IPTC.open(encoding="utf-8") as file:
        theirs = {row["code"]: row for row in csv.DictReader(file, delimiter="\t")}
    for code, entry in topic_table().items():
        if code.startswith("medtop:"):
            assert (theirs[code]["parent"], theirs[code]["name_en"]) == (entry.parent, entry.label.en)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("medtop:20000151", "medtop:20000151"),
        ("20000151", "medtop:20000151"),
        ("natural-disaster", "medtop:20000151"),
        ("natural-disasters", "medtop:20000151"),
        ("Natural Disaster", "medtop:20000151"),
        ("كارثة طبيعية", "medtop:20000151"),
        ("كوارث طبيعية", "medtop:20000151"),
        ("sanctions", "medtop:20000642"),
        ("عقوبات", "medtop:20000642"),
        ("election", "medtop:20000574"),
        ("elections", "medtop:20000574"),
        ("انتخابات", "medtop:20000574"),
        ("إنتخابات", "medtop:20000574"),
        ("ceasefire", "marsad:ceasefire"),
        ("marsad:ceasefire", "marsad:ceasefire"),
        ("هدنة", "marsad:ceasefire"),
        ("trial", "medtop:20000111"),
        ("health", "medtop:07000000"),
    ],
)
def test_a_topic_has_many_names(name: str, code: str) -> None:
    assert codes_named(name) == {code}


def test_an_unknown_name_names_nothing() -> None:
    assert codes_named("plumbing") == frozenset()
    assert codes_named("") == frozenset()


def test_broader_goes_up_to_the_top() -> None:
    assert broader("marsad:de-escalation-zone") == ("marsad:de-escalation", "medtop:20000073", CONFLICT)
    assert broader(CONFLICT) == ()
    assert broader("marsad:unknown") == ()
    assert within("medtop:20000153", "medtop:20000151")
    assert not within("medtop:20000151", "medtop:20000153")


# --- the tagger -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "title", "code"),
    [
        ("ar", "هدنة في حلب", "marsad:ceasefire"),
        ("ar", "دخول الهُدْنة حيز التنفيذ", "marsad:ceasefire"),
        ("ar", "اجتماع حول مناطق خفض التصعيد", "marsad:de-escalation-zone"),
        ("ar", "تبادل للأسرى بين الطرفين", "marsad:prisoner-exchange"),
        ("ar", "غارات على ريف المدينة", "marsad:air-strike"),
        ("ar", "عقوبات على ثلاثة مصارف", "medtop:20000642"),
        ("ar", "زلزال يضرب الساحل", "medtop:20000153"),
        ("ar", "مصالحة وطنية في الجنوب", "marsad:reconciliation"),
        ("ar", "مرسوم بتشكيل الحكومة", "marsad:government-formation"),
        ("en", "Truce takes hold in the north", "marsad:ceasefire"),
        ("en", "Prisoner swap at the border", "marsad:prisoner-exchange"),
        ("en", "New sanctions on three banks", "medtop:20000642"),
        ("en", "Earthquake shakes the coast", "medtop:20000153"),
        ("en", "Voters head to polling stations", "medtop:20000574"),
    ],
)
def test_a_headline_has_its_topic(language: str, title: str, code: str) -> None:
    assert code in tag(title, language=language)


@pytest.mark.parametrize(
    ("language", "title", "body"),
    [
        ("ar", "خفض الأسعار في متاجر المدينة", "بدأت المتاجر تخفيضات كبيرة على السلع."),
        ("ar", "تصعيد في حرب الأسعار بين الشركات", "خفضت شركتان أسعار الاشتراك."),
        ("ar", "الاتفاق يهزم الهلال بهدف", "سجل المهاجم هدفا من ركلة جزاء في الشوط الثاني."),
        ("ar", "النصر يتصدر الدوري", "فاز الفريق بعد مباراة قوية على ملعبه."),
        ("ar", "كساد في سوق السيارات المستعملة", "تراجعت المبيعات إلى النصف."),
        ("en", "Trade war heats up over tariffs", "Importers fear higher duties."),
        ("en", "Striker fires hosts into cup final", "The goal came in the second half."),
    ],
)
def test_homonyms_are_not_conflict(language: str, title: str, body: str) -> None:
    assert not reaches(tag(title, body, language), CONFLICT)


@pytest.mark.parametrize(
    ("language", "title", "body"),
    [
        ("ar", "الاتفاق على وقف إطلاق النار", "توصل الطرفان إلى اتفاق على هدنة شهر."),
        ("ar", "الهلال الأحمر يجلي جرحى من المدينة المحاصرة", "نقلت قافلة الجرحى عبر ممر آمن وسط القصف."),
        ("en", "Arab League urges truce", "The league called for a ceasefire."),
    ],
)
def test_homonyms_are_not_sport(language: str, title: str, body: str) -> None:
    topics = tag(title, body, language)
    assert not reaches(topics, SPORT)
    assert reaches(topics, CONFLICT)


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("طالبان تتلقى طلبات من الوجهاء", "medtop:05000000"),
        ("سكان الحي ينتظرون", "medtop:20000018"),
        ("وقف المسافر إثر ذلك وقال خيرا", "medtop:20000044"),
        ("توفي عن عمره المديد", "marsad:pilgrimage"),
        ("بلغ الخلاف نهاية المطاف", "marsad:pilgrimage"),
        ("جمال شاردة قرب القرية", "medtop:20000565"),
        ("مظاهر الفرح في الشوارع", "medtop:20000066"),
        ("أخطاء شائعة عند الطهي", "medtop:20001319"),
    ],
)
def test_words_of_one_stem_are_not_one_word(title: str, topic: str) -> None:
    assert not reaches(tag(title, f"{title}."), topic)


def test_a_word_in_passing_makes_no_topic_of_a_long_text() -> None:
    filler = "وتحدث الوزراء عن الموازنة والضرائب في البرلمان، ثم صوت النواب على القانون. " * 12
    topics = tag("البرلمان يصوت على الموازنة", f"{filler} وفي الخارج معركة ومعركة. {filler}")
    assert reaches(topics, "medtop:11000000")
    assert not reaches(topics, CONFLICT)


def test_a_telling_word_in_the_title_is_kept_beside_a_stronger_topic() -> None:
    filler = "وتحدث الوزراء عن الموازنة والضرائب في البرلمان، ثم صوت النواب على القانون."
    assert reaches(tag("البرلمان يصوت على الهدنة", filler), CONFLICT)


def test_corruption_does_not_read_as_recession() -> None:
    assert "medtop:20000383" not in tag("محاكمة مسؤول بتهم فساد", "فساد في البلدية.")


def test_several_topics_with_confidence_and_evidence() -> None:
    title, body = "مجلس الأمن يفرض عقوبات بعد خرق الهدنة", "صوت مجلس الأمن على عقوبات اقتصادية، وتجدد القصف المدفعي."
    topics = tag(title, body)
    assert {"medtop:20000642", "marsad:ceasefire-violation"} <= set(topics)
    for topic in topics.values():
        assert 0.5 <= topic.confidence < 1
        assert topic.broader == broader(topic.code)
        assert topic.label.ar
        assert topic.evidence
        for span in topic.evidence:
            assert (title if span.field == "title" else body)[span.start : span.end] == span.text


def test_title_words_weigh_more_than_body_words() -> None:
    filler = "وذكر الحاضرون أشياء كثيرة. " * 20
    body = f"{filler} وقعت هدنة هناك. {filler}"
    in_title, in_body = tag("هدنة هناك", body), tag("كلام كثير", body)
    assert in_title["marsad:ceasefire"].confidence > getattr(in_body.get("marsad:ceasefire"), "confidence", 0)


def test_repetition_is_damped() -> None:
    once, often = tag("", "زلزال في الجنوب"), tag("", "زلزال في الجنوب " * 8)
    assert often["medtop:20000153"].confidence < 1.3 * once["medtop:20000153"].confidence


@pytest.mark.parametrize("text", ["", "x", "وصل فلان إلى هناك أمس", "...", "1 2 3"])
def test_nothing_is_said_of_what_says_nothing(text: str) -> None:
    assert tag(text, text) == {}


def test_a_language_without_vocabulary_has_no_topics_without_an_encoder() -> None:
    assert tag("Die Waffenruhe hält", language="de") == {}


# --- the vote of the vector -----------------------------------------------------------------------------------------

USE = UniversalSentenceEncoder()


def tag_with_vector(title: str, body: str, language: str) -> dict[str, Topic]:
    vector = USE.encode([lead_text(title, body)])[0]
    found = TopicTagger(USE).tag(document(title, body, language, pack(language)), vector)
    return {topic.code: topic for topic in found}


@pytest.mark.parametrize(
    ("language", "title", "body", "code"),
    [
        ("es", "Un terremoto sacude la isla", "Se derrumbaron casas y hay heridos.", "medtop:03000000"),
        ("es", "El portero salvó el partido", "El equipo ganó la final de la copa.", SPORT),
        ("ru", "Армия и повстанцы договорились о перемирии", "Обстрелы прекратились ночью.", CONFLICT),
        ("ru", "Акции банка выросли", "Прибыль за квартал превысила прогноз.", ECONOMY),
    ],
)
def test_a_language_without_vocabulary_has_the_topics_of_its_vector(
    language: str, title: str, body: str, code: str
) -> None:
    topics = tag_with_vector(title, body, language)
    assert list(topics) == [code]
    assert topics[code].basis == "vector"
    assert not topics[code].evidence
    assert 0 < topics[code].confidence <= 1


def test_a_vector_that_tells_nothing_says_nothing() -> None:
    assert tag_with_vector("xq zzv 17", "", "de") == {}


def test_words_alone_name_topics_where_there_are_words() -> None:
    assert {topic.basis for topic in tag_with_vector("هدنة في حلب", "توقف القصف.", "ar").values()} == {"words"}
    assert tag_with_vector("وصل فلان إلى هناك أمس", "", "ar") == {}


def test_the_weights_that_ship_are_those_of_the_examples() -> None:
    learned, shipped = learn(USE).astype(float), NearestTopics(USE)._weights
    assert learned.shape == shipped.shape
    assert abs(learned - shipped).max() < 0.01


def test_another_encoder_learns_the_examples_when_it_is_loaded() -> None:
    class Other(UniversalSentenceEncoder):
        name = "other"

    assert abs(NearestTopics(Other())._weights - NearestTopics(USE)._weights).max() < 0.01


def test_examples_name_every_topic_of_the_top_level() -> None:
    vector = USE.encode(["news"])[0]
    tops = {code for code, entry in topic_table().items() if not entry.parent}
    assert set(NearestTopics(USE).scores(vector)) == tops


# --- the words ------------------------------------------------------------------------------------------------------


def test_a_tagger_says_the_same_again() -> None:
    assert tag("هدنة في حلب", "غارات وقصف") == tag("هدنة في حلب", "غارات وقصف")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_vocabulary_is_broad_and_names_known_topics(language: str) -> None:
    rows = [line.split("\t") for line in pack(language).read("topics.tsv").splitlines() if not line.startswith("#")]
    assert len(rows) >= 800
    assert {code for code, _, _ in rows} <= set(topic_table())
    assert len({broader(code)[-1] if broader(code) else code for code, _, _ in rows}) == 17
    assert len({(code, phrase) for code, _, phrase in rows}) == len(rows)
