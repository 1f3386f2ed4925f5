"""Labelled days of real news, through the whole pipeline: which agreements are found, and which alerts are sent.

A label says of an article whether it is main news of a truce, peace, exchange or talks, whether it is opinion, and which
development, kind and stage it tells; an article without one is neither news of this nor doubtful. Notes begin with ALSO-NEW
where an article is news of it as well as of something else (neither right nor wrong as an event, no false alert), and
with UNSURE where the labeller doubts.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ValidationError

from agents.enrichment.events.agreements import CONFLICT_KINDS
from agents.evaluation.figures import Figure
from agents.pipeline import Pipeline
from streams.errors import InputError
from streams.records import Watchlist

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agents.enrichment.enrich import Enricher
    from streams.records import Alert, Article, Enriched

ALSO_NEW = "ALSO-NEW"
DOUBTFUL = "UNSURE"

#: What the labels are about, wherever it happens.
WATCHLIST = Watchlist(
    id="anywhere", notify="new", query=f"agreement:({' OR '.join(sorted(kind.value for kind in CONFLICT_KINDS))})"
)


class DayLabel(BaseModel):
    """What a reader says of an article."""

    url: str
    main: Literal["yes", "no", "background"] = "no"
    opinion: Literal["yes", "no"] = "no"
    development: str = ""
    kind: str = ""
    stage: str = ""
    note: str = ""

    @property
    def is_news(self) -> bool:
        """Main news, and no opinion."""
        return self.main == "yes" and self.opinion == "no"

    @property
    def also_new(self) -> bool:
        """News beside other news."""
        return self.opinion == "no" and self.note.startswith(ALSO_NEW)


def read_labels(text: str, name: str) -> dict[str, DayLabel]:
    """Labels by url, of columns parted by tabs with a head line.

    Raises:
        InputError: a row that is no label; names file, line, field and value.
    """
    labels = {}
    for number, row in enumerate(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE), 2):
        try:
            label = DayLabel.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            field = str(first["loc"][0])
            raise InputError(
                f"{name}, line {number}: {field}: {first['msg']}",
                field=field,
                value=first["input"],
                remedy=f"a row has {', '.join(DayLabel.model_fields)}",
            ) from None
        labels[label.url] = label
    return labels


def score_days(articles: Iterable[Article], labels: Mapping[str, DayLabel], enricher: Enricher) -> list[Figure]:
    """Agreement events, kind and stage of those rightly found, and alerts. Articles come in the order they were published."""
    events = _Events()
    alerts = _Alerts(labels)
    pipeline = Pipeline([WATCHLIST], enricher)
    for article in articles:
        enriched = enricher.enrich(article)
        label = labels.get(article.url or "") or DayLabel(url=article.url or "")
        events.count(enriched, label)
        alerts.count(pipeline.alerts_of(enriched), label)
    return [events.present, events.kind, events.stage, *alerts.figures()]


class _Events:
    """Main agreements of war and peace against the labels."""

    def __init__(self) -> None:
        self.present, self.kind, self.stage = (
            Figure("events", measure, "days") for measure in ("agreement", "kind where found", "stage where found")
        )

    def count(self, enriched: Enriched, label: DayLabel) -> None:
        if label.also_new:
            return
        event = next((event for event in enriched.events if event.main), None)
        agreement = event.agreement if event else None
        found = agreement is not None and agreement.kind in CONFLICT_KINDS
        where = f"{enriched.article.title or enriched.article.body[:80]}: "
        verdict = "false" if found else "missed"
        words = f" ({' | '.join(span.text for span in event.evidence)})" if event and found else ""
        self.present.count(
            right=found and label.is_news, found=found, wanted=label.is_news, where=f"{where}{verdict}{words}"
        )
        if event and agreement and found and label.is_news:
            self.kind.answer(agreement.kind.value, label.kind, where.removesuffix(": "))
            self.stage.answer(event.stage or "", label.stage, where.removesuffix(": "))


class _Alerts:
    """First alerts of WATCHLIST against the developments of the labels."""

    def __init__(self, labels: Mapping[str, DayLabel]) -> None:
        news = [label for label in labels.values() if label.is_news]
        self.all = {label.development for label in news}
        self.sure = {label.development for label in news if not label.note.startswith(DOUBTFUL)}
        self.sent = Figure("alerts", "alerts on such news", "days", wanted=None)
        self.told: dict[str, int] = {}

    def count(self, alerts: Iterable[Alert], label: DayLabel) -> None:
        for alert in alerts:
            good = label.is_news or label.also_new
            self.sent.count(right=good, found=1, where=f"{alert.article.title}: false alert")
            if good:
                self.told[label.development] = self.told.get(label.development, 0) + 1

    def figures(self) -> list[Figure]:
        return [
            self.sent,
            self._told("developments told", self.all, 0),
            self._told("developments told, sure ones", self.sure, 0),
            self._told("told developments told once", set(self.told), 1),
        ]

    def _told(self, measure: str, wanted: set[str], most: int) -> Figure:
        """How many were told; with `most`, no oftener than that."""
        figure = Figure("alerts", measure, "days", found=None)
        for development in sorted(wanted):
            times = self.told.get(development, 0)
            right = times > 0 and (not most or times <= most)
            figure.count(right=right, wanted=1, where=f"{development}: told {times} times")
        return figure
