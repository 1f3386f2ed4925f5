"""Which agreement does a report speak of, and what does it change in it?

A report is a `Claim`: kind, places, parties, stage, time. An agreement is kept as a plain record (see `fold`).
What belongs together and what is a change is data: `rules`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from agents.enrichment.routing import conflict_of
from agents.stories.rules import family_of, rules
from streams.records import AgreementKind, Change, Development, DevelopmentRef, HistoryEntry, Label, Stage, content_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agents.stories.claims import Claim
    from streams.records import Article

DAY = 86_400
#: What of an agreement's life is kept: changes, sources, places and parties.
HISTORY, SOURCES, NAMES = 50, 50, 16

Place = Literal["equal", "holds", "unknown", "other"]
Parties = Literal["shared", "own", "unknown", "disjoint"]
#: An agreement as it is kept in state: JSON-able, see `fold`.
Kept = dict[str, Any]


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
