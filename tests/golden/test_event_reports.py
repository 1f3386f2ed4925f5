"""Events of single reports, one by one: event_reports.tsv, and what is easily taken for something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.enrichment.events.agreements import CONFLICT_KINDS
from tests.support.reading import ids, main_of, read

ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("event_reports.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
WAR_AND_PEACE = {kind.value for kind in CONFLICT_KINDS}


def named_by(names: str) -> frozenset[str]:
    """The ids of any of several names; each is known."""
    found = [ids(name) for name in names.split("|")]
    assert all(found), names
    return frozenset().union(*found)


@pytest.mark.parametrize("row", ROWS, ids=[row[1] for row in ROWS])
def test_rows(row: list[str]) -> None:
    """The columns are told in the first line of the file."""
    language, title, body, expected, place, parties = row
    event = main_of(language, title, body)
    if expected == "none":
        assert event is None or event.agreement.kind not in WAR_AND_PEACE
        return
    assert event is not None
    kinds, stages, *flags = expected.split()
    assert event.agreement.kind in kinds.split("|")
    assert event.stage in stages.split("|")
    assert {flag for flag in ("hedged", "negated") if getattr(event, flag)} == set(flags)
    assert sum(span.of == "stage" for span in event.evidence) <= 3
    if place != "*":
        assert (event.place is None) if place == "-" else event.place in named_by(place)
    if parties != "*":
        names = [] if parties == "-" else parties.split(",")
        assert len(event.agreement.parties) == len(names)
        assert all(any(p in named_by(name) for p in event.agreement.parties) for name in names)


@pytest.mark.parametrize(
    "title", ["وقف إطلاق النار في حلب", "وقفا فوريا لإطلاق النار في حلب", "موسكو تعلن وقف النار في حلب"]
)
def test_the_shooting_that_a_truce_ends_is_no_assault(title: str) -> None:
    assert not any(event.type == "assault" for event in read("ar", title)[1])


def test_shooting_beside_a_truce_is_an_assault() -> None:
    assert any(event.type == "assault" for event in read("ar", "إطلاق نار في حلب رغم وقف إطلاق النار")[1])


@pytest.mark.parametrize("words", ["مباحثات لإبرام هدنة في حلب", "اجتماع للتوصل إلى هدنة في إدلب"])
def test_all_words_that_tell_the_stage_are_evidence(words: str) -> None:
    event = main_of("ar", words)
    assert event is not None
    assert len([span for span in event.evidence if span.of == "stage"]) == 2


def test_a_reaction_weighs_less_than_the_news() -> None:
    news = main_of("ar", "هدنة في السودان")
    reaction = main_of("ar", "واشنطن ترحب بالهدنة في السودان")
    assert news is not None
    assert reaction is not None
    assert reaction.score < news.score


@pytest.mark.parametrize(
    "body",
    [
        "حلب - أعلن الجيش هدنة في إدلب.",
        "حلب (رويترز) - أعلن الجيش هدنة في إدلب.",
        "حلب (رويترز) أعلن الجيش هدنة في إدلب.",
        "حلب، 3 مايو - أعلن الجيش هدنة في إدلب.",
        "حلب: أعلن الجيش هدنة في إدلب.",
    ],
)
def test_a_dateline_is_no_place_of_an_agreement(body: str) -> None:
    event = main_of("ar", "الجيش يعلن هدنة", body)
    assert event is not None
    assert not set(event.agreement.places) & ids("Aleppo")
    assert event.place in ids("Idlib")


def test_two_names_joined_by_a_dash_are_no_dateline() -> None:
    event = main_of("ar", "اتفاق هدنة", "روسيا - تركيا توقعان هدنة في إدلب.")
    assert event is not None
    assert len(event.agreement.parties) == 2
