"""Figures are what their definitions say, on sets small enough to count by hand."""

import json
from datetime import UTC, datetime

import pytest

from agents.enrichment.enrich import Enricher
from agents.evaluation.conll import read_conll, score_entities
from agents.evaluation.days import read_labels, score_days
from agents.evaluation.figures import Figure, added_up, count_spans
from agents.evaluation.golden import score_dates, score_events, score_language, score_topics
from agents.evaluation.news import read_news, score_news
from agents.evaluation.quotes import score_quotes
from agents.evaluation.sets import read_floors, under_floors
from streams.errors import InputError
from streams.records import Article, Enriched, Quote, Span
from tests.support.command_line import command_line

TRUCE = "وقعت روسيا وتركيا اتفاق وقف إطلاق النار في إدلب"
RAIN = "أمطار غزيرة على الساحل"


def counts(figures):
    return {(f.measure, f.part): (f.right, f.found, f.wanted) for f in figures}


@pytest.fixture(scope="module")
def enricher():
    return Enricher()


@pytest.fixture
def marsad(monkeypatch, capsysbinary, tmp_path):
    return command_line(monkeypatch, capsysbinary, tmp_path)


@pytest.mark.parametrize(
    ("right", "found", "wanted", "shares", "errors"),
    [
        (3, 4, 6, (0.75, 0.5, 0.6), 4),
        (0, 0, 5, (None, 0.0, 0.0), 5),
        (0, 5, 0, (0.0, None, 0.0), 5),
        (0, 0, 0, (None, None, None), 0),
        (2, 4, None, (0.5, None, None), 2),
        (2, None, 4, (None, 0.5, None), 2),
    ],
)
def test_shares(right, found, wanted, shares, errors):
    figure = Figure("events", "place", "dev", right, found, wanted)
    assert (figure.precision, figure.recall, figure.f1) == shares
    assert figure.errors == errors


def test_a_wrong_language_costs_one_recall_and_another_precision(enricher):
    rows = f"ar\t{TRUCE}\nfa\t{RAIN}\n"
    assert counts(score_language(rows, "language.tsv", enricher)) == {
        ("language", "all"): (1, 2, 2),
        ("language", "ar"): (1, 2, 1),
        ("language", "fa"): (0, 0, 1),
    }


def test_an_expression_is_right_as_a_whole(enricher):
    rows = "en\tsigned on 3 March 2026\t2026-03-06T10:00Z\t2026-03-03\nen\tsigned on 3 March 2026\t2026-03-06T10:00Z\t2026-03-04\n"
    (figure,) = score_dates(rows, "dates.tsv", enricher)
    assert (figure.right, figure.found, figure.wanted) == (1, 2, 2)
    assert figure.mistakes == ["signed on 3 March 2026: 2026-03-03, not 2026-03-04"]


def test_topics_are_counted_one_by_one(enricher):
    row = {"split": "dev", "language": "ar", "title": TRUCE, "body": "", "topics": ["16000000", "15000000"]}
    (figure,) = score_topics(json.dumps(row), "topics.jsonl", enricher)
    assert (figure.right, figure.wanted) == (1, 2)
    assert "15000000" in figure.mistakes[0]


def test_topics_of_a_file_with_a_name_are_one_part_for_all_languages(enricher):
    rows = [
        json.dumps({"split": "test", "language": language, "title": TRUCE, "body": "", "topics": ["16000000"]})
        for language in ("ar", "fa")
    ]
    (figure,) = score_topics("\n".join(rows), "topics_far.jsonl", enricher)
    assert (figure.part, figure.wanted) == ("test far", 2)


def event(title, **fields):
    row = {
        "id": "x", "split": "dev", "language": "ar", "title": title, "body": "", "kind": None, "stage": None,
        "negated": False, "hedged": False, "place": None, "parties": [],
    }  # fmt: skip
    return json.dumps({**row, **fields})


def test_an_agreement_is_scored_part_by_part(enricher):
    rows = [
        event(TRUCE, kind="ceasefire", stage="signed", place="Idlib", parties=["Russia", "Turkey"]),
        event(TRUCE, kind="ceasefire", stage="violated", place="Aleppo", parties=["Russia", "Iran"], negated=True),
        event(TRUCE),
        event(RAIN, kind="ceasefire", stage="signed", place="Idlib", parties=["Russia"]),
    ]
    assert counts(score_events("\n".join(rows), "events.jsonl", enricher)) == {
        ("agreement", "dev"): (2, 3, 3),
        ("kind and stage", "dev"): (1, 3, 3),
        ("place", "dev"): (1, 2, 3),
        ("parties", "dev"): (3, 6, 5),
        ("negated", "dev"): (0, 0, 1),
        ("hedged", "dev"): (0, 0, 0),
    }


def test_background_type_and_source_are_scored_where_a_row_tells_them(enricher):
    rows = [
        event(TRUCE, background=["peace"], type="AGREE", source={"kind": "unnamed"}),
        event(TRUCE, background=[], type="ASSAULT"),
        event(RAIN),
    ]
    found = counts(score_events("\n".join(rows), "events.jsonl", enricher))
    assert found["background", "dev"] == (0, 0, 1)
    assert found["type", "dev"] == (1, 2, 2)
    assert found["source", "dev"] == (0, 0, 1)


def test_spans_are_whole_words_without_demonyms(enricher):
    columns = "وصل O\nالوزير O\nالروسي O\nلدمشق B-LOC\n\nوزار O\nزيد B-PERS\nحلب O\nاليوم B-MISC\n"
    assert counts(score_entities(columns, "c.txt", enricher)) == {
        ("spans", "LOC"): (1, 2, 1),
        ("spans", "ORG"): (0, 0, 0),
        ("spans", "PER"): (0, 0, 1),
        ("spans", "all"): (1, 2, 2),
    }


def test_a_span_of_two_words_ends_with_its_second(enricher):
    columns = "في O\nالأمم B-ORG\nالمتحدة I-ORG\nاليوم O\n"
    assert counts(score_entities(columns, "c.txt", enricher))["spans", "ORG"] == (1, 1, 1)


def test_spans_are_counted_once_and_their_mistakes_named():
    figure = Figure("entities", "spans", "dev")
    count_spans(figure, {(0, 3), (5, 9), (12, 14)}, {(0, 3), (5, 8)}, str)
    assert (figure.right, figure.found, figure.wanted) == (1, 3, 2)
    assert figure.mistakes == ["(12, 14): found", "(5, 9): found", "(5, 8): missed"]


def test_figures_of_one_measure_in_several_files_are_added_up():
    one, other = (
        Figure("topics", "top level", "dev", 1, 2, 3, ["a"]),
        Figure("topics", "top level", "dev", 2, 2, 2, ["b"]),
    )
    assert added_up([one, other, Figure("topics", "top level", "test", 1, 1, 1)]) == [
        Figure("topics", "top level", "dev", 3, 4, 5, ["a", "b"]),
        Figure("topics", "top level", "test", 1, 1, 1),
    ]


NEWS = """# a remark
= ar
وصل الوزير الروسي [PER سيرغي لافروف|Sergey Lavrov] إلى ل[LOC لقاهرة|Amman].
وقال [PER لافروف|Sergey Lavrov] إنه راض.

= en
The [ORG Qwx Guild|Qwx] met [PER Vladimir Putin].
"""


def test_news_are_read_by_article():
    first, second = read_news(NEWS, "news.dev.txt")
    assert (first.line, first.language, second.line, second.language) == (3, "ar", 7, "en")
    assert [first.body[name.start : name.end] for name in first.names] == ["سيرغي لافروف", "لقاهرة", "لافروف"]
    assert second.body == "The Qwx Guild met Vladimir Putin."


def test_names_of_news_are_scored_by_span_link_and_entity(enricher):
    """Cairo is no Amman, the tables know no Qwx, and Putin has no label, so should have no link."""
    found = counts(score_news(NEWS, "news.dev.txt", enricher))
    assert found["linked", "dev"] == (2, 3, 3)
    assert found["in the tables", "dev"] == (3, None, 4)
    assert found["unlinked", "dev"] == (0, 1, None)
    assert found["merged", "dev"] == (1, 1, 1)
    assert found["spans: person", "dev"] == (3, 3, 3)
    assert found["spans: place", "dev"] == (1, 1, 1)
    assert found["spans", "dev ar"] == (3, 3, 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("في دمشق\n", "line 1: no section before: 'في دمشق'; write '= language' first"),
        ("= ar\n\nفي [PLC دمشق]\n", "line 3: a mark that is none: 'في [PLC دمشق]'"),
        ("= ar\nفي [LOC حلب] و[LOC الشام|=دمشق]\n", "article of line 2: =دمشق: no such name before; write"),
    ],
)
def test_news_that_are_not_marked_well_are_told_with_their_line(text, said):
    with pytest.raises(InputError) as raised:
        list(read_news(text, "news.dev.txt"))
    assert said in str(raised.value)


def span_of(words, body, kind=Span, **fields):
    start = body.index(words)
    return kind(field="body", start=start, end=start + len(words), text=words, **fields)


class Quoting:
    """An enricher that finds the quotations it is given."""

    def __init__(self, *quotes):
        self.quotes = quotes

    def enrich(self, article):
        quotes = [
            span_of(
                words,
                article.body,
                Quote,
                direct=direct,
                speaker_text=speaker,
                speaker_span=span_of(speaker, article.body) if speaker else None,
            )
            for words, speaker, direct in self.quotes
        ]
        return Enriched(article=article, language="en", quotes=tuple(quotes))


@pytest.mark.parametrize(
    ("found", "words", "speaker"),
    [
        ([("We fled twice,", "Amina Sow", True)], (1, 1, 2), (1, 1, 2)),
        ([("We fled twice,", "the farmer Amina", True), ("Nobody came.", "Idlib", True)], (2, 2, 2), (1, 2, 2)),
        ([("We fled twice,", "", True)], (1, 1, 2), (0, 0, 2)),
        ([("We", "Amina Sow", True), ("Red Barn", "", True)], (0, 2, 2), (0, 0, 2)),
        ([("Idlib", "Amina Sow", False)], (0, 0, 2), (0, 0, 2)),
    ],
)
def test_quotations_are_scored_by_words_and_speaker(found, words, speaker):
    body = '"We fled twice," the farmer Amina Sow told me in Idlib, in the "Red Barn". "Nobody came."'
    said = [{"speaker": "Amina Sow", "words": quoted} for quoted in ("We fled twice,", "Nobody came.")]
    row = {"split": "dev", "language": "en", "title": "", "body": body, "quotes": said}
    scored = counts(score_quotes(json.dumps(row), "quotes.jsonl", Quoting(*found)))
    assert (scored["words", "dev"], scored["speaker", "dev en"]) == (words, speaker)


FLOORS = "# least\nenricher\tmeasure\tpart\tshare\tleast\nlanguage\tlanguage\tall\trecall\t{}\n"


def test_a_figure_under_its_floor_is_named_and_so_is_one_that_is_unknown():
    figures = [Figure("language", "language", "all", right=3, found=4, wanted=4)]
    assert not list(under_floors(figures, read_floors(FLOORS.format(0.75), "f.tsv"), ["language"]))
    assert not list(under_floors([], read_floors(FLOORS.format(0.75), "f.tsv"), ["dates"]))
    assert list(under_floors(figures, read_floors(FLOORS.format(0.8), "f.tsv"), ["language"])) == [
        "language, language, all: recall is 0.750, under its floor of 0.800"
    ]
    assert list(under_floors([], read_floors(FLOORS.format(0.8), "f.tsv"), ["language"])) == [
        "language, language, all: recall is unknown, under its floor of 0.800"
    ]


def test_a_floor_that_is_none_is_told_with_its_line():
    with pytest.raises(InputError, match=r"f.tsv, line 3: least: .*number.*; a row has enricher, measure"):
        list(read_floors(FLOORS.format("high"), "f.tsv"))


def test_a_column_too_few_is_told_with_its_line():
    with pytest.raises(InputError, match=r"c.txt, line 2: 'دمشق' is no word with a label; write"):
        read_conll("في O\nدمشق\n", "c.txt")


HEAD = "url\tdate\tmain\topinion\tdevelopment\tkind\tstage\tplace\tnew_information\tnote\n"


def test_alerts_are_counted_by_development(enricher):
    labels = read_labels(
        HEAD
        + "https://a.example/0\t\tyes\tno\tidlib\tceasefire\tsigned\t\tyes\t\n"
        + "https://a.example/1\t\tyes\tno\train\tpeace\tsigned\t\tyes\tUNSURE: rain\n"
        + "https://a.example/2\t\tbackground\tno\taden\t\t\t\tno\tALSO-NEW\n",
        "days.tsv",
    )
    titles = [TRUCE, RAIN, "هدنة بين الأطراف في عدن", "هدنة بين الجيش والمتمردين في الخرطوم"]
    articles = [
        Article(url=f"https://a.example/{n}", title=title, body="", published_at=datetime(2026, 3, 1, n, tzinfo=UTC))
        for n, title in enumerate(titles)
    ]
    assert counts(score_days(articles, labels, enricher)) == {
        ("agreement", "days"): (1, 2, 2),
        ("kind where found", "days"): (1, 1, 1),
        ("stage where found", "days"): (1, 1, 1),
        ("alerts on such news", "days"): (2, 3, None),
        ("developments told", "days"): (1, None, 2),
        ("developments told, sure ones", "days"): (1, None, 1),
        ("told developments told once", "days"): (2, None, 2),
    }


def test_a_label_that_is_none_is_told_with_its_line():
    with pytest.raises(InputError, match=r"days.tsv, line 2: main: .*'yes', 'no' or 'background'; a row has url, main"):
        read_labels(HEAD + "https://a.example/0\t\tperhaps\tno\t\t\t\t\t\t\n", "days.tsv")


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command_scores_what_is_in_the_folder(marsad, tmp_path):
    (tmp_path / "language.tsv").write_text(f"ar\t{TRUCE}\n", "utf-8")
    code, out, err = marsad("eval", "--golden", ".", "--json")
    assert (code, err) == (0, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"enricher": "language", "measure": "language", "part": part, "precision": 1.0, "recall": 1.0, "f1": 1.0,
         "right": 1, "found": 1, "support": 1}
        for part in ("all", "ar")
    ]  # fmt: skip


def test_the_command_exits_with_1_under_a_floor(marsad, tmp_path):
    (tmp_path / "language.tsv").write_text(f"ar\t{TRUCE}\nfa\t{TRUCE}\n", "utf-8")
    for least, wanted in ((0.5, 0), (0.6, 1)):
        (tmp_path / "floors.tsv").write_text(FLOORS.format(least), "utf-8")
        code, out, err = marsad("eval", "--golden", ".", "--floors", "floors.tsv", "--json")
        assert code == wanted
        assert len(out.splitlines()) == 3
        assert err == ("language, language, all: recall is 0.500, under its floor of 0.600\n" if wanted else "")


def test_the_command_prints_a_table_and_the_mistakes(marsad, tmp_path):
    (tmp_path / "language.tsv").write_text(f"fa\t{TRUCE}\n", "utf-8")
    code, out, _ = marsad("eval", "--golden", ".", "--enricher", "language", "--mistakes")
    assert code == 0
    assert out.split("\n")[0].split() == ["enricher", "measure", "on", "precision", "recall", "F1", "support"]
    assert f"  {TRUCE}: ar, not fa" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--golden", "nowhere"], "--golden: no folder nowhere; name a folder of golden sets with --golden"),
        (["--golden", "."], "--golden: . has none of language.tsv, topics*.jsonl"),
        (["--enricher", "topic"], "nothing is called 'topic'; did you mean 'topics'?"),
        (["--golden", ".", "--enricher", "entities"], "--golden: . has none of news.*.txt; name a folder"),
        (["--enricher", "alerts"], "--enricher alerts: nothing to score it on; name it with --days"),
        (["--enricher", "entities", "--conll", "none.txt"], "--conll: none.txt: No such file or directory"),
        (["--floors", "none.tsv"], "--floors: none.tsv: No such file or directory"),
        (["--enricher", "alerts", "--days", "."], "days.tsv: No such file or directory"),
    ],
)
def test_what_is_missing_is_named_with_its_option(marsad, words, said):
    code, out, err = marsad("eval", *words)
    assert (code, out) == (2, "")
    assert said in err


def test_a_broken_row_is_named(marsad, tmp_path):
    (tmp_path / "language.tsv").write_text("ar\n", "utf-8")
    code, _, err = marsad("eval", "--golden", ".")
    assert code == 2
    assert "language.tsv, line 1: text: Field required; a row has language, text" in err
