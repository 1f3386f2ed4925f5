"""Topics of 200 articles written for this test, the last 72 longer and harder; the test split was written before the vocabularies were tuned."""

from functools import cache
from pathlib import Path

import pytest

from agents.enrichment.enrich import Enricher
from agents.evaluation.golden import score_topics

FILE = Path(__file__).with_name("topics.jsonl")


@cache
def figures():
    return {figure.part: figure for figure in score_topics(FILE.read_text("utf-8"), FILE.name, Enricher())}


@pytest.mark.parametrize(
    ("split", "language", "floor"),
    [("test", "ar", 0.88), ("test", "en", 0.92), ("dev", "ar", 0.90), ("dev", "en", 0.93)],
)
def test_micro_f1_of_top_level_topics(split: str, language: str, floor: float) -> None:
    figure = figures()[f"{split} {language}"]
    assert figure.wanted >= 12
    assert figure.f1 >= floor, figure.mistakes
