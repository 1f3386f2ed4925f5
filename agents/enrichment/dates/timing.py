"""When did it happen? The date that belongs to an agreement event, among those its sentence names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.records import Evidence, Stage

if TYPE_CHECKING:
    from agents.enrichment.dates import DateMention
    from agents.enrichment.text import Document
    from streams.records import Event, Span

#: Farther from the words that tell a stage a date speaks of something else, in code points: about eighteen words.
_REACH = 100
#: What is told as done cannot lie ahead: «وقعا هدنة تبدأ الأحد المقبل» was not signed on Sunday.
_DONE = frozenset({Stage.SIGNED, Stage.EXTENDED, Stage.VIOLATED, Stage.COLLAPSED, Stage.DENIED})


class _Sentence(NamedTuple):
    """A sentence as code points of its field."""

    field: str
    start: int
    end: int

    def holds(self, span: Span | DateMention) -> bool:
        return span.field == self.field and self.start <= span.start < self.end


def date_events(document: Document, events: tuple[Event, ...], dates: tuple[DateMention, ...]) -> tuple[Event, ...]:
    """The events; each agreement that has no time gets that of a date in the sentence of its stage, else of its kind.

    The nearest date to that evidence counts, unless it is nearer to another event of the sentence, uncertain, or says
    only from or until when something holds. The event gets evidence of "time".
    """
    usable = [d for d in dates if d.relation == "on" and not d.uncertain]
    if not usable:
        return events
    sentences = [
        _Sentence(text.field, text.tokens[first].start, text.tokens[last - 1].end)
        for text in document.fields
        for first, last in text.sentences
    ]
    return tuple(_dated(event, events, usable, sentences) for event in events)


def _dated(event: Event, events: tuple[Event, ...], dates: list[DateMention], sentences: list[_Sentence]) -> Event:
    if event.agreement is None or event.time is not None:
        return event
    others = [e for e in events if e is not event]
    for anchor in _anchors(event):
        sentence = next((s for s in sentences if s.holds(anchor)), None)
        if sentence is None:
            continue
        own = [e for e in _anchors(event) if sentence.holds(e)]
        rivals = [e for other in others for e in _anchors(other) if sentence.holds(e)]
        fitting = [
            d
            for d in dates
            if sentence.holds(d)
            and not (d.ahead and event.stage in _DONE)
            and (away := min(_apart(d, e) for e in own)) <= _REACH
            and all(away <= _apart(d, rival) for rival in rivals)
        ]
        if fitting:
            nearest = min(fitting, key=lambda d: (_apart(d, anchor), d.start))
            span = Evidence(field=nearest.field, start=nearest.start, end=nearest.end, text=nearest.text, of="time")
            return event.model_copy(update={"time": nearest.interval, "evidence": (*event.evidence, span)})
    return event


def _anchors(event: Event) -> list[Evidence]:
    """The words that tell an event's stage; those of its kind, if none do; its type's, if it is no agreement."""
    for of in ("stage", "kind", "type"):
        found = [e for e in event.evidence if e.of == of]
        if found:
            return found if of == "stage" else found[:1]
    return []


def _apart(one: Span | DateMention, other: Span) -> int:
    """Code points between two spans of a field."""
    return max(other.start - one.end, one.start - other.end, 0)
