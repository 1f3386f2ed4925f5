"""A database by its URL: SQLite in a file, or PostgreSQL; opened, set up for several readers and one writer, migrated."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from streams.errors import DependencyError, SettingError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

#: Connections kept; as many requests read at a time, the others wait their turn.
_CONNECTIONS = 16
#: Seconds a writer waits for another one.
_BUSY = 30


def open_engine(address: str) -> Engine:
    """The database with its newest tables.

    Raises:
        SettingError: the address is not understood, or nothing answers there. DependencyError: psycopg is missing.
    """
    url = _url(address)
    try:
        engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
        with engine.execution_options(writes=True).connect() as connection:
            migrate(connection)
    except (SQLAlchemyError, OSError) as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise SettingError(
            f"MARSAD_DATABASE: {_shown(url)}: {cause}",
            field="database",
            value=_shown(url),
            remedy="check that the database runs, that it exists, and that its folder can be written",
        ) from error
    return engine


def migrate(connection: Connection) -> None:
    """Bring the tables up to date; nothing happens to tables that are."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() not in {"sqlite", "postgresql"}:
        shown = _shown(url) if url is not None else "(not a URL)"
        raise SettingError(
            f"MARSAD_DATABASE: {shown}: not a database that Marsad knows",
            field="database",
            value=shown,
            remedy="give sqlite:////folder/file.db or postgresql://user:password@host/name",
        )
    if url.get_backend_name() == "postgresql":
        if find_spec("psycopg") is None:
            raise DependencyError("PostgreSQL needs psycopg", remedy="pip install 'marsad[postgresql]'")
        url = url.set(drivername="postgresql+psycopg")
    return url


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        connect_args={"timeout": _BUSY, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        # Transactions are begun below: sqlite3 would begin them late, and let two readers both want to write.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-32000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    return create_engine(url, pool_size=_CONNECTIONS, max_overflow=0, pool_pre_ping=True)
