"""The command line's tree, and how it ends: exit codes and one-line errors."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from streams.cli import (
    about,
    alerts,
    backtest,
    evaluate,
    gateway,
    ingest,
    offline,
    rejected,
    run,
    topics,
    watchlist_health,
    watchlists,
    workers,
)
from streams.cli.options import Globals
from streams.cli.output import complain, say
from streams.errors import MarsadError

app = typer.Typer(
    name="marsad",
    help="A streaming news monitor: one explained alert per new development, Arabic first.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Settings are read from MARSAD_... variables too, and from a file .env. Documentation: docs/cli.md",
)


@app.callback()
def before(
    ctx: typer.Context,
    *,
    broker: Annotated[
        str | None,
        typer.Option("--broker", metavar="HOST:PORT", help="Kafka's bootstrap servers, for the command that follows."),
    ] = None,
    log_level: Annotated[
        str | None, typer.Option("--log-level", metavar="debug|info|warning|error", help="What is logged.")
    ] = None,
) -> None:
    """Options for all commands."""
    ctx.obj = Globals(broker, log_level)


_RUN, _FILES, _OPERATE, _ABOUT = "Run", "Files, without a broker", "Operate", "About"

app.command(rich_help_panel=_RUN)(run.run)
app.command(rich_help_panel=_RUN)(workers.worker)
app.command(rich_help_panel=_RUN)(gateway.gateway)
app.command(rich_help_panel=_RUN)(workers.broker)
app.command(rich_help_panel=_RUN)(ingest.ingest)
app.command(rich_help_panel=_FILES)(offline.enrich)
app.command(rich_help_panel=_FILES)(offline.match)
watchlists.app.command()(backtest.backtest)
watchlists.app.command("health")(watchlist_health.health)
app.add_typer(watchlists.app, name="watchlist", rich_help_panel=_OPERATE)
app.add_typer(alerts.app, name="alerts", rich_help_panel=_OPERATE)
app.add_typer(rejected.app, name="rejected", rich_help_panel=_OPERATE)
app.add_typer(topics.app, name="topics", rich_help_panel=_OPERATE)
app.command("eval", rich_help_panel=_ABOUT)(evaluate.evaluate)
app.command(rich_help_panel=_ABOUT)(about.schema)
app.command("version", rich_help_panel=_ABOUT)(about.show_version)


def main() -> None:
    """Run the command line and leave with its exit code: the error's own, 130 after Ctrl-C. Tracebacks only if MARSAD_DEBUG is set."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without Arabic letters shows their codes
            stream.reconfigure(errors="backslashreplace")
    # Our matrices are small: a second thread of numpy's only spins, and doubles what a vector costs. Before numpy is loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app(prog_name="marsad")
    except MarsadError as error:
        if os.environ.get("MARSAD_DEBUG"):
            raise
        complain(error)
        sys.exit(error.exit_code)
    except Exception as error:
        if os.environ.get("MARSAD_DEBUG"):
            raise
        say(f"error: unexpected {type(error).__name__}: {error}; this is a fault in Marsad: MARSAD_DEBUG=1 shows where")
        sys.exit(70)  # EX_SOFTWARE of sysexits.h
