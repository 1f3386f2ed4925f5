"""The parts of event extraction, each on its own: patterns, clauses, flags, roles, merging, PLOVER codes."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from agents.enrichment.enrich import Enricher
from agents.enrichment.events import extract_events
from agents.enrichment.events.clauses import split
from agents.enrichment.events.grammar import grammar
from agents.enrichment.events.lexicon import Lexicon, conjugate
from agents.enrichment.events.plover import codes
from agents.enrichment.events.sentence import sentences_of
from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.languages import pack
from agents.enrichment.text import document, field_text
from agents.watchlists.fields import EVENT_TYPES
from streams.records import AgreementKind, Article, Enriched, Entity, EntityType, Label, Mention, Stage

ENRICHER = Enricher()

FLAGS = """\
ar|background|قصف على حلب|قتل سبعة في قصف على حلب. وكانت الحكومة والمعارضة قد توصلتا إلى هدنة في المدينة الشهر الماضي.
ar|background|قصف على حلب|قتل سبعة في قصف على مناطق يشملها اتفاق وقف إطلاق النار الموقع العام الماضي.
ar|background|وزير يزور الحدود|زار الوزير المناطق الحدودية التي شملها اتفاق السلام عام 1994.
ar|background|ذكرى توقيع معاهدة السلام|تحل اليوم الذكرى الأربعون لتوقيع معاهدة السلام بين مصر وإسرائيل.
ar|background|مقتل جندي في اشتباك|قتل جندي أمس في اشتباك على الحدود، وسبق أن وقع البلدان اتفاقا لوقف إطلاق النار في 2020.
ar|background|احتجاجات في الخرطوم|خرج المئات في احتجاجات. ويأتي ذلك بعد عام على توقيع اتفاق السلام مع الحركات المسلحة.
ar|background|تراجع الليرة|تراجعت الليرة أمس. وكان اتفاق وقف إطلاق النار الذي أبرم في نوفمبر الماضي قد أعاد الهدوء.
ar|negated|حماس تنفي وجود مفاوضات لتبادل الأسرى|نفت حركة حماس وجود أي مفاوضات مع إسرائيل لتبادل الأسرى.
ar|negated|لا اتفاق على وقف إطلاق النار في اليمن|قال المبعوث الأممي إنه لا اتفاق حتى الآن على وقف إطلاق النار.
ar|negated|الأمم المتحدة: لم يتم التوصل إلى هدنة في السودان|قالت الأمم المتحدة إنه لم يتم التوصل إلى هدنة في السودان.
ar|negated|موسكو: لا مفاوضات مع كييف لوقف القتال|قال الكرملين إنه لا مفاوضات حاليا مع كييف لوقف القتال.
ar|negated|مصدر عسكري ينفي التوصل إلى هدنة في درعا|نفى مصدر عسكري ما تردد عن التوصل إلى هدنة في درعا.
ar|negated|الحوثيون يكذبون أنباء عن هدنة في الحديدة|كذب الحوثيون أنباء عن هدنة في الحديدة.
ar|negated|لم توقع إيران اتفاق سلام مع العراق|قالت طهران إنها لم توقع اتفاق سلام مع بغداد.
ar|negated|الحكومة: لم نوافق على أي هدنة في تعز|أكدت الحكومة أنها لم توافق على أي هدنة في تعز.
ar|negated|هدنة وشيكة في تعز؟ مصدر: لا اتفاق|قال مصدر إنه لم يتم التوصل إلى أي اتفاق لوقف إطلاق النار في تعز، نافيا إعلانا وشيكا.
ar|hedged|يتوقع توقيع اتفاق سلام في كولومبيا|يتوقع أن توقع الحكومة الكولومبية وحركة فارك اتفاق سلام خلال أسابيع.
ar|hedged|من المرجح تمديد الهدنة في غزة|من المرجح أن يتم تمديد الهدنة في غزة يومين.
ar|hedged|إسرائيل وحماس قريبتان من اتفاق هدنة|قال مسؤول إن إسرائيل وحماس قريبتان من التوصل إلى اتفاق هدنة في غزة.
ar|hedged|ترامب: قد يتوصل الطرفان إلى اتفاق سلام|قال الرئيس الأميركي إن روسيا وأوكرانيا قد تتوصلان إلى اتفاق سلام هذا الشهر.
ar|hedged|اتفاق وشيك لوقف إطلاق النار في لبنان|كشفت مصادر عن اتفاق وشيك لوقف إطلاق النار في لبنان.
ar|hedged|اقتراب التوصل إلى اتفاق تبادل أسرى|قالت مصادر مصرية إن الجانبين يقتربان من إبرام صفقة تبادل أسرى.
ar|hedged|من المنتظر إعلان هدنة في طرابلس|من المنتظر أن تعلن الأطراف هدنة في طرابلس غدا.
ar|hedged|الطرفان يعتزمان توقيع اتفاق سلام|أعلنت إثيوبيا أنها تعتزم توقيع اتفاق سلام مع إريتريا.
ar||توقيع هدنة في حلب|وقعت روسيا وتركيا هدنة في حلب، وقد بدأت فجر اليوم.
ar||إعلان هدنة في السودان|أعلن الجيش السوداني وقوات الدعم السريع هدنة من ثلاثة أيام. ولم يحدد موعد استئناف المفاوضات.
ar||اتفاق سلام في جنوب السودان|وقعت أطراف النزاع في جنوب السودان اتفاق سلام أمس، ولا يزال القتال مستمرا في الشمال.
en|background|Strikes kill ten in Aleppo|Strikes killed ten people on Sunday. The two sides had signed a ceasefire last month.
en|background|Minister tours border|The minister toured villages covered by last year's peace deal with the rebels.
en|background|Tripoli marks anniversary of ceasefire|Tripoli marked the anniversary of the 2020 ceasefire agreement on Monday.
en|background|Protests in Khartoum|Hundreds protested. The country's 2005 peace agreement ended decades of war.
en|background|Soldier killed in Kashmir|A soldier was killed on Monday in Kashmir, where a ceasefire was agreed in 2021.
en|background|Bank reopens in Taiz|A bank reopened in Taiz, a city calm since the truce brokered in 2022.
en|negated|No agreement reached on Yemen truce|No agreement was reached on extending the truce in Yemen, the UN envoy said.
en|negated|Hamas denies talks on prisoner swap|Hamas denied it was holding talks with Israel on a prisoner swap.
en|negated|Kremlin: no truce agreed with Ukraine|The Kremlin said no truce had been agreed with Ukraine.
en|negated|Army says it has not signed any ceasefire in Daraa|The army said it has not signed any ceasefire in Daraa.
en|negated|Rebels say no ceasefire in place in Tigray|The rebels said there is no ceasefire in Tigray.
en||Iran rules out peace talks with Iraq|Iran ruled out peace talks with Iraq.
en|hedged|Israel and Hamas close to ceasefire deal|Israel and Hamas are close to a ceasefire deal, officials said.
en|hedged|Colombia expected to sign peace deal with FARC|Colombia is expected to sign a peace deal with the FARC rebels.
en|hedged|Truce in Gaza likely to be extended|The truce in Gaza is likely to be extended, mediators said.
en|hedged|Russia, Ukraine could agree truce this month|Russia and Ukraine could agree a truce this month, the US said.
en|hedged|Deal on prisoner swap within reach|A deal on a prisoner swap is within reach, Qatar said.
en|hedged|Sudan rivals on verge of truce|Sudan's rival generals are on the verge of a truce.
en|hedged|Ethiopia plans to sign peace deal|Ethiopia plans to sign a peace deal with Eritrea.
en||Russia, Turkey sign Aleppo truce|Russia and Turkey signed a truce in Aleppo on Monday, and it may hold.
en||Truce in Sudan announced|The army and the RSF announced a truce. No date was set for talks.
"""

TYPES = """\
ar|ACCUSE|باكستان تتهم الهند بدعم المسلحين
ar|PROTEST:demo|احتجاجات في تونس على رفع الأسعار
ar|SANCTION|الاتحاد الأوروبي يفرض عقوبات على بيلاروسيا
ar|ASSAULT:heavy-weapons|غارات جوية على صنعاء تقتل عشرة
ar|CONSULT:visit|الرئيس المصري يزور موسكو
ar|AID:humanitarian|تركيا ترسل قافلة مساعدات إلى الصومال
ar|MOBILIZE:troops|روسيا تنشر قوات على الحدود مع أوكرانيا
ar|THREATEN:violence|إيران تهدد بالرد على أي هجوم إسرائيلي
ar|COERCE:arrest|السلطات في الجزائر تعتقل ناشطين
ar|REQUEST:assist|الأمم المتحدة تدعو إلى تمويل عاجل لليمن
ar|RETREAT:withdraw|القوات الفرنسية تنسحب من مالي
ar|CONCEDE:release|السودان يفرج عن معتقلين سياسيين
ar|SUPPORT|الصين ترحب بانتخاب رئيس جديد في كينيا
ar|COOPERATE|مصر والأردن تجريان مناورات مشتركة
ar|REJECT|المغرب يرفض اقتراح الاتحاد الإفريقي
ar|CONCEDE|واشنطن ترفع العقوبات عن السودان
ar||محكمة تقرر تخفيف العقوبة على متهم
ar||أسعار النفط ترتفع في الأسواق العالمية
ar||الهلال يفوز على النصر في الدوري
ar|SANCTION:expel|فنزويلا تطرد دبلوماسيين أمريكيين
ar|PROTEST:strike|إضراب المعلمين في لبنان
ar|CONSULT|وزير الخارجية الألماني يلتقي نظيره الصيني
ar|COERCE:seize|الجيش يسيطر على مدينة في ريف حلب
ar|PROTEST:demo|اعتصام أمام البرلمان في بغداد
ar|AID:economic|البنك الدولي يمنح الأردن قرضا بقيمة مليار دولار
ar|CONSULT:phone|اتصال هاتفي بين بوتين وماكرون
ar|REQUEST|أوكرانيا تطالب روسيا بسحب قواتها
ar|ACCUSE:disapprove|فرنسا تدين الهجوم على السفارة
en|ACCUSE|Pakistan accuses India of arming militants
en|PROTEST:demo|Thousands protest in Tunis over prices
en|SANCTION|EU imposes sanctions on Belarus
en|ASSAULT:heavy-weapons|Air strikes on Sanaa kill ten
en|CONSULT:visit|Egyptian president visits Moscow
en|AID:humanitarian|Turkey sends aid convoy to Somalia
en|MOBILIZE:troops|Russia deploys troops along Ukraine border
en|THREATEN|Iran threatens to retaliate against Israel
en|COERCE:arrest|Algerian police arrest activists
en|REQUEST:assist|UN appeals for funds for Yemen
en|RETREAT:withdraw|French troops withdraw from Mali
en|CONCEDE:release|Sudan frees political detainees
en|SUPPORT|China welcomes Kenya election result
en|COOPERATE|Egypt and Jordan hold joint exercises
en|REJECT|Morocco rejects African Union proposal
en|CONCEDE|US lifts sanctions on Sudan
en|ACCUSE:disapprove|France condemns embassy attack
en|SUPPORT|Saudi Arabia and Iran restore ties
"""

#: name as written, id, English label, country, what holds it; a name with * is a demonym
NAMES = [
    ("روسيا", "Q159", "Russia", "Q159", ()), ("الروس*", "Q159", "Russia", "Q159", ()), ("الروسي*", "Q159", "Russia", "Q159", ()),
    ("موسكو", "Q649", "Moscow", "Q159", ("Q159",)), ("تركيا", "Q43", "Türkiye", "Q43", ()),
    ("الأتراك*", "Q43", "Türkiye", "Q43", ()), ("أنقرة", "Q3640", "Ankara", "Q43", ("Q43",)),
    ("الإيرانيون*", "Q794", "Iran", "Q794", ()), ("الإيرانية*", "Q794", "Iran", "Q794", ()), ("طهران", "Q3616", "Tehran", "Q794", ("Q794",)),
    ("سوريا", "Q858", "Syria", "Q858", ()), ("إدلب", "Q1", "Idlib", "Q858", ("Q858",)), ("حلب", "Q2", "Aleppo", "Q858", ("Q858",)),
    ("جنيف", "Q71", "Geneva", "Q39", ("Q39",)), ("مصر", "Q79", "Egypt", "Q79", ()), ("المصرية*", "Q79", "Egypt", "Q79", ()),
]  # fmt: skip


def entities(title: str, body: str) -> tuple[Entity, ...]:
    """Hand-made entities: every name of the table where it stands, the longest first."""
    found: dict[str, Entity] = {}
    taken: set[tuple[str, int]] = set()
    for (written, entity_id, label, country, parents), (field, text) in product(
        sorted(NAMES, key=lambda n: -len(n[0])), (("title", title), ("body", body))
    ):
        name = written.rstrip("*")
        at = text.find(name)
        while at >= 0:
            if not any((field, place) in taken for place in range(at, at + len(name))):
                taken.update((field, place) for place in range(at, at + len(name)))
                mention = Mention(field=field, start=at, end=at + len(name), text=name, demonym=written.endswith("*"))
                known = found.get(entity_id)
                found[entity_id] = Entity(
                    id=entity_id, type=EntityType.PLACE, label=Label(en=label), country=country, parents=parents,
                    mentions=(*(known.mentions if known else ()), mention),
                )  # fmt: skip
            at = text.find(name, at + 1)
    return tuple(found.values())


def events_of(title: str, body: str = "", language: str = "ar"):
    return extract_events(document(title, body, language, pack(language)), entities(title, body))


def main_of(title: str, body: str = "", language: str = "ar"):
    return next((e for e in events_of(title, body, language) if e.main), None)


# --- patterns -------------------------------------------------------------------------------------------------------


def found(pattern: str, text: str, **table: object) -> list[str]:
    lexicon = Lexicon.compile({"cues": [{"any": [pattern]}], **table}, ["cues"])
    field = field_text("title", text, pack("ar"))
    return [field.slice(hit.first, hit.last)[2] for hit in lexicon.find(field)]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("هدنة", "وللهدنة بعد هدنتين", ["وللهدنة", "هدنتين"]),
        ("وقف =إطلاق =نار", "وقفا لإطلاق النار", ["وقفا لإطلاق النار"]),
        ("وقف =إطلاق =نار", "تبادل إطلاق النار", []),
        ("وقف ..2 =إطلاق =نار", "وقف فوري وشامل لإطلاق النار", ["وقف فوري وشامل لإطلاق النار"]),
        ("وقف ..1 =إطلاق", "وقف فوري وشامل لإطلاق", []),
        ("وقف ..2 إطلاق", "وقف، ثم إطلاق", []),
        ("^لتوقيع", "ولتوقيع بعد التوقيع", ["ولتوقيع"]),
        ("+قال", "قال وقال", ["وقال"]),
        ("منطقة خفض? تصعيد", "منطقة تصعيد", ["منطقة تصعيد"]),
        ("خفض|تخفيف تصعيد", "تخفيف «التصعيد»", ["تخفيف «التصعيد"]),
        ("@sign.past", "وقعتا ووقعوا توقعان", ["وقعتا", "ووقعوا"]),
    ],
)
def test_patterns(pattern: str, text: str, expected: list[str]) -> None:
    assert found(pattern, text, verbs={"sign": {"past": "وقع", "present": "وقع"}}) == expected


def test_a_class_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="@sing"):
        found("@sing هدنة", "هدنة")


def test_weak_verbs_lose_their_last_letter() -> None:
    forms = conjugate(["نفى"], ["نفي"])
    assert {"نفى", "نفت", "نفوا"} <= set(forms["past"])
    assert {"دعا", "دعت", "دعوا"} <= set(conjugate(["دعا"], [])["past"])
    assert {"ينفي", "تنفي", "ينفون"} <= set(forms["present"])
    assert "سينفي" in forms["future"]


# --- clauses --------------------------------------------------------------------------------------------------------


def clauses(text: str, language: str = "ar") -> list[str]:
    known = grammar(language)
    assert known is not None
    field = field_text("body", text, pack(language))
    sentence = sentences_of(field, known)[0]
    parts = split(field, sentence.bounds, sentence.of("breakers"))
    return [" ".join(field.tokens[n].raw for n in c.tokens if field.tokens[n].norm) for c in parts]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ar", "لم يحضر الوسيط، لكن الطرفين وقعا", ["لم يحضر الوسيط", "لكن الطرفين وقعا"]),
        ("ar", "نفت الحكومة، وفق بيان مساء اليوم، توقيع أي اتفاق", ["نفت الحكومة توقيع أي اتفاق"]),
        ("ar", "رحب بالهدنة التي أعلنت أمس، ودعا إلى الحوار", ["رحب بالهدنة", "التي أعلنت أمس", "ودعا إلى الحوار"]),
        ("ar", "في حلب، وفي إدلب، وفي درعا", ["في حلب وفي إدلب وفي درعا"]),
        ("en", "No mediator came, but both signed", ["No mediator came", "but both signed"]),
    ],
)
def test_clauses(language: str, text: str, expected: list[str]) -> None:
    got = clauses(text, language)
    assert sorted(" ".join(got).split()) == sorted(" ".join(expected).split())
    assert set(expected) <= set(got) or got == expected


# --- stages and flags -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "stage", "negated", "hedged"),
    [
        ("وقعت روسيا وتركيا هدنة في حلب", "signed", False, False),
        ("روسيا وتركيا توقعان هدنة في حلب", "signed", False, False),
        ("روسيا وتركيا توقعان هدنة في حلب الأسبوع المقبل", "negotiating", False, True),
        ("مباحثات لإبرام هدنة في حلب", "negotiating", False, False),
        ("دعوة إلى هدنة في حلب", "negotiating", False, False),
        ("إعلان هدنة في حلب", "announced", False, False),
        ("هدنة في حلب", "announced", False, False),
        ("الهدنة في حلب تدخل حيز التنفيذ", "in_force", False, False),
        ("الهدنة في حلب ستدخل حيز التنفيذ غدا", "announced", False, False),
        ("تمديد الهدنة في حلب", "extended", False, False),
        ("خرق الهدنة في حلب", "violated", False, False),
        ("انهيار الهدنة في حلب", "collapsed", False, False),
        ("بوادر انهيار الهدنة في حلب", "violated", False, True),
        ("موسكو تنفي التوصل إلى هدنة في حلب", "denied", True, False),
        ("المعارضة ترفض هدنة في حلب", "denied", False, False),
        ("لا هدنة في حلب", "denied", True, False),
        ("من المتوقع توقيع هدنة في حلب", "negotiating", False, True),
    ],
)
def test_stages(title: str, stage: str, negated: bool, hedged: bool) -> None:
    event = main_of(title)
    assert event is not None
    assert (event.stage, event.negated, event.hedged) == (stage, negated, hedged)


@pytest.mark.parametrize(
    "sentence",
    [
        "وكانت روسيا وتركيا قد وقعتا هدنة في حلب.",
        "وبموجب الهدنة تتوقف الغارات.",
        "ويشار إلى أن هدنة أعلنت في حلب.",
        "ويسري الاتفاق على هدنة في حلب الموقع العام الماضي.",
    ],
)
def test_history_is_background(sentence: str) -> None:
    events = events_of("قصف على حلب", f"قتل سبعة في قصف على حلب أمس. {sentence}")
    told = [e for e in events if e.type == "agreement"]
    assert told
    assert all(e.background and not e.main for e in told)


def test_breaking_an_old_truce_is_news() -> None:
    event = main_of("روسيا تخرق الهدنة الموقعة العام الماضي في حلب")
    assert event is not None
    assert (event.stage, event.background) == ("violated", False)


# --- roles ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "parties", "place"),
    [
        ("روسيا وتركيا توقعان هدنة في إدلب", ["Q159", "Q43"], "Q1"),
        ("موسكو وأنقرة توقعان هدنة في إدلب", ["Q159", "Q43"], "Q1"),
        ("الروس والأتراك والإيرانيون يوقعون هدنة في إدلب", ["Q159", "Q43", "Q794"], "Q1"),
        ("روسيا وتركيا توقعان في جنيف هدنة في سوريا", ["Q159", "Q43"], "Q858"),
        ("محادثات تشهدها أنقرة لإبرام هدنة في إدلب", [], "Q1"),
        ("روسيا وتركيا توقعان هدنة في حلب برعاية مصر", ["Q159", "Q43"], "Q2"),
        ("مصر تدعو روسيا وتركيا إلى هدنة في حلب", ["Q159", "Q43"], "Q2"),
        ("روسيا وتركيا تبحثان هدنة في حلب في العاصمة الإيرانية طهران", ["Q159", "Q43"], "Q2"),
    ],
)
def test_roles(title: str, parties: list[str], place: str) -> None:
    event = main_of(title)
    assert event is not None
    assert event.agreement is not None
    assert (sorted(event.agreement.parties), event.place) == (sorted(parties), place)


def test_a_mediator_is_an_actor_and_no_party() -> None:
    event = main_of("روسيا وتركيا توقعان هدنة في حلب برعاية مصر")
    assert event is not None
    assert [a.role for a in event.actors if a.id == "Q79"] == ["mediator"]


# --- events of an article -------------------------------------------------------------------------------------------


def test_one_agreement_told_three_times_is_one_event() -> None:
    events = events_of("هدنة في حلب", "أعلنت روسيا هدنة في حلب. وتبدأ الهدنة فجرا. وقال متحدث إن وقف إطلاق النار شامل.")
    assert [e.main for e in events if e.type == "agreement"] == [True]


def test_truces_of_two_places_are_two_events() -> None:
    events = events_of("هدنة في حلب", "أعلنت روسيا هدنة في حلب. وأعلنت تركيا هدنة في إدلب.")
    assert sorted(e.place or "" for e in events if e.type == "agreement") == ["Q1", "Q2"]


def test_another_event_is_main_where_no_agreement_is() -> None:
    events = events_of("قصف على إدلب", "قتل سبعة في غارات جوية على إدلب أمس.")
    assert [(e.type, e.plover, e.place, e.main) for e in events] == [
        ("assault", ("ASSAULT:heavy-weapons",), "Q1", True)
    ]
    events = events_of("هدنة في إدلب بعد قصف")
    assert [(e.type, e.main) for e in events] == [("agreement", True), ("assault", False)]


@pytest.mark.parametrize(("title", "body"), [("", ""), ("؟!", "…"), ("هدنة", ""), ("", "هدنة"), ("و و و", "قد لا لن")])
def test_little_text_does_no_harm(title: str, body: str) -> None:
    for event in events_of(title, body):
        assert event.evidence


@pytest.mark.parametrize(("kind", "stage"), list(product(AgreementKind, Stage)))
def test_every_agreement_has_plover_codes(kind: AgreementKind, stage: Stage) -> None:
    assert codes(kind, stage, hedged=False)
    assert all(code.split(":")[0].isupper() for code in codes(kind, stage, hedged=True))


@pytest.mark.parametrize("code", ["ar", "en"])
def test_grammars_compile_and_name_known_kinds_and_stages(code: str) -> None:
    table = pack(code).table("events.yaml")
    assert grammar(code) is not None
    assert {g["stage"] for g in table["stages"]} == set(Stage)
    assert {g["kind"] for g in table["triggers"] + table["kind_cues"] if g["kind"]} <= set(AgreementKind)


def test_a_language_without_a_grammar_has_no_events() -> None:
    assert events_of("هدنة في حلب", language="fa") == ()


# --- who says so, what is told how, other types ---------------------------------------------------------------------


def enriched(language: str, title: str, body: str = "") -> Enriched:
    article = Article(title=title, body=body, language=language, published_at=datetime(2026, 1, 1, tzinfo=UTC))
    return ENRICHER.enrich(article)


@pytest.mark.parametrize(
    ("language", "title", "body", "source", "words"),
    [
        ("ar", "روسيا وتركيا تتفقان على هدنة في إدلب", "اتفقت روسيا وتركيا على هدنة في إدلب، بحسب وكالة الأناضول.", ("agency", False), "الأناضول"),
        ("ar", "مصادر: هدنة في إدلب", "قالت مصادر مطلعة إن روسيا وتركيا اتفقتا على هدنة في إدلب.", ("unnamed", False), "مصادر"),
        ("ar", "مصدر عسكري ينفي هدنة في درعا", "", ("unnamed", False), "مصدر عسكري"),
        ("ar", "أنقرة تنفي التوصل إلى هدنة مع موسكو في حلب", "", ("party", True), "أنقرة"),
        ("ar", "الخارجية القطرية: تمديد الهدنة في غزة", "", ("organisation", False), "الخارجية القطرية"),
        ("en", "Turkey denies reaching ceasefire deal with Russia", "", ("party", True), "Turkey"),
        ("en", "Truce in Idlib", "Russia and Turkey have reached a truce in Idlib, two diplomatic sources said.", ("unnamed", False), None),
        ("en", "Truce in Idlib", "A military source denied that a truce had been reached in Idlib.", ("unnamed", False), "A military source"),
        ("en", "Qatar says Gaza truce extended", "", ("organisation", False), "Qatar"),
        ("ar", "لا هدنة", "قال مسؤول في حركة حماس إن الحركة لم توافق على هدنة في غزة.", ("party", True), "مسؤول"),
        ("ar", "باكستان تتهم الهند بدعم المسلحين", "", ("party", True), "باكستان"),
        ("en", "Truce in Yemen extended", "The truce in Yemen was extended. A UN envoy for Yemen said both sides agreed.", ("official", False), None),
    ],
)  # fmt: skip
def test_who_says_so(language: str, title: str, body: str, source: tuple[str, bool], words: str | None) -> None:
    event = enriched(language, title, body).main_event
    assert event is not None
    assert event.source is not None
    assert (event.source.kind, event.source.is_party) == source
    assert event.source.span is not None
    assert words is None or event.source.span.text == words
    assert event.source.span.text in [span.text for span in event.evidence if span.of == "source"]


@pytest.mark.parametrize("title", ["هدنة في حلب", "تراجع الليرة"])
def test_what_nobody_says_has_no_source(title: str) -> None:
    assert [event.source for event in enriched("ar", title).events if event.source] == []


def test_the_terms_of_the_score_explain_the_main_event() -> None:
    found = enriched(
        "ar", "روسيا وتركيا توقعان هدنة في حلب", "وقعت روسيا وتركيا هدنة في حلب أمس. وأعلنت أنقرة هدنة في إدلب."
    )
    event = found.main_event
    assert event is not None
    assert round(sum(term.points for term in event.main_why), 2) == event.score
    assert {"words", "title", "stage told", "settled", "told again"} <= {term.what for term in event.main_why}
    assert not any(other.main_why for other in found.events if not other.main)


@pytest.mark.parametrize(("row"), FLAGS.splitlines(), ids=lambda row: row.split("|")[2])
def test_flags_by_scope(row: str) -> None:
    """Language | flags | title | body; flags of the main agreement, else of the best: background, negated, hedged."""
    language, flags, title, body = row.split("|")
    told = [e for e in enriched(language, title, body).events if e.agreement is not None]
    event = max(told, key=lambda e: (e.main, e.score))
    said = {of for of in ("background", "negated", "hedged") if getattr(event, of)}
    expected = set(flags.split())
    assert (said & expected if "background" in expected else said) == expected


@pytest.mark.parametrize(("row"), TYPES.splitlines(), ids=lambda row: row.split("|")[2])
def test_types_of_main_events(row: str) -> None:
    """Language | PLOVER code, empty: no main event | title."""
    language, code, title = row.split("|")
    event = enriched(language, title).main_event
    assert (event.plover if event else ()) == ((code,) if code else ())


def test_all_types_have_words_in_both_languages() -> None:
    for code in ("ar", "en"):
        types = {g["type"] for g in pack(code).table("events.yaml")["plover"]}
        assert types == set(EVENT_TYPES) - {"agreement", "agree"} | {"none"}


@pytest.mark.parametrize(
    ("language", "title", "body", "parties", "place"),
    [
        ("ar", "قطر تعلن تمديد الهدنة في غزة", "", [], "Gaza Strip"),
        ("ar", "وقع الطرفان هدنة في الجزائر", "وقع طرفا النزاع في مالي هدنة في الجزائر أمس.", [], "Mali"),
        ("ar", "توقيع اتفاق سلام", "وقع ممثلو الحكومة والحركات المسلحة اتفاق سلام في قطر مساء أمس.", [], None),
        ("ar", "الجيشان السوري والتركي يتفقان على هدنة في منبج", "", ["Syria", "Türkiye"], "Manbij"),
        ("en", "Warring sides sign truce in Algeria", "The government of Mali and rebels signed a truce in Algeria.", ["Mali"], "Mali"),
        ("en", "SDF, Damascus agree ceasefire in Aleppo", "", ["Syria", "Syrian Democratic Forces"], "Aleppo"),
    ],
)  # fmt: skip
def test_go_betweens_duals_and_acronyms(
    language: str, title: str, body: str, parties: list[str], place: str | None
) -> None:
    found = enriched(language, title, body)
    event = found.main_event
    assert event is not None
    assert event.agreement is not None
    known = {e.id: e.label.en for e in found.entities}
    assert sorted(known[p] for p in event.agreement.parties) == parties
    entry = Gazetteer.load().get(event.place or "")
    assert (entry.label.en if entry else None) == place
