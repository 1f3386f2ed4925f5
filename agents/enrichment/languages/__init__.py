"""Language packs: a language is a folder of data files and a binding of about twenty lines.

A pack is found by its folder, whose name is its code; adding one touches no other file. It may hold any of
morphology.yaml, boilerplate.yaml, topics.tsv, events.yaml, dates.yaml, quotes.yaml, frequencies.tsv and gazetteer.tsv:
docs/languages.md says what each is for. A language without a pack is read by the plain pack: words as they are written.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

import yaml

from agents.enrichment.morphology import Morphology
from streams.records import Label

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast

_FOLDERS = sorted(folder.name for folder in pkgutil.iter_modules(__path__) if folder.ispkg)
#: Languages that have a pack: those that labels are written in first, in that order, then the others by code.
CODES = tuple(
    sorted(_FOLDERS, key=lambda code: [code not in Label.model_fields, *(code != name for name in Label.model_fields)])
)


@dataclass(frozen=True, eq=False)
class LanguagePack:
    """What Marsad knows about one language; `package` is the folder with its data ('': none)."""

    code: str
    package: str = ""

    def read(self, name: str) -> str:
        """The text of one of its data files; '' if it has none of that name."""
        if not self.package:
            return ""
        file = resources.files(self.package) / name
        return file.read_text(encoding="utf-8") if file.is_file() else ""

    def table(self, name: str) -> dict[str, Any]:
        """One of its YAML files; an empty table if it has none of that name."""
        return yaml.load(self.read(name), Loader=_Loader) or {}  # noqa: S506 (a safe loader)

    @cached_property
    def morphology(self) -> Morphology:
        """Its affixes."""
        return Morphology.from_table(self.table("morphology.yaml"))

    def forms(self, word: str) -> tuple[str, ...]:
        """A written word, normalised, and what is left of it without proclitics."""
        return self.morphology.forms(word)

    def stems(self, word: str) -> frozenset[str]:
        """Every base form a written word may be of."""
        return self.morphology.stems(word)


PLAIN = LanguagePack("und")


@cache
def pack(code: str) -> LanguagePack:
    """The pack of a language; the plain one if it has none."""
    if code not in CODES:
        return PLAIN
    found: LanguagePack = importlib.import_module(f"{__name__}.{code}").PACK
    return found
