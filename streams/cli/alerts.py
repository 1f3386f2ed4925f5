"""`marsad alerts tail`: alerts as they come."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.moments import since_of
from streams.cli.options import Broker, Json, Since, complete_watchlists, settings_of
from streams.cli.output import console, emit, say, show_alert
from streams.cli.stopping import until_stopped
from streams.errors import InputError
from streams.topics import ALERTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.admin import Message
    from streams.records import Alert

app = typer.Typer(no_args_is_help=True, help="What was alerted: tail.")

#: How many alert ids are remembered: a repeated delivery follows the first one closely.
REMEMBERED = 100_000


@app.command()
def tail(
    ctx: typer.Context,
    *,
    follow: Annotated[bool, typer.Option("--follow/--no-follow", help="Wait for more, until Ctrl-C.")] = True,
    since: Since = None,
    watchlist: Annotated[
        str | None,
        typer.Option(
            "--watchlist", metavar="ID", help="Only those of this watchlist.", autocompletion=complete_watchlists
        ),
    ] = None,
    as_json: Json = False,
    broker: Broker = None,
) -> None:
    """Alerts, each once, from the oldest kept (or --since) on."""
    from streams.admin import read

    settings = settings_of(ctx, broker=broker)
    shown = console()
    with until_stopped():
        for alert in each_once(read(settings, [ALERTS.name], since=since_of(since), follow=follow)):
            if alert is None or (watchlist is not None and alert.watchlist != watchlist):
                continue
            if as_json:
                emit(alert.model_dump_json().encode())
            else:
                show_alert(alert, shown)


def each_once(messages: Iterable[Message | None]) -> Iterator[Alert | None]:
    """The alerts in some messages without repeated ones: delivery is at least once, ids tell. None: nothing came for a while."""
    from streams.codec import decode
    from streams.records import Alert

    seen: OrderedDict[str, None] = OrderedDict()
    for message in messages:
        if message is None:
            yield None
            continue
        try:
            alert = decode(Alert, message.value or b"", message.headers)
        except InputError as error:
            say(f"{message.position}: {error}")
            continue
        if alert.id in seen:
            continue
        seen[alert.id] = None
        if len(seen) > REMEMBERED:
            seen.popitem(last=False)
        yield alert
