"""`marsad alerts`: alerts as they come, and what people think of them."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.moments import since_of
from streams.cli.options import Broker, Json, Since, complete_watchlists, settings_of
from streams.cli.output import console, emit, say, show_alert
from streams.cli.stopping import until_stopped
from streams.errors import InputError
from streams.topics import ALERTS, FEEDBACK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.admin import Message
    from streams.records import Alert

app = typer.Typer(no_args_is_help=True, help="What was alerted: tail, feedback.")

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


@app.command()
def feedback(
    ctx: typer.Context,
    alert_id: Annotated[str, typer.Argument(metavar="ID", help="The alert's id.", show_default=False)],
    *,
    useful: Annotated[bool, typer.Option("--useful/--not-useful", help="Was it worth telling?", show_default=False)],
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who says so.")] = "",
    broker: Broker = None,
) -> None:
    """Say whether an alert was useful; it replaces what was said of it before. 'marsad watchlist health' adds it up."""
    from agents.watchlists.health import clauses_of
    from streams.admin import Producer, read, require_topics
    from streams.codec import encode, schema_headers
    from streams.records import Feedback

    settings = settings_of(ctx, broker=broker)
    for name, value, most in (("--note", note, 2000), ("--by", by, 200)):
        if len(value) > most:
            raise InputError(
                f"{name}: {len(value):,} characters, more than {most:,}", field=name, value=value, remedy="shorten it"
            )
    alerts = each_once(read(settings, [ALERTS.name]))
    alert = next((alert for alert in alerts if alert is not None and alert.id == alert_id), None)
    if alert is None:
        raise InputError(
            f"no alert {alert_id!r}", field="ID", value=alert_id, remedy="'marsad alerts tail --json' shows ids"
        )
    clauses = clauses_of(reason.clause for reason in alert.reasons)
    given = Feedback(
        alert=alert.id,
        watchlist=alert.watchlist,
        useful=useful,
        note=note,
        by=by,
        at=datetime.now(UTC),
        clauses=clauses,
    )
    require_topics(settings, [FEEDBACK])
    with Producer(settings) as producer:
        producer.send(FEEDBACK.name, alert.id.encode(), encode(given), schema_headers(given))
    say(f"{alert.id} is {'useful' if useful else 'not useful'} to {alert.watchlist}")


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
