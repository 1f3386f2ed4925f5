"""Whatever a text says of dates: no crash, spans that are slices of it in order, intervals that run forward."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from agents.enrichment.dates import find_dates
from agents.enrichment.languages import pack
from agents.enrichment.text import document

WORDS = {
    "ar": """يوم الجمعة الأحد آب/أغسطس مارس آذار (يناير) كانون الأول رمضان صفر 1447هـ 1447 ١٢ 31 30 2026 و5 12/3/2026 15/9/1447
    منذ قبل بعد حتى خلال في من إلى بين عامي مطلع نهاية الشهر الأسبوع العام الماضي المقبل الجاري يومين ثلاثة أيام 48 ساعة
    أمس اليوم غدا الربع الثالث نحو - / ، . سيوقع قال عقود 999""",
    "en": """Friday last next this March May Jan. 31 6th 2026 1990s the early mid - end of month week year in since until by
    two days ago weeks within 48 hours Q3 Ramadan 1447 AH 6/3/2026 between and from to , . yesterday decades 999""",
}


@given(
    st.sampled_from(sorted(WORDS)).flatmap(
        lambda code: st.tuples(st.just(code), st.lists(st.sampled_from([*WORDS[code].split(), "\n"]), max_size=14))
    ),
    st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_any_words_of_dates(text: tuple[str, list[str]], published: datetime) -> None:
    code, words = text
    raw = " ".join(words)
    before = 0
    for mention in find_dates(document("", raw, code, pack(code)), published):
        assert raw[mention.start : mention.end] == mention.text
        assert mention.start >= before
        before = mention.end
        first, _, last = mention.interval.partition("/")
        assert date.fromisoformat(first) <= date.fromisoformat(last or first)
