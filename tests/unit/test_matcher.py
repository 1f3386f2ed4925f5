"""What a query finds in an article, and the words it shows for it."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from agents.enrichment.encoder import pack_vector
from agents.watchlists.article import ArticleIndex
from agents.watchlists.clauses import Near
from agents.watchlists.evidence import MAX_REASONS
from agents.watchlists.matcher import compile_query
from agents.watchlists.presearch import WatchlistIndex
from streams.errors import WatchlistError
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
    Stage,
    Timings,
    Topic,
    Watchlist,
)

SYRIA, IDLIB, YEMEN, RUSSIA, TURKEY = "Q858", "Q173195", "Q805", "Q159", "Q43"
NAMES = {
    "syria": {SYRIA}, "سوريا": {SYRIA}, "idlib": {IDLIB}, "yemen": {YEMEN}, "russia": {RUSSIA}, "روسيا": {RUSSIA}, "turkey": {TURKEY},
}  # fmt: skip
TOPICS = {"natural-disaster": {"medtop:20000151"}, "medtop:20000151": {"medtop:20000151"}}


class Vocabulary:
    """A small gazetteer and topic table."""

    def ids_named(self, name: str, types: set[EntityType] | None = None) -> frozenset[str]:
        if types is not None and EntityType.PLACE not in types:
            return frozenset()
        return frozenset(NAMES.get(name.casefold(), ()))

    def topics(self, name: str) -> frozenset[str]:
        return frozenset(TOPICS.get(name, ()))


def index(*queries: str, encoder: Any = None) -> WatchlistIndex:
    words = Vocabulary()
    found = WatchlistIndex(words, encoder, words.topics)
    for number, query in enumerate(queries):
        found.add(Watchlist(id=f"w{number}", query=query))
    return found


def article(title: str, body: str = "", language: str = "ar", **more: Any) -> Enriched:
    given = {key: more.pop(key) for key in ("source", "published_at") if key in more}
    read = Article(
        **{"title": title, "body": body, "published_at": "2026-03-02T09:00:00Z", "url": "https://a.example/1", **given}
    )
    return Enriched(article=read, language=language, **more)


def place(entity_id: str, text: str, start: int, *parents: str, label: str = "", kind: str = "place") -> Entity:
    mention = Mention(field="title", start=start, end=start + len(text), text=text)
    return Entity(
        id=entity_id, type=EntityType(kind), label=Label(ar=text, en=label), parents=parents, mentions=(mention,)
    )


def found(query: str, enriched: Enriched, **more: Any) -> list[str] | None:
    """Texts of the reasons in order; None: no match. Every reason is checked against the raw text."""
    matches = index(query, **more).match(enriched)
    if not matches:
        return None
    for reason in matches[0].reasons:
        raw = getattr(enriched.article, reason.field)
        assert raw[reason.start : reason.end] == reason.text
    return [reason.text for reason in matches[0].reasons]


WORDS = [
    # all forms of a word
    ("الهدنة", "بدأ العمل بالهدنة", ["بالهدنة"]),
    ("الهدنة", "وللهدنة شروط", ["وللهدنة"]),
    ("الهدنة", "فبالهدنة تتوقف الحرب", ["فبالهدنة"]),
    ("الهدنة", "خرقوا هدنتهم", ["هدنتهم"]),
    ("الهدنة", "بعد هدنتين", ["هدنتين"]),
    ("الهدنة", "انتهت كل الهدن", ["الهدن"]),
    ("هدنة", "وقّع الطرفان على هُــدْنَـةٍ في حلب", ["هُــدْنَـةٍ"]),
    ("اتفاق", "وقّع الطرفان اتّفاقاً", ["اتّفاقاً"]),
    ("اتفاقا", "والاتفاق", ["والاتفاق"]),
    ("هدنة", "ﻻ ﺧﻼﻑ ﻋﻠﻰ ﺍﻟﻬﺪﻧﺔ ﻓﻲ ﺣﻠﺐ", ["ﺍﻟﻬﺪﻧﺔ"]),
    ("ترکیا", "وزير خارجية تركيا", ["تركيا"]),
    ("تركيا", "وزير خارجية ترکیا", ["ترکیا"]),
    ("كرة", "كرات", ["كرات"]),
    ("2026", "عام ٢٠٢٦", ["٢٠٢٦"]),
    ("محافظة", "حفظ السلام", None),
    ("هدنة", "🕊️ هدنة في حلب", ["هدنة"]),
    # one spelling
    ("exact:اتفاق", "اتفاق في حلب", ["اتفاق"]),
    ("exact:اتفاق", "الاتفاق في حلب", None),
    ("exact:اتفاق", "اتّفاق", ["اتّفاق"]),
    # phrases
    ("“خفض التصعيد”", "اتفاق خفض التصعيد", ["خفض التصعيد"]),
    ("«خفض التصعيد»", "اتفاق على خفض للتصعيد", ["خفض للتصعيد"]),
    ('"خفض التصعيد"', "خفض الأسعار وسط التصعيد", None),
    ('"خفض التصعيد"', "خفض «التصعيد»", ["خفض «التصعيد"]),
    ('"خفض التصعيد"', "كان هناك خفض. التصعيد عاد", None),
    ('"خفض التصعيد"', "خفض، التصعيد", ["خفض، التصعيد"]),
    ('exact:"خفض التصعيد"', "خفض تصعيد", None),
    ('"خفض تصعيد"', "خفض التصعيد", ["خفض التصعيد"]),
    # proximity, in any order
    ('"هدنة إدلب"~3', "هدنة جديدة في إدلب", ["هدنة", "إدلب"]),
    ('"إدلب هدنة"~3', "هدنة جديدة في إدلب", ["هدنة", "إدلب"]),
    ('"هدنة إدلب"~1', "هدنة جديدة في إدلب", None),
    ('"هدنة هدنة"~2', "هدنة واحدة", None),
    ('"هدنة هدنة"~2', "هدنة بعد هدنة", ["هدنة", "هدنة"]),
    ('"a b c"~2', "c x b a", ["c", "b", "a"]),
    # proximity, in this order
    ('"هدنة إدلب"~>3', "هدنة جديدة في إدلب", ["هدنة", "إدلب"]),
    ('"إدلب هدنة"~>3', "هدنة جديدة في إدلب", None),
    ('"هدنة إدلب"~>1', "هدنة جديدة في إدلب", None),
    ('"a b c"~>2', "a a x b y c", ["a", "b", "c"]),
    ('"a b c"~>2', "a x x b y c", None),
    ('"a b a"~>2', "a b x a b a", ["a", "b", "a"]),
    ('"a a"~>2', "a x b", None),
    # one letter, with and without what is written onto the word
    ("m?dern", "the Modern and the m0dern", ["Modern", "m0dern"]),
    ("m?dern", "the mdern and the moodern", None),
    ("ش؟ويش", "قال الشاويش لشويش", ["الشاويش"]),
    ("title:?دنة", "وهدنة", ["وهدنة"]),
    ("?دنة", "بالهدنة", ["بالهدنة"]),
    ("م?مود", "ومحمود", ["ومحمود"]),
    # so many of several
    ("2 of (هدنة, حلب, إدلب)", "هدنة في إدلب", ["هدنة", "إدلب"]),
    ("2 of (هدنة, حلب, إدلب)", "قصف على إدلب", None),
    ("2 of (هدنة، NOT حلب، قصف إدلب)", "هدنة في إدلب", ["هدنة"]),
    ("2 of (هدنة, NOT حلب)", "هدنة في حلب", None),
    ("title:(2 of (هدنة, حلب))", "هدنة في حلب", ["هدنة", "حلب"]),
    # prefixes, with and without what is written onto the word
    ("هدن*", "وبالهدنتين", ["وبالهدنتين"]),
    ("الهد*", "والهدنة", ["والهدنة"]),
    ("سور*", "السوريون في حلب", ["السوريون"]),
    ("حلبي*", "حلب", None),
    # operators
    ("هدنة AND حلب", "هدنة في حلب", ["هدنة", "حلب"]),
    ("هدنة AND حلب", "هدنة في حمص", None),
    ("هدنة حلب", "هدنة في حمص", None),
    ("هدنة OR حلب", "قصف حلب", ["حلب"]),
    ("هدنة AND NOT حلب", "هدنة في حلب", None),
    ("هدنة AND NOT حلب", "هدنة في حمص", ["هدنة"]),
    ("NOT كرة", "نتائج كرة القدم", None),
    ("NOT كرة", "هدنة", []),
    ("NOT NOT هدنة", "هدنة", []),
    ("title:هدنة", "هدنة", ["هدنة"]),
    ("text:(هدنة OR صلح) AND title:(حلب OR حمص)", "صلح في حمص", ["صلح", "حمص"]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "title", "texts"), WORDS)
def test_words(query: str, title: str, texts: list[str] | None) -> None:
    assert found(query, article(title)) == texts


ENGLISH = [
    ("ceasefire", "The ceasefires held", ["ceasefires"]),
    ("agree", "Both sides agreed", ["agreed"]),
    ("sign", "They are signing it", ["signing"]),
    ("country", "Two countries", ["countries"]),
    ("talks", "A talk on peace", ["talk"]),
    ("Türkiye", "Turkiye says no", ["Turkiye"]),
    ("de-escalation", "A de-escalation zone", ["de-escalation"]),
    ('"de-escalation zone"', "de‐escalation zones", ["de‐escalation zones"]),
    ("U.S.", "The U.S. says", ["U.S"]),
    ("اتفاق", "the word اتفاق in English", ["اتفاق"]),
    ("news", "new road", None),
]  # fmt: skip


@pytest.mark.parametrize(("query", "title", "texts"), ENGLISH)
def test_english_words(query: str, title: str, texts: list[str] | None) -> None:
    assert found(query, article(title, language="en")) == texts


def test_a_language_without_a_pack_is_searched_as_it_is_written() -> None:
    assert found("verdrag", article("Het verdrag", language="nl")) == ["verdrag"]
    assert found("حلب", article("این اتفاق در حلب افتاد", language="fa")) == ["حلب"]
    assert found("اتفاق AND language:ar", article("این اتفاق در حلب افتاد", language="fa")) is None


def test_title_only_and_no_phrase_across_fields() -> None:
    enriched = article("اتفاق خفض", "التصعيد هدنة")
    assert found("title:هدنة", enriched) is None
    assert found('"خفض التصعيد"', enriched) is None
    assert found('"خفض التصعيد"~1000', enriched) is None
    assert found("هدنة AND خفض", enriched) == ["خفض", "هدنة"]


def test_boilerplate_is_not_searched() -> None:
    body = "هدنة في حلب\nأقسام\nرياضة"
    enriched = article("خبر", body, text_end=body.index("أقسام"))
    assert found("رياضة", enriched) is None
    assert found("هدنة", enriched) == ["هدنة"]


def test_proximity_shows_only_the_pair_that_is_near() -> None:
    body = " ".join(["هدنة في إدلب", *["كلمة"] * 40, "وصلت إدلب قافلة", *["كلمة"] * 40, "لا هدنة"])
    [match] = index('"هدنة إدلب"~3').match(article("خبر", body))
    assert [(r.start, r.text) for r in match.reasons] == [(0, "هدنة"), (8, "إدلب")]
    assert {r.clause for r in match.reasons} == {'"هدنة إدلب"~3'}


@pytest.mark.parametrize("text", ["".join(letters) for letters in product("abx", repeat=6)])
def test_proximity_holds_where_some_choice_of_words_is_near_enough(text: str) -> None:
    """Against trying every choice of positions."""
    enriched = article(" ".join(text), language="en")
    words = Vocabulary()
    read = ArticleIndex(enriched)
    for query, distance in product(("a b", "a a", "a b b"), (1, 2, 3)):
        from agents.watchlists.matcher import Vocabulary as Lookups

        tree = compile_query(f'"{query}"~{distance}', Lookups(words, words.topics))
        wanted = query.split()
        choices = product(*([at for at, letter in enumerate(text) if letter == word] for word in wanted))
        near = any(len(set(c)) == len(c) and max(c) - min(c) + 1 - len(c) <= distance for c in choices)
        assert tree.holds(read) == near, (text, query, distance)


def test_windows_do_not_overlap() -> None:
    words = Vocabulary()
    from agents.watchlists.matcher import Ask
    from agents.watchlists.matcher import Vocabulary as Lookups

    tree = compile_query('"a b"~2', Lookups(words, words.topics))
    assert isinstance(tree, Ask)
    assert isinstance(tree.clause, Near)
    windows = tree.clause.windows(ArticleIndex(article("a x b a b x x x x a x b", language="en")))
    assert windows == [(2, 3), (9, 11)]


# --- entities, topics, the article itself ---------------------------------------------------------------------------

IDLIB_NEWS = article(
    "محادثات في إدلب",
    entities=(place(IDLIB, "إدلب", 11, SYRIA, label="Idlib"), place("Q1000", "محادثات", 0, label="Talks House", kind="organisation")),
    topics=(
        Topic(
            code="medtop:20000152", label=Label(ar="فيضان", en="flood"), broader=("medtop:20000151",), confidence=0.9,
            evidence=(Evidence(field="title", start=0, end=7, text="محادثات"),),
        ),
    ),
    source="The Daily Example",
)  # fmt: skip

FIELDS = [
    ("place:Syria", ["إدلب"]),
    ("place:سوريا", ["إدلب"]),
    ("place:Idlib", ["إدلب"]),
    ("place:Q858", ["إدلب"]),
    ("place:Q173195", ["إدلب"]),
    ("place:Yemen", None),
    ("entity:Syria", None),
    ("entity:Idlib", ["إدلب"]),
    ("entity:Q1000", ["محادثات"]),
    ("place:Q1000", None),
    ('org:"talks house"', ["محادثات"]),
    ('place:"talks house"', None),
    ("org:محادثات", ["محادثات"]),
    ("person:Idlib", None),
    ("place:(Yemen OR Syria)", ["إدلب"]),
    ("topic:natural-disaster", ["محادثات"]),
    ("topic:medtop:20000152", ["محادثات"]),
    ("topic:flood", ["محادثات"]),
    ("topic:fire", None),
    ('source:"the daily example"', []),
    ("source:Daily", None),
    ("language:ar", []),
    ("language:en", None),
    ("published:2026-03-02", []),
    ("published:>2026-03-02", None),
    ("published:[2026-03-02T09:00Z TO 2026-03-02T10:00Z}", []),
    ("published:<2026-03-02T09:00Z", None),
    ("language:ar AND NOT place:Yemen", []),
]  # fmt: skip


@pytest.mark.parametrize(("query", "texts"), FIELDS)
def test_fields(query: str, texts: list[str] | None) -> None:
    assert found(query, IDLIB_NEWS) == texts


def test_a_clause_in_a_bracket_is_shown_with_its_field() -> None:
    [match] = index("place:(Yemen OR Syria) AND محادثات").match(IDLIB_NEWS)
    assert [(r.clause, r.text) for r in match.reasons] == [("محادثات", "محادثات"), ("place:Syria", "إدلب")]


# --- events ---------------------------------------------------------------------------------------------------------


def proof(of: str, text: str, start: int) -> Evidence:
    return Evidence(of=of, field="title", start=start, end=start + len(text), text=text)


TRUCE_NEWS = article(
    "روسيا وتركيا توقعان هدنة في إدلب بعد خرق في اليمن",
    entities=(
        place(RUSSIA, "روسيا", 0),
        place(TURKEY, "وتركيا", 6),
        place(IDLIB, "إدلب", 28, SYRIA),
        place(YEMEN, "اليمن", 44),
    ),
    events=(
        Event(type="assault", place=YEMEN, stage=Stage.VIOLATED, evidence=(proof("kind", "خرق", 37),)),
        Event(
            type="agreement", main=True, stage=Stage.SIGNED, place=IDLIB, actors=(Actor(id="Q148", role="mediator"),),
            agreement=Agreement(kind="ceasefire", parties=(RUSSIA, TURKEY), places=(IDLIB,)),
            evidence=(proof("kind", "هدنة", 20), proof("stage", "توقعان", 13), proof("place", "إدلب", 28), proof("party", "روسيا", 0)),
        ),
        Event(type="agreement", background=True, stage=Stage.COLLAPSED, place=YEMEN, agreement=Agreement(kind="peace")),
    ),
)  # fmt: skip

EVENTS = [
    ("event:agreement", ["توقعان", "هدنة"]),
    ("event:assault", ["خرق"]),
    ("event:protest", None),
    ("agreement:ceasefire", ["هدنة"]),
    ("stage:signed", ["توقعان"]),
    ("stage:violated", ["خرق"]),
    ("party:Russia", ["روسيا"]),
    ("party:Turkey", ["وتركيا"]),
    ("party:Q148", None),
    ("party:Yemen", None),
    # background never counts
    ("agreement:peace", None),
    ("stage:collapsed", None),
    # one and the same event
    ("event:agreement AND stage:signed", ["توقعان", "توقعان", "هدنة"]),
    ("event:agreement AND stage:violated", None),
    ("event:agreement AND place:Syria", ["توقعان", "هدنة", "إدلب"]),
    ("event:agreement AND place:Yemen", None),
    ("place:Yemen AND هدنة", ["هدنة", "اليمن"]),
    ("(event:agreement AND هدنة) AND place:Yemen", None),
    ("event:agreement AND (place:Yemen OR place:Syria)", ["توقعان", "هدنة", "إدلب"]),
    ("event:agreement AND agreement:(de-escalation OR ceasefire) AND place:Syria", ["توقعان", "هدنة", "هدنة", "إدلب"]),
    ("event:agreement AND NOT stage:violated", ["توقعان", "هدنة"]),
    ("event:agreement AND NOT stage:signed", None),
    ("event:agreement AND NOT place:Yemen", ["توقعان", "هدنة"]),
    ("هدنة AND NOT stage:violated", None),
    ("هدنة AND NOT stage:extended", ["هدنة"]),
    ("stage:signed AND party:(Russia OR Yemen)", ["روسيا", "توقعان"]),
    ("stage:violated AND party:Russia", None),
    ("event:agreement OR stage:violated", ["توقعان", "هدنة", "خرق"]),
    # bound in brackets
    ("event{type:agreement stage:(negotiating signed) place:Syria not background}", ["توقعان", "توقعان", "هدنة", "إدلب"]),
    ("event{agreement:ceasefire stage:violated}", None),
    ("event{agreement:ceasefire} AND event{stage:violated}", ["هدنة", "خرق"]),
    ("event{agreement:ceasefire} AND place:Yemen", ["هدنة", "اليمن"]),
    ("event:assault AND event{agreement:ceasefire}", ["هدنة", "خرق"]),
    ("event{2 of (stage:signed, place:Syria, party:Yemen)}", ["توقعان", "إدلب"]),
    ("event{2 of (stage:violated, place:Syria, party:Yemen)}", None),
    ("event{agreement:ceasefire main}", ["هدنة"]),
    ("event{stage:violated main}", None),
    ("event{agreement:peace}", None),
    ("event{agreement:peace background}", []),
    ("event{agreement:ceasefire background}", None),
    ("event{agreement:peace NOT (stage:signed background)}", []),
    ("NOT event{stage:violated}", None),
]  # fmt: skip


@pytest.mark.parametrize(("query", "texts"), EVENTS)
def test_events(query: str, texts: list[str] | None) -> None:
    assert found(query, TRUCE_NEWS) == texts


def test_an_event_without_places_takes_those_of_the_article() -> None:
    event = Event(
        type="agreement", main=True, agreement=Agreement(kind="ceasefire"), evidence=(proof("kind", "هدنة", 0),)
    )
    enriched = article("هدنة في إدلب", entities=(place(IDLIB, "إدلب", 8, SYRIA),), events=(event,))
    assert found("event:agreement AND place:Syria", enriched) == ["هدنة", "إدلب"]
    assert found("event:agreement AND place:Yemen", enriched) is None


# --- time -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "arrived", "matches"),
    [
        ("published:now-7d", "2026-03-05T09:00:00Z", True),
        ("published:now-7d", "2026-03-09T09:00:00Z", True),
        ("published:now-7d", "2026-03-09T09:00:01Z", False),
        ("published:<now-1w", "2026-03-09T09:00:01Z", True),
        ("published:[now-2w TO now-7d]", "2026-03-12T09:00:00Z", True),
        ("published:[2026-03-01 TO now-1h]", "2026-03-02T09:30:00Z", False),
        ("published:<=now", "2026-03-02T08:00:00Z", False),
        # arrival unknown: it arrived when it was published
        ("published:now-7d", None, True),
        ("published:<now-1h", None, False),
    ],
)
def test_now_is_when_the_article_arrived(query: str, arrived: str | None, *, matches: bool) -> None:
    enriched = article("هدنة", timings=Timings(arrived=arrived))
    assert (found(query, enriched) is not None) is matches


# --- meaning --------------------------------------------------------------------------------------------------------


class TwoMeanings:
    """An encoder for which a text is about truces or about something else."""

    name = "two"

    def encode(self, texts: list[str]) -> np.ndarray:
        rows = np.zeros((len(texts), 512), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[0 if "truce" in text else 1] = 1.0
        return rows


@pytest.mark.parametrize(
    ("cosine", "language", "texts"),
    [
        (0.7, "en", ["Army and rebels talk"]),
        (0.5, "en", None),
        (0.5, "ar", ["Army and rebels talk"]),
        (0.3, "ar", None),
    ],
)
def test_meaning(cosine: float, language: str, texts: list[str] | None) -> None:
    vector = np.zeros(512, dtype=np.float32)
    vector[0], vector[1] = cosine, np.sqrt(1 - cosine**2)
    enriched = article("Army and rebels talk", language=language, vector=pack_vector(vector))
    enriched = enriched.model_copy(update={"versions": {"encoder": TwoMeanings.name}})
    query = 'like:"a truce between the army and the rebels is being talked about"'
    assert found(query, enriched, encoder=TwoMeanings()) == texts
    assert found(query, enriched) is None
    assert found(query, enriched.model_copy(update={"vector": None}), encoder=TwoMeanings()) is None


@pytest.mark.parametrize("dimensions", [512, 384])
@pytest.mark.parametrize("versions", [{"encoder": "two@2"}, {"encoder": "off"}, {}])
def test_vectors_of_two_encoders_are_never_compared(dimensions: int, versions: dict[str, str]) -> None:
    vector = np.zeros(dimensions, dtype=np.float32)
    vector[0] = 1
    watched = index('like:"a truce between the army and the rebels"', encoder=TwoMeanings())
    of_another = article("Army and rebels talk", language="en", vector=pack_vector(vector), versions=versions)
    assert watched.match(of_another) == []
    assert not watched.troubles


# --- matches --------------------------------------------------------------------------------------------------------


def test_a_match_without_a_word_to_show_is_well_formed() -> None:
    [match] = index("NOT text:كرة").match(article("x"))
    assert match.reasons == ()
    assert Match.model_validate_json(match.model_dump_json()) == match


def test_a_match_travels_without_body_and_vector() -> None:
    [match] = index("هدنة").match(article("خبر", "هدنة في حلب", vector=pack_vector(np.zeros(512, dtype=np.float32))))
    assert (match.enriched.article.body, match.enriched.vector) == ("", None)
    assert match.enriched.article.title == "خبر"
    assert match.reasons[0].field == "body"


def test_reasons_are_few_and_leave_no_clause_out() -> None:
    enriched = article("خبر", "هدنة " * 200 + "حلب")
    [match] = index("هدنة AND حلب").match(enriched)
    assert len(match.reasons) == MAX_REASONS
    assert match.reasons[-1].text == "حلب"
    assert [r.start for r in match.reasons] == sorted(r.start for r in match.reasons)


def test_index_replaces_removes_and_keeps_the_old_one_when_the_new_is_bad() -> None:
    watchlists = index("هدنة", "حلب")
    news = article("هدنة في حلب")
    assert [m.watchlist.id for m in watchlists.match(news)] == ["w0", "w1"]
    watchlists.add(Watchlist(id="w0", query="كرة"))
    assert [m.watchlist.id for m in watchlists.match(news)] == ["w1"]
    with pytest.raises(
        WatchlistError, match=r"watchlist 'w1', query, column 10: unknown field 'plase'; did you mean 'place'\?"
    ):
        watchlists.add(
            Watchlist(id="w1", query="حلب AND  plase:Syria".replace("  ", " ").replace("حلب AND", "حلب  AND"))
        )
    assert [m.watchlist.id for m in watchlists.match(news)] == ["w1"]
    watchlists.remove("w1")
    watchlists.remove("never there")
    assert (len(watchlists), watchlists.match(news)) == (1, [])


def test_a_watchlist_that_raises_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    watchlists = index("like:x", "هدنة")
    monkeypatch.setattr("agents.watchlists.clauses.Alike.holds", lambda *_: 1 / 0)
    assert [m.watchlist.id for m in watchlists.match(article("هدنة"))] == ["w1"]
    [trouble] = watchlists.troubles
    assert (trouble.watchlist, trouble.fault) == ("w0", "error")
    assert "ZeroDivisionError" in trouble.said


@pytest.mark.parametrize(
    "query",
    [" OR ".join(f"term{n}" for n in range(8000)), " AND ".join(f"(a{n} OR b{n})" for n in range(30))],
    ids=["8,000 terms", "30 choices"],
)
def test_long_queries_match(query: str) -> None:
    watchlists = index(query)
    assert watchlists.match(article("هدنة")) == []
    assert len(watchlists.match(article(" ".join(f"a{n}" for n in range(30)) + " term7999", language="en"))) == 1


def test_a_thousand_lines_match() -> None:
    watchlists = index("\n".join(["(هدنة AND حلب)"] + [f"OR (word{n} AND place:Syria)" for n in range(1000)]))
    assert len(watchlists.match(article("هدنة في حلب"))) == 1
