"""Build the tagger's models from corpora: `python -m agents.enrichment.tagger.train [CODE ...]` (needs python-crfsuite).

The same corpus, lists and gazetteer give the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from agents.enrichment.entities import find_entities
from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.languages import CODES
from agents.enrichment.languages import pack as language_pack
from agents.enrichment.tagger.augment import with_other_names
from agents.enrichment.tagger.features import EDGE, WordFeatures, linked_labels
from agents.enrichment.tagger.model import OFFSETS, Model
from agents.enrichment.text import document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agents.enrichment.languages import LanguagePack

LANGUAGES = Path(__file__).parents[1] / "languages"
TYPES = {"PER": "person", "ORG": "organisation", "LOC": "place", "GRP": "group", "PRO": "product", "EVT": "event"}
LABELS = ("O", *(f"{lead}-{kind}" for kind in TYPES.values() for lead in "BI"))
#: Weights below are left out.
LEAST = 0.01
#: Sentences read as one article: the gazetteer decides by all of it what a name stands for.
TOGETHER = 10
#: Particles of names stand among the given ones.
_SHORTEST_GIVEN = 2
_SPAN = re.compile(r"\[([A-Z]{3}) ([^\[\]]+)\]")
#: Features of neighbours: those of the word as such; of its affixes only right beside it.
_WIDE = ("w=", "l=", "c=", "k=", "^")

#: A sentence: for each token its own features and its label.
Sentence = list[tuple[tuple[str, ...], str]]


def plain(line: str) -> tuple[str, list[tuple[int, int, str]]]:
    """An annotated line without its marks, and the spans they stood for (start, end, type)."""
    text, spans, at = "", [], 0
    for mark in _SPAN.finditer(line):
        text += line[at : mark.start()]
        spans.append((len(text), len(text) + len(mark[2]), TYPES[mark[1]]))
        text += mark[2]
        at = mark.end()
    return text + line[at:], spans


def read_corpus(lines: list[str], pack: LanguagePack, gazetteer: Gazetteer) -> Iterator[Sentence]:
    """The sentences of annotated lines; a token is in a span if any letter of it is."""
    words = WordFeatures(pack, gazetteer)
    for first in range(0, len(lines), TOGETHER):
        body, spans = "", []
        for line in lines[first : first + TOGETHER]:
            text, marked = plain(line)
            spans += [(start + len(body), end + len(body), kind) for start, end, kind in marked]
            body += text + "\n"
        read = document("", body, pack.code, pack).body
        linked = linked_labels(read, find_entities(document("", body, pack.code, pack), gazetteer))
        labels = ["O"] * len(read.tokens)
        for start, end, kind in spans:
            inside = [n for n, token in enumerate(read.tokens) if token.start < end and token.end > start]
            for number in inside:
                labels[number] = f"{'B' if number == inside[0] else 'I'}-{kind}"
        for begin, stop in read.sentences:
            yield [
                ((*words.of(read.tokens[n]), *([f"g={linked[n]}"] if linked[n] else [])), labels[n])
                for n in range(begin, stop)
            ]


def attributes(sentence: Sentence) -> list[list[str]]:
    """For each token the features of it and its neighbours, with their offsets."""
    features = [EDGE, EDGE, *(own for own, _ in sentence), EDGE, EDGE]
    return [
        [
            f"{offset}|{name}"
            for offset in OFFSETS
            for name in features[number + 2 + offset]
            if abs(offset) < 1 or name.startswith(_WIDE) or (abs(offset) == 1 and not name.startswith(("s=", "f=")))
        ]
        for number in range(len(sentence))
    ]


def train(
    sentences: Iterable[Sentence], words: WordFeatures, *, c1: float = 0.02, c2: float = 0.1, rounds: int = 80
) -> Model:
    """Fit a model by L-BFGS with both penalties, and take it out of crfsuite's file."""
    import pycrfsuite  # a tool of development, as pyproject.toml has it

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": c1, "c2": c2, "max_iterations": rounds})
    for sentence in sentences:
        trainer.append(attributes(sentence), [label for _, label in sentence])
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        learnt = tagger.info()
        tagger.close()
    return _model(learnt.state_features, learnt.transitions, words)


def _model(
    states: dict[tuple[str, str], float], transitions: dict[tuple[str, str], float], words: WordFeatures
) -> Model:
    kept = {key: weight for key, weight in states.items() if abs(weight) > LEAST}
    vocabulary = {name: n for n, name in enumerate(sorted({key[0].split("|", 1)[1] for key in kept}))}
    weights = np.zeros((len(vocabulary), len(OFFSETS), len(LABELS)), np.float32)
    for (attribute, label), weight in kept.items():
        offset, name = attribute.split("|", 1)
        weights[vocabulary[name], OFFSETS.index(int(offset)), LABELS.index(label)] = weight
    between = np.zeros((len(LABELS), len(LABELS)), np.float32)
    for (before, after), weight in transitions.items():
        between[LABELS.index(before), LABELS.index(after)] = weight
    return Model(LABELS, vocabulary, weights, between, words)


def corpus_lines(language: str) -> list[str]:
    """All annotated lines of a language, file by file."""
    files = sorted((LANGUAGES / language / "corpus").glob("*.txt"))
    return [line for file in files for line in file.read_text("utf-8").splitlines()]


def training_lines(lines: list[str], pack: LanguagePack) -> list[str]:
    """The lines, and those with other names where the pack's names.yaml has names to `redraw` (it does not always help)."""
    names = pack.table("names.yaml")
    if not names.get("redraw"):
        return lines
    given = [word for word in names["given"].split() if len(word) > _SHORTEST_GIVEN]
    return lines + list(with_other_names(lines, given, names.get("family", "").split()))


def main() -> None:
    """Train and write languages/<code>/tagger.npz, for those named or all that have a corpus."""
    codes = [code for code in CODES if corpus_lines(code)]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", nargs="*", choices=[[], *codes], metavar="CODE", help=f"of {', '.join(codes)}")
    gazetteer = Gazetteer.load()
    for language in parser.parse_args().language or codes:
        pack = language_pack(language)
        lines = training_lines(corpus_lines(language), pack)
        model = train(read_corpus(lines, pack, gazetteer), WordFeatures(pack, gazetteer))
        with (LANGUAGES / language / "tagger.npz").open("wb") as file:
            model.write(file)


if __name__ == "__main__":
    main()
