"""What the tagger sees of a word: nothing but the word itself, so that it is worked out once for each word type."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from agents.enrichment.text import normalise

if TYPE_CHECKING:
    from agents.enrichment.gazetteer import Gazetteer
    from agents.enrichment.languages import LanguagePack
    from agents.enrichment.text import FieldText, Token
    from streams.records import Entity

#: Stands before and after a sentence.
EDGE = ("^",)
#: Letters of the longest start and end of a word that are features.
_LONGEST_AFFIX = 4


class WordFeatures:
    """The features of words of one language, from its lists (names.yaml) and the names of the gazetteer."""

    def __init__(self, pack: LanguagePack, gazetteer: Gazetteer) -> None:
        table = pack.table("names.yaml")
        self.endings = tuple(normalise(ending) for ending in table.pop("family_endings", "").split())
        self.article = normalise(table.pop("article", ""))
        table.pop("redraw", None)  # for the trainer
        self._alike = [tuple(pair.split("=")) for pair in table.pop("alike", "").split()]
        self.lists: dict[str, set[str]] = {}
        """Normalised word to the names of the lists that hold it."""
        for name, words in table.items():
            for word in words.split():
                self.lists.setdefault(normalise(word), set()).add(name)
        self._file(gazetteer)

    def _file(self, gazetteer: Gazetteer) -> None:
        for words, kinds in gazetteer.kinds_of_names():
            for kind in kinds:
                for number, word in enumerate(words):
                    place = "only" if len(words) == 1 else "first" if number == 0 else "later"
                    self.lists.setdefault(word, set()).add(f"{kind}-{place}")

    def knows(self, word: str) -> bool:
        """Is it a word that names are made of?"""
        return word in self.lists

    def is_given(self, word: str) -> bool:
        """Is it a given name, or the first word of a person that the gazetteer holds?"""
        return not self.lists.get(word, set()).isdisjoint(("given", "person-first"))

    def sound(self, word: str) -> str:
        """The word with one letter for all that stand for a sound in foreign names."""
        for written, sound in self._alike:
            word = word.replace(written, sound)
        return word

    def is_head(self, word: str) -> bool:
        """Is it a word that a body's name is headed by (جامعة, ministry)?"""
        return "organisations" in self.lists.get(word, ())

    def of(self, token: Token) -> tuple[str, ...]:
        """The features of a word, most telling first."""
        if not token.is_word:
            return (f"w={token.raw}", "mark", f"m={unicodedata.category(token.raw[0])}")
        word = token.norm
        found = [f"w={word}", *self._shape(token)]
        found += [f"l={name}" for name in sorted(self.lists.get(word, ()))]
        within = {name for form in token.forms[1:] for name in self.lists.get(form, ())}
        found += [f"c={name}" for name in sorted(within)]
        found += [f"f={form}" for form in token.forms[1:]]
        found += [f"s={stem}" for stem in sorted(token.stems) if stem != word]
        longest = min(_LONGEST_AFFIX, len(word))
        found += [f"p={word[:length]}" for length in range(1, longest + 1)]
        found += [f"e={word[-length:]}" for length in range(1, longest + 1)]
        return tuple(found)

    def _shape(self, token: Token) -> list[str]:
        word = token.norm
        found = [f"n={min(len(word), 8)}"]
        if word[0].isdigit():
            found.append("digit")
        if shape := _capitals(token.raw):
            found.append(f"k={shape}")
        if self.article and word.startswith(self.article):
            found.append("article")
        elif self.article and any(form.startswith(self.article) for form in token.forms[1:]):
            found.append("article-within")
        if word.endswith(self.endings) and len(word) > 4:
            found.append("family")
        return found


def _capitals(raw: str) -> str:
    """How a word of a script with capitals is written; '' for others."""
    if raw.lower() == raw.upper():
        return ""
    if raw.islower():
        return "small"
    if len(raw) == 1:
        return "initial"
    if raw.isupper():
        return "capitals"
    return "capital" if raw[0].isupper() and raw[1:].islower() else "mixed"


def linked_labels(field: FieldText, entities: tuple[Entity, ...]) -> list[str]:
    """What the gazetteer says of each token of a field: '' or B-, I- and a type."""
    spans = sorted(
        (mention.start, mention.end, "demonym" if mention.demonym else entity.type.value)
        for entity in entities
        for mention in entity.mentions
        if mention.field == field.field
    )
    found = [""] * len(field.tokens)
    number = 0
    for start, end, kind in spans:
        while number < len(field.tokens) and field.tokens[number].end <= start:
            number += 1
        lead = "B"
        while number < len(field.tokens) and field.tokens[number].start < end:
            found[number] = f"{lead}-{kind}"
            lead = "I"
            number += 1
    return found
