"""How Alembic reaches the database and compares it with the schema."""

from alembic import context
from sqlalchemy import Connection

from matcher.storage.schema import metadata


def _ours(thing: object, name: str | None, kind: str, reflected: bool, compared_to: object) -> bool:
    return not (name or "").startswith("procrastinate_")


connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_object=_ours,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
