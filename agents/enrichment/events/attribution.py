"""Who says that an event happens: whoever is quoted with it, else whoever announces or denies it in its sentence.

In:  a document, its events, quotes and entities
Out: the events, each with its source and the words for it as evidence

A quotation or report that holds the words of the event tells its speaker. Where nothing is quoted («نفت موسكو التوصل إلى هدنة»,
"Hamas denies agreeing a truce") the subject of the last verb of saying before those words is the source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agents.enrichment.events.grammar import grammar as grammar_of
from agents.enrichment.events.surroundings import side_of
from agents.enrichment.quotes import speaker_of
from agents.enrichment.quotes.lexicon import lexicon
from agents.enrichment.quotes.speaker import Reader, names_of
from streams.records import EntityType, EventSource, Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.enrichment.events.grammar import Grammar
    from agents.enrichment.events.lexicon import Hit
    from agents.enrichment.quotes.lexicon import QuoteLexicon
    from agents.enrichment.quotes.speaker import Named, Speaker
    from agents.enrichment.text import Document, FieldText
    from streams.records import Entity, Event, Quote, Span

#: Evidence of these names the event itself.
_ANCHORS = ("kind", "type")
#: Events that are themselves words: who does them says them.
_SPEECH_ACTS = frozenset({"accuse", "threaten", "request", "reject", "support"})
#: Sentences of the body in which a main agreement's source is looked for, where none is quoted with it.
_OPENING = 2
#: After the words for a source, those for whom it belongs to («مسؤول في حركة حماس») stand within so many characters.
_BELONGS = 12
#: A verb of saying stands at most so many tokens before the words it reports.
_REACH = 25
#: Sources that stay what they are when they speak for a party: how sure the report is depends on it.
_NAMELESS = frozenset({"agency", "unnamed"})


class _Said(NamedTuple):
    """Who says it: an entity's id, the kind of source, the words for it."""

    speaker: str | None
    kind: str
    span: Span | None


def attributed(
    document: Document, events: Sequence[Event], quotes: Sequence[Quote], entities: Sequence[Entity]
) -> tuple[Event, ...]:
    """The events, each with who says so. A language without quote words, or an event nobody is quoted with: no source."""
    lex, grammar = lexicon(document.language), grammar_of(document.language)
    if lex is None or grammar is None or not events:
        return tuple(events)
    names = names_of(document, entities)
    texts = {text.field: text for text in document.fields}

    def with_source(event: Event) -> Event:
        for anchor in (span for span in event.evidence if span.of in _ANCHORS):
            found = _quoted(anchor, quotes) or _announcer(anchor, texts[anchor.field], lex, names[anchor.field])
            if found is not None:
                return _with(event, found, names, grammar)
        if event.type in _SPEECH_ACTS:
            acts = next((span for span in event.evidence if span.of == "source"), None)
            who = next((actor.id for actor in event.actors if actor.role == "source"), None)
            return event if who is None else _with(event, _Said(who, "organisation", acts), names, grammar)
        found = _opening(texts["body"], quotes, _OPENING if event.agreement else 1) if event.main else None
        return _with(event, found, names, grammar) if found else event

    return tuple(with_source(event) for event in events)


def _quoted(anchor: Span, quotes: Sequence[Quote]) -> _Said | None:
    quote = speaker_of(quotes, anchor.field, anchor.start)
    if quote is None or (quote.source == "unknown" and quote.speaker_span is None):
        return None
    return _Said(quote.speaker, quote.source, quote.speaker_span)


def _opening(text: FieldText, quotes: Sequence[Quote], sentences: int) -> _Said | None:
    """Who is quoted first in the opening sentences, where title and lead tell the event in their own words."""
    if not text.sentences:
        return None
    end = text.tokens[text.sentences[:sentences][-1][1] - 1].end
    quote = next((q for q in quotes if q.field == "body" and q.start < end and q.speaker_span is not None), None)
    return _Said(quote.speaker, quote.source, quote.speaker_span) if quote is not None else None


def _announcer(anchor: Span, text: FieldText, lex: QuoteLexicon, names: Sequence[Named]) -> _Said | None:
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
            return _Said(speaker.entity, speaker.source, speaker.words)
    return None


def _subject(reader: Reader, cue: Hit, first: int, trigger: int) -> Speaker | None:
    """Who stands where the verb wants its subject; words no table knows («تنفي التوصل») are no subject here."""
    after = reader.after(cue.last + 1, trigger) if cue.says["side"] == "after" else None
    return _known(after) or _known(reader.before(first, cue.first))


def _known(speaker: Speaker | None) -> Speaker | None:
    return speaker if speaker and (speaker.entity or speaker.source not in ("person", "unknown")) else None


def _with(event: Event, said: _Said, names: Mapping[str, Sequence[Named]], grammar: Grammar) -> Event:
    speaker, kind, span = said
    spoken_for = _stands_for(speaker, span, names, grammar)
    ours = spoken_for & _sides(event)
    is_party = kind != "agency" and bool(ours)
    if kind not in _NAMELESS and is_party:
        kind = "party"
    if speaker is None and is_party and len(ours) == 1:
        (speaker,) = ours  # «مسؤول في حركة حماس» is Hamas
    elif speaker is not None and (place := _government(speaker, names, grammar)) is not None:
        speaker = place
    source = EventSource.model_validate({"id": speaker, "kind": kind, "is_party": is_party, "span": span})
    if span is None:
        return event.model_copy(update={"source": source})
    proof = Evidence(field=span.field, start=span.start, end=span.end, text=span.text, of="source")
    return event.model_copy(update={"source": source, "evidence": (*event.evidence, proof)})


def _government(speaker: str, names: Mapping[str, Sequence[Named]], grammar: Grammar) -> str | None:
    """The country of a capital that speaks («أنقرة»), None for whoever is no place."""
    entity = next((n.entity for found in names.values() for n in found if n.entity.id == speaker), None)
    return side_of(entity, grammar) if entity is not None and entity.type is EntityType.PLACE else None


def _sides(event: Event) -> frozenset[str]:
    """Who takes part in it."""
    if event.agreement is not None:
        return frozenset(event.agreement.parties)
    return frozenset(actor.id for actor in event.actors)


def _stands_for(
    speaker: str | None, span: Span | None, names: Mapping[str, Sequence[Named]], grammar: Grammar
) -> frozenset[str]:
    """Whom the speaker, or whoever the words for it name («مسؤول تركي»), stands for: a person for a country too.

    Nobody, where an organisation of no country is named: a UN envoy for Yemen does not speak for Yemen.
    """
    found = [
        named
        for field, mentions in names.items()
        for named in mentions
        if named.entity.id == speaker or (span is not None and span.field == field and _belongs(named, span))
    ]
    if any(_is_international(n) and (span is None or n.mention.start < span.end) for n in found):
        return frozenset()
    people = {n.entity.country for n in found if n.entity.type is EntityType.PERSON and n.entity.country}
    return frozenset({side_of(n.entity, grammar) for n in found} | people)


def _is_international(named: Named) -> bool:
    entity = named.entity
    return entity.type is EntityType.ORGANISATION and entity.country is None and entity.id.startswith("Q")


def _belongs(named: Named, span: Span) -> bool:
    """Is it named within the words for the speaker, or, if it is no place, right after them?"""
    start = named.mention.start
    return span.start <= start < span.end or (
        span.end <= start <= span.end + _BELONGS and named.entity.type is not EntityType.PLACE
    )
