"""Whether the database is as it must be: walls, constraints, logins. Asked by the doctor and after a restoration."""

from sqlalchemy import Connection, text

from matcher.storage.walls import APP

_BARE = text(
    """
    SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
            AND c.relname <> 'alembic_version' AND c.relname NOT LIKE 'procrastinate\\_%'
            AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'council'))
        ORDER BY c.relname
    """
)
_UNVALIDATED = text(
    "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND NOT convalidated ORDER BY conname"
)
_TO_EVERYBODY = text(
    """
    SELECT DISTINCT c.relname FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.grantee = 0
        ORDER BY c.relname
    """
)
_TOO_MUCH = text(
    """
    SELECT concat_ws(',',
        CASE WHEN r.rolsuper THEN 'superuser' END,
        CASE WHEN r.rolbypassrls THEN 'bypassrls' END,
        CASE WHEN r.rolcreaterole THEN 'createrole' END,
        CASE WHEN EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
            AND c.relkind IN ('r', 'p') AND pg_has_role(r.oid, c.relowner, 'MEMBER')) THEN 'owner' END,
        CASE WHEN NOT pg_has_role(r.oid, :app, 'MEMBER') THEN 'no_member' END)
    FROM pg_roles r WHERE r.rolname = current_user
    """
)


def bare_tables(db: Connection) -> list[str]:
    """Tables whose rows no wall stands around: row-level security not on, not forced, or without its policy."""
    return list(db.scalars(_BARE))


def unvalidated(db: Connection) -> list[str]:
    """Constraints that the rows were not held to."""
    return list(db.scalars(_UNVALIDATED))


def open_to_everybody(db: Connection) -> list[str]:
    """Tables that every login of the server may touch."""
    return list(db.scalars(_TO_EVERYBODY))


def too_much(db: Connection) -> list[str]:
    """What the login of a connection has that the application must not have: `superuser`, `bypassrls`, `createrole`,
    `owner`; or `no_member`, where it is not in the role of the application."""
    return [code for code in str(db.scalar(_TOO_MUCH, {"app": APP}) or "").split(",") if code]
