"""Light morphology, as data: which base forms may a written word be of?

A language's table (`morphology.yaml`) lists proclitics, suffixes with what they restore, irregular plurals, and words
that must not be cut. A word's *forms* have only proclitics taken off; its *stems* also suffixes. Two words are the same
when their stems meet; nothing is reduced to a root, so محافظة (governorate) never becomes حفظ (to keep).
After the light stemmers of Larkey et al. (2002), with restoration of the feminine ending and without its blind cuts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from agents.enrichment.text import fold, without_teh_marbuta


def third_person(past: str, present: str) -> set[str]:
    """Third-person forms of an Arabic verb, from the perfect and the imperfect without its prefix (ى, ي, و at the end: weak)."""
    found = {present_prefix + present for present_prefix in "يتن"}
    base = present.removesuffix("ي").removesuffix("ى").removesuffix("و") if past[-1] in "ىا" else present
    found |= {f"{prefix}{base}{ending}" for prefix in "يت" for ending in ("ون", "وا")}
    found |= {f"{prefix}{present}{ending}" for prefix in "يت" for ending in ("ان", "ا")}
    if past[-1] in "ىا":  # نفى, دعا: نفت, نفوا, نفيا
        found |= {past[:-1] + "ت", past[:-1] + "وا", past[:-1] + ("يا" if past[-1] == "ى" else "وا")}
    else:
        found |= {past + ending for ending in ("ت", "وا", "ا", "تا")}
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Morphology:
    """A language's affixes; hashable by identity, so that results can be cached."""

    proclitics: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Prefixes written onto the next word, with what may stand for them: nothing, or for لل also ال (للرياض, الرياض)."""
    suffixes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Ending and what may have stood in its place."""
    irregular: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Irregular form to base forms: مناطق, منطقه."""
    protected: frozenset[str] = frozenset()
    """Words that are never cut."""
    minimum: int = 3
    """Letters that must be left."""
    longest_proclitic: int = 0
    longest_suffix: int = 0

    @classmethod
    def from_table(cls, table: dict[str, Any]) -> Morphology:
        """Read the table of a language pack; words in it may be spelled in any way."""
        rewrites = {fold(k): fold(v) for k, v in table.get("rewrites", {}).items()}
        proclitics = sorted({fold(word) for word in table.get("proclitics", [])}, key=len, reverse=True)
        irregular: dict[str, tuple[str, ...]] = {}
        for base, written in table.get("irregular", {}).items():
            for word in written.split():
                irregular[fold(word)] = (*irregular.get(fold(word), ()), fold(base))
        for past, present in table.get("verbs", {}).items():
            for word in third_person(past, present):
                irregular[fold(word)] = (*irregular.get(fold(word), ()), fold(past))
        suffixes = {fold(k): tuple(fold(v) for v in vs) for k, vs in table.get("suffixes", {}).items()}
        return cls(
            proclitics={p: ("", rewrites[p]) if p in rewrites else ("",) for p in proclitics},
            suffixes=suffixes,
            irregular=irregular,
            protected=frozenset(fold(w) for w in table.get("protected", "").split()),
            minimum=table.get("minimum", 3),
            longest_proclitic=max(map(len, proclitics), default=0),
            longest_suffix=max(map(len, suffixes), default=0),
        )

    def read(self, word: str) -> tuple[tuple[str, ...], frozenset[str]]:
        """A written word's forms and stems."""
        return _read(self, fold(word))

    def forms(self, word: str) -> tuple[str, ...]:
        """A written word, normalised, then what is left of it without proclitics."""
        return _read(self, fold(word))[0]

    def stems(self, word: str) -> frozenset[str]:
        """Every base form a written word may be of, normalised; the word itself is one of them."""
        return _read(self, fold(word))[1]


def _without_proclitics(m: Morphology, word: str) -> list[str]:
    found = [word]
    if word in m.protected or word in m.irregular:
        return found
    for length in range(min(len(word) - m.minimum, m.longest_proclitic), 0, -1):
        if leads := m.proclitics.get(word[:length]):
            found += [lead + word[length:] for lead in leads]
    return found


def _stems(m: Morphology, forms: list[str]) -> set[str]:
    found = set(forms)
    for form in forms:
        if form in m.irregular:
            found.update(m.irregular[form])
            continue
        if form in m.protected:
            continue
        for left in range(max(m.minimum - 1, len(form) - m.longest_suffix), len(form)):
            for ending in m.suffixes.get(form[left:], ()):
                base = form[:left] + ending
                if len(base) < m.minimum:
                    continue  # كرات is كرة, but ذات is nothing
                found.add(base)
                found.update(m.irregular.get(base, ()))
    return found


@lru_cache(maxsize=200_000)
def _read(m: Morphology, word: str) -> tuple[tuple[str, ...], frozenset[str]]:
    forms = _without_proclitics(m, word)
    return (
        tuple(dict.fromkeys(map(without_teh_marbuta, forms))),
        frozenset(map(without_teh_marbuta, _stems(m, forms))),
    )
