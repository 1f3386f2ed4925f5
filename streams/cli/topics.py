"""`marsad topics`: create and check them, look at them, see who is behind."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import orjson
import typer
from rich.table import Table

from streams.cli.options import Broker, Json, settings_of
from streams.cli.output import console, counted, emit, say
from streams.errors import TopicMismatchError

app = typer.Typer(no_args_is_help=True, help="The topics: create, describe, lag.")

Partitions = Annotated[
    int | None,
    typer.Option("--partitions", metavar="N", help="Partitions of every topic; without it MARSAD_PARTITIONS, else 8."),
]
Replication = Annotated[
    int | None,
    typer.Option("--replication", metavar="N", help="Replicas of every topic; without it MARSAD_REPLICATION, else 1."),
]


@app.command()
def create(
    ctx: typer.Context,
    *,
    check: Annotated[bool, typer.Option("--check", help="Create nothing, only say what differs.")] = False,
    wait: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", help="Wait so long for a broker that is starting.")
    ] = 0.0,
    partitions: Partitions = None,
    replication: Replication = None,
    broker: Broker = None,
) -> None:
    """Create the topics that are missing, and say how those that were there differ from what they should be."""
    from streams.admin import await_broker, check_topics, create_topics

    settings = settings_of(ctx, broker=broker, partitions=partitions, replication=replication)
    if wait:
        await_broker(settings, wait)
    created = [] if check else create_topics(settings)
    for name in created:
        say(f"created {name}")
    differences = check_topics(settings)
    for difference in differences:
        say(difference)
    if differences:
        raise TopicMismatchError(
            f"{counted(len(differences), 'difference')} from the table of topics",
            remedy="change them with Kafka's own tools, or set MARSAD_PARTITIONS and MARSAD_REPLICATION to what the broker has",
        )
    if not created:
        say("all topics are there and as they should be")


@app.command()
def describe(ctx: typer.Context, *, as_json: Json = False, broker: Broker = None) -> None:
    """The topics as they are on the broker: partitions, replicas, messages, how long they are kept."""
    from streams.admin import describe as states_of

    states = states_of(settings_of(ctx, broker=broker))
    if as_json:
        for state in states:
            emit(orjson.dumps(asdict(state)))
        return
    table = _table("topic", "partitions", "replicas", "messages", "kept")
    for state in states:
        table.add_row(
            state.name,
            str(state.partitions),
            str(state.replication),
            f"{state.messages:,}",
            state.retention,
        )
    console().print(table)


@app.command()
def lag(
    ctx: typer.Context,
    *,
    by_partition: Annotated[bool, typer.Option("--partitions", help="One line a partition.")] = False,
    as_json: Json = False,
    broker: Broker = None,
) -> None:
    """How many messages wait for each stage."""
    from streams.admin import lag as lag_of

    rows = lag_of(settings_of(ctx, broker=broker))
    if as_json:
        for row in rows:
            emit(orjson.dumps(asdict(row)))
        return
    if by_partition:
        table = _table("stage", "topic", "partition", "read up to", "end", "waiting")
        for row in rows:
            read = "never" if row.committed is None else f"{row.committed:,}"
            table.add_row(row.stage, row.topic, str(row.partition), read, f"{row.end:,}", f"{row.waiting:,}")
    else:
        table = _table("stage", "topic", "waiting")
        for stage, topic in dict.fromkeys((row.stage, row.topic) for row in rows):
            table.add_row(stage, topic, f"{sum(row.waiting for row in rows if row.stage == stage):,}")
    console().print(table)


def _table(*columns: str) -> Table:
    numbers = {"partitions", "replicas", "messages", "waiting", "partition", "read up to", "end"}
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", no_wrap=True)
    return table
