"""Reports on one thing must meet under one key."""

from __future__ import annotations

import pytest

from agents.enrichment.routing import NOWHERE, story_key
from agents.testing import report
from streams.records import Article, Enriched, Entity, EntityType, Event, Label, Mention, Topic

ARTICLE = Article(title="t", body="", published_at="2026-03-02T09:00:00Z")


def entity(name: str, *starts: int, country: str | None = None, field: str = "body") -> Entity:
    mentions = tuple(Mention(field=field, start=s, end=s + 1, text="x") for s in starts)
    return Entity(id=name, type=EntityType.GROUP, label=Label(en=name), country=country, mentions=mentions)


def enriched(**fields: object) -> Enriched:
    return Enriched(article=ARTICLE, language="en", **fields)


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
        (enriched(entities=(entity("taliban", 5, country="afghanistan"), entity("un", 1))), "un"),
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
    ],
)
def test_story_key(one: Enriched, key: str) -> None:
    assert story_key(one) == key
