"""Prometheus, its alert rules and the dashboard: valid, tested, and about metrics and runbook sections that exist."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import prometheus_client
import pytest
import yaml

from streams import metrics

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
RULE_TESTS = yaml.safe_load((DEPLOY / "prometheus" / "rules.test.yml").read_text("utf-8"))["tests"]
DASHBOARD = json.loads((DEPLOY / "grafana" / "dashboards" / "marsad.json").read_text("utf-8"))
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not there: Debian's package prometheus has it"
)


def exported() -> dict[str, set[str]]:
    """Every time series that a worker may show, with its labels."""
    kinds = {
        prometheus_client.Counter: lambda name: [f"{name}_total"],
        prometheus_client.Gauge: lambda name: [name],
        prometheus_client.Histogram: lambda name: [f"{name}_bucket", f"{name}_sum", f"{name}_count"],
    }
    found = {}
    for metric in vars(metrics).values():
        for kind, names in kinds.items():
            if type(metric) is kind:
                labels = set(metric._labelnames) | ({"le"} if kind is prometheus_client.Histogram else set())
                found |= dict.fromkeys(names(metric._name), labels)
    return found


@needs_promtool
def test_promtool_takes_the_configuration_and_the_rules():
    checked = subprocess.run(
        ["promtool", "check", "config", str(DEPLOY / "prometheus" / "prometheus.yml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@needs_promtool
def test_the_rules_fire_when_they_should():
    tested = subprocess.run(
        ["promtool", "test", "rules", str(DEPLOY / "prometheus" / "rules.test.yml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_every_alert_is_tested_to_fire():
    fired = {case["alertname"] for test in RULE_TESTS for case in test["alert_rule_test"] if case["exp_alerts"]}
    assert fired == {rule["alert"] for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_has_a_section_in_the_runbook(rule):
    path, anchor = rule["annotations"]["runbook"].split("#")
    headings = re.findall(r"^#+ (.+)$", (DEPLOY.parent / path).read_text("utf-8"), re.MULTILINE)
    assert anchor in {heading.lower().replace(" ", "-") for heading in headings}
    assert rule["labels"]["severity"] in {"warning", "critical"}


@pytest.mark.parametrize("query", [rule["expr"] for rule in RULES] + QUERIES)
def test_queries_ask_for_metrics_and_labels_that_exist(query):
    series = exported()
    asked = re.findall(r"\b(marsad_\w+)(?:\{([^}]*)\})?", query)
    assert asked or "up{" in query
    for name, selectors in asked:
        assert name in series, name
        assert set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selectors)) <= series[name]
    if "histogram_quantile" in query:
        assert re.search(r"by \(le\b", query)


def test_the_dashboard_shows_rate_lag_errors_and_latency_of_each_stage():
    for metric in (
        "marsad_articles_in_total",
        "marsad_articles_out_total",
        "marsad_consumer_lag",
        "marsad_rejected_total",
        "marsad_stage_seconds_bucket",
    ):
        assert any(metric in query and "stage" in query for query in QUERIES), metric
    assert any("marsad_alert_latency_seconds_bucket" in query for query in QUERIES)


def test_the_dashboard_asks_the_provisioned_datasource():
    provisioned = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text("utf-8"))
    uid = provisioned["datasources"][0]["uid"]
    assert {panel["datasource"]["uid"] for panel in DASHBOARD["panels"]} == {uid}
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_every_route_of_the_alertmanager_has_its_receiver():
    config = yaml.safe_load((DEPLOY / "alertmanager" / "alertmanager.yml").read_text("utf-8"))
    receivers = {receiver["name"] for receiver in config["receivers"]}
    routes = [config["route"], *config["route"].get("routes", [])]
    assert {route["receiver"] for route in routes} <= receivers


def test_prometheus_scrapes_every_stage():
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))
    (job,) = (job for job in config["scrape_configs"] if job["job_name"] == "marsad")
    assert job["dns_sd_configs"][0]["names"] == list(metrics.STAGES)
