"""Who takes part in an agreement and where it holds, from the entities of its clause.

Parties are the countries, groups and organisations that act: named («روسيا وتركيا»), by demonym («الروس», "the Syrian
army") or by a capital that stands for its government («موسكو وأنقرة»). Not parties: whoever is located («في سوريا»),
hosts, mediates, is quoted, or belongs to a demonym of something that does not act («العاصمة الإيرانية»).
Places are what the agreement is for; a city where people talk or sign is a venue and left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from agents.enrichment.events.agreements import CONFLICT_KINDS
from agents.enrichment.events.surroundings import HEAD, Surroundings, stands_for
from streams.records import Actor, EntityType, Evidence, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agents.enrichment.events.agreements import Mention
    from agents.enrichment.events.grammar import Grammar
    from agents.enrichment.events.lexicon import Hit
    from agents.enrichment.events.names import Named, Names

#: Words between a verb of meeting or signing and the city where that is done.
_MEETING = 6

HelperRole = Literal["mediator", "guarantor", "source"]

#: Between a verb that opens a sentence and the place where that is done («وقعت الحكومة والجبهة، الأربعاء، في سرت»).
_VERB = 9


@dataclass(frozen=True)
class Roles(Surroundings):
    """What a sentence says of who and where; ids in the order of the text, with the spans that name them."""

    venue_trigger: bool = False
    in_conflict: bool = False
    proposal: Hit | None = None
    """The cue by which a third side asks for or proposes the agreement."""
    general: bool = False
    """The trigger is a general word (اتفاق, deal): a place right after it only gives it a name («اتفاق الجزائر»)."""
    meets: bool = False
    """It tells of signing or of talks, which are done somewhere."""

    @cached_property
    def parties(self) -> list[Named]:
        """Who acts in it; whoever only speaks of it is left out where two others act."""
        acting = [n for n in self.acting if not self._reacts(n)]
        hosts = {n.entity.country for n in self.names if not n.is_country and self._is_venue(n)}
        guests = [n for n in acting if not (n.mention.demonym and n.entity.country in hosts)]
        acting = guests or acting
        silent = [n for n in acting if not self._speaks(n)]
        return silent if len({stands_for(n, self.grammar) for n in silent}) > 1 else acting

    @cached_property
    def only_speak(self) -> bool:
        """Is everybody in it somebody who only says so?"""
        return all(self._speaks(n) for n in self.parties)

    @cached_property
    def acting(self) -> list[Named]:
        """Whoever does something, even if only in reaction to it."""
        return [n for n in self.names if self._acts(n)]

    @cached_property
    def actors(self) -> list[tuple[Named, HelperRole]]:
        """Who mediates, guarantees or proposes, with the role."""
        return [(named, role) for named in self.names if (role := self._role(named)) is not None]

    @cached_property
    def places(self) -> list[Named]:
        """What it is for: places that are neither venues nor acting."""
        found = [n for n in self._locations if not self._perhaps_venue(n)]
        return [n for n in found if not self._is_goal(n)] or found

    @cached_property
    def perhaps_places(self) -> list[Named]:
        """Where it was signed or agreed, which may also be what it is for («وقع الطرفان في درعا هدنة»)."""
        return [n for n in self._locations if self._perhaps_venue(n)]

    @cached_property
    def whole(self) -> Named | None:
        """The country in all of which it holds («كل الأراضي الليبية», "a nationwide truce in Yemen")."""
        hits = self.sentence.of("wholes")
        countries = [n for n in self.names if n.is_country] if hits else []
        for hit in hits:
            near = [n for n in countries if n.first > hit.last and self._words_between(hit.last, n.first) <= 1]
            if near or (hit.says.get("alone") and self._locations):
                return near[0] if near else next((n for n in countries if n in self._locations), None)
        return None

    @cached_property
    def _locations(self) -> list[Named]:
        acting = {n.first for n in self.acting}
        return [n for n in self.names if n.first not in acting and self._is_place(n)]

    def _is_goal(self, named: Named) -> bool:
        """Does somebody only go there («خروج المقاتلين إلى إدلب»)?"""
        hit = self._before("locatives", named, 0)
        return hit is not None and bool(hit.says.get("goal"))

    def _is_name_of_it(self, named: Named) -> bool:
        """«اتفاق الجزائر», «هدنة الحديدة», "Doha deal": one place beside the trigger, with no word between."""
        if self.trigger is None or named.mention.demonym or named.entity.type is not EntityType.PLACE:
            return False
        if self._is_adjunct(named):
            return True
        token = self.sentence.text.tokens[named.first]
        if named.first != self.trigger[1] + 1 or token.norm.isascii():
            return False
        return not self._glued(named) and not any(
            n.first > named.last and self._list_start(n) == named.first for n in self.names
        )

    def _reacts(self, named: Named) -> bool:
        """Does it only welcome the agreement?"""
        return any(
            hit.says.get("reacts") and named.first in self._subjects(hit) for hit in self.sentence.of("speakers")
        )

    def _role(self, named: Named) -> HelperRole | None:
        if named.is_country or named.entity.country:
            proposes = self.proposal is not None and self._proposes(named, self.proposal)
            if proposes and named.entity.type is EntityType.PLACE and not self._located(named):
                return "source"
        hit = self._before("roles", named, HEAD) or self._attribute(named) or self._role_after(named)
        role = None if hit is None else hit.says.get("role")
        if hit is None or role is None or named.entity.type is EntityType.PERSON:
            return None
        if role == "source":  # «مقترح روسي», "a Russian proposal"
            beside = named.mention.demonym and (
                hit.first > named.last or not self._words_between(hit.last, self._list_start(named))
            )
            return "source" if beside else None
        return "guarantor" if role == "guarantor" else "mediator"

    def _speaks(self, named: Named) -> bool:
        """Is it the subject of a verb of saying, calling or reacting that does not stand between trigger and name?"""
        return any(
            named.first in self._subjects(hit)
            and (self.trigger is None or hit.first < self.trigger[0] or named.first > self.trigger[1])
            for hit in self.sentence.of("speakers")
        )

    def _proposes(self, named: Named, cue: Hit) -> bool:
        """Does it ask for or propose the agreement?"""
        before_trigger = self.trigger is None or named.first < self.trigger[0]
        return before_trigger and named.first in self._subjects(cue)

    def _acts(self, named: Named) -> bool:
        if (
            self._role(named)
            or self._attribute(named)
            or self._is_host(named)
            or not self._names_of(named).isdisjoint(self.grammar.bystanders | self.grammar.regions)
        ):
            return False
        kind = named.entity.type
        if kind is EntityType.PLACE:
            return self._demonym_acts(named) if named.mention.demonym else self._place_acts(named)
        if kind is EntityType.ORGANISATION and self.in_conflict and named.entity.country is None:
            return False  # the UN and its like mediate in wars; they sign deals of other kinds
        if self._before("excepted", named, HEAD) is not None:
            return False
        if self._is_organ(named) and self._inside(named):
            return False  # «قال مسؤول في البيت الأبيض», "signed at the White House"
        is_body = kind in (EntityType.GROUP, EntityType.ORGANISATION)
        return is_body and self._before("not_actors", named, 0) is None

    def _is_one_of_its_cities(self, named: Named) -> bool:
        """«وفود من طرابلس وبنغازي» are not of the government of one of them."""
        start = self._list_start(named)
        return any(
            n is not named and n.entity.country == named.entity.country and self._list_start(n) == start
            for n in self.names
        )

    def _is_host(self, named: Named) -> bool:
        """«مصر تستضيف مفاوضات», "Qatar hosts talks": is it the subject before a verb of hosting?"""
        return any(
            hit.says.get("holds") and named.last < hit.first and named.first in self._subjects(hit)
            for hit in self.sentence.of("venues")
        )

    def _demonym_acts(self, named: Named) -> bool:
        if self._describes_trigger(named):
            return False
        if self._describes_group(named) or self._hosts(named, 2, "holds"):
            return False
        return self._before("not_actors", named, 1) is None and not self._follows_head(named)

    def _place_acts(self, named: Named) -> bool:
        """A country acts where nothing is put in it; a capital, where it does not host either."""
        if (
            self._located(named)
            or self._is_name_of_it(named)
            or (not named.mention.demonym and self._follows_head(named))
        ):
            return False
        if self._of_office(named):
            return named.is_country or (named.is_capital and not self._is_one_of_its_cities(named))
        if self._hosts(named, 3 if named.is_country else 1):
            return False
        if self._before("not_actors", named, 0) is not None:
            return False
        return named.is_country or (named.entity.country is not None and self._is_government(named))

    def _is_place(self, named: Named) -> bool:
        if named.entity.type is not EntityType.PLACE or any(
            (self._role(named), self._attribute(named), self._is_host(named), self._of_office(named))
        ):
            return False
        if named.mention.demonym or (not self._located(named) and self._follows_head(named)):
            return (
                self._describes_trigger(named) or named is self.whole or self._before("affairs", named, 1) is not None
            )
        first = self._list_start(named)
        belongs = any(h.says.get("affiliation") and h.last + 1 == first for h in self.sentence.of("not_actors"))
        if belongs or not self._names_of(named).isdisjoint(self.grammar.regions):
            return False  # «الانفصاليون الموالون لروسيا» are not in Russia
        if self._is_name_of_it(named):
            return not self._is_name_of_venue(named)
        if not self._located(named) and any(self._list_start(n) == first for n in self.acting if n is not named):
            return False  # «بغداد وأربيل»
        return not self._is_venue(named)

    def _is_name_of_venue(self, named: Named) -> bool:
        """«محادثات إسطنبول», «اتفاق الجزائر», "Doha truce"; but "Sudan talks" and "Gaza deal" are about a place."""
        if not self._form(named).isdisjoint(self.grammar.hosts):
            return True
        if named.is_country:
            return self.general and not self.venue_trigger and not self._is_adjunct(named)
        return self.venue_trigger or (self.general and named.is_capital)

    def _perhaps_venue(self, named: Named) -> bool:
        """Is it between a verb of signing or opening and the trigger («وقعت ... في سرت اتفاقا»), or where talks are?"""
        part = next((n for n in self.names if n.last + 1 == named.first and named.entity.id in n.entity.parents), None)
        if part is not None:
            return self._perhaps_venue(part)  # «في الناقورة جنوبي لبنان»
        if self.trigger is not None and self.venue_trigger and not named.is_country and self._inside(named):
            return True
        if self.trigger is None or named.last >= self.trigger[0] or not self._located(named):
            return False
        return any(
            (hit.says.get("before") or hit.says.get("host"))
            and hit.last < named.first
            and self._words_between(hit.last, named.first) <= _VERB
            for hit in self.sentence.of("venues")
        )

    def _is_foreign_capital(self, named: Named) -> bool:
        """Two sides, one of them a state, sign or talk in the capital of a third: they meet there, no more."""
        if not (self.meets and named.is_capital):
            return False
        sides = {n.entity.country for n in self.parties_named if n.entity.country}
        states = {n.entity.country for n in self.parties_named if stands_for(n, self.grammar) == n.entity.country}
        if named.entity.country not in sides:
            return len({n.entity.id for n in self.parties_named}) > 1 and bool(states)
        return not self.in_conflict and len(states) > 1

    @cached_property
    def parties_named(self) -> list[Named]:
        """Whoever acts in the sentence, and has a country or is none."""
        return [n for n in self.acting if not self._reacts(n)]

    def _is_venue(self, named: Named) -> bool:
        if named.is_country:
            guests = any(n.entity.country not in (None, named.entity.id) for n in self.acting)
            return self.venue_trigger and guests and self._located(named)
        form = self._form(named)
        if not form.isdisjoint(self.grammar.hosts) or self._is_foreign_capital(named):
            return True
        if self.meets and not self.in_conflict and self._located(named):
            return True
        anchor = self._before("venues", named, HEAD)
        between = anchor is not None and not (self.trigger and anchor.last < self.trigger[1] < named.first)
        if self._is_government(named):
            met = self._before("venues", named, _MEETING)
            ahead = self.trigger is not None and named.last < self.trigger[0]
            if between or self.venue_trigger or (met is not None and (ahead or not self.in_conflict)):
                return True
            country = named.entity.country
            acting = any(n.entity.country == country and n.first != named.first and self._acts(n) for n in self.names)
            return any(hit.first < named.first for hit in self.sentence.of("venues")) and not acting
        beside = anchor is not None and anchor.last + 1 == named.first  # «مفاوضات إسطنبول»
        beside = beside and (self.trigger is None or named.last < self.trigger[0])
        return between and (self._located(named) or beside)


def roles_of(mention: Mention, names: Names, grammar: Grammar) -> Roles:
    """The roles in a mention's sentence, of the names in its clause and the relative one after it; else of all its names."""
    everyone = names.within(mention.sentence)
    clauses = mention.sentence.clauses
    described = [c for before, c in pairwise(clauses) if c.relative and mention.first in before]
    inside = tuple(n for n in everyone if any(n.first in clause for clause in (mention.clause, *described)))
    cue = mention.cue
    return Roles(
        mention.sentence,
        inside or tuple(everyone),
        grammar,
        trigger=mention.span,
        venue_trigger=mention.talks,
        general=mention.general,
        meets=mention.talks or mention.stage is Stage.SIGNED,
        in_conflict=mention.kind in CONFLICT_KINDS,
        proposal=cue if cue is not None and cue.says.get("calls") else None,
    )


def spans(of: str, found: Sequence[Named]) -> Iterator[Evidence]:
    """The spans that name somebody or some place."""
    for named in found:
        m = named.mention
        yield Evidence(field=m.field, start=m.start, end=m.end, text=m.text, of=of)


def as_actors(
    parties: Sequence[str], helpers: Sequence[tuple[Named, HelperRole]], grammar: Grammar
) -> tuple[Actor, ...]:
    """Parties, then mediators, guarantors and those who propose, each once."""
    found = {party: Actor(id=party, role="party") for party in parties}
    for named, role in helpers:
        who = stands_for(named, grammar)
        found.setdefault(who, Actor(id=who, role=role))
    return tuple(found.values())
