"""The accuracy tier: labels come back to the tokens they are of, time is limited, and no article goes without names."""

from __future__ import annotations

import importlib
import json
import re
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from agents.enrichment.enrich import Enricher
from agents.enrichment.languages import pack
from agents.enrichment.ner import joined, open_tier
from agents.enrichment.ner.camel import _imported
from agents.enrichment.ner.tier import BATCH, LENGTHS, LONGEST, AccuracyTier, well_formed
from agents.enrichment.text import document
from streams import metrics
from streams.errors import DependencyError, SettingError
from streams.records import Article, EntityType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from agents.enrichment.ner.tier import Words

NAMES = {
    "مازن": "B-PERS", "الخطيب": "I-PERS", "تلفيتا": "B-LOC", "شركة": "B-ORG", "النور": "I-ORG", "ماراثون": "B-MISC",
    "»": "I-ORG",
}  # fmt: skip


class Fake:
    """A recogniser with a piece for every letter, that knows some names; '#' and '…' tokenise to nothing."""

    name = "fake@1"

    def __init__(self) -> None:
        self.batches: list[tuple[int, int]] = []

    def pieces(self, word: str) -> tuple[int, ...]:
        return () if word in "#…" else tuple(map(ord, word))

    def predict(self, sentences: Sequence[Words], length: int) -> list[list[str]]:
        self.batches.append((len(sentences), length))
        assert all(sum(map(len, words)) + 2 <= length for words in sentences)
        assert all(len(word) for words in sentences for word in words)
        return [[NAMES.get("".join(map(chr, word)), "O") for word in words] for words in sentences]


class Clock:
    """Every look at it takes a second."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def tier(recogniser: Any, seconds: float = 1e9) -> tuple[AccuracyTier, list[tuple[str, Exception]]]:
    told: list[tuple[str, Exception]] = []
    return AccuracyTier(recogniser, seconds, Clock(), lambda *why: told.append(why)), told


def found(text: str, title: str = "") -> list[tuple[str, str, str]]:
    read = document(title, text, "ar", pack("ar"))
    spans = tier(Fake())[0].spans(read)
    assert spans is not None
    return [
        (field.field, field.slice(first, last)[2], kind)
        for field in read.fields
        for first, last, kind in spans[field.field]
    ]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("قال مازن الخطيب في تلفيتا.", [("مازن الخطيب", "person"), ("تلفيتا", "place")]),
        ("# قال … مازن الخطيب", [("مازن الخطيب", "person")]),  # words without pieces do not shift the labels
        ("قال مازن # الخطيب أمس", [("مازن # الخطيب", "person")]),  # nor cut a name in two
        ("قال مازن # أمس", [("مازن", "person")]),
        ("«شركة النور» في تلفيتا", [("شركة النور", "organisation"), ("تلفيتا", "place")]),  # no quote in a name
        ("الخطيب قال", [("الخطيب", "person")]),  # I- without B-
        ("ماراثون تلفيتا", [("تلفيتا", "place")]),  # MISC is no type of ours
        ("# …", []),
        ("", []),
    ],
)
def test_names_are_found_where_they_stand(body: str, names: list[tuple[str, str]]) -> None:
    assert found(body) == [("body", *name) for name in names]
    assert found("", title=body) == [("title", *name) for name in names]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ("B-PERS I-PERS O", "B-person I-person O"),
        ("I-PERS I-PERS", "B-person I-person"),
        ("B-PERS I-LOC", "B-person B-place"),
        ("B-ORG B-ORG", "B-organisation B-organisation"),
        ("B-MISC I-MISC", "O O"),
        ("B-MISC I-LOC", "O B-place"),
        ("B-PERS - I-PERS -", "B-person I-person I-person O"),
        ("- B-PERS", "O B-person"),
        ("- I-PERS", "O B-person"),
        ("B-PERS - - I-LOC", "B-person O O B-place"),
    ],
)
def test_labels_are_repaired(labels: str, expected: str) -> None:
    assert " ".join(well_formed([label.strip("-") for label in labels.split()])) == expected


def test_a_sentence_longer_than_the_model_reads_is_cut_between_words() -> None:
    body = "كلمة " * 100 + "مازن الخطيب " + "كلمة " * 100 + "تلفيتا"
    assert found(body) == [("body", "مازن الخطيب", "person"), ("body", "تلفيتا", "place")]
    endless = "ك" * (LONGEST + 50)
    assert found(f"{endless} تلفيتا") == [("body", "تلفيتا", "place")]


def test_sentences_of_like_length_go_together_and_batches_are_bounded() -> None:
    recogniser = Fake()
    body = "قال مازن أمس.\n" * 60 + "وصل الوفد إلى مدينة بعيدة عن الحدود بعد رحلة طويلة في الصحراء.\n" * 3
    assert tier(recogniser)[0].spans(document("خبر", body, "ar", pack("ar")))
    assert {length for _, length in recogniser.batches} == {16, 64}
    assert all(length in LENGTHS and count * length <= BATCH for count, length in recogniser.batches)
    assert sum(count for count, _ in recogniser.batches) == 64


def test_an_article_that_takes_too_long_is_left_to_the_light_tier() -> None:
    recogniser = Fake()
    late, told = tier(recogniser, seconds=2.5)
    read = document("", "قال مازن أمس.\n" * 600, "ar", pack("ar"))
    assert late.spans(read) is None
    assert [reason for reason, _ in told] == ["timeout"]
    assert len(recogniser.batches) == 2  # a second each, and no third was begun


def test_a_recogniser_that_fails_leaves_the_article_to_the_light_tier() -> None:
    class Broken(Fake):
        def predict(self, *_: Any) -> list[list[str]]:
            raise RuntimeError("out of memory")

    class Short(Fake):
        def predict(self, sentences: Sequence[Words], length: int) -> list[list[str]]:
            return [labels[1:] for labels in super().predict(sentences, length)]

    for recogniser in (Broken(), Short()):
        broken, told = tier(recogniser)
        assert broken.spans(document("", "قال مازن أمس", "ar", pack("ar"))) is None
        assert [reason for reason, _ in told] == ["error"]


def test_other_languages_are_the_light_tiers() -> None:
    reader, told = tier(Fake())
    assert reader.spans(document("", "Mazen said", "en", pack("en"))) is None
    assert not told


ARTICLE = Article(
    title="خبر من تلفيتا",
    body="قال وزير النقل السيد مازن الخطيب إن العمل يبدأ غدا في تلفيتا. وأضاف الخطيب أن الطريق جاهز.",
    published_at="2026-03-02T09:00:00Z",
)


def test_names_of_the_tier_become_entities_and_the_version_says_whose_they_are() -> None:
    enriched = Enricher(tier=tier(Fake())[0]).enrich(ARTICLE)
    named = {entity.label.ar: entity for entity in enriched.entities if entity.id.startswith("marsad:")}
    assert named["مازن الخطيب"].type is EntityType.PERSON
    assert [mention.text for mention in named["مازن الخطيب"].mentions] == ["مازن الخطيب", "الخطيب"]
    assert [mention.field for mention in named["تلفيتا"].mentions] == ["title", "body"]
    assert enriched.versions["ner"] == "fake@1"


@pytest.mark.parametrize(
    ("accurate", "light", "expected"),
    [
        ([(4, 5, "person")], [(1, 2, "event")], [(1, 2, "event"), (4, 5, "person")]),
        (
            [(1, 2, "person")],
            [(4, 5, "place"), (7, 7, "person")],
            [(1, 2, "person")],
        ),  # those are the accurate one's to find
        ([(1, 2, "organisation")], [(1, 2, "group")], [(1, 2, "group")]),
        ([(1, 3, "organisation")], [(1, 2, "group")], [(1, 3, "organisation")]),
        ([(1, 2, "person")], [(1, 2, "group"), (2, 3, "product")], [(1, 2, "person")]),
        ([], [(0, 0, "product")], [(0, 0, "product")]),
    ],
)
def test_types_that_the_model_lacks_are_the_light_tiers(
    accurate: list[Any], light: list[Any], expected: list[Any]
) -> None:
    assert joined(accurate, light) == expected


def test_an_article_left_to_the_light_tier_is_read_as_without_a_tier() -> None:
    light, late = Enricher().enrich(ARTICLE), Enricher(tier=tier(Fake(), seconds=0)[0]).enrich(ARTICLE)
    assert "ner" not in light.versions
    assert late.versions == light.versions | {"ner": "light"}
    assert late.model_copy(update={"versions": {}}) == light.model_copy(update={"versions": {}})


def test_the_stage_counts_what_is_left_to_the_light_tier() -> None:
    from agents.enrichment.agent import count_fallback

    def count() -> float:
        return float(metrics.ner_fallbacks.labels(reason="timeout")._value.get())

    before = count()
    count_fallback("timeout", RuntimeError("late"))
    assert count() == before + 1


def opened(folder: Path, **given: Any) -> Any:
    return open_tier(folder, seconds=60, clock=lambda: 0.0, on_fallback=lambda *why: pytest.fail(str(why)), **given)


def test_without_a_model_there_is_no_tier() -> None:
    assert open_tier(None, seconds=1, clock=lambda: 0.0, on_fallback=lambda *_: None) is None


def test_a_folder_without_a_model_is_refused_by_name(tmp_path: Path) -> None:
    for folder, why in ((tmp_path / "none", "is no folder"), (tmp_path, "has no config.json")):
        with pytest.raises(SettingError, match=f"MARSAD_NER_MODEL: {re.escape(str(folder))} {why}.*camel_data"):
            opened(folder)


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in ("config.json", "vocab.txt"):
        (tmp_path / file).touch()
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(DependencyError, match=re.escape("pip install 'marsad[ner]'")):
        opened(tmp_path)


# --- with a model: a tiny BERT of random weights ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `camel_data` leaves it. Its weights are random, but the same in every run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the packages of the extra warn of as they are compiled is theirs
        torch = pytest.importorskip("torch", reason="the extra 'ner' is not installed")
        transformers = pytest.importorskip("transformers", reason="the extra 'ner' is not installed")
        _imported()
    made: Path = tmp_path_factory.mktemp("tiny-ner")
    letters = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئىة.،«»"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (made / "vocab.txt").write_text("\n".join(words) + "\n", "utf-8")
    (made / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": False}), "utf-8"
    )
    torch.manual_seed(7)
    kinds = ["B-LOC", "B-ORG", "B-PERS", "B-MISC", "I-LOC", "I-ORG", "I-PERS", "I-MISC", "O"]
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=256,
        initializer_range=1.0,
        id2label=dict(enumerate(kinds)),
        label2id={label: number for number, label in enumerate(kinds)},
    )
    transformers.BertForTokenClassification(config).save_pretrained(made)
    return made


SENTENCES = [
    ["قال", "مازن", "الخطيب", "في", "إدلب", "."],
    ["وصل", "وفد", "من", "شركة", "النور", "إلى", "حلب", "،", "وعاد", "."],
    ["لا"],
]


def test_labels_are_those_of_camel_tools(folder: Path) -> None:
    ours = opened(folder).recogniser
    theirs = importlib.import_module("camel_tools.ner").NERecognizer(str(folder), use_gpu=False)
    expected = theirs.predict(SENTENCES)
    assert len({label for labels in expected for label in labels}) > 2, (
        "a model that always says the same tests nothing"
    )
    words = [[ours.pieces(word) for word in sentence] for sentence in SENTENCES]
    for length in (64, 256):
        assert ours.predict(words, length) == expected


def test_words_without_pieces_do_not_shift_labels(folder: Path) -> None:
    ours = opened(folder)
    # camel-tools gives five labels for these six words.
    assert ours.recogniser.pieces("ـــ") == ours.recogniser.pieces("\u200f") == ()
    plain, marked = "قال مازن الخطيب في إدلب.", "قال ـــ مازن الخطيب ـــ في إدلب."
    read = [document("", body, "ar", pack("ar")) for body in (plain, marked)]
    names = [[r.body.slice(a, b)[2] for a, b, _ in ours.spans(r)["body"]] for r in read]
    assert [name.replace("ـــ ", "") for name in names[1]] == names[0]
    assert names[0]


def test_the_tier_reads_an_article(folder: Path) -> None:
    reader = opened(folder)
    enriched = Enricher(tier=reader).enrich(ARTICLE)
    assert enriched.versions["ner"] == reader.name
    assert re.fullmatch(r"camel-ner/tiny-ner\d+@[0-9a-f]{8}", reader.name)
    for entity in enriched.entities:
        for mention in entity.mentions:
            assert getattr(ARTICLE, mention.field)[mention.start : mention.end] == mention.text


def test_a_broken_model_is_refused_by_name(folder: Path, tmp_path: Path) -> None:
    for file in ("config.json", "vocab.txt"):
        (tmp_path / file).write_bytes((folder / file).read_bytes())
    with pytest.raises(SettingError, match=r"MARSAD_NER_MODEL: .* cannot be loaded"):
        opened(tmp_path)
