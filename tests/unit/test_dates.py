"""Dates: what is a date and what only looks like one, and which date an event gets."""

from datetime import UTC, date, datetime

import pytest

from agents.enrichment.dates import DateMention, find_dates
from agents.enrichment.dates.hijri import hijri_day, hijri_year
from agents.enrichment.dates.intervals import Interval, add_months, choose, day
from agents.enrichment.dates.intervals import month as calendar_month
from agents.enrichment.dates.intervals import weekday as nearest_weekday
from agents.enrichment.dates.timing import date_events
from agents.enrichment.enrich import Enricher
from agents.enrichment.entities import find_entities
from agents.enrichment.events import extract_events
from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.languages import pack
from agents.enrichment.text import Document, document
from streams.records import Agreement, AgreementKind, Article, Event, Evidence, Stage

FRIDAY = datetime(2026, 3, 6, 10, tzinfo=UTC)


def read(text: str, language: str = "ar", title: str = "") -> Document:
    return document(title, text, language, pack(language))


def dates(text: str, language: str = "ar", published: datetime = FRIDAY) -> tuple[DateMention, ...]:
    return find_dates(read(text, language), published)


def main_event(text: str, language: str = "ar", published: datetime = FRIDAY) -> Event:
    doc = read(text, language)
    events = extract_events(doc, find_entities(doc, Gazetteer.load()))
    (event,) = (e for e in date_events(doc, events, find_dates(doc, published)) if e.main)
    return event


@pytest.mark.parametrize(
    ("text", "time", "signed"),
    [
        ("وقع الطرفان الهدنة الجمعة", "2026-03-06", True),
        ("وقع الطرفان الهدنة الجمعة الماضي", "2026-02-27", True),
        ("يوقع الطرفان الهدنة الجمعة المقبل", "2026-03-13", False),
    ],
)
def test_friday_told_on_a_friday_is_that_day_and_not_a_week_off(text: str, time: str, signed: bool) -> None:
    event = main_event(text)
    assert event.time == time
    assert (event.stage is Stage.SIGNED) is signed
    (evidence,) = (e for e in event.evidence if e.of == "time")
    assert text[evidence.start : evidence.end] == evidence.text
    assert evidence.text.startswith("الجمعة")


def test_hijri_date_becomes_the_event_s_time() -> None:
    assert main_event("وقع الطرفان اتفاق الهدنة في ١٥ رمضان ١٤٤٧هـ").time == "2026-03-04"


def test_thirtieth_of_a_hijri_month_of_29_days_is_uncertain_and_gives_no_time() -> None:
    text = "وقع الطرفان اتفاق الهدنة في 30 صفر 1447هـ"
    (mention,) = dates(text)
    assert mention.uncertain
    assert mention.interval == "2025-08-23/2025-08-24"
    assert main_event(text).time is None


@pytest.mark.parametrize(("year", "month", "number"), [(1342, 1, 1), (1501, 1, 1), (1447, 13, 1), (1447, 1, 31)])
def test_no_hijri_date_outside_the_table(year: int, month: int, number: int) -> None:
    assert hijri_day(year, month, number) is None


def test_no_hijri_year_outside_the_table() -> None:
    assert hijri_year(1501) is None
    assert hijri_year(1447) == Interval(date(2025, 6, 26), date(2026, 6, 15))


def test_a_span_is_the_slice_of_the_raw_text_it_names() -> None:
    text = "وصل الوفد يوم الخميـس، ثم غادر في ١٢ آذار/مارس ٢٠٢٦م إلى جنيف"
    found = dates(text)
    assert [m.text for m in found] == ["يوم الخميـس", "١٢ آذار/مارس ٢٠٢٦م"]
    assert all(text[m.start : m.end] == m.text for m in found)


@pytest.mark.parametrize(
    "text",
    [
        "قال أب الطفل إن ابنه نجا",
        "فتح باب الحوار",
        "أحداث ثورة 25 يناير",
        "وصف الأمين العام الحالي الوضع",
        "بين عبد الأحد وسالم خلاف",
        "تقع الأربعين على الطريق",
        "سجل اللاعب رقم 10 هدفين في الدقيقة 12",
        "بلغ السعر 12.5 دولارا ونسبة 3% عند الساعة 10:30",
        "عنوان الخادم 10.12.20.26",
        "غادر في اليوم التالي",
        "وصل بعد يومين من الاجتماع",
        "قتل 12 جنديا",
        "في 12 آذار 1850 ولد الكاتب",
        "تجددت الحرب الباردة في القرن التاسع عشر",
        "يصوم المسلمون، قال طارق رمضان",
        "صدر القرار في 40 آذار",
        "رجل في العشرينات من عمره",
        "وقع اللاعب في بداية العقد",
        "غادر في 3 حزيران من العام ذاته",
        "نحو غد مشرق",
        "يرأس تيار الغد السوري",
        "مئة فحص باليوم",
    ],
)
def test_not_fooled(text: str) -> None:
    assert [m.text for m in dates(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Talks may resume and troops march on",
        "He said the second stage works",
        "Prices fell 3-5 percent to $2,011",
        "The vote was 12-3 against",
        "Two days after the summit they met",
        "She reads the Sunday Telegraph every Friday",
        "Agree on ten points within reach",
        "On 12 March 1850 he was born",
    ],
)
def test_not_fooled_in_english(text: str) -> None:
    assert [m.text for m in dates(text, "en")] == []


@pytest.mark.parametrize(
    ("text", "language", "interval", "relation"),
    [
        ("الهدنة سارية منذ آذار 2025", "ar", "2025-03-01/2026-03-06", "since"),
        ("تستمر الهدنة حتى يوم الأحد المقبل", "ar", "2026-03-06/2026-03-08", "until"),
        ("قبل الجمعة المقبل", "ar", "2026-03-13", "before"),
        ("The truce holds until March 20", "en", "2026-03-06/2026-03-20", "until"),
        ("after September 2025", "en", "2025-09-01/2025-09-30", "after"),
    ],
)
def test_the_word_before_a_date_relates_it(text: str, language: str, interval: str, relation: str) -> None:
    (mention,) = dates(text, language)
    assert (mention.interval, mention.relation) == (interval, relation)


def test_an_american_date_is_uncertain_where_both_ways_to_read_it_are_days() -> None:
    assert [(m.interval, m.uncertain) for m in dates("signed 6/3/2026 and 3/16/2026", "en")] == [
        ("2026-03-06", True),
        ("2026-03-16", False),
    ]


def test_a_weekday_that_does_not_fit_its_date_is_uncertain_or_moves_the_year() -> None:
    (fits,) = dates("الأربعاء 12 آذار")
    assert (fits.interval, fits.uncertain) == ("2025-03-12", False)
    (never,) = dates("الاثنين 12 آذار 2026")
    assert (never.interval, never.uncertain) == ("2026-03-12", True)


@pytest.mark.parametrize(
    ("text", "interval", "uncertain"),
    [
        ("اليوم الخميس", "2026-03-05", False),
        ("اليوم الثلاثاء", "2026-03-03", True),
        ("غدا الأحد", "2026-03-08", False),
        ("صباح الثلثاء", "2026-03-03", False),
        ("الليلة الماضية", "2026-03-05", False),
        ("السبت الموافق لـ 7 مارس", "2026-03-07", False),
        ("أمس (الخميس)", "2026-03-05", False),
        ("قبل نحو شهرين", "2026-01-01/2026-01-31", True),
        ("الثالث من الشهر الجاري", "2026-03-03", False),
        ("12 آذار من العام الماضي", "2025-03-12", False),
        ("مايو (أيار) من عام 2013", "2013-05-01/2013-05-31", False),
        ("يوليو تموز الماضي", "2025-07-01/2025-07-31", False),
        ("الأسبوع قبل الماضي", "2026-02-16/2026-02-22", False),
        ("مطلع الأسبوع المقبل", "2026-03-09/2026-03-10", False),
        ("شهر رمضان", "2026-02-18/2026-03-19", False),
        ("29 شباط 2025", None, False),
        ("سيعقد الاجتماع في يناير", "2027-01-01/2027-01-31", False),
        ("انتهت الحرب في يناير", "2026-01-01/2026-01-31", False),
        ("بعد ثلاثة أيام", "2026-03-09", True),
        ("سيعود بعد ثلاثة أيام", "2026-03-09", False),
        ("قبل 900 عقود", None, False),
        ("وصل بعد ظهر الأربعاء", "2026-03-04", False),
        ("في السبعينيات من القرن الماضي", "1970-01-01/1979-12-31", False),
        ("خلال العقد الماضي", "2010-01-01/2019-12-31", False),
    ],
)
def test_conventions(text: str, interval: str | None, uncertain: bool) -> None:
    assert [(m.interval, m.uncertain) for m in dates(text)] == ([(interval, uncertain)] if interval else [])


@pytest.mark.parametrize("year", [1, 9999])
def test_dates_beyond_the_calendar_are_none(year: int) -> None:
    published = datetime(year, 1 if year == 1 else 12, 1 if year == 1 else 31, tzinfo=UTC)
    assert len(dates("غدا وأمس والعام الماضي والعام المقبل وقبل ثلاثة أيام ومنذ آذار", published=published)) < 6


def test_a_day_is_counted_in_utc() -> None:
    late = datetime.fromisoformat("2026-03-07T01:30:00+03:00")
    assert [m.interval for m in dates("وصل اليوم", published=late)] == ["2026-03-06"]


def test_no_date_across_lines() -> None:
    assert [m.interval for m in dates("وصل في 12\nآذار 2025")] == ["2025-03-01/2025-03-31"]


def test_a_language_without_a_table_has_no_dates() -> None:
    assert find_dates(document("", "12. März 2026", "de", pack("de")), FRIDAY) == ()


@pytest.mark.parametrize(
    ("when", "number", "direction", "expected"),
    [
        (date(2026, 3, 6), 4, None, date(2026, 3, 6)),
        (date(2026, 3, 6), 4, "this", date(2026, 3, 6)),
        (date(2026, 3, 6), 4, "past", date(2026, 2, 27)),
        (date(2026, 3, 6), 4, "next", date(2026, 3, 13)),
        (date(2026, 3, 6), 6, None, date(2026, 3, 1)),
        (date(2026, 3, 6), 6, "this", date(2026, 3, 8)),
    ],
)
def test_weekdays(when: date, number: int, direction: str, expected: date) -> None:
    assert nearest_weekday(when, number, direction) == expected  # type: ignore[arg-type]


def test_months_are_added_to_their_last_day() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)


def test_parts_cover_a_month_without_gap() -> None:
    whole = calendar_month(2026, 2)
    assert [whole.part(p).iso() for p in ("start", "middle", "end")] == [
        "2026-02-01/2026-02-10", "2026-02-11/2026-02-20", "2026-02-21/2026-02-28",
    ]  # fmt: skip


def test_nothing_is_chosen_from_nothing() -> None:
    assert choose([], date(2026, 3, 6), None) is None
    assert choose([day(date(2026, 3, 6))], date(2026, 3, 6), "past") is None


def test_enrichment_dates_its_events() -> None:
    article = Article(title="", body="وقع الطرفان الهدنة أول من أمس", published_at=FRIDAY)
    assert [e.time for e in Enricher().enrich(article).events if e.main] == ["2026-03-04"]


# --- which date an event gets ---------------------------------------------------------------------------------------


def test_a_signed_truce_was_not_signed_on_the_coming_day_it_begins() -> None:
    event = main_event("وقع الطرفان أمس هدنة تبدأ الأحد المقبل")
    assert event.time == "2026-03-05"


def test_until_when_a_truce_lasts_is_not_when_it_was_extended() -> None:
    assert main_event("مدد الطرفان الهدنة حتى 20 آذار").time is None


def test_english_event_gets_the_date_of_its_sentence() -> None:
    assert (
        main_event("Russia and Ukraine signed a ceasefire on Friday. It was drafted last week.", "en").time
        == "2026-03-06"
    )


def evidence(doc: Document, of: str, text: str) -> Evidence:
    start = doc.body.raw.index(text)
    return Evidence(field="body", start=start, end=start + len(text), text=text, of=of)


def agreement(stage: Stage, *spans: Evidence, background: bool = False, main: bool = False) -> Event:
    kind = Agreement(kind=AgreementKind.CEASEFIRE)
    return Event(type="agreement", stage=stage, agreement=kind, evidence=spans, background=background, main=main)


def test_the_date_of_the_background_stays_with_the_background() -> None:
    doc = read("Talks on a new truce opened, and an old ceasefire signed on 3 May 2017 collapsed long ago.", "en")
    news = agreement(Stage.NEGOTIATING, evidence(doc, "stage", "Talks"), main=True)
    old = agreement(Stage.SIGNED, evidence(doc, "stage", "signed"), background=True)
    dated = date_events(doc, (news, old), find_dates(doc, FRIDAY))
    assert [e.time for e in dated] == [None, "2017-05-03"]


def test_a_date_far_from_the_words_of_the_stage_is_of_something_else() -> None:
    filler = "and many other things of which no reader has heard before now were told in the hall " * 2
    doc = read(f"They signed a truce {filler}on Friday.", "en")
    event = agreement(Stage.SIGNED, evidence(doc, "stage", "signed"), main=True)
    assert [e.time for e in date_events(doc, (event,), find_dates(doc, FRIDAY))] == [None]


def test_an_event_keeps_a_time_it_has_and_other_events_get_none() -> None:
    doc = read("They signed on Friday.", "en")
    known = agreement(Stage.SIGNED, evidence(doc, "stage", "signed")).model_copy(update={"time": "2026-01-01"})
    other = Event(type="consult", evidence=(evidence(doc, "type", "signed"),))
    assert date_events(doc, (known, other), find_dates(doc, FRIDAY)) == (known, other)
