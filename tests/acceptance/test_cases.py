"""What readers of other monitors, feed readers and search engines complained about, asked of `marsad enrich` and `marsad match`.

Each row is a kind of fault: articles in, and what must come out of the command line.
"""

import json

import pytest

from tests.support.command_line import command_line

PUBLISHED = "2026-03-02T09:00:00Z"
DEESCALATION = "event:agreement AND agreement:(de-escalation OR ceasefire) AND place:Syria"


@pytest.fixture
def marsad(monkeypatch, capsysbinary, tmp_path):
    """Call the command line in this process: exit code, standard output, standard error."""
    return command_line(monkeypatch, capsysbinary, tmp_path)


def articles(*rows):
    """JSON Lines of articles: each row a title, or the fields that differ; each with an address and a source of its own."""
    lines = []
    for number, row in enumerate(rows):
        fields = {"title": row} if isinstance(row, str) else row
        source = f"{chr(ord('a') + number)}.example"
        usual = {"url": f"https://{source}/1", "source": source, "title": "", "body": "", "published_at": PUBLISHED}
        lines.append(json.dumps(usual | fields, ensure_ascii=False))
    return "\n".join(lines) + "\n"


@pytest.fixture
def match(marsad, tmp_path):
    """Alerts of one watchlist over some articles, as `marsad match` prints them."""

    def run(query, *rows, notify="every", **how):
        watchlist = {"id": "w", "query": query, "notify": notify, **how}
        (tmp_path / "w.yaml").write_text(json.dumps(watchlist, ensure_ascii=False), "utf-8")
        (tmp_path / "a.jsonl").write_text(articles(*rows), "utf-8")
        code, out, err = marsad("match", "--watchlists", "w.yaml", "a.jsonl")
        assert (code, "error" in err) == (0, False)
        return [json.loads(line) for line in out.splitlines()]

    return run


@pytest.fixture
def enrich(marsad, tmp_path):
    """Articles as `marsad enrich` prints them."""

    def run(*rows):
        (tmp_path / "a.jsonl").write_text(articles(*rows), "utf-8")
        code, out, err = marsad("enrich", "a.jsonl")
        assert (code, err) == (0, "")
        return [json.loads(line) for line in out.splitlines()]

    return run


def told(alerts):
    """The sources of the articles that raised alerts: their letters."""
    return "".join(alert["article"]["source"][0] for alert in alerts)


def main_event(enriched):
    return next((event for event in enriched["events"] if event["main"]), None)


# --- words ----------------------------------------------------------------------------------------------------------

BLANK = {"title": "x", "body": ""}
FAR = " ".join(["كلمة"] * 40)
WORDS = {
    "every form of a word, with what is fused to it": (
        "text:الهدنة",
        ("قبلوا بالهدنة", "دعوا وللهدنة شروط", "فبالهدنة نبدأ", "انتهت هدنتهم", "وقعوا هدنتين", "كثرت الهدن"),
        "abcdef",
        ["بالهدنة", "وللهدنة", "فبالهدنة", "هدنتهم", "هدنتين", "الهدن"],
    ),
    "Persian letters in an Arabic text": (
        "place:Turkey AND place:Kuwait",
        ("وزير خارجية تر\u06a9\u06ccا يزور ال\u06a9و\u06ccت",),
        "a",
        ["تر\u06a9\u06ccا", "ال\u06a9و\u06ccت"],
    ),
    "presentation forms, as texts out of PDFs have them": (
        "text:هدنة AND place:Syria",
        ({"title": "", "body": "ﻻ ﺧﻼﻑ ﻋﻠﻰ ﺍﻟﻬﺪﻧﺔ ﻓﻲ ﺣﻠﺐ"},),
        "a",
        ["ﺍﻟﻬﺪﻧﺔ", "ﺣﻠﺐ"],
    ),
    "vowel marks and tatweel inside words": (
        "text:اتفاق AND text:هدنة",
        ("وقّع الطرفان اتّفاقاً على هُــدْنَـةٍ في حلب",),
        "a",
        ["اتّفاقاً", "هُــدْنَـةٍ"],
    ),
    "an emoji before the word": ("text:هدنة", ("\U0001f54a\ufe0f هدنة في حلب",), "a", ["هدنة"]),
    "a proximity shows its own pair only": (
        '"هدنة إدلب"~3',
        ({"title": "", "body": f"هدنة في إدلب {FAR} وصلت إدلب قافلة {FAR} لا هدنة"},),
        "a",
        ["هدنة", "إدلب"],
    ),
    "an exclusion alone": ("NOT text:كرة", ("هدنة في حلب", "نتائج كرة القدم", BLANK), "ac", []),
    "another language's homograph": (
        "text:اتفاق AND language:ar",
        ("این اتفاق دیروز در حلب افتاد و دمشق آن را محکوم کرد",),
        "",
        [],
    ),
    "another language's homograph is no event": (
        "event:agreement",
        ("این اتفاق دیروز در حلب افتاد و دمشق آن را محکوم کرد",),
        "",
        [],
    ),
}


@pytest.mark.parametrize("name", WORDS)
def test_words(match, name):
    query, rows, sources, words = WORDS[name]
    alerts = match(query, *rows)
    assert told(alerts) == sources
    assert [reason["text"] for alert in alerts for reason in alert["reasons"]] == words
    given = [json.loads(line) for line in articles(*rows).splitlines()]
    for alert in alerts:
        (article,) = (row for row in given if row["url"] == alert["article"]["url"])
        for reason in alert["reasons"]:
            assert article[reason["field"]][reason["start"] : reason["end"]] == reason["text"]


def test_offsets_are_those_of_the_raw_text(match):
    (alert,) = match("text:هدنة", {"title": "", "body": "ﻻ ﺧﻼﻑ ﻋﻠﻰ ﺍﻟﻬﺪﻧﺔ ﻓﻲ ﺣﻠﺐ"})
    assert [(r["start"], r["end"]) for r in alert["reasons"]] == [(10, 16)]
    (alert,) = match("text:هدنة", "\U0001f54a\ufe0f هدنة في حلب")
    assert [(r["start"], r["end"]) for r in alert["reasons"]] == [(3, 7)]


# --- queries --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["“خفض التصعيد”", "«خفض التصعيد»", "„خفض التصعيد“", '"خفض التصعيد"'])
def test_every_kind_of_quote_makes_a_phrase(marsad, match, query):
    alerts = match(query, "اتفاق خفض التصعيد", "خفض الأسعار وسط التصعيد")
    assert told(alerts) == "a"
    assert [reason["text"] for reason in alerts[0]["reasons"]] == ["خفض التصعيد"]
    code, _, _ = marsad("watchlist", "test", "w.yaml")
    assert code == 0


@pytest.mark.parametrize(
    ("query", "column", "said"),
    [
        ("text:(هدنة", 11, "close the bracket"),
        ("text:هدنة AND", 14, "expected a word"),
        ("plcae:Syria", 1, "did you mean 'place'?"),
        ("text:هدنة ANDD text:حلب", 11, "did you mean AND?"),
        ("", None, "query is ''"),
    ],
)
def test_a_broken_query_is_named_and_never_loaded(marsad, tmp_path, query, column, said):
    (tmp_path / "w.yaml").write_text(json.dumps({"id": "w", "query": query}), "utf-8")
    (tmp_path / "a.jsonl").write_text(articles("هدنة في حلب"), "utf-8")
    for words in (("watchlist", "test", "w.yaml"), ("match", "--watchlists", "w.yaml", "a.jsonl")):
        code, out, err = marsad(*words)
        assert code != 0
        assert out == ""
        assert column is None or f"column {column}" in err
        assert said in err


@pytest.mark.parametrize("query", ["(" * 5000 + "text:a" + ")" * 5000, "NOT " * 5000 + "text:a"])
def test_what_is_nested_too_deep_is_refused(marsad, tmp_path, query):
    (tmp_path / "w.yaml").write_text(json.dumps({"id": "w", "query": query}), "utf-8")
    code, _, err = marsad("watchlist", "test", "w.yaml")
    assert code != 0
    refused, count = err.splitlines()
    assert "nested more than 50 deep" in refused
    assert count.startswith("error: 1 watchlist file refused")


@pytest.mark.parametrize(
    "query",
    [" OR ".join(f"term{n}" for n in range(8000)), " AND ".join(f"(a{n} OR b{n})" for n in range(30))],
    ids=["8000 terms", "30 choices"],
)
def test_a_long_query_is_a_query(match, query):
    wanted = "term7" if query.startswith("term") else " ".join(f"a{n}" for n in range(30))
    assert told(match(query, wanted, "هدنة في حلب")) == "a"


# --- places and entities --------------------------------------------------------------------------------------------


def test_a_prayer_and_a_country(enrich, match):
    rows = ("أُذّن المغرب في دمشق وبدأ الإفطار", "منتخب المغرب يفوز وديا في الرباط", "المغرب يوقع اتفاقا حدوديا")
    prayer, _, agreement = enrich(*rows)
    labels = {entity["label"]["en"] for entity in prayer["entities"]}
    assert "Damascus" in labels
    assert "Morocco" not in labels
    (morocco,) = (e["id"] for e in agreement["entities"] if e["label"]["en"] == "Morocco")
    assert main_event(agreement)["agreement"]["parties"] == [morocco]
    assert told(match("place:Morocco", *rows)) == "bc"


def test_places_without_what_is_fused_to_them(enrich):
    fused, plain = enrich("وصل الوفد لدمشق، ومر بحلب وبالقامشلي، ثم عاد للرياض", "دمشق، ثم حلب، ثم القامشلي، ثم الرياض")
    assert [entity["id"] for entity in fused["entities"]] == [entity["id"] for entity in plain["entities"]]
    assert len(fused["entities"]) == 4
    for entity in fused["entities"]:
        for mention in entity["mentions"]:
            assert fused["article"]["title"][mention["start"] : mention["end"]] == mention["text"]


# --- dates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("وقع الطرفان الهدنة الجمعة", "2026-03-06"),
        ("وقع الطرفان الهدنة الجمعة الماضي", "2026-02-27"),
        ("يوقع الطرفان الهدنة الجمعة المقبل", "2026-03-13"),
        ("وقع الاتفاق في ١٥ رمضان ١٤٤٧هـ", "2026-03-04"),
    ],
)
def test_when(enrich, title, day):
    (found,) = enrich({"title": title, "published_at": "2026-03-06T09:00:00Z"})
    assert main_event(found)["time"] == day


def test_what_is_to_be_signed_is_not_signed(enrich):
    (found,) = enrich({"title": "يوقع الطرفان الهدنة الجمعة المقبل", "published_at": "2026-03-06T09:00:00Z"})
    assert main_event(found)["stage"] != "signed"


def test_a_day_that_its_month_did_not_have(enrich):
    (found,) = enrich("وقع الاتفاق في 30 صفر 1447هـ")
    assert main_event(found)["time"] is None


# --- events ---------------------------------------------------------------------------------------------------------


def test_a_denial_across_commas(enrich, match):
    row = {
        "title": "بيان رسمي",
        "body": "نفت الحكومة، وفق بيان صدر مساء اليوم، توقيع أي اتفاق لوقف إطلاق النار في درعا.",
    }
    event = main_event(*enrich(row))
    assert event["negated"]
    assert event["stage"] == "denied"
    assert match(DEESCALATION, row, notify="new") == []


@pytest.mark.parametrize(
    "title",
    [
        "لم يحضر الوسيط، لكن الطرفين وقعا اتفاق وقف إطلاق النار في الخرطوم",
        "No mediator attended, but both sides signed the Khartoum ceasefire",
    ],
)
def test_a_no_of_another_clause(enrich, title):
    event = main_event(*enrich(title))
    assert event["stage"] == "signed"
    assert not event["negated"]


# --- developments and alerts ----------------------------------------------------------------------------------------


def at(hour, title, body=""):
    return {"title": title, "body": body, "published_at": f"2026-03-02T{hour:02}:00:00Z"}


def test_one_truce_told_in_other_words_and_languages(match):
    alerts = match(
        DEESCALATION,
        at(9, "روسيا وتركيا توقعان هدنة في إدلب"),
        at(10, "موسكو وأنقرة تتفقان على وقف القتال شمالي غربي سوريا"),
        at(11, "بدء سريان التهدئة في الشمال السوري برعاية الضامنين"),
        at(12, "Guns fall silent in Idlib as Russia, Turkey seal truce"),
        at(13, "Defence chiefs ink Idlib cessation of hostilities"),
        notify="new",
    )
    assert told(alerts) == "a"


def test_two_truces_of_two_parties_on_one_day(match):
    rows = (
        at(9, "روسيا وتركيا توقعان هدنة في حلب"),
        at(10, "موسكو وأنقرة توقعان اتفاق هدنة في حلب"),
        at(11, "هدنة في حلب بين روسيا وتركيا"),
        at(12, "روسيا وتركيا توقعان هدنة في درعا"),
        {"title": "هدنة حلب بين روسيا وتركيا: توقيع الاتفاق رسميا", "published_at": "2026-03-03T09:00:00Z"},
    )
    assert told(match(DEESCALATION, *rows, notify="new")) == "ad"


def test_one_wire_story_is_one_source(match):
    wire = (
        "وقعت موسكو وأنقرة هدنة في إدلب تبدأ منتصف الليل، على أن يشرف مراقبون من البلدين على تنفيذها، ويفتح طريق "
        "حلب اللاذقية أمام الشاحنات بعد أسبوع من سريانها، وفق بيان تلي في ختام جولة دامت يومين."
    )
    rows = (
        at(9, "هدنة في إدلب", f"(أ ف ب) {wire}"),
        at(10, "موسكو وأنقرة تتفقان", f"كتب مراسلنا: {wire}"),
        at(11, "هدنة إدلب: توقيع روسي تركي", "توصلت روسيا وتركيا إلى هدنة في محافظة إدلب السورية تم توقيعها ليلا."),
    )
    (alert,) = match(DEESCALATION, *rows, notify="new", min_sources=2)
    assert alert["article"]["source"] == "c.example"
    assert len(alert["sources"]) == 2


def test_talks_on_one_town_and_a_truce_extended_in_another(match):
    rows = (
        at(9, "محادثات روسية تركية حول خفض التصعيد في ريف حماة شمال غربي سوريا"),
        at(12, "روسيا وتركيا تمددان اتفاق خفض التصعيد في إدلب ستة أشهر"),
    )
    assert told(match(DEESCALATION, *rows, notify="new")) == "ab"


def test_patrols_do_not_silence_a_truce(match):
    row = "توصلت روسيا وتركيا إلى هدنة في إدلب، وتقضي بتسيير دوريات مشتركة"
    assert told(match(DEESCALATION, row, notify="new")) == "a"


# --- input ----------------------------------------------------------------------------------------------------------


def test_a_byte_order_mark_costs_no_article(marsad, tmp_path):
    first, second = articles("هدنة في حلب", "هدنة في درعا").splitlines()
    (tmp_path / "f.jsonl").write_bytes(f"\ufeff{first}\r\n\r\n{second}".encode())
    code, out, err = marsad("enrich", "f.jsonl")
    assert (code, len(out.splitlines()), err) == (0, 2, "")
    (tmp_path / "f.jsonl").write_bytes(f"\ufeff{first}\r\n\r\n{second}\r\n{{".encode())
    code, out, err = marsad("enrich", "f.jsonl")
    assert code != 0
    assert len(out.splitlines()) == 2
    assert "f.jsonl:4" in err
