"""Phrase lexicons: patterns written in a language pack's events.yaml, compiled once and found in one pass.

A pattern is words set apart by blanks, each one of:

    هدنة        a base form: matches a token that may be of it (Token.stems)
    =النار      a written form: only proclitics may stand before it (Token.forms)
    ^لتوقيع     the word as written, but for a conjunction
    +قال        with a conjunction written onto it
    @sign.past  a class of words: from `classes`, or conjugated from `verbs`
    #year       a year (1949), never the first word
    a|b         either;  a? may be missing;  ... up to three words between;  ..N up to N words

Patterns are filed under the keys of their first word, so that a token costs one look-up however many patterns there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from agents.enrichment.text import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agents.enrichment.text import FieldText, Token

_CONJUNCTIONS = ("", "و", "ف")


class Word(NamedTuple):
    """One place of a pattern: what may stand there, and how many words may be skipped before it."""

    stems: frozenset[str]
    forms: frozenset[str]
    written: frozenset[str]
    optional: bool
    gap: int
    year: bool = False

    def fits(self, token: Token) -> bool:
        """Does the token fill this place?"""
        return bool(
            token.norm in self.written
            or (self.year and len(token.norm) == len("1949") and token.norm.isdigit() and token.norm[0] in "12")
            or (self.stems and not self.stems.isdisjoint(token.stems))
            or (self.forms and not self.forms.isdisjoint(token.forms))
        )


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A phrase to be found. `label` is the section it stands in, `says` the attributes of its group."""

    label: str
    says: Mapping[str, Any]
    words: tuple[Word, ...]


class Hit(NamedTuple):
    """A phrase found: token numbers `first` to `last`, both included."""

    label: str
    first: int
    last: int
    says: Mapping[str, Any]


def conjugate(past: Iterable[str], present: Iterable[str]) -> dict[str, list[str]]:
    """Third-person forms of Arabic verbs, from the perfect stem and the imperfect one without its prefix.

    Both stems may end in a weak letter (نفى, دعا; نفي): it is dropped where Arabic drops it.
    """
    found: dict[str, list[str]] = {"past": [], "present": [], "future": []}
    for stem in past:
        weak = stem[-1] in "ىا"
        base = stem[:-1] if weak else stem
        found["past"] += [stem, base + "ت", base + "تا", base + "وا", base + ("يا" if weak else "ا")]
    for stem in present:
        weak = stem[-1] in "يى"
        base = stem[:-1] if weak else stem
        middle = base + "ي" if weak else base
        forms = ["ي" + stem, "ت" + stem, "ن" + stem, "ي" + base + "ون", "ي" + base + "وا"]
        forms += [p + middle + e for p in "يت" for e in ("ان", "ا")]
        found["present"] += forms
        found["future"] += ["س" + form for form in forms]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The patterns of one language, filed under the keys of their first words."""

    patterns: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)
    by_raw: dict[str, tuple[Pattern, ...]] = field(default_factory=dict)
    """Patterns a token may open, remembered by how it is written: few words make most tokens of the news."""

    @classmethod
    def compile(cls, table: Mapping[str, Any], sections: Iterable[str]) -> Lexicon:
        """Read the named sections of an events.yaml; each is a list of groups with `any` (patterns) and attributes."""
        classes = _classes(table)
        filed: dict[str, list[Pattern]] = {}
        for section in sections:
            for group in table.get(section, ()):
                says = {k: v for k, v in group.items() if k != "any"}
                for written in group["any"]:
                    pattern = Pattern(section, says, tuple(_words(str(written), classes)))
                    for key in _opening_keys(pattern):
                        filed.setdefault(key, []).append(pattern)
        return cls({key: tuple(found) for key, found in filed.items()})

    def candidates(self, token: Token) -> tuple[Pattern, ...]:
        """Patterns whose first word may be this token."""
        known = self.by_raw.get(token.raw)
        if known is None:
            keys = dict.fromkeys((token.norm, *token.forms, *token.stems)) if token.norm else ()
            known = tuple(dict.fromkeys(p for key in keys for p in self.patterns.get(key, ())))
            if len(self.by_raw) > 300_000:
                self.by_raw.clear()
            self.by_raw[token.raw] = known
        return known

    def find(self, text: FieldText, first: int = 0, end: int | None = None) -> list[Hit]:
        """All phrases between two token numbers, in order, the longest of each label at each place."""
        return list(self._find(text.tokens, first, len(text.tokens) if end is None else end))

    def _find(self, tokens: tuple[Token, ...], first: int, end: int) -> Iterator[Hit]:
        for at in range(first, end):
            for pattern in self.candidates(tokens[at]):
                last = _match(pattern.words, 0, tokens, at, end)
                if last >= 0:
                    yield Hit(pattern.label, at, last, pattern.says)


def _match(words: tuple[Word, ...], number: int, tokens: tuple[Token, ...], at: int, end: int) -> int:
    """The last token of a match of words[number:] from token `at`, or -1."""
    if number == len(words):
        return at - 1
    word = words[number]
    skipped = 0
    here = at
    while here < end:
        if tokens[here].norm:
            if word.fits(tokens[here]):
                last = _match(words, number + 1, tokens, here + 1, end)
                if last >= 0:
                    return last
            if skipped >= word.gap:
                break
            skipped += 1
        elif number == 0 or tokens[here].raw in ".،,؛;:!؟?":
            break  # quotes and brackets may stand inside a phrase, marks that end a thought may not
        here += 1
    return _match(words, number + 1, tokens, at, end) if word.optional else -1


def _classes(table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found = {name: tuple(str(words).split()) for name, words in table.get("classes", {}).items()}
    for name, verb in table.get("verbs", {}).items():
        forms = conjugate(str(verb.get("past", "")).split(), str(verb.get("present", "")).split())
        for tense, words in forms.items():
            found[f"{name}.{tense}"] = tuple("^" + w for w in words)
        found[name] = tuple("^" + w for words in forms.values() for w in words)
    return found


def _words(pattern: str, classes: Mapping[str, tuple[str, ...]]) -> Iterator[Word]:
    gap = 0
    for piece in pattern.split():
        if piece.startswith(".."):
            gap = 3 if piece == "..." else int(piece[2:])
            continue
        optional = piece.endswith("?")
        stems: set[str] = set()
        forms: set[str] = set()
        written: set[str] = set()
        for choice in () if piece == "#year" else piece.rstrip("?").split("|"):
            joined = choice.startswith("+")
            name = choice.removeprefix("+")
            if name.startswith("@") and name[1:] not in classes:
                raise ValueError(f"pattern {pattern!r}: no class {name!r}; add it to classes or verbs")
            for word in classes[name[1:]] if name.startswith("@") else (name,):
                if joined:
                    written.update(c + normalise(word.lstrip("^=")) for c in _CONJUNCTIONS if c)
                elif word.startswith("^"):
                    written.update(c + normalise(word[1:]) for c in _CONJUNCTIONS)
                elif word.startswith("="):
                    forms.add(normalise(word[1:]))
                else:
                    stems.add(normalise(word))
        yield Word(frozenset(stems), frozenset(forms), frozenset(written), optional, gap, piece == "#year")
        gap = 0


def _opening_keys(pattern: Pattern) -> set[str]:
    keys: set[str] = set()
    for word in pattern.words:
        keys |= word.stems | word.forms | word.written
        if not word.optional:
            break
    return keys
