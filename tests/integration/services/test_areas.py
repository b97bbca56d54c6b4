"""Areas: added, changed, and taken away only where nothing stands in them."""

import pytest

from matcher.model import Area
from matcher.permissions import Actor, Kind, NotAllowed
from matcher.services.areas import AreaRefused, add_area, change_area, list_areas, remove_area
from matcher.storage.work import EditedMeanwhile, Store
from tests.integration.conftest import OURS, THEIRS
from tests.integration.small_town import LEAD, TOWN, area, town

WEST = Area(area_id="A2", municipality=TOWN, name="西", neighbours="A1")


def test_an_area_comes_changes_and_goes(store: Store) -> None:
    town(store, OURS)
    with store.work(OURS, LEAD) as work:
        add_area(work, WEST)
        assert change_area(work, WEST.model_copy(update={"name": "西部"}), 1) == 2
        assert [(a.record.area_id, a.record.name) for a in list_areas(work)] == [("A1", "東"), ("A2", "西部")]
        remove_area(work, TOWN, "A2")
        assert [a.record for a in list_areas(work)] == [area()]
    with store.work(THEIRS, LEAD) as work:
        assert not list_areas(work)


def test_an_area_with_somebody_in_it_stays(store: Store) -> None:
    town(store, OURS)
    with store.work(OURS, LEAD) as work:
        for code, do in (
            ("there", lambda: add_area(work, area())),
            ("used", lambda: remove_area(work, TOWN, "A1")),
        ):
            with pytest.raises(AreaRefused) as refused:
                do()
            assert refused.value.code == code
        assert len(list_areas(work)) == 1


def test_nobodys_change_is_lost_unseen(store: Store) -> None:
    town(store, OURS)
    with store.work(OURS, LEAD) as work:
        change_area(work, area().model_copy(update={"name": "ひがし"}), 1)
    with pytest.raises(EditedMeanwhile) as refused, store.work(OURS, LEAD) as work:
        change_area(work, area().model_copy(update={"name": "別"}), 1)
    assert refused.value.current is not None and refused.value.current.record.name == "ひがし"


def test_only_the_team_writes(store: Store) -> None:
    with pytest.raises(NotAllowed), store.work(OURS, Actor(Kind.ADMINISTRATOR)) as work:
        add_area(work, WEST)
