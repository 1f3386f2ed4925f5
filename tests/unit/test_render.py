"""Alerts in a terminal: both directions of writing, and text that would steer the terminal."""

import io
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from streams.records import (
    Agreement,
    Alert,
    AlertedArticle,
    DevelopmentRef,
    Entity,
    Event,
    HistoryEntry,
    Label,
    Reason,
)
from streams.render import FSI, PDI, alert_block, isolate, visible

AT = datetime(2026, 2, 5, 10, 5, tzinfo=UTC)
TITLE = "هدنة في حلب"


def entity(key, name):
    return Entity(id=key, type="place", label=Label(en=name), mentions=())


def alert(**more):
    fields = {
        "id": "a1",
        "kind": "new",
        "watchlist": "deescalation",
        "title": Label(en="New agreements", ar="اتفاقات جديدة"),
        "priority": "high",
        "development": DevelopmentRef(id="d1", change="new", what="first report: negotiating", first_seen=AT),
        "article": AlertedArticle(
            id="1", url="https://a.example/هدنة", title=TITLE, source="مثال", published_at=AT, language="ar"
        ),
        "reasons": (Reason(clause="text:هدنة", field="title", start=0, end=4, text="هدنة"),),
        "events": (
            Event(
                type="agreement",
                main=True,
                stage="negotiating",
                agreement=Agreement(kind="ceasefire", parties=("Q159", "Q43"), places=("Q41183",)),
            ),
        ),
        "entities": (entity("Q159", "Russia"), entity("Q43", "Türkiye"), entity("Q41183", "Aleppo")),
    }
    return Alert(**{**fields, **more})


def depth_of_isolates(line):
    """How deep isolates are nested at the end of a line; fails if one is closed that was not opened."""
    depth = 0
    for character in line:
        depth += (character == FSI) - (character == PDI)
        assert depth >= 0
    return depth


def test_the_block_says_what_where_who_and_why():
    text = alert_block(alert()).plain.replace(FSI, "").replace(PDI, "")
    assert text.splitlines() == [
        "● NEW  high  New agreements · اتفاقات جديدة  [deescalation]",
        "  ceasefire · negotiating · Aleppo · Russia, Türkiye",
        "  first report: negotiating",
        "  هدنة في حلب",
        "  مثال · 2026-02-05 10:05 UTC",
        "  https://a.example/هدنة",
        "  because text:هدنة  «هدنة»",
    ]


def test_history_sources_and_many_words_are_told_in_short():
    history = tuple(HistoryEntry(stage=stage, at=AT, article="1") for stage in ("negotiating", "signed"))
    words = tuple(Reason(clause="place:Syria", field="body", start=n, end=n + 1, text=str(n)) for n in range(9))
    block = alert_block(
        alert(
            kind="update",
            development=DevelopmentRef(id="d1", change="update", first_seen=AT, history=history),
            sources=("a.example", "b.example"),
            reasons=words,
        )
    ).plain
    assert "so far: negotiating 2026-02-05 → signed 2026-02-05" in block
    assert "2 sources: a.example, b.example" in block
    assert "«5»" in block
    assert "«6»" not in block
    assert "and 3 more" in block


def test_clauses_that_the_same_words_satisfy_share_a_line():
    reasons = tuple(
        Reason(clause=clause, field="body", start=start, end=start + 4, text=text)
        for clause in ("event:agreement", "agreement:ceasefire")
        for start, text in ((0, "هدنة"), (9, "هدنة"))
    )
    last = alert_block(alert(reasons=reasons)).plain.splitlines()[-1]
    assert last == f"  because event:agreement, agreement:ceasefire  {FSI}«هدنة»{PDI}"


def test_an_alert_without_reasons_events_or_names_is_still_a_block():
    text = alert_block(
        alert(
            title=Label(),
            reasons=(),
            events=(),
            entities=(),
            article=AlertedArticle(id="1", title="", published_at=AT, language="und"),
        )
    ).plain
    assert text.splitlines()[0] == "● NEW  high  deescalation  [deescalation]"


@pytest.mark.parametrize(
    ("title", "reason", "marked"),
    [
        (TITLE, (0, 4), "هدنة"),
        ("🕊️ هدنة في حلب", (3, 7), "هدنة"),  # offsets are code points
        ("هُــدْنَـةٍ في حلب", (0, 11), "هُــدْنَـةٍ"),
        ("\u202eabc هدنة", (5, 9), "هدنة"),  # what is taken out before the word does not move it
    ],
)
def test_the_words_that_matched_stand_out_in_the_title(title, reason, marked):
    start, end = reason
    article = AlertedArticle(id="1", title=title, published_at=AT, language="ar")
    reasons = (Reason(clause="text:هدنة", field="title", start=start, end=end, text=title[start:end]),)
    block = alert_block(alert(article=article, reasons=reasons))
    line_start = block.plain.index("\n  " + FSI) + 1
    line_end = block.plain.index("\n", line_start)
    shown = [s for s in block.spans if "reverse" in str(s.style) and line_start <= s.start and s.end <= line_end]
    assert "".join(block.plain[span.start : span.end] for span in sorted(shown, key=lambda s: s.start)) == marked


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("bell\x07", "bell␇"),
        ("nul\x00", "nul␀"),
        ("a\r\nb\tc", "a  b c"),
        ("\x9b31m", "\ufffd31m"),
        ("del\x7f", "del␡"),
        ("user\u202egpj.exe", "usergpj.exe"),
        ("\u2067x\u2069", "x"),
        ("الهُدْنَة\u200f \u200eok", "الهُدْنَة\u200f \u200eok"),
        ("line\u2028sep", "line sep"),
    ],
)
def test_control_characters_are_seen_and_not_obeyed(raw, shown):
    assert visible(raw) == shown


@pytest.mark.parametrize(("text", "alone"), [("plain", True), ("هدنة", False), ("mixed هدنة", False), ("שלום", False)])
def test_only_what_has_right_to_left_letters_is_isolated(text, alone):
    assert isolate(text) == (text if alone else f"{FSI}{text}{PDI}")


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=30))
def test_no_text_of_an_article_steers_the_terminal(title, source, word):
    article = AlertedArticle(
        id="1", url=f"https://a.example/{word}", title=title, source=source, published_at=AT, language="und"
    )
    reasons = (
        Reason(clause=f"text:{word}", field="body", start=0, end=len(word), text=word),
        Reason(clause="title", field="title", start=0, end=len(title), text=title),
    )
    development = DevelopmentRef(id="d", change="update", what=word, first_seen=AT)
    block = alert_block(alert(article=article, reasons=reasons, development=development, sources=(source, word)))
    for line in block.plain.split("\n"):
        assert depth_of_isolates(line) == 0
        assert not {c for c in line if unicodedata.category(c) == "Cc" or c in "\u202a\u202b\u202d\u202e\u2066\u2067"}


def test_a_pipe_gets_the_text_without_styles_and_unbroken():
    out = io.StringIO()
    Console(file=out, highlight=False, soft_wrap=True, width=500).print(alert_block(alert()), soft_wrap=True)
    assert out.getvalue() == alert_block(alert()).plain + "\n"
