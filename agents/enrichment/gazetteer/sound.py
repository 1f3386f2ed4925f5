"""Names of foreigners by how they sound: one key for the spellings that Arabic papers give a name.

سيرغي, سيرجي and سيرقي; غوتيريش and غوتيريس; جاويش and شاويش; تشاووش and تشاوش; بوتين and بوتن have one key each. It
keeps the consonants alone, with one letter for those that stand for one foreign sound.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: Letters that papers write for one sound: g and k, s, t, d, h, z.
_CLASSES = str.maketrans(
    {
        **dict.fromkeys("جغقك", "g"), **dict.fromkeys("سص", "s"), **dict.fromkeys("تط", "t"),
        **dict.fromkeys("دض", "d"), **dict.fromkeys("هح", "h"), **dict.fromkeys("زذظث", "z"), "ش": "c", "ڤ": "ف",
    }
)  # fmt: skip
_VOWELS = re.compile("[اوىيءؤئعآأإ]")
_DOUBLED = re.compile(r"(.)\1+")
_ARABIC = re.compile("[ء-يڤ]+")
#: Consonants that a name of one word needs to be told from other words, and one of several in all of its words.
ONE_WORD, SEVERAL_WORDS = 4, 5
#: How much of the letters of each word, vowels too, two spellings must share: هايد is not إيهود.
ALIKE = 0.65


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """The key of a normalised Arabic word; '' for any other, and where it has no consonant."""
    if not _ARABIC.fullmatch(word):
        return ""
    key = word.removeprefix("ال").replace("تش", "ش").removesuffix("ه").translate(_CLASSES)
    key = _VOWELS.sub("", _DOUBLED.sub(r"\1", key))
    if key[:1] == "c":  # at the start j, g and ch are one: جاويش, شاويش
        key = "g" + key[1:]
    if key[-1:] in ("c", "z"):  # at the end s, z and sh: غوتيريش, غوتيريس
        key = key[:-1] + "s"
    return key


def sound_of(words: tuple[str, ...]) -> str:
    """The key of a name; '' where it is too short to be told from other words, or a word of it has none."""
    keys = [sound(word) for word in words]
    enough = ONE_WORD if len(keys) == 1 else SEVERAL_WORDS
    return " ".join(keys) if all(keys) and sum(map(len, keys)) >= enough else ""


def same_name(written: tuple[str, ...], known: tuple[str, ...], given: Callable[[str], bool]) -> bool:
    """Are words, normalised, a spelling of a known name of one sound? Not where one is another's given name (محمد, محمدو)."""
    return len(written) == len(known) and all(
        one == other
        or (
            not given(one)
            and one.startswith("ال") == other.startswith("ال")
            and SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
        )
        for one, other in zip(written, known, strict=True)
    )
