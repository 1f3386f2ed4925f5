"""150 expressions with the intervals they mean, written before the grammar; what several dates mean is joined by a space."""

from pathlib import Path

import pytest

from agents.enrichment.enrich import Enricher
from agents.evaluation.golden import score_dates

FILE = Path(__file__).with_name("dates.tsv")


@pytest.mark.parametrize(("code", "rows"), [("ar", 100), ("en", 50)])
def test_expressions_mean_the_intervals_written_down(code: str, rows: int) -> None:
    (figure,) = (f for f in score_dates(FILE.read_text("utf-8"), FILE.name, Enricher()) if f.part == code)
    assert figure.wanted >= rows
    assert len(figure.mistakes) <= 0.05 * figure.wanted, figure.mistakes
