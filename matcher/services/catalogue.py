"""The catalogue: hosts and their openings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, or_, select

from matcher.errors import DebanError
from matcher.model import Acceptance, Area, Host, HostKind, Opening, Record
from matcher.model.contact import Pause
from matcher.permissions import Action, check_host
from matcher.services.import_plan import differing
from matcher.services.seats import hold_on
from matcher.services.service import service
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, Stored, Work

R = TypeVar("R", bound=Record)
_HOURS = frozenset({"schedule", "starts_on", "ends_on"})


class CatalogueRefused(DebanError):
    """Something that cannot stand in the catalogue; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(_REFUSED[code])
        self.code = code


_REFUSED = {
    "there": "同じIDのものが、もうあります。別のIDにしてください。入力した内容は残っています。",
    "area": "その圏域がありません。圏域を選びなおすか、先に圏域を足してください。",
    "host": "その受け入れ先がありません。受け入れ先を選びなおしてください。",
}


@dataclass(frozen=True, slots=True)
class HostLine:
    """A host in a list. `away` says whether it takes nobody in today, `openings` how many it has."""

    host_id: str
    name: str
    kind: HostKind
    municipality: str
    area_id: str
    accepts: Acceptance | None
    surveyed_on: date | None
    openings: int
    away: bool


@dataclass(frozen=True, slots=True)
class HostSeen:
    """A host with all that is known of it but the contact, which is a person's."""

    host: Stored[Host]
    openings: tuple[Stored[Opening], ...]
    pauses: tuple[Stored[Pause], ...]


@service(Action.SEE_CATALOGUE, noted=False)
def list_hosts(
    work: Work,
    *,
    text: str = "",
    kind: HostKind | None = None,
    area: tuple[str, str] | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[HostLine]:
    """Hosts by name. No sealed column is opened for it.

    Args:
        text: part of the name or the address.
        area: municipality and area.
    """
    hosts, openings, pauses = table_of(Host), table_of(Opening), table_of(Pause)
    today = work.now.astimezone(TOKYO).date()
    count = select(func.count()).where(work.ours(openings), openings.c.host_id == hosts.c.host_id).scalar_subquery()
    away = (
        select(pauses.c.pause_id)
        .where(
            work.ours(pauses),
            pauses.c.host_id == hosts.c.host_id,
            pauses.c.opening_id.is_(None),
            pauses.c.starts_on <= today,
            or_(pauses.c.ends_on.is_(None), pauses.c.ends_on >= today),
        )
        .exists()
    )
    wanted = [work.ours(hosts)]
    if text:
        wanted.append(
            or_(hosts.c.name.contains(text, autoescape=True), hosts.c.address.contains(text, autoescape=True))
        )
    if kind is not None:
        wanted.append(hosts.c.kind == kind.value)
    if area is not None:
        wanted += [hosts.c.municipality == area[0], hosts.c.area_id == area[1]]
    rows = work.db.execute(
        select(hosts, count.label("openings"), away.label("away"))
        .where(*wanted)
        .order_by(hosts.c.name, hosts.c.host_id)
        .limit(limit)
        .offset(offset)
    )
    return [
        HostLine(
            r.host_id,
            r.name,
            HostKind(r.kind),
            r.municipality,
            r.area_id or "",
            Acceptance(r.accepts) if r.accepts else None,
            r.surveyed_on,
            r.openings,
            r.away,
        )
        for r in rows
    ]


@service(Action.SEE_CATALOGUE, noted=False)
def see_host(work: Work, host_id: str) -> HostSeen:
    """A host, its openings and its pauses.

    Raises:
        NotThere: no such host.
    """
    check_host(work.actor, Action.SEE_CATALOGUE, host_id)
    return HostSeen(
        work.get(Host, host_id),
        tuple(work.rows(Opening, table_of(Opening).c.host_id == host_id)),
        tuple(work.rows(Pause, table_of(Pause).c.host_id == host_id, order=("starts_on", "pause_id"))),
    )


@service(Action.SEE_CATALOGUE, noted=False)
def see_opening(work: Work, opening_id: str) -> Stored[Opening]:
    """An opening.

    Raises:
        NotThere: no such opening.
    """
    found = work.get(Opening, opening_id)
    check_host(work.actor, Action.SEE_CATALOGUE, found.record.host_id)
    return found


@service(Action.EDIT_CATALOGUE)
def add_host(work: Work, host: Host) -> None:
    """Put a new host in.

    Raises:
        CatalogueRefused: the ID is taken, or there is no such area.
    """
    check_host(work.actor, Action.EDIT_CATALOGUE, host.host_id)
    _check_new(work, host)
    _check_area(work, host)
    work.add(host)
    work.note("host.added", Host, host.host_id)


@service(Action.EDIT_CATALOGUE)
def change_host(work: Work, host: Host, seen: int) -> int:
    """Write a host over the version that was seen; the new version.

    Raises:
        NotThere: no such host.
        EditedMeanwhile: somebody else changed it; it carries the row as it stands.
        CatalogueRefused: there is no such area.
    """
    check_host(work.actor, Action.EDIT_CATALOGUE, host.host_id)
    before = work.get(Host, host.host_id, lock=True)
    _check_area(work, host)
    version = work.change(host, seen)
    work.note("host.changed", Host, host.host_id, changed=_changed(before.record, host))
    return version


@service(Action.EDIT_CATALOGUE)
def add_opening(work: Work, opening: Opening) -> None:
    """Put a new opening in.

    Raises:
        CatalogueRefused: the ID is taken, or there is no such host.
    """
    check_host(work.actor, Action.EDIT_CATALOGUE, opening.host_id)
    _check_new(work, opening)
    if work.find(Host, opening.host_id) is None:
        raise CatalogueRefused("host")
    work.add(opening)
    work.note("opening.added", Opening, f"{opening.host_id}/{opening.opening_id}")


@service(Action.EDIT_CATALOGUE)
def change_opening(work: Work, opening: Opening, seen: int) -> int:
    """Write an opening over the version that was seen; the new version. Where its hours change, the seats held move.

    Raises:
        NotThere: no such opening.
        EditedMeanwhile: somebody else changed it; it carries the row as it stands.
        CatalogueRefused: there is no such host.
    """
    before = work.get(Opening, opening.opening_id, lock=True)
    for host_id in {before.record.host_id, opening.host_id}:
        check_host(work.actor, Action.EDIT_CATALOGUE, host_id)
    if work.find(Host, opening.host_id) is None:
        raise CatalogueRefused("host")
    version = work.change(opening, seen)
    changed = _changed(before.record, opening)
    moved = hold_on(work, opening_id=opening.opening_id) if _HOURS & set(changed) else 0
    work.note("opening.changed", Opening, opening.opening_id, changed=changed, moved=moved)
    return version


@service(Action.EDIT_CATALOGUE)
def duplicate_opening(work: Work, opening_id: str, new_id: str, changed: Mapping[str, Any] | None = None) -> Opening:
    """A new opening like one that is there, of the same host; what is given in `changed` otherwise.

    Raises:
        NotThere: no such opening.
        CatalogueRefused: the new ID is taken.
    """
    like = work.get(Opening, opening_id).record
    check_host(work.actor, Action.EDIT_CATALOGUE, like.host_id)
    made = like.model_copy(update={**(changed or {}), "opening_id": new_id, "host_id": like.host_id})
    _check_new(work, made)
    work.add(made)
    work.note("opening.duplicated", Opening, f"{opening_id}/{new_id}")
    return made


def _check_new(work: Work, row: Record) -> None:
    if work.find(type(row), *row.key) is not None:
        raise CatalogueRefused("there")


def _check_area(work: Work, host: Host) -> None:
    if host.area_id and work.find(Area, host.municipality, host.area_id) is None:
        raise CatalogueRefused("area")


def _changed(before: Record, after: Record) -> tuple[str, ...]:
    return differing(before, after, type(after).model_fields)
