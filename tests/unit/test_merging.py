"""Names of one thing become one entity of an article: short forms, names in brackets, spellings."""

from __future__ import annotations

import pytest

from agents.enrichment.languages import pack
from agents.enrichment.tagger.features import WordFeatures
from agents.enrichment.tagger.merging import Name, merge
from agents.enrichment.tagger.unlinked import load, with_unlinked
from agents.enrichment.text import document
from streams.records import Entity, EntityType, Label, Mention

PERSON, BODY, PLACE, GROUP = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE, EntityType.GROUP


def named(text: str, *names: tuple[str, EntityType]) -> list[Name]:
    """The names where they stand in a text, each after the one before it."""
    found, read = [], 0
    for name, kind in names:
        start = text.index(name, read)
        read = start + len(name)
        bracketed = text[start - 1 : start] == "(" and text[read : read + 1] == ")"
        mention = Mention(field="body", start=start, end=read, text=name)
        found.append(Name(mention, kind, tuple(name.casefold().split()), start - 2 if bracketed else -1))
    return found


def merged(names: list[Name], linked: tuple[Entity, ...] = (), language: str = "en") -> list[list[str]]:
    sound = load(language).words.sound
    return [[m.text for m in entity.mentions] for entity in merge(linked, names, sound, language)]


@pytest.mark.parametrize(
    ("names", "things"),
    [
        ([("Karim Zellweg", PERSON), ("Zellweg", PERSON)], 1),
        ([("Zellweg", PERSON), ("Karim Zellweg", PERSON)], 1),
        ([("Karim Zellweg", PERSON), ("Karim", PERSON)], 1),
        ([("Karim Zellweg", PERSON), ("Zellweg", PLACE)], 1),  # a surname, whatever the tagger took it for
        ([("Zellweg Bank", BODY), ("Zellweg", PLACE)], 2),
        ([("Karim Zellweg", PERSON), ("Karim", PLACE)], 2),
        ([("Karim Zellweg", PERSON), ("Karim Zolkov", PERSON)], 2),
        ([("Zhourakov", PERSON), ("Jurakov", PERSON)], 1),  # one name in two spellings
        ([("Zhourakov", PERSON), ("Jurakov", PLACE)], 2),
        ([("Salim", PERSON), ("Salem", PERSON)], 2),  # vowels tell given names apart
    ],
)
def test_short_names_and_spellings(names, things):
    text = " met ".join(name for name, _ in names)
    assert len(merged(named(text, *names))) == things


@pytest.mark.parametrize(
    ("text", "kinds", "things"),
    [
        ("Harvest Watch Network (HWN) said", (BODY, BODY), 1),
        ("Harvest Watch Network (HWN) said", (BODY, GROUP), 1),
        ("Harvest Watch Network (HWN) said", (BODY, PLACE), 2),
        ("Harvest Watch Network, HWN, said", (BODY, BODY), 2),
    ],
)
def test_a_name_in_brackets_is_the_one_before_it(text, kinds, things):
    names = named(text, ("Harvest Watch Network", kinds[0]), ("HWN", kinds[1]))
    assert len(merged(names)) == things


def test_a_name_in_brackets_after_a_linked_one_is_linked_wherever_it_stands():
    text = "HWN: Harvest Watch Network (HWN) met."
    whole = Mention(field="body", start=5, end=26, text="Harvest Watch Network")
    linked = Entity(id="Q1", type=BODY, label=Label(en="Harvest Watch Network"), mentions=(whole,))
    names = named(text, ("HWN", BODY), ("HWN", BODY))
    assert merged(names, (linked,)) == [["HWN", "Harvest Watch Network", "HWN"]]


def test_nothing_to_merge_leaves_the_linked_ones():
    linked = (Entity(id="Q1", type=BODY, label=Label(), mentions=()),)
    assert merge(linked, [], str, "en") is linked


def test_spellings_of_a_foreign_name_are_one_person_in_arabic():
    words = load("ar").words
    assert words.sound("جاويش") == words.sound("شاويش")
    assert words.sound("غورباتشوف") == words.sound("كورباشوف")
    assert words.sound("سالم") != words.sound("سليم")


def test_what_stands_in_brackets_is_read_from_the_text():
    read = document("", "The Harvest Watch Network (HWN) met on Monday.", "en", pack("en"))
    spans = {"body": [(1, 3, "organisation"), (5, 5, "organisation")]}
    (entity,) = with_unlinked(read, (), spans=spans)
    assert [mention.text for mention in entity.mentions] == ["Harvest Watch Network", "HWN"]


def test_a_language_without_lists_takes_every_spelling_as_it_is():
    from agents.enrichment.gazetteer import Gazetteer

    assert WordFeatures(pack("und"), Gazetteer.load()).sound("Zhourakov") == "Zhourakov"
