"""The golden news are written by hand: do they follow docs/annotation.md, and are they apart from what the tagger learns from?"""

import re
from pathlib import Path

import pytest

from agents.enrichment.gazetteer import Gazetteer
from agents.evaluation.news import ids_labelled, read_news
from streams.records import EntityType
from tests.golden.test_corpus import ARABIC_TITLES, PARTICLES, PARTS, letters_before, plain, sentences

FILES = sorted(Path(__file__).parent.glob("news.*.txt"))


def articles(file):
    return list(read_news(file.read_text("utf-8"), file.name))


@pytest.mark.parametrize(("split", "arabic", "english"), [("dev", 67, 33), ("test", 133, 67)])
def test_as_many_sentences_as_stated(split, arabic, english):
    text = Path(__file__).with_name(f"news.{split}.txt").read_text("utf-8")
    sections = text.split("\n= ")[1:]
    counted = {section[:2]: len([line for line in section.split("\n")[1:] if line]) for section in sections}
    assert counted == {"ar": arabic, "en": english}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_names_begin_and_end_with_a_word(file):
    for article in articles(file):
        for name in article.names:
            where = f"{file.name}:{article.line}: {article.body[name.start : name.end]}"
            before, after = letters_before(article.body, name.start), article.body[name.end : name.end + 1]
            assert PARTICLES.fullmatch(before) if article.language == "ar" else not before, where
            assert not after.isalnum(), where
            assert article.body[name.start : name.end].split()[0] not in ARABIC_TITLES, where


def test_no_sentence_is_in_a_training_corpus():
    """Nor a sentence that differs in nothing but punctuation."""
    learnt = {re.sub(r"[\W_]+", " ", plain(line)).strip() for part in PARTS for line in sentences(part)}
    for file in FILES:
        for article in articles(file):
            for sentence in re.split(r"(?<=[.؟!]) ", article.body):
                assert re.sub(r"[\W_]+", " ", sentence).strip() not in learnt, sentence


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_label_is_one_thing_of_one_type(file):
    types = {}
    for article in articles(file):
        for name in article.names:
            if name.label:
                types.setdefault(name.label, set()).add(name.type)
    assert {label: kinds for label, kinds in types.items() if len(kinds) > 1} == {}


def test_labels_with_a_holder_choose_among_things_of_one_name():
    gazetteer = Gazetteer.load()
    libyan = ids_labelled(gazetteer, "Tripoli, Libya", EntityType.PLACE)
    lebanese = ids_labelled(gazetteer, "Tripoli, Lebanon", EntityType.PLACE)
    assert libyan
    assert lebanese
    assert not libyan & lebanese
    assert ids_labelled(gazetteer, "Georgia", EntityType.PLACE) == {"Q230"}
