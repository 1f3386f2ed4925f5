"""Keyword lists and web alerts' queries, as watchlists."""

from __future__ import annotations

import pytest

from agents.watchlists.files import read_watchlists
from agents.watchlists.imports import id_of, read_keywords
from streams.errors import WatchlistError

LISTS = [
    ("هدنة\nخفض التصعيد\n\n# no keyword\nceasefire\nceasefire\n", 'هدنة OR "خفض التصعيد" OR ceasefire'),
    ("\ufeffهدنة\r\n", "هدنة"),
    ('"a b" OR c -d', '("a b" OR c) AND NOT d'),
    ("a b OR c d", "a AND (b OR c) AND d"),
    ("“خفض التصعيد” | «وقف النار» -كرة", '("خفض التصعيد" OR "وقف النار") AND NOT كرة'),
    ('truce (Aleppo OR "Deir ez-Zor") -(football | match)', 'truce AND (Aleppo OR "Deir ez-Zor") AND NOT (football OR match)'),
    ('intitle:"peace talks" OR x', 'title:"peace talks" OR x'),
    ("allintitle:a b", "title:a AND title:b"),
    ("talks AROUND(5) truce", '"talks truce"~5'),
    ('"peace talks" AROUND(5) truce -x', '"peace talks truce"~5 AND NOT x'),
    ("AT&T", "AT\\&T"),
    ("and", "\\and"),
    (") a (", "a"),
    ("a -x\nb", "a AND NOT x OR b"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "query"), LISTS)
def test_a_list_is_a_watchlist(text: str, query: str) -> None:
    imported = read_keywords(text, "list.txt")
    assert (imported.watchlist.id, imported.watchlist.query) == ("list", query)
    assert imported.notes == ()
    [read] = read_watchlists(f"id: a\nquery: |-\n  {imported.watchlist.query}\n", "w.yaml")
    assert read.query == imported.watchlist.query


def test_what_means_something_else_is_noted() -> None:
    imported = read_keywords('truce site:a.example\nx inurl:news\n!!!\n"" \n', "f/list.txt")
    assert imported.watchlist.query == "truce AND source:a.example OR x"
    assert imported.notes == (
        "f/list.txt, line 1: site:a.example is read as source:a.example; a source is found by its whole name",
        "f/list.txt, line 2: inurl:news is left out; nothing here is like it",
        "f/list.txt, line 3: nothing to search for in '!!!'",
        "f/list.txt, line 4: nothing to search for in '\"\"'",
    )


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(WatchlistError, match=r"list\.txt: no keyword in it; write one a line"):
        read_keywords("# nothing\n", "list.txt")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("truces.txt", "truces"), ("Middle East/Truces 2.txt", "middle-east.truces-2"), ("-a.txt", "a"), ("هدن.txt", "list-8ead39d2")],
)  # fmt: skip
def test_a_watchlist_is_called_like_its_file(name: str, wanted: str) -> None:
    assert id_of(name) == wanted
