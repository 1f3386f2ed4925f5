"""Words of quotations: the table `quotes.yaml` of a language pack, compiled. A language without one has no quotes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from agents.enrichment.events.lexicon import Lexicon
from agents.enrichment.languages import pack
from agents.enrichment.text import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, eq=False)
class QuoteLexicon:
    """What introduces a quotation, who may be quoted, and the little words around them; all words normalised."""

    phrases: Lexicon
    """Sections `cues` (with `side` and what they may report) and `sources` (with `source`), in the events' pattern language."""
    that: frozenset[str]
    """Open what is reported: إن, بأن, that."""
    pronouns: frozenset[str]
    """Stand for the last speaker."""
    stops: frozenset[str]
    """End the words for a speaker."""
    complements: frozenset[str]
    """Between a speaker and whom they speak for: باسم, for."""
    works: frozenset[str]
    """Before a title in quotation marks: رواية, ship."""
    breaks: frozenset[str]
    """After a comma, end what is reported: فيما, while."""
    agencies: frozenset[str]
    """Names of news agencies and media."""
    head_last: bool
    """Does the word for a source follow what describes it (a military spokesman)? Else it comes first (متحدث عسكري)."""
    to: str
    """A particle that, written onto a name, makes it the one spoken to (ل); '' in a language without one."""


def _set(table: Mapping[str, Any], section: str) -> frozenset[str]:
    return frozenset(
        " ".join(normalise(part) for part in word.split("_")) for word in str(table.get(section, "")).split()
    )


@cache
def lexicon(language: str) -> QuoteLexicon | None:
    """The quote words of a language; None if its pack has no quotes.yaml."""
    table = pack(language).table("quotes.yaml")
    if not table:
        return None
    return QuoteLexicon(
        phrases=Lexicon.compile(table, ("cues", "sources")),
        that=_set(table, "that"),
        pronouns=_set(table, "pronouns"),
        stops=_set(table, "stops"),
        complements=_set(table, "complements"),
        works=_set(table, "works"),
        breaks=_set(table, "breaks"),
        agencies=_set(table, "agencies"),
        head_last=bool(table.get("head_last", False)),
        to=str(table.get("to", "")),
    )
