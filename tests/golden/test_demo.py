"""What the samples show a newcomer: one truce told once, each step of it once, and silence about all the rest."""

import re
from pathlib import Path

import pytest

from agents.enrichment.encoder import open_encoder
from agents.enrichment.enrich import Enricher
from agents.pipeline import Pipeline
from streams.cli.sources import Sources
from streams.cli.watchlists import checked
from streams.render import alert_block
from streams.samples import DEMO, WATCHLISTS

README = Path(__file__).parents[2] / "README.md"

STEPS = ["negotiating", "denied", "announced", "signed", "in_force", "violated", "extended", "collapsed"]


@pytest.fixture(scope="module")
def articles():
    return list(Sources.of([str(DEMO)]).articles())


@pytest.fixture(scope="module")
def enriched(articles):
    enricher = Enricher(open_encoder("use"))
    return [enricher.enrich(article) for article in articles]


@pytest.fixture(scope="module")
def deescalation():
    (watchlist,) = checked([str(WATCHLISTS / "deescalation.yaml")])
    return watchlist


def alerts(watchlist, enriched):
    pipeline = Pipeline([watchlist], enricher=None)
    return [alert for record in enriched for alert in pipeline.alerts_of(record)]


def test_there_are_articles_in_two_languages_in_the_order_of_their_dates(articles):
    assert len(articles) >= 40
    assert {article.language for article in articles} == {"ar", "en"}
    assert articles == sorted(articles, key=lambda article: article.published_at)
    assert all(article.url.split("/")[2].split(".", 1)[1].startswith("example.") for article in articles)


def test_the_truce_is_new_once(deescalation, enriched):
    found = alerts(deescalation, enriched)
    assert [alert.kind for alert in found if alert.kind == "new"] == ["new"]
    assert found[0].article.url.endswith("/talks-ankara")


def test_each_step_of_it_is_told_once_to_who_wants_updates(deescalation, enriched):
    found = alerts(deescalation.model_copy(update={"notify": "update"}), enriched)
    assert len({alert.development.id for alert in found}) == 1
    assert [alert.development.history[-1].stage for alert in found] == STEPS
    assert [alert.kind for alert in found] == ["new", "denial", *["update"] * 6]


def test_nothing_else_is_taken_for_an_agreement_in_syria(deescalation, enriched):
    found = alerts(deescalation.model_copy(update={"notify": "every"}), enriched)
    steps = ("talks", "denial", "announced", "signed", "in-force", "violation", "extended", "collapsed")
    assert [url for alert in found if not (url := alert.article.url).rpartition("/")[2].startswith(steps)] == []


def test_the_alerts_in_the_readme_are_what_the_demo_prints(enriched):
    pipeline = Pipeline(checked([str(WATCHLISTS)]), enricher=None)
    printed = {alert_block(alert).plain for record in enriched for alert in pipeline.alerts_of(record)}
    (block,) = re.findall(r"<!-- alert:begin -->\n```text\n(.*?)\n```", README.read_text("utf-8"), re.DOTALL)
    shown = block.split("\n\n")
    assert len(shown) == 2
    assert set(shown) <= printed, "copy them from: marsad match --text -w watchlists streams/samples/demo.jsonl"
