"""The query language: what parses to what, and what an error says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.watchlists.fields import FIELDS
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
    bounds,
)
from agents.watchlists.unparse import to_query
from streams.errors import QuerySyntaxError


def text(word: str) -> Word:
    return Word("text", word)


TREES: list[tuple[str, Node]] = [
    ("هدنة", text("هدنة")),
    ("text:هدنة", text("هدنة")),
    ("title:truce", Word("title", "truce")),
    ("exact:اتفاق", Word("exact", "اتفاق")),
    ("a AND b", And((text("a"), text("b")))),
    ("a b", And((text("a"), text("b")))),
    ("a b OR c d", Or((And((text("a"), text("b"))), And((text("c"), text("d")))))),
    ("a AND b OR c", Or((And((text("a"), text("b"))), text("c")))),
    ("a AND (b OR c)", And((text("a"), Or((text("b"), text("c")))))),
    ("a AND NOT b", And((text("a"), Not(text("b"))))),
    ("NOT NOT a", Not(Not(text("a")))),
    ("NOT (a OR b)", Not(Or((text("a"), text("b"))))),
    ("place:(Syria OR Iraq)", Or((Value("place", "Syria"), Value("place", "Iraq")))),
    ("place:(Syria OR NOT Iraq)", Or((Value("place", "Syria"), Not(Value("place", "Iraq"))))),
    ("title:(a b)", And((Word("title", "a"), Word("title", "b")))),
    ("place: Syria", Value("place", "Syria")),
    ("PLACE:Syria", Value("place", "Syria")),
    ('"خفض التصعيد"', Phrase("text", "خفض التصعيد")),
    ('title:"خفض التصعيد"', Phrase("title", "خفض التصعيد")),
    ('"هدنة إدلب"~3', Phrase("text", "هدنة إدلب", 3)),
    ('"هدنة إدلب"~٣', Phrase("text", "هدنة إدلب", 3)),
    ("اتفاق*", Prefix("text", "اتفاق")),
    ("title:sanction*", Prefix("title", "sanction")),
    ('org:"UN Security Council"', Value("org", "UN Security Council")),
    ("entity:Q858", Value("entity", "Q858")),
    ("topic:medtop:20000053", Value("topic", "medtop:20000053")),
    ("source:https://a.example/x", Value("source", "https://a.example/x")),
    ("stage:IN_FORCE", Value("stage", "in_force")),
    ("stage:in-force", Value("stage", "in_force")),
    ("agreement:de_escalation", Value("agreement", "de-escalation")),
    ('agreement:"prisoner exchange"', Value("agreement", "prisoner-exchange")),
    ("language:AR", Value("language", "ar")),
    ('like:"talks on a truce"', Value("like", "talks on a truce")),
    ("published:[2026-01-01 TO 2026-02-01]", Range("published", "2026-01-01", "2026-02-01")),
    ("published:{2026-01-01 TO *}", Range("published", "2026-01-01", None, low_included=False, high_included=False)),
    ("published:>=2026-01-01", Range("published", "2026-01-01", None)),
    ("published:> 2026-01-01", Range("published", "2026-01-01", None, low_included=False)),
    ("published:<2026-01", Range("published", None, "2026-01", high_included=False)),
    ("published:٢٠٢٦", Range("published", "2026", "2026")),
    ("published:[2026-01-01T10:30Z TO *]", Range("published", "2026-01-01T10:30Z", None)),
    ("\u200fهدنة\u200f AND\u200e حلب", And((text("هدنة"), text("حلب")))),
    ("a\\:b", text("a:b")),
    ("\\AND", text("AND")),
    ('"AND"', Phrase("text", "AND")),
    ("AMD DNA NATO", And((text("AMD"), text("DNA"), text("NATO")))),
    ("de-escalation", text("de-escalation")),
    ("Sana'a", text("Sana'a")),
    ('"هدنة إدلب"~>3', Phrase("text", "هدنة إدلب", 3, ordered=True)),
    ('title:"a b"~>٥', Phrase("title", "a b", 5, ordered=True)),
    ("m?dern", Wildcard("text", "m?dern")),
    ("ش؟ويش", Wildcard("text", "ش?ويش")),
    ("title:?raq", Wildcard("title", "?raq")),
    ("m\\?dern", text("m?dern")),
    ("2 of (a, b, c)", AtLeast(2, (text("a"), text("b"), text("c")))),
    ("٢ of (a، b)", AtLeast(2, (text("a"), text("b")))),
    ("1 of (a b, c OR d,(e))", AtLeast(1, (And((text("a"), text("b"))), Or((text("c"), text("d"))), text("e")))),
    ("title:(1 of (a, b))", AtLeast(1, (Word("title", "a"), Word("title", "b")))),
    ("x AND 1 of (a, 1 of (b, c))", And((text("x"), AtLeast(1, (text("a"), AtLeast(1, (text("b"), text("c")))))))),
    ("2 of a", And((text("2"), text("of"), text("a")))),
    ("event{agreement:ceasefire}", EventOf(Value("agreement", "ceasefire"))),
    (
        "event{agreement:de-escalation stage:(negotiating signed) place:Syria not background}",
        EventOf(
            And(
                (
                    Value("agreement", "de-escalation"),
                    Or((Value("stage", "negotiating"), Value("stage", "signed"))),
                    Value("place", "Syria"),
                    Not(Flag("background")),
                )
            )
        ),
    ),
    ("event{type:protest OR hedged}", EventOf(Or((Value("event", "protest"), Flag("hedged"))))),
    ("event{place:(Syria Iraq)}", EventOf(And((Value("place", "Syria"), Value("place", "Iraq"))))),
    ("event { main } x", And((EventOf(Flag("main")), text("x")))),
    ("published:now-7d", Range("published", "now-7d", None)),
    ("published:[NOW-٢w TO now]", Range("published", "now-2w", "now")),
    ("published:<now-36h", Range("published", None, "now-36h", high_included=False)),
]


@pytest.mark.parametrize(("query", "tree"), TREES)
def test_tree(query: str, tree: Node) -> None:
    assert parse(query) == tree


@pytest.mark.parametrize("query", ["“خفض التصعيد”", "«خفض التصعيد»", "„خفض التصعيد“", '"خفض التصعيد"', "‹خفض التصعيد›", "'خفض التصعيد'", "‘خفض التصعيد’", "»خفض التصعيد«", "＂خفض التصعيد＂"])  # fmt: skip
def test_all_quotes_make_the_same_phrase(query: str) -> None:
    assert parse(query) == Phrase("text", "خفض التصعيد")


ERRORS = [
    ("", 1, 1, "the query is empty", "write at least one word"),
    ("  \n ", 2, 2, "the query is empty", "write at least one word"),
    ("text:(هدنة", 1, 11, "expected ) or another term, found the end of the query", "opened at line 1, column 6"),
    ("text:هدنة AND", 1, 14, "expected a word, a phrase, field:value or (, found the end of the query", ""),
    ("plcae:Syria", 1, 1, "unknown field 'plcae'", "did you mean 'place'?"),
    ("country:Syria", 1, 1, "unknown field 'country'", "did you mean 'place'?"),
    ("event:agreement AND plase:Syria", 1, 21, "unknown field 'plase'", "did you mean 'place'?"),
    ("a\nAND\n  plase:Syria", 3, 3, "unknown field 'plase'", "did you mean 'place'?"),
    ("text:هدنة ANDD text:حلب", 1, 11, "'ANDD' between terms", "did you mean AND?"),
    ("a ADN b", 1, 3, "'ADN' between terms", "did you mean AND?"),
    ("a ORR b", 1, 3, "'ORR' between terms", "did you mean OR?"),
    ("a and b", 1, 3, "'and' is no operator", "write AND in capitals"),
    ("هدنة أو حلب", 1, 6, "'أو' is no operator", "write OR in capitals"),
    ("هدنة و حلب", 1, 6, "'و' is no operator", "write AND in capitals"),
    ("هدنة، حلب", 1, 5, "'،' in a query", "OR (any of them)"),
    ("هدنة ؛ حلب", 1, 6, "'؛' is no operator", "write AND"),
    ("هدنة؟", 1, 5, "'؟' after a word", "quote the words"),
    ("wom?n?", 1, 6, "'?' after a word", "question mark"),
    ("w?", 1, 2, "'?' after a word", "write prefix*"),
    ("w?-x", 1, 1, "'w?-x' is more than one word", "one word"),
    ("?w", 1, 1, "'?w' is too short", "at least two letters"),
    ("exact:m?dern", 1, 8, "a wildcard in 'exact'", "text:m?dern"),
    ("4 of (a, b)", 1, 1, "4 of 2 terms", "from 1 to 2"),
    ("2 of (a b)", 1, 1, "2 of 1 term", "commas between terms"),
    ("x 0 of (a, b)", 1, 3, "0 of 2 terms", "from 1 to 2"),
    ("2 of (a, , b)", 1, 10, "expected a word, a phrase, field:value or (, found ','", ""),
    ("2 of (a, b", 1, 11, "expected , or ), found the end", "line 1, column 6"),
    ("@truce", 1, 1, "'@truce' is defined nowhere", "under 'define:'"),
    ("event{}", 1, 7, "inside event{...}, found '}'", ""),
    ("event{agreement:ceasefire", 1, 26, "expected } or another field, found the end", "line 1, column 6"),
    ("event{هدنة}", 1, 7, "expected event, agreement, stage, party, place, background", ""),
    ("event{backgroud}", 1, 7, "found 'backgroud'", "did you mean 'background'?"),
    ("event{topic:war}", 1, 7, "field 'topic' inside event{...}", "close the bracket first"),
    ("event{event{main}}", 1, 7, "event{...} inside event{...}", "close the bracket"),
    ("title:(event{main})", 1, 8, "event{...} inside title:(...)", "close the bracket"),
    ("published:now-7x", 1, 11, "'now-7x' is no time", "write now, now-36h"),
    ("published:[now TO now-1d]", 1, 11, "ends (now-1d) before it begins (now)", "swap"),
    ('"a b"~>', 1, 7, "expected a number from 1 to 1000 after ~, found '>'", "keep their order"),
    ("a && b", 1, 3, "'&&' is no operator", "write AND"),
    ("-sport", 1, 1, "'-' before a word", "write NOT sport"),
    ("+sport", 1, 1, "'+' before a word", "write sport"),
    ("# x", 1, 1, "'#' holds no letter or digit", "remove it"),
    ("ـ", 1, 1, "'ـ' holds no letter or digit", "remove it"),
    ("a OR OR b", 1, 6, "expected a word, a phrase, field:value or (, found 'OR'", ""),
    ("AND a", 1, 1, "expected a word, a phrase, field:value or (, found 'AND'", "between two"),
    ("a NOT", 1, 6, "expected a word, a phrase, field:value or (, found the end", ""),
    ("a)", 1, 2, "expected AND, OR or the end of the query, found ')'", "open a bracket before it"),
    ("()", 1, 2, "expected a word, a phrase, field:value or (, found ')'", ""),
    ("place:", 1, 7, "expected a value for 'place', found the end of the query", ""),
    ("place:AND", 1, 7, "expected a value for 'place'", ""),
    ("stage:singed", 1, 7, "unknown stage 'singed'", "did you mean 'signed'?"),
    ("agreement:cease-fire", 1, 11, "unknown agreement 'cease-fire'", "did you mean 'ceasefire'?"),
    ("event:xyz", 1, 7, "unknown event 'xyz'", "values are agreement, agree"),
    ("language:arabic", 1, 10, "unknown language 'arabic'", "did you mean 'ar'?"),
    ("language:العربية", 1, 10, "unknown language", "did you mean 'ar'?"),
    ("place:(title:x)", 1, 8, "field 'title' inside place:(...)", "close the bracket"),
    ('"a b', 1, 1, 'the quote " is never closed', "close it"),
    ("«هدنة", 1, 1, "the quote « is never closed", "close it"),
    ('""', 1, 1, "nothing inside the quotes", "write a word"),
    ('"a b"~', 1, 7, "expected a number from 1 to 1000 after ~", ""),
    ('"a b"~x', 1, 7, "expected a number from 1 to 1000 after ~, found 'x'", ""),
    ('"a b"~0', 1, 7, "expected a number from 1 to 1000 after ~, found '0'", ""),
    ('"a"~3', 1, 4, "~ after a single word", "two words or more"),
    ("a~2", 1, 2, "~ after a single word", "proximity needs a phrase"),
    ('place:"New York"~2', 1, 17, "~ in 'place'", "text and title"),
    ("*", 1, 1, "'*' is too short", "at least two letters"),
    ("a*", 1, 1, "'a*' is too short", "at least two letters"),
    ("*foo", 1, 1, "'*' inside '*foo'", "end of a word"),
    ("fo*o", 1, 1, "'*' inside 'fo*o'", "end of a word"),
    ("de-esc*", 1, 1, "'de-esc*' is more than one word", "one word"),
    ("exact:foo*", 1, 7, "a prefix in 'exact'", "text:foo*"),
    ("place:Syr*", 1, 7, "'*' in 'place'", "text and title"),
    ("12:30", 1, 1, "unknown field '12'", "quote the words"),

    ("text:[a TO b]", 1, 6, "a range in 'text'", "ranges are for published"),
    ("published:2026-13", 1, 11, "'2026-13' is no date", "write 2026-01-31"),
    ("published:2026-02-30", 1, 11, "'2026-02-30' is no date", "write 2026-01-31"),
    ("published:yesterday", 1, 11, "'yesterday' is no date", "write 2026-01-31"),
    ("published:[2026-01-01 2026-02-01]", 1, 23, "expected TO, found '2026-02-01'", ""),
    ("published:[2026-01-01 TO 2026-02-01", 1, 36, "expected ], found the end", ""),
    ("published:[2026-02-01 TO 2026-01-01]", 1, 11, "ends (2026-01-01) before it begins (2026-02-01)", "swap"),
    ('foo"bar baz"', 1, 4, "a quote directly after 'foo'", "put a space"),
    ('"a b"c', 1, 6, "'c' directly after a quote", "put a space"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "line", "column", "message", "remedy"), ERRORS)
def test_error_says_where_what_and_how_to_mend_it(
    query: str, line: int, column: int, message: str, remedy: str
) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(query)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert message in caught.value.message
    assert remedy in (caught.value.remedy or "")


@pytest.mark.parametrize(
    "query", ["(" * 5000 + "text:a" + ")" * 5000, "NOT " * 5000 + "a", "place:(" * 5000, "(a OR " * 3000]
)
def test_depth_is_an_error_of_one_line(query: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(query)
    assert "\n" not in str(caught.value)
    assert "nested more than 50 deep" in str(caught.value) or "inside place" in str(caught.value)


def test_long_queries_parse() -> None:
    tree = parse("\n OR ".join(f"term{n}" for n in range(8000)))
    assert isinstance(tree, Or)
    assert len(tree.children) == 8000
    assert parse(to_query(tree)) == tree


def test_positions_are_code_points_of_the_source() -> None:
    query = "🕊️ AND place:(Syria OR “New York”)"
    with pytest.raises(QuerySyntaxError, match="column 1: '🕊️' holds no letter"):
        parse(query)
    tree = parse('هُدْنَة AND place:(Syria OR "New York")')
    assert isinstance(tree, And)
    places = tree.children[1]
    assert isinstance(places, Or)
    assert [(n.start, n.end) for n in (tree.children[0], *places.children)] == [(0, 7), (19, 24), (28, 38)]


@pytest.mark.parametrize(
    ("query", "low", "high"),
    [
        ("published:2026-01-31", (2026, 1, 31), (2026, 2, 1)),
        ("published:2026-02", (2026, 2, 1), (2026, 3, 1)),
        ("published:2024", (2024, 1, 1), (2025, 1, 1)),
        ("published:[2026-01-01 TO 2026-02-01]", (2026, 1, 1), (2026, 2, 2)),
        ("published:{2026-01-01 TO 2026-02-01}", (2026, 1, 2), (2026, 2, 1)),
        ("published:>=2026-01-01", (2026, 1, 1), None),
        ("published:>2026-01-01", (2026, 1, 2), None),
        ("published:<=2026-01", None, (2026, 2, 1)),
        ("published:<2026-01-01T12:00+02:00", None, (2026, 1, 1, 10)),
    ],
)
def test_a_date_is_the_whole_day(
    query: str, low: tuple[int, int, int] | None, high: tuple[int, int, int] | None
) -> None:
    tree = parse(query)
    assert isinstance(tree, Range)
    assert bounds(tree) == (
        datetime(*low, tzinfo=UTC) if low else datetime.min.replace(tzinfo=UTC),
        datetime(*high, tzinfo=UTC) if high else datetime.max.replace(tzinfo=UTC),
    )


# --- round trip -----------------------------------------------------------------------------------------------------

_ALPHABET = "abcdeAND ORT NOT و أو هدنةاتفاق0123٤-._'’\"“”«»\\():~*?،؛؟,;+!&|#/@[]{}َّـ\u200f"
_TEXTS = st.text(_ALPHABET, min_size=1, max_size=12).filter(lambda t: any(c.isalnum() and c != "ـ" for c in t))
_ONE_WORD = _TEXTS.filter(lambda t: not any(c.isspace() for c in t))
_WORDS = st.builds(Word, st.sampled_from(["text", "title", "exact"]), _ONE_WORD)
_PHRASES = st.builds(Phrase, st.sampled_from(["text", "title", "exact"]), _TEXTS)
_NEAR = st.builds(lambda a, b, n: Phrase("text", f"{a} {b}", n), _ONE_WORD, _ONE_WORD, st.integers(1, 1000))
_PREFIXES = st.builds(Prefix, st.sampled_from(["text", "title"]), st.sampled_from(["اتفاق", "sanction", "هد"]))
_ORDERED = st.builds(lambda a, b, n: Phrase("text", f"{a} {b}", n, True), _ONE_WORD, _ONE_WORD, st.integers(1, 1000))
_WILDCARDS = st.builds(Wildcard, st.sampled_from(["text", "title"]), st.sampled_from(["m?dern", "ش?ويش", "?ra?q"]))
_NAMES = st.builds(
    lambda field, name: Value(field, " ".join(name.split())),
    st.sampled_from(["entity", "person", "place", "party", "source", "like"]),
    _TEXTS.filter(lambda t: "*" not in t),
)
_CHOICES = st.sampled_from([(f.name, c) for f in FIELDS.values() for c in f.choices]).map(lambda pair: Value(*pair))
_RANGES = st.builds(
    Range,
    st.just("published"),
    st.sampled_from([None, "2025", "2026-01-01", "now-7d"]),
    st.sampled_from([None, "2026-02", "2026-03-01T10:00Z", "now"]),
    st.booleans(),
    st.booleans(),
)


def _trees(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(children, min_size=2, max_size=4).map(tuple)
    at_least = st.builds(lambda parts, n: AtLeast(min(n, len(parts)), parts), several, st.integers(1, 4))
    return st.one_of(st.builds(And, several), st.builds(Or, several), st.builds(Not, children), at_least)


_OF_EVENTS = st.recursive(
    st.one_of(
        st.sampled_from(
            [Value("stage", "signed"), Value("place", "New York"), Value("party", "x"), Flag("background")]
        ),
        _CHOICES,
    ),
    _trees,
    max_leaves=4,
).map(EventOf)
_LEAVES = st.one_of(_WORDS, _PHRASES, _NEAR, _ORDERED, _PREFIXES, _WILDCARDS, _NAMES, _CHOICES, _RANGES, _OF_EVENTS)


@settings(max_examples=600, derandomize=True, deadline=None)
@given(st.recursive(_LEAVES, _trees, max_leaves=12))
def test_round_trip(tree: Node) -> None:
    assert parse(to_query(tree)) == tree


@settings(max_examples=1500, derandomize=True, deadline=None)
@given(st.text(_ALPHABET, max_size=40))
def test_any_text_is_parsed_or_refused(query: str) -> None:
    try:
        tree = parse(query)
    except QuerySyntaxError as error:
        lines = query.split("\n")
        assert 1 <= error.column <= len(lines[error.line - 1]) + 1  # noqa: PT017 - either outcome is right
    else:
        assert parse(to_query(tree)) == tree


_PIECES = [
    "2 of (", "١ of (", "of", "2", ",", "،", ")", "(", "event{", "event", "{", "}", "not", "NOT", "AND", "OR", "background",
    "type:", "stage:", "place:", "published:", "title:", "now-7d", "[now TO now+1h]", ">=now", "@x", "m?d", "ه؟نة", "?",
    '"a b"', "~>3", "~", "3", "هدنة", "signed", "x,y", "\\,",
]  # fmt: skip


@settings(max_examples=1500, derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_PIECES), st.sampled_from(["", " "])), max_size=14))
def test_any_row_of_pieces_is_parsed_or_refused(pieces: list[tuple[str, str]]) -> None:
    query = "".join(piece + space for piece, space in pieces)
    try:
        tree = parse(query)
    except QuerySyntaxError as error:
        assert 1 <= error.column <= len(query) + 1  # noqa: PT017 - either outcome is right
    else:
        assert parse(to_query(tree)) == tree
