"""Exporting: the workbook holds all, importing it again changes nothing, and only a lead takes it out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

import seed_data
from matcher.exchange import read_bundle
from matcher.model import HistoryEntry, HistoryStatus, Host, Opening
from matcher.model.placement import Placement
from matcher.model.records import AuditEvent
from matcher.permissions import Actor, Kind, NotAllowed
from matcher.services.accompanying import record_step
from matcher.services.bundle_of import HELD_BACK
from matcher.services.confirming import confirm
from matcher.services.exporting import export_council
from matcher.services.pausing import close
from matcher.services.reviewing import decide
from matcher.storage.work import Store
from tests.integration.conftest import OURS, THEIRS
from tests.integration.services.test_importing import imported, settled, stored
from tests.integration.small_town import LEAD, town, wished


def exported(store: Store, path: Path) -> Path:
    with store.work(OURS, LEAD) as work:
        return export_council(work, path / "全部.xlsx")


def test_another_council_that_imports_it_has_the_same(store: Store, tmp_path: Path) -> None:
    imported(store, read_bundle(Path(seed_data.__file__).parent / "demo"))
    read = read_bundle(exported(store, tmp_path))
    assert not read.refused
    assert imported(store, read).import_id is None
    imported(store, read, council=THEIRS)
    assert settled(stored(store, THEIRS)) == settled(stored(store))


def test_what_was_decided_here_goes_out_and_comes_back_as_nothing_new(store: Store, tmp_path: Path) -> None:
    town(store, OURS, people=4, openings=4)
    with store.work(OURS, LEAD) as work:
        confirm(work, wished(work, "P1"), request_key="a")
        confirm(work, wished(work, "P2", "O2"), request_key="b")
        begun = work.rows(Placement, order=("request_key",))
        ended = next(p for p in begun if p.record.person_id == "P2")
        record_step(work, ended.record.placement_id, "end", seen=ended.version)
        wished(work, "P3", "O3")
        decide(work, wished(work, "P4", "O4"), "decline", seen=1)
        work.add(HistoryEntry(person_id="P4", opening_id="O1", status=HistoryStatus.FORBIDDEN, reason=HELD_BACK))
        close(work, "H1", opening_id="O1")
    read = read_bundle(exported(store, tmp_path))
    told = {(h.person_id, h.opening_id): h.status.value for h in read.bundle.history}
    assert told == {
        ("P1", "O1"): "pinned", ("P2", "O2"): "ended", ("P3", "O3"): "proposed", ("P4", "O4"): "declined",
        ("P4", "O1"): "forbidden",
    }  # fmt: skip
    assert len(read.bundle.openings) == 4  # a closed one too
    again = imported(store, read)
    assert again.import_id is None and again.plan is not None and not again.plan.objections


def test_a_text_that_looks_like_a_formula_stays_text(store: Store, tmp_path: Path) -> None:
    town(store, OURS)
    with store.work(OURS, LEAD) as work:
        found = work.get(Host, "H1")
        work.change(found.record.model_copy(update={"note": "=1+1"}), 1)
        work.note("host.changed", Host, "H1")
    book = load_workbook(exported(store, tmp_path))
    cells = [c for page in book for row in page.iter_rows() for c in row if c.value is not None]
    assert {c.data_type for c in cells} == {"s"}


def test_the_event_tells_how_much_and_only_a_lead_may(
    store: Store, tmp_path: Path, actor: Callable[..., Actor]
) -> None:
    town(store, OURS, people=3)
    exported(store, tmp_path)
    with store.work(OURS, LEAD) as work:
        event = work.rows(AuditEvent)[-1].record
    assert (event.action, event.facts["people"], event.facts["hosts"]) == ("council.exported", 3, 1)
    for kind in (Kind.COORDINATOR, Kind.ADMINISTRATOR, Kind.OPERATOR):
        with pytest.raises(NotAllowed), store.work(OURS, actor(kind)) as work:
            export_council(work, tmp_path / "no.xlsx")
    assert not (tmp_path / "no.xlsx").exists()
    assert Opening.sheet_ja in load_workbook(tmp_path / "全部.xlsx").sheetnames
