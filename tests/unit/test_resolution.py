"""Names of the tagger and of the gazetteer that overlap: a table of which stands, and what is left of the other."""

from __future__ import annotations

import pytest

from agents.enrichment.tagger.resolution import Stands, Tagged, decide, settle
from streams.records import Entity, EntityType, Label, Mention

PLACE, PERSON, BODY, GROUP, EVENT = (
    EntityType.PLACE,
    EntityType.PERSON,
    EntityType.ORGANISATION,
    EntityType.GROUP,
    EntityType.EVENT,
)


def mention(text: str, name: str, *, demonym: bool = False) -> Mention:
    start = text.index(name)
    return Mention(field="body", start=start, end=start + len(name), text=name, demonym=demonym)


def entity(kind: EntityType, *mentions: Mention, entity_id: str = "Q1") -> Entity:
    return Entity(id=entity_id, type=kind, label=Label(), mentions=mentions)


def tagged(text: str, name: str, kind: EntityType, head: str = "") -> Tagged:
    start = text.index(name)
    return Tagged(
        start,
        start + len(name),
        kind,
        (text.index(head),) if head else (),
        tuple(n for n in range(start, start + len(name)) if text[n].isupper()),
    )


@pytest.mark.parametrize(
    ("name", "kind", "head", "linked", "linked_kind", "stands"),
    [
        ("جامعة دمشق", BODY, "جامعة", "دمشق", PLACE, Stands.TAGGED),
        ("Damascus university", BODY, "university", "Damascus", PLACE, Stands.TAGGED),
        ("Jordan Street", PLACE, "", "Jordan", PLACE, Stands.TAGGED),
        ("Chad Mueller", PERSON, "", "Chad", PLACE, Stands.TAGGED),
        ("Jordan street", PLACE, "", "Jordan", PLACE, Stands.LINKED),
        ("مستشفى الملك فيصل", BODY, "مستشفى", "فيصل", PERSON, Stands.TAGGED),
        ("أنصار دمشق", BODY, "", "دمشق", PLACE, Stands.LINKED),  # no word that only bodies have
        ("بنك بيروت", BODY, "بنك", "بنك بيروت", BODY, Stands.LINKED),
        ("مازن دمشق", PERSON, "", "دمشق", PLACE, Stands.LINKED),
        ("مازن دمشق", PERSON, "مازن", "دمشق", PLACE, Stands.TAGGED),
        ("مازن بوش", PERSON, "مازن", "بوش", PERSON, Stands.LINKED),
        ("حلب", PLACE, "", "مدينة حلب", PLACE, Stands.BOTH),
        ("أرامكو", BODY, "", "شركة أرامكو", BODY, Stands.BOTH),
        ("القسام", GROUP, "", "كتائب القسام", BODY, Stands.BOTH),
        ("حلب", PERSON, "", "مدينة حلب", PLACE, Stands.LINKED),  # another type
        ("جبل", PLACE, "", "جبل لبنان", PLACE, Stands.LINKED),  # the start of it
    ],
)
def test_which_stands(name, kind, head, linked, linked_kind, stands):
    text = f"- {linked if len(linked) > len(name) else name} -"
    named = mention(text, linked)
    assert decide(tagged(text, name, kind, head), [(entity(linked_kind, named), named)]) is stands


def test_a_head_within_the_linked_name_is_no_evidence():
    text = "بنك بيروت الجديد"
    named = mention(text, "بنك بيروت")
    assert decide(tagged(text, text, BODY, "بنك"), [(entity(PLACE, named), named)]) is Stands.LINKED


def test_a_country_is_hardly_a_surname():
    text = "مازن قطر"
    named = mention(text, "قطر")
    country = entity(PLACE, named).model_copy(update={"country": "Q1"})
    assert decide(tagged(text, text, PERSON, "مازن"), [(country, named)]) is Stands.LINKED


def test_a_person_known_by_title_and_first_name_is_mentioned_by_the_whole_name():
    text = "الشيخ تميم بن حمد"
    named = mention(text, "الشيخ تميم")
    assert decide(tagged(text, "تميم بن حمد", PERSON), [(entity(PERSON, named), named)]) is Stands.BOTH
    assert decide(tagged(text, "تميم بن حمد", BODY), [(entity(BODY, named), named)]) is Stands.LINKED


def test_a_covered_place_stays_without_that_mention():
    text = "جامعة دمشق في حمص"
    place, elsewhere = mention(text, "دمشق"), mention(text, "حمص")
    settled = settle((entity(PLACE, place), entity(PLACE, elsewhere, entity_id="Q2")), {}, {place})
    assert [(e.id, e.mentions) for e in settled] == [("Q1", ()), ("Q2", (elsewhere,))]


@pytest.mark.parametrize(("needed", "left"), [((), 0), (("Q1",), 1)])
def test_a_covered_person_goes_unless_an_event_speaks_of_it(needed, left):
    named = mention("مستشفى فيصل", "فيصل")
    assert len(settle((entity(PERSON, named),), {}, {named}, needed)) == left


def test_a_mention_is_cut_and_the_link_stays():
    text = "مدينة حلب"
    whole, cut = mention(text, text), mention(text, "حلب")
    assert settle((entity(PLACE, whole),), {whole: cut}, ()) == (entity(PLACE, cut),)


def test_nothing_to_settle_is_the_same_entities():
    entities = (entity(PLACE, mention("حلب", "حلب")),)
    assert settle(entities, {}, ()) is entities
