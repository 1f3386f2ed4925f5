"""What an article means for the world: its story, its development, and whether that is news. Decided once, for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agents.enrichment.routing import story_key
from agents.memory import Memory
from agents.stories import copies, developments
from agents.stories.claims import claim_of
from agents.stories.copies import Fingerprint, fingerprint
from agents.stories.origins import origin_of
from agents.stories.rules import rules
from streams.records import DevelopmentRef, StoryRef, content_id

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from agents.stories.claims import Claim
    from agents.stories.developments import Kept
    from streams.records import Development, Enriched

#: Days for which the outcome of an article, and an agreement after its last report, are remembered.
OUTCOMES, AGREEMENTS = 30, 400
#: Revisions of one article whose outcomes are kept, and agreements of one family under one key; the oldest go first.
REVISIONS, OPEN = 4, 500
#: Changes an article carries of its development; the register keeps more.
HISTORY = 20


@dataclass(frozen=True, slots=True)
class Decision:
    """The article with story and development, and the developments whose record changed, to be published."""

    enriched: Enriched
    developments: tuple[Development, ...] = ()


def decide(enriched: Enriched, state: MutableMapping[str, Any], *, position: str) -> Decision:
    """Story and development of an article, as of what `state` remembers, which is brought up to date.

    `position` names the message ('topic/partition/offset'). The same position again gives the same decision again; the same
    article and text at another position changes nothing.
    """
    key = story_key(enriched)
    memory = Memory(state, key)
    memory.advance(enriched.article.published_at)
    known = Known(enriched, memory, position)
    return known.remembered() or known.as_copy() or known.as_agreement(key) or known.as_story()


class Known:
    """One article against what is remembered under its key. Each step answers, or leaves it to the next."""

    def __init__(self, enriched: Enriched, memory: Memory, position: str) -> None:
        self.enriched, self.memory, self.position = enriched, memory, position
        self.article = enriched.article
        self.record = memory.recall(_article(self.article.id), OUTCOMES) or {"revisions": {}}
        self.fingerprint = fingerprint(self.article, enriched.text_end)

    def remembered(self) -> Decision | None:
        """The outcome of this very text: again, if it is a replay; else it was seen before."""
        outcome = self.record["revisions"].get(self.article.revision)
        if outcome is None:
            return None
        story, development = StoryRef(**outcome["story"]), DevelopmentRef(**outcome["development"])
        if outcome["position"] != self.position:
            development = development.model_copy(update={"change": "none", "what": "seen before"})
            return self._answer(story, development)
        kept = self.memory.recall(_development(development.id), AGREEMENTS)
        # The register is told where the agreement stands now, which may be further: never back.
        return self._answer(story, development, kept if not story.copy_of else None)

    def as_copy(self) -> Decision | None:
        """The text is that of another article: nothing new, wherever it is printed."""
        original = copies.find_original(self.fingerprint, self.article.id, self.memory, self._fingerprint_of)
        record = self.memory.recall(_article(original), OUTCOMES) if original else None
        if original is None or record is None:
            return None
        outcome = list(record["revisions"].values())[-1]
        first = outcome["story"]
        story = StoryRef(id=first["id"], copy_of=original, origin=first["origin"], revision=self.article.revision)
        development = DevelopmentRef(**outcome["development"]).model_copy(update={"change": "none", "what": "copy"})
        return self._keep(story, development)

    def as_agreement(self, key: str) -> Decision | None:
        """The article is news of an agreement, known or new."""
        claim = claim_of(self.enriched)
        if claim is None:
            return None
        earlier = self._earlier()
        agreements = self._agreements(claim)
        development = developments.best_fit(claim, agreements, earlier["development"]["id"] if earlier else None)
        kept = agreements.get(development) if development else None
        if development is None or kept is None:
            development, kept = developments.opened(claim, key)
            self._list(development, claim)
        change, what = developments.change_of(claim, kept)
        kept = developments.fold(claim, kept, change, what)
        self.memory.remember(_development(development), kept, AGREEMENTS)
        copies.file_original(self.fingerprint, self.article.id, self.memory)
        return self._keep(self._story(), developments.reference(development, kept, change, what, last=HISTORY), kept)

    def as_story(self) -> Decision:
        """The article is news of something else: its development is its story."""
        earlier = self._earlier()
        story = self._story()
        if earlier and earlier["development"]["id"] == story.id:
            development = DevelopmentRef(**earlier["development"]).model_copy(
                update={"change": "none", "what": "edited"}
            )
        else:
            development = developments.story_reference(story.id, self.article, "new", "first report")
        copies.file_original(self.fingerprint, self.article.id, self.memory)
        return self._keep(story, development)

    def _earlier(self) -> dict[str, Any] | None:
        """The outcome of this article's last revision, if that was a text of its own."""
        outcome = next(reversed(self.record["revisions"].values()), None)
        return outcome if outcome and not outcome["story"].get("copy_of") else None

    def _story(self) -> StoryRef:
        story, revision = content_id("story", self.article.id), self.article.revision
        return StoryRef(id=story, origin=origin_of(self.article), revision=revision)

    def _fingerprint_of(self, article: str) -> Fingerprint | None:
        record = self.memory.recall(_article(article), OUTCOMES)
        return Fingerprint.unpacked(record["text"]) if record and record.get("text") else None

    def _agreements(self, claim: Claim) -> dict[str, Kept]:
        """The agreements that a report may speak of, by id."""
        families = {claim.family, *(f for pair in rules().related if claim.family in pair for f in pair)}
        listed = [
            development
            for family in sorted(families)
            for development in (self.memory.recall(_family(family), AGREEMENTS) or {"ids": []})["ids"]
        ]
        found = {d: self.memory.recall(_development(d), AGREEMENTS) for d in listed}
        return {d: kept for d, kept in found.items() if kept is not None}

    def _list(self, development: str, claim: Claim) -> None:
        name = _family(claim.family)
        listed = (self.memory.recall(name, AGREEMENTS) or {"ids": []})["ids"]
        alive = [d for d in listed if self.memory.recall(_development(d), AGREEMENTS) is not None]
        self.memory.remember(name, {"ids": [*alive, development][-OPEN:]}, AGREEMENTS)

    def _answer(self, story: StoryRef, development: DevelopmentRef, kept: Kept | None = None) -> Decision:
        published = (developments.development_of(development.id, kept),) if kept is not None else ()
        return Decision(self.enriched.model_copy(update={"story": story, "development": development}), published)

    def _keep(self, story: StoryRef, development: DevelopmentRef, kept: Kept | None = None) -> Decision:
        """Remember the outcome, write everything, and answer."""
        outcome = {
            "position": self.position,
            "story": story.model_dump(mode="json"),
            "development": development.model_dump(mode="json"),
        }
        revisions = {**self.record["revisions"], self.article.revision: outcome}
        record = {
            "revisions": dict(list(revisions.items())[-REVISIONS:]),
            "text": None if story.copy_of else self.fingerprint.packed(),
        }
        name = _article(self.article.id)
        self.memory.remember(name, record, OUTCOMES)
        self.memory.commit(seal=name)
        return self._answer(story, development, kept)


def _article(article: str | None) -> str:
    return f"article|{article}"


def _development(development: str) -> str:
    return f"development|{development}"


def _family(family: str) -> str:
    return f"family|{family}"
