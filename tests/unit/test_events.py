"""The parts of event extraction, each on its own: patterns, clauses, flags, roles, merging, PLOVER codes."""

from __future__ import annotations

from itertools import product

import pytest

from agents.enrichment.events import extract_events
from agents.enrichment.events.clauses import split
from agents.enrichment.events.grammar import grammar
from agents.enrichment.events.lexicon import Lexicon, conjugate
from agents.enrichment.events.plover import codes
from agents.enrichment.events.sentence import sentences_of
from agents.enrichment.languages import pack
from agents.enrichment.text import document, field_text
from streams.records import AgreementKind, Entity, EntityType, Label, Mention, Stage

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
