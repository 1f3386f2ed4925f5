"""More sentences from a corpus: those that name persons once more, with other names in their place.

A tagger learns the names it sees by heart; with names drawn anew it has to learn what stands around them. Given names come
from names.yaml, family names from there and from the corpus. The same lines and lists give the same sentences.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PERSON = re.compile(r"(?P<before>^|[^\w\[])\[PER (?P<name>[^\[\]]+)\]")
_SEED = 20260101


def with_other_names(lines: Sequence[str], given: Sequence[str], family: Sequence[str]) -> Iterator[str]:
    """Each line that names a person, with drawn names; names that something is written onto (لـ, و) stay as they are.

    A name of one word becomes a family name; of a longer one the first word becomes a given name and the last a family
    name, so that what is between them (بن, van der) stays. One name in a line is the same name each time.
    """
    draw = random.Random(_SEED)  # noqa: S311 (nothing secret)
    families = sorted({*family, *(name.split()[-1] for line in lines for name in _names(line))})
    for line in lines:
        drawn: dict[str, str] = {}

        def other(found: re.Match[str], drawn: dict[str, str] = drawn) -> str:
            words = found["name"].split()
            for place, word in ((0, words[0]), (-1, words[-1])):
                if word not in drawn:
                    pool = given if place == 0 and len(words) > 1 else families
                    drawn[word] = draw.choice(pool)
                words[place] = drawn[word]
            return f"{found['before']}[PER {' '.join(words)}]"

        changed = _PERSON.sub(other, line)
        if changed != line:
            yield changed


def _names(line: str) -> list[str]:
    return [found["name"] for found in _PERSON.finditer(line)]
