"""The tables of the queue of jobs, as Procrastinate brings them."""

from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from matcher.storage.walls import APP

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OF_THE_QUEUE = """
    SELECT format('DROP TABLE IF EXISTS %s CASCADE', c.oid::regclass) FROM pg_class c
        WHERE c.relname LIKE 'procrastinate\\_%' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
        WHERE p.proname LIKE 'procrastinate\\_%' AND p.pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('DROP TYPE IF EXISTS %s CASCADE', t.oid::regtype) FROM pg_type t
        WHERE t.typname LIKE 'procrastinate\\_%' AND t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'c')
            AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    tables = ("jobs", "events", "workers", "periodic_defers")
    listed = ", ".join(f"procrastinate_{table}" for table in tables)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {listed} TO {APP}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}")


def downgrade() -> None:
    db = op.get_bind()
    for drop in db.scalars(text(_OF_THE_QUEUE)).all():
        db.exec_driver_sql(drop)
