"""Quotes: who is quoted in an article, with which words, and what kind of source is it?

In:  a document and its entities
Out: quotes in the order of their words; direct ones in marks, reported ones after إن, "that" or a bare "said"
Reads: languages/<code>/quotes.yaml. docs/quotes.md explains the rules and their limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agents.enrichment.events.lexicon import Hit
from agents.enrichment.quotes.lexicon import lexicon
from agents.enrichment.quotes.marks import segments
from agents.enrichment.quotes.speaker import Reader, Speaker, names_of
from streams.records import Quote, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agents.enrichment.quotes.lexicon import QuoteLexicon
    from agents.enrichment.quotes.marks import Pair, Segment
    from agents.enrichment.quotes.speaker import Named
    from agents.enrichment.text import Document, FieldText
    from streams.records import Entity

#: An attribution reaches so many tokens forward, and back, to words in quotation marks.
_FORWARD, _BACK = 40, 25
#: Words between a verb and what opens its report: the speaker with all titles.
_SUBJECT = 22
#: Fewer words are not worth a report of their own.
_REPORTED = 2
#: «لافروف: ...» in a headline: the colon stands within so many tokens.
_HEADLINE = 9

_COLON = {"side": "before", "report": "bare", "colon": True}


def find_quotes(document: Document, entities: Sequence[Entity]) -> tuple[Quote, ...]:
    """Every quotation of a document. A language whose pack has no quotes.yaml has none."""
    lex = lexicon(document.language)
    if lex is None:
        return ()
    names = names_of(document, entities)
    return tuple(quote for text in document.fields for quote in _Field(text, lex, names[text.field]).quotes())


def speaker_of(quotes: Iterable[Quote], field: str, offset: int) -> Quote | None:
    """Whose words stand at a code-point offset of a field: the narrowest quote around it, None where nobody is quoted."""
    around = [q for q in quotes if q.field == field and q.start <= offset < q.end]
    return min(around, key=lambda q: (q.end - q.start, not q.direct), default=None)


class _Said(NamedTuple):
    """A cue with its speaker, and where what it reports begins (-1: nowhere)."""

    cue: Hit
    speaker: Speaker | None
    report: int


class _Field:
    """The quotations of one field, segment by segment; remembers who spoke last."""

    def __init__(self, text: FieldText, lex: QuoteLexicon, names: Sequence[Named]) -> None:
        self.text, self.lex = text, lex
        hits = _longest(lex.phrases.find(text))
        self.cues = [h for h in hits if h.label == "cues" and h.says["side"] != "none"]
        self.reader = Reader(text, lex, names, [h for h in hits if h.label == "sources"])
        self.opening = {h.first for h in self.cues}
        self.last: Speaker | None = None
        self.goes_on = False
        self.previous = 0

    def quotes(self) -> list[Quote]:
        found: list[Quote] = []
        for segment in segments(self.text, self._attributed):
            cues = [c for c in self._cues_of(segment) if not any(p.open < c.first < p.close for p in segment.quoted)]
            if cues or segment.quoted:
                found += self._of(segment, cues)
            else:
                self.goes_on = False
            self.previous = segment.first
        return sorted(found, key=lambda q: (q.start, -q.end))

    def _attributed(self, number: int) -> bool:
        """Does a verb stand right after a quotation, not joined to a new sentence (وقال)?"""
        return number in self.opening and not self.text.tokens[number].norm.startswith("و")

    def _cues_of(self, segment: Segment) -> list[Hit]:
        cues = [c for c in self.cues if segment.first <= c.first < segment.end]
        if self.text.field == "title":
            for number in range(segment.first + 1, min(segment.first + _HEADLINE, segment.end - 1)):
                if self.text.tokens[number].raw == ":" and not any(c.first < number for c in cues):
                    return [Hit("cues", number, number, _COLON), *cues]
        return cues

    # --- one segment ----------------------------------------------------------------------------------------------------

    def _of(self, segment: Segment, cues: list[Hit]) -> list[Quote]:
        said = [self._said(segment, cues, at) for at in range(len(cues))]
        found: list[Quote] = []
        used: set[int] = set()
        for pair in segment.quoted:
            if pair.close - pair.open < 2 or self._is_title_of_work(pair, segment):
                continue
            at = self._cue_for(pair, segment, cues)
            if at >= 0:
                used.add(at)
                found.append(self._quote(pair.open + 1, pair.close - 1, said[at], direct=True))
            elif self.goes_on and self.last and self._alone(pair, segment):
                found.append(self._quote(pair.open + 1, pair.close - 1, None, direct=True))
        ends = [
            *(
                cue.first if one.report >= 0 or at in used else -1
                for at, (cue, one) in enumerate(zip(cues, said, strict=True))
            ),
            segment.end,
        ]
        for at, one in enumerate(said):
            end = next(end for end in ends[at + 1 :] if end >= 0)
            found += self._reported(segment, one, end, used=at in used)
        self.goes_on = bool(found)
        return found

    def _cue_for(self, pair: Pair, segment: Segment, cues: list[Hit]) -> int:
        """Number of the cue for words in marks: after them where they open the sentence, else before, else after; or -1."""
        before = [at for at, c in enumerate(cues) if c.last < pair.open <= c.last + _FORWARD]
        after = [at for at, c in enumerate(cues) if pair.close < c.first <= pair.close + _BACK]
        opens = not any(self.text.tokens[n].norm for n in range(segment.first, pair.open))
        if before and not (opens and after):
            return before[-1]
        return after[0] if after else -1

    def _is_title_of_work(self, pair: Pair, segment: Segment) -> bool:
        before = range(max(segment.first, pair.open - 2), pair.open)
        return any(not self.lex.works.isdisjoint(self.text.tokens[n].stems) for n in before)

    def _alone(self, pair: Pair, segment: Segment) -> bool:
        """Is the quotation the whole sentence, and one of some words?"""
        tokens = self.text.tokens
        outside = [n for n in range(segment.first, segment.end) if tokens[n].norm and not pair.open < n < pair.close]
        inside = [n for n in range(pair.open, pair.close) if tokens[n].norm]
        return not outside and len(inside) > _REPORTED

    def _said(self, segment: Segment, cues: list[Hit], at: int) -> _Said:
        cue, tokens = cues[at], self.text.tokens
        limit = min(
            [p.open for p in segment.quoted if p.open > cue.last] + [c.first for c in cues[at + 1 :]] + [segment.end]
        )
        start = max(
            [p.close + 1 for p in segment.quoted if p.close < cue.first]
            + [c.last + 1 for c in cues[:at]]
            + [segment.first]
        )
        opener = next(
            (n for n in range(cue.last + 1, min(limit, cue.last + _SUBJECT)) if self._is_that(n, cue.last)), -1
        )
        speaker = self._speaker(cue, start, opener if opener >= 0 else limit)
        report = -1
        if opener >= 0 and cue.says.get("report") != "never":
            report = opener + 1
        elif cue.says.get("colon") or (
            cue.says.get("report") == "bare"
            and cue.last + 1 < segment.end
            and tokens[cue.last + 1].norm
            and not (speaker and speaker.words and speaker.words.start >= tokens[cue.last].end)  # said Lavrov
        ):
            report = cue.last + 1
        if speaker is not None:
            self.last = speaker
        elif not cue.says.get("owned"):
            self.last = speaker = self.last or self.reader.last_person(self.previous, cue.first)
        return _Said(cue, speaker, report)

    def _is_that(self, number: int, cue: int) -> bool:
        """Does the word open a report: إن, بأن, that? Only right after the verb may it be any form with a particle."""
        token = self.text.tokens[number]
        return token.norm in self.lex.that or (number == cue + 1 and not self.lex.that.isdisjoint(token.forms))

    def _speaker(self, cue: Hit, start: int, limit: int) -> Speaker | None:
        after, before = (cue.last + 1, limit), (start, cue.first)
        if cue.says.get("side") == "after":
            speaker = self.reader.after(*after, owned=bool(cue.says.get("owned")))
            if speaker is None and not cue.says.get("owned") and not self._joined(cue):
                speaker = self.reader.before(*before)
            return speaker
        if any(self.text.tokens[n].norm for n in range(*before)):
            speaker = self.reader.before(*before)
            return speaker or (None if self.reader.is_pronoun(*before) else self.reader.after(*after))
        return self.reader.after(*after)

    def _joined(self, cue: Hit) -> bool:
        """Is a conjunction written onto the verb: وأضاف goes on with the last speaker?"""
        token = self.text.tokens[cue.first]
        return bool(self.lex.to) and token.norm[0] in "وف" and len(token.forms) > 1

    def _reported(self, segment: Segment, said: _Said, end: int, *, used: bool) -> list[Quote]:
        tokens, cue = self.text.tokens, said.cue
        first, last = said.report, end - 1
        if cue.says.get("report") == "around":
            first, last = self._around(segment, cue, end)
        elif cue.says.get("report") == "bare" and not used and self._trails(segment, cue):
            comma = max((n for n in range(segment.first, cue.first) if tokens[n].raw in (",", "،")), default=-1)
            if comma < 0:
                return []
            first, last = segment.first, comma - 1
        if first < 0:
            return []
        for number in range(first + 1, last + 1):
            if tokens[number].norm in self.lex.breaks and tokens[number - 1].raw in (",", "،"):
                last = number - 1
                break
        while last >= first and not tokens[last].norm:
            last -= 1
        while first <= last and not tokens[first].norm:
            first += 1
        outside = [
            n
            for n in range(first, last + 1)
            if tokens[n].norm and not any(p.open < n < p.close for p in segment.quoted)
        ]
        if len(outside) < _REPORTED:
            return []
        return [self._quote(first, last, said, direct=False)]

    def _trails(self, segment: Segment, cue: Hit) -> bool:
        """Does an attribution end its sentence (..., a diplomat said on Tuesday.)?"""
        words = [n for n in range(cue.last + 1, segment.end) if self.text.tokens[n].norm]
        return not words or (
            words[0] == cue.last + 1 and self.text.tokens[words[0]].norm in self.lex.stops - self.lex.that
        )

    def _around(self, segment: Segment, cue: Hit, end: int) -> tuple[int, int]:
        """What "according to X" reports: the rest of its sentence, after X's comma or before the cue."""
        tokens = self.text.tokens
        if any(tokens[n].norm for n in range(segment.first, cue.first)):
            return segment.first, cue.first - 1
        comma = next((n for n in range(cue.last + 1, end) if tokens[n].raw in (",", "،")), -1)
        return (comma + 1, end - 1) if comma >= 0 else (-1, -1)

    def _quote(self, first: int, last: int, said: _Said | None, *, direct: bool) -> Quote:
        speaker = (said.speaker if said else self.last) or Speaker(None, None, "unknown")
        start, end, text = self.text.slice(first, last)
        verb = None
        if said is not None:
            v_start, v_end, v_text = self.text.slice(said.cue.first, said.cue.last)
            verb = Span(field=self.text.field, start=v_start, end=v_end, text=v_text)
        return Quote(
            field=self.text.field, start=start, end=end, text=text, direct=direct, speaker=speaker.entity,
            speaker_text=speaker.words.text if speaker.words else "", speaker_span=speaker.words,
            source=speaker.source, verb=verb,
        )  # fmt: skip


def _longest(hits: Iterable[Hit]) -> list[Hit]:
    """The hits without those that lie in, or overlap, a longer one before them of the same section."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.label, h.first, -h.last)):
        if not kept or kept[-1].label != hit.label or kept[-1].last < hit.first:
            kept.append(hit)
    return kept
