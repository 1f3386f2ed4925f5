"""The golden quotations are as many as stated, and written as their texts have them."""

import json
from collections import Counter
from pathlib import Path

ROWS = [json.loads(line) for line in Path(__file__).with_name("quotes.jsonl").read_text("utf-8").splitlines()]


def test_as_many_texts_as_stated():
    assert Counter((row["split"], row["language"]) for row in ROWS) == {
        ("dev", "ar"): 12,
        ("dev", "en"): 8,
        ("test", "ar"): 24,
        ("test", "en"): 16,
    }


def test_words_stand_in_quotation_marks_and_speakers_in_the_text():
    for row in ROWS:
        for quote in row["quotes"]:
            first = row["body"].index(quote["words"])
            marks = row["body"][first - 1], row["body"][first + len(quote["words"])]
            assert marks in {('"', '"'), ("«", "»"), ("“", "”")}, row
            assert quote["speaker"] in row["body"], row
