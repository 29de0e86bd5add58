"""Run migrations on the connection that storage.migrate hands over, inside its transaction."""

from alembic import context

from storage.schema_all import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
