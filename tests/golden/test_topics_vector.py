"""Articles in languages without a pack: how often does the sentence vector alone name their topics?"""

from pathlib import Path

from agents.enrichment.encoder import UniversalSentenceEncoder
from agents.enrichment.enrich import Enricher
from agents.evaluation.golden import TopicRow, rows

FILE = Path(__file__).with_name("topics_vector.jsonl")
#: Languages the default encoder was made for; in the others the rule is to say nothing rather than something wrong.
KNOWN = {"de", "es", "fr", "it", "nl", "pl", "pt", "ru", "tr"}


def test_the_vector_names_topics_and_is_silent_where_it_is_unsure() -> None:
    enricher = Enricher(UniversalSentenceEncoder())
    right = named = wanted = 0
    for row in rows(FILE.read_text("utf-8"), FILE.name, TopicRow):
        topics = row.enriched(enricher).topics
        if row.language != "fr":  # has a pack and may have words
            assert {topic.basis for topic in topics} <= {"vector"}
        said, true = {(topic.broader or (topic.code,))[-1].removeprefix("medtop:") for topic in topics}, set(row.topics)
        named += len(said)
        right += len(said & true)
        wanted += len(true) if row.language in KNOWN else 0
    assert right >= 0.97 * named
    assert right >= 0.85 * wanted
