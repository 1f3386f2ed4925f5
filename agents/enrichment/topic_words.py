"""The words that say what a text is about: `languages/<code>/topics.tsv`, with code, weight, word or phrase in a row.

A word matches a token when their stems meet (after `=`: as it is written, but for proclitics), a phrase matches
consecutive tokens. Negative weights tell homonyms apart: a football club's name is no agreement.

Terms are filed under their first word, phrases there under their second one, and what a written word begins is kept: the
few thousand words that make most texts are analysed once.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from agents.enrichment.languages import pack as language_pack
from agents.enrichment.text import normalise
from agents.enrichment.topics import rows, topic_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agents.enrichment.languages import LanguagePack
    from agents.enrichment.text import Token

#: So many written words are remembered.
_KNOWN = 200_000


class _Word(NamedTuple):
    """Spellings that a token's stems, or, for a word marked `=`, its forms must meet."""

    spellings: frozenset[str]
    exact: bool

    @property
    def keys(self) -> Iterable[str]:
        """What it is filed under."""
        return (f"={spelling}" for spelling in self.spellings) if self.exact else self.spellings

    def is_token(self, token: Token) -> bool:
        return not self.spellings.isdisjoint(token.forms if self.exact else token.stems)


class Term(NamedTuple):
    """A word or phrase and what it says: weight by topic."""

    number: int
    words: tuple[_Word, ...]
    weights: tuple[tuple[str, float], ...]


class Found(NamedTuple):
    """Terms in a text, from token `first` to token `last`: what they say, as (topic, weight, number of the term)."""

    first: int
    last: int
    says: tuple[tuple[str, float, int], ...]


class _Begun(NamedTuple):
    """What a written word says alone, and the phrases it begins, by a stem or, after `=`, form that must follow."""

    says: tuple[tuple[str, float, int], ...]
    phrases: dict[str, tuple[Term, ...]]
    stems: frozenset[str]
    """The keys of `phrases` that are stems."""
    exact: bool
    """Are there others?"""


_SILENT = _Begun((), {}, frozenset(), exact=False)


class Vocabulary:
    """The terms of a language."""

    def __init__(self, pack: LanguagePack) -> None:
        """Read them.

        Raises:
            ValueError: a row has a topic that is not in the tree.
        """
        weights: dict[tuple[_Word, ...], dict[str, float]] = defaultdict(dict)
        for topic, weight, phrase in rows(pack.read("topics.tsv")):
            if topic not in topic_table():
                raise ValueError(
                    f"languages/{pack.code}/topics.tsv: topic '{topic}' of '{phrase}' is not in topics.tsv"
                )
            weights[tuple(_read(word, pack) for word in phrase.split())][topic] = float(weight)
        self._by_first: dict[str, list[Term]] = defaultdict(list)
        for number, (words, by_topic) in enumerate(weights.items()):
            term = Term(number, words, tuple(by_topic.items()))
            for key in words[0].keys:
                self._by_first[key].append(term)
        self._begun: dict[str, _Begun] = {}
        self._known: set[str] = set()

    def find(self, tokens: tuple[Token, ...]) -> list[Found]:
        """The terms in a text by place; those within a longer one are left out, for a phrase explains its words."""
        written = [token.raw for token in tokens]
        self._learn(tokens, set(written))
        begun = self._begun
        found: list[Found] = []
        phrases: list[Found] = []
        end = len(tokens) - 1
        for number, raw in enumerate(written):
            if raw in begun:  # one word of four
                says, followed, stems, exact = begun[raw]
                if followed and number < end and (exact or not stems.isdisjoint(tokens[number + 1].stems)):
                    phrases += _phrases(tokens, number, followed)
                if says:
                    found.append(Found(number, number, says))
        if not phrases:
            return found
        longest: dict[int, int] = {}
        for first, last, _ in phrases:
            for n in range(first, last + 1):
                longest[n] = max(longest.get(n, 0), last - first)
        found = [one for one in found if one.first not in longest]
        found += [
            one for one in phrases if max(longest[n] for n in range(one.first, one.last + 1)) == one.last - one.first
        ]
        found.sort(key=lambda one: one.first)
        return found

    def _learn(self, tokens: tuple[Token, ...], written: set[str]) -> None:
        """Look up words that were not met before."""
        if len(self._known) > _KNOWN:
            self._known.clear()
            self._begun.clear()
        if new := written - self._known:
            for token in tokens:
                if token.raw in new:
                    new.discard(token.raw)
                    analysed = self._analysed(token)
                    if analysed.says or analysed.phrases:
                        self._begun[token.raw] = analysed
            self._known |= written

    def _analysed(self, token: Token) -> _Begun:
        keys = [*token.stems, *(f"={form}" for form in token.forms)]
        begun = {term.number: term for key in keys if key in self._by_first for term in self._by_first[key]}
        if not begun:
            return _SILENT
        phrases: dict[str, dict[int, Term]] = defaultdict(dict)
        for number, term in sorted(begun.items()):
            if len(term.words) > 1:
                for key in term.words[1].keys:
                    phrases[key][number] = term
        return _Begun(
            _says(term for term in begun.values() if len(term.words) == 1),
            {key: tuple(terms.values()) for key, terms in phrases.items()},
            frozenset(key for key in phrases if key[0] != "="),
            any(key[0] == "=" for key in phrases),
        )


def _phrases(tokens: tuple[Token, ...], number: int, followed: dict[str, tuple[Term, ...]]) -> Iterable[Found]:
    """The phrases that begin at a token: per last token what they say."""
    by_end: dict[int, dict[int, Term]] = {}
    after = tokens[number + 1]
    for key in (*after.stems, *(f"={form}" for form in after.forms)):
        for term in followed.get(key, ()):
            words = term.words
            end = number + len(words)
            if end <= len(tokens) and all(words[n].is_token(tokens[number + n]) for n in range(2, len(words))):
                by_end.setdefault(end - 1, {})[term.number] = term
    return [Found(number, last, _says(terms.values())) for last, terms in by_end.items()]


def _says(terms: Iterable[Term]) -> tuple[tuple[str, float, int], ...]:
    """Per topic the term that says most: singular and plural in the vocabulary are one word in a text."""
    best: dict[str, tuple[str, float, int]] = {}
    # Terms come from sets: without an order of their own, ties would fall one way today and another tomorrow.
    for term in sorted(terms, key=lambda term: term.number):
        for topic, weight in term.weights:
            if topic not in best or abs(weight) > abs(best[topic][1]):
                best[topic] = (topic, weight, term.number)
    return tuple(best.values())


def _read(word: str, pack: LanguagePack) -> _Word:
    if word.startswith("="):
        return _Word(frozenset({normalise(word[1:])}), exact=True)
    return _Word(_base_forms(word, pack), exact=False)


def _base_forms(word: str, pack: LanguagePack) -> frozenset[str]:
    """The stems of a word of the vocabulary, which is known to begin with no proclitic but the article.

    Were فساد also read as ف + ساد it would meet كساد, read as ك + ساد.
    """
    own, *stripped = pack.forms(word)
    cut = {stem for form in stripped if f"ال{form}" != own for stem in pack.stems(form)}
    return frozenset(stem for stem in pack.stems(word) if stem not in cut or stem[:2] == own[:2])


@cache
def has_words(code: str) -> bool:
    """Is there a vocabulary for the language?"""
    return bool(language_pack(code).read("topics.tsv"))


@cache
def vocabulary(code: str) -> Vocabulary:
    """The vocabulary of a language that has a pack, read on first use."""
    return Vocabulary(language_pack(code))
