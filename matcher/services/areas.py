"""Areas (圏域): listing, adding, changing, and taking away one that nothing stands in."""

from matcher.errors import DebanError
from matcher.model import Area
from matcher.permissions import Action
from matcher.services.import_plan import differing
from matcher.services.import_writing import in_use
from matcher.services.service import service
from matcher.storage.work import Stored, Work


class AreaRefused(DebanError):
    """An area that cannot be added or taken away; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(_REFUSED[code])
        self.code = code


_REFUSED = {
    "there": "同じIDの圏域が、もうあります。別のIDにしてください。入力した内容は残っています。",
    "used": "この圏域には、受け入れ先か本人か担当者がいます。先に別の圏域へ移してください。",
}


@service(Action.SEE_CATALOGUE, noted=False)
def list_areas(work: Work) -> list[Stored[Area]]:
    """All areas of the council."""
    return work.rows(Area)


@service(Action.EDIT_CATALOGUE)
def add_area(work: Work, area: Area) -> None:
    """Put a new area in.

    Raises:
        AreaRefused: the ID is taken in this municipality.
    """
    if work.find(Area, *area.key) is not None:
        raise AreaRefused("there")
    work.add(area)
    work.note("area.added", Area, area.area_id)


@service(Action.EDIT_CATALOGUE)
def change_area(work: Work, area: Area, seen: int) -> int:
    """Write an area over the version that was seen; the new version.

    Raises:
        NotThere: no such area.
        EditedMeanwhile: somebody else changed it; it carries the row as it stands.
    """
    before = work.get(Area, *area.key, lock=True).record
    version = work.change(area, seen)
    work.note("area.changed", Area, area.area_id, changed=differing(before, area, Area.model_fields))
    return version


@service(Action.EDIT_CATALOGUE)
def remove_area(work: Work, municipality: str, area_id: str) -> None:
    """Take an area away.

    Raises:
        NotThere: no such area.
        AreaRefused: hosts, people or accounts stand in it.
    """
    work.get(Area, municipality, area_id, lock=True)
    if in_use(work, Area, [(municipality, area_id)]):
        raise AreaRefused("used")
    work.remove(Area, municipality, area_id)
    work.note("area.removed", Area, area_id)
