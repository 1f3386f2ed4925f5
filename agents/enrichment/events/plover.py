"""PLOVER types: codes for agreements, and events of all types that are no agreements, in title and lead.

PLOVER (Halterman et al., 2023) succeeds CAMEO. Where its manual is ambiguous a set of codes is given: a signed agreement
is AGREE and, by correspondence with CAMEO 057, SUPPORT:diplomatic; an observed ceasefire RETREAT:ceasefire; a broken one
ASSAULT (CAMEO 196 is use of force in breach of a ceasefire). docs/events.md has the table.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from agents.enrichment.events.roles import Roles, spans
from agents.enrichment.events.surroundings import stands_for
from streams.records import Actor, AgreementKind, Event, ScorePoints, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agents.enrichment.events.grammar import Grammar
    from agents.enrichment.events.lexicon import Hit
    from agents.enrichment.events.names import Named, Names
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
#: How sure words are that do not say so.
_WEIGHT = 0.7
#: Worth of standing in the title, in the first sentence of the body, in the second; and what takes from it.
_TITLE, _OPENING = 2.0, (1.3, 0.6)
_BACKGROUND, _RELATIVE, _ASIDE = -3.0, -2.0, -0.5
#: What is told first is the news: so much less for each word before, up to so many words.
_LATER, _FAR = 0.02, 15
#: Words between a negator and what it denies.
_NEAR = 3
#: What the sentence is about where the words mean something else.
_ELSEWHERE = ("sport", "medicine", "book", "history")


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
    """Events of other PLOVER types in title and lead, each type once, where it is worth most.

    What lies within a trigger of an agreement tells none: the shooting that a ceasefire ends is no assault.
    """
    opening = (*title, *body[:_LEAD])
    hits = {s: found for s in opening if (found := _told(s, grammar, triggers.get(s, ())))}
    contexts = sum((s.contexts for s in opening), Counter[str]()) if hits else Counter[str]()
    best: dict[str, tuple[tuple[ScorePoints, ...], Sentence, Hit]] = {}
    for sentence, found in hits.items():
        for hit in found:
            kind = str(hit.says["type"])
            if not _fits(hit, contexts):
                continue
            why = tuple(_terms(sentence, hit))
            if kind not in best or _worth(why) > _worth(best[kind][0]):
                best[kind] = why, sentence, hit
    return [_event(why, sentence, hit, names, grammar) for why, sentence, hit in best.values()]


def _told(sentence: Sentence, grammar: Grammar, triggers: Sequence[Hit]) -> list[Hit]:
    """The triggers of other events: the longest at each place, none within words for an agreement."""
    found = sorted(grammar.others.find(sentence.text, *sentence.bounds), key=lambda h: (h.first, -h.last))
    kept: list[Hit] = []
    for hit in found:
        of_agreement = any(t.first <= hit.first and hit.last <= t.last for t in triggers)
        if not of_agreement and not any(k.first <= hit.first and hit.last <= k.last for k in kept):
            kept.append(hit)
    return [hit for hit in kept if hit.says["type"] != "none"]


def _fits(hit: Hit, contexts: Counter[str]) -> bool:
    """Is it meant so here: not in sport or a market, and with what it needs?"""
    needs = hit.says.get("needs", ())
    unless = hit.says.get("unless", _ELSEWHERE)
    return all(contexts[n] for n in needs) and not any(contexts[u] > contexts["conflict"] for u in unless)


def _terms(sentence: Sentence, hit: Hit) -> Iterator[ScorePoints]:
    """As of agreements: how sure the words are + where they stand − 3 if told as history, − 2 in a relative clause."""
    yield ScorePoints(what="words", points=float(hit.says.get("weight", _WEIGHT)))
    if sentence.is_title:
        yield ScorePoints(what="title", points=_TITLE)
    elif sentence.number < len(_OPENING):
        yield ScorePoints(what="lead", points=_OPENING[sentence.number])
    clause = sentence.clause_of(hit.first)
    if sentence.of("history") or any(h.first < hit.first for h in sentence.of("pluperfect")):
        yield ScorePoints(what="background", points=_BACKGROUND)
    elif any(h.last + 1 == hit.first for h in (*sentence.of("prepositions"), *sentence.of("concessions"))):
        yield ScorePoints(what="aside", points=_ASIDE)  # «بعد هجوم», "after an attack"
    if clause.relative:
        yield ScorePoints(what="relative clause", points=_RELATIVE)
    if hit.first > sentence.bounds[0]:
        yield ScorePoints(what="not first", points=round(-_LATER * min(hit.first - sentence.bounds[0], _FAR), 2))


def _worth(why: Sequence[ScorePoints]) -> float:
    return sum(term.points for term in why)


def _event(why: tuple[ScorePoints, ...], sentence: Sentence, hit: Hit, names: Names, grammar: Grammar) -> Event:
    roles = Roles(sentence, tuple(names.within(sentence)), grammar)
    source, target = _sides(roles, hit)
    places = roles.places
    place = max(places, key=lambda n: len(n.entity.parents)).entity.id if places else None
    sides: list[tuple[list[Named], Literal["source", "target"]]] = [(source, "source"), (target, "target")]
    clause = sentence.clause_of(hit.first)
    denial = next((h for h in sentence.of("negators") if h.first in clause and 0 < hit.first - h.last <= _NEAR), None)
    denial = denial or next(
        (h for h in sentence.of("stages") if h.says.get("negates") and h.first in clause and h.last < hit.first), None
    )
    hedge = None if denial else next((h for h in sentence.of("hedges") if h.first in clause), None)
    flags = [(of, h) for of, h in (("negated", denial), ("hedged", hedge)) if h is not None]
    past = next((h for h in (*sentence.of("pluperfect"), *sentence.of("history"))), None)
    is_past = any(term.what == "background" for term in why)
    if is_past and past is not None:
        flags.append(("background", past))
    return Event(
        type=str(hit.says["type"]),
        plover=(str(hit.says["plover"]),),
        actors=tuple({(a.id, a.role): a for a in _actors(sides, grammar)}.values()),
        place=place,
        background=is_past,
        negated=denial is not None,
        hedged=hedge is not None,
        score=round(_worth(why), 2),
        main_why=why,
        evidence=(
            sentence.evidence("type", hit.first, hit.last),
            *(sentence.evidence(of, h.first, h.last) for of, h in flags),
            *spans("source", source),
            *spans("target", target),
            *spans("place", places[:1]),
        ),
    )


def _actors(sides: Sequence[tuple[list[Named], Literal["source", "target"]]], grammar: Grammar) -> Iterator[Actor]:
    for found, role in sides:
        for named in found:
            yield Actor(id=stands_for(named, grammar), role=role)


def _sides(roles: Roles, hit: Hit) -> tuple[list[Named], list[Named]]:
    """Who does it to whom: before and after the words for it; after them both, where nobody acts before (اتهمت باكستان الهند)."""
    before = [n for n in roles.acting if n.first < hit.first]
    after = [n for n in roles.acting if n.first > hit.last]
    if not before and len(after) > 1:
        return after[:1], after[1:2]
    if not before and after and hit.says.get("verb"):
        return after[:1], []
    return before[:1], after[:1]
