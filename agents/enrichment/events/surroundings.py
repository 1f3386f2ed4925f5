"""What stands around a name in its sentence: cues before it, the list it is in, the head it describes.

Roles (agents.enrichment.events.roles) are decided by these. A cue reaches a name over so many words, and over no comma.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.enrichment.text import normalise
from streams.records import EntityType

if TYPE_CHECKING:
    from agents.enrichment.events.grammar import Grammar
    from agents.enrichment.events.lexicon import Hit
    from agents.enrichment.events.names import Named
    from agents.enrichment.events.sentence import Sentence
    from streams.records import Entity

#: A head noun speaks of a demonym this many tokens after it (رئيس الأركان العامة الروسي).
HEAD = 2
#: Words of "Qatar's foreign ministry".
_BODY = 2
_COMMAS = frozenset("،,;؛")


@dataclass(frozen=True)
class Surroundings:
    """The names of a clause among its words. `trigger`: first and last token of the words for the agreement, if known."""

    sentence: Sentence
    names: tuple[Named, ...]
    grammar: Grammar
    trigger: tuple[int, int] | None = None

    def _before(self, label: str, named: Named, reach: int) -> Hit | None:
        """The nearest cue of a section that ends within `reach` words before a name, or before the list it stands in."""
        first = self._list_start(named)
        for hit in reversed(self.sentence.of(label)):
            if hit.last < first and not hit.says.get("after"):
                parted = any(self.sentence.text.tokens[n].raw in _COMMAS for n in range(hit.last + 1, first))
                return hit if not parted and self._words_between(hit.last, first) <= reach else None
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

    def _of_office(self, named: Named) -> bool:
        """Does it say whose office, army or delegation acts («وفدين من روسيا وتركيا»)?"""
        hit = self._before("offices", named, 0)
        return hit is not None

    def _words_between(self, last: int, first: int) -> int:
        return sum(1 for n in range(last + 1, first) if self.sentence.text.tokens[n].norm)

    def _role_after(self, named: Named) -> Hit | None:
        """The word for a role right after a demonym ("American mediation")."""
        if not named.mention.demonym:
            return None
        return next((h for h in self.sentence.of("roles") if h.says.get("after") and h.first == named.last + 1), None)

    def _attribute(self, named: Named) -> Hit | None:
        """The word that a name is joined to with a hyphen ("US-led", "Russian-backed")."""
        tokens = self.sentence.text.tokens
        if named.last + 2 >= len(tokens) or tokens[named.last + 1].raw not in ("-", "–"):
            return None
        return next((h for h in self.sentence.of("attributes") if h.first == named.last + 2), None)

    def _is_near_subject(self, named: Named, verb: Hit) -> bool:
        """Is it close before a verb, names of people and a body of its own apart («US President Donald Trump said»)?"""
        people = (n for n in self.names if n.entity.type is EntityType.PERSON and named.last < n.first < verb.first)
        between = self._words_between(named.last, verb.first) - sum(n.last - n.first + 1 for n in people)
        return between <= (HEAD + _BODY if self._is_possessor(named) else HEAD)

    def _subjects(self, verb: Hit) -> frozenset[int]:
        """First tokens of the names that are a verb's subject: the list right before it, else the one right after."""
        places = [n for n in self.names if n.entity.type in (EntityType.PLACE, EntityType.ORGANISATION)]
        before = [n for n in places if n.last < verb.first and self._is_near_subject(n, verb)]
        after = [n for n in places if n.first > verb.last and self._words_between(verb.last, n.first) <= HEAD]
        nearest = before[-1] if before else after[0] if after else None
        if nearest is None:
            return frozenset()
        start = self._list_start(nearest)
        return frozenset(n.first for n in places if self._list_start(n) == start)

    def _is_organ(self, named: Named) -> bool:
        return named.entity.type is EntityType.ORGANISATION and stands_for(named, self.grammar) != named.entity.id

    def _located(self, named: Named) -> bool:
        """Does a preposition, written apart or onto the name, put something there?"""
        if self._of_office(named) or any(hit.first == named.last + 1 for hit in self.sentence.of("titles")):
            return False  # "in Gaza, US President ... said"
        if self._is_possessor(named) and self._list_start(named) != named.first:
            return False  # "talks in Doha, Qatar's ministry said"
        return self._before("locatives", named, 0) is not None or self._glued(named)

    def _is_possessor(self, named: Named) -> bool:
        """Is it written "Qatar's"?"""
        raw, end = self.sentence.text.raw, named.mention.end
        return raw[end : end + 2] in ("'s", "’s")

    def _glued(self, named: Named) -> bool:
        """Is a preposition written onto it («بدرعا»)?"""
        token = self.sentence.text.tokens[named.first]
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

    def _inside(self, named: Named) -> bool:
        """Does في or "in" put something in it?"""
        hit = self._before("locatives", named, 1 if self._is_organ(named) else 0)
        return hit is not None and bool(hit.says.get("inside"))

    def _describes_group(self, named: Named) -> bool:
        """«جماعة حزب الله اللبنانية», "Lebanese Hezbollah": it describes a group that acts by itself, or a place."""
        bodies = (EntityType.GROUP, EntityType.ORGANISATION)
        if any(n.last + 1 == named.first and named.entity.id in n.entity.parents for n in self.names):
            return True  # «طرابلس الليبية»
        return any(
            (n.last + 1 == named.first and n.entity.type in bodies)
            or (named.last + 1 == n.first and n.entity.type is EntityType.GROUP and n.mention.text.isascii())
            for n in self.names
        )

    def _describes_trigger(self, named: Named) -> bool:
        """«محادثات السلام الأفغانية» are about Afghanistan; «المفاوضات الفلسطينية - الإسرائيلية» are between two."""
        if self.trigger is None or not 0 < named.first - self.trigger[1] <= 1:
            return False
        return not any(n.mention.demonym and 0 < n.first - named.last <= HEAD for n in self.names)

    def _is_government(self, named: Named) -> bool:
        """Is it a capital, which may stand for its government?"""
        return named.is_capital or not self._form(named).isdisjoint(self.grammar.capitals)

    def _hosts(self, named: Named, reach: int, verb: str = "host") -> bool:
        """Does a verb of hosting, arriving or visiting (`holds`: only hosting) stand within `reach` words before it?"""
        first = self._list_start(named)
        return any(
            hit.says.get(verb)
            and hit.last < first
            and self._words_between(hit.last, first) <= (1 if hit.says.get("holds") else reach)
            for hit in self.sentence.of("venues")
        )

    def _follows_head(self, named: Named) -> bool:
        """English heads stand after: "Syrian officials", "the Iranian capital"."""
        return any(0 < hit.first - named.last <= 1 for hit in self.sentence.of("not_actors"))


def _normal(label: str) -> str:
    return " ".join(normalise(word) for word in label.split())


def stands_for(named: Named, grammar: Grammar) -> str:
    """Whom a name stands for: a capital, a demonym or an organ of state for its country."""
    return side_of(named.entity, grammar)


def side_of(entity: Entity, grammar: Grammar) -> str:
    """Whom an entity stands for, see `stands_for`."""
    if entity.country is None:
        return entity.id
    if entity.type is EntityType.PLACE:
        return entity.country
    if entity.type is EntityType.ORGANISATION:
        labels = (f" {_normal(entity.label.ar)} ", f" {_normal(entity.label.en)} ")
        if any(f" {organ} " in label for organ in grammar.organs for label in labels):
            return entity.country
    return entity.id
