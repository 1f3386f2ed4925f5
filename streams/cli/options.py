"""Options that several commands share, and the settings they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Globals:
    """The options before the command."""

    broker: str | None = None
    log_level: str | None = None


def settings_of(ctx: typer.Context, **options: Any) -> Settings:
    """The settings: options of the command, else those before it, else the environment, else the defaults."""
    from streams.settings import load

    before = ctx.find_object(Globals) or Globals()
    given = {"broker": before.broker, "log_level": before.log_level}
    given.update({name: value for name, value in options.items() if value is not None})
    return load(**given)


def complete_stages(incomplete: str) -> list[str]:
    """Stage names for the shell."""
    from streams.topology import STAGES

    return [stage for stage in STAGES if stage.startswith(incomplete)]


def complete_watchlists(incomplete: str) -> list[str]:
    """Watchlist ids for the shell, where a broker answers at once."""
    import socket

    from streams.admin import snapshot
    from streams.errors import MarsadError
    from streams.settings import load
    from streams.topics import WATCHLISTS

    try:
        settings = load()
        host, _, port = settings.broker.split(",")[0].rpartition(":")
        socket.create_connection((host, int(port)), timeout=0.2).close()
        return sorted(
            key for raw in snapshot(settings, WATCHLISTS.name) if (key := raw.decode()).startswith(incomplete)
        )
    except (MarsadError, OSError):
        return []


Broker = Annotated[
    str | None,
    typer.Option(
        "--broker",
        metavar="HOST:PORT",
        help="Kafka's bootstrap servers; without it MARSAD_BROKER, else 127.0.0.1:9092.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for pipes.")]
Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE]...",
        help="JSON Lines, JSON, ninjs, RSS, Atom or text files (.gz too), folders, or - for standard input.",
        show_default=False,
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="jsonl|json|ninjs|feed|text", help="What the input is; without it, what it looks like."
    ),
]
PublishedAt = Annotated[
    str | None,
    typer.Option(
        "--published-at",
        metavar="DATE",
        help="Date of what bears none (text, feed items); without it a file's own date, now for standard input.",
    ),
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="TIME", help="Only what arrived since: a date, or 30m, 12h, 7d ago."),
]
