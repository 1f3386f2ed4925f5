"""The golden sets: what is scored by which files of a folder and how, and the floors that their figures may not fall under."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.evaluation import golden
from agents.evaluation.news import score_news
from agents.evaluation.quotes import score_quotes
from streams.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agents.enrichment.enrich import Enricher
    from agents.evaluation.figures import Figure

    Scorer = Callable[[str, str, Enricher], list[Figure]]

#: By enricher, the pattern of its files' names, and what scores a file: its text, its name and the enricher.
GOLDEN: dict[str, tuple[str, Scorer]] = {
    "language": ("language.tsv", golden.score_language),
    "topics": ("topics*.jsonl", golden.score_topics),
    "dates": ("dates.tsv", golden.score_dates),
    "events": ("events.jsonl", golden.score_events),
    "entities": ("news.*.txt", score_news),
    "quotes": ("quotes.jsonl", score_quotes),
}


class Floor(BaseModel):
    """The least that a share of a figure may be. `part` and `measure` are the figure's; `least` lies between 0 and 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enricher: str
    measure: str
    part: str
    share: Literal["precision", "recall", "f1"]
    least: float

    def reached_by(self, figure: Figure) -> bool:
        """Is it as high? A share that cannot be told is not."""
        share: float | None = getattr(figure, self.share)
        return share is not None and share >= self.least


def read_floors(text: str, name: str) -> Iterator[Floor]:
    """The floors of columns parted by tabs with a head line; lines that begin with # are remarks.

    Raises:
        InputError: a line that is no such row; names file, line, field and value.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line and not line.startswith("#")]
    rows = csv.DictReader((line for _, line in lines), delimiter="\t", quoting=csv.QUOTE_NONE)
    for (number, _), row in zip(lines[1:], rows, strict=True):
        try:
            yield Floor.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            field = str(first["loc"][0])
            raise InputError(
                f"{name}, line {number}: {field}: {first['msg']}",
                field=field,
                value=first["input"],
                remedy=f"a row has {', '.join(Floor.model_fields)}",
            ) from None


def under_floors(figures: Iterable[Figure], floors: Iterable[Floor], enrichers: Iterable[str]) -> Iterator[str]:
    """What is too low, in a line each; a floor without its figure is too low where its enricher was to be scored."""
    scored = {(figure.enricher, figure.measure, figure.part): figure for figure in figures}
    asked = set(enrichers)
    for floor in floors:
        if floor.enricher not in asked:
            continue
        figure = scored.get((floor.enricher, floor.measure, floor.part))
        if figure is None or not floor.reached_by(figure):
            share = getattr(figure, floor.share, None)
            yield (
                f"{floor.enricher}, {floor.measure}, {floor.part}: {floor.share} is "
                f"{'unknown' if share is None else f'{share:.3f}'}, under its floor of {floor.least:.3f}"
            )
