"""Topics of 128 short articles written for this test; the test split was written before the vocabularies were tuned."""

import json
from pathlib import Path

import pytest

from agents.enrichment.languages import pack
from agents.enrichment.text import document
from agents.enrichment.topics import TopicTagger

ARTICLES = [json.loads(line) for line in Path(__file__).with_name("topics.jsonl").read_text("utf-8").splitlines()]


def top_level(article: dict[str, str]) -> set[str]:
    language = article["language"]
    topics = TopicTagger().tag(document(article["title"], article["body"], language, pack(language)))
    return {(topic.broader or (topic.code,))[-1].removeprefix("medtop:") for topic in topics}


@pytest.mark.parametrize(
    ("split", "language", "floor"),
    [("test", "ar", 0.90), ("test", "en", 0.92), ("dev", "ar", 0.90), ("dev", "en", 0.95)],
)
def test_micro_f1_of_top_level_topics(split: str, language: str, floor: float) -> None:
    right = found = wanted = 0
    for article in ARTICLES:
        if (article["split"], article["language"]) == (split, language):
            said, true = top_level(article), set(article["topics"])
            right, found, wanted = right + len(said & true), found + len(said), wanted + len(true)
    assert wanted >= 12
    assert 2 * right / (found + wanted) >= floor
