"""Watchlist files: what is read, what is refused and how, what is warned of; and those that ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.watchlists.files import lint, merge_watchlists, read_watchlists
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
