"""Alembic's entry: runs the steps on the connection that `streams.gateway.store` hands over."""

from alembic import context
from sqlalchemy import text

from streams.gateway.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    if connection.dialect.name == "postgresql":  # several gateways may start at once
        connection.execute(text("SELECT pg_advisory_xact_lock(7061726)"))
    context.run_migrations()
