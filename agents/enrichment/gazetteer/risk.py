"""Which names of towns are also words or names of people, and so need a cue: marks that the tables need not write.

A town that few have heard of is rarely meant where its name is a word of the language: السفيرة is the ambassador, Of a
preposition. What counts is whether its words are ordinary (languages/<code>/frequencies.tsv, ordinary.tsv), given names,
other names of the gazetteer, or short, and how many live there.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from agents.enrichment.gazetteer import rules
from agents.enrichment.gazetteer.spelling import normalised, words_of
from agents.enrichment.gazetteer.tables import cells, rows
from agents.enrichment.languages import pack

#: Letters, without the article, of a name that is too short to be told from other words, and of one that nearly is, in
#: Arabic and in Latin script; people of a town that is in the news often enough for its name alone to be it.
SHORT, SHORTISH, SHORTISH_LATIN, WELL_KNOWN = 3, 4, 5, 50_000


#: Ending of a word and what may stand in its place in a list of base forms.
ENDINGS = (
    ("ه", ""),
    ("ات", ""),
    ("ات", "ه"),
    ("ون", ""),
    ("ين", ""),
    ("ان", ""),
    ("ي", ""),
    ("يه", ""),
    ("s", ""),
    ("es", ""),
)


@cache
def ordinary() -> frozenset[str]:
    """Normalised words that mean something else than a town."""
    lines = (resources.files(__package__) / "ordinary.tsv").read_text(encoding="utf-8").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    for code in ("ar", "en"):
        lines = pack(code).read("frequencies.tsv").splitlines()
        words |= {line.partition("\t")[0] for line in lines if not line.startswith("#")}
    return normalised(words)


@cache
def people() -> frozenset[str]:
    """Words of people's names."""
    words = set(normalised(rules.read_table()["given_names"].split()))
    for row in rows("people.tsv"):
        for _, name in cells(row, "ar", "en"):
            words.update(words_of(name))
    return frozenset(words)


def is_word(word: str) -> bool:
    """Is a normalised word, or what is left of it without article and ending, an ordinary word?

    The endings are those below and not the packs' morphology, so that the index does not age with every affix there.
    """
    forms = {word, word.removeprefix("ال")}
    forms |= {
        f.removesuffix(end) + more for f in forms for end, more in ENDINGS if f.endswith(end) and len(f) > len(end) + 2
    }
    return not forms.isdisjoint(ordinary())


def mark_of(name: str, population: int) -> str:
    """What a town's name needs to be taken for the town: '' nothing, '&' a cue, '^' the word for its kind."""
    words = words_of(name)
    if len(words) > 1:
        common = all(is_word(word) or word in people() or len(word) < SHORTISH for word in words)
        return "^" if common else ""
    word = words[0]
    letters = len(word.removeprefix("ال"))
    if letters <= SHORT or is_word(word) or word in people():
        return "^"
    shortish = SHORTISH_LATIN if word.isascii() else SHORTISH
    return "&" if letters <= shortish or population < WELL_KNOWN else ""
