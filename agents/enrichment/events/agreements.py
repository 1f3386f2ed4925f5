"""Mentions of agreements: trigger, kind and stage, sentence by sentence.

A trigger (هدنة, ceasefire) says that an agreement is spoken of; a general one (اتفاق, deal) takes its kind from the
words near it. One mention a clause: the surest trigger of it. The stage comes from the cue of the clause that weighs
most; cues and weights are data. Flags are set in agents.enrichment.events.flags.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agents.enrichment.events.sentence import distance
from streams.records import AgreementKind, Evidence, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.enrichment.events.clauses import Clause
    from agents.enrichment.events.grammar import Grammar
    from agents.enrichment.events.lexicon import Hit
    from agents.enrichment.events.sentence import Sentence

#: Kinds that speak of war and peace: they may be one agreement told in different words.
CONFLICT_KINDS = frozenset(
    {
        AgreementKind.DE_ESCALATION,
        AgreementKind.CEASEFIRE,
        AgreementKind.PEACE,
        AgreementKind.PRISONER_EXCHANGE,
        AgreementKind.HUMANITARIAN_ACCESS,
        AgreementKind.WITHDRAWAL,
    }
)
#: Farther than this a cue of the same clause speaks of something else, in tokens.
REACH = 14
#: From this weight on a cue tells the kind of a general word of another sentence.
CLEAR = 1.0
#: A general word becomes as sure as this when the words near it tell a kind.
SPECIFIED = 0.7


@dataclass(frozen=True)
class Mention:
    """An agreement as one clause speaks of it. `weight`: how sure the words are, 0 to 1."""

    sentence: Sentence
    clause: Clause
    first: int
    last: int
    kind: AgreementKind
    weight: float
    talks: bool = False
    stage: Stage | None = None
    cue: Hit | None = None
    general: bool = False
    background: bool = False
    negated: bool = False
    hedged: bool = False
    conceded: bool = False
    evidence: tuple[Evidence, ...] = ()

    @property
    def span(self) -> tuple[int, int]:
        """First and last token of the trigger."""
        return self.first, self.last


def find_mentions(
    sentences: Sequence[Sentence], triggers: Mapping[Sentence, Sequence[Hit]], around: Sequence[Sentence]
) -> list[Mention]:
    """All mentions in a field's sentences, stage set, flags not yet. `around`: sentences that say what all is about."""
    mentions: list[Mention] = []
    for sentence in sentences:
        hits = triggers.get(sentence, ())
        if hits:
            mentions += _in_sentence(sentence, hits, around, mentions)
    return mentions


def find_triggers(sentences: Sequence[Sentence], grammar: Grammar) -> dict[Sentence, list[Hit]]:
    """Triggers by sentence, but for those within a name (لجنة مبادرة السلام العربية) or its short forms later on."""
    found = {s: hits for s in sentences if (hits := grammar.triggers.find(s.text, *s.bounds))}
    names = [(s, hit) for s, hits in found.items() for hit in hits if hit.label == "names"]
    named = [f" {_words(s, hit)} " for s, hit in names]

    def is_name(sentence: Sentence, hit: Hit) -> bool:
        return (
            hit.label == "names"
            or any(s is sentence and name.first <= hit.last and hit.first <= name.last for s, name in names)
            or (hit.last > hit.first and any(f" {_words(sentence, hit)} " in name for name in named))
        )

    return {s: kept for s, hits in found.items() if (kept := [h for h in hits if not is_name(s, h)])}


def specified(mentions: Sequence[Mention], lead: int) -> list[Mention]:
    """General words that tell no kind («توقيع الاتفاق») take up the surest mention of their sentence, or of title and lead."""

    def taken_up(mention: Mention) -> Mention:
        if not is_unspecified(mention):
            return mention
        sure = [m for m in mentions if m.kind in CONFLICT_KINDS and not m.general and m.weight >= CLEAR]
        own = [m for m in sure if m.sentence is mention.sentence]
        opening = [m for m in sure if m.sentence.is_title or m.sentence.number == lead]
        best = next(iter(own or opening), None)
        return replace(mention, kind=best.kind, weight=SPECIFIED) if best is not None else mention

    return [taken_up(m) for m in mentions]


def is_unspecified(mention: Mention) -> bool:
    """«صعوبات تعترض التوصل إلى اتفاقات»: a general word with no kind of its own."""
    return mention.kind is AgreementKind.OTHER and mention.weight < SPECIFIED


def _words(sentence: Sentence, hit: Hit) -> str:
    """The words of a hit, each in its shortest form."""
    tokens = sentence.text.tokens[hit.first : hit.last + 1]
    return " ".join(min(t.forms, key=len) for t in tokens if t.norm)


def _in_sentence(
    sentence: Sentence, hits: Sequence[Hit], around: Sequence[Sentence], before: Sequence[Mention]
) -> list[Mention]:
    contexts = sum((s.contexts for s in {sentence, *around}), Counter[str]())
    found: dict[int, Mention] = {}
    for hit in hits:
        mention = (
            _anaphor(sentence, hit, before) if hit.label == "anaphors" else _trigger(sentence, hit, contexts, around)
        )
        if mention is None:
            continue
        known = found.get(mention.clause.first)
        if (
            known is None
            or mention.weight > known.weight
            or (known.first == mention.first and mention.last > known.last)
        ):
            found[mention.clause.first] = mention
    return [with_stage(m, hits) for m in found.values()]


def _anaphor(sentence: Sentence, hit: Hit, before: Sequence[Mention]) -> Mention | None:
    """«ثلاث مناطق منها» takes up the agreement of the sentence before."""
    if not before or before[-1].sentence.number != sentence.number - 1:
        return None
    last = before[-1]
    return replace(
        last, sentence=sentence, clause=sentence.clause_of(hit.last), first=hit.first, last=hit.last, stage=None, cue=None,
        background=False, evidence=(sentence.evidence("kind", hit.first, hit.last),), weight=0.5,
    )  # fmt: skip


def _trigger(sentence: Sentence, hit: Hit, contexts: Counter[str], around: Sequence[Sentence]) -> Mention | None:
    says = hit.says
    general = not says["kind"]
    if not all(need in contexts for need in says.get("needs", ())):
        return None
    other = max((contexts[unless] for unless in says.get("unless", ())), default=0)
    if other and (general or (other >= contexts["conflict"] and "force" not in contexts)):
        return None
    clause = sentence.clause_of(hit.first)
    evidence = [sentence.evidence("kind", hit.first, hit.last)]
    weight = float(says["weight"])
    if general:
        kind, cue, near = _kind_near(sentence, hit, clause, around)
        allowed = says.get("kinds")
        if (says.get("needs_kind") and not near) or (allowed and kind.value not in allowed):
            return None
        if kind in CONFLICT_KINDS and "sport" in contexts and "conflict" not in contexts:
            kind = AgreementKind.OTHER
        if cue is not None:
            weight = SPECIFIED if near else 0.5
            evidence.append(sentence.evidence("kind", cue.first, cue.last))
    else:
        kind = AgreementKind(says["kind"])
    talks = bool(says.get("talks"))
    stage = Stage(says["stage"]) if "stage" in says else Stage.NEGOTIATING if talks else None
    return Mention(
        sentence, clause, hit.first, hit.last, kind, weight, talks,
        stage=stage, general=general, evidence=tuple(evidence),
    )  # fmt: skip


def _kind_near(
    sentence: Sentence, hit: Hit, clause: Clause, around: Sequence[Sentence]
) -> tuple[AgreementKind, Hit | None, bool]:
    """What a general word is about; the cue, if it is in the sentence; and whether it is in the clause."""
    best: tuple[float, Hit] | None = None
    for cue in sentence.of("kind_cues"):
        if not all(need in sentence.contexts for need in cue.says.get("needs", ())):
            continue
        away = distance((hit.first, hit.last), (cue.first, cue.last))
        score = float(cue.says["weight"]) - 0.08 * away - (0.0 if cue.first in clause else 0.5)
        score += 0.2 if cue.first > hit.first else 0.0
        if score > 0.3 and (best is None or score > best[0]):
            best = score, cue
    if best is not None:
        cue = best[1]
        near = cue.first in clause and distance((hit.first, hit.last), (cue.first, cue.last)) <= REACH
        return AgreementKind(cue.says["kind"]), cue, near
    elsewhere = [cue for other in around for cue in other.of("kind_cues") if float(cue.says["weight"]) >= CLEAR]
    if elsewhere:
        strongest = max(elsewhere, key=lambda cue: float(cue.says["weight"]))
        return AgreementKind(strongest.says["kind"]), None, False
    return AgreementKind.OTHER, None, False


def _all_that_tell(best: Hit, cues: Sequence[Hit]) -> list[Hit]:
    """The cue, and others of its stage that do not overlap («مباحثات لإبرام»)."""
    found = [best]
    for cue in cues:
        same = cue.says["stage"] == best.says["stage"] and bool(cue.says.get("negates")) == bool(
            best.says.get("negates")
        )
        if same and not any(cue.first <= f.last and f.first <= cue.last for f in found):
            found.append(cue)
    return found


def with_stage(mention: Mention, triggers: Sequence[Hit] = ()) -> Mention:
    """The mention with the stage that the weightiest cue of its clause tells. `triggers`: those of its sentence."""
    sentence = mention.sentence
    best: tuple[float, Hit] | None = None
    cues = [cue for cue in sentence.of("stages") if cue.first in mention.clause]
    for cue in cues:
        overlaps = cue.first <= mention.last and cue.last >= mention.first
        side = cue.says.get("side")
        if cue.says["stage"] in ("collapsed", "violated") and any(
            t.first <= cue.first and cue.last <= t.last for t in triggers
        ):
            continue  # the end of the war is not the end of the deal
        if not overlaps and (
            (side == "before" and cue.first > mention.first) or (side == "after" and cue.last < mention.last)
        ):
            continue
        away = distance(mention.span, (cue.first, cue.last))
        if away > int(cue.says.get("near", REACH)):
            continue
        score = float(cue.says["weight"]) - 0.05 * away
        if best is None or score > best[0]:
            best = score, cue
    if best is None:
        return mention
    cue = best[1]
    stage = Stage(cue.says["stage"])
    hedged = bool(cue.says.get("hedges"))
    evidence = [*mention.evidence, *(sentence.evidence("stage", c.first, c.last) for c in _all_that_tell(cue, cues))]
    future = sentence.of("future")
    if future and cue.says.get("tense") == "present":
        # «يوقع الطرفان ... الجمعة المقبل» is not signed, «تسري الهدنة غدا» not in force
        hedged = stage is Stage.SIGNED
        stage = Stage.NEGOTIATING if hedged else Stage.ANNOUNCED
        if hedged:
            evidence.append(sentence.evidence("hedged", future[0].first, future[0].last))
    return replace(
        mention, stage=stage, cue=cue, hedged=hedged, negated=bool(cue.says.get("negates")), evidence=tuple(evidence)
    )
