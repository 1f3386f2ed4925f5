"""Alerts, developments, watchlists, dead letters, feedback, and the offsets they were read up to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    clock = op.create_table(
        "clock",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(clock, [{"id": 1, "seq": 0}])
    op.create_table(
        "positions",
        sa.Column("topic", sa.String(200), primary_key=True),
        sa.Column("partition", sa.Integer, primary_key=True),
        sa.Column("next", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "alerts",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(200), nullable=False, unique=True),
        sa.Column("watchlist", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("development", sa.String(200), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("alerts_by_watchlist", "alerts", ["watchlist", "seq"])
    op.create_index("alerts_by_kind", "alerts", ["kind", "seq"])
    op.create_index("alerts_by_priority", "alerts", ["priority", "seq"])
    op.create_index("alerts_by_development", "alerts", ["development", "seq"])
    op.create_index("alerts_by_time", "alerts", ["at"])
    for table, term in (("alert_places", "place"), ("alert_words", "word")):
        op.create_table(
            table,
            sa.Column(term, sa.String(200), primary_key=True),
            sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        )
    op.create_table(
        "developments",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("kind", sa.String(40)),
        sa.Column("stage", sa.String(40)),
        sa.Column("country", sa.String(200)),
        sa.Column("last_seen", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("developments_by_time", "developments", ["last_seen", "id"])
    op.create_table(
        "watchlists",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("version", sa.String(40)),
        sa.Column("body", sa.Text),
        sa.Column("offset", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "feedback",
        sa.Column("alert", sa.String(200), primary_key=True),
        sa.Column("by", sa.String(100), primary_key=True),
        sa.Column("useful", sa.Boolean, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "rejected",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(300), nullable=False, unique=True),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("excerpt", sa.Text, nullable=False),
    )
    op.create_index("rejected_by_stage", "rejected", ["stage", "seq"])


def downgrade() -> None:
    """Drop them."""
    for table in (
        "rejected",
        "feedback",
        "watchlists",
        "developments",
        "alert_words",
        "alert_places",
        "alerts",
        "positions",
        "clock",
    ):
        op.drop_table(table)
