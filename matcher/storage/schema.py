"""All tables of the store, and what constraints of one table say beyond its fields."""

from sqlalchemy import CheckConstraint, Column, DateTime, Index, MetaData, Table, text

from matcher.model.account import Account
from matcher.model.consent import Disclosure
from matcher.model.noun import Noun
from matcher.model.person import Person
from matcher.model.placement import HOLDING, Placement
from matcher.model.suggestion import OPEN, Suggestion
from matcher.model.tables import NOUNS
from matcher.storage.columns import COUNCIL, NAMES, made_table

metadata = MetaData(naming_convention=NAMES)
TABLES: dict[type[Noun], Table] = {noun: made_table(noun, metadata) for noun in NOUNS}

# When a person's row was last written: a trigger keeps it, and the time for which a record is kept counts from it.
CHANGED = "changed_at"
TABLES[Person].append_column(Column(CHANGED, DateTime(timezone=True), server_default=text("now()"), nullable=False))


def table_of(noun: type[Noun]) -> Table:
    """The table in which rows of the noun stand."""
    return TABLES[noun]


def _check(table: str, name: str, condition: str) -> None:
    metadata.tables[table].append_constraint(CheckConstraint(condition, name=name))


def _codes(codes: tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


_check("council", "council_id_form", "council_id ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'")
_check("opening", "ages_in_order", "min_age <= max_age")
_check("opening", "dates_in_order", "starts_on <= ends_on")
_check("pause", "dates_in_order", "starts_on <= ends_on")
_check("conflict", "in_order", "person_a < person_b")
_check("survey_round", "dates_in_order", "starts_on <= ends_on")
_check("consent", "share_names_host", "(state = 'share' AND way <> 'brought') = (host_id IS NOT NULL)")
_check("consent", "share_names_purpose", "(purpose IS NULL) = (host_id IS NULL)")
_check("consent", "share_is_the_persons", "state <> 'share' OR basis = 'person'")
_check("follow_up", "mood_range", "mood BETWEEN 1 AND 5")
_check("match_run", "finished", "(status IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)")
_check("match_run", "answered", "status <> 'done' OR answer IS NOT NULL")
_check("link", "expires_after", "expires_at > made_at")
_check("audit_event", "number_from_one", "number >= 1")
_check("audit_event", "digest_length", "octet_length(digest) = 32 AND octet_length(before) = 32")

Index(
    "uq_account_email_hash", TABLES[Account].c.email_hash, unique=True
)  # over all councils: the address says which one
Index(
    "uq_placement_holding",
    TABLES[Placement].c[COUNCIL],
    TABLES[Placement].c.person_id,
    TABLES[Placement].c.opening_id,
    unique=True,
    postgresql_where=text(f"status IN ({_codes(HOLDING)})"),
)
Index(
    "uq_suggestion_open",
    TABLES[Suggestion].c[COUNCIL],
    TABLES[Suggestion].c.person_id,
    TABLES[Suggestion].c.opening_id,
    unique=True,
    postgresql_where=text(f"status IN ({_codes(OPEN)})"),
)
Index("ix_disclosure_person", TABLES[Disclosure].c[COUNCIL], TABLES[Disclosure].c.person_id)
for (
    _noun,
    _table,
) in TABLES.items():  # else whatever is taken away would have every referring table read from end to end
    for _refers in _noun.refers:
        if _noun.identity[: len(_refers.columns)] != _refers.columns:
            _name = f"ix_{_noun.table}_{'_'.join(_refers.columns)}"
            Index(_name, _table.c[COUNCIL], *(_table.c[column] for column in _refers.columns))
