"""Timelines: what is new, what changes, and what is told again, through stories and alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agents.stories.decide import decide
from agents.testing import PLACES, Timeline, moment, report

if TYPE_CHECKING:
    from streams.records import Enriched

LONG = (
    "The delegations met for a third day in the capital and agreed on a text that provides for a halt of all fire from "
    "Friday noon, the opening of two crossings for aid, and an exchange of lists of detainees under supervision of observers "
    "who are to arrive within a week, according to a statement read out after the session by the mediator of the talks."
)


def dated(rows: list[tuple[Enriched, str | None, str | None]], notify: str) -> Timeline:
    timeline = Timeline(notify)
    for enriched, kind, what in rows:
        timeline.expect(enriched, kind, what)
    return timeline


WHOLE_TRUCE = [
    (report("2026-03-01 09:00", "negotiating"), "new", "first report: negotiating"),
    (report("2026-03-01 11:00", "negotiating", source="b.example"), None, "repeat"),
    (report("2026-03-02 09:00", "denied"), "denial", "denied: negotiating"),
    (report("2026-03-02 10:00", "denied", source="b.example"), None, "repeat"),
    (report("2026-03-03 09:00", "announced", parties=["russia"]), "update", "stage: denied -> announced"),
    (report("2026-03-03 12:00", "announced", parties=["turkey"]), None, "repeat"),
    (report("2026-03-04 09:00", "signed"), "update", "stage: announced -> signed"),
    (report("2026-03-04 10:00", "negotiating"), None, "repeat"),
    (report("2026-03-05 00:10", "in_force"), "update", "stage: signed -> in_force"),
    (report("2026-03-06 09:00", "violated"), "update", "stage: in_force -> violated"),
    (report("2026-03-07 09:00", "violated"), None, "repeat"),
    (report("2026-03-08 09:00", "violated", source="b.example"), None, "repeat"),
    (report("2026-03-20 09:00", "extended"), "update", "stage: violated -> extended"),
    (report("2026-03-29 09:00", "extended"), "update", "stage: extended -> extended"),
    (report("2026-06-20 09:00", "collapsed"), "update", "stage: extended -> collapsed"),
    (report("2026-06-21 09:00", "collapsed", parties=[]), None, "repeat"),
    (report("2027-03-04 09:00", "signed"), "new", "first report: signed"),
]


def test_a_whole_truce_and_a_new_one_a_year_later() -> None:
    timeline = dated(WHOLE_TRUCE, "update")
    assert len(timeline.developments) == 2
    first = timeline.alerts[-2].development
    assert [entry.stage for entry in first.history] == [
        "negotiating", "denied", "announced", "signed", "in_force", "violated", "extended", "extended", "collapsed",
    ]  # fmt: skip
    assert first.first_seen == moment("2026-03-01 09:00")


def test_the_same_truce_for_those_who_want_only_new_ones() -> None:
    timeline = Timeline("new")
    for enriched, _, _ in WHOLE_TRUCE:
        timeline.push(enriched)
    assert [(a.kind, a.article.published_at) for a in timeline.alerts] == [
        ("new", moment("2026-03-01 09:00")),
        ("new", moment("2027-03-04 09:00")),
    ]


def test_the_same_truce_with_every_report_delivered_twice() -> None:
    timeline = Timeline("update")
    for enriched, kind, what in WHOLE_TRUCE:
        timeline.expect(enriched, kind, what)
        timeline.expect(enriched, None, "seen before")


SCENARIOS = {
    "two towns, the same two parties, on one day": (
        "new",
        [
            (report("2026-03-02 09:00", places=["aleppo"], source="a.example"), "new", None),
            (report("2026-03-02 09:30", places=["aleppo"], source="b.example"), None, "repeat"),
            (report("2026-03-02 10:00", places=["aleppo"], source="c.example"), None, "repeat"),
            (report("2026-03-02 10:30", places=["daraa"], source="d.example"), "new", None),
            (report("2026-03-03 09:00", places=["aleppo"], source="e.example"), None, "repeat"),
        ],
    ),
    "one truce in five wordings": (
        "new",
        [
            (report("2026-03-02 09:00", "signed", kind="ceasefire"), "new", None),
            (report("2026-03-02 10:00", "announced", kind="ceasefire", places=["syria"]), None, "repeat"),
            (report("2026-03-02 11:00", "in_force", kind="de-escalation", places=["syria"], parties=[]), None,
             "stage: signed -> in_force"),
            (report("2026-03-02 12:00", "signed", kind="ceasefire", source="e.example"), None, "repeat"),
            (report("2026-03-02 13:00", "signed", kind="ceasefire", parties=[]), None, "repeat"),
        ],
    ),
    "a place named more narrowly": (
        "new",
        [
            (report("2026-03-02", "negotiating", places=["syria"]), "new", None),
            (report("2026-03-03", "negotiating", places=["ariha"]), None, "repeat"),
            (report("2026-03-04", "negotiating", places=["idlib"]), None, "repeat"),
            (report("2026-03-05", "negotiating", places=["daraa"]), "new", None),
        ],
    ),
    "a truce in a town is not the country's peace talks": (
        "new",
        [
            (report("2026-03-02", "negotiating", kind="peace", places=["syria"], parties=["syria"]), "new", None),
            (report("2026-03-03", "signed", kind="ceasefire", places=["idlib"], parties=["syria"]), "new", None),
        ],
    ),
    "a truce extended in one town is not the talks on another, though a region is named": (
        "new",
        [
            (report("2026-03-02", "negotiating", places=["hama", "northwest"]), "new", None),
            (report("2026-03-03", "extended", places=["idlib"]), "new", "first report: extended"),
            (report("2026-03-04", "signed", places=["hama"]), None, "stage: negotiating -> signed"),
        ],
    ),
    "a truce extended is not the talks on the whole country": (
        "new",
        [
            (report("2026-03-02", "negotiating", places=["syria"]), "new", None),
            (report("2026-03-03", "extended", places=["idlib"]), "new", "first report: extended"),
            (report("2026-03-04", "signed", places=["syria"], parties=[]), None, None),
        ],
    ),
    "a group's talks on a town are not the country's peace talks": (
        "new",
        [
            (report("2026-03-02", "negotiating", kind="peace", places=["syria"], parties=["iran", "syria"]), "new", None),
            (report("2026-03-03", "collapsed", kind="peace", places=["ariha"], parties=["iran", "nusra"]), "new", None),
            (report("2026-03-04", "negotiating", kind="peace", places=["aleppo"], parties=["syria"]), None, "repeat"),
        ],
    ),
    "talks that are also called a truce": (
        "new",
        [
            (report("2026-03-02", "negotiating", kind="peace", places=["yemen"], parties=["houthis"]), "new", None),
            (report("2026-03-03", "negotiating", kind="ceasefire", places=["yemen"], parties=["houthis"]), None, "repeat"),
        ],
    ),
    "another country": (
        "new",
        [
            (report("2026-03-02", places=["yemen"], parties=[]), "new", None),
            (report("2026-03-02", places=["sudan"], parties=[]), "new", None),
        ],
    ),
    "other parties in one country": (
        "new",
        [
            (report("2026-03-02", places=["syria"], parties=["nusra"]), "new", None),
            (report("2026-03-03", places=["syria"], parties=["kurds"]), "new", None),
        ],
    ),
    "trade is not a truce": (
        "new",
        [
            (report("2026-03-02", kind="trade", places=["syria"]), "new", None),
            (report("2026-03-02", kind="ceasefire", places=["syria"]), "new", None),
            (report("2026-03-03", kind="trade", places=["syria"]), None, "repeat"),
        ],
    ),
    "a denial of what nobody reported": (
        "update",
        [
            (report("2026-03-02", "denied"), None, "denied: first report"),
            (report("2026-03-03", "denied", source="b.example"), None, "repeat"),
            (report("2026-03-04", "signed"), "new", "stage: denied -> signed"),
        ],
    ),
    "a negated signature is a denial": (
        "update",
        [
            (report("2026-03-02", "announced"), "new", None),
            (report("2026-03-03", "signed", negated=True), "denial", "denied: announced"),
        ],
    ),
    "a denial is no news to those who want new ones": (
        "new",
        [
            (report("2026-03-02", "announced"), "new", None),
            (report("2026-03-03", "denied"), None, "denied: announced"),
        ],
    ),
    "what was denied is told again": (
        "update",
        [
            (report("2026-03-02", "announced"), "new", None),
            (report("2026-03-03", "denied"), "denial", None),
            (report("2026-03-04", "announced"), None, "repeat"),
            (report("2026-03-05", "signed"), "update", "stage: denied -> signed"),
        ],
    ),
    "talks resume after a collapse": (
        "update",
        [
            (report("2026-03-02", "negotiating"), "new", None),
            (report("2026-03-03", "collapsed"), "update", "stage: negotiating -> collapsed"),
            (report("2026-03-10", "negotiating"), "update", "stage: collapsed -> negotiating"),
        ],
    ),
    "a new truce three weeks after the end of the old one": (
        "new",
        [
            (report("2026-03-02", "in_force"), "new", None),
            (report("2026-03-10", "collapsed"), None, "stage: in_force -> collapsed"),
            (report("2026-03-12", "collapsed", source="b.example"), None, "repeat"),
            (report("2026-04-02", "announced"), "new", None),
        ],
    ),
    "silence of two months ends the time of talks": (
        "new",
        [
            (report("2026-03-02", "negotiating"), "new", None),
            (report("2026-04-30", "negotiating"), None, "repeat"),
            (report("2026-07-01", "negotiating"), "new", None),
        ],
    ),
    "a violation finds its truce after months": (
        "update",
        [
            (report("2026-03-02", "in_force"), "new", None),
            (report("2026-10-02", "violated"), "update", "stage: in_force -> violated"),
        ],
    ),
    "a late report completes the history": (
        "update",
        [
            (report("2026-03-05 09:00", "signed"), "new", None),
            (report("2026-03-01 09:00", "negotiating"), None, "late: negotiating"),
            (report("2026-03-06 09:00", "in_force"), "update", None),
        ],
    ),
    "reports that cross on their way": (
        "update",
        [
            (report("2026-03-05 09:10", "negotiating"), "new", None),
            (report("2026-03-05 09:00", "signed"), "update", "stage: negotiating -> signed"),
        ],
    ),
    "a report of an old agreement is not of the new one": (
        "new",
        [
            (report("2026-03-05", "signed"), "new", None),
            (report("2025-03-05", "signed"), "new", None),
        ],
    ),
    "every article": (
        "every",
        [
            (report("2026-03-02", "announced"), "new", None),
            (report("2026-03-03", "announced"), "update", "repeat"),
            (report("2026-03-04", "denied"), "denial", None),
            (report("2026-03-04", "signed", source="b.example"), "update", None),
        ],
    ),
    "every article of other news": (
        "every",
        [
            (report("2026-03-02", kind=None, title="Rain"), "new", "first report"),
            (report("2026-03-02", kind=None, title="Snow"), "new", "first report"),
        ],
    ),
    "a copy under another address, a longer one": (
        "every",
        [
            (report("2026-03-02", url="https://a.example/1", title="Truce agreed", body=LONG), "new", None),
            (report("2026-03-02", url="https://b.example/2", title="At last, quiet", body=LONG + " Read more in Politics.",
                    source="b.example"), None, "copy"),
        ],
    ),
    "short texts are copies only if equal": (
        "every",
        [
            (report("2026-03-02", url="https://a.example/1", title="Truce in Idlib"), "new", None),
            (report("2026-03-02", url="https://b.example/1", title="Truce in Idlib", source="b.example"), None, "copy"),
            (report("2026-03-02", url="https://c.example/1", title="Truce in Idlib?"), None, "copy"),
            (report("2026-03-02", url="https://c.example/2", title="A truce in Idlib"), "update", "repeat"),
        ],
    ),
    "an edited article that says the same": (
        "update",
        [
            (report("2026-03-02", "announced", url="https://a.example/1", title="Truce", body=LONG), "new", None),
            (report("2026-03-02", "announced", url="https://a.example/1", title="Truce!", body=LONG + " More."), None, "repeat"),
        ],
    ),
    "an edited article that says more": (
        "update",
        [
            (report("2026-03-02", "announced", url="https://a.example/1", title="Truce", body=LONG), "new", None),
            (report("2026-03-02", "signed", url="https://a.example/1", title="Truce", body=LONG + " Signed."), "update",
             "stage: announced -> signed"),
        ],
    ),
    "an edited article of other news": (
        "new",
        [
            (report("2026-03-02", kind=None, url="https://a.example/1", title="Rain"), "new", None),
            (report("2026-03-02", kind=None, url="https://a.example/1", title="Heavy rain"), None, "edited"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_timeline(name: str) -> None:
    notify, rows = SCENARIOS[name]
    dated(rows, notify)


def test_two_towns_are_two_developments_with_their_reports() -> None:
    _, rows = SCENARIOS["two towns, the same two parties, on one day"]
    timeline = dated(rows, "new")
    newest = {d.id: d for decision in timeline.decided for d in decision.developments}
    assert {d.places: (d.articles, d.sources) for d in newest.values()} == {
        ("aleppo",): (4, ("a.example", "b.example", "c.example", "e.example")),
        ("daraa",): (1, ("d.example",)),
    }


def test_one_truce_in_five_wordings_is_one_development() -> None:
    _, rows = SCENARIOS["one truce in five wordings"]
    timeline = dated(rows, "new")
    assert len(timeline.developments) == 1
    assert [e.stage for e in timeline.decided[-1].developments[0].history] == ["signed", "in_force"]


def test_a_copy_has_story_and_development_of_its_original() -> None:
    timeline = Timeline("new")
    timeline.push(report("2026-03-02", url="https://a.example/1", title="Truce", body=LONG))
    timeline.push(report("2026-03-02", url="https://b.example/1", title="Quiet", body=LONG, kind=None))
    original, copy = (decision.enriched for decision in timeline.decided)
    assert original.story is not None
    assert copy.story is not None
    assert original.development is not None
    assert copy.development is not None
    assert copy.story.id == original.story.id
    assert copy.story.copy_of == original.article.id
    assert copy.development.id == original.development.id
    assert not timeline.decided[1].developments


def test_a_replayed_position_gives_the_same_decision_even_after_later_ones() -> None:
    timeline = Timeline("update")
    first = report("2026-03-02", "announced")
    timeline.push(first, position=7)
    timeline.push(report("2026-03-03", "signed"), position=8)
    timeline.push(first, position=7)
    once, later, again = timeline.decided
    assert again.enriched == once.enriched
    assert again.developments == later.developments, "the register never goes back"
    assert [a.model_dump_json() for a in timeline.alerts if a.kind == "new"] == [
        timeline.alerts[0].model_dump_json()
    ] * 2


def test_both_revisions_of_an_edited_article_can_be_replayed() -> None:
    timeline = Timeline("update")
    before = report("2026-03-02", kind=None, url="https://a.example/1", title="Rain")
    after = report("2026-03-02", kind=None, url="https://a.example/1", title="Heavy rain")
    for enriched, position in ((before, 0), (after, 1), (before, 0), (after, 1)):
        timeline.push(enriched, position=position)
    assert timeline.decided[:2] == timeline.decided[2:]


def test_other_news_is_not_published_to_the_register() -> None:
    state: dict[str, object] = {}
    decision = decide(report("2026-03-02", kind=None), state, position="in/0/0")
    assert decision.developments == ()
    assert decision.enriched.development is not None
    assert decision.enriched.story is not None
    assert decision.enriched.development.id == decision.enriched.story.id


def test_state_keys_start_with_the_story_key() -> None:
    state: dict[str, object] = {}
    decide(report("2026-03-02", body=LONG), state, position="in/0/0")
    assert state
    assert all(key.startswith("syria|") for key in state)
    assert "syria" in PLACES["idlib"]
