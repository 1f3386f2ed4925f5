"""Which agreement does a report speak of, and what does it change in it?

A report is a `Claim`: kind, places, parties, stage, time. An agreement is kept as a plain record (see `fold`).
What belongs together and what is a change is data: developments.yaml, explained in docs/developments.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

import yaml

from agents.enrichment.routing import conflict_of, story_key
from agents.stories.origins import source_of
from streams.records import AgreementKind, Change, Development, DevelopmentRef, HistoryEntry, Label, Stage, content_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streams.records import Agreement, Article, Enriched, Entity

DAY = 86_400
#: What of an agreement's life is kept: changes, sources, places and parties.
HISTORY, SOURCES, NAMES = 50, 50, 16

Place = Literal["equal", "holds", "unknown", "other"]
Parties = Literal["shared", "own", "unknown", "disjoint"]
#: An agreement as it is kept in state: JSON-able, see `fold`.
Kept = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rules:
    """developments.yaml."""

    family: dict[str, str]
    country_wide: frozenset[str]
    related: frozenset[frozenset[str]]
    mediators: frozenset[str]
    silence: dict[str, dict[str, tuple[int, int]]]
    related_silence: dict[str, tuple[int, int]]
    country_disjoint: tuple[int, int]
    follows: frozenset[str]
    beyond_talks: frozenset[str]
    reopens_after: dict[str, int]
    weights: dict[str, float]
    transitions: dict[str, frozenset[str]]
    again: dict[str, int]
    line: tuple[str, ...]
    labels: dict[str, Label]


@cache
def rules() -> Rules:
    """The identity and transition rules."""
    table = yaml.safe_load((resources.files(__package__) / "developments.yaml").read_text(encoding="utf-8"))
    return Rules(
        family={kind: family for family, kinds in table["families"].items() for kind in kinds},
        country_wide=frozenset(table["country_wide"]),
        related=frozenset(frozenset(pair) for pair in table["related"]),
        mediators=frozenset(table["mediators"]),
        silence={p: {q: (d[0], d[1]) for q, d in row.items()} for p, row in table["silence"].items()},
        related_silence={q: (d[0], d[1]) for q, d in table["related_silence"].items()},
        country_disjoint=tuple(table["country_disjoint"]),
        follows=frozenset(table["follows"]),
        beyond_talks=frozenset(table["beyond_talks"]),
        reopens_after=table["reopens_after"],
        weights=table["weights"],
        transitions={stage: frozenset(news) for stage, news in table["transitions"].items()},
        again=table["again"],
        line=tuple(table["line"]),
        labels={kind: Label(**label) for kind, label in table["labels"].items()},
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """What an article says of an agreement."""

    kind: str
    stage: str | None
    places: dict[str, list[str]]
    """The narrowest places named, each with what holds it, nearest first."""
    parties: frozenset[str]
    country: str | None
    key: str
    """The story key, that of its country."""
    place_label: Label
    article: str
    source: str
    at: int
    """Seconds of `published_at`."""

    @property
    def family(self) -> str:
        """The family of its kind."""
        return family_of(self.kind)


def family_of(kind: str) -> str:
    """Kinds of one family are names for one thing."""
    return rules().family.get(kind, kind)


def claim_of(enriched: Enriched) -> Claim | None:
    """What the article's main event says of an agreement; None if it is not news of one."""
    event = enriched.main_event
    if event is None or event.type != "agreement" or event.agreement is None:
        return None
    key = story_key(enriched)
    places = _places(enriched, event.agreement, key)
    first = _first_place(enriched, places, key)
    stage = Stage.DENIED if event.negated else event.stage
    return Claim(
        kind=event.agreement.kind.value,
        stage=stage.value if stage else None,
        places=places,
        parties=frozenset(event.agreement.parties),
        country=first.country if first else None,
        key=key,
        place_label=first.label if first else Label(),
        article=enriched.article.id,
        source=source_of(enriched.article),
        at=int(enriched.article.published_at.timestamp()),
    )


def _first_place(enriched: Enriched, places: dict[str, list[str]], key: str) -> Entity | None:
    """What the register names the agreement after: the first place, of a conflict the first country named."""
    named = next(iter(places), None)
    sides = (e for e in enriched.entities if named == key and e.country == e.id and conflict_of(e.id) == key)
    return (enriched.entity(named) if named else None) or next(sides, None)


def _places(enriched: Enriched, agreement: Agreement, key: str) -> dict[str, list[str]]:
    """The narrowest of the event's places that lie where the article is about, else the main place, else the country.

    What lies elsewhere is a venue or a bystander.
    """
    wide = family_of(agreement.kind.value) in rules().country_wide and not _is_local(enriched, agreement, key)
    if wide and any(entity.country and conflict_of(entity.country) == key for entity in enriched.entities):
        return {key: []}
    for named in (agreement.places, (enriched.main_place,), (key,)):
        found = [entity for place in named if place and (entity := enriched.entity(place))]
        here = [entity for entity in found if entity.country and conflict_of(entity.country) == key]
        holders = {holder for entity in here for holder in entity.parents if holder != entity.id}
        if here:
            return {entity.id: list(entity.parents) for entity in here if entity.id not in holders}
    return {}


def _is_local(enriched: Enriched, agreement: Agreement, key: str) -> bool:
    """Does a group of the country agree with others than the country, on a part of it that the article is about?"""
    parties = frozenset(agreement.parties) - rules().mediators
    if any(conflict_of(named) == key for named in (*parties, *agreement.places, enriched.main_place) if named):
        return False
    entities = [entity for party in parties if (entity := enriched.entity(party))]
    return len(parties) > 1 and any(entity.country and conflict_of(entity.country) == key for entity in entities)


def place_relation(ours: Mapping[str, list[str]], theirs: Mapping[str, list[str]]) -> Place:
    """How two sets of places lie to each other.

    One place in common makes them equal. A place holds another only where nothing named beside it lies elsewhere: 'Hama,
    in the north-west' is not Idlib, though Idlib lies there.
    """
    if not ours or not theirs:
        return "unknown"
    if ours.keys() & theirs.keys():
        return "equal"
    return "holds" if _lie_in(ours, theirs) or _lie_in(theirs, ours) else "other"


def _lie_in(narrow: Mapping[str, list[str]], wide: Mapping[str, list[str]]) -> bool:
    held = {holder for parents in narrow.values() for holder in parents}
    return wide.keys() <= held


def party_relation(ours: frozenset[str], theirs: Iterable[str], key: str = "") -> Parties:
    """Have they a party in common, other than who mediates everywhere? `key`: the country all of it happens in."""
    mine, others = ours - rules().mediators, frozenset(theirs) - rules().mediators
    if not mine or not others:
        return "unknown"
    shared = mine & others
    if not shared:
        return "disjoint"
    return "shared" if any(conflict_of(party) != key for party in shared) else "own"


def fit(claim: Claim, kept: Kept) -> float | None:
    """How well a report fits an agreement; None if it is not the same one."""
    place = place_relation(claim.places, kept["places"])
    parties = party_relation(claim.parties, kept["parties"], claim.key)
    allowed = _silence(claim, kept, place, parties)
    late = claim.stage in rules().follows
    gap = max(claim.at - kept["last"], kept["first"] - claim.at, 0)
    # A report may come before the first one that was heard; what follows an agreement cannot be told long before it.
    if gap > allowed[late and claim.at > kept["first"]] * DAY or allowed == (0, 0):
        return None
    if not late and claim.stage is not None and _ended(claim, kept):
        return None
    if place == "holds" and claim.stage in rules().beyond_talks and _only_talks(kept):
        return None
    weights = rules().weights
    return (
        weights["unknown_place" if place == "unknown" else place]
        + weights["unknown_parties" if parties == "unknown" else parties]
        + (weights["same_kind"] if claim.kind == kept["kind"] else 0)
        + (weights["same_family"] if claim.family == family_of(kept["kind"]) else 0)
    )


def _silence(claim: Claim, kept: Kept, place: Place, parties: Parties) -> tuple[int, int]:
    family = family_of(kept["kind"])
    if place == "other":
        return 0, 0
    if claim.family != family:
        mixed_up = frozenset((claim.family, family)) in rules().related
        return rules().related_silence[parties] if mixed_up and place == "equal" else (0, 0)
    if family in rules().country_wide and place == "holds":
        return 0, 0
    if place == "equal" and parties == "disjoint" and {claim.key, claim.country} & claim.places.keys():
        return rules().country_disjoint
    return rules().silence[place][parties]


def _ended(claim: Claim, kept: Kept) -> bool:
    days = rules().reopens_after.get(kept["stage"] or "")
    return days is not None and claim.at - kept["changed"] > days * DAY


def _only_talks(kept: Kept) -> bool:
    return all(entry["stage"] in (None, "negotiating", "denied") for entry in kept["history"])


def best_fit(claim: Claim, agreements: Mapping[str, Kept], earlier: str | None = None) -> str | None:
    """Id of the agreement a report speaks of. `earlier` is the one its former revision spoke of."""
    scores: dict[str, float] = {}
    for development, kept in agreements.items():
        score = fit(claim, kept)
        if score is not None:
            scores[development] = score + (rules().weights["same_article"] if development == earlier else 0)
    return max(scores, key=lambda d: (scores[d], agreements[d]["last"], d), default=None)


def opened(claim: Claim, key: str) -> tuple[str, Kept]:
    """A new agreement, before its first report is folded in: its id and record."""
    development = content_id("development", key, claim.family, claim.article, str(claim.at))
    return development, {
        "kind": claim.kind, "country": claim.country, "label": _label(claim).model_dump(), "places": {}, "parties": [],
        "stage": None, "denied": False, "first": claim.at, "last": claim.at, "changed": claim.at, "history": [],
        "sources": [], "articles": 0,
    }  # fmt: skip


def change_of(claim: Claim, kept: Kept) -> tuple[Change, str]:
    """What a report changes in an agreement, and in words."""
    is_new = not kept["articles"]
    standing, stage = kept["stage"], claim.stage
    if stage == Stage.DENIED:
        return ("none", "repeat") if kept["denied"] else ("denial", f"denied: {standing or 'first report'}")
    if is_new:
        return "new", f"first report: {stage or 'stage unknown'}"
    if stage is None or not _is_news(stage, standing, claim.at, kept):
        told = any(entry["stage"] == stage for entry in kept["history"])
        return "none", "repeat" if told or stage is None or claim.at >= kept["changed"] else f"late: {stage}"
    return "update", f"stage: {'denied' if kept['denied'] else standing or 'unknown'} -> {stage}"


def _is_news(stage: str, standing: str | None, at: int, kept: Kept) -> bool:
    table = rules()
    if stage == standing:
        days = table.again.get(stage)
        return days is not None and at - kept["changed"] > days * DAY
    if stage not in table.transitions[standing or "none"]:
        return False
    if at >= kept["changed"] or standing is None:
        return True
    return table.line.index(stage) > table.line.index(standing)


def fold(claim: Claim, kept: Kept, change: Change, what: str) -> Kept:
    """The agreement's record with a report folded in.

    kind, country, label; places (id to what holds it), parties; stage (the last one that was not a denial), denied;
    first, last, changed (seconds: first and last report, last change); history (stage, at, article, source, what: as
    it was told, late reports put in their place; the last entry is where it stands), sources, articles.
    """
    history = kept["history"]
    entry = {"stage": claim.stage, "at": claim.at, "article": claim.article, "source": claim.source, "what": what}
    if change != "none":
        history = [*history, entry]
    elif what.startswith("late"):
        number = next((n for n, e in enumerate(history) if e["at"] > claim.at), len(history))
        history = [*history[:number], entry, *history[number:]]
    # The first entry tells how it began and stays.
    history = [*history[:1], *history[1:][-(HISTORY - 1) :]]
    is_step = change in ("new", "update")
    return {
        **kept,
        "places": _narrowed(kept["places"], claim.places),
        "parties": _parties(claim, kept["parties"]),
        "country": kept["country"] or claim.country,
        "stage": claim.stage if is_step else kept["stage"],
        "denied": change == "denial" or (kept["denied"] and not is_step),
        "first": min(kept["first"], claim.at),
        "last": max(kept["last"], claim.at),
        "changed": max(claim.at, kept["changed"]) if change != "none" else kept["changed"],
        "history": history,
        "sources": list(dict.fromkeys([*kept["sources"], claim.source]))[:SOURCES],
        "articles": kept["articles"] + 1,
    }


def _narrowed(kept: dict[str, list[str]], told: dict[str, list[str]]) -> dict[str, list[str]]:
    """Places of both, without those that hold another: 'Syria', then 'Idlib' is Idlib."""
    both = {**kept, **told}
    holders = {holder for place, parents in both.items() for holder in parents if holder != place}
    return {place: parents for place, parents in list(both.items())[:NAMES] if place not in holders}


def _parties(claim: Claim, kept: list[str]) -> list[str]:
    """Parties of both, where the report shares one: else it adds bystanders, and the agreement would swallow others."""
    joined = [*kept, *sorted(claim.parties)]
    is_sure = not kept or party_relation(claim.parties, kept, claim.key) == "shared"
    return list(dict.fromkeys(joined if is_sure else kept))[:NAMES]


def _label(claim: Claim) -> Label:
    kind = rules().labels[claim.kind]
    return Label(
        ar=f"{kind.ar}: {claim.place_label.ar}" if claim.place_label.ar else kind.ar,
        en=f"{kind.en}: {claim.place_label.en}" if claim.place_label.en else kind.en,
    )


def _history(kept: Kept, last: int) -> tuple[HistoryEntry, ...]:
    return tuple(
        HistoryEntry(
            stage=entry["stage"],
            at=_moment(entry["at"]),
            article=entry["article"],
            source=entry["source"],
            what=entry["what"],
        )
        for entry in kept["history"][-last:]
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def reference(development: str, kept: Kept, change: Change, what: str, *, last: int = HISTORY) -> DevelopmentRef:
    """What an article carries of its development."""
    return DevelopmentRef(
        id=development, change=change, what=what, first_seen=_moment(kept["first"]), history=_history(kept, last)
    )


def story_reference(story: str, article: Article, change: Change, what: str) -> DevelopmentRef:
    """The reference of an article that is not news of an agreement: its development is its story."""
    return DevelopmentRef(id=story, change=change, what=what, first_seen=article.published_at)


def development_of(development: str, kept: Kept) -> Development:
    """The agreement as the register publishes it."""
    history = _history(kept, HISTORY)
    return Development(
        id=development,
        kind=AgreementKind(kept["kind"]),
        country=kept["country"],
        places=tuple(kept["places"]),
        parties=tuple(kept["parties"]),
        stage=Stage.DENIED if kept["denied"] else kept["stage"],
        label=Label(**kept["label"]),
        first_seen=_moment(kept["first"]),
        last_seen=_moment(kept["last"]),
        history=history,
        sources=tuple(kept["sources"]),
        articles=kept["articles"],
    )
