"""The identity of an agreement, and what a report changes in it."""

from __future__ import annotations

import pytest

from agents.stories import developments
from agents.stories.claims import Claim, claim_of
from agents.stories.developments import (
    HISTORY,
    best_fit,
    change_of,
    development_of,
    fit,
    fold,
    opened,
    party_relation,
    place_relation,
)
from agents.stories.rules import rules
from agents.testing import report
from streams.records import AgreementKind, Enriched, Event, Stage

IDLIB = {"idlib": ["syria"]}


def claim(at: str = "2026-03-02", stage: str | None = "signed", **fields: object) -> Claim:
    found = claim_of(report(at, stage, **fields))
    assert found is not None
    return found


def kept(*claims: Claim) -> developments.Kept:
    _, record = opened(claims[0], "syria")
    for one in claims:
        record = fold(one, record, *change_of(one, record))
    return record


@pytest.mark.parametrize(
    ("ours", "theirs", "relation"),
    [
        (IDLIB, IDLIB, "equal"),
        (IDLIB, {"syria": []}, "holds"),
        ({"syria": []}, IDLIB, "holds"),
        ({"ariha": ["idlib", "syria"]}, IDLIB, "holds"),
        (IDLIB, {"aleppo": ["syria"]}, "other"),
        (IDLIB, {}, "unknown"),
        ({}, {}, "unknown"),
        # A region named beside a place says where that place lies, not that its other places are meant.
        ({"hama": ["syria"], "northwest": ["syria"]}, {"idlib": ["northwest", "syria"]}, "other"),
        ({"idlib": ["northwest", "syria"]}, {"hama": ["syria"], "northwest": ["syria"]}, "other"),
        ({"idlib": ["northwest", "syria"], "latakia": ["northwest", "syria"]}, {"northwest": ["syria"]}, "holds"),
        ({**IDLIB, "homs": ["syria"]}, {"homs": ["syria"], "ghouta": ["syria"]}, "equal"),
    ],
)
def test_place_relation(ours: dict[str, list[str]], theirs: dict[str, list[str]], relation: str) -> None:
    assert place_relation(ours, theirs) == relation


@pytest.mark.parametrize(
    ("ours", "theirs", "relation"),
    [
        ({"russia", "turkey"}, ["turkey", "iran"], "shared"),
        ({"russia"}, ["kurds"], "disjoint"),
        (set(), ["kurds"], "unknown"),
        ({"russia"}, [], "unknown"),
        ({"syria", "russia"}, ["syria", "kurds"], "own"),
        ({"syria", "russia"}, ["syria", "russia"], "shared"),
        # The United Nations mediate everywhere.
        ({"Q1065"}, ["Q1065"], "unknown"),
        ({"Q1065", "russia"}, ["Q1065", "kurds"], "disjoint"),
    ],
)
def test_party_relation(ours: set[str], theirs: list[str], relation: str) -> None:
    assert party_relation(frozenset(ours), theirs, "syria") == relation


def test_a_place_that_holds_another_named_one_says_nothing() -> None:
    assert list(claim(places=["syria", "idlib"]).places) == ["idlib"]


@pytest.mark.parametrize(
    "enriched",
    [
        report("2026-03-02", kind=None),
        Enriched(article=report("2026-03-02").article, language="en", events=(Event(type="consult", main=True),)),
    ],
)
def test_no_claim_where_the_main_event_is_no_agreement(enriched: Enriched) -> None:
    assert claim_of(enriched) is None


SAME = [
    ("other wording", claim(), claim("2026-03-03", kind="de-escalation")),
    ("partial parties", claim(), claim("2026-03-03", parties=["turkey", "iran"])),
    ("no parties", claim(), claim("2026-03-03", parties=[])),
    ("a wider place", claim(), claim("2026-03-03", places=["syria"])),
    ("a narrower place", claim(), claim("2026-03-03", places=["ariha"])),
    ("no place", claim(), claim("2026-03-03", places=[])),
    ("59 days later", claim(), claim("2026-04-30")),
    ("59 days earlier", claim("2026-04-30"), claim("2026-03-02")),
    ("violated after a year", claim(), claim("2027-03-02", "violated")),
    ("peace talks, whatever the venue", claim(kind="peace", places=["aleppo"]), claim("2026-03-09", kind="peace")),
    (
        "a truce of the country, then its talks",
        claim(places=["syria"]),
        claim("2026-03-09", places=["syria"], kind="peace"),
    ),
    ("talks, then a truce in force in the same place", claim(stage="negotiating"), claim("2026-03-09", "in_force")),
    ("talks, then a signature in a wider place", claim(stage="negotiating"), claim("2026-03-09", places=["syria"])),
    (
        "a truce in force, told of the wider place",
        claim(stage="in_force"),
        claim("2026-03-09", "violated", places=["syria"]),
    ),
    ("other parties in the same town", claim(), claim("2026-03-03", parties=["kurds"])),
]
APART = [
    *(
        (
            f"talks on the country, a truce {stage} in a town",
            claim(stage="negotiating", places=["syria"]),
            claim(stage=stage),
        )
        for stage in ("in_force", "extended", "violated")
    ),
    (
        "a group's truce in a town, called peace talks, and those of the country",
        claim(kind="peace", places=["syria"], parties=["iran"]),
        claim("2026-03-03", "collapsed", kind="peace", places=["ariha"], parties=["iran", "nusra"]),
    ),
    ("another place", claim(), claim(places=["aleppo"])),
    ("another family", claim(), claim(kind="prisoner-exchange")),
    ("61 days later", claim(), claim("2026-05-03")),
    ("61 days earlier", claim("2026-05-03"), claim("2026-03-02")),
    ("violated after two years", claim(), claim("2028-03-02", "violated")),
    ("violated long before it was heard of", claim("2026-05-03"), claim("2026-01-02", "violated")),
    ("other parties, a wider place", claim(), claim(places=["syria"], parties=["kurds"])),
    ("other parties, the whole country", claim(places=["syria"]), claim(places=["syria"], parties=["kurds"])),
    ("talks in another country's name", claim(), claim(places=[], parties=["kurds"])),
    ("peace talks of the country and a truce in a town", claim(kind="peace"), claim(places=["idlib"])),
    (
        "a related family, no party in common",
        claim(kind="peace", places=["syria"], parties=["nusra"]),
        claim(places=["syria"], parties=["kurds"]),
    ),
]


@pytest.mark.parametrize(("what", "first", "second"), SAME, ids=[what for what, _, _ in SAME])
def test_one_agreement(what: str, first: Claim, second: Claim) -> None:
    assert fit(second, kept(first)) is not None


@pytest.mark.parametrize(("what", "first", "second"), APART, ids=[what for what, _, _ in APART])
def test_two_agreements(what: str, first: Claim, second: Claim) -> None:
    assert fit(second, kept(first)) is None


def test_bystanders_do_not_become_parties() -> None:
    record = kept(
        claim(places=["syria"], parties=["syria", "kurds"]),
        claim("2026-03-03", places=["syria"], parties=["syria", "iran"]),
    )
    assert record["articles"] == 2
    assert record["parties"] == ["kurds", "syria"]


def test_a_place_in_another_country_is_a_venue() -> None:
    enriched = report("2026-03-02", places=["idlib", "sudan"])
    found = claim_of(enriched)
    assert found is not None
    assert list(found.places) == ["idlib"]


def test_the_best_of_several_is_taken() -> None:
    agreements = {
        "country": kept(claim("2026-03-02", places=["syria"], parties=[])),
        "town": kept(claim("2026-03-01")),
        "town, long ago": kept(claim("2025-12-01")),
    }
    assert best_fit(claim("2026-03-03"), agreements) == "town"
    assert best_fit(claim("2026-03-03", places=["daraa"], parties=[]), agreements) == "country"
    assert best_fit(claim("2026-03-03"), agreements, earlier="country") == "country"
    assert best_fit(claim("2026-03-03"), {}) is None


STANDING = [stage for stage in Stage if stage != Stage.DENIED]


@pytest.mark.parametrize("standing", STANDING)
@pytest.mark.parametrize("stage", STANDING)
def test_every_step_is_as_the_table_says(standing: Stage, stage: Stage) -> None:
    record = kept(claim("2026-03-02", standing))
    change, what = change_of(claim("2026-03-03", stage), record)
    is_news = stage.value in rules().transitions[standing.value]
    assert (change, what) == (
        ("update", f"stage: {standing.value} -> {stage.value}") if is_news else ("none", "repeat")
    )


def test_the_table_names_stages_only() -> None:
    stages = {stage.value for stage in Stage}
    assert set(rules().transitions) - {"none"} == stages - {"denied"}
    assert {stage for news in rules().transitions.values() for stage in news} <= stages
    assert {*rules().line, *rules().again, *rules().reopens_after, *rules().follows} <= stages
    assert set(rules().labels) == {kind.value for kind in AgreementKind}


def test_an_agreement_without_a_stage_takes_the_first_one_told() -> None:
    record = kept(claim(stage=None))
    assert change_of(claim("2026-03-03", None), record) == ("none", "repeat")
    assert change_of(claim("2026-03-03", "announced"), record) == ("update", "stage: unknown -> announced")


def test_a_narrower_place_replaces_the_wider_one() -> None:
    assert list(kept(claim(places=["syria"]), claim("2026-03-03", places=["idlib"]))["places"]) == ["idlib"]
    assert list(kept(claim(places=["idlib"]), claim("2026-03-03", places=["syria"]))["places"]) == ["idlib"]


def test_the_record_is_bounded() -> None:
    claims = [
        claim(f"2026-03-{n // 6 + 1:02d} {n % 6:02d}:00", "in_force" if n % 2 else "violated", source=f"s{n}")
        for n in range(150)
    ]
    record = kept(*claims)
    assert record["articles"] == 150
    assert len(record["history"]) == HISTORY
    assert record["history"][0]["what"].startswith("first report")
    assert len(record["sources"]) == developments.SOURCES


def test_the_register() -> None:
    record = kept(claim(), claim("2026-03-03", "denied", source="b.example"))
    published = development_of("d", record)
    assert published.stage == Stage.DENIED
    assert published.label.en == "Ceasefire: idlib"
    assert published.label.ar == "وقف إطلاق النار"
    assert published.country == "syria"
    assert published.sources == ("a.example", "b.example")
    assert [entry.stage for entry in published.history] == [Stage.SIGNED, Stage.DENIED]


def test_ids_follow_from_the_first_report() -> None:
    assert opened(claim(), "syria")[0] == opened(claim(), "syria")[0]
    assert opened(claim(), "syria")[0] != opened(claim(), "yemen")[0]
