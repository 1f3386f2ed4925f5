"""The accuracy tier: names found by a BERT that its user brings, in place of the tagger that ships.

Both tiers read a document into spans of tokens by type; linking, merging and ids are the same for both. Whatever the
accuracy tier does not read, in time or at all, the light tier does: no article goes without names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from streams.records import EntityType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from agents.enrichment.text import Document

#: First token, last token and type (a value of EntityType) of a name in a field.
Span = tuple[int, int, str]


class Tier(Protocol):
    """Finds names in a document."""

    @property
    def name(self) -> str:
        """The model and its version, as it stands in `Enriched.versions`."""
        ...

    def spans(self, document: Document) -> Mapping[str, Sequence[Span]] | None:
        """Names by field; None: this one was not read, the light tier has to."""
        ...


#: Types that the models of camel-tools do not have, and the light tier does.
LIGHT_ONLY = frozenset({EntityType.GROUP, EntityType.PRODUCT, EntityType.EVENT})


def joined(accurate: Sequence[Span], light: Iterable[Span]) -> list[Span]:
    """Both tiers' names of a field, in order: of the light one those of types that the other lacks.

    What one calls a group and the other, by the same words, an organisation is a group: ANERcorp has no such type.
    """
    others = [span for span in light if span[2] in LIGHT_ONLY]
    groups = {span[:2] for span in others if span[2] == EntityType.GROUP}
    kept = [span for span in accurate if not (span[2] == EntityType.ORGANISATION and span[:2] in groups)]
    free = (span for span in others if not any(first <= span[1] and span[0] <= last for first, last, _ in kept))
    return sorted([*kept, *free])


def open_tier(
    folder: Path | None,
    *,
    seconds: float,
    clock: Callable[[], float],
    on_fallback: Callable[[str, Exception], None],
    threads: int = 1,
) -> Tier | None:
    """The accuracy tier on the model in a folder; None without one. See `AccuracyTier` for the others.

    Raises:
        SettingError: the folder is no NER model of camel-tools. DependencyError: the extra `ner` is not installed.
    """
    if folder is None:
        return None
    from agents.enrichment.ner.camel import CamelRecogniser
    from agents.enrichment.ner.tier import AccuracyTier

    return AccuracyTier(CamelRecogniser(folder, threads), seconds, clock, on_fallback)
