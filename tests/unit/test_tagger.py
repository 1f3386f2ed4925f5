"""Names that no table knows: found by the tagger beside the gazetteer's, decoded as the model says."""

from __future__ import annotations

import io
from itertools import pairwise, product

import numpy as np
import pytest

from agents.enrichment.enrich import Enricher
from agents.enrichment.entities import find_entities
from agents.enrichment.gazetteer import Gazetteer
from agents.enrichment.languages import pack
from agents.enrichment.routing import story_key
from agents.enrichment.tagger import is_unlinked
from agents.enrichment.tagger import model as tagger_model
from agents.enrichment.tagger.features import EDGE, WordFeatures, linked_labels
from agents.enrichment.tagger.model import OFFSETS, Model, allowed, spans_of
from agents.enrichment.tagger.train import LABELS, attributes, corpus_lines, plain, read_corpus, train
from agents.enrichment.tagger.unlinked import load, with_unlinked
from agents.enrichment.text import document
from streams.records import Article, Entity, EntityType

GAZETTEER = Gazetteer.load()
ARABIC = pack("ar")


def unlinked(body: str, title: str = "", language: str = "ar") -> tuple[Entity, ...]:
    read = document(title, body, language, pack(language))
    return tuple(e for e in with_unlinked(read, find_entities(read, GAZETTEER)) if is_unlinked(e.id))


@pytest.mark.parametrize(
    ("body", "name", "kind"),
    [
        ("قال وزير النقل السيد مازن الخطيب إن العمل يبدأ غدا.", "مازن الخطيب", EntityType.PERSON),
        ("التقى المدير العام خالد العبدالله وفدا من رجال الأعمال.", "خالد العبدالله", EntityType.PERSON),
        ("أعلنت وزارة التموين والأسواق أسماء الفائزين.", "وزارة التموين والأسواق", EntityType.ORGANISATION),
    ],
)
def test_it_finds_names_that_the_gazetteer_does_not_hold(body, name, kind):
    found = {mention.text: entity for entity in unlinked(body) for mention in entity.mentions}
    assert name in found, found
    assert found[name].type is kind
    assert found[name].id.startswith(f"marsad:{kind.value}/")
    assert (found[name].country, found[name].parents) == (None, ())


def test_a_short_name_is_the_person_of_the_full_one():
    body = "قال الدكتور مازن الخطيب إن اللجنة تجتمع غدا. وأضاف الخطيب أن النتائج قريبة."
    people = [entity for entity in unlinked(body) if entity.type is EntityType.PERSON]
    assert [[mention.text for mention in person.mentions] for person in people] == [["مازن الخطيب", "الخطيب"]]
    assert people[0].label.ar == "مازن الخطيب"


@pytest.mark.parametrize(
    ("body", "name", "kind"),
    [
        ("Trade Minister Karim Haddad will meet reporters on Monday.", "Karim Haddad", EntityType.PERSON),
        ("The ferry was bound for Qalamun, a village near the border.", "Qalamun", EntityType.PLACE),
        ("The Ministry of Fisheries published the list on Friday.", "Ministry of Fisheries", EntityType.ORGANISATION),
        ("Chad Brennan, a nurse, said the road was closed.", "Chad Brennan", EntityType.PERSON),
    ],
)
def test_it_finds_english_names(body, name, kind):
    found = {mention.text: entity for entity in unlinked(body, language="en") for mention in entity.mentions}
    assert name in found, found
    assert found[name].type is kind
    assert (found[name].label.en, found[name].label.ar) == (name, "")


def test_a_university_is_no_town_but_stands_in_one():
    read = document("", "The University of Damascus opened in October.", "en", pack("en"))
    linked = find_entities(read, GAZETTEER)
    (town,) = [entity for entity in linked if entity.label.en == "Damascus"]
    settled = {entity.id: entity for entity in with_unlinked(read, linked)}
    assert [m.text for e in settled.values() for m in e.mentions] == ["University of Damascus"]
    assert settled[town.id].mentions == ()


def test_a_particle_stays_outside_and_the_id_is_the_same():
    (plainly,) = unlinked("وصل الدكتور مازن الخطيب أمس.")
    found = unlinked("التقى رئيس الوزراء سامر الحلاق ومازن الخطيب في القاعة.")
    assert plainly.id in {entity.id for entity in found}
    assert "مازن الخطيب" in {mention.text for entity in found for mention in entity.mentions}


def test_the_gazetteers_names_are_left_to_it():
    read = document("", "وصل سيرغي لافروف إلى دمشق والتقى مازن الخطيب.", "ar", ARABIC)
    linked = find_entities(read, GAZETTEER)
    assert linked
    settled = with_unlinked(read, linked)
    assert settled[: len(linked)] == linked
    assert [mention.text for entity in settled[len(linked) :] for mention in entity.mentions] == ["مازن الخطيب"]


@pytest.mark.parametrize("language", ["und", "fa"])
def test_a_language_without_a_tagger_has_none(language):
    assert load(language) is None
    assert unlinked("قال مازن الخطيب.", language=language) == ()


@pytest.mark.parametrize("body", ["", " ", "...", "\n\n", "١٢٣ 45%", "[]«»"])
def test_nothing_in_nothing_out(body):
    assert unlinked(body) == ()


def test_unlinked_names_are_no_main_place_and_no_party():
    article = Article(
        title="الدكتور مازن الخطيب يزور بلدة الزعفرونية",
        body="زار الدكتور مازن الخطيب بلدة الزعفرونية ووقع اتفاقا مع السيد سامر الحلاق.",
        published_at="2026-03-02T09:00:00Z",
        language="ar",
    )
    read = Enricher().enrich(article)
    own = {entity.id for entity in read.entities if is_unlinked(entity.id)}
    assert own
    assert own == {entity.id for entity in read.entities} - set(GAZETTEER.entries)
    assert not any(is_unlinked(entity_id) for entity_id in GAZETTEER.entries)
    assert story_key(read) not in own
    assert read.main_place not in own
    for event in read.events:
        assert event.place not in own
        assert own.isdisjoint(actor.id for actor in event.actors)
        assert not event.agreement or own.isdisjoint(event.agreement.parties)


# --- the model ----------------------------------------------------------------------------------------------------------


def random_model() -> Model:
    chance = np.random.default_rng(7)
    vocabulary = {name: number for number, name in enumerate(["^", "w=قال", "w=الخطيب", "mark", "e=ه", "g=B-place"])}
    weights = chance.normal(size=(len(vocabulary), len(OFFSETS), 5)).astype(np.float32)
    transitions = chance.normal(size=(5, 5)).astype(np.float32)
    labels = ("O", "B-person", "I-person", "B-place", "I-place")
    return Model(labels, vocabulary, weights, transitions, WordFeatures(ARABIC, GAZETTEER))


def test_decoding_finds_the_best_of_all_paths():
    """Against scores of every path, added up one by one as the trainer defines them."""
    model = random_model()
    read = document("", "قال الخطيب في دمشق.\nمدرسة قال.\nالخطيب", "ar", ARABIC)
    linked = find_entities(read, GAZETTEER)
    marks = linked_labels(read.body, linked)
    expected = []
    for first, last in read.body.sentences:
        own = [
            (*model.words.of(read.body.tokens[n]), *([f"g={marks[n]}"] if marks[n] else [])) for n in range(first, last)
        ]
        padded = [EDGE, EDGE, *own, EDGE, EDGE]
        scores = np.zeros((len(own), len(model.labels)))
        for number in range(len(own)):
            for place, offset in enumerate(OFFSETS):
                for name in padded[number + 2 + offset]:
                    if name in model.vocabulary:
                        scores[number] += model.weights[model.vocabulary[name], place]

        def total(path, scores=scores):
            steps = pairwise(path)
            return (
                sum(scores[n, label] for n, label in enumerate(path))
                + model._first[path[0]]
                + sum(model._between[a, b] for a, b in steps)
            )

        best = max(product(range(len(model.labels)), repeat=len(own)), key=total)
        expected += spans_of([model.labels[label] for label in best], first)
    assert list(model.spans(read.body, linked)) == expected


def test_a_model_is_read_as_it_was_written_and_written_the_same():
    model, files = random_model(), [io.BytesIO(), io.BytesIO()]
    for file in files:
        model.write(file)
    assert files[0].getvalue() == files[1].getvalue()
    again = Model.read(io.BytesIO(files[0].getvalue()), model.words)
    assert again.vocabulary == model.vocabulary
    assert np.allclose(again.weights, model.weights, atol=2e-3)
    assert np.array_equal(again.transitions, model.transitions)


def test_a_text_of_more_words_than_are_kept_is_read_the_same(monkeypatch):
    read = document("", " ".join(f"الخطيب{number} قال" for number in range(300)), "ar", ARABIC).body
    expected = list(random_model().spans(read, ()))
    assert expected
    monkeypatch.setattr(tagger_model, "_KEPT", 100)
    model = random_model()
    assert [list(model.spans(read, ())) for _ in range(2)] == [expected, expected]


def test_labels_follow_each_other_as_names_do():
    assert allowed("B-person", "I-person")
    assert allowed("I-person", "I-person")
    assert allowed("O", "B-place")
    assert not allowed("O", "I-person")
    assert not allowed("B-place", "I-person")


@pytest.mark.parametrize(
    ("labels", "spans"),
    [
        (["O", "B-person", "I-person", "O"], [(11, 12, "person")]),
        (["B-place", "B-place"], [(10, 10, "place"), (11, 11, "place")]),
        (["O"], []),
    ],
)
def test_labels_to_spans(labels, spans):
    assert list(spans_of(labels, 10)) == spans


# --- the corpus as the trainer reads it ---------------------------------------------------------------------------------


def test_an_annotated_line_is_its_text_and_spans():
    text, spans = plain("وصل [PER مازن الخطيب] إلى ب[LOC بغداد].")
    assert text == "وصل مازن الخطيب إلى ببغداد."
    assert [(text[start:end], kind) for start, end, kind in spans] == [("مازن الخطيب", "person"), ("بغداد", "place")]


def test_a_word_is_in_a_span_if_any_letter_of_it_is():
    (sentence,) = read_corpus(["وصل [PER مازن الخطيب] إلى ب[LOC بغداد]."], ARABIC, GAZETTEER)
    assert [label for _, label in sentence] == ["O", "B-person", "I-person", "O", "B-place", "O"]
    assert "0|w=وصل" in attributes(sentence)[0]
    assert "-1|w=وصل" in attributes(sentence)[1]
    assert "-1|^" in attributes(sentence)[0]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_word_of_the_corpus_has_a_label_the_model_knows(language):
    sentences = list(read_corpus(corpus_lines(language)[:200], pack(language), GAZETTEER))
    assert {label for sentence in sentences for _, label in sentence} <= set(LABELS)
    model = load(language)
    assert model is not None
    assert model.labels == LABELS


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_same_corpus_gives_the_same_bytes(language):
    pytest.importorskip("pycrfsuite", reason="python-crfsuite is a tool of development")
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        words = WordFeatures(pack(language), GAZETTEER)
        train(read_corpus(corpus_lines(language)[:60], pack(language), GAZETTEER), words, rounds=10).write(file)
    assert len(files[0].getvalue()) > 1_000
    assert files[0].getvalue() == files[1].getvalue()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_model_is_small_and_plain(language):
    from importlib import resources

    file = resources.files(pack(language).package) / "tagger.npz"
    assert len(file.read_bytes()) < 10_000_000
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays.files} <= set("Uuf")
