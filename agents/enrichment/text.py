"""Raw text to tokens and sentences, with offsets back into the raw text.

Normalisation is camel-tools' (alef, alef maksura, teh marbuta, diacritics), applied per token after Unicode NFKC, so that
presentation forms, tatweel, vowel marks, zero-width and direction marks, Persian ی and ک, and digits are no obstacle,
while `start` and `end` keep pointing at what was really written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from camel_tools.utils.normalize import normalize_alef_ar, normalize_alef_maksura_ar, normalize_teh_marbuta_ar

if TYPE_CHECKING:
    from agents.enrichment.languages import LanguagePack

_LETTERS = str.maketrans(
    {
        "ی": "ي", "ې": "ي", "ے": "ي", "ک": "ك", "ڪ": "ك", "ہ": "ه", "ھ": "ه", "ۀ": "ه", "ە": "ه", "ٱ": "ا",
        "ـ": None, "ً": None, "ٰ": None,
    }
)  # fmt: skip
_QUOTES = frozenset("\"'“”„‟«»‹›‘’‚‛＂")
_PLAIN_ARABIC = re.compile("[ء-غف-ي]+")
_SENTENCE_END = frozenset(".!?؟۔…")


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Normalised but for the teh marbuta, which tells كتابة (writing) from كتابه (his book)."""
    if _PLAIN_ARABIC.fullmatch(word):  # nine words of ten, and nothing else to do for them
        return str(normalize_alef_maksura_ar(normalize_alef_ar(word)))
    word = unicodedata.normalize("NFKC", word).translate(_LETTERS)
    word = normalize_alef_maksura_ar(normalize_alef_ar(word))
    kept = []
    for char in word:
        category = unicodedata.category(char)
        if category == "Nd":
            kept.append(str(unicodedata.digit(char)))
        elif category not in ("Cf", "Cc", "Mn"):  # Mn: vowel marks among others
            kept.append(char)
    word = "".join(kept)
    if word.isascii():
        return word.casefold()
    # Latin, Greek and Cyrillic lose their accents (Türkiye, turkiye); Arabic hamzas on seats stay.
    bare = "".join(
        c for c in unicodedata.normalize("NFD", word) if unicodedata.category(c) != "Mn" or "\u0600" <= c <= "\u06ff"
    )
    return unicodedata.normalize("NFC", bare).casefold()


def normalise(word: str) -> str:
    """One spelling for all ways to write a word: 'الهُــدْنَـةُ', 'ﺍﻟﻬﺪﻧﺔ' and 'الهدنة' become 'الهدنه'."""
    return without_teh_marbuta(fold(word))


def without_teh_marbuta(folded: str) -> str:
    """The last step of normalisation, for a word that is folded."""
    return str(normalize_teh_marbuta_ar(folded)) if "ة" in folded else folded


class Token(NamedTuple):
    """A word or a punctuation mark. `norm` is its normalised spelling, '' for a mark."""

    start: int
    end: int
    raw: str
    norm: str
    forms: tuple[str, ...]
    """Normalised spelling, then what is left without proclitics (والاتفاق, الاتفاق, اتفاق): how names are looked up."""
    stems: frozenset[str]
    """Every base form the word may be of, inflection taken off: how words are looked up."""

    @property
    def is_word(self) -> bool:
        """Is it a word or number, not a mark?"""
        return bool(self.norm)


@dataclass(frozen=True, slots=True)
class FieldText:
    """Title or body: its raw text, its tokens, and its sentences as (first, last + 1) token numbers."""

    field: Literal["title", "body"]
    raw: str
    tokens: tuple[Token, ...]
    sentences: tuple[tuple[int, int], ...]

    def slice(self, first: int, last: int) -> tuple[int, int, str]:
        """Start, end and raw text of tokens `first` to `last`, both included."""
        start, end = self.tokens[first].start, self.tokens[last].end
        return start, end, self.raw[start:end]


@dataclass(frozen=True, slots=True)
class Document:
    """An article as its readers see it: tokens of title and body, without site boilerplate."""

    language: str
    title: FieldText
    body: FieldText

    @property
    def fields(self) -> tuple[FieldText, FieldText]:
        """Title, then body."""
        return self.title, self.body


_WRITTEN = re.compile(r"\S+")


#: What emoji of several code points are joined with, one that is a letter, and where most of them are.
_EMOJI = re.compile("[\u200d\u20e3\u2139\ufe0f\U0001f000-\U0010ffff]")


@lru_cache(maxsize=200_000)
def _pieces(word: str) -> tuple[str, ...]:
    """As camel-tools' simple_word_tokenize cuts it, which takes 0.5 s and 40 MB to import: its table of emoji, mostly."""
    if _PLAIN_ARABIC.fullmatch(word):
        return (word,)
    if _EMOJI.search(word):
        from camel_tools.tokenizers.word import simple_word_tokenize

        return tuple(simple_word_tokenize(word))
    found, start = [], 0
    for at, char in enumerate(word):
        if unicodedata.category(char)[0] in "PS":  # punctuation and symbols stand by themselves
            if start < at:
                found.append(word[start:at])
            found.append(char)
            start = at + 1
    if start < len(word):
        found.append(word[start:])
    return tuple(found)


@lru_cache(maxsize=200_000)
def _analysed(raw: str, pack: LanguagePack) -> tuple[str, tuple[str, ...], frozenset[str]]:
    if not any(c.isalnum() for c in raw):
        return "", (), frozenset()
    forms, stems = pack.morphology.read(raw)
    return forms[0], forms, stems


@lru_cache(maxsize=200_000)
def _read(word: str, pack: LanguagePack) -> tuple[Token, ...]:
    """The tokens of what stands between two spaces, with offsets into it."""
    found, end = [], 0
    for raw in _pieces(word):
        start = word.index(raw, end)
        end = start + len(raw)
        found.append(Token(start, end, raw, *_analysed(raw, pack)))
    return tuple(found)


def pieces(text: str) -> tuple[str, ...]:
    """The words and marks of a text as they are written: what a list of names is cut with."""
    return tuple(piece for word in text.split() for piece in _pieces(word))


_token = tuple.__new__  # what Token(...) calls in the end, at a third of the time: it is made for every word


def tokenise(text: str, pack: LanguagePack) -> tuple[Token, ...]:
    """Words and marks of a text, in order, with code-point offsets."""
    found: list[Token] = []
    for written in _WRITTEN.finditer(text):
        at = written.start()
        for start, end, raw, norm, forms, stems in _read(written.group(), pack):
            found.append(_token(Token, (at + start, at + end, raw, norm, forms, stems)))
    return tuple(found)


def _ends_sentence(text: str, tokens: tuple[Token, ...], number: int) -> bool:
    token = tokens[number]
    if token.raw not in _SENTENCE_END:
        return False
    if token.raw != ".":
        return True
    after = text[token.end : token.end + 1]
    if after and not (after.isspace() or after in _QUOTES or after in ")]"):
        return False  # 3.5, example.com
    before = tokens[number - 1] if number else None
    return not (
        before and before.end == token.start and len(before.norm) == 1 and before.norm.isalpha()
    )  # أ. ف. ب., U.S.


def sentences(text: str, tokens: tuple[Token, ...]) -> tuple[tuple[int, int], ...]:
    """Token ranges of the sentences: they end at . ! ? ؟ … and at line ends, never at a comma of any script."""
    found, first = [], 0
    line_end = text.find("\n")
    for number, token in enumerate(tokens):
        if -1 < line_end < token.start:
            if first < number:
                found.append((first, number))
                first = number
            line_end = text.find("\n", token.start)
        if not token.norm and _ends_sentence(text, tokens, number):
            found.append((first, number + 1))
            first = number + 1
    if first < len(tokens):
        found.append((first, len(tokens)))
    return tuple(found)


def field_text(field: Literal["title", "body"], raw: str, pack: LanguagePack, end: int = -1) -> FieldText:
    """Tokens and sentences of a field; text from offset `end` on is left out (-1: nothing is)."""
    read = raw if end < 0 else raw[:end]
    tokens = tokenise(read, pack)
    return FieldText(field, raw, tokens, sentences(read, tokens))


@lru_cache(maxsize=128)  # in one process the stages after enrichment read the same articles again
def document(title: str, body: str, language: str, pack: LanguagePack, text_end: int = -1) -> Document:
    """An article's document; `text_end` is where the body's text ends and boilerplate begins."""
    return Document(language, field_text("title", title, pack), field_text("body", body, pack, text_end))
