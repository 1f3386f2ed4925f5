"""Writes docs/reference.md from the tables in streams/: `make docs`. A test fails where the two differ."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

from streams import metrics
from streams.settings import table
from streams.topics import TOPICS

TARGET = Path(__file__).with_name("reference.md")


def _rows(*cells: tuple[str, ...]) -> str:
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in cells)


def _metrics() -> list[tuple[str, ...]]:
    rows = []
    for metric in vars(metrics).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            name = metric._name + ("_total" if isinstance(metric, Counter) else "")  # noqa: SLF001 - no public name
            labels = ", ".join(f"`{label}`" for label in metric._labelnames)  # noqa: SLF001
            rows.append((f"`{name}`", type(metric).__name__.lower(), labels, metric._documentation))  # noqa: SLF001
    return rows


def reference() -> str:
    """The page, as Markdown."""
    settings = [(f"`{row.variable}`", f"`{row.default}`" if row.default else "", row.help) for row in table()]
    topics = [
        (
            f"`{topic.name}`",
            topic.key,
            topic.value,
            f"{topic.retention_days} days" if topic.retention_days else "compacted",
            topic.what,
        )
        for topic in TOPICS
    ]
    return (
        "# Reference\n\n"
        "Made from the tables in `streams/` by `make docs`; do not edit.\n\n"
        "## Settings\n\n"
        "From the environment, or from a file `.env` in the working directory. Options of the command line override both.\n\n"
        + _rows(("setting", "default", "what"), ("---", "---", "---"), *settings)
        + "\n## Topics\n\n"
        + _rows(("topic", "key", "value", "kept", "what"), ("---",) * 5, *topics)
        + "\n## Metrics\n\n"
        "On `/metrics` of every worker; `/health` and `/ready` are beside it. The label `stage` is one of "
        + ", ".join(f"`{stage}`" for stage in metrics.STAGES)
        + ".\n\n"
        + _rows(("metric", "kind", "labels", "what"), ("---",) * 4, *_metrics())
    )


if __name__ == "__main__":
    TARGET.write_text(reference(), "utf-8")
