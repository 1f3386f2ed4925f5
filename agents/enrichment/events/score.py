"""From mentions to events: which mentions are one agreement, and what is the article news of?

Merging: within an article, mentions of one family of kinds (all that speak of war and peace, prisoner exchanges apart)
are one agreement unless their places exclude each other; background mentions merge by stage as well.
Main: the best mention's worth, see `terms`; at least MAIN, and not background. The score is in the event.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from agents.enrichment.events.agreements import CONFLICT_KINDS, Mention, is_unspecified
from agents.enrichment.events.flags import AFTERMATH
from agents.enrichment.events.plover import codes
from agents.enrichment.events.roles import Roles, as_actors, roles_of, spans
from agents.enrichment.events.surroundings import stands_for
from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.text import normalise
from streams.records import Agreement, AgreementKind, EntityType, Event, Evidence, ScorePoints, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agents.enrichment.events.grammar import Grammar
    from agents.enrichment.events.names import Named, Names
    from agents.enrichment.events.sentence import Sentence

#: Worth of standing in the title, in the first sentence of the body, in the second.
TITLE, LEAD = 2.0, (1.3, 0.6)
STAGED = 0.7
BACKGROUND = -3.0
CONCEDED = -0.4
RELATIVE = -2.0
#: Something is settled: signed, broken, refused.
DECIDED = 0.2
#: A soft word (عملية السلام) is as sure as this where more is told of it than that it is sought.
TOLD, UNREMARKABLE = 0.6, frozenset({None, Stage.NEGOTIATING, Stage.ANNOUNCED})
#: Somebody only welcomes it.
REACTION = -0.5
#: In a later clause of the lead, where the title speaks of something else.
ASIDE = -0.3
AGAIN = 0.3
#: Tokens of a dateline at most («عين اليوم – أنقرة»).
DATELINE = 7
#: Sentences from which on a text that reports nothing is a column, not a flash.
LONG = 4
#: Words that tell the stage, at most.
STAGE_CUES = 3
#: An event of at least this worth may be what the article is news of.
MAIN = 2.4
#: An event of another type, if no agreement is: one in the title, or in the lead without doubt.
MAIN_OTHER = 2.0


@dataclass(frozen=True)
class Placed:
    """A mention with its worth and roles."""

    mention: Mention
    terms: tuple[ScorePoints, ...]
    roles: Roles

    @cached_property
    def worth(self) -> float:
        """How much it looks like the article's news."""
        return sum(term.points for term in self.terms)

    @property
    def place_ids(self) -> frozenset[str]:
        """The places it is for."""
        return frozenset(n.entity.id for n in self.roles.places)

    @property
    def within(self) -> frozenset[str]:
        """The places it is for, and what holds them."""
        return self.place_ids.union(*(n.entity.parents for n in self.roles.places))


def terms(mention: Mention, lead: int, titled: bool) -> Iterator[ScorePoints]:
    """How much a mention looks like the article's news, term by term.

    How sure the words are (0 to 1) + where it stands + 0.7 if it tells a stage, − 3 if it is told as history,
    − 2 if only in a relative clause, − 0.4 if something happens despite it, − 0.3 in a later clause of the lead unless the
    title speaks of an agreement too (`titled`) or the clause tells what became of it.
    """
    sentence = mention.sentence
    sure = mention.weight if mention.stage in UNREMARKABLE else max(mention.weight, TOLD)
    yield ScorePoints(what="words", points=sure)
    if sentence.is_title:
        yield ScorePoints(what="title", points=TITLE)
    elif 0 <= sentence.number - lead < len(LEAD):
        yield ScorePoints(what="lead", points=LEAD[sentence.number - lead])
        if not titled and mention.clause.first > sentence.bounds[0] and mention.stage not in AFTERMATH:
            yield ScorePoints(what="later clause of the lead", points=ASIDE)
    if mention.cue is not None and not (mention.talks and mention.first <= mention.cue.first <= mention.last):
        yield ScorePoints(what="stage told", points=STAGED)
    if mention.kind in CONFLICT_KINDS and mention.stage not in UNREMARKABLE:
        yield ScorePoints(what="settled", points=DECIDED)
    if mention.background:
        yield ScorePoints(what="background", points=BACKGROUND)
    if mention.conceded:
        despite = CONCEDED if mention.stage is Stage.VIOLATED else BACKGROUND
        yield ScorePoints(what="happens despite it", points=despite)
    if mention.clause.relative:
        yield ScorePoints(what="relative clause", points=RELATIVE)
    if any(
        h.says.get("reacts") and h.first in mention.clause and h.first < mention.first for h in sentence.of("speakers")
    ):
        yield ScorePoints(what="reaction", points=REACTION)


def lead_of(body: Sequence[Sentence]) -> int:
    """The number of the sentence that opens the news: the first that is longer than a dateline."""
    return next((s.number for s in body if s.bounds[1] - s.bounds[0] > DATELINE), 0)


def family(kind: AgreementKind) -> str:
    """Kinds within a family may be one agreement in other words."""
    return "conflict" if kind in CONFLICT_KINDS and kind is not AgreementKind.PRISONER_EXCHANGE else kind.value


def merge(mentions: Sequence[Mention], names: Names, grammar: Grammar, sentences: Sequence[Sentence]) -> list[Event]:
    """Events from an article's mentions, the best first; none is marked main yet."""
    titled = any(m.sentence.is_title for m in mentions)
    lead = lead_of([s for s in sentences if not s.is_title])
    placed = [Placed(m, tuple(terms(m, lead, titled)), roles_of(m, names, grammar)) for m in mentions]
    placed.sort(key=lambda p: -p.worth)
    groups: list[list[Placed]] = []
    for one in placed:
        home = next((g for g in groups if _same(g, one)), None)
        if home is None and groups and is_unspecified(one.mention):
            home = next((g for g in groups if g[0].mention.background == one.mention.background), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    return [_event(group, names, grammar, sentences, lead) for group in groups]


def _same(group: Sequence[Placed], one: Placed) -> bool:
    head = group[0].mention
    mention = one.mention
    if head.background != mention.background or family(head.kind) != family(mention.kind):
        return False
    if head.background and head.stage is not mention.stage:
        return False
    placed = [p for p in group if p.place_ids]
    if not placed or not one.place_ids:
        return True
    return any(p.place_ids & one.within or p.within & one.place_ids for p in placed)


def _leads(mention: Mention, lead: int) -> bool:
    return mention.sentence.is_title or mention.sentence.number == lead


def _event(group: Sequence[Placed], names: Names, grammar: Grammar, sentences: Sequence[Sentence], lead: int) -> Event:
    head = group[0].mention
    opening = [p for p in group if p.mention.sentence.is_title or p.mention.sentence.number <= lead + 1]
    told = list(group[:1]) if head.background else (opening or list(group))[:3]
    parties = _first_named([n for p in told if not p.roles.only_speak for n in p.roles.parties])
    leading = [n for p in told if _leads(p.mention, lead) for n in p.roles.parties]
    parties = parties or _first_named(leading or [n for p in told for n in p.roles.parties])
    if not parties and not head.background:
        parties = _first_named(_neighbours(head, names, grammar, sentences))
    ids = tuple(dict.fromkeys(stands_for(n, grammar) for n in parties))
    between = parties[:1] if len(ids) == 1 and head.kind in CONFLICT_KINDS and goes_between(ids[0], grammar) else []
    if between:  # «قطر تعلن تمديد الهدنة»: for others
        parties, ids = [], ()
    places = _first_named([n for p in told for n in p.roles.places])
    named = _most_specific([p.roles.places for p in told])
    if head.background or not opening or not _leads(head, lead):
        place = named or _only_country(ids, head.kind)
    else:
        place = (
            _place(told, lead)
            or _title_place(told, names, grammar, sentences)
            or _where_signed(told, ids)
            or _only_country(ids, head.kind)
            or _at_home(parties, head.kind)
            or named
            or _home_of_groups(parties, head.kind)
        )
    if between and place is not None and _country(place) == stands_for(between[0], grammar):
        parties, between, ids = between, [], (stands_for(between[0], grammar),)
    staged = _staged(head, told, group, lead)
    if place is not None and staged.stage is Stage.SIGNED and goes_between(place, grammar) and place not in ids:
        place, places = _elsewhere(told, place)
    stage = staged.stage or head.stage or Stage.ANNOUNCED
    helpers = [pair for p in told for pair in p.roles.actors]
    helpers += [(named, "mediator") for named in between]
    sure = next((p.mention for p in opening if not p.mention.general and _leads(p.mention, lead)), head)
    kind = sure.kind if head.general and not head.background else head.kind  # what the lead calls it, not only a part
    evidence: list[Evidence] = [e for p in told for e in p.mention.evidence]
    if staged not in [p.mention for p in told]:
        evidence += [e for e in staged.evidence if e.of != "kind"]
    evidence += [*spans("party", parties), *spans("place", places)]
    kept = [e for e in evidence if e.of == "stage"][:STAGE_CUES]
    evidence = [e for e in evidence if e.of != "stage" or e in kept]
    why = group[0].terms
    if len(group) > 1 and _leads(head, lead):
        why += (ScorePoints(what="told again", points=round(AGAIN * min(len(group) - 1, 2), 2)),)
    return Event(
        type="agreement",
        plover=codes(kind, stage, staged.hedged),
        stage=stage,
        agreement=Agreement(kind=kind, parties=ids, places=tuple(dict.fromkeys(n.entity.id for n in places))),
        actors=as_actors(ids, helpers, grammar),
        place=place,
        background=head.background,
        negated=staged.negated,
        hedged=staged.hedged,
        score=round(sum(term.points for term in why), 2),
        main_why=why,
        evidence=tuple(dict.fromkeys(evidence)),
    )


def _staged(head: Mention, told: Sequence[Placed], group: Sequence[Placed], lead: int) -> Mention:
    """The mention that tells the stage: the lead where it denies what the title tells, the best one, one near it."""
    told_later = [
        p.mention for p in told if head.sentence.is_title and _follows(p.mention.sentence, head.sentence, lead)
    ]
    denial = next((m for m in told_later if m.negated and m.stage is Stage.DENIED), None)
    if denial is not None:
        return denial
    if head.cue is not None or head.hedged:
        return head
    near = told if _leads(head, lead) else group
    return next((p.mention for p in near if p.mention.cue is not None or p.mention.hedged), head)


def _follows(sentence: Sentence, title: Sentence, lead: int) -> bool:
    """Is it the lead, or a later sentence of the title («هدنة وشيكة؟ مسؤول: لا اتفاق»)?"""
    return sentence.number > title.number if sentence.is_title else sentence.number == lead


def _most_specific(told: Sequence[Sequence[Named]]) -> str | None:
    """The most specific place of the best mention that has one; for a whole country, what others name within it."""
    first = next((places for places in told if places), ())
    if not first:
        return None
    best = max(first, key=lambda n: len(n.entity.parents))
    if best.is_country:
        within = [n for places in told for n in places if best.entity.id in n.entity.parents]
        best = max(within, key=lambda n: len(n.entity.parents), default=best)
    return best.entity.id


def _place(told: Sequence[Placed], lead: int) -> str | None:
    """Where title or lead say it holds; what the next sentence names within a country counts too."""
    whole = next((p.roles.whole for p in told if _leads(p.mention, lead) and p.roles.whole is not None), None)
    if whole is not None:
        return whole.entity.id
    if not any(p.place_ids for p in told if _leads(p.mention, lead)):
        return None
    return _most_specific([p.roles.places for p in sorted(told, key=lambda p: not _leads(p.mention, lead))])


def _title_place(told: Sequence[Placed], names: Names, grammar: Grammar, sentences: Sequence[Sentence]) -> str | None:
    """What the title locates elsewhere («هجوم في الزبداني.. وفشل المفاوضات»)."""
    judged = {id(n) for p in told for n in p.roles.names}
    titles = [(s, tuple(n for n in names.within(s) if id(n) not in judged)) for s in sentences if s.is_title]
    return _most_specific([Roles(s, left, grammar).places for s, left in titles])


def _first_named(found: Sequence[Named]) -> list[Named]:
    """Each entity where it is first named."""
    return list({n.entity.id: n for n in reversed(found)}.values())[::-1]


def _neighbours(head: Mention, names: Names, grammar: Grammar, sentences: Sequence[Sentence]) -> list[Named]:
    """Who acts in the sentence before, else in the one after."""
    same = [s for s in sentences if s.text.field == head.sentence.text.field]
    for number in (head.sentence.number - 1, head.sentence.number + 1):
        if 0 <= number < len(same):
            found = tuple(names.within(same[number]))
            acting = Roles(same[number], found, grammar, in_conflict=head.kind in CONFLICT_KINDS).parties
            if acting:
                return acting
    return []


def _where_signed(told: Sequence[Placed], parties: Sequence[str]) -> str | None:
    """Where it was signed, if nothing else is named and no two states signed it."""
    perhaps = [n for p in told for n in p.roles.perhaps_places]
    states = {n.entity.id for p in told for n in p.roles.names if n.is_country and n.entity.id in parties}
    return _most_specific([perhaps]) if len(states) < len(("one", "two")) else None


def goes_between(entity_id: str, grammar: Grammar) -> bool:
    """Is it a state that brings others to agree? Alone it announces for them, and what is signed in it is not for it."""
    entry = Gazetteer.load().get(entity_id)
    return (
        entry is not None
        and entry.country == entity_id
        and not grammar.go_betweens.isdisjoint(
            {" ".join(map(normalise, name.split())) for name in (entry.label.ar, entry.label.en)}
        )
    )


def _country(entity_id: str) -> str | None:
    entry = Gazetteer.load().get(entity_id)
    return entry.country if entry is not None else None


def _elsewhere(told: Sequence[Placed], venue: str) -> tuple[str | None, list[Named]]:
    """What else than the country of signing it may be for: the only other country, as precisely as it is named."""
    found = [n for p in told for n in (*p.roles.places, *p.roles.perhaps_places) if n.entity.country != venue]
    homes = {n.entity.country for n in found} or {n.entity.country for p in told for n in p.roles.parties}
    homes -= {None, venue}
    if len(homes) != 1:
        return None, []
    places = _first_named([n for n in found if n.entity.country in homes])
    return _most_specific([places]) or homes.pop(), places


def _home_of_groups(parties: Sequence[Named], kind: AgreementKind) -> str | None:
    """A war against an armed group is fought where the group is at home, unless groups of two countries fight."""
    homes = {n.entity.country for n in parties if n.entity.type is EntityType.GROUP and n.entity.country}
    return homes.pop() if kind in CONFLICT_KINDS and len(homes) == 1 else None


def _at_home(parties: Sequence[Named], kind: AgreementKind) -> str | None:
    """A war in which all sides are of one country is in that country."""
    homes = {n.entity.country for n in parties}
    return homes.pop() if kind in CONFLICT_KINDS and len(homes) == 1 else None


def _only_country(parties: Sequence[str], kind: AgreementKind) -> str | None:
    """A war with one country in it is in that country."""
    known = [p for p in parties if p.startswith("Q")]
    return known[0] if kind in CONFLICT_KINDS and len(known) == 1 and _country(known[0]) == known[0] else None


def choose_main(agreements: Sequence[Event], others: Sequence[Event], is_opinion: bool) -> list[Event]:
    """All events, one marked main: the best agreement if it is worth it, else the best of the others. Only it keeps its terms."""
    chosen = None if is_opinion else _worthy(agreements, MAIN) or _worthy(others, MAIN_OTHER)
    return [e.model_copy(update={"main": True} if e is chosen else {"main_why": ()}) for e in (*agreements, *others)]


def _worthy(events: Sequence[Event], least: float) -> Event | None:
    best = max(events, key=lambda e: (not e.background, e.score), default=None)
    return best if best is not None and not best.background and best.score >= least else None


def reads_as_opinion(title: Sequence[Sentence], body: Sequence[Sentence]) -> bool:
    """Does it read as a column, or of the past? It speaks of a book, its title of history; or its title asks or exclaims, it speaks in the first person, or its lead reports nothing."""
    if any(token.raw in "؟?!" for s in title[-1:] for token in s.text.tokens[s.bounds[0] : s.bounds[1]]):
        return True
    lead = body[:2]
    if any("history" in sentence.contexts for sentence in title):
        return True
    if any(not sentence.contexts.keys().isdisjoint(("opinion", "book")) for sentence in (*title, *lead)):
        return True
    return len(body) >= LONG and not any("report" in sentence.contexts for sentence in (*title, *lead))
