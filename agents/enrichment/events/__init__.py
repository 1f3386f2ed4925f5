"""Events: what does an article report, in which stage, where, by whom, and is it news or history?

In:  a document and its entities
Out: events with evidence; agreements in depth, other PLOVER types in title and lead; at most one is main
Reads: languages/<code>/events.yaml. docs/events.md explains rules, stages and codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.enrichment.events.agreements import find_mentions, find_triggers, specified
from agents.enrichment.events.flags import with_flags
from agents.enrichment.events.grammar import grammar as grammar_of
from agents.enrichment.events.names import Names
from agents.enrichment.events.plover import other_events
from agents.enrichment.events.score import choose_main, lead_of, merge, reads_as_opinion
from agents.enrichment.events.sentence import sentences_of

if TYPE_CHECKING:
    from agents.enrichment.text import Document
    from streams.records import Entity, Event


def extract_events(document: Document, entities: tuple[Entity, ...]) -> tuple[Event, ...]:
    """What an article reports. At most one event is main; a language without a grammar has none."""
    grammar = grammar_of(document.language)
    if grammar is None:
        return ()
    title, body = (sentences_of(text, grammar) for text in document.fields)
    around = [*title, *body[:1]]
    triggers = find_triggers([*title, *body], grammar)
    mentions = [*find_mentions(title, triggers, around), *find_mentions(body, triggers, around)]
    names = Names(document, entities)
    flagged = [with_flags(m) for m in specified(mentions, lead_of(body))]
    agreements = merge(flagged, names, grammar, [*title, *body])
    others = other_events(title, body, names, grammar, triggers)
    return tuple(choose_main(agreements, others, reads_as_opinion(title, body)))
