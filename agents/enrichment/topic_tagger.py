"""What is an article about? Weighted words decide, and, with an encoder, what its sentence vector is near to.

Weights of a topic's words add up, repeated words count less each time, title words count more, and what the words of a
narrower topic say also speaks for the broader one. Below a threshold nothing is said. An article in a language without
words of its own is tagged by its vector alone, which tells topics of the top level, and marked so.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from agents.enrichment.topic_vectors import NearestTopics
from agents.enrichment.topic_words import has_words, vocabulary
from agents.enrichment.topics import broader, topic_table, within
from streams.records import Evidence, Topic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from agents.enrichment.encoder import Encoder
    from agents.enrichment.text import Document, FieldText
    from agents.enrichment.topic_words import Vocabulary

#: A word in the title says as much as so many in the body.
_TITLE = 2.5
#: The first so many tokens of the body, its lead, count this much.
_LEAD_TOKENS, _LEAD = 45, 1.5
#: Score at which confidence is one half; there it is cut off.
_HALF = 3.0
_THRESHOLD = 0.5
#: Words of a usual news item: a longer one says more of everything, so its words count less.
_USUAL = 80
#: In a longer body no single word, however often, makes a topic.
_LONG = 80
#: Share of a narrower topic's score that its broader topic receives, per step.
_UPWARD = 0.8
#: A topic needs so much of the score of the strongest one,
_RELATIVE = 0.12
#: and the top-level topic that holds it so much of the strongest of these, or, with a telling word in the title, so much.
_BRANCH, _IN_TITLE = 0.5, 0.35
#: What a topic's score is multiplied by: this, and so much for each point of the vector's score.
_UNSEEN, _SEEN = 0.85, 0.5
#: Weight of a word that is hardly ever used in another sense.
_TELLING = 4.0
_MOST = 8
_SPANS = 6


class _Mark(NamedTuple):
    """A stretch of text that speaks for a topic, and how much."""

    score: float
    field: FieldText
    first: int
    last: int
    term: int
    weight: float


class TopicTagger:
    """Tags documents with topics. Vocabularies are read once per language, on first use."""

    def __init__(self, encoder: Encoder | None = None) -> None:
        """With the encoder, if any, that makes the vectors."""
        self._nearest = NearestTopics(encoder) if encoder else None

    def tag(self, document: Document, vector: NDArray[np.float32] | None = None) -> tuple[Topic, ...]:
        """What the document is about, surest first, at most eight topics; none where neither words nor vector suffice.

        Confidence is s / (s + 3) of the topic's score s, or the score of the vector where there are no words to go by.
        A topic that is only broader than one found is not listed but named in that one's `broader`.
        """
        votes: dict[str, float] = {}
        if self._nearest is not None and vector is not None:
            if not has_words(document.language):
                return _by_vector(self._nearest.topics(vector))
            votes = self._nearest.scores(vector)
        if not has_words(document.language):
            return ()
        own, marks = _scores(document, vocabulary(document.language))
        if votes:
            own = {code: score * _vote(votes.get(_top(code), 0.0)) for code, score in own.items()}
        return _select(own, marks)


def _vote(score: float) -> float:
    """What the vector makes of the words' score: a sixth less where it sees nothing of the topic, as much more if it does."""
    return _UNSEEN + _SEEN * min(max(score, 0.0), 0.6)


def _by_vector(found: list[tuple[str, float]]) -> tuple[Topic, ...]:
    return tuple(
        Topic(code=code, label=topic_table()[code].label, confidence=round(min(score, 1.0), 3), basis="vector")
        for code, score in found
    )


def _scores(document: Document, words: Vocabulary) -> tuple[dict[str, float], dict[str, list[_Mark]]]:
    """Each topic's score by its own words, and where these stand."""
    length = sum(len(read.tokens) - [token.norm for token in read.tokens].count("") for read in document.fields)
    scale = 1.0 / max(1.0, math.sqrt(length / _USUAL))
    times: dict[tuple[str, int], int] = defaultdict(int)
    scores: dict[str, float] = defaultdict(float)
    marks: dict[str, list[_Mark]] = defaultdict(list)
    for read in document.fields:  # title, lead, rest: where a word counts most it comes first
        title = read.field == "title"
        for first, last, says in words.find(read.tokens):
            emphasis = scale * (_TITLE if title else _LEAD if first < _LEAD_TOKENS else 1.0)
            for topic, weight, number in says:
                times[topic, number] += 1
                score = weight * emphasis / times[topic, number]
                scores[topic] += score
                if weight > 0:
                    marks[topic].append(_Mark(score, read, first, last, number, weight))
    return {topic: max(score, 0.0) for topic, score in scores.items()}, marks


def _select(own: dict[str, float], marks: dict[str, list[_Mark]]) -> tuple[Topic, ...]:
    total = _with_narrower(own)
    strongest = max(total.values(), default=0.0)
    least = max(_HALF * _THRESHOLD / (1 - _THRESHOLD), _RELATIVE * strongest)
    tops = {code: score for code, score in total.items() if code == _top(code) and score >= _IN_TITLE * strongest}
    borne = {code for code, score in tops.items() if _is_borne(code, marks, is_strong=score >= _BRANCH * strongest)}
    chosen = [code for code, score in total.items() if score >= least and _top(code) in borne]
    above = {code for other in chosen for code in broader(other)}
    narrowest = [code for code in chosen if code not in above or own.get(code, 0.0) >= 2 * least]
    narrowest.sort(key=lambda code: (-total[code], code))
    return tuple(_topic(code, total[code], marks) for code in narrowest[:_MOST])


def _is_borne(top: str, marks: dict[str, list[_Mark]], *, is_strong: bool) -> bool:
    """Is a top-level topic said by enough? Once in a long body may be a homonym or a metaphor, once in a title is not."""
    found = [mark for code in marks if within(code, top) for mark in marks[code]]
    in_title = max((mark.weight for mark in found if mark.field.field == "title"), default=0.0)
    if in_title and (is_strong or in_title >= _TELLING):
        return True
    if not found or not is_strong:
        return False
    first = found[0]
    is_short = len(first.field.tokens) < _LONG
    return is_short or any(mark.term != first.term or mark.last > mark.first for mark in found)


def _top(code: str) -> str:
    return (broader(code) or (code,))[-1]


def _with_narrower(own: dict[str, float]) -> dict[str, float]:
    total = dict(own)
    for code, score in own.items():
        share = score
        for above in broader(code):
            share *= _UPWARD
            total[above] = total.get(above, 0.0) + share
    return total


def _topic(code: str, score: float, marks: dict[str, list[_Mark]]) -> Topic:
    best = [mark for topic in marks if within(topic, code) for mark in marks[topic]]
    best.sort(key=lambda mark: (-mark.score, mark.field.field == "body", mark.first))
    spans: dict[tuple[str, int, int], Evidence] = {}
    for _, field, first, last, *_ in best[:_SPANS]:
        start, end, text = field.slice(first, last)
        spans[field.field, start, end] = Evidence(field=field.field, start=start, end=end, text=text, of="topic")
    return Topic(
        code=code,
        label=topic_table()[code].label,
        broader=broader(code),
        confidence=round(score / (score + _HALF), 3),
        evidence=tuple(sorted(spans.values(), key=lambda s: (s.field == "body", s.start))),
    )
