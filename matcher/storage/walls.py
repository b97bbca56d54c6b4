"""Walls between councils, as statements for migrations: row-level security, roles, look-ups, triggers.

The application logs in as a member of the role APP, which owns nothing. Each transaction names its council
(`SET LOCAL deban.council`); where none is named, no row is there. The owner is held to the same walls.
"""

from collections.abc import Iterable, Mapping

from matcher.model.statuses import Machine

APP = "deban_app"
LOOKUP = "deban_lookup"
SETTING = "deban.council"
CLOCK = "deban.now"
OURS = f"council_id = current_setting('{SETTING}', true)"
APPEND_ONLY = ("audit_event", "disclosure", "erasure")

ROLES = f"""
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') THEN
        CREATE ROLE {APP} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{LOOKUP}') THEN
        CREATE ROLE {LOOKUP} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
END;
$$
"""


def wall(table: str) -> list[str]:
    """Statements that put a wall around a table's rows, for everybody, its owner too, and let the application in."""
    granted = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY council ON {table} USING ({OURS}) WITH CHECK ({OURS})",
        f"REVOKE ALL ON {table} FROM PUBLIC",
        f"GRANT {granted} ON {table} TO {APP}",
    ]


def look_up(
    name: str, table: str, given: Mapping[str, str], found: Mapping[str, str], condition: str = ""
) -> list[str]:
    """Statements for a function that finds whose row it is before a council is known; it tells these columns alone.

    Args:
        given: parameters, by column, with their types; none lists every row.
        found: columns told, with their types; `council_id` among them.
        condition: what else must hold.
    """
    seen = ", ".join({**given, **found, **{c: "" for c in _named(condition)}})
    matched = [f"{table}.{column} = p_{column}" for column in given] + ([condition] if condition else [])
    where = f" WHERE {' AND '.join(matched)}" if matched else ""
    parameters = ", ".join(f"p_{column} {kind}" for column, kind in given.items())
    returns = ", ".join(f"{column} {kind}" for column, kind in found.items())
    return [
        f"GRANT SELECT ({seen}) ON {table} TO {LOOKUP}",
        f"CREATE POLICY {name} ON {table} FOR SELECT TO {LOOKUP} USING (true)",
        f"CREATE FUNCTION {name}({parameters}) RETURNS TABLE ({returns}) LANGUAGE sql STABLE SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $$ SELECT {', '.join(f'{table}.{c}' for c in found)} FROM {table}{where} $$",
        f"ALTER FUNCTION {name} OWNER TO {LOOKUP}",
        f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {name} TO {APP}",
    ]


def _named(condition: str) -> Iterable[str]:
    return [word.split(".")[1] for word in condition.replace("(", " ").split() if "." in word]


STATUS_FUNCTION = """
CREATE FUNCTION deban_check_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND NOT (OLD.status || '>' || NEW.status) = ANY (TG_ARGV) THEN
        RAISE EXCEPTION 'status % may not become %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END;
$$
"""


def status_trigger(table: str, moves: Iterable[str]) -> list[str]:
    """Statements that hold a table's statuses to these moves, each written `from>to`."""
    listed = ", ".join(f"'{move}'" for move in moves)
    return [
        f"DROP TRIGGER IF EXISTS status_moves ON {table}",
        f"CREATE TRIGGER status_moves BEFORE UPDATE OF status ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION deban_check_status({listed})",
    ]


def status_moves(machine: Machine) -> list[str]:
    """The moves of a machine, as the trigger is told them."""
    return sorted(
        {f"{status.value}>{then.value}" for status, steps in machine.moves.items() for then in steps.values()}
    )


FOREVER_FUNCTION = """
CREATE FUNCTION deban_stands_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END;
$$
"""


def stands_for_ever(table: str) -> list[str]:
    """Statements that refuse to change, delete or empty what stands in a table."""
    return [
        f"CREATE TRIGGER stands BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION deban_stands_for_ever()",
        f"CREATE TRIGGER stays BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION deban_stands_for_ever()",
    ]


DISCLOSURE_FUNCTION = """
CREATE FUNCTION deban_check_disclosure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM consent
        WHERE council_id = NEW.council_id AND consent_id = NEW.consent_id AND state = 'share' AND basis = 'person'
            AND withdrawn_at IS NULL
        FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nothing is disclosed without a consent that stands' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END;
$$
"""
DISCLOSURE_TRIGGER = (
    "CREATE TRIGGER needs_consent BEFORE INSERT ON disclosure FOR EACH ROW EXECUTE FUNCTION deban_check_disclosure()"
)

CHANGED_FUNCTION = f"""
CREATE FUNCTION deban_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := coalesce(nullif(current_setting('{CLOCK}', true), '')::timestamptz, now());
    RETURN NEW;
END;
$$
"""
# Sealing a row anew by another key writes no version: that is no change of the person's record.
CHANGED_TRIGGER = (
    "CREATE TRIGGER changed BEFORE INSERT OR UPDATE OF version ON person FOR EACH ROW EXECUTE FUNCTION deban_changed()"
)
