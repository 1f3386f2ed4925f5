"""Flags of a mention: is it told as history, denied, or only expected?

Scope is the clause: a negation or hedge in another clause («لم يحضر الوسيط، لكن الطرفين وقعا») says nothing here.
History reaches further: a pluperfect («وكانت ... قد وقعت») makes everything after it in its sentence background.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agents.enrichment.events.sentence import distance
from streams.records import Stage

if TYPE_CHECKING:
    from agents.enrichment.events.agreements import Mention
    from agents.enrichment.events.lexicon import Hit

#: What happens to an agreement later: "violated the truce signed last year" is news though the signing is not.
AFTERMATH = frozenset({Stage.VIOLATED, Stage.COLLAPSED, Stage.EXTENDED})
#: Stages that are not reached where the clause only expects them.
_REACHED = frozenset({Stage.SIGNED, Stage.ANNOUNCED, Stage.IN_FORCE})

#: Tokens between a negator and the agreement that it says was not reached («لم يتم التوصل إلى أي اتفاق لوقف إطلاق النار»).
_UNDONE = 8


def with_flags(mention: Mention) -> Mention:
    """The mention with its flags, and the stage they leave of it."""
    return _background(_conceded(_hedged(_negated(mention))))


def _marked(mention: Mention, of: str, hit: Hit) -> Mention:
    span = mention.sentence.evidence(of, hit.first, hit.last)
    return replace(mention, evidence=(*mention.evidence, span))


def _negated(mention: Mention) -> Mention:
    if mention.negated and mention.cue is not None:
        return _marked(mention, "negated", mention.cue)
    cue = mention.cue
    for hit in mention.sentence.of("negators"):
        if hit.first not in mention.clause:
            continue
        if hit.last < mention.first <= hit.last + 2 and not (cue and cue.first < hit.first):
            return replace(_marked(mention, "negated", hit), stage=Stage.DENIED, negated=True)
        reached = cue is not None and mention.stage in _REACHED
        if reached and hit.last < mention.first <= hit.last + _UNDONE and _is_undone(mention, hit):
            return replace(_marked(mention, "negated", hit), stage=Stage.DENIED, negated=True)
        if cue is not None and hit.last < cue.first <= hit.last + 3:
            without = hit.says.get("without")
            stage = mention.stage
            if stage in _REACHED:
                stage = Stage.NEGOTIATING if without else Stage.DENIED
            return replace(_marked(mention, "negated", hit), stage=stage, negated=True)
    return mention


def _is_undone(mention: Mention, negator: Hit) -> bool:
    """«أكدت أنها لم توافق على هدنة»: does what is negated tell that something was reached?"""
    return any(
        0 < cue.first - negator.last <= 2
        and cue.first < mention.first
        and cue.first in mention.clause
        and cue.says["stage"] in _REACHED
        for cue in mention.sentence.of("stages")
    )


def _hedged(mention: Mention) -> Mention:
    if mention.negated:
        return mention
    for hit in mention.sentence.of("hedges"):
        if hit.first in mention.clause:
            stage = Stage.NEGOTIATING if mention.stage is None or mention.stage in _REACHED else mention.stage
            if stage is Stage.COLLAPSED:
                stage = Stage.VIOLATED  # on the brink of collapse
            return replace(_marked(mention, "hedged", hit), hedged=True, stage=stage)
    if mention.hedged and mention.cue is not None and not any(e.of == "hedged" for e in mention.evidence):
        return _marked(mention, "hedged", mention.cue)
    return mention


def _conceded(mention: Mention) -> Mention:
    """Fighting despite a truce, or in a title after one: the truce is not the news, but it is broken."""
    sentence = mention.sentence
    after = [h for h in sentence.of("prepositions") if h.says.get("recent") and "violence" in sentence.contexts]
    for hit in (*sentence.of("concessions"), *(after if sentence.is_title else ())):
        if hit.last < mention.first <= hit.last + (3 if hit.label == "concessions" else 5):
            conceded = replace(_marked(mention, "stage", hit), conceded=True)
            violent = "violence" in mention.sentence.contexts
            explicit = mention.stage in AFTERMATH
            return replace(conceded, stage=Stage.VIOLATED) if violent and not explicit else conceded
    return mention


def _background(mention: Mention) -> Mention:
    hit = _told_as_history(mention)
    return replace(_marked(mention, "background", hit), background=True) if hit else mention


def _told_as_history(mention: Mention) -> Hit | None:
    sentence = mention.sentence
    for hit in sentence.of("pluperfect"):
        denied = mention.negated and mention.cue is not None and mention.cue.first < hit.first
        reported = hit.says.get("reported") and any(h.first < hit.first for h in sentence.of("speakers"))
        if hit.first < mention.first and not denied and not reported:  # "said it had agreed" is news
            return hit
    for hit in sentence.of("prepositions"):
        if hit.says.get("recent") and sentence.is_title:
            continue  # what a title tells after a truce, it tells of the truce
        ahead = mention.first if mention.cue is None else min(mention.first, mention.cue.first)
        ended = mention.stage is Stage.COLLAPSED and "violence" not in sentence.contexts
        news = ended and hit.last < ahead < mention.first  # «بعد انهيار المحادثات» tells the end of the talks
        led = hit.last < mention.first <= hit.last + 2 or (hit.last + 1 == ahead and not sentence.is_title)
        if led and not news:
            return hit
    aftermath = mention.stage in AFTERMATH and not mention.conceded
    past = [
        h
        for h in sentence.of("history")
        if not (mention.negated and h.says.get("so_far"))  # «لا اتفاق حتى الآن» is news
        and (
            ("near" not in h.says and h.first < mention.first)
            or distance(mention.span, (h.first, h.last)) <= int(h.says.get("near", 12))
        )
    ]
    finite = [h for h in sentence.of("participles") if h.says.get("finite")]
    for hit in sentence.of("participles"):
        if any(h.first <= hit.first <= h.last for h in finite) or (
            sentence.is_title and not past and not hit.says.get("past")
        ):
            continue
        described = mention.last < hit.first <= mention.last + 4
        only_told_so = mention.cue is None or mention.cue.first >= hit.first
        within = mention.cue is not None and hit.first <= mention.cue.first <= hit.last
        if described and (within or (not aftermath and (only_told_so or past))):
            return hit
    return None if aftermath or not past else past[0]
