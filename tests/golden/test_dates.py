"""150 expressions with the intervals they mean, written before the grammar; what several dates mean is joined by a space."""

from datetime import datetime
from pathlib import Path

import pytest

from agents.enrichment.dates import find_dates
from agents.enrichment.languages import pack
from agents.enrichment.text import document

ROWS = [line.split("\t") for line in Path(__file__).with_name("dates.tsv").read_text("utf-8").splitlines()]


def language(text: str) -> str:
    return "en" if text[0].isascii() else "ar"


def intervals(text: str, published: str) -> str:
    code = language(text)
    found = find_dates(document("", text, code, pack(code)), datetime.fromisoformat(published))
    return " ".join(mention.interval for mention in found)


@pytest.mark.parametrize(("code", "rows"), [("ar", 100), ("en", 50)])
def test_expressions_mean_the_intervals_written_down(code: str, rows: int) -> None:
    table = [row for row in ROWS if language(row[0]) == code]
    wrong = [
        f"{text}: {said!r}, not {wanted!r}"
        for text, published, wanted in table
        if (said := intervals(text, published)) != wanted
    ]
    print(f"dates, {code}: {len(table) - len(wrong)} of {len(table)}", *wrong, sep="\n  ")  # noqa: T201 (the score)
    assert len(table) >= rows
    assert len(wrong) <= 0.05 * len(table), wrong
