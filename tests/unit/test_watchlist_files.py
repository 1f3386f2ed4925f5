"""Watchlist files: what is read, what is refused and how, what is warned of; and those that ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.watchlists.files import Example, lint, merge_watchlists, read_definitions, read_file, read_watchlists
from agents.watchlists.matcher import Vocabulary
from streams.errors import WatchlistError
from streams.records import Watchlist

SHIPPED = sorted(Path(__file__, "../../../watchlists").resolve().glob("*.yaml"))

FILES = [
    ("id: a\nquery: هدنة\n", ["a"]),
    ("- id: a\n  query: هدنة\n- {id: b, query: حلب}\n", ["a", "b"]),
    ("id: a\nquery: هدنة\n---\nid: b\nquery: حلب\n", ["a", "b"]),
    ("# first\n---\n---\nid: a\nquery: x\n---\n", ["a"]),
    ("watchlists:\n- id: a\n  query: x\n- id: b\n  query: y\n", ["a", "b"]),
    ("\ufeffid: a\r\nquery: x\r\n", ["a"]),
    ("id: 007\nquery: no\n", ["007"]),
    ('id: a\nquery: "text:a AND place:Syria"\n', ["a"]),
    ('id: a\nquery: "هدنة"\n', ["a"]),
    ("id: a\nquery: |\n  text:a\n  AND text:b\n", ["a"]),
    ("id: a\nquery: >-\n  “خفض التصعيد” AND place:Syria\n", ["a"]),
]


@pytest.mark.parametrize(("text", "ids"), FILES)
def test_forms_of_a_file(text: str, ids: list[str]) -> None:
    assert [w.id for w in read_watchlists(text, "w.yaml")] == ids


def test_every_field_is_read() -> None:
    [watchlist] = read_watchlists(
        "id: a\ntitle: {ar: هدنة, en: Truce}\nquery: text:هدنة\nnotify: update\nmin_sources: 2\npriority: high\n",
        "w.yaml",
    )
    assert watchlist == Watchlist(
        id="a", title={"ar": "هدنة", "en": "Truce"}, query="text:هدنة", notify="update", min_sources=2, priority="high"
    )
    [watchlist] = read_watchlists("id: a\ntitle: Truce\nquery: x\n", "w.yaml")
    assert (watchlist.title.ar, watchlist.title.en) == ("Truce", "Truce")


REFUSED = [
    ("", "w.yaml: no watchlist in it; write at least id and query"),
    ("# nothing\n", "w.yaml: no watchlist in it"),
    ("just words", "w.yaml, line 1, column 1: expected a watchlist (id: ..., query: ...)"),
    ("id: a\nqurey: x\n", "w.yaml, line 2, column 1: watchlist 'a': unknown field 'qurey'; did you mean 'query'?"),
    ("id: a\nquery: x\nnotfy: new\n", "w.yaml, line 3, column 1: watchlist 'a': unknown field 'notfy'; did you mean 'notify'?"),
    ("id: a\nquery: x\nzzz: 1\n", "unknown field 'zzz'; known are id, title, query, notify, min_sources, priority"),
    ("query: x\n", "w.yaml, line 1, column 1: a watchlist without id: field 'id' is missing"),
    ("id: a\n", "watchlist 'a': field 'query' is missing"),
    ("id: A B\nquery: x\n", "w.yaml, line 1, column 5: watchlist 'A B': id is 'A B'; an id has small letters"),
    ("id: a\nquery: x\nnotify: nwe\n", "w.yaml, line 3, column 9: watchlist 'a': notify is 'nwe'; did you mean 'new'?"),
    ("id: a\nquery: x\npriority: hihg\n", "watchlist 'a': priority is 'hihg'; did you mean 'high'?"),
    ("id: a\nquery: x\nmin_sources: 0\n", "watchlist 'a': min_sources is '0'; write a whole number from 1 to 100"),
    ("id: a\nquery: x\nmin_sources: two\n", "watchlist 'a': min_sources is 'two'; write a whole number from 1 to 100"),
    ("id: a\nquery: ''\n", "watchlist 'a': query is ''; write at least one word"),
    ("id: a\nquery: [x]\n", "watchlist 'a': query is a list; a query that begins with a bracket"),
    ("id: a\nquery: x\ntitle: {fr: x}\n", "watchlist 'a': title in unknown language 'fr'; titles are in ar and en"),
    ("id: a\nquery: x\nquery: y\n", "w.yaml, line 3, column 1: watchlist 'a': field 'query' stands twice"),
    ("- {id: a, query: x}\n- {id: a, query: y}\n", "w.yaml, line 2, column 3: watchlist 'a' stands twice in this file"),
    ("watchlists: 3\n", "w.yaml, line 1, column 13: 'watchlists' is no list"),
    ("id: a\nquery: event:agreement AND plase:Syria\n", "w.yaml, line 2: watchlist 'a', query, column 21: unknown field 'plase'; did you mean 'place'?"),
    ("id: a\nquery: |\n  text:a\n  AND plcae:x\n", "w.yaml, line 4: watchlist 'a', query, line 2, column 5: unknown field 'plcae'"),
    ("id: a\nquery: text:(هدنة\n", "watchlist 'a', query, column 11: expected ) or another term"),
    ('id: a\nquery: "a b" AND c\n', "w.yaml, line 2, column 14: this is no YAML"),
    ("id: a\nquery: language: ar\n", "w.yaml, line 2, column 16: this is no YAML"),
    ("id: a\n\tquery: x\n", "w.yaml, line 2, column 1: this is no YAML"),
    ("id: a\nquery: \x00\n", "w.yaml: this is no YAML"),
    ("[" * 5000, "w.yaml, line 1, column 1001: this is no YAML"),
    ('id: a\nquery: "خفض التصعيد"\n', "w.yaml, line 2, column 8: watchlist 'a': the quotes around the query are YAML's"),
    ("id: a\nquery: 'peace talks'\n", "write '\"peace talks\"' with both"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_an_error_says_where_what_and_how_to_mend_it(text: str, message: str) -> None:
    with pytest.raises(WatchlistError) as caught:
        read_watchlists(text, "w.yaml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


# --- named sub-queries ----------------------------------------------------------------------------------------------

TRUCE = "define:\n  truce: هدنة OR truce\n  peace: '@truce OR صلح'\n---\n"
WRITTEN_OUT = [
    (TRUCE + "id: a\nquery: title:(@truce) AND حلب\n", "title:((هدنة OR truce)) AND حلب"),
    (TRUCE + "id: a\nquery: title:@truce\n", "title:(هدنة OR truce)"),
    (TRUCE + "id: a\nquery: >-\n  @peace\n", "((هدنة OR truce) OR صلح)"),
    (TRUCE + "id: a\nquery: >-\n  2 of (@truce, حلب)\n", "2 of ((هدنة OR truce), حلب)"),
    (TRUCE + 'id: a\nquery: x "@truce" \\@truce\n', 'x "@truce" \\@truce'),
    ("id: a\nquery: x @هدن\ndefine: {هدن: هدنة}\n", "x (هدنة)"),
    ("define: {t: x}\nwatchlists:\n- id: a\n  query: y @t\n", "y (x)"),
    ("id: a\nquery: x @elsewhere\n", "x (y)"),
]


@pytest.mark.parametrize(("text", "query"), WRITTEN_OUT)
def test_a_named_sub_query_is_written_out(text: str, query: str) -> None:
    [watchlist] = read_watchlists(text, "w.yaml", {"elsewhere": "y"})
    assert watchlist.query == query


def test_definitions_alone_are_a_file() -> None:
    assert read_watchlists("define: {a: x}\n", "w.yaml") == []
    assert read_definitions("define: {a: x}\n---\ndefine:\n  b: '@a y'\n", "w.yaml") == {"a": "x", "b": "@a y"}


NOT_WRITTEN_OUT = [
    (TRUCE + "id: a\nquery: x OR @truec\n", "w.yaml, line 6: watchlist 'a', query, column 6: '@truec' is defined nowhere; did you mean '@truce'?"),
    ("id: a\nquery: x OR @b\n", "'@b' is defined nowhere; define it in a file, under 'define:'"),
    ("define:\n  a: x\n  b: x OR plcae:y\n", "w.yaml, line 3: definition 'b', line 1, column 6: unknown field 'plcae'; did you mean 'place'?"),
    ("define: [a]\n", "w.yaml, line 1, column 9: 'define' is no mapping"),
    ("define: {1: x}\n", "definition '1': no such name can be used"),
    ("define: {a: [x]}\n", "definition 'a' is no query"),
    ("define:\n  a: x\n  a: y\n", "w.yaml, line 3, column 3: definition 'a' stands twice"),
    ("define: {a: '@b', b: 'y @c', c: '@b'}\n---\nid: w\nquery: x @a\n", "query, column 3: in '@a': '@b' is defined by itself (@b in @c in @b); write it without itself"),
    ("define: {a: '@a'}\n---\nid: w\nquery: x @a\n", "in '@a': '@a' is defined by itself (@a in @a)"),
    ("define: {a: 'place:x'}\n---\nid: w\nquery: title:(@a)\n", "watchlist 'w', with its definitions written out: line 1, column 9: field 'place' inside title:(...)"),
    ("define: {a0: " + "x" * 999 + ", " + ", ".join(f"a{n + 1}: '@a{n} @a{n}'" for n in range(40)) + "}\n---\nid: w\nquery: x @a40\n", "written out, the query has more than 200,000 letters"),
    (TRUCE + "id: a\nquery: x @truce AND plcae:y\n", "w.yaml, line 6: watchlist 'a', query, column 14: unknown field 'plcae'"),
    ("id: a\nquery: x\nmatches: y\n", "w.yaml, line 3, column 10: watchlist 'a': matches is no list; put '- ' before each text"),
    ("id: a\nquery: x\nignores: ['']\n", "watchlist 'a': ignores: an example without text"),
    ("id: a\nquery: x\nmatches: [{titel: y}]\n", "watchlist 'a': matches: unknown field 'titel'; did you mean 'title'?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), NOT_WRITTEN_OUT)
def test_an_error_names_the_definition(text: str, message: str) -> None:
    with pytest.raises(WatchlistError) as caught:
        read_watchlists(text, "w.yaml")
    assert message in str(caught.value)


def test_examples_are_read() -> None:
    read = read_file(
        "id: a\nquery: x\nmatches:\n- One\n- |\n  Two\n\n  Body\n  of it\nignores: [{body: Three, source: A}]\n",
        "w.yaml",
    )
    assert [w.id for w in read.watchlists] == ["a"]
    assert read.examples == [
        Example("a", {"title": "One", "body": ""}, True, 4),
        Example("a", {"title": "Two", "body": "Body\nof it"}, True, 5),
        Example("a", {"body": "Three", "source": "A"}, False, 10),
    ]


def test_a_name_in_two_files_is_refused() -> None:
    one, two = [Watchlist(id="a", query="x")], [Watchlist(id="b", query="x")]
    assert merge_watchlists([("1.yaml", one), ("2.yaml", two)]) == [*one, *two]
    with pytest.raises(WatchlistError, match=r"2\.yaml: watchlist 'a' is in 1\.yaml already"):
        merge_watchlists([("1.yaml", one), ("2.yaml", one)])


# --- what looks wrong -----------------------------------------------------------------------------------------------

WARNINGS = [
    ("هدنة AND place:Syria", []),
    ("NOT كرة", ["matches-everything"]),
    ("NOT x AND NOT y", ["matches-everything"]),
    ("NOT x AND y", ["leading-negation"]),
    ("x OR NOT y", ["matches-everything"]),
    ("x OR NOT x", ["matches-everything"]),
    ("x AND NOT y", []),
    ("x AND NOT x", ["never-matches"]),
    ("stage:signed AND stage:negotiating", ["never-matches"]),
    ("stage:(signed OR announced) AND stage:signed", []),
    ("language:ar AND (x AND language:en)", ["never-matches"]),
    ("event:protest AND agreement:ceasefire", ["never-matches"]),
    ("event:agreement AND agreement:ceasefire", []),
    ("published:>2026-02-01 AND published:<2026-01-01", ["never-matches"]),
    ("published:{2026-01-01 TO 2026-01-01}", ["never-matches"]),
    ("x OR published:[* TO *]", ["matches-everything"]),
    ("في", ["stop-word"]),
    ("the OR هدنة", ["stop-word"]),
    ('"وقف إطلاق النار في حلب"', []),
    ('"x AND y"', ["operator-in-quotes"]),
    ('"هدنة. إدلب"', ["sentence-end"]),
    ('"هدنة إدلب؟"', []),
    ('"هدنة، إدلب"', ["punctuation"]),
    ("»خفض التصعيد«", ["punctuation"]),
    ("«خفض التصعيد»", []),
    ("\u202bهدنة\u202c", ["direction-mark", "direction-mark"]),
    ("place:Syrai", ["unknown-name"]),
    ("person:Syria", ["unknown-name"]),
    ("place:Q12345678", []),
    ("topic:unheard-of", ["unknown-name"]),
    ("topic:natural-disaster", []),
    ("1 of (x, NOT y)", ["matches-everything"]),
    ("2 of (x, NOT y, NOT z)", ["matches-everything"]),
    ("2 of (x, y, NOT z)", []),
    ("2 of (هدنة, the)", ["stop-word"]),
    ("event{stage:signed AND stage:denied}", ["never-matches"]),
    ("event{stage:(signed denied)}", []),
    ("event{agreement:peace main background}", ["never-matches"]),
    ("event{agreement:peace (main OR background)}", []),
    ("event{place:Syrai}", ["unknown-name"]),
    ("هدنة published:now-7d", []),
    ("هدنة published:>now-7d published:<now-8d", ["never-matches"]),
    ("هدنة published:>now-7d published:<2020-01-01", []),
    ('"هدنة. إدلب"~>4', ["sentence-end"]),
    ("language:ar", ["load"]),
    ("NOT NOT language:ar", ["matches-everything"]),
    ("language:ar AND هدنة", []),
    ("published:now-7d", ["load"]),
    ("3 of (language:ar, published:>2020, published:<2040)", ["load"]),
    ("هدنة OR ال*", ["load"]),
    ("title:(الحرب OR السلام)", []),
]


@pytest.mark.parametrize(("query", "codes"), WARNINGS)
def test_lint(query: str, codes: list[str]) -> None:
    assert [warning.code for warning in lint(Watchlist(id="a", query=query))] == codes


def test_lint_says_where_and_what_was_meant() -> None:
    assert [str(w) for w in lint(Watchlist(id="a", query="هدنة AND place:Syrai"))] == [
        "query, column 10: no place 'Syrai' is known; did you mean 'Syria'?"
    ]
    assert [str(w) for w in lint(Watchlist(id="a", query="هدنة\nAND person:Syria"))] == [
        "query, line 2, column 5: no person 'Syria' is known; it is known as another kind of thing: try entity:Syria"
    ]


# --- those that ship ------------------------------------------------------------------------------------------------


def test_seven_ship() -> None:
    assert len(SHIPPED) >= 7
    watchlists = merge_watchlists(
        (path.name, read_watchlists(path.read_text(encoding="utf-8"), path.name)) for path in SHIPPED
    )
    assert {"deescalation", "ceasefires", "ceasefire-violations", "sanctions", "natural-disasters", "elections"} < {
        w.id for w in watchlists
    }


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_one_is_titled_in_two_languages_explained_and_clean(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    for watchlist in read_watchlists(text, path.name):
        assert watchlist.title.ar
        assert watchlist.title.en
        assert lint(watchlist, Vocabulary.load()) == []
