"""The live page: both directions of writing, its policy, signing in, and nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
import yaml

from streams.gateway.routes.pages import WEB, catalogue
from streams.records import Watchlist
from tests.gateway.conftest import TOKENS, fill

LANGUAGES = [
    ("", None, "en", "ltr"),
    ("?lang=ar", None, "ar", "rtl"),
    ("", "ar-EG,en;q=0.5", "ar", "rtl"),
    ("", "de, en;q=0.4, ar;q=0.9", "ar", "rtl"),
    ("?lang=en", "ar", "en", "ltr"),
    ("?lang=xx", "fr", "en", "ltr"),
]


@pytest.mark.parametrize(("query", "accepts", "lang", "direction"), LANGUAGES)
def test_language_and_direction(client, query, accepts, lang, direction):
    answer = client.get(f"/{query}", headers={"Accept-Language": accepts} if accepts else {})
    assert answer.status_code == 200
    assert f'<html lang="{lang}" dir="{direction}">' in answer.text
    assert catalogue()[lang]["heading"] in answer.text


def test_every_word_is_there_in_every_language():
    english, arabic = catalogue()["en"], catalogue()["ar"]
    assert english.keys() == arabic.keys()
    used = set(re.findall(r"\bt\.(\w+)", "".join(p.read_text("utf-8") for p in WEB.rglob("*.html"))))
    used |= set(re.findall(r"\bt\.(\w+)", (WEB / "static" / "live.js").read_text("utf-8")))
    assert used <= english.keys() | {"items"}
    assert yaml.safe_load((WEB / "catalogue.yaml").read_text("utf-8")).keys() == {"en", "ar"}


def test_the_policy_lets_in_only_our_own_files(client):
    answer = client.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son\w+=", answer.text)
    for path in re.findall(r'(?:src|href)="(/[^"]*)"', answer.text):
        assert client.get(path).status_code == 200, path
    assert "//" not in re.sub(r"https?://127\.0\.0\.1", "", answer.text).replace("<!doctype html>", "")


def test_the_page_is_light(client):
    files = sum(len(client.get(f"/static/{name}").content) for name in ("live.js", "style.css", "icon.svg"))
    assert files + len(client.get("/").content) < 200_000


def test_articles_are_never_markup():
    script = (WEB / "static" / "live.js").read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", script)
    sheet = (WEB / "static" / "style.css").read_text("utf-8")
    assert not re.search(r"(margin|padding|border|inset)-(left|right)|\b(left|right):|text-align: *(left|right)", sheet)


def test_a_hostile_watchlist_title_is_escaped(client, sqlite_store):
    fill(sqlite_store, Watchlist(id="evil", title={"ar": "", "en": '"><script>alert(1)</script>'}, query="rain"))
    page = client.get("/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_signing_in_and_out(client_of):
    client = client_of(tokens=True)
    form = client.get("/?lang=ar")
    assert form.status_code == 401
    assert 'dir="rtl"' in form.text
    assert 'name="token"' in form.text
    assert client.post("/signin", data={"token": "nonsense"}).status_code == 401
    answer = client.post("/signin?lang=ar", data={"token": TOKENS["reader"]}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?lang=ar")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/").status_code == 200
    assert client.get("/v1/alerts").status_code == 200
    client.post("/signout")
    assert client.get("/").status_code == 401
