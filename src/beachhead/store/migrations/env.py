"""Run by Alembic: apply the migrations on the connection that :mod:`beachhead.store.schema` hands over."""

from alembic import context

from beachhead.store.tables import VERSION_TABLE, metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, version_table=VERSION_TABLE)
context.run_migrations()
