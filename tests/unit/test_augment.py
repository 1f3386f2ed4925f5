"""Sentences with other names: the marks and the rest of the line stay, and the same lines give the same ones."""

from agents.enrichment.languages import pack
from agents.enrichment.tagger.augment import with_other_names
from agents.enrichment.tagger.train import plain, training_lines

LINES = [
    "قال [PER مازن الخطيب] إن [LOC بغداد] هادئة، وأضاف [PER الخطيب] شيئا.",
    "وصل [ORG البنك الدولي].",
    "التقى و[PER سامر].",
]


def test_persons_are_drawn_anew_and_nothing_else_changes():
    (line,) = with_other_names(LINES, ["أيمن"], ["الزين"])
    text, spans = plain(line)
    people = [text[start:end] for start, end, kind in spans if kind == "person"]
    assert people[0].split()[0] == "أيمن"
    assert people[0].split()[1] == people[1], "one name is one name throughout a line"
    assert [text[start:end] for start, end, kind in spans if kind == "place"] == ["بغداد"]
    assert text.startswith("قال ")
    assert text.endswith(" شيئا.")


def test_the_same_lines_give_the_same():
    names = (["أيمن", "سعاد", "خالد"], ["الزين", "البحري"])
    assert list(with_other_names(LINES * 5, *names)) == list(with_other_names(LINES * 5, *names))


def test_a_pack_says_whether_names_are_drawn():
    assert training_lines(LINES, pack("und")) == LINES
    assert len(training_lines(LINES, pack("ar"))) == len(LINES) + 1
