"""The index may only be faster than asking every watchlist, never different."""

from __future__ import annotations

from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from agents.watchlists.presearch import WatchlistIndex
from agents.watchlists.query import parse
from agents.watchlists.syntax import (
    And,
    AtLeast,
    EventOf,
    Flag,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Value,
    Wildcard,
    Word,
    nodes,
)
from agents.watchlists.unparse import to_query
from streams.records import (
    Actor,
    Agreement,
    Article,
    Enriched,
    Entity,
    EntityType,
    Event,
    Evidence,
    Label,
    Match,
    Mention,
    Timings,
    Topic,
    Watchlist,
)

#: Queries and articles share few words and names, so that many of them meet.
ARABIC = "هدنة الهدنة وللهدنة هدنتهم الهدن اتفاق والاتفاق اتفاقا خفض التصعيد حلب وحلب إدلب كرة قرار".split()  # noqa: SIM905 - a list of words reads better so
ENGLISH = "truce truces sign signed talks talking de-escalation Aleppo Türkiye sport".split()  # noqa: SIM905 - a list of words reads better so
PLACES = {"q-syria": (), "q-idlib": ("q-syria",), "q-ariha": ("q-idlib", "q-syria"), "q-yemen": ()}
LABELS = {
    "q-syria": "Syria",
    "q-idlib": "Idlib",
    "q-ariha": "Ariha",
    "q-yemen": "Yemen",
    "q-un": "United Nations",
    "q-who": "Unknown Body",
}
NAMED = {"Syria": "q-syria", "Idlib": "q-idlib", "Yemen": "q-yemen", "United Nations": "q-un"}
STAGES = ["negotiating", "signed", "violated", "denied"]
KINDS = ["ceasefire", "de-escalation", "peace"]
TYPES = ["agreement", "consult", "assault"]


class Names:
    """A gazetteer of four; 'Unknown Body' and 'Ariha' are in no gazetteer, only in articles."""

    def ids_named(self, name: str, types: set[EntityType] | None = None) -> frozenset[str]:
        found = NAMED.get(name)
        kind = EntityType.PLACE if found in PLACES else EntityType.ORGANISATION
        return frozenset({found}) if found and (types is None or kind in types) else frozenset()


def topics(name: str) -> frozenset[str]:
    return frozenset({"medtop:1"} if name == "disaster" else {"medtop:2"} if name == "flood" else ())


# --- queries --------------------------------------------------------------------------------------------------------

words = st.sampled_from([*ARABIC, *ENGLISH, "غائب"])
values = st.one_of(
    st.builds(Value, st.sampled_from(["place", "entity", "party", "org"]), st.sampled_from(list(LABELS.values()))),
    st.builds(Value, st.just("event"), st.sampled_from(TYPES)),
    st.builds(Value, st.just("agreement"), st.sampled_from(KINDS)),
    st.builds(Value, st.just("stage"), st.sampled_from(STAGES)),
    st.builds(Value, st.just("topic"), st.sampled_from(["disaster", "flood", "storm"])),
    st.builds(Value, st.just("language"), st.sampled_from(["ar", "en"])),
    st.builds(Value, st.just("source"), st.sampled_from(["A", "B"])),
)


def _joined(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(children, min_size=2, max_size=4).map(tuple)
    at_least = st.builds(lambda parts, n: AtLeast(min(n, len(parts)), parts), several, st.integers(1, 4))
    return st.one_of(st.builds(And, several), st.builds(Or, several), st.builds(Not, children), at_least)


event_values = values.filter(lambda value: value.field in ("event", "agreement", "stage", "party", "place"))
of_events = st.recursive(
    st.one_of(
        event_values,
        st.sampled_from([Flag("background"), Flag("main"), Flag("negated")]),
    ),
    _joined,
    max_leaves=4,
).map(EventOf)
leaves = st.one_of(
    st.builds(Word, st.sampled_from(["text", "text", "title", "exact"]), words),
    st.builds(lambda a, b: Phrase("text", f"{a} {b}"), words, words),
    st.builds(lambda a, b, n: Phrase("text", f"{a} {b}", n), words, words, st.integers(1, 4)),
    st.builds(Prefix, st.sampled_from(["text", "title"]), st.sampled_from(["هد", "اتفا", "tru", "si", "الت"])),
    st.builds(lambda a, b, n: Phrase("text", f"{a} {b}", n, ordered=True), words, words, st.integers(1, 4)),
    st.builds(Wildcard, st.sampled_from(["text", "title"]), st.sampled_from(["ه?نة", "?تفاق", "tr?ce", "ta?k?ng"])),
    st.builds(lambda d: Range("published", d, None), st.sampled_from(["2026-01-01", "2026-03-01", "now-30d"])),
    of_events,
    st.builds(lambda value: EventOf(And((Flag("background"), value))), event_values),
    values,
    values,
)


queries = st.recursive(leaves, _joined, max_leaves=6).map(to_query)

# --- articles -------------------------------------------------------------------------------------------------------

texts = st.lists(st.sampled_from([*ARABIC, *ENGLISH, "كلمة", "word", ".", "،"]), max_size=12).map(" ".join)
entity_ids = st.sampled_from(list(LABELS))


@st.composite
def entities(draw: st.DrawFn) -> tuple[Entity, ...]:
    mention = Mention(field="title", start=0, end=1, text="ا")
    return tuple(
        Entity(
            id=entity_id,
            type=EntityType.PLACE if entity_id in PLACES else EntityType.ORGANISATION,
            label=Label(en=LABELS[entity_id]),
            parents=PLACES.get(entity_id, ()),
            mentions=(mention,),
        )
        for entity_id in draw(st.sets(entity_ids, max_size=3))
    )


events = st.builds(
    lambda kind, stage, agreement, place, party, background: Event(
        type=kind,
        stage=stage,
        place=place,
        background=background,
        main=not background,
        actors=(Actor(id=party, role="party"),) if party else (),
        agreement=Agreement(kind=agreement) if kind == "agreement" else None,
        evidence=(Evidence(field="title", start=0, end=1, text="ا", of="kind"),),
    ),
    st.sampled_from(TYPES),
    st.sampled_from([None, *STAGES]),
    st.sampled_from(KINDS),
    st.sampled_from([None, *PLACES]),
    st.sampled_from([None, *LABELS]),
    st.booleans(),
)
found_topics = st.sets(st.sampled_from(["medtop:2", "medtop:3"]), max_size=2).map(
    lambda codes: tuple(
        Topic(code=c, label=Label(en="flood" if c == "medtop:2" else "storm"), broader=("medtop:1",), confidence=0.5)
        for c in sorted(codes)
    )
)


@st.composite
def articles(draw: st.DrawFn) -> Enriched:
    article = Article(
        title=draw(texts),
        body=draw(texts),
        published_at=draw(st.sampled_from(["2025-06-01", "2026-02-01", "2026-04-01"])) + "T00:00:00Z",
        source=draw(st.sampled_from([None, "A", "B"])),
    )
    return Enriched(
        article=article,
        language=draw(st.sampled_from(["ar", "en", "fa"])),
        entities=draw(entities()),
        topics=draw(found_topics),
        events=tuple(draw(st.lists(events, max_size=3))),
        timings=Timings(arrived=draw(st.sampled_from([None, "2026-02-10T00:00:00Z", "2026-06-01T00:00:00Z"]))),
    )


def index_of(stored: list[str]) -> WatchlistIndex:
    index = WatchlistIndex(Names(), None, topics)
    for number, query in enumerate(stored):
        index.add(Watchlist(id=f"w{number}", query=query))
    return index


def said(matches: list[Match]) -> list[tuple[str, Any]]:
    return [(match.watchlist.id, match.reasons) for match in matches]


#: 200 runs of 8 queries on one article: small enough to be shrunk to what went wrong.
@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.lists(queries, min_size=8, max_size=8), articles())
def test_presearch_finds_what_asking_everything_finds(stored: list[str], article: Enriched) -> None:
    index = index_of(stored)
    assert said(index.match(article)) == said(index.match_all(article))
    assert index.troubles == []


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """So many values, drawn once: far cheaper than as many runs."""
    found: list[Any] = []

    @settings(max_examples=count, derandomize=True, deadline=None, database=None, phases=[Phase.generate])
    @given(strategy)
    def keep(value: Any) -> None:
        found.append(value)

    keep()
    return found


#: 400 queries on 80 articles: 32,000 pairs, every kind of node among them.
def test_presearch_of_many_finds_what_asking_everything_finds() -> None:
    stored, told = drawn(queries, 400), drawn(articles(), 80)
    kinds = {type(node) for query in stored for node in nodes(parse(query))}
    assert kinds == {And, AtLeast, EventOf, Flag, Not, Or, Phrase, Prefix, Range, Value, Wildcard, Word}
    index = index_of(stored)
    pairs = matched = 0
    for article in told:
        matches = index.match(article)
        assert said(matches) == said(index.match_all(article))
        pairs, matched = pairs + len(index), matched + len(matches)
    assert pairs >= 20_000
    assert 0.05 < matched / pairs < 0.95
    assert index.troubles == []


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.none() | queries), max_size=20), articles())
def test_an_index_that_was_changed_is_as_one_built_anew(
    changes: list[tuple[int, str | None]], article: Enriched
) -> None:
    index, kept = WatchlistIndex(Names(), None, topics), dict[str, str]()
    for number, query in changes:
        name = f"w{number}"
        if query is None:
            index.remove(name)
            kept.pop(name, None)
        else:
            index.add(Watchlist(id=name, query=query))
            kept[name] = query
    anew = WatchlistIndex(Names(), None, topics)
    for name, query in kept.items():
        anew.add(Watchlist(id=name, query=query))
    assert len(index) == len(kept)
    assert said(index.match(article)) == said(anew.match(article))


@settings(max_examples=150, derandomize=True, deadline=None)
@given(queries, articles())
def test_reasons_cut_the_text_they_claim(query: str, article: Enriched) -> None:
    bare = article.model_copy(update={"entities": (), "events": (), "topics": ()})
    for match in index_of([query]).match(bare):
        for reason in match.reasons:
            raw = bare.article.title if reason.field == "title" else bare.article.body
            assert raw[reason.start : reason.end] == reason.text
            assert reason.clause in query or reason.clause.partition(":")[2] in query
