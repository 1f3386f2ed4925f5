"""Reports on one thing must meet under one key."""

from __future__ import annotations

import pytest

from agents.enrichment.routing import NOWHERE, story_key
from agents.testing import report
from streams.records import (
    Agreement,
    AgreementKind,
    Article,
    Enriched,
    Entity,
    EntityType,
    Event,
    Label,
    Mention,
    Topic,
)

ARTICLE = Article(title="t", body="", published_at="2026-03-02T09:00:00Z")


def entity(name: str, *starts: int, country: str | None = None, field: str = "body") -> Entity:
    mentions = tuple(Mention(field=field, start=s, end=s + 1, text="x") for s in starts)
    return Entity(id=name, type=EntityType.GROUP, label=Label(en=name), country=country, mentions=mentions)


def enriched(**fields: object) -> Enriched:
    return Enriched(article=ARTICLE, language="en", **fields)


def talks(place: str, *, main_place: str | None, parties: list[str]) -> Enriched:
    """An agreement told of one place in an article about another; countries are their own, groups of their homes."""
    homes = {"pkk": "turkey", "gnc": "libya"}
    ids = dict.fromkeys([place, *([main_place] if main_place else []), *parties])
    entities = tuple(
        Entity(
            id=name,
            type=EntityType.GROUP if name in homes else EntityType.PLACE,
            label=Label(en=name),
            country=homes.get(name, name),
            mentions=(),
        )
        for name in ids
    )
    agreement = Agreement(kind=AgreementKind.PEACE, parties=tuple(parties), places=(place,))
    event = Event(type="agreement", agreement=agreement, place=place, main=True)
    return enriched(entities=entities, events=(event,), main_place=main_place)


@pytest.mark.parametrize(
    ("one", "key"),
    [
        (report("2026-03-02", places=["idlib"]), "syria"),
        (report("2026-03-02", places=["syria"]), "syria"),
        (report("2026-03-02", places=["ariha", "taiz"]), "syria"),
        (report("2026-03-02", kind=None, places=["taiz"]), "yemen"),
        (enriched(entities=(entity("idlib", 1, country="syria"),), main_place="idlib"), "syria"),
        # The main event's place before the main place; a place that is not among the entities is passed over.
        (
            enriched(
                entities=(entity("taiz", 1, country="yemen"), entity("idlib", 2, country="syria")),
                events=(Event(type="agreement", place="taiz", main=True),),
                main_place="idlib",
            ),
            "yemen",
        ),
        (enriched(events=(Event(type="agreement", place="atlantis", main=True),)), NOWHERE),
        (enriched(entities=(entity("taliban", 5, country="afghanistan"), entity("un", 1, 2))), "afghanistan"),
        (enriched(entities=(entity("taliban", 5, 9, country="afghanistan"), entity("un", 1))), "afghanistan"),
        (enriched(entities=(entity("opec", 5, field="title"), entity("un", 1, 2, 3))), "opec"),
        (
            enriched(
                topics=(
                    Topic(code="t:1", label=Label(), confidence=0.2),
                    Topic(code="t:2", label=Label(), confidence=0.9),
                )
            ),
            "t:2",
        ),
        (enriched(), NOWHERE),
        # Talks abroad: the parties and the main place outvote the venue.
        (talks("china", main_place="turkey", parties=["turkey", "pkk"]), "turkey"),
        (talks("china", main_place="china", parties=["turkey", "pkk"]), "turkey"),
        (talks("algeria", main_place="libya", parties=["gnc", "libya"]), "libya"),
        (talks("russia", main_place="ukraine", parties=["ukraine"]), "ukraine"),
        # An event without places or parties is not of the town where people met, but of the country spoken of.
        (
            enriched(
                entities=(entity("pa", 1, 9, 12, country="palestine"), entity("amman", 3, country="jordan")),
                events=(Event(type="agreement", main=True),),
                main_place="amman",
            ),
            "palestine",
        ),
        (
            enriched(
                entities=(entity("pa", 1, country="palestine"), entity("amman", 3, country="jordan")),
                events=(Event(type="agreement", main=True),),
                main_place="amman",
            ),
            "jordan",
        ),
        # A truce that two states broker in a third one is there.
        (talks("syria", main_place="turkey", parties=["russia", "turkey"]), "syria"),
        (talks("jordan", main_place=None, parties=["Q801", "Q219060"]), "jordan"),
        (talks("Q801", main_place=None, parties=["turkey"]), "Q801+Q219060"),
        (talks("Q219060", main_place=None, parties=["Q801"]), "Q801+Q219060"),
    ],
)
def test_story_key(one: Enriched, key: str) -> None:
    assert story_key(one) == key
