"""Timelines: at this time push that report, expect this alert and nothing else.

For tests of what is news and to whom: reports are made by hand, so that no language is involved, and go through the very
functions of the stages. `crash` tears a commit of state in two, as a killed worker may.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from agents.alerts import policy
from agents.stories import decide as stories
from streams.records import (
    Agreement,
    AgreementKind,
    Article,
    Enriched,
    Entity,
    EntityType,
    Event,
    Label,
    Match,
    Stage,
    Timings,
    Watchlist,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streams.records import Alert

#: Places of the timelines, and what holds each, nearest first.
PLACES: dict[str, tuple[str, ...]] = {
    "syria": (),
    "northwest": ("syria",),
    "hama": ("syria",),
    "idlib": ("northwest", "syria"),
    "ariha": ("idlib", "northwest", "syria"),
    "aleppo": ("syria",),
    "daraa": ("syria",),
    "yemen": (),
    "taiz": ("yemen",),
    "sudan": (),
}
#: Groups of the timelines, and the country of each.
GROUPS = {"nusra": "syria", "houthis": "yemen"}


def moment(text: str) -> datetime:
    """'2026-03-02' or '2026-03-02 09:00', in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def report(  # noqa: PLR0913
    at: str,
    stage: str | None = "signed",
    *,
    kind: str | None = "ceasefire",
    places: Iterable[str] = ("idlib",),
    parties: Iterable[str] = ("russia", "turkey"),
    source: str = "a.example",
    url: str | None = None,
    title: str | None = None,
    body: str = "",
    negated: bool = False,
) -> Enriched:
    """An enriched article that is news of an agreement (`kind` None: of something else)."""
    places, parties = tuple(places), tuple(parties)
    said = title if title is not None else f"{source} reports {stage} {kind} {' '.join((*places, *parties))} on {at}"
    article = Article(title=said, body=body, url=url, source=source, published_at=moment(at))
    event = Event(
        type="agreement",
        stage=Stage(stage) if stage else None,
        agreement=Agreement(kind=AgreementKind(kind or "other"), parties=parties, places=places),
        place=places[0] if places else None,
        negated=negated,
        main=True,
    )
    return Enriched(
        article=article,
        language="en",
        entities=(*map(_place, places), *(_group(party) for party in parties if party in GROUPS)),
        events=(event,) if kind else (),
        main_place=places[0] if places else "syria",
        timings=Timings(published=article.published_at),
    )


def _place(place: str) -> Entity:
    parents = PLACES[place]
    country = parents[-1] if parents else place
    return Entity(id=place, type=EntityType.PLACE, label=Label(en=place), parents=parents, country=country, mentions=())


def _group(group: str) -> Entity:
    return Entity(id=group, type=EntityType.GROUP, label=Label(en=group), country=GROUPS[group], mentions=())


class Timeline:
    """One watchlist that hears of every report, and what it was told."""

    def __init__(
        self, notify: str = "new", *, min_sources: int = 1, matches: Callable[[Enriched], bool] = lambda _: True
    ) -> None:
        self.watchlist = Watchlist.model_validate(
            {"id": "timeline", "query": "event:agreement", "notify": notify, "min_sources": min_sources}
        )
        self.matches = matches
        self.stories: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        self.alerts: list[Alert] = []
        self.decided: list[stories.Decision] = []
        self._position = 0

    def push(self, enriched: Enriched, *, position: int | None = None) -> Alert | None:
        """The alert that a report is worth. `position` repeats one that was used before: a replay."""
        if position is None:
            position = self._position
            self._position += 1
        decision = stories.decide(enriched, self.stories, position=f"in/0/{position}")
        self.decided.append(decision)
        if not self.matches(decision.enriched):
            return None
        alert = policy.decide(
            self.match(decision.enriched),
            self.told,
            position=f"matches/0/{position}",
            alerted=self.alerted_at(len(self.decided) - 1),
        )
        if alert is not None:
            self.alerts.append(alert)
        return alert

    @staticmethod
    def alerted_at(number: int) -> datetime:
        """When the worker's clock stood at the n-th push."""
        return datetime.fromtimestamp(1_772_000_000 + number, tz=UTC)

    def match(self, enriched: Enriched) -> Match:
        """The watchlist and an article, which travels without its body."""
        article = enriched.article.model_copy(update={"body": ""})
        return Match(
            watchlist=self.watchlist, enriched=enriched.model_copy(update={"article": article, "vector": None})
        )

    def expect(self, enriched: Enriched, kind: str | None, what: str | None = None) -> Alert | None:
        """Push a report; raises AssertionError unless it raises an alert of that kind (None: none), for that reason."""
        alert = self.push(enriched)
        found = alert.kind if alert else None
        development = self.decided[-1].enriched.development
        said = development.what if development else ""
        if found != kind or (what is not None and said != what):
            raise AssertionError(
                f"{enriched.article.title!r}: expected {kind} ({what or 'any reason'}), got {found} ({said})"
            )
        return alert

    @property
    def developments(self) -> set[str]:
        """Ids of the agreements published to the register."""
        return {development.id for decision in self.decided for development in decision.developments}


class Crash(Exception):  # noqa: N818
    """The worker is killed."""


class Torn(dict[str, Any]):
    """A state whose worker is killed after so many writes; what was written stays."""

    def __init__(self, state: dict[str, Any], writes: int) -> None:
        super().__init__(state)
        self._left = writes

    def _count(self) -> None:
        if self._left == 0:
            raise Crash
        self._left -= 1

    def __setitem__(self, key: str, value: Any) -> None:
        self._count()
        super().__setitem__(key, value)

    def pop(self, key: str, default: Any = None) -> Any:
        """Deletion is a write, too."""
        self._count()
        return super().pop(key, default)
