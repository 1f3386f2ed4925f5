"""The command line against a real broker, and `marsad run` as people start it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from streams.admin import Producer, create_topics
from streams.broker import EmbeddedBroker
from streams.codec import cloudevent_headers, encode, rejected_headers
from streams.records import Alert, AlertedArticle, DevelopmentRef, Rejected
from streams.settings import load
from tests.support.command_line import command_line

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

ROOT = Path(__file__).parents[2]
AT = "2026-03-02T09:00:00Z"


@pytest.fixture(scope="module")
def broker():
    with EmbeddedBroker() as running:
        create_topics(load(broker=running.address))
        yield running


@pytest.fixture
def marsad(broker, monkeypatch, capsysbinary, tmp_path):
    """Call the command line in this process: exit code, standard output, standard error."""
    return command_line(monkeypatch, capsysbinary, tmp_path, MARSAD_BROKER=broker.address)


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MARSAD_")}
    return {**kept, "PYTHONPATH": str(ROOT), "MARSAD_ENCODER": "off", **more}


def line(title, **more):
    return json.dumps({"title": title, "body": "", "published_at": AT, **more}, ensure_ascii=False).encode() + b"\n"


def waiting(marsad):
    """How many articles wait to be enriched."""
    rows = [json.loads(text) for text in marsad("topics", "lag", "--json")[1].splitlines()]
    return sum(row["waiting"] for row in rows if row["stage"] == "enrichment")


def test_watchlists_are_added_shown_and_removed(marsad, tmp_path):
    (tmp_path / "w.yaml").write_text(
        "id: a\ntitle: {ar: هدن, en: Truces}\nquery: text:هدنة\n---\nid: b\nquery: x\n", "utf-8"
    )
    code, out, err = marsad("watchlist", "add", "w.yaml")
    assert (code, out, err.splitlines()[-2:]) == (0, "", ["added a", "added b"])
    assert [json.loads(text)["id"] for text in marsad("watchlist", "list", "--json")[1].splitlines()] == ["a", "b"]
    assert "هدن" in marsad("watchlist", "list")[1]

    shown = marsad("watchlist", "show", "a")[1]
    assert marsad("watchlist", "test", "-", stdin=shown.encode())[:2] == (0, "a: ok\n")

    code, _, err = marsad("watchlist", "remove", "aa")
    assert (code, "did you mean 'a'?" in err) == (2, True)
    assert marsad("watchlist", "remove", "a", "b")[0] == 0
    assert marsad("watchlist", "list", "--json")[:2] == (0, "")


def test_ingest_counts_truthfully_and_keeps_what_it_refuses(marsad):
    before = waiting(marsad)
    raw = line("one") + line("هدنة", body="ب" * 450_000) + b"{broken\n" + line("two")
    code, out, err = marsad("ingest", "--json", "-", stdin=raw)
    counts = json.loads(out)
    assert code == 2
    assert (counts["read"], counts["sent"], counts["refused"]) == (4, 2, 2)
    assert counts["reasons"] == {"body": 1, "not JSON": 1}
    assert "standard input:2: the article has" in err

    letters = [
        json.loads(text) for text in marsad("rejected", "list", "--stage", "ingestion", "--json")[1].splitlines()
    ]
    assert {letter["from"]: letter["bytes"] for letter in letters} == {
        "standard input/0/2": len(raw.split(b"\n")[1]),
        "standard input/0/3": len(b"{broken"),
    }
    assert waiting(marsad) - before == 2


def test_a_dead_letter_is_repaired_and_goes_back(marsad, broker, tmp_path):
    why = Rejected(reason="not JSON", stage="enrichment", topic="news.articles", partition=3, offset=7, at=AT)
    settings = load(broker=broker.address)
    with Producer(settings) as producer:
        producer.send("news.rejected", b"k", b'{"title": "\xd9\x87\xd8\xaf\xd9\x86\xd8\xa9",', rejected_headers(why))
    listed = [
        json.loads(text) for text in marsad("rejected", "list", "--stage", "enrichment", "--json")[1].splitlines()
    ]
    (letter,) = [found for found in listed if found["from"] == "news.articles/3/7"]

    assert marsad("rejected", "show", letter["id"])[1] == '{"title": "هدنة",'
    code, _, err = marsad("rejected", "replay", "--id", letter["id"])
    assert (code, "refused again: not JSON" in err) == (2, True)

    (tmp_path / "repaired.json").write_bytes(line("هدنة"))
    code, _, err = marsad("rejected", "replay", "--id", letter["id"], "--repair", "repaired.json")
    assert (code, f"{letter['id']}: back on news.articles" in err) == (0, True)
    assert marsad("rejected", "replay", "--id", letter["id"], "--repair", "-", stdin=line("هدنة"))[0] == 0
    assert marsad("rejected", "replay", "--id", "news.rejected/0/999999")[0] == 2


def test_alerts_are_shown_once_however_often_they_were_sent(marsad, broker):
    development = DevelopmentRef(id="d", change="new", what="first report", first_seen=AT)
    article = AlertedArticle(id="1", title="هدنة في حلب", published_at=AT, language="ar")
    first = Alert(id="a1", kind="new", watchlist="w", development=development, article=article)
    second = first.model_copy(update={"id": "a2", "watchlist": "v"})
    with Producer(load(broker=broker.address)) as producer:
        for alert in (first, first, second, first):
            producer.send("news.alerts", alert.watchlist.encode(), encode(alert), cloudevent_headers(alert))
    code, out, _ = marsad("alerts", "tail", "--no-follow", "--json")
    assert code == 0
    assert sorted(json.loads(text)["id"] for text in out.splitlines()) == ["a1", "a2"]
    assert marsad("alerts", "tail", "--no-follow", "--watchlist", "v", "--since", "1h")[1].count("● NEW") == 1


def test_topics_are_described_and_checked(marsad):
    names = {json.loads(text)["name"] for text in marsad("topics", "describe", "--json")[1].splitlines()}
    assert {"news.articles", "news.rejected", "marsad-stories-memory-changelog"} <= names
    assert "news.articles" in marsad("topics", "describe")[1]
    assert marsad("topics", "create")[0] == 0
    code, _, err = marsad("topics", "create", "--check", "--partitions", "3")
    assert (code, "news.articles: 8 partitions instead of 3" in err) == (3, True)


def children_of(pid):
    """Processes whose parent is `pid`, and theirs."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(entry.parent.name)
            found += [child, *children_of(child)]
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are looked for in /proc")
def test_run_shows_the_first_alert_of_the_demo_and_stops_all_it_started(tmp_path):
    with (tmp_path / "said").open("wb") as said:
        running = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "run", "--demo", "--json", "--watchlists", str(ROOT / "watchlists")],
            stdout=subprocess.PIPE,
            stderr=said,
            cwd=tmp_path,
            env=environment(),
        )
    try:
        first = Alert.model_validate_json(running.stdout.readline())
        started = children_of(running.pid)
        running.send_signal(signal.SIGINT)
        rest = running.stdout.read()
        running.wait(60)
    finally:
        running.kill()
        running.wait()
        running.stdout.close()
    err = (tmp_path / "said").read_text("utf-8")
    assert first.kind == "new"
    assert running.returncode == 0, err
    assert "Traceback" not in err
    assert len(started) >= 2  # the broker and the workers
    assert all(Alert.model_validate_json(text) for text in rest.splitlines())
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in started) and time.monotonic() < until:
        time.sleep(0.1)
    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []
