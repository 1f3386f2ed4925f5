"""`marsad gateway`: the API, streams, feeds and the live page."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from streams.cli.options import Broker, settings_of
from streams.cli.output import say
from streams.cli.stopping import until_stopped


def gateway(
    ctx: typer.Context,
    *,
    host: Annotated[
        str | None, typer.Option("--host", metavar="HOST", help="Address to listen on; without it MARSAD_GATEWAY_HOST.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="PORT", min=0, max=65535, help="Its port; 0: any free one."),
    ] = None,
    new_token: Annotated[
        str | None,
        typer.Option(
            "--new-token",
            metavar="NAME:ROLE",
            help="Print a new token's line for MARSAD_GATEWAY_TOKENS_FILE, and the token itself on stderr; start nothing.",
        ),
    ] = None,
    broker: Broker = None,
) -> None:
    """Serve alerts over HTTP: API, server-sent events, feeds and a live page. Settings: MARSAD_GATEWAY_..., MARSAD_DATABASE."""
    from streams import logs
    from streams.gateway import access, server

    if new_token is not None:
        token, line = access.new_token(new_token)
        sys.stdout.write(line + "\n")
        say(f"the token, shown this once: {token}")
        return
    settings = settings_of(ctx, broker=broker, gateway_host=host, gateway_port=port)
    logs.configure(settings)
    with until_stopped():
        server.run(settings, on_listening=lambda address: say(f"gateway at {address}"))
