"""PLOVER types: codes for agreements, and a thin set of events that are no agreements.

PLOVER (Halterman et al., 2023) succeeds CAMEO. Where its manual is ambiguous a set of codes is given: a signed agreement
is AGREE and, by correspondence with CAMEO 057, SUPPORT:diplomatic; an observed ceasefire RETREAT:ceasefire; a broken one
ASSAULT (CAMEO 196 is use of force in breach of a ceasefire). docs/events.md has the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.enrichment.events.roles import Roles, spans
from agents.enrichment.events.surroundings import stands_for
from streams.records import Actor, AgreementKind, Event, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.enrichment.events.grammar import Grammar
    from agents.enrichment.events.lexicon import Hit
    from agents.enrichment.events.names import Names
    from agents.enrichment.events.sentence import Sentence

_FIGHTING = frozenset({AgreementKind.CEASEFIRE, AgreementKind.DE_ESCALATION})
_AGREED = {
    Stage.NEGOTIATING: ("CONSULT",),
    Stage.ANNOUNCED: ("AGREE",),
    Stage.SIGNED: ("AGREE", "SUPPORT:diplomatic"),
    Stage.IN_FORCE: ("COOPERATE",),
    Stage.EXTENDED: ("AGREE",),
    Stage.VIOLATED: ("REJECT",),
    Stage.COLLAPSED: ("REJECT",),
    Stage.DENIED: ("REJECT",),
}
#: What differs where guns are concerned, by stage.
_ON_THE_GROUND = {Stage.IN_FORCE: ("RETREAT:ceasefire",), Stage.VIOLATED: ("ASSAULT",)}
_KINDS = {
    AgreementKind.PRISONER_EXCHANGE: {Stage.IN_FORCE: ("CONCEDE:release",)},
    AgreementKind.WITHDRAWAL: {Stage.IN_FORCE: ("RETREAT:withdraw",)},
    AgreementKind.HUMANITARIAN_ACCESS: {Stage.IN_FORCE: ("AID",)},
}
#: Other events are looked for in the title and so many sentences of the body.
_LEAD = 2


def codes(kind: AgreementKind, stage: Stage, hedged: bool) -> tuple[str, ...]:
    """PLOVER codes of an agreement event; what is only expected to be signed is AGREE (an intent) and CONSULT."""
    if hedged and stage is Stage.NEGOTIATING:
        return ("AGREE", "CONSULT")
    special = _ON_THE_GROUND if kind in _FIGHTING else _KINDS.get(kind, {})
    return special.get(stage) or _AGREED[stage]


def other_events(
    title: Sequence[Sentence],
    body: Sequence[Sentence],
    names: Names,
    grammar: Grammar,
    triggers: Mapping[Sentence, Sequence[Hit]],
) -> list[Event]:
    """Events of other PLOVER types in title and lead, each type once, the title's first.

    What lies within a trigger of an agreement tells none: the shooting that a ceasefire ends is no assault.
    """
    found: dict[str, Event] = {}
    for sentence in (*title, *body[:_LEAD]):
        for hit in grammar.others.find(sentence.text, *sentence.bounds):
            kind = str(hit.says["type"])
            if kind in found or any(t.first <= hit.first and hit.last <= t.last for t in triggers.get(sentence, ())):
                continue
            roles = Roles(sentence, tuple(names.within(sentence)), grammar)
            source = [n for n in roles.parties if n.first < hit.first][:1]
            target = [n for n in roles.parties if n.first > hit.last][:1]
            places = roles.places
            place = max(places, key=lambda n: len(n.entity.parents)).entity.id if places else None
            actors = [Actor(id=stands_for(n, grammar), role="source") for n in source]
            actors += [Actor(id=stands_for(n, grammar), role="target") for n in target]
            found[kind] = Event(
                type=kind,
                plover=(str(hit.says["plover"]),),
                actors=tuple(actors),
                place=place,
                score=1.0 if sentence.is_title else 0.5,
                evidence=(
                    sentence.evidence("type", hit.first, hit.last),
                    *spans("source", source),
                    *spans("target", target),
                    *spans("place", places[:1]),
                ),
            )
    return list(found.values())
