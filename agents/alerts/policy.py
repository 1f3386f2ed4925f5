"""What a watchlist is told of an article that matches it: new developments, what changes in them, and nothing twice.

A watchlist has its own memory of a development: which of its changes were told, and which independent sources carry it.
So it is told a development as new when it first meets it, however old that is for others, and a change as soon as enough
sources carry it, whichever article completes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from agents.memory import Memory
from agents.stories.origins import source_of
from streams.records import Alert, AlertedArticle, Stage, content_id

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from datetime import datetime

    from streams.records import DevelopmentRef, Match

Kind = Literal["new", "update", "denial"]
#: What a watchlist remembers of a development: `told` (keys of changes), `origins` (by key of a change: origin -> source).
Told = dict[str, Any]

#: Days for which the answer to an article, and what was told of a development after its last match, are remembered.
ANSWERS, DEVELOPMENTS = 30, 400
#: Revisions of one article whose answers are kept; changes of one development; sources of one change.
REVISIONS, CHANGES, SOURCES = 4, 60, 50
#: What an article of the stories stage is worth when it is no news at all.
SILENT = frozenset({"copy", "seen before"})

#: The key of the first thing told of any development.
NEW = "new"


def decide(
    match: Match, state: MutableMapping[str, Any], *, position: str, alerted: datetime | None = None
) -> Alert | None:
    """The alert that this match is worth, or None; `state` remembers what was told and is brought up to date.

    `position` names the message: the same position again gives the same alert again, with the time `alerted` of the first.
    The same article and text at another position gives none.
    """
    article, development = match.enriched.article, match.enriched.development
    if development is None or _is_silent(match):
        return None
    memory = Memory(state, match.watchlist.id)
    memory.advance(article.published_at)
    answers = memory.recall(f"article|{article.id}", ANSWERS) or {"revisions": {}}
    known = answers["revisions"].get(_revision(match))
    if known is not None:
        is_replay = known["position"] == position and known["alert"] is not None
        return Alert.model_validate(known["alert"]) if is_replay else None
    told: Told = memory.recall(f"development|{development.id}", DEVELOPMENTS) or {"told": [], "origins": {}}
    verdict = _judge(match, development, told)
    alert = _alert(match, development, verdict, alerted)
    # An agreement has a history; a story has none and is forgotten with its articles.
    memory.remember(f"development|{development.id}", verdict.told, DEVELOPMENTS if development.history else ANSWERS)
    answer = {"position": position, "alert": alert.model_dump(mode="json") if alert else None}
    revisions = {**answers["revisions"], _revision(match): answer}
    memory.remember(f"article|{article.id}", {"revisions": dict(list(revisions.items())[-REVISIONS:])}, ANSWERS)
    memory.commit(seal=f"article|{article.id}")
    return alert


def _is_silent(match: Match) -> bool:
    """Copies are no sources of their own, and what was seen before is not seen again."""
    story, development = match.enriched.story, match.enriched.development
    return bool(story and story.copy_of) or (development is not None and development.what in SILENT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an article makes of what was told: the record after it, and the alert that is due."""

    told: Told
    kind: Kind | None = None
    change: str = ""
    sources: tuple[str, ...] = ()


def _judge(match: Match, development: DevelopmentRef, told: Told) -> Verdict:
    """Is an alert due, of which kind, for which change, carried by whom?"""
    watchlist = match.watchlist
    is_known, is_denial = NEW in told["told"], _stage(match) == Stage.DENIED
    change = _change(match, development)
    told = _with_source(told, (*(() if is_denial else (NEW,)), *((change,) if change else ())), match)
    if watchlist.notify == "every":
        return _judge_every(match, development, told)
    if not is_known:
        sources = _sources(match, told, NEW)
        if is_denial or len(sources) < watchlist.min_sources:
            return Verdict(told)
        return Verdict(_introduced(told, development), "new", NEW, sources)
    if watchlist.notify == "new" or change is None or change in told["told"]:
        return Verdict(told)
    sources = _sources(match, told, change)
    if len(sources) < watchlist.min_sources:
        return Verdict(told)
    return Verdict(_heard(told, [change]), "denial" if is_denial else "update", change, sources)


def _judge_every(match: Match, development: DevelopmentRef, told: Told) -> Verdict:
    """Every article is told, a denial of something never told too."""
    sources = _sources(match, told, NEW)
    if len(sources) < match.watchlist.min_sources:
        return Verdict(told)
    if _stage(match) == Stage.DENIED:
        return Verdict(told, "denial", _own_key(match), sources)
    kind: Kind = "update" if NEW in told["told"] else "new"
    return Verdict(_introduced(told, development), kind, _own_key(match), sources)


def _stage(match: Match) -> Stage | None:
    event = match.enriched.main_event
    if event is None or event.agreement is None:
        return None
    return Stage.DENIED if event.negated else event.stage


def _own_key(match: Match) -> str:
    return f"article|{match.enriched.article.id}|{_revision(match)}"


def _revision(match: Match) -> str:
    # The body does not travel with a match: its hash comes from where it was read.
    story = match.enriched.story
    return (story.revision if story else "") or match.enriched.article.revision


def _entry_key(stage: Stage | None, article: str) -> str:
    return f"{stage.value if stage else ''}|{article}"


def _change(match: Match, development: DevelopmentRef) -> str | None:
    """Key of the development's last change, if this article tells it: the first to do so, or one that says the same."""
    last = development.history[-1] if development.history else None
    return _entry_key(last.stage, last.article) if last is not None and last.stage == _stage(match) else None


def _with_source(told: Told, keys: tuple[str, ...], match: Match) -> Told:
    """The article's origin counted for each of these changes that was not told yet, and for the development."""
    origin, name = _origin(match)
    origins: dict[str, dict[str, str]] = dict(told["origins"])
    for key in keys:
        known = origins.get(key, {})
        if (key == NEW or key not in told["told"]) and origin not in known and len(known) < SOURCES:
            origins[key] = {**known, origin: name}
    return {**told, "origins": dict(list(origins.items())[:CHANGES])}


def _origin(match: Match) -> tuple[str, str]:
    """The origin of the article's text, and how it is named: 'a.example (AFP)' where a paper prints an agency."""
    source = source_of(match.enriched.article)
    origin = (match.enriched.story.origin if match.enriched.story else "") or source
    return origin, source if origin == source else f"{source} ({origin})"


def _sources(match: Match, told: Told, key: str) -> tuple[str, ...]:
    """Names of the independent origins that carry a change, this article's among them."""
    origin, name = _origin(match)
    return tuple(
        {**told["origins"].get(key, {}), **({} if origin in told["origins"].get(key, {}) else {origin: name})}.values()
    )


def _introduced(told: Told, development: DevelopmentRef) -> Told:
    """The development is told as new, with its history so far: none of that is news any more."""
    return _heard(told, [NEW, *(_entry_key(entry.stage, entry.article) for entry in development.history)])


def _heard(told: Told, keys: list[str]) -> Told:
    # The first key is NEW and stays.
    heard = list(dict.fromkeys([*told["told"], *keys]))
    origins = {key: sources for key, sources in told["origins"].items() if key == NEW or key not in keys}
    return {**told, "told": [*heard[:1], *heard[1:][-CHANGES:]], "origins": origins}


def _alert(match: Match, development: DevelopmentRef, verdict: Verdict, alerted: datetime | None) -> Alert | None:
    if verdict.kind is None:
        return None
    watchlist, enriched, article = match.watchlist, match.enriched, match.enriched.article
    return Alert(
        id=content_id(watchlist.id, development.id, verdict.change),
        kind=verdict.kind,
        watchlist=watchlist.id,
        title=watchlist.title,
        priority=watchlist.priority,
        development=development,
        article=AlertedArticle(
            id=article.id,
            url=article.url,
            title=article.title,
            source=article.source,
            published_at=article.published_at,
            language=enriched.language,
        ),
        reasons=match.reasons,
        events=enriched.events,
        entities=enriched.entities,
        topics=enriched.topics,
        sources=verdict.sources,
        timings=enriched.timings.model_copy(update={"alerted": alerted}),
        versions=enriched.versions,
    )
