"""Who says that an event happens: whoever is quoted with it, else whoever announces or denies it in its sentence.

In:  a document, its events, quotes and entities
Out: the events, each with its source and the words for it as evidence

A quotation or report that holds the words of the event tells its speaker. Where nothing is quoted («نفت موسكو التوصل إلى هدنة»,
"Hamas denies agreeing a truce") the subject of the last verb of saying before those words is the source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.enrichment.quotes import speaker_of
from agents.enrichment.quotes.lexicon import lexicon
from agents.enrichment.quotes.speaker import Reader, names_of
from streams.records import EventSource, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agents.enrichment.events.lexicon import Hit
    from agents.enrichment.quotes.lexicon import QuoteLexicon
    from agents.enrichment.quotes.speaker import Named, Speaker
    from agents.enrichment.text import Document, FieldText
    from streams.records import Entity, Event, Quote, Span

#: Evidence of these names the event itself.
_ANCHORS = ("kind", "type")
#: A verb of saying stands at most so many tokens before the words it reports.
_REACH = 25
#: Sources that stay what they are when they speak for a party: how sure the report is depends on it.
_NAMELESS = frozenset({"agency", "unnamed"})


def attributed(
    document: Document, events: Sequence[Event], quotes: Sequence[Quote], entities: Sequence[Entity]
) -> tuple[Event, ...]:
    """The events, each with who says so. A language without quote words, or an event nobody is quoted with: no source."""
    lex = lexicon(document.language)
    if lex is None or not events:
        return tuple(events)
    names = names_of(document, entities)
    texts = {text.field: text for text in document.fields}

    def with_source(event: Event) -> Event:
        for anchor in (span for span in event.evidence if span.of in _ANCHORS):
            found = _quoted(anchor, quotes) or _announcer(anchor, texts[anchor.field], lex, names[anchor.field])
            if found is not None:
                return _with(event, *found, names)
        return event

    return tuple(with_source(event) for event in events)


def _quoted(anchor: Span, quotes: Sequence[Quote]) -> tuple[str | None, str, Span | None] | None:
    quote = speaker_of(quotes, anchor.field, anchor.start)
    if quote is None or (quote.source == "unknown" and quote.speaker_span is None):
        return None
    return quote.speaker, quote.source, quote.speaker_span


def _announcer(
    anchor: Span, text: FieldText, lex: QuoteLexicon, names: Sequence[Named]
) -> tuple[str | None, str, Span | None] | None:
    """The subject of the last verb of saying in the sentence before the words of the event."""
    bounds = next((b for b in text.sentences if text.tokens[b[1] - 1].end > anchor.start), None)
    if bounds is None:
        return None
    trigger = next((n for n in range(*bounds) if text.tokens[n].end > anchor.start), bounds[0])
    hits = lex.phrases.find(text, max(bounds[0], trigger - _REACH), trigger)
    cues = [h for h in hits if h.label == "cues" and h.says["side"] != "none" and not h.says.get("owned")]
    reader = Reader(text, lex, names, [h for h in hits if h.label == "sources"])
    for cue in reversed(cues):
        speaker = _subject(reader, cue, bounds[0], trigger)
        if speaker is not None:
            return speaker.entity, speaker.source, speaker.words
    return None


def _subject(reader: Reader, cue: Hit, first: int, trigger: int) -> Speaker | None:
    """Who stands where the verb wants its subject; words no table knows («تنفي التوصل») are no subject here."""
    after = reader.after(cue.last + 1, trigger) if cue.says["side"] == "after" else None
    return _known(after) or _known(reader.before(first, cue.first))


def _known(speaker: Speaker | None) -> Speaker | None:
    return speaker if speaker and (speaker.entity or speaker.source not in ("person", "unknown")) else None


def _with(
    event: Event, speaker: str | None, kind: str, span: Span | None, names: Mapping[str, Sequence[Named]]
) -> Event:
    sides = _sides(event)
    is_party = kind != "agency" and not sides.isdisjoint(_stands_for(speaker, span, names))
    said = "party" if is_party and kind not in _NAMELESS else kind
    source = EventSource.model_validate({"id": speaker, "kind": said, "is_party": is_party, "span": span})
    if span is None:
        return event.model_copy(update={"source": source})
    proof = Evidence(field=span.field, start=span.start, end=span.end, text=span.text, of="source")
    return event.model_copy(update={"source": source, "evidence": (*event.evidence, proof)})


def _sides(event: Event) -> frozenset[str]:
    """Who takes part in it."""
    if event.agreement is not None:
        return frozenset(event.agreement.parties)
    return frozenset(actor.id for actor in event.actors)


def _stands_for(speaker: str | None, span: Span | None, names: Mapping[str, Sequence[Named]]) -> Iterator[str]:
    """The speaker, whoever the words for it name («مسؤول تركي»), and the countries of these."""
    for field, found in names.items():
        for named in found:
            said = (
                span is not None
                and span.field == field
                and span.start <= named.mention.start
                and named.mention.end <= span.end
            )
            if said or named.entity.id == speaker:
                yield named.entity.id
                if named.entity.country:
                    yield named.entity.country
