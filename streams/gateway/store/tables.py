"""The tables, as the newest migration leaves them. Times are milliseconds since 1970, records are their JSON."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

METADATA = MetaData()

#: One row. Whoever writes alerts holds its lock: sequence numbers then appear in their order, on every database.
CLOCK = Table(
    "clock",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

#: The offset that is read next, written in the transaction that stores what came before it.
POSITIONS = Table(
    "positions",
    METADATA,
    Column("topic", String(200), primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next", BigInteger, nullable=False),
)

ALERTS = Table(
    "alerts",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(200), nullable=False, unique=True),
    Column("watchlist", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("priority", String(20), nullable=False),
    Column("development", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("alerts_by_watchlist", "watchlist", "seq"),
    Index("alerts_by_kind", "kind", "seq"),
    Index("alerts_by_priority", "priority", "seq"),
    Index("alerts_by_development", "development", "seq"),
    Index("alerts_by_time", "at"),
)

ALERT_PLACES = Table(
    "alert_places",
    METADATA,
    Column("place", String(200), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
)

ALERT_WORDS = Table(
    "alert_words",
    METADATA,
    Column("word", String(200), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
)

DEVELOPMENTS = Table(
    "developments",
    METADATA,
    Column("id", String(200), primary_key=True),
    Column("kind", String(40)),
    Column("stage", String(40)),
    Column("country", String(200)),
    Column("last_seen", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("developments_by_time", "last_seen", "id"),
)

#: `body` is null of one that was removed: its offset still tells an older message from a newer.
WATCHLISTS = Table(
    "watchlists",
    METADATA,
    Column("id", String(100), primary_key=True),
    Column("version", String(40)),
    Column("body", Text),
    Column("offset", BigInteger, nullable=False),
)

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("alert", String(200), primary_key=True),
    Column("by", String(100), primary_key=True),
    Column("useful", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

REJECTED = Table(
    "rejected",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(300), nullable=False, unique=True),
    Column("stage", String(40), nullable=False),
    Column("source", String(300), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("excerpt", Text, nullable=False),
    Index("rejected_by_stage", "stage", "seq"),
)
