"""`marsad worker` and `marsad broker`: the parts, one process each."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from streams.cli.options import Broker, complete_stages, settings_of
from streams.cli.output import say
from streams.cli.stopping import until_stopped
from streams.errors import BrokerError

#: Seconds between two looks at the broker.
_LOOK = 0.5


def worker(
    ctx: typer.Context,
    stages: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[STAGE]...",
            help="enrichment, stories, watchlists, alerts; all without it.",
            autocompletion=complete_stages,
            show_default=False,
        ),
    ] = None,
    *,
    broker: Broker = None,
) -> None:
    """Work: run stages of the pipeline in this process until it is stopped. Metrics and health: MARSAD_HEALTH_PORT."""
    from streams import logs
    from streams.topology import stages_named
    from streams.worker import run

    settings = settings_of(ctx, broker=broker)
    logs.configure(settings)
    wanted = [stage.name for stage in stages_named(stages or [])]
    run(
        settings,
        wanted,
        on_ready=lambda port: say(f"{', '.join(wanted)} ready; health on port {port}"),
    )


def broker(
    ctx: typer.Context,
    *,
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="Port on loopback; 0: any free one.")
    ] = 9092,
) -> None:
    """A broker in memory, with the topics, for trying out: what is on it is gone when it stops, and it carries one worker."""
    from streams.admin import create_topics
    from streams.broker import EmbeddedBroker

    with until_stopped(), EmbeddedBroker(port) as running:
        create_topics(settings_of(ctx, broker=running.address))
        say(f"broker at {running.address}, in memory only; Ctrl-C stops it")
        while running.alive():
            time.sleep(_LOOK)
        raise BrokerError(
            "the broker stopped by itself", remedy="start it again; for more than trying out, run Apache Kafka"
        )
