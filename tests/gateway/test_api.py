"""API v1: pages, filters, problems that name the field, versions, and whatever its own OpenAPI allows."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode

from streams.gateway.desk import Desk
from streams.gateway.store import DeadLetter
from streams.records import Alert, Rejected
from tests.gateway.conftest import TOKENS, fill
from tests.support.alerts import BEGAN, alert_of, development_of

PROBLEM = "application/problem+json"


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


@pytest.fixture
def published(monkeypatch):
    """What went onto news.watchlists, in order; its offsets go up."""
    sent: list[tuple[str, object]] = []

    def publish(_desk, watchlist_id, watchlist):
        sent.append((watchlist_id, watchlist))
        return len(sent)

    monkeypatch.setattr(Desk, "_publish", publish)
    monkeypatch.setattr(Desk, "_connected", lambda _desk: None)
    return sent


# --- alerts


def test_pages_lead_through_all_alerts(client, sqlite_store):
    fill(sqlite_store, *(alert_of(n) for n in range(11)))
    found, cursor, pages = [], None, 0
    while True:
        answer = client.get("/v1/alerts", params={"limit": 4, **({"cursor": cursor} if cursor else {})})
        found += ids(answer)
        pages += 1
        cursor = answer.json()["next"]
        if cursor is None:
            break
    assert found == [f"alert-{n}" for n in range(10, -1, -1)]
    assert pages == 3
    assert Alert.model_validate(answer.json()["items"][-1]) == alert_of(0)


FILTERS = [
    ({"kind": "new"}, [0, 3, 6, 9]),
    ({"watchlist": ["talks", "border"]}, [1, 2, 4, 5, 8, 9]),
    ({"kind": "new", "priority": "high"}, [0, 3]),
    ({"since": "2026-03-01T00:08:00Z"}, [8, 9]),
    ({"until": "2026-03-01T02:02:00+02:00"}, [0, 1]),
    ({"place": "Aleppo"}, [1, 3, 5, 7, 9]),
    ({"place": "حلب", "until": "2026-03-01T00:04:00"}, [1, 3]),
    ({"place": "Syria"}, list(range(10))),
    ({"place": "Q173545"}, [0, 2, 4, 6, 8]),
    ({"text": "ministers talk"}, [1, 3, 5, 7, 9]),
    ({"text": "اتفاق إدلب"}, [0, 2, 4, 6, 8]),
    ({"text": "ministers إدلب"}, []),
]


@pytest.mark.parametrize(("params", "expected"), FILTERS, ids=str)
def test_filters(client, sqlite_store, params, expected):
    fill(sqlite_store, *(alert_of(n) for n in range(10)))
    assert ids(client.get("/v1/alerts", params=params)) == [f"alert-{n}" for n in reversed(expected)]


PROBLEMS = [
    ("GET", "/v1/alerts?kind=old", 422, "kind", "old"),
    ("GET", "/v1/alerts?limit=0", 422, "limit", "0"),
    ("GET", "/v1/alerts?since=yesterday", 422, "since", "yesterday"),
    ("GET", "/v1/alerts?cursor=zzz", 422, "cursor", "zzz"),
    ("GET", "/v1/alerts?place=Plaseville", 422, "place", "Plaseville"),
    ("GET", "/v1/alerts/stream?after=x", 422, "after", "x"),
    ("GET", "/v1/developments?stage=done", 422, "stage", "done"),
    ("GET", "/v1/developments?cursor=WzFd", 422, "cursor", "WzFd"),
]


@pytest.mark.parametrize(("method", "path", "status", "field", "value"), PROBLEMS)
def test_a_problem_names_field_value_and_fix(client, method, path, status, field, value):
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    problem = answer.json()
    assert problem["status"] == status
    assert problem["field"].startswith(field)
    assert problem["value"] == value
    assert problem["fix"]
    assert field.split(".")[0] in problem["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/alerts/none",
        "/v1/developments/none",
        "/v1/watchlists/none",
        "/v1/alerts/none/feedback",
        "/v1/watchlists/none/feed.atom",
        "/nowhere",
    ],
)
def test_what_is_not_there(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)


def test_one_alert_with_its_development_and_conditional_requests(client, sqlite_store):
    fill(sqlite_store, alert_of(5))
    fill(sqlite_store, development_of(1))
    answer = client.get("/v1/alerts/alert-5")
    assert answer.json()["alert"]["id"] == "alert-5"
    assert answer.json()["development"]["id"] == "development-1"
    again = client.get("/v1/alerts/alert-5", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    client.put("/v1/alerts/alert-5/feedback", json={"useful": False, "note": "old news"})
    changed = client.get("/v1/alerts/alert-5", headers={"If-None-Match": answer.headers["etag"]})
    assert changed.status_code == 200
    (feedback,) = changed.json()["feedback"]
    assert (feedback["useful"], feedback["note"], feedback["by"]) == (False, "old news", "local")
    assert client.put("/v1/alerts/none/feedback", json={"useful": True}).status_code == 404
    wrong = client.put("/v1/alerts/alert-5/feedback", json={"useful": "perhaps"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "useful")


def test_developments_in_pages(client, sqlite_store):
    fill(sqlite_store, *(development_of(n) for n in range(5)))
    first = client.get("/v1/developments", params={"limit": 3})
    assert ids(first) == ["development-4", "development-3", "development-2"]
    rest = client.get("/v1/developments", params={"limit": 3, "cursor": first.json()["next"]})
    assert ids(rest) == ["development-1", "development-0"]
    assert rest.json()["next"] is None
    assert ids(client.get("/v1/developments?kind=ceasefire&country=Syria&stage=signed")) == ["development-0"]
    one = client.get("/v1/developments/development-2")
    assert one.json()["stage"] == "collapsed"
    assert (
        client.get("/v1/developments/development-2", headers={"If-None-Match": one.headers["etag"]}).status_code == 304
    )


# --- watchlists

RAIN = {"title": {"ar": "مطر", "en": "Rain"}, "query": "rain AND place:Syria"}


def test_a_watchlist_lives(client, published):
    made = client.put("/v1/watchlists/rain", json=RAIN)
    assert made.status_code == 201, made.text
    etag = made.headers["etag"]
    assert published[0][1].query == RAIN["query"]
    assert client.put("/v1/watchlists/rain", json=RAIN).status_code == 428
    stale = client.put("/v1/watchlists/rain", json=RAIN, headers={"If-Match": '"other"'})
    assert (stale.status_code, stale.headers["content-type"]) == (412, PROBLEM)
    changed = client.put("/v1/watchlists/rain", json=RAIN | {"query": "snow"}, headers={"If-Match": etag})
    assert changed.status_code == 200, changed.text
    assert changed.headers["etag"] != etag
    got = client.get("/v1/watchlists/rain")
    assert got.json()["watchlist"]["query"] == "snow"
    assert client.get("/v1/watchlists/rain", headers={"If-None-Match": got.headers["etag"]}).status_code == 304
    assert [item["watchlist"]["id"] for item in client.get("/v1/watchlists").json()["items"]] == ["rain"]
    assert client.delete("/v1/watchlists/rain").status_code == 428
    assert client.delete("/v1/watchlists/rain", headers={"If-Match": etag}).status_code == 412
    assert client.delete("/v1/watchlists/rain", headers={"If-Match": got.headers["etag"]}).status_code == 204
    assert client.get("/v1/watchlists/rain").status_code == 404
    assert [watchlist is None for _, watchlist in published] == [False, False, True]


def test_an_error_in_a_query_has_line_and_column(client, published):
    wrong = client.put("/v1/watchlists/rain", json={"query": "rain\nAND plase:Syria"})
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, PROBLEM)
    problem = wrong.json()
    assert (problem["field"], problem["line"], problem["column"]) == ("query", 2, 5)
    assert "place" in problem["fix"]
    assert published == []
    unknown = client.post("/v1/watchlists/lint", json={"query": "rain", "colour": "red"})
    assert (unknown.status_code, unknown.json()["field"]) == (422, "colour")


def test_what_looks_wrong_comes_with_the_answer(client, published):
    doubtful = {"query": "place:Plaseville"}
    linted = client.post("/v1/watchlists/lint", json=doubtful)
    assert linted.status_code == 200, linted.text
    (warning,) = linted.json()["warnings"]
    assert (warning["line"], warning["column"]) == (1, 1)
    assert client.put("/v1/watchlists/doubtful", json=doubtful).json()["warnings"] == [warning]


def test_without_a_broker_nothing_is_changed(client):
    answer = client.put("/v1/watchlists/rain", json=RAIN)
    assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
    assert client.get("/v1/watchlists/rain").status_code == 404
    assert client.get("/v1/stages").status_code == 503


# --- operations


def test_dead_letters(client, sqlite_store):
    why = Rejected(reason="not JSON", stage="enrichment", topic="news.articles", partition=1, offset=7, at=BEGAN)
    fill(sqlite_store, DeadLetter(why, 9, "{nonsense"))
    (letter,) = client.get("/v1/rejected").json()["items"]
    assert (letter["id"], letter["source"], letter["reason"]) == ("news.rejected/0/0", "news.articles/1/7", "not JSON")
    assert client.get("/v1/rejected?stage=alerts").json() == {"items": [], "next": None}


def test_health_and_metrics(client):
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json() == {"ready": True, "why": None}
    client.get("/v1/alerts/none")
    assert (
        'marsad_gateway_request_seconds_count{route="/v1/alerts/{alert_id}",status="4xx"}'
        in client.get("/metrics").text
    )


# --- feeds


def test_feeds_hold_hostile_titles_harmlessly(client, sqlite_store):
    import feedparser

    hostile = alert_of(1).article.model_copy(
        update={"title": "<script>alert(1)</script>\u202e\x00\x1bevil", "url": "javascript:alert(1)"}
    )
    fill(
        sqlite_store,
        alert_of(7, watchlist="truces"),
        alert_of(1).model_copy(update={"article": hostile, "watchlist": "truces"}),
    )
    answer = client.get("/v1/watchlists/truces/feed.atom")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert [entry.id for entry in feed.entries] == ["urn:marsad:alert:alert-1", "urn:marsad:alert:alert-7"]
    assert b"<script>" not in answer.content
    assert "\u202e" not in answer.text
    assert "javascript:" not in answer.text
    again = client.get("/v1/watchlists/truces/feed.atom", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    found = client.get("/v1/watchlists/truces/feed.json?lang=ar").json()
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["title"] == "هدن"
    assert [item["id"] for item in found["items"]] == ["alert-1", "alert-7"]
    assert "external_url" not in found["items"][0]


# --- who may do what

ROLES = [
    ("GET", "/v1/alerts", "reader"),
    ("GET", "/v1/alerts/alert-0", "reader"),
    ("GET", "/v1/watchlists", "reader"),
    ("GET", "/v1/watchlists/truces/feed.json", "reader"),
    ("PUT", "/v1/alerts/alert-0/feedback", "reader"),
    ("POST", "/v1/watchlists/lint", "reader"),
    ("PUT", "/v1/watchlists/rain", "editor"),
    ("DELETE", "/v1/watchlists/rain", "editor"),
    ("GET", "/v1/rejected", "operator"),
]


@pytest.mark.parametrize(("method", "path", "least"), ROLES)
def test_roles(client_of, sqlite_store, published, method, path, least):
    client = client_of(tokens=True)
    fill(sqlite_store, alert_of(0, watchlist="truces"))
    body = {"json": RAIN if "watchlists" in path else {"useful": True}} if method in {"PUT", "POST"} else {}
    for role in TOKENS:
        answer = client.request(method, path, headers={"Authorization": f"Bearer {TOKENS[role]}"}, **body)
        allowed = list(TOKENS).index(role) >= list(TOKENS).index(least)
        assert (answer.status_code != 403) == allowed, (role, answer.text)
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic bm9uc2Vuc2U="}):
        refused = client.request(method, path, headers=headers, **body)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_feed_readers_give_the_token_as_password(client_of, sqlite_store):
    client = client_of(tokens=True)
    fill(sqlite_store, alert_of(0, watchlist="truces"))
    assert client.get("/v1/watchlists/truces/feed.atom", auth=("me", TOKENS["reader"])).status_code == 200


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}], ids=str)
def test_other_sites_change_nothing(client, published, headers):
    assert client.put("/v1/watchlists/rain", json=RAIN, headers=headers).status_code in {400, 403}
    assert published == []


# --- whatever the description allows


def test_the_description_holds(client_of, sqlite_store, published):
    """Requests made from the OpenAPI document: no server error, and every answer is one that is described."""
    fill(sqlite_store, *(alert_of(n) for n in range(3)))
    client = client_of()
    asked = 0

    def ask(operation: Any) -> None:
        described = operation.definition.raw["responses"]

        @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
        def answer_is_described(case: Case) -> None:
            nonlocal asked
            asked += 1
            request = case.as_transport_kwargs(base_url="http://127.0.0.1")
            request.pop("cookies", None)
            answer = client.request(**request)
            assert answer.status_code < 500, (case, answer.text)
            # 405: a path parameter that happens to be another path's word
            assert str(answer.status_code) in described or answer.status_code == 405, (case, answer.status_code)

        answer_is_described()

    for found in schemathesis.openapi.from_dict(client.app.openapi()).get_all_operations():
        if found.ok().path not in {"/v1/alerts/stream", "/v1/stages"}:  # one never ends, one asks the broker
            ask(found.ok())
    assert asked > 100
