"""Why a watchlist matches an article, or why not."""

from __future__ import annotations

import pytest

from agents.watchlists.article import ArticleIndex
from agents.watchlists.explain import Explained, explain, failures
from agents.watchlists.matcher import Vocabulary, compile_query
from streams.records import Agreement, Article, Enriched, Entity, EntityType, Event, Evidence, Label, Mention, Stage

SYRIA, YEMEN = "Q858", "Q805"


class Names:
    """Two places."""

    def ids_named(self, name: str, types: set[EntityType] | None = None) -> frozenset[str]:
        return frozenset({{"Syria": SYRIA, "Yemen": YEMEN}[name]} if types is None or EntityType.PLACE in types else ())


def place(entity_id: str, name: str, text: str, start: int) -> Entity:
    mention = Mention(field="title", start=start, end=start + len(text), text=text)
    return Entity(id=entity_id, type=EntityType.PLACE, label=Label(en=name), mentions=(mention,))


NEWS = Enriched(
    article=Article(
        title="توقيع هدنة في اليمن", body="قصف سوريا.", source="A", published_at="2026-03-02T09:00:00Z", url="https://a.example/1"
    ),
    language="ar",
    entities=(place(YEMEN, "Yemen", "اليمن", 14), place(SYRIA, "Syria", "توقيع", 0)),
    events=(
        Event(
            type="agreement",
            main=True,
            stage=Stage.SIGNED,
            place=YEMEN,
            agreement=Agreement(kind="ceasefire"),
            evidence=(Evidence(field="title", start=6, end=10, text="هدنة", of="kind"),),
        ),
        Event(type="assault", place=SYRIA),
        Event(type="agreement", background=True, place=SYRIA, agreement=Agreement(kind="peace")),
    ),
)  # fmt: skip


def asked(query: str) -> Explained:
    tree = compile_query(query, Vocabulary(Names(), lambda _: frozenset({"medtop:1"})))
    explained = explain(tree, ArticleIndex(NEWS))
    assert explained.holds == tree.holds(ArticleIndex(NEWS))
    return explained


WHY_NOT = [
    ("سلام", [("سلام", "no form of it stands in the text")]),
    ("title:قصف", [("title:قصف", "stands in the body, not in the title")]),
    ("title:سلام", [("title:سلام", "no form of it stands in the title")]),
    ("exact:الهدنة", [("exact:الهدنة", "this spelling is not there")]),
    ('"هدنة مؤقتة"', [('"هدنة مؤقتة"', "not there in any form: مؤقتة")]),
    ('"هدنة توقيع"', [('"هدنة توقيع"', "its words are there, but not one after the other")]),
    ('"هدنة اليمن توقيع"~>2', [('"هدنة اليمن توقيع"~>2', "its words are there, but not in this order with at most 2 other words between them")]),
    ('"هدنة قصف"~2', [('"هدنة قصف"~2', "its words are there, but not with at most 2 other words between them")]),
    ("سلا*", [("سلا*", "no word reads so")]),
    ("ه?مة", [("ه?مة", "no word reads so")]),
    ("person:Syria", [("person:Syria", "not named; named are: none")]),
    ("topic:flood", [("topic:flood", "topics are: none")]),
    ("source:B", [("source:B", "the source is A")]),
    ("language:en", [("language:en", "the language is ar")]),
    ("published:>2026-04", [("published:>2026-04", "published 2026-03-02T09:00Z")]),
    ('like:"talks"', [('like:"talks"', "no sentence vectors")]),
    ("هدنة AND سلام AND صلح", [("سلام", "no form of it stands in the text"), ("صلح", "no form of it stands in the text")]),
    ("هدنة AND (سلام OR صلح)", [("سلام", "no form of it stands in the text"), ("صلح", "no form of it stands in the text")]),
    ("هدنة AND NOT قصف", [("NOT", "what it excludes is there")]),
    ("2 of (هدنة, سلام)", [("سلام", "no form of it stands in the text")]),
    # of the event that comes closest
    ("event:agreement AND stage:negotiating", [("stage:negotiating", "it is signed")]),
    ("event:agreement AND place:Syria", [("place:Syria", "the event is in: Yemen")]),
    ("event{agreement:peace place:Yemen}", [("agreement:peace", "it is ceasefire")]),
    ("event{agreement:ceasefire party:Syria}", [("party:Syria", "parties are: none")]),
    ("event{agreement:ceasefire hedged}", [("hedged", "the event is not hedged")]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "blamed"), WHY_NOT)
def test_why_not(query: str, blamed: list[tuple[str, str]]) -> None:
    assert [(part.written, part.why) for part in failures(asked(query))] == blamed


def test_without_events_it_says_so() -> None:
    tree = compile_query("event:protest", Vocabulary(Names(), lambda _: frozenset()))
    for events, why in (
        ((), "no event in the article"),
        (NEWS.events[2:], "the 1 events of the article are background or beside its main agreement"),
    ):
        [part] = failures(explain(tree, ArticleIndex(NEWS.model_copy(update={"events": events}))))
        assert part.why == why


def test_a_tree_shows_what_satisfies_each_clause() -> None:
    assert asked("هدنة AND event{agreement:ceasefire NOT place:Syria}").as_json() == {
        "clause": "AND",
        "holds": True,
        "parts": [
            {"clause": "هدنة", "holds": True, "spans": [{"field": "title", "start": 6, "end": 10, "text": "هدنة"}]},
            {
                "clause": "one event: agreement ceasefire signed",
                "holds": True,
                "parts": [
                    {
                        "clause": "AND",
                        "holds": True,
                        "parts": [
                            {
                                "clause": "agreement:ceasefire",
                                "holds": True,
                                "spans": [{"field": "title", "start": 6, "end": 10, "text": "هدنة"}],
                            },
                            {
                                "clause": "NOT",
                                "holds": True,
                                "parts": [{"clause": "place:Syria", "holds": False, "why": "the event is in: Yemen"}],
                            },
                        ],
                    }
                ],
            },
        ],
    }
