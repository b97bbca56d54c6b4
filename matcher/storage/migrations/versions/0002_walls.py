"""Walls between the councils, moves of statuses, and what is only ever added to."""

from alembic import op

from matcher.storage.walls import (
    APP,
    CHANGED_FUNCTION,
    CHANGED_TRIGGER,
    DISCLOSURE_FUNCTION,
    DISCLOSURE_TRIGGER,
    FOREVER_FUNCTION,
    LOOKUP,
    ROLES,
    STATUS_FUNCTION,
    look_up,
    stands_for_ever,
    status_trigger,
    wall,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "council",
    "area",
    "account",
    "account_area",
    "host",
    "host_contact",
    "opening",
    "pause",
    "person",
    "carrying",
    "companion",
    "companion_contact",
    "history",
    "conflict",
    "survey_round",
    "survey_answer",
    "match_run",
    "run_answer",
    "suggestion",
    "placement",
    "follow_up",
    "reminder",
    "consent",
    "disclosure",
    "development_card",
    "card_person",
    "link",
    "login_attempt",
    "import_batch",
    "answered",
    "erasure",
    "audit_event",
    "audit_head",
)
MOVES = {
    "account": [
        "active>closed",
        "active>invited",
        "closed>invited",
        "invited>active",
        "invited>closed",
        "invited>invited",
    ],
    "survey_round": ["closed>applied", "closed>open", "draft>open", "open>closed"],
    "survey_answer": [
        "answered>answered",
        "answered>applied",
        "answered>left",
        "asked>answered",
        "asked>started",
        "left>applied",
        "started>answered",
    ],
    "match_run": [
        "queued>cancelled",
        "queued>failed",
        "queued>running",
        "running>cancelled",
        "running>done",
        "running>failed",
        "running>queued",
    ],
    "suggestion": [
        "approved>held",
        "approved>passed",
        "approved>suggested",
        "approved>told",
        "confirmed>wished",
        "declined>told",
        "held>approved",
        "held>passed",
        "held>replaced",
        "held>suggested",
        "offered>confirmed",
        "offered>declined",
        "offered>passed",
        "offered>refused",
        "passed>suggested",
        "refused>offered",
        "suggested>approved",
        "suggested>held",
        "suggested>passed",
        "suggested>replaced",
        "told>declined",
        "told>held",
        "told>passed",
        "told>wished",
        "wished>confirmed",
        "wished>declined",
        "wished>offered",
        "wished>passed",
    ],
    "placement": [
        "agreed>ended",
        "agreed>paused",
        "agreed>taking_part",
        "agreed>undone",
        "paused>ended",
        "paused>taking_part",
        "taking_part>ended",
        "taking_part>paused",
    ],
    "development_card": ["asking>left", "asking>made", "idea>asking", "idea>left", "idea>made", "left>idea"],
}
LOOK_UPS: tuple[tuple[str, str, dict[str, str], dict[str, str], str], ...] = (
    ("deban_councils", "council", {}, {"council_id": "text"}, ""),
    ("deban_account_of", "account", {"email_hash": "bytea"}, {"council_id": "text", "account_id": "uuid"}, ""),
    ("deban_link_of", "link", {"token_hash": "bytea"}, {"council_id": "text", "link_id": "uuid"}, ""),
)
PARAMETERS = {"deban_councils": "", "deban_account_of": "bytea", "deban_link_of": "bytea"}


def upgrade() -> None:
    statements = [
        ROLES,
        f"GRANT USAGE ON SCHEMA public TO {APP}, {LOOKUP}",
        f"GRANT CREATE ON SCHEMA public TO {LOOKUP}",  # an owner of functions needs it while they are handed over
    ]
    for table in TABLES:
        statements += wall(table)
    for look in LOOK_UPS:
        statements += look_up(*look)
    statements.append(f"REVOKE CREATE ON SCHEMA public FROM {LOOKUP}")
    statements += [STATUS_FUNCTION, FOREVER_FUNCTION, DISCLOSURE_FUNCTION, DISCLOSURE_TRIGGER]
    statements += [CHANGED_FUNCTION, CHANGED_TRIGGER]
    for table, moves in MOVES.items():
        statements += status_trigger(table, moves)
    statements += stands_for_ever("audit_event")
    statements.append("GRANT SELECT ON alembic_version TO deban_app")
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    statements = [f"DROP FUNCTION {name}({kinds})" for name, kinds in PARAMETERS.items()]
    statements += [f"DROP POLICY {name} ON {table}" for name, table, *_ in LOOK_UPS]
    statements += [f"DROP TRIGGER status_moves ON {table}" for table in MOVES]
    statements += ["DROP TRIGGER stands ON audit_event", "DROP TRIGGER stays ON audit_event"]
    statements += ["DROP TRIGGER needs_consent ON disclosure", "DROP TRIGGER changed ON person"]
    statements += [
        f"DROP FUNCTION {name}()"
        for name in ("deban_check_status", "deban_stands_for_ever", "deban_check_disclosure", "deban_changed")
    ]
    for table in TABLES:
        statements += [
            f"DROP POLICY council ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            f"REVOKE ALL ON {table} FROM {APP}, {LOOKUP}",
        ]
    statements += ["REVOKE ALL ON alembic_version FROM deban_app"]
    statements += [f"REVOKE ALL ON SCHEMA public FROM {APP}, {LOOKUP}"]  # the roles stay: other databases may use them
    for statement in statements:
        op.execute(statement)
