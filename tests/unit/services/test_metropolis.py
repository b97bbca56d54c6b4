"""Many towns matched in processes of their own: the same answers as in one, and one sentence where that fails."""

import csv
import json
import os
import re
import signal
import time
from datetime import date
from functools import partial

import pytest

from matcher.cli.match import _tell, _write, show
from matcher.cli.terminal import Paint
from matcher.engine.crew import Crew, Failed, WorkerGone
from matcher.engine.pairs import OutOfTime
from matcher.engine.run import FaultyPlan
from matcher.engine.shares import shares
from matcher.exchange import read_bundle
from matcher.services import metropolis
from matcher.services.match import match_bundle
from matcher.services.metropolis import Metropolis, Telling
from tests.bench.city import FIRST, Size, write_city


@pytest.fixture(scope="module")
def towns(tmp_path_factory):
    """Five towns; people meet across their borders online, where some hold seats or must not meet."""
    folder = tmp_path_factory.mktemp("towns")
    write_city(folder, Size(220, 130, 14, 16, (1, 1, 2, 3), municipalities=5), seed=3)
    people, openings = (_rows(folder / f"{name}.csv") for name in ("people", "openings"))
    online = [o["opening_id"] for o in openings if o["online"] == "yes"]
    assert len(online) >= 5
    names = sorted({p["municipality"] for p in people})
    first, last = ([p["person_id"] for p in people if p["municipality"] == name] for name in (names[0], names[-1]))
    with (folder / "conflicts.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("person_a", "person_b"), *zip(first[:6], last[:6], strict=False)])
    held = [("pinned", first[0]), ("placed", last[1]), ("pinned", last[2]), ("placed", first[3]), ("declined", last[4])]
    with (folder / "history.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            (person, opening, status, "2099-11-01") for (status, person), opening in zip(held, online, strict=False)
        )
    return folder


def _rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def matched(towns, folder, capsys, processes, enough=20, **options):
    """The JSON answer and the report; in one process without desks where `processes` is None."""
    tell = partial(_tell, paint=Paint(False), person=None, json=True)
    telling = None if processes is None else Telling(tell, folder, processes, many=1, enough=enough)
    done = match_bundle(towns, FIRST, 4, today=date(2099, 11, 1), telling=telling, **options)
    assert isinstance(done.run, Metropolis) == (processes is not None)
    out = folder / "out.json"
    _write(done, out, None)
    capsys.readouterr()
    show(done)
    return re.sub(r'"seconds": [0-9.]+', '"seconds": 0', out.read_text(encoding="utf-8")), capsys.readouterr().out


@pytest.fixture
def folder(tmp_path):
    def new(name):
        (tmp_path / name).mkdir()
        return tmp_path / name

    return new


def test_every_byte_is_the_same_on_one_or_two_processes_twice_and_without_desks(towns, folder, capsys):
    alone = matched(towns, folder("alone"), capsys, None)
    assert matched(towns, folder("one"), capsys, 1) == alone
    assert matched(towns, folder("two"), capsys, 2) == alone
    assert matched(towns, folder("again"), capsys, 2) == alone
    assert matched(towns, folder("larger"), capsys, 2, enough=60) == alone
    given = {i["opening_id"]: p for p in json.loads(alone[0])["people"] for i in p["suggestions"]}
    bundle = read_bundle(towns).bundle
    home = {p.person_id: p.municipality for p in bundle.people}
    host = {h.host_id: h.municipality for h in bundle.hosts}
    there = {o.opening_id: host[o.host_id] for o in bundle.openings}
    assert any(there[o] != home[p["person_id"]] for o, p in given.items())  # a border was crossed


def test_a_share_holds_whatever_its_peoples_answers_depend_on(towns):
    bundle = read_bundle(towns).bundle
    parts = shares(bundle, 20)
    assert len(parts) >= 3
    assert sorted(p for part in parts for p in part.people) == sorted(p.person_id for p in bundle.people)
    for part in parts:
        there = {p.person_id for p in part.bundle.people}
        openings = {o.opening_id for o in part.bundle.openings}
        assert set(part.people) <= there
        assert openings >= {o.opening_id for o in bundle.openings if o.online}
        assert all(r.person_id in there and r.opening_id in openings for r in part.bundle.history)
        assert {
            p for c in bundle.conflicts for p in (c.person_a, c.person_b) if {c.person_a, c.person_b} & set(part.people)
        } <= there


def test_one_town_or_few_people_stay_in_one_process(towns, folder, tmp_path):
    telling = Telling(partial(_tell, paint=Paint(False), person=None, json=True), folder("texts"))
    done = match_bundle(towns, FIRST, 4, today=date(2099, 11, 1), telling=telling)
    assert not isinstance(done.run, Metropolis)
    write_city(tmp_path, Size(20, 12, 2))
    one = match_bundle(
        tmp_path, FIRST, 4, today=date(2099, 11, 1), telling=Telling(telling.teller, telling.folder, many=1)
    )
    assert not isinstance(one.run, Metropolis)


def test_a_killed_worker_ends_in_one_sentence(towns, folder, capsys, monkeypatch):
    class Doomed(Crew):
        def begin(self, calls, workers):
            os.kill(self.pids[-1], signal.SIGKILL)
            super().begin(calls, workers)

    monkeypatch.setattr(metropolis, "Crew", Doomed)
    with pytest.raises(WorkerGone, match="メモリーが足りないのかもしれません"):
        matched(towns, folder("texts"), capsys, 2)


def test_a_worker_that_stands_still_is_ended_at_the_limit(towns, folder, capsys, monkeypatch):
    class Stopped(Crew):
        def __init__(self, size, until):
            super().__init__(size, until)
            os.kill(self.pids[0], signal.SIGSTOP)

    monkeypatch.setattr(metropolis, "Crew", Stopped)
    with pytest.raises(OutOfTime):
        matched(towns, folder("texts"), capsys, 2, seconds=2.0)


def test_a_limit_that_is_over_before_all_is_judged_is_told(towns, folder, capsys):
    with pytest.raises(OutOfTime):
        matched(towns, folder("texts"), capsys, 2, seconds=0.0)


def test_a_fault_in_an_answer_is_never_shown(towns, folder, capsys, monkeypatch):
    from matcher.engine.checker import Fault

    class Finding(Crew):
        def finish(self):
            return [[Fault("time", "P1", "O1")], *super().finish()[1:]]

    monkeypatch.setattr(metropolis, "Crew", Finding)
    with pytest.raises(FaultyPlan, match="time: P1 O1"):
        matched(towns, folder("texts"), capsys, 2)


def _no_memory(own):
    raise MemoryError


def _said(own):
    raise Failed("ひとこと")


def _wrong(own):
    raise KeyError("x")


def _kept(own, key, value=None):
    if value is not None:
        own[key] = value
    return own.get(key)


def test_each_worker_keeps_what_it_made_and_tells_what_went_wrong():
    with Crew(2, time.monotonic() + 60) as crew:
        results, made_by = crew.share_out([(_kept, n, n * 10) for n in range(1, 7)])
        assert results == [10, 20, 30, 40, 50, 60]
        crew.begin([(_kept, n) for n in range(1, 7)], made_by)
        assert crew.finish() == results
        for call, error in ((_no_memory, WorkerGone), (_said, Failed), (_wrong, RuntimeError)):
            with pytest.raises(error):
                crew.share_out([(call,)])
