"""Every Prometheus metric, declared once. No label has unbounded values: no watchlist, article or source ids."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from streams import __version__

#: The four stages, in the order of the flow: the values of the label `stage`.
STAGES = ("enrichment", "stories", "watchlists", "alerts")

# From a tenth of a millisecond (a match against a few watchlists) to ten seconds (something is very wrong).
_WORK = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 3.0, 10.0)
_LATENCY = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)

articles_in = Counter("marsad_articles_in_total", "Messages a stage took in", ["stage"])
articles_out = Counter("marsad_articles_out_total", "Messages a stage sent on", ["stage"])
rejected = Counter("marsad_rejected_total", "Messages a stage sent to news.rejected", ["stage"])
stage_seconds = Histogram("marsad_stage_seconds", "Seconds a stage worked on one message", ["stage"], buckets=_WORK)
alert_latency = Histogram(
    "marsad_alert_latency_seconds", "Seconds from arrival of an article to its alert", buckets=_LATENCY
)
alerts = Counter("marsad_alerts_total", "Alerts sent, by kind (new, update, denial)", ["kind"])
ner_fallbacks = Counter(
    "marsad_ner_fallbacks_total",
    "Articles the accuracy tier left to the light one, by reason (timeout, error)",
    ["reason"],
)
unsupported_language = Counter(
    "marsad_unsupported_language_total",
    "Articles in a language without a pack, by language (other: one that is not told apart): matched on words as written",
    ["language"],
)
watchlists_loaded = Gauge("marsad_watchlists_loaded", "Watchlists in force in this worker")
watchlists_quarantined = Gauge(
    "marsad_watchlists_quarantined", "Watchlists left out until they are changed, after faults in a row"
)
watchlists_silent = Gauge(
    "marsad_watchlists_silent", "Watchlists without a hit for five times their usual interval, as this worker saw it"
)
watchlists_unmatchable = Gauge(
    "marsad_watchlists_unmatchable", "Watchlists that need a term which no article had since this worker began"
)
watchlist_faults = Counter(
    "marsad_watchlist_faults_total",
    "Times a watchlist could not be asked about an article, by reason (error, overrun)",
    ["reason"],
)
consumer_lag = Gauge("marsad_consumer_lag", "Messages waiting", ["stage", "topic", "partition"])
progress_age = Gauge(
    "marsad_progress_age_seconds", "Seconds since the stalest waiting partition moved; 0: none waits", ["stage"]
)
assigned_partitions = Gauge("marsad_assigned_partitions", "Partitions this worker has", ["stage"])
gateway_stored = Counter("marsad_gateway_stored_total", "Messages the gateway took into its store", ["topic"])
gateway_unreadable = Counter(
    "marsad_gateway_unreadable_total", "Messages the gateway could not read and left on their topic", ["topic"]
)
gateway_alert_seconds = Histogram(
    "marsad_gateway_alert_seconds",
    "Seconds from an alert's message to when it was handed to the open streams",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0),
)
gateway_streams = Gauge("marsad_gateway_streams", "Open streams of alerts")
gateway_cut_off = Counter("marsad_gateway_cut_off_total", "Streams that were cut off because their reader was too slow")
gateway_request_seconds = Histogram(
    "marsad_gateway_request_seconds",
    "Seconds a request took, by route and class of status; streams are not counted",
    ["route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0),
)
build_info = Gauge("marsad_build_info", "What runs here; always 1", ["version"])

build_info.labels(version=__version__).set(1)


def declare_stages(stages: tuple[str, ...] = STAGES) -> None:
    """Show the counters of these stages from the start, at 0: rates and alerts need a first value."""
    for stage in stages:
        for metric in (articles_in, articles_out, rejected, stage_seconds, progress_age, assigned_partitions):
            metric.labels(stage=stage)
    if "enrichment" in stages:
        for reason in ("timeout", "error"):
            ner_fallbacks.labels(reason=reason)
    if "watchlists" in stages:
        for reason in ("error", "overrun"):
            watchlist_faults.labels(reason=reason)
    if "alerts" in stages:
        for kind in ("new", "update", "denial"):
            alerts.labels(kind=kind)
