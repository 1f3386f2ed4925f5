"""The gateway as a process: an address, uvicorn, until it is told to stop."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

import uvicorn

from streams import __version__, admin
from streams.errors import SettingError
from streams.gateway.access import Tokens, check_address
from streams.gateway.app import create_app
from streams.gateway.intake import FOLLOWED
from streams.gateway.store import Store
from streams.topics import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.settings import Settings

log = logging.getLogger(__name__)

#: Seconds that open streams and requests are given to end.
_STOP_WITHIN = 3


def run(settings: Settings, *, on_listening: Callable[[str], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT. `on_listening` is called with the address.

    Raises:
        SettingError: the address cannot be listened on, or is open to others without tokens; the database does not answer.
        BrokerError: no broker, or topics that do not fit.
    """
    tokens = Tokens.load(settings)
    check_address(settings, tokens)
    admin.require_topics(settings, [BY_NAME[name] for name in FOLLOWED])
    store = Store(database_of(settings))
    try:
        with _listening(settings) as listener:
            host, port = listener.getsockname()[:2]
            address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            log.info("marsad %s: gateway at %s", __version__, address)
            if on_listening is not None:
                on_listening(address)
            config = uvicorn.Config(
                create_app(settings, store, tokens),
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_STOP_WITHIN,
            )
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        store.close()


def database_of(settings: Settings) -> str:
    """The database's URL."""
    return settings.database or f"sqlite:///{settings.data_dir.absolute() / 'gateway.db'}"


def _listening(settings: Settings) -> socket.socket:
    host, port = settings.gateway_host, settings.gateway_port
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise SettingError(
            f"MARSAD_GATEWAY_HOST, MARSAD_GATEWAY_PORT: cannot listen on {host}:{port}: {error.strerror or error}",
            field="gateway_port",
            value=port,
            remedy="choose another port; 0 takes any free one",
        ) from error
