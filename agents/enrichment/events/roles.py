"""Who takes part in an agreement and where it holds, from the entities of its clause.

Parties are the countries, groups and organisations that act: named («روسيا وتركيا»), by demonym («الروس», "the Syrian
army") or by a capital that stands for its government («موسكو وأنقرة»). Not parties: whoever is located («في سوريا»),
hosts, mediates, is quoted, or belongs to a demonym of something that does not act («العاصمة الإيرانية»).
Places are what the agreement is for; a city where people talk or sign is a venue and left out.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from agents.enrichment.events.agreements import CONFLICT_KINDS
from agents.enrichment.text import normalise
from streams.records import Actor, EntityType, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agents.enrichment.events.agreements import Mention
    from agents.enrichment.events.grammar import Grammar
    from agents.enrichment.events.lexicon import Hit
    from agents.enrichment.events.sentence import Sentence
    from agents.enrichment.text import Document
    from streams.records import Entity
    from streams.records import Mention as EntityMention

#: Words between a verb of meeting or signing and the city where that is done.
_MEETING = 6

HelperRole = Literal["mediator", "guarantor", "source"]

#: A head noun speaks of a demonym this many tokens after it (رئيس الأركان العامة الروسي).
_HEAD = 2


@dataclass(frozen=True)
class Named:
    """An entity where a sentence names it: token numbers `first` to `last`."""

    entity: Entity
    mention: EntityMention
    first: int
    last: int

    @property
    def is_country(self) -> bool:
        """Is the entity a country?"""
        return self.entity.type is EntityType.PLACE and self.entity.country == self.entity.id


class Names:
    """The entities of a document by the tokens that name them."""

    def __init__(self, document: Document, entities: Iterable[Entity]) -> None:
        self.by_id = {entity.id: entity for entity in entities}
        self._found: dict[str, list[Named]] = {"title": [], "body": []}
        starts = {text.field: [token.start for token in text.tokens] for text in document.fields}
        for entity in self.by_id.values():
            for mention in entity.mentions:
                first = bisect_right(starts[mention.field], mention.start) - 1
                last = bisect_right(starts[mention.field], max(mention.end - 1, mention.start)) - 1
                if 0 <= first <= last:
                    self._found[mention.field].append(Named(entity, mention, first, last))
        for found in self._found.values():
            found.sort(key=lambda n: (n.first, -n.last))

    def within(self, sentence: Sentence) -> list[Named]:
        """The entities named in a sentence, in order."""
        first, end = sentence.bounds
        return [n for n in self._found[sentence.text.field] if first <= n.first < end]


@dataclass(frozen=True)
class Roles:
    """What a sentence says of who and where; ids in the order of the text, with the spans that name them."""

    sentence: Sentence
    names: tuple[Named, ...]
    grammar: Grammar
    trigger: tuple[int, int] | None = None
    venue_trigger: bool = False
    in_conflict: bool = False
    proposal: Hit | None = None
    """The cue by which a third side asks for or proposes the agreement."""

    @cached_property
    def parties(self) -> list[Named]:
        """Who acts in it; whoever only speaks of it is left out where two others act."""
        acting = [n for n in self.names if self._acts(n)]
        hosts = {n.entity.country for n in self.names if not n.is_country and self._is_venue(n)}
        guests = [n for n in acting if not (n.mention.demonym and n.entity.country in hosts)]
        acting = guests or acting
        silent = [n for n in acting if not self._speaks(n)]
        return silent if len({stands_for(n, self.grammar) for n in silent}) > 1 else acting

    @cached_property
    def actors(self) -> list[tuple[Named, HelperRole]]:
        """Who mediates, guarantees or proposes, with the role."""
        return [(named, role) for named in self.names if (role := self._role(named)) is not None]

    @cached_property
    def places(self) -> list[Named]:
        """What it is for: places that are neither venues nor acting."""
        acting = {n.first for n in self.names if self._acts(n)}
        places = [n for n in self.names if n.first not in acting and self._is_place(n)]
        return [n for n in places if not self._is_goal(n)] or places

    def _is_goal(self, named: Named) -> bool:
        """Does somebody only go there («خروج المقاتلين إلى إدلب»)?"""
        hit = self._before("locatives", named, 0)
        return hit is not None and bool(hit.says.get("goal"))

    def _before(self, label: str, named: Named, reach: int) -> Hit | None:
        """The nearest cue of a section that ends within `reach` words before a name, or before the list it stands in."""
        first = self._list_start(named)
        for hit in reversed(self.sentence.of(label)):
            if hit.last < first:
                return hit if self._words_between(hit.last, first) <= reach else None
        return None

    def _list_start(self, named: Named) -> int:
        """Where the list begins in which a name stands («من طرابلس وبنغازي»): its own first token if in none."""
        at = named
        tokens = self.sentence.text.tokens
        for other in reversed([n for n in self.names if n.last < named.first]):
            between = [t for t in tokens[other.last + 1 : at.first] if t.norm != "and"]
            joined = tokens[at.first].norm.startswith("و") or any(not t.norm for t in tokens[other.last + 1 : at.first])
            if [t for t in between if t.norm] or not (joined or len(between) < at.first - other.last - 1):
                break
            at = other
        return at.first

    def _is_adjunct(self, named: Named) -> bool:
        """Is it where, not who: "the Khartoum ceasefire", "Yemen truce"? But "Russia, Turkey truce" names who."""
        return (
            self.trigger is not None
            and named.last + 1 == self.trigger[0]
            and self._list_start(named) == named.first
            and self.sentence.text.tokens[named.first].norm.isascii()
        )

    def _words_between(self, last: int, first: int) -> int:
        return sum(1 for n in range(last + 1, first) if self.sentence.text.tokens[n].norm)

    def _role(self, named: Named) -> HelperRole | None:
        if named.is_country or named.entity.country:
            proposes = self.proposal is not None and self._proposes(named, self.proposal)
            if proposes and named.entity.type is EntityType.PLACE and not self._located(named):
                return "source"
        hit = self._before("roles", named, _HEAD)
        if hit is None or named.entity.type is EntityType.PERSON:
            return None
        return "guarantor" if hit.says["role"] == "guarantor" else "mediator"

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

    def _subjects(self, verb: Hit) -> frozenset[int]:
        """First tokens of the names that are a verb's subject: the list right before it, else the one right after."""
        places = [n for n in self.names if n.entity.type is EntityType.PLACE]
        before = [n for n in places if n.last < verb.first and self._words_between(n.last, verb.first) <= _HEAD]
        after = [n for n in places if n.first > verb.last and self._words_between(verb.last, n.first) <= _HEAD]
        nearest = before[-1] if before else after[0] if after else None
        if nearest is None:
            return frozenset()
        start = self._list_start(nearest)
        return frozenset(n.first for n in places if self._list_start(n) == start)

    def _located(self, named: Named) -> bool:
        """Does a preposition, written apart or onto the name, put something there?"""
        token = self.sentence.text.tokens[named.first]
        if self._before("locatives", named, 0):
            return True
        label = normalise(named.entity.label.ar.split()[0]) if named.entity.label.ar else ""
        prefix = token.norm[:1]
        return prefix in ("ب", "ل") and len(token.forms) > 1 and not label.startswith(prefix)

    def _form(self, named: Named) -> frozenset[str]:
        """The ways to read what is written there: for one word all its forms."""
        tokens = [t for t in self.sentence.text.tokens[named.first : named.last + 1] if t.norm]
        return frozenset(tokens[0].forms) if len(tokens) == 1 else frozenset({" ".join(t.norm for t in tokens)})

    def _names_of(self, named: Named) -> frozenset[str]:
        """What it is called here and in general."""
        label = named.entity.label
        return self._form(named) | {_normal(label.ar), _normal(label.en)}

    def _acts(self, named: Named) -> bool:
        if self._role(named) or not self._names_of(named).isdisjoint(self.grammar.bystanders):
            return False
        kind = named.entity.type
        if kind is EntityType.PLACE:
            return self._demonym_acts(named) if named.mention.demonym else self._place_acts(named)
        if kind is EntityType.ORGANISATION and self.in_conflict and named.entity.country is None:
            return False  # the UN and its like mediate in wars; they sign deals of other kinds
        is_body = kind in (EntityType.GROUP, EntityType.ORGANISATION)
        return is_body and self._before("not_actors", named, 0) is None

    def _demonym_acts(self, named: Named) -> bool:
        if self._describes_trigger(named):
            return False
        return self._before("not_actors", named, 1) is None and not self._follows_head(named)

    def _describes_trigger(self, named: Named) -> bool:
        """«محادثات السلام الأفغانية» are about Afghanistan; «المفاوضات الفلسطينية - الإسرائيلية» are between two."""
        if self.trigger is None or not 0 < named.first - self.trigger[1] <= 1:
            return False
        return not any(n.mention.demonym and 0 < n.first - named.last <= _HEAD for n in self.names)

    def _place_acts(self, named: Named) -> bool:
        """A country acts where nothing is put in it; a capital, where it does not host either."""
        if self._located(named) or self._is_adjunct(named):
            return False
        if self._hosts(named, 3 if named.is_country else 1):
            return False
        if named.is_country:
            return self._before("not_actors", named, 0) is None
        return named.entity.country is not None and not self._form(named).isdisjoint(self.grammar.capitals)

    def _hosts(self, named: Named, reach: int) -> bool:
        """Does a verb of hosting, arriving or visiting stand within `reach` words before it?"""
        first = self._list_start(named)
        return any(
            hit.says.get("host") and hit.last < first and self._words_between(hit.last, first) <= reach
            for hit in self.sentence.of("venues")
        )

    def _follows_head(self, named: Named) -> bool:
        """English heads stand after: "Syrian officials", "the Iranian capital"."""
        return any(0 < hit.first - named.last <= 1 for hit in self.sentence.of("not_actors"))

    def _is_place(self, named: Named) -> bool:
        if named.entity.type is not EntityType.PLACE or self._role(named):
            return False
        if named.mention.demonym:
            return self._describes_trigger(named) or self._before("affairs", named, 1) is not None
        backed = self._before("not_actors", named, 0)
        if (backed and backed.says.get("affiliation")) or not self._names_of(named).isdisjoint(self.grammar.regions):
            return False  # «الانفصاليون الموالون لروسيا» are not in Russia
        return self._is_adjunct(named) or not self._is_venue(named)

    def _is_venue(self, named: Named) -> bool:
        if named.is_country:
            guests = any(n.entity.country not in (None, named.entity.id) and self._acts(n) for n in self.names)
            return self.venue_trigger and guests and self._located(named)
        form = self._form(named)
        if not form.isdisjoint(self.grammar.hosts):
            return True
        anchor = self._before("venues", named, _HEAD)
        between = anchor is not None and not (self.trigger and anchor.last < self.trigger[1] < named.first)
        if not form.isdisjoint(self.grammar.capitals):
            met = self._before("venues", named, _MEETING)
            ahead = self.trigger is not None and named.last < self.trigger[0]
            if between or self.venue_trigger or (met is not None and (ahead or not self.in_conflict)):
                return True
            country = named.entity.country
            acting = any(n.entity.country == country and n.first != named.first and self._acts(n) for n in self.names)
            return bool(self.sentence.of("venues")) and not acting
        return between and self._located(named)


def _normal(label: str) -> str:
    return " ".join(normalise(word) for word in label.split())


def stands_for(named: Named, grammar: Grammar) -> str:
    """Whom a name stands for: a capital, a demonym or an organ of state for its country."""
    entity = named.entity
    if entity.country is None:
        return entity.id
    if entity.type is EntityType.PLACE:
        return entity.country
    if entity.type is EntityType.ORGANISATION:
        labels = (f" {_normal(entity.label.ar)} ", f" {_normal(entity.label.en)} ")
        if any(f" {organ} " in label for organ in grammar.organs for label in labels):
            return entity.country
    return entity.id


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
