"""Whatever comes, how often and however a worker dies: nobody is told twice and nothing is lost."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.alerts import policy
from agents.stories.decide import decide
from agents.testing import Crash, Timeline, Torn, report
from streams.records import Enriched, Match, Stage, Watchlist

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = [
    "envoy",
    "text",
    "signed",
    "noon",
    "after",
    "talks",
    "on",
    "a",
    "crossing",
    "and",
    "lists",
    "of",
    "those",
    "held",
]
WORDS += ["in", "the", "old", "town", "by", "both", "armies", "since", "May"]


@st.composite
def reports(draw: st.DrawFn) -> Enriched:
    """A report of an agreement or of other news, its text often that of another one."""
    day, hour = draw(st.integers(1, 28)), draw(st.integers(0, 23))
    text = draw(st.integers(0, 5))
    return report(
        f"2026-03-{day:02d} {hour:02d}:00",
        draw(st.sampled_from([stage.value for stage in Stage])),
        kind=draw(st.sampled_from(["ceasefire", "de-escalation", "peace", "trade", None])),
        places=draw(st.sampled_from([(), ("syria",), ("idlib",), ("ariha",), ("daraa",)])),
        parties=draw(st.sampled_from([(), ("russia",), ("russia", "turkey"), ("kurds",)])),
        source=draw(st.sampled_from(["a.example", "b.example", "c.example"])),
        url=f"https://news.example/{draw(st.integers(0, 6))}",
        title=f"Report {text}",
        body=" ".join(WORDS[text:] + WORDS[:text]) * draw(st.integers(0, 2)),
    )


NOTIFY = st.sampled_from(["new", "update", "every"])
PROFILE = settings(max_examples=60, derandomize=True, deadline=None)


@PROFILE
@given(st.lists(reports(), max_size=12), NOTIFY, st.integers(1, 2))
def test_feeding_everything_again_changes_nothing(articles: list[Enriched], notify: str, min_sources: int) -> None:
    """A second delivery of the same texts raises no alert, changes no development, and lets state not grow."""
    # An edit that comes back is judged anew; that is another property.
    articles = list({(a.article.id): a for a in articles}.values())
    timeline = Timeline(notify, min_sources=min_sources)
    for enriched in articles:
        timeline.push(enriched)
    alerts, stories, told = list(timeline.alerts), dict(timeline.stories), dict(timeline.told)
    for enriched in articles:
        assert timeline.push(enriched) is None
    assert timeline.alerts == alerts
    assert timeline.stories == stories
    assert timeline.told == told


@PROFILE
@given(st.lists(reports(), max_size=12), NOTIFY, st.integers(0, 11))
def test_replaying_positions_gives_the_same_bytes(articles: list[Enriched], notify: str, committed: int) -> None:
    """After a crash the messages since the last commit come again: decisions and alerts are the same, byte for byte."""
    timeline = Timeline(notify)
    first = [timeline.push(enriched, position=n) for n, enriched in enumerate(articles)]
    decided = [decision.enriched.model_dump_json() for decision in timeline.decided]
    size = len(timeline.stories), len(timeline.told)
    again = [timeline.push(enriched, position=n) for n, enriched in enumerate(articles) if n >= committed]
    assert [decision.enriched.model_dump_json() for decision in timeline.decided[len(articles) :]] == decided[
        committed:
    ]
    assert [a and a.model_dump_json() for a in again] == [a and a.model_dump_json() for a in first[committed:]]
    assert (len(timeline.stories), len(timeline.told)) == size


@PROFILE
@given(st.lists(reports(), min_size=1, max_size=8), NOTIFY, st.data())
def test_a_crash_between_any_two_writes_changes_nothing(
    articles: list[Enriched], notify: str, data: st.DataObject
) -> None:
    """A worker dies within one article's writes; what it wrote so far is restored, and the article comes again."""
    calm = Timeline(notify)
    for n, enriched in enumerate(articles):
        calm.push(enriched, position=n)
    torn = Timeline(notify)
    hit = data.draw(st.integers(0, len(articles) - 1))
    for n, enriched in enumerate(articles):
        if n == hit:
            _die_within(torn, enriched, n, data)
        torn.push(enriched, position=n)
    assert torn.stories == calm.stories
    assert [d.enriched for d in torn.decided] == [d.enriched for d in calm.decided]
    assert [a.id for a in torn.alerts] == [a.id for a in calm.alerts]
    assert torn.told == calm.told


def _die_within(timeline: Timeline, enriched: Enriched, position: int, data: st.DataObject) -> None:
    timeline.stories = _torn(timeline.stories, lambda state: decide(enriched, state, position=f"in/0/{position}"), data)
    decision = decide(enriched, dict(timeline.stories), position=f"in/0/{position}")
    match, at = timeline.match(decision.enriched), timeline.alerted_at(len(timeline.decided))
    timeline.told = _torn(
        timeline.told, lambda state: policy.decide(match, state, position=f"matches/0/{position}", alerted=at), data
    )


def _torn(state: dict[str, Any], attempt: Callable[[dict[str, Any]], object], data: st.DataObject) -> dict[str, Any]:
    torn = Torn(state, data.draw(st.integers(0, 6)))
    with contextlib.suppress(Crash):
        attempt(torn)
    return dict(torn)


@PROFILE
@given(st.lists(reports(), min_size=1, max_size=12))
def test_new_once_per_development(articles: list[Enriched]) -> None:
    """Nobody hears of one development as new twice, and no two alerts share an id."""
    timeline = Timeline("update")
    for enriched in articles:
        timeline.push(enriched)
    new = [a.development.id for a in timeline.alerts if a.kind == "new"]
    assert len(new) == len(set(new))
    assert len({a.id for a in timeline.alerts}) == len(timeline.alerts)


@PROFILE
@given(st.lists(reports(), max_size=12))
def test_ids_are_functions_of_the_input(articles: list[Enriched]) -> None:
    """Two runs agree on every id, whatever their watchlists."""
    runs = []
    for notify in ("new", "every"):
        timeline = Timeline(notify)
        for enriched in articles:
            timeline.push(enriched)
        runs.append([d.enriched.model_dump_json() for d in timeline.decided])
    assert runs[0] == runs[1]


@PROFILE
@given(st.permutations(range(5)))
def test_whichever_copy_comes_first_the_others_are_copies(order: list[int]) -> None:
    """One alert for five prints of a text, and all in one story."""
    text = " ".join(WORDS) * 2
    prints = [
        report("2026-03-02", url=f"https://{n}.example/x", source=f"{n}.example", title=f"Headline number {n}",
               body=text + " more in our pages" * n)
        for n in range(5)
    ]  # fmt: skip
    timeline = Timeline("every")
    for n in order:
        timeline.push(prints[n])
    assert len(timeline.alerts) == 1
    assert len({d.enriched.story.id for d in timeline.decided if d.enriched.story}) == 1


def test_a_watchlist_id_starts_every_key_of_its_memory() -> None:
    state: dict[str, Any] = {}
    enriched = decide(report("2026-03-02"), {}, position="in/0/0").enriched
    policy.decide(Match(watchlist=Watchlist(id="w", query="x"), enriched=enriched), state, position="matches/0/0")
    assert state
    assert all(key.startswith("w|") for key in state)
