"""Golden sets: texts written for the purpose, with what should be found in them.

| enricher | file | a row |
| --- | --- | --- |
| language | language.tsv | language code, text |
| topics | topics*.jsonl | split, language, title, body, topics (IPTC codes of the top level) |
| dates | dates.tsv | language code, text, time of publication, intervals joined by a space |
| events | events.jsonl | id, split, language, title, body; of the main agreement kind, stage, place, parties, negated, hedged; \
optional: background (kinds of agreements told as history), type (PLOVER type of the main event), source (who says so) |

Titles and bodies are read as the pipeline reads an article. A scorer takes a file's text and returns figures.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.enrichment.dates import find_dates
from agents.enrichment.language import detect
from agents.enrichment.languages import pack
from agents.enrichment.text import document
from agents.evaluation.figures import Figures
from streams.errors import InputError
from streams.records import AgreementKind, Article, EventSourceKind, Moment, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agents.enrichment.enrich import Enricher
    from agents.enrichment.gazetteer import Gazetteer
    from agents.evaluation.figures import Figure
    from streams.records import Enriched, Event

#: Golden articles bear no date; nothing that is scored with them depends on one.
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)


class Row(BaseModel):
    """A line of a golden set."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LanguageRow(Row):
    """A text and its language."""

    language: str
    text: str


class DateRow(Row):
    """A text, and the intervals its dates mean at the time of its publication."""

    language: str
    text: str
    published_at: Moment
    intervals: str


class TextRow(Row):
    """An article of the development or the test part."""

    split: Literal["dev", "test"]
    language: str
    title: str
    body: str

    def enriched(self, enricher: Enricher) -> Enriched:
        """The article as the pipeline reads it."""
        return enricher.enrich(Article(title=self.title, body=self.body, language=self.language, published_at=UNDATED))


class TopicRow(TextRow):
    """An article and its topics, as codes of the top level."""

    topics: tuple[str, ...]


class SourceRow(Row):
    """Who says that an event happens; `name` where the text names an entity."""

    kind: EventSourceKind
    name: str | None = None


class EventRow(TextRow):
    """An article and its main agreement; `kind` is None where it has none. What is optional is not scored where absent."""

    id: str
    kind: AgreementKind | None
    stage: Stage | None
    negated: bool
    hedged: bool
    place: str | None
    parties: tuple[str, ...]
    background: tuple[AgreementKind, ...] | None = None
    type: str | None = None
    source: SourceRow | None = None


AnyRow = TypeVar("AnyRow", bound=Row)


def rows(text: str, name: str, kind: type[AnyRow]) -> Iterator[AnyRow]:
    """The rows of a file: JSON Lines if its name says so, else columns parted by tabs in the order of the fields.

    Raises:
        InputError: a line that is no such row; names file, line and field.
    """
    for number, line in enumerate(text.splitlines(), 1):
        try:
            if name.endswith(".jsonl"):
                yield kind.model_validate_json(line)
            else:
                yield kind.model_validate(dict(zip(kind.model_fields, line.split("\t"), strict=False)))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(step) for step in first["loc"]) or "line"
            raise InputError(
                f"{name}, line {number}: {field}: {first['msg']}",
                field=field,
                value=first["input"],
                remedy=f"a row has {', '.join(kind.model_fields)}",
            ) from None


def score_language(text: str, name: str, _: Enricher) -> list[Figure]:
    """Languages of short texts without a hint: each, and all together."""
    figures = Figures("language")
    for row in rows(text, name, LanguageRow):
        said = detect(row.text, "", None)[0]
        right, where = said == row.language, f"{row.text}: {said}, not {row.language}"
        figures["language", "all"].answer(said, row.language, row.text)
        figures["language", row.language].count(right=right, found=right, wanted=1, where=where)
        if not right:
            figures["language", said].count(right=0, found=1, wanted=0, where=where)
    return list(figures.values())


def score_topics(text: str, name: str, enricher: Enricher) -> list[Figure]:
    """Topics of the top level, every one counting the same (micro average). Parts are the split and the language.

    A file topics_NAME.jsonl is one part of each split, whatever its languages: split and NAME.
    """
    figures = Figures("topics")
    _, _, together = name.removesuffix(".jsonl").partition("_")
    for row in rows(text, name, TopicRow):
        topics = row.enriched(enricher).topics
        said = {(topic.broader or (topic.code,))[-1].removeprefix("medtop:") for topic in topics}
        true = set(row.topics)
        figures["top level", f"{row.split} {together or row.language}"].count(
            right=len(said & true),
            found=len(said),
            wanted=len(true),
            where=f"{row.title}: {_listed(said)}, not {_listed(true)}",
        )
    return list(figures.values())


def score_dates(text: str, name: str, _: Enricher) -> list[Figure]:
    """Expressions of which all dates are read as the intervals they mean."""
    figures = Figures("dates")
    for row in rows(text, name, DateRow):
        found = find_dates(document("", row.text, row.language, pack(row.language)), row.published_at)
        said = " ".join(mention.interval for mention in found)
        figures["expressions", row.language].answer(said, row.intervals, row.text)
    return list(figures.values())


def score_events(text: str, name: str, enricher: Enricher) -> list[Figure]:
    """The main agreement: is there one, its kind and stage, place, parties, and whether it is negated or hedged.

    Where a row tells them also: kinds of background agreements, PLOVER type and source of the main event.
    """
    figures = Figures("events")
    for row in rows(text, name, EventRow):
        events = row.enriched(enricher).events
        event = next((e for e in events if e.main and e.agreement is not None), None)
        _score_event(figures, row, event, enricher.gazetteer)
        _score_context(figures, row, events, enricher.gazetteer)
    return list(figures.values())


def _score_event(figures: Figures, row: EventRow, event: Event | None, gazetteer: Gazetteer) -> None:
    found, wanted, part = event is not None, row.kind is not None, row.split
    agreement = event.agreement if event else None
    said = f"{agreement.kind} {event.stage}" if event and agreement else "-"
    true = f"{row.kind} {row.stage}" if row.kind else "-"
    where = f"{row.id}: {said}, not {true}"
    figures["agreement", part].count(right=found and wanted, found=found, wanted=wanted, where=where)
    figures["kind and stage", part].count(right=wanted and said == true, found=found, wanted=wanted, where=where)

    placed, place = figures["place", part], event.place if event else None
    if row.place:  # a row without one does not say that no place would be right
        placed.count(
            right=place in gazetteer.ids_named(row.place, None),
            found=place is not None,
            wanted=1,
            where=f"{row.id}: {place or '-'}, not {row.place}",
        )
    parties = agreement.parties if agreement else ()
    figures["parties", part].count(
        right=sum(not gazetteer.ids_named(party, None).isdisjoint(parties) for party in row.parties),
        found=len(parties),
        wanted=len(row.parties),
        where=f"{row.id}: {_listed(parties)}, not {_listed(row.parties)}",
    )
    for flag in ("negated", "hedged"):
        raised, should = bool(event and getattr(event, flag)), bool(getattr(row, flag))
        figures[flag, part].count(
            right=raised and should, found=raised, wanted=should, where=f"{row.id}: {flag} {raised}, not {should}"
        )


def _score_context(figures: Figures, row: EventRow, events: Sequence[Event], gazetteer: Gazetteer) -> None:
    part = row.split
    if row.background is not None:
        told = {e.agreement.kind for e in events if e.background and e.agreement is not None}
        figures["background", part].count(
            right=len(told.intersection(row.background)),
            found=len(told),
            wanted=len(set(row.background)),
            where=f"{row.id}: {_listed(set[str](told))}, not {_listed(row.background)}",
        )
    # what an article without a main agreement is news of is its surest event
    news = next((e for e in events if e.main), None) or max(
        (e for e in events if not e.background), key=lambda e: e.score, default=None
    )
    if row.type is not None:
        types = {code.partition(":")[0] for code in news.plover} if news else set[str]()
        figures["type", part].count(
            right=row.type in types, found=bool(types), wanted=1, where=f"{row.id}: {_listed(types)}, not {row.type}"
        )
    if row.source is not None:
        said = news.source if news else None
        right = (
            said is not None
            and said.kind == row.source.kind
            and (row.source.name is None or said.id in gazetteer.ids_named(row.source.name, None))
        )
        figures["source", part].count(
            right=right,
            found=said is not None,
            wanted=1,
            where=f"{row.id}: {said.kind if said else '-'} {(said and said.id) or ''}, "
            f"not {row.source.kind} {row.source.name or ''}",
        )


def _listed(names: set[str] | tuple[str, ...]) -> str:
    return ", ".join(sorted(names)) or "-"
