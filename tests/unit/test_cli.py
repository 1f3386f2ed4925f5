"""The command line: helps, what comes out where, and a clear answer with the right exit code to whatever is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from agents.enrichment.languages import CODES
from streams.cli.app import app, main
from streams.cli.ingest import seconds_between
from streams.cli.moments import since_of
from streams.cli.run import _Watch
from streams.errors import InputError, MarsadError
from streams.records import RECORDS, Alert, Enriched
from streams.samples import DEMO
from streams.settings import load
from tests.support.command_line import command_line

ROOT = Path(__file__).parents[2]
TRUCE = "وقعت روسيا وتركيا اتفاق وقف إطلاق النار في إدلب"
WATCHLIST = "id: truces\nquery: text:هدنة OR event:agreement\nnotify: every\n"


def commands():
    """Every command of the tree, as the words that call it."""
    root = typer.main.get_command(app)

    def walk(command, words):
        yield words
        for name, child in getattr(command, "commands", {}).items():
            yield from walk(child, (*words, name))

    return list(walk(root, ()))


@pytest.fixture
def marsad(monkeypatch, capsysbinary, tmp_path):
    """Call the command line in this process: exit code, standard output, standard error."""
    return command_line(monkeypatch, capsysbinary, tmp_path)


def line(title=TRUCE, **more):
    fields = {"title": title, "body": "", "published_at": "2026-03-02T09:00:00Z", "url": "https://a.example/1", **more}
    return json.dumps({name: value for name, value in fields.items() if value is not None}, ensure_ascii=False).encode()


@pytest.fixture
def watchlist(tmp_path):
    file = tmp_path / "w.yaml"
    file.write_text(WATCHLIST, encoding="utf-8")
    return str(file)


# --- help -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_explains_itself(marsad, words):
    code, out, _ = marsad(*words, "--help")
    assert code == 0
    assert "Usage:" in out


def test_an_unknown_command_is_refused(marsad):
    code, out, err = marsad("mtach")
    assert (code, out) == (2, "")
    assert "mtach" in err


# --- enrich and match -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["file", "stdin", "no name"])
def test_enrich_takes_files_and_pipes_alike(marsad, tmp_path, how):
    raw = b"\xef\xbb\xbf" + line() + b"\r\n\r\n" + line("B", url=None)
    (tmp_path / "f.jsonl").write_bytes(raw)
    words = {"file": ["f.jsonl"], "stdin": ["-"], "no name": []}[how]
    code, out, err = marsad("enrich", *words, stdin=raw)
    first, second = (Enriched.model_validate_json(text) for text in out.splitlines())
    assert (code, err) == (0, "")
    assert (first.article.title, second.article.title) == (TRUCE, "B")
    assert "vector" not in json.loads(out.splitlines()[0])


def test_a_broken_line_costs_itself_alone(marsad, tmp_path):
    (tmp_path / "f.jsonl").write_bytes(line() + b"\n{broken\n" + line("B", url=None))
    code, out, err = marsad("enrich", "f.jsonl")
    assert code == 2
    assert len(out.splitlines()) == 2
    assert "f.jsonl:2: not JSON" in err
    assert err.splitlines()[-1].startswith("error: 1 of 3 articles refused")
    assert "Traceback" not in err


def test_match_prints_alerts_with_their_reasons(marsad, tmp_path, watchlist):
    (tmp_path / "a.jsonl").write_bytes(line() + b"\n" + line("طقس مشمس في تونس", url="https://a.example/2"))
    code, out, err = marsad("match", "--watchlists", watchlist, "a.jsonl")
    (alert,) = (Alert.model_validate_json(text) for text in out.splitlines())
    assert (code, err, alert.watchlist, alert.article.title) == (0, "", "truces", TRUCE)
    for reason in alert.reasons:
        assert TRUCE[reason.start : reason.end] == reason.text


def test_match_prints_for_people_too(marsad, watchlist):
    code, out, _ = marsad("match", "-w", watchlist, "--text", "-", stdin=line())
    assert code == 0
    assert out.startswith("● NEW")
    assert "because" in out


def test_a_text_file_is_an_article(marsad, tmp_path):
    (tmp_path / "a.txt").write_text(f"{TRUCE}\n\nنص", encoding="utf-8")
    code, out, _ = marsad("enrich", "a.txt", "--published-at", "2026-03-02T09:00:00+03:00")
    article = Enriched.model_validate_json(out).article
    assert (code, article.title, article.body) == (0, TRUCE, "نص")
    assert article.published_at.isoformat() == "2026-03-02T06:00:00+00:00"


def test_the_samples_are_all_taken(marsad):
    code, out, err = marsad("enrich", str(DEMO))
    assert (code, err) == (0, "")
    assert len(out.splitlines()) >= 40


BAD_ARTICLES = {
    "not JSON": (b"{no", "not JSON"),
    "an array": (b'["a"]\n', "object is needed"),
    "a number": (b"7\n", "object is needed"),
    "wrong type": (line(title=7), "title"),
    "no title and no body": (line(title=""), "title and body are both missing or empty"),
    "title and body left out": (line(title=None, body=None), "title and body are both missing or empty"),
    "no date": (line(published_at=None), "published_at: missing"),
    "no such date": (line(published_at="soon"), "published_at"),
    "1900": (line(published_at="1900-01-01T00:00:00Z"), "published_at"),
    "2100": (line(published_at="2100-01-01T00:00:00Z"), "published_at"),
    "5 MB": (line(body="ا" * 2_500_000), "more than 400,000"),
    "invalid UTF-8": (line().replace("روسيا".encode(), b"\xff\xfe"), "invalid UTF-8"),
    "NUL": (line(title="a\0b"), "NUL"),
    "unknown language": (line(language="klingon"), "language"),
    "no such id": (line(id="x" * 300), "id"),
    "no such address": (line(url="http://[half"), "url"),
}


@pytest.mark.parametrize("fault", BAD_ARTICLES)
def test_bad_articles_have_a_clear_answer_and_others_still_come(marsad, tmp_path, fault):
    raw, said = BAD_ARTICLES[fault]
    (tmp_path / "f.jsonl").write_bytes(raw.rstrip(b"\n") + b"\n" + line("B"))
    code, out, err = marsad("enrich", "f.jsonl")
    assert code == 2
    assert [Enriched.model_validate_json(text).article.title for text in out.splitlines()] == ["B"]
    complaint = err.splitlines()[0]
    assert complaint.startswith("error: f.jsonl:1: ")
    assert said in complaint
    assert "; " in complaint  # what to do about it
    assert len(complaint) < 500
    assert "Traceback" not in err


def test_an_error_shows_no_control_characters_of_its_input(marsad):
    _, _, err = marsad("enrich", "-", stdin=b'{"title": "\x1b]0;owned\x07", bad\n')
    assert "\x1b" not in err
    assert "\x07" not in err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["enrich", "nowhere.jsonl"], 2, "nowhere.jsonl: no such file or folder"),
        (["enrich", "--format", "xml", "-"], 2, "unknown format 'xml'"),
        (["enrich", "--published-at", "soon", "-"], 2, "'soon' is no date"),
        (["match", "-"], 2, "--watchlists"),
        (["match", "-w", "nowhere.yaml", "-"], 2, "nowhere.yaml: no such file or folder"),
        (["match", "-w", ".", "-"], 2, "no watchlists in this folder"),
        (["watchlist", "test", "nowhere.yaml"], 2, "nowhere.yaml: no such file or folder"),
        (["schema", "Alrt"], 2, "did you mean 'Alert'?"),
        (["worker", "enrichmnt"], 2, "no stage 'enrichmnt'"),
        (["--broker", "nonsense", "topics", "lag"], 2, "host:port"),
        (["--log-level", "loud", "topics", "lag"], 2, "MARSAD_LOG_LEVEL"),
        (["ingest", "--rate", "fast", "-"], 2, "'fast' is no rate"),
        (["alerts", "tail", "--since", "soon"], 2, "'soon' is no time"),
        (["rejected", "replay"], 2, "--id topic/partition/offset, or --all"),
        (["rejected", "replay", "--all", "--repair", "f"], 2, "--repair repairs one"),
        (["rejected", "replay", "--id", "7"], 2, "topic/partition/offset"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_mistakes_are_named_with_what_to_do(marsad, words, code, said):
    exit_code, out, err = marsad(*words, stdin=line())
    assert (exit_code, out) == (code, "")
    assert said in err
    assert "Traceback" not in err


# --- watchlists -----------------------------------------------------------------------------------------------------


def test_watchlist_test_says_ok(marsad, watchlist):
    assert marsad("watchlist", "test", watchlist)[:2] == (0, "truces: ok\n")


def test_the_watchlists_that_ship_are_good(marsad):
    code, out, err = marsad("watchlist", "test", str(ROOT / "watchlists"))
    assert (code, err) == (0, "")
    assert len(out.splitlines()) >= 6


def test_a_query_of_a_thousand_lines_is_a_query(marsad, tmp_path):
    terms = "\n".join(f"  text:كلمة{number} OR" for number in range(1000))
    (tmp_path / "w.yaml").write_text(f"id: long\nquery: >\n{terms}\n  text:هدنة\n", encoding="utf-8")
    code, out, _ = marsad("match", "-w", "w.yaml", "-", stdin=line("هدنة في حلب"))
    assert code == 0
    assert len(out.splitlines()) == 1


BAD_WATCHLISTS = {
    "open bracket": ("id: w\nquery: text:(هدنة\n", "column"),
    "nothing after AND": ("id: w\nquery: text:هدنة AND\n", "column"),
    "unknown query field": ("id: w\nquery: plcae:Syria\n", "place"),
    "no operator": ("id: w\nquery: text:هدنة ANDD text:حلب\n", "column"),
    "empty query": ("id: w\nquery: ''\n", "query"),
    "no query": ("id: w\n", "query"),
    "unknown field": ("id: w\nquery: text:هدنة\nnotfy: new\n", "notify"),
    "unknown value": ("id: w\nquery: text:هدنة\nnotify: sometimes\n", "notify"),
    "no id": ("query: text:هدنة\n", "id"),
    "bad id": ("id: A B\nquery: text:هدنة\n", "id"),
    "not YAML": ("id: [w\n", "line"),
    "not a watchlist": ("- 7\n", "watchlist"),
    "not UTF-8": ("id: w\nquery: text:é\n".encode("latin-1"), "UTF-8"),
    "twice the same id": ("id: w\nquery: a\n---\nid: w\nquery: b\n", "w"),
}


@pytest.mark.parametrize("fault", BAD_WATCHLISTS)
def test_bad_watchlists_are_named_and_never_loaded(marsad, tmp_path, fault):
    raw, said = BAD_WATCHLISTS[fault]
    (tmp_path / "w.yaml").write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    for words in (["watchlist", "test", "w.yaml"], ["match", "-w", "w.yaml", "-"]):
        code, out, err = marsad(*words, stdin=line())
        assert (code, out) == (2, "")
        assert "w.yaml" in err
        assert said in err
        assert "Traceback" not in err


def test_every_bad_file_is_named_at_once(marsad, tmp_path):
    (tmp_path / "a.yaml").write_text("id: a\nquery: text:(x\n")
    (tmp_path / "b.yaml").write_text("id: b\nquery: plcae:x\n")
    (tmp_path / "c.yaml").write_text("id: c\nquery: x\n")
    code, _, err = marsad("watchlist", "test", ".")
    assert code == 2
    assert "a.yaml" in err
    assert "b.yaml" in err
    assert "2 watchlist files refused" in err


def test_two_files_with_one_id_are_refused(marsad, tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("id: same\nquery: x\n")
    code, _, err = marsad("watchlist", "test", "a.yaml", "b.yaml")
    assert code == 2
    assert "'same' is also in a.yaml" in err


# --- no broker ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["topics", "create"],
        ["topics", "describe"],
        ["topics", "lag"],
        ["ingest", "-"],
        ["watchlist", "add", "w.yaml"],
        ["watchlist", "list"],
        ["watchlist", "show", "truces"],
        ["watchlist", "remove", "truces"],
        ["rejected", "list"],
        ["rejected", "show", "news.rejected/0/0"],
        ["rejected", "replay", "--all"],
        ["alerts", "tail"],
        ["worker"],
        ["run"],
    ],
    ids=" ".join,
)
def test_without_a_broker_one_line_says_so(marsad, monkeypatch, watchlist, words):
    monkeypatch.setattr("streams.admin.clients.CONNECT_MS", 200)
    monkeypatch.setenv("MARSAD_BROKER", "127.0.0.1:1")
    code, out, err = marsad(*words, stdin=line())
    assert (code, out) == (3, "")
    assert err.splitlines()[-1].startswith("error: no broker at 127.0.0.1:1; ")
    assert "Traceback" not in err


# --- about ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECORDS)
def test_schema_prints_json_schema(marsad, name):
    code, out, _ = marsad("schema", name)
    assert code == 0
    assert json.loads(out)["title"] == name


def test_schema_without_a_name_prints_all(marsad):
    assert set(json.loads(marsad("schema")[1])) == set(RECORDS)


def test_version_says_what_runs_here(marsad):
    code, out, _ = marsad("version", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["python"] == sys.version.split()[0]
    assert found["languages"] == ", ".join(CODES)
    assert found["packages"]["faust-streaming"] == "0.15.3"
    assert "faust-streaming 0.15.3" in marsad("version")[1]


# --- small things ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "seconds"), [(None, 0), ("20", 0.05), ("20/s", 0.05), ("600/m", 0.1), ("3600/h", 1), ("0.5", 2)]
)
def test_rates(rate, seconds):
    assert seconds_between(rate) == pytest.approx(seconds)


@pytest.mark.parametrize("rate", ["", "0", "-1", "20/d", "a lot"])
def test_no_rates(rate):
    with pytest.raises(InputError):
        seconds_between(rate)


def test_since_is_a_date_or_how_long_ago():
    assert since_of(None) is None
    assert since_of("2026-03-02T09:00Z").isoformat() == "2026-03-02T09:00:00+00:00"
    hours = (since_of("1h") - since_of("2h")).total_seconds() / 3600
    assert hours == pytest.approx(1, abs=0.01)


def test_as_a_module_into_a_pipe_that_closes_early(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(line(str(number), url=None) for number in range(300)))
    command = f"{sys.executable} -m streams.cli enrich {tmp_path / 'a.jsonl'} | head -n 1"
    environment = {**os.environ, "MARSAD_ENCODER": "off"}
    ran = subprocess.run(command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)  # noqa: S602
    assert Enriched.model_validate_json(ran.stdout).article.title == "0"
    assert ran.stderr == ""


def test_debug_shows_where(marsad, monkeypatch):
    monkeypatch.setenv("MARSAD_DEBUG", "1")
    monkeypatch.setattr(sys, "argv", ["marsad", "schema", "Alrt"])
    with pytest.raises(InputError):
        main()


def test_a_demo_with_fewer_alerts_than_asked_for_fails(capsys):
    watch = _Watch(load(), worker=None, broker=None, feed=None, exit_after=1)
    with pytest.raises(MarsadError, match="0 alerts instead of 1"):
        watch._demo_is_over(46)
    assert "46 articles, 0 alerts" in capsys.readouterr().err
