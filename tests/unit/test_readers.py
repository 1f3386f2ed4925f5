"""Readers of article formats: tables of input and what comes out of it."""

import gzip
import io
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.ingestion.dates import parse_date
from agents.ingestion.draft import Draft, Origin
from agents.ingestion.formats import READERS, read, sniff
from agents.ingestion.markup import text_of_html
from streams.cli.sources import Sources
from streams.codec import accept_article
from streams.errors import ArticleError, InputError

ARRIVED = datetime(2026, 11, 25, tzinfo=UTC)
DATED = datetime(2026, 3, 1, 8, tzinfo=UTC)
BOM = b"\xef\xbb\xbf"


def drafts(raw, format_name=None, name="input"):
    return list(read(io.BytesIO(raw), Origin(name, DATED), format_name))


def articles(raw, format_name=None, name="input"):
    """What the door takes; fails on anything refused."""
    return [accept_article(draft.raw, ARRIVED) for draft in drafts(raw, format_name, name)]


def line(title, **more):
    return orjson.dumps({"title": title, "body": "", "published_at": "2026-03-02T09:00:00Z", **more})


def rss(*items, channel="<title>Sample</title>"):
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{channel}{"".join(items)}</channel></rss>'.encode()


def item(title="هدنة", link="https://a.example/1", guid="77", date="Mon, 02 Mar 2026 09:00:00 GMT", more=""):
    return f"<item><guid>{guid}</guid><link>{link}</link><title>{title}</title><pubDate>{date}</pubDate>{more}</item>"


# --- JSON Lines -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        line("أ") + b"\n" + line("ب") + b"\n",
        BOM + line("أ") + b"\r\n\r\n" + line("ب"),  # mark at the head, CRLF, an empty line, no newline at the end
        b"\n\n  \n" + line("أ") + b"\n" + line("ب"),
        BOM + b"\n" + line("أ") + b"\n" + line("ب"),
        b"  " + line("أ") + b"  \n\t" + line("ب") + b"\t\n",
    ],
)
@pytest.mark.parametrize("format_name", [None, "jsonl"])
def test_each_line_is_an_article_however_lines_end(raw, format_name):
    assert [article.title for article in articles(raw, format_name)] == ["أ", "ب"]


def test_a_broken_line_is_named_and_the_others_come(tmp_path):
    file = tmp_path / "f.jsonl"
    file.write_bytes(BOM + line("أ") + b"\r\n\r\n{broken\r\n" + line("ب"))
    first, fault, second = Sources.of([str(file)]).articles()
    assert (first.title, second.title) == ("أ", "ب")
    assert isinstance(fault, ArticleError)
    assert fault.where == f"{file}:3"
    assert "not JSON" in str(fault)


def test_lines_are_read_as_they_come():
    def lines():
        yield line("أ") + b"\n"
        raise AssertionError("read ahead")

    assert isinstance(next(read(lines(), Origin("pipe", DATED))), Draft)


# --- formats --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a.jsonl", b"", "jsonl"),
        ("a.ndjson.gz", b"", "jsonl"),
        ("a.json", b'{"title": "x"}', "jsonl"),
        ("a.json", b"{", "json"),
        ("a.json", b'{"title": "x",', "json"),
        ("a.json", b"[", "json"),
        ("-", b'{"broken": }', "jsonl"),
        ("-", BOM + b'{"title": "x"}', "jsonl"),
        ("-", b"<?xml version='1.0'?>", "feed"),
        ("-", b'<feed xmlns="http://www.w3.org/2005/Atom">', "feed"),
        ("-", "هدنة في حلب".encode(), "text"),
        ("a.txt", b'{"title": "x"}', "text"),
        ("a.XML", b"", "feed"),
    ],
)
def test_the_format_is_told_by_name_then_by_content(name, head, expected):
    assert sniff(name, head) == expected


@pytest.mark.parametrize("format_name", [None, *READERS])
@pytest.mark.parametrize("raw", [b"", b"\n", BOM, b" \r\n\r\n"])
def test_nothing_gives_no_article(raw, format_name):
    assert [found for found in drafts(raw, format_name) if isinstance(found, Draft)] == []


@given(st.binary(max_size=300), st.sampled_from([None, *READERS]))
def test_no_bytes_stop_a_reader(raw, format_name):
    for found in drafts(raw, format_name):
        assert isinstance(found, Draft | ArticleError)


@given(st.text(max_size=300))
def test_no_text_stops_the_feed_reader(text):
    for found in drafts(rss(item(title=text, more=f"<description>{text}</description>")), "feed"):
        assert isinstance(found, Draft | ArticleError)


# --- text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "title", "body"),
    [
        ("عنوان\n\nسطر\nسطر ثان\n", "عنوان", "سطر\nسطر ثان"),
        ("عنوان\r\n\r\nسطر\r\n", "عنوان", "سطر"),
        ("\n\nعنوان\nسطر", "عنوان", "سطر"),
        ("عنوان فقط", "عنوان فقط", ""),
        ("\ufeffعنوان\n\nسطر", "عنوان", "سطر"),
        ("T\n\na\n\nb", "T", "a\n\nb"),
    ],
)
def test_text_is_title_blank_line_body(raw, title, body):
    (article,) = articles(raw.encode(), "text")
    assert (article.title, article.body, article.published_at) == (title, body, DATED)


def test_text_that_is_not_utf_8_is_refused_with_the_line_and_what_to_do():
    (fault,) = drafts("عنوان\n\n".encode() + "هدنة".encode("windows-1256"), "text", "old.txt")
    assert fault.where == "old.txt:3"
    assert "iconv" in fault.remedy


# --- ninjs ----------------------------------------------------------------------------------------------------------

NINJS_3 = {
    "uri": "https://news.example/items/7",
    "headlines": [{"role": "short", "value": "قصير"}, {"role": "main", "value": "هدنة في حلب"}],
    "bodies": [
        {"contenttype": "text/html", "value": "<p>وقع الطرفان.</p><p>ثان</p>"},
        {"contenttype": "text/plain", "value": "وقع الطرفان."},
    ],
    "versioncreated": "2026-03-02T12:00:00+03:00",
    "language": "ar-SY",
    "infosources": [{"name": "وكالة مثال"}],
}
NINJS_1 = {
    "uri": "urn:example:7",
    "headline": "Truce in Aleppo",
    "body_xhtml": "<p>Both signed.</p>\n<p>It holds &amp; holds.</p>",
    "versioncreated": "2026-03-02T09:00:00Z",
}


@pytest.mark.parametrize(
    ("ninjs", "expected"),
    [
        (NINJS_3, ("هدنة في حلب", "وقع الطرفان.", "https://news.example/items/7", "ar", "وكالة مثال")),
        (NINJS_1, ("Truce in Aleppo", "Both signed.\n\nIt holds & holds.", None, None, None)),
    ],
)
@pytest.mark.parametrize("indent", [None, orjson.OPT_INDENT_2])
def test_ninjs_of_old_and_new_versions(ninjs, expected, indent):
    (article,) = articles(orjson.dumps(ninjs, option=indent))
    assert (article.title, article.body, article.url, article.language, article.source) == expected
    assert article.published_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("odd", [None, 7, "x", [], [7], {}, {"value": 7}, [{"value": 7}], [{"value": "x", "role": 7}]])
@pytest.mark.parametrize("field", ["headline", "headlines", "body_text", "bodies", "infosources", "language", "source"])
def test_ninjs_of_the_wrong_shape_is_the_doors_business(field, odd):
    (draft,) = drafts(orjson.dumps({"uri": "urn:example:7", field: odd}))
    with pytest.raises(ArticleError):
        accept_article(draft.raw, ARRIVED)  # it has no date


def test_an_item_of_ninjs_keeps_its_id_when_its_text_changes():
    (first,) = articles(orjson.dumps(NINJS_1))
    (second,) = articles(orjson.dumps({**NINJS_1, "headline": "Truce signed"}))
    assert first.id == second.id
    assert first.revision != second.revision


def test_a_document_may_be_a_list():
    found = articles(b"[\n" + line("a") + b",\n" + orjson.dumps(NINJS_1) + b"\n]")
    assert [article.title for article in found] == ["a", "Truce in Aleppo"]


def test_a_broken_document_is_named_with_its_line():
    (fault,) = drafts(b'{\n"title": "a",\n"body" "b"}', "json", "f.json")
    assert fault.where == "f.json:3"


# --- feeds ----------------------------------------------------------------------------------------------------------


def test_a_guid_used_again_is_not_the_article_again():
    (old,) = articles(rss(item("فتح طريق", "https://a.example/2024/roads")))
    (new,) = articles(rss(item("هدنة جديدة في حلب", "https://a.example/2026/truce")))
    assert old.id != new.id


def test_the_same_link_under_another_guid_is_one_article():
    (first,) = articles(rss(item(guid="77")))
    (second,) = articles(rss(item(guid="78")))
    assert (first.id, first.revision) == (second.id, second.revision)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Mon, 06 Jul 2026 10:25:00 CEST", "2026-07-06T08:25:00"),
        ("Mon, 02 Mar 2026 13:03:47 PST", "2026-03-02T21:03:47"),
        ("2026-03-02 12:00:33", "2026-03-02T12:00:33"),
        ("2026-03-02T12:00:33Z", "2026-03-02T12:00:33"),
        ("2026-03-02T12:00:33+03:00", "2026-03-02T09:00:33"),
        ("2026-03-02 12:00:33 +0300", "2026-03-02T09:00:33"),
        ("2026-03-02", "2026-03-02T00:00:00"),
        ("Mon, 02 Mar 2026 12:00:33 +0300 (AST)", "2026-03-02T09:00:33"),
        ("Mon, 02 Mar 2026 12:00:33 -03:30", "2026-03-02T15:30:33"),
        ("02 Mar 26 12:00 GMT", "2026-03-02T12:00:00"),
        ("Mon, 02 Mar 2026 12:00:00 EEST", "2026-03-02T09:00:00"),
        ("Mon, 02 Mar 2026 12:00:00 XYZ", "2026-03-02T12:00:00"),  # a zone nobody knows is better than no article
        ("yesterday", None),
        ("", None),
        ("Mon, 31 Feb 2026 12:00:00 GMT", None),
        ("0001-01-01T00:00:00+03:00", None),
    ],
)
def test_dates(written, expected):
    moment = parse_date(written)
    assert (moment and moment.replace(tzinfo=None).isoformat()) == expected
    assert moment is None or moment.tzinfo is UTC


def test_dates_of_a_whole_feed():
    dates = ["Mon, 06 Jul 2026 10:25:00 CEST", "Mon, 02 Mar 2026 13:03:47 PST", "2026-03-02 12:00:33"]
    raw = rss(*(item(link=f"https://a.example/{n}", date=date) for n, date in enumerate(dates)))
    found = [article.published_at.isoformat() for article in articles(raw)]
    assert found == ["2026-07-06T08:25:00+00:00", "2026-03-02T21:03:47+00:00", "2026-03-02T12:00:33+00:00"]


def test_an_item_without_a_date_bears_the_origins():
    (article,) = articles(rss("<item><title>x</title></item>"))
    assert article.published_at == DATED


def test_an_unreadable_date_costs_its_item_alone():
    fault, draft = drafts(rss(item(date="soon"), item(link="https://a.example/2")), name="f.rss")
    assert (fault.field, fault.value, fault.where) == ("pubDate", "soon", "f.rss, item 1")
    assert accept_article(draft.raw, ARRIVED).url == "https://a.example/2"


def test_hostile_titles_sources_and_links_are_text_or_nothing():
    raw = rss(
        item("&lt;script&gt;alert(1)&lt;/script&gt; هدنة في حلب", "javascript:alert(1)"),
        channel="<title>x&quot; onmouseover=&quot;alert(1)</title>",
    )
    (article,) = articles(raw)
    assert article.title == "<script>alert(1)</script> هدنة في حلب"
    assert article.source == 'x" onmouseover="alert(1)'
    assert article.url is None


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("&lt;b&gt;هدنة&lt;/b&gt; في حلب", "هدنة في حلب"),
        ("AT&amp;amp;T", "AT&T"),
        ("if a &lt; b", "if a < b"),
        ("<![CDATA[هدنة &quot;في&quot; حلب]]>", 'هدنة "في" حلب'),
        ("\n  هدنة\n  في حلب ", "هدنة في حلب"),
    ],
)
def test_titles_become_text(title, text):
    (article,) = articles(rss(item(title)))
    assert article.title == text


def test_the_body_is_the_longer_of_summary_and_content():
    content = '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/"><![CDATA[<p>one</p><p>two</p>]]></content:encoded>'
    (article,) = articles(rss(item(more=f"<description>one</description>{content}")))
    assert article.body == "one\n\ntwo"


def test_atom():
    raw = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar"><title>مثال</title><entry><id>77</id>'
        '<title type="html">&lt;i&gt;هدنة&lt;/i&gt;</title><link href="https://a.example/1"/>'
        '<updated>2026-03-02T09:00:00Z</updated><content type="html">&lt;p&gt;نص&lt;/p&gt;</content></entry></feed>'
    ).encode()
    (article,) = articles(raw)
    assert (article.title, article.body, article.language, article.source) == ("هدنة", "نص", "ar", "مثال")


def test_a_feed_that_breaks_off_says_so_after_its_items():
    raw = rss(item(), item(link="https://a.example/2"))
    *found, fault = drafts(raw[: raw.index(b"</channel>")], "feed")
    assert len(found) == 2
    assert "breaks off" in str(fault)


def test_what_is_no_feed_is_said_to_be_none():
    (fault,) = drafts(b"<html><body>Not found</body></html>", "feed", "x.xml")
    assert isinstance(fault, ArticleError)
    assert str(fault).startswith("x.xml: not a feed")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("a <b>b</b>\n c", "a b c"),
        ("x<script>alert(1)</script>y<style>p{}</style>z", "xyz"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("a &lt;b&gt; &amp;amp;", "a <b> &amp;"),
        ("a < b", "a < b"),
        ("<p>unclosed <a href='x'>link", "unclosed link"),
        ("", ""),
    ],
)
def test_html_becomes_what_a_reader_sees(markup, text):
    assert text_of_html(markup) == text


# --- files ----------------------------------------------------------------------------------------------------------


def test_folders_are_read_in_order_with_what_is_compressed(tmp_path):
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(line("ب")))
    (tmp_path / "a.txt").write_text("أ\n\nنص", encoding="utf-8")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "d.rss").write_bytes(rss(item("ج")))
    (tmp_path / "ignored.md").write_text("x")
    (tmp_path / ".hidden.txt").write_text("x")
    found = list(Sources.of([str(tmp_path)]).articles())
    assert [article.title for article in found] == ["أ", "ب", "ج"]


def test_a_damaged_archive_is_reported_after_what_could_be_read(tmp_path):
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(gzip.compress(b"\n".join(line(str(n)) for n in range(2000)))[:-30])
    *_, fault = Sources.of([str(file)]).articles()
    assert isinstance(fault, ArticleError)
    assert fault.where == str(file)


def test_progress_counts_every_byte_on_the_disk(tmp_path):
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(gzip.compress(b"\n".join(line(str(n)) for n in range(2000))))
    heard = []
    sources = Sources.of([str(file)])
    assert len(list(sources.drafts(heard.append))) == 2000
    assert sum(heard) == sources.total_bytes == file.stat().st_size


@pytest.mark.parametrize(
    ("names", "options", "said"),
    [
        (["nowhere.jsonl"], {}, "nowhere.jsonl: no such file"),
        (["-"], {"format_name": "jsno"}, "did you mean 'json'?"),
        (["-"], {"published_at": "soon"}, "is no date"),
    ],
)
def test_what_cannot_be_read_is_said_before_anything_is_read(names, options, said):
    with pytest.raises(InputError) as raised:
        Sources.of(names, **options)
    assert said in str(raised.value)


def test_a_folder_without_articles_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no articles in this folder"):
        Sources.of([str(tmp_path)])
