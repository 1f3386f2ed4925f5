"""`marsad watchlist` without a broker: test, explain, import, export."""

import json

import pytest

from tests.support.command_line import command_line

TRUCES = """
define:
  truce: هدنة OR truce
---
id: truces
query: title:(@truce) AND place:Syria
matches:
- هدنة في حلب
- {title: Truce in Aleppo, source: A}
ignores:
- هدنة في اليمن
"""
HEADLINE = "هدنة في اليمن"


@pytest.fixture
def marsad(monkeypatch, capsysbinary, tmp_path):
    return command_line(monkeypatch, capsysbinary, tmp_path)


@pytest.fixture
def written(tmp_path):
    """Writes files and their folders."""

    def write(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return write


def article(title=HEADLINE):
    return json.dumps({"title": title, "body": "", "published_at": "2026-03-02T09:00:00Z"}).encode()


def test_examples_are_tried(marsad, written):
    written(w_yaml=TRUCES)
    assert marsad("watchlist", "test", "w.yaml") == (0, "truces: ok, 3 examples\n", "")


def test_an_example_that_fails_is_named_with_the_reason(marsad, written):
    written(w_yaml=TRUCES + "- هدنة في إدلب\n")
    code, out, err = marsad("watchlist", "test", "w.yaml")
    assert (code, out) == (2, "")
    assert "w.yaml, line 12: watchlist 'truces' matches, but is under ignores: 'هدنة في إدلب'" in err
    assert "title:هدنة by 'هدنة'" in err
    assert "1 of 4 examples failed" in err
    written(w_yaml=TRUCES.replace("في حلب", "في تونس"))
    _, _, err = marsad("watchlist", "test", "w.yaml")
    assert (
        "line 8: watchlist 'truces' does not match: 'هدنة في تونس'; place:Syria: not named; named are: Tunisia" in err
    )


def test_an_example_is_an_article(marsad, written):
    written(w_yaml="id: a\nquery: x\nmatches: [{title: x, published_at: never}]\n")
    code, _, err = marsad("watchlist", "test", "w.yaml")
    assert code == 2
    assert "w.yaml, line 3: published_at" in err
    assert "Traceback" not in err


def test_a_load_is_warned_of(marsad, written):
    written(w_yaml="id: a\nquery: language:ar\n")
    assert "alerts of 10,000 articles a day are to be expected" in marsad("watchlist", "test", "w.yaml")[2]
    assert marsad("watchlist", "test", "w.yaml", "--articles-a-day", "100") == (0, "a: ok\n", "")
    assert "of 100 articles" in marsad(
        "watchlist", "test", "w.yaml", "--articles-a-day", "100", "--alerts-a-day", "5"
    )[2]  # fmt: skip


def test_a_definition_holds_in_all_files_of_a_folder(marsad, written):
    written(d__a_yaml="id: a\nquery: x AND @truce\n", d__b_yaml="define: {truce: هدنة}\n")
    assert marsad("watchlist", "export", "d", "--json")[1].count('"query":"x AND (هدنة)"') == 1
    written(d__c_yaml="define: {truce: صلح}\n")
    code, _, err = marsad("watchlist", "test", "d")
    assert code == 2
    assert "definition 'truce' is another one in" in err


def test_explain_says_why_not(marsad, written):
    written(w_yaml=TRUCES)
    code, out, err = marsad("watchlist", "explain", "truces", "-w", "w.yaml", "-a", "-", stdin=article())
    assert (code, err) == (0, "")
    assert out.splitlines()[0].startswith("truces does not match: ")
    assert "✗ place:Syria  (not named; named are: Yemen)" in out
    assert out.endswith("why not:\n  place:Syria: not named; named are: Yemen\n")


def test_explain_says_why_for_machines(marsad, written):
    written(w_yaml=TRUCES)
    _, out, _ = marsad(
        "watchlist", "explain", "truces", "-w", "w.yaml", "-a", "-", "--json", stdin=article("هدنة في حلب")
    )  # fmt: skip
    told = json.loads(out)
    assert (told["watchlist"], told["matches"], told["tree"]["clause"]) == ("truces", True, "AND")
    assert told["tree"]["parts"][1]["spans"][0]["text"] == "حلب"


def test_explain_knows_its_watchlists(marsad, written):
    written(w_yaml=TRUCES)
    code, _, err = marsad("watchlist", "explain", "truce", "-w", "w.yaml", "-a", "-", stdin=article())
    assert (code, "did you mean 'truces'?" in err) == (2, True)
    _, _, err = marsad("watchlist", "explain", "zzz", "-w", "w.yaml", "-a", "-", stdin=article())
    assert "there are truces" in err


def test_lists_become_watchlists_and_pass(marsad, written):
    written(lists__truces_txt="هدنة\nخفض التصعيد\n", lists__quakes_txt='"big quake" OR tremor -x site:a.example\n')
    code, out, err = marsad("watchlist", "import", "lists")
    assert code == 0
    assert "note: quakes.txt, line 1: site:a.example is read as source:a.example" in err
    written(w_yaml=out)
    assert marsad("watchlist", "test", "w.yaml") == (0, "quakes: ok\ntruces: ok\n", "")
    assert marsad("watchlist", "export", "w.yaml")[1] == out


def test_a_list_from_standard_input(marsad):
    code, out, _ = marsad("watchlist", "import", "-", stdin="هدنة\n".encode())
    assert (code, "query: هدنة" in out) == (0, True)


def test_two_lists_with_one_id_are_refused(marsad, written):
    written(a__x_txt="a", b__x_txt="b")
    code, _, err = marsad("watchlist", "import", "a", "b")
    assert (code, "another file gives the id 'x' too" in err) == (2, True)
