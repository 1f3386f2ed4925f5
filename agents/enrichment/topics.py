"""What is an article about? Topics by IPTC Media Topic code, found by weighted words.

The tree of topics is `topics.tsv`, the words are `languages/<code>/topics.tsv`: code, weight, word or phrase. A word
matches a token when their stems meet (after `=`: as it is written, but for proclitics), a phrase matches consecutive tokens. Weights of a topic add up, repeated words
count less each time, title words count more, and what the words of a narrower topic say also speaks for the broader one.
Below a threshold nothing is said. Negative weights tell homonyms apart: a football club's name is no agreement.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from agents.enrichment.languages import CODES
from agents.enrichment.languages import pack as language_pack
from agents.enrichment.text import normalise
from streams.records import Evidence, Label, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agents.enrichment.languages import LanguagePack
    from agents.enrichment.text import Document, FieldText, Token

#: A word in the title says as much as so many in the body.
_TITLE = 2.5
#: The first so many tokens of the body, its lead, count this much.
_LEAD_TOKENS, _LEAD = 45, 1.5
#: Score at which confidence is one half; there it is cut off.
_HALF = 3.0
_THRESHOLD = 0.5
#: Share of a narrower topic's score that its broader topic receives, per step.
_UPWARD = 0.8
#: A topic needs so much of the score of the strongest one, and the top-level topic that holds it so much of the strongest.
_RELATIVE, _BRANCH = 0.12, 0.35
_MOST = 8
_SPANS = 6


# --- the tree -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TopicEntry:
    """A topic of the table: its code, that of the broader topic ('': none), names."""

    code: str
    parent: str
    label: Label
    names: tuple[str, ...]


def _rows(text: str) -> Iterable[list[str]]:
    return (line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def topic_table() -> dict[str, TopicEntry]:
    """Every topic by code."""
    text = resources.files(__package__).joinpath("topics.tsv").read_text(encoding="utf-8")
    _header, *rows = _rows(text)
    return {
        code: TopicEntry(code, parent, Label(en=en, ar=ar), tuple(n.strip() for n in names.split(";") if n.strip()))
        for code, parent, en, ar, names in rows
    }


@cache
def broader(code: str) -> tuple[str, ...]:
    """The codes of all broader topics, nearest first; () for a topic at the top or an unknown code."""
    entry = topic_table().get(code)
    return (entry.parent, *broader(entry.parent)) if entry and entry.parent else ()


def within(code: str, ancestor: str) -> bool:
    """Is the topic the other one, or a narrower one?"""
    return code == ancestor or ancestor in broader(code)


def _slug(name: str) -> str:
    return " ".join(normalise(word) for word in name.replace("-", " ").replace("_", " ").replace(",", " ").split())


@cache
def _codes_by_name() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for code, entry in topic_table().items():
        for name in (code, code.partition(":")[2], entry.label.en, entry.label.ar, *entry.names):
            found[_slug(name)].add(code)
        if entry.label.en.endswith(")"):  # trial (court)
            found[_slug(entry.label.en.partition(" (")[0])].add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def codes_named(name: str) -> frozenset[str]:
    """Codes of the topics of that name: a code with or without its prefix, a label in any language, an English slug.

    `natural-disaster`, `كارثة طبيعية` and `20000151` are one. The empty set: no topic is called so.
    """
    slug = _slug(name)
    table = _codes_by_name()
    return table.get(slug) or table.get(slug.removesuffix("s")) or table.get(f"{slug}s") or frozenset()


def topic_names() -> tuple[str, ...]:
    """Every name a query may use, for suggestions."""
    return tuple(sorted(n for entry in topic_table().values() for n in (entry.label.en, entry.label.ar, *entry.names)))


# --- the words ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Word:
    """Spellings that a token's stems, or, for a word marked `=`, its forms must meet."""

    spellings: frozenset[str]
    exact: bool

    def is_token(self, token: Token) -> bool:
        return not self.spellings.isdisjoint(token.forms if self.exact else token.stems)


@dataclass(frozen=True, slots=True)
class _Term:
    """A word or phrase and what it says: weight by topic."""

    number: int
    words: tuple[_Word, ...]
    weights: tuple[tuple[str, float], ...]


@dataclass(slots=True)
class _Vocabulary:
    """A language's terms, filed under the stems of their rarest word."""

    code: str
    by_stem: dict[str, list[tuple[int, _Term]]] = field(default_factory=lambda: defaultdict(list))
    by_form: dict[str, list[tuple[int, _Term]]] = field(default_factory=lambda: defaultdict(list))

    def terms(self, read: FieldText) -> Iterator[tuple[int, int, _Term]]:
        """All terms in a text, as (first token, last token, term)."""
        for number, token in enumerate(read.tokens):
            if token.norm and (anchored := _anchored(self.code, token.raw)):
                yield from self._at(read.tokens, number, anchored)

    @staticmethod
    def _at(
        tokens: tuple[Token, ...], number: int, anchored: tuple[tuple[int, _Term], ...]
    ) -> Iterable[tuple[int, int, _Term]]:
        found: dict[int, tuple[int, int, _Term]] = {}
        for anchor, term in anchored:
            length = len(term.words)
            if length == 1:
                found[term.number] = (number, number, term)
                continue
            first = number - anchor
            if first < 0 or first + length > len(tokens) or term.number in found:
                continue
            for n in range(length):
                if n != anchor and not term.words[n].is_token(tokens[first + n]):
                    break
            else:
                found[term.number] = (first, first + length - 1, term)
        return found.values()


def _base_forms(word: str, pack: LanguagePack) -> frozenset[str]:
    """The stems of a word of the vocabulary, which is known to begin with no proclitic but the article.

    Were فساد also read as ف + ساد it would meet كساد, read as ك + ساد.
    """
    own, *stripped = pack.forms(word)
    cut = {stem for form in stripped if f"ال{form}" != own for stem in pack.stems(form)}
    return frozenset(stem for stem in pack.stems(word) if stem not in cut or stem[:2] == own[:2])


@cache
def _vocabulary(code: str) -> _Vocabulary:
    pack = language_pack(code)

    def read(word: str) -> _Word:
        if word.startswith("="):
            return _Word(frozenset({normalise(word[1:])}), exact=True)
        return _Word(_base_forms(word, pack), exact=False)

    weights: dict[tuple[_Word, ...], dict[str, float]] = defaultdict(dict)
    for topic, weight, phrase in _rows(pack.read("topics.tsv")):
        if topic not in topic_table():
            raise ValueError(f"languages/{code}/topics.tsv: topic '{topic}' of '{phrase}' is not in topics.tsv")
        weights[tuple(read(word) for word in phrase.split())][topic] = float(weight)
    commonness: dict[str, int] = defaultdict(int)
    for words in weights:
        for word in words:
            for stem in word.spellings:
                commonness[stem] += 1
    vocabulary = _Vocabulary(code)
    for number, (words, by_topic) in enumerate(weights.items()):
        anchor = min(range(len(words)), key=lambda n: max(commonness[stem] for stem in words[n].spellings))
        term = _Term(number, words, tuple(by_topic.items()))
        index = vocabulary.by_form if words[anchor].exact else vocabulary.by_stem
        for spelling in words[anchor].spellings:
            index[spelling].append((anchor, term))
    return vocabulary


@lru_cache(maxsize=200_000)
def _anchored(code: str, raw: str) -> tuple[tuple[int, _Term], ...]:
    """Terms filed under a written word, each with the number of its word that it is; few words make most of a text."""
    vocabulary, pack = _vocabulary(code), language_pack(code)
    found = [entry for stem in pack.stems(raw) for entry in vocabulary.by_stem.get(stem, ())]
    found += [entry for form in pack.forms(raw) for entry in vocabulary.by_form.get(form, ())]
    # Stems are a set: without an order of their own, ties would fall one way today and another tomorrow.
    return tuple(sorted(found, key=lambda entry: (entry[1].number, entry[0])))


@dataclass(frozen=True, slots=True)
class _Hit:
    """A term in the text, and how much the place where it stands counts."""

    field: FieldText
    first: int
    last: int
    term: _Term
    emphasis: float


def _hits(document: Document, vocabulary: _Vocabulary) -> list[_Hit]:
    hits: list[_Hit] = []
    for read in document.fields:
        found = list(vocabulary.terms(read))
        # A phrase explains its words: what lies inside a longer term is not counted again.
        found.sort(key=lambda hit: (hit[0] - hit[1], hit[0]))
        taken: dict[int, int] = {}
        for first, last, term in found:
            length = last - first
            if any(taken.get(n, -1) > length for n in range(first, last + 1)):
                continue
            for n in range(first, last + 1):
                taken[n] = max(taken.get(n, -1), length)
            emphasis = _TITLE if read.field == "title" else _LEAD if first < _LEAD_TOKENS else 1.0
            hits.append(_Hit(read, first, last, term, emphasis))
    return hits


def _strongest(hits: list[_Hit]) -> dict[tuple[str, str, int, int], tuple[float, _Hit]]:
    """Per topic and stretch of text the term that says most: singular and plural in the vocabulary are one word here."""
    best: dict[tuple[str, str, int, int], tuple[float, _Hit]] = {}
    for hit in hits:
        for topic, weight in hit.term.weights:
            key = (topic, hit.field.field, hit.first, hit.last)
            if key not in best or abs(weight) > abs(best[key][0]):
                best[key] = (weight, hit)
    return best


class TopicTagger:
    """Tags documents with topics. Vocabularies are read once per language, on first use."""

    def tag(self, document: Document) -> tuple[Topic, ...]:
        """What the document is about, surest first, at most eight topics; none where the words do not suffice.

        Confidence is s / (s + 3) of the topic's score s. A topic that is only broader than one found is not listed but
        named in that one's `broader`.
        """
        if document.language not in CODES:
            return ()
        hits = _hits(document, _vocabulary(document.language))
        words = sum(1 for read in document.fields for token in read.tokens if token.norm)
        # Long texts say more of everything; beyond a news item's usual length words count less.
        scale = 1.0 / max(1.0, math.sqrt(words / 120))
        own, proofs = self._scores(hits, scale)
        total = _with_narrower(own)
        return self._select(own, total, proofs)

    @staticmethod
    def _scores(hits: list[_Hit], scale: float) -> tuple[dict[str, float], dict[str, list[tuple[float, _Hit]]]]:
        times: dict[tuple[str, int], int] = defaultdict(int)
        scores: dict[str, float] = defaultdict(float)
        proofs: dict[str, list[tuple[float, _Hit]]] = defaultdict(list)
        for (topic, *_), (weight, hit) in sorted(_strongest(hits).items(), key=lambda entry: -entry[1][1].emphasis):
            times[topic, hit.term.number] += 1
            damped = weight * hit.emphasis * scale / times[topic, hit.term.number]
            scores[topic] += damped
            if weight > 0:
                proofs[topic].append((damped, hit))
        return {topic: max(score, 0.0) for topic, score in scores.items()}, proofs

    @staticmethod
    def _select(
        own: dict[str, float], total: dict[str, float], proofs: dict[str, list[tuple[float, _Hit]]]
    ) -> tuple[Topic, ...]:
        strongest = max(total.values(), default=0.0)
        least = max(_HALF * _THRESHOLD / (1 - _THRESHOLD), _RELATIVE * strongest)
        chosen = [code for code, score in total.items() if score >= least and total[_top(code)] >= _BRANCH * strongest]
        narrowest = [
            code
            for code in chosen
            if not any(code in broader(other) for other in chosen) or own.get(code, 0.0) >= 2 * least
        ]
        narrowest.sort(key=lambda code: (-total[code], code))
        return tuple(_topic(code, total[code], proofs) for code in narrowest[:_MOST])


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


def _topic(code: str, score: float, proofs: dict[str, list[tuple[float, _Hit]]]) -> Topic:
    best = [proof for topic in proofs if within(topic, code) for proof in proofs[topic]]
    best.sort(key=lambda proof: (-proof[0], proof[1].field.field == "body", proof[1].first))
    spans: dict[tuple[str, int, int], Evidence] = {}
    for _, hit in best[:_SPANS]:
        start, end, text = hit.field.slice(hit.first, hit.last)
        spans[hit.field.field, start, end] = Evidence(
            field=hit.field.field, start=start, end=end, text=text, of="topic"
        )
    return Topic(
        code=code,
        label=topic_table()[code].label,
        broader=broader(code),
        confidence=round(score / (score + _HALF), 3),
        evidence=tuple(sorted(spans.values(), key=lambda s: (s.field == "body", s.start))),
    )
