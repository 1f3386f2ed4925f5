"""What is counted, and the shares made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Set as AbstractSet

Span = TypeVar("Span")


@dataclass(slots=True)
class Figure:
    """One measure of one enricher over one part of a golden set.

    `right` of those `found` are `wanted`. A measure that knows only one side leaves the other None: its share is then
    unknown, and so is F1. Shares lie between 0 and 1; one of nothing is None. `mistakes` says each in a line.
    """

    enricher: str
    measure: str
    part: str
    right: int = 0
    found: int | None = 0
    wanted: int | None = 0
    mistakes: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        """Share of what was found that is wanted."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of what is wanted that was found."""
        return self.right / self.wanted if self.wanted else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both, which is 0 where only one side has anything."""
        if self.found is None or self.wanted is None or not self.found + self.wanted:
            return None
        return 2 * self.right / (self.found + self.wanted)

    @property
    def errors(self) -> int:
        """How many were found and not wanted, or wanted and not found."""
        return sum(there - self.right for there in (self.found, self.wanted) if there is not None)

    def count(self, *, right: int, found: int | None = None, wanted: int | None = None, where: str = "") -> None:
        """Add one item's counts, and `where` to the mistakes if they are not all equal."""
        self.right += right
        if self.found is not None:
            self.found += found or 0
        if self.wanted is not None:
            self.wanted += wanted or 0
        if where and any(there is not None and there != right for there in (found, wanted)):
            self.mistakes.append(where)

    def answer(self, said: str, true: str, where: str) -> None:
        """Add one item that has one answer, and always gets one."""
        self.count(right=said == true, found=1, wanted=1, where=f"{where}: {said or '-'}, not {true or '-'}")


class Figures(dict[tuple[str, str], Figure]):
    """The figures of one enricher by measure and part, in the order they are first asked for."""

    def __init__(self, enricher: str) -> None:
        super().__init__()
        self.enricher = enricher

    def __missing__(self, key: tuple[str, str]) -> Figure:
        measure, part = key
        return self.of(measure, part)

    def of(self, measure: str, part: str, *, found: int | None = 0, wanted: int | None = 0) -> Figure:
        """The figure of that measure and part; a new one knows no side that is None."""
        return self.setdefault((measure, part), Figure(self.enricher, measure, part, found=found, wanted=wanted))


def count_spans(
    figure: Figure, found: AbstractSet[Span], wanted: AbstractSet[Span], name: Callable[[Span], str]
) -> None:
    """Add what two sets of spans share, and every mistake by its name (strict F1).

    A span is whatever has to agree: its ends, and its type if that counts.
    """
    shared = found & wanted
    figure.count(right=len(shared), found=len(shared), wanted=len(shared))
    for verdict, spans in (("found", found - wanted), ("missed", wanted - found)):
        for where in sorted(f"{name(span)}: {verdict}" for span in spans):
            figure.count(right=0, found=verdict == "found", wanted=verdict == "missed", where=where)


def added_up(figures: Iterable[Figure]) -> list[Figure]:
    """One figure of each measure and part, where a set lies in several files."""
    sums: dict[tuple[str, str, str], Figure] = {}
    for figure in figures:
        key = (figure.enricher, figure.measure, figure.part)
        if (total := sums.setdefault(key, figure)) is not figure:
            total.count(right=figure.right, found=figure.found, wanted=figure.wanted)
            total.mistakes += figure.mistakes
    return list(sums.values())
