"""Which words do most articles have? Writes `frequencies.tsv` of each language pack, by which watchlists are filed.

    python bench/frequencies.py

Counted in our own texts: the corpus of the Arabic entity tagger, the golden texts of the tests and the samples. Sentences are
shuffled and joined to texts of an article's length, and a base form's share is that of the texts that have it. Forms that are
in fewer than MOST_RARE of them, or fewer than LEAST, are left out: those are rare enough to file under.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from agents.enrichment.languages import CODES, pack
from agents.enrichment.text import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
LANGUAGES = ROOT / "agents" / "enrichment" / "languages"
WORDS = 400
MOST_RARE = 0.02
LEAST = 3
SEED = 20261125


def sentences() -> Iterator[tuple[str, str]]:
    """Language and text."""
    for file in sorted((LANGUAGES / "ar" / "corpus").glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            yield "ar", re.sub(r"\[[A-Z]+ ([^\]]*)\]", r"\1", line)
    for file in (*(ROOT / "tests" / "golden").glob("*.jsonl"), *(ROOT / "streams" / "samples").glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            article = json.loads(line)
            text = f"{article.get('title', '')}. {article.get('body', '')}"
            language = "ar" if re.search("[\u0621-\u064a]", text) else "en"
            for sentence in re.split(r"(?<=[.!?؟])\s+", text):
                yield language, sentence


def main() -> None:
    """Count and write."""
    found: dict[str, list[str]] = defaultdict(list)
    for language, sentence in sentences():
        found[language].append(sentence)
    for language in CODES:
        chance = random.Random(SEED)  # noqa: S311 - the same table every time
        texts, words = Counter[str](), 0
        count, stems = 0, set[str]()
        shuffled = sorted(set(found[language]))
        chance.shuffle(shuffled)
        for sentence in shuffled:
            read = [token for token in tokenise(sentence, pack(language)) if token.is_word]
            words += len(read)
            stems.update(stem for token in read for stem in token.stems)
            if words >= WORDS:
                texts.update(stems)
                count, words, stems = count + 1, 0, set()
        rows = sorted(
            (-number / count, stem) for stem, number in texts.items() if number >= max(LEAST, MOST_RARE * count)
        )
        file = LANGUAGES / language / "frequencies.tsv"
        head = f"# Base form, share of texts of {WORDS} words that have it. Made by bench/frequencies.py from {count} texts.\n"
        file.write_text(head + "".join(f"{stem}\t{-share:.3f}\n" for share, stem in rows), "utf-8")
        print(f"{file.relative_to(ROOT)}: {len(rows)} base forms of {count} texts")


if __name__ == "__main__":
    main()
