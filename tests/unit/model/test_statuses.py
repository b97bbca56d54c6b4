"""Statuses: every machine, every status, every step."""

import pytest

from matcher.model.statuses import NotPossibleNow
from matcher.model.tables import MACHINES, NOUNS

EVERY = [
    pytest.param(machine, status, step, id=f"{machine.name}-{status.value}-{step}")
    for machine in MACHINES
    for status in machine.statuses
    for step in sorted({step for steps in machine.moves.values() for step in steps} | {"no_such_step"})
]


@pytest.mark.parametrize(("machine", "status", "step"), EVERY)
def test_a_step_is_taken_where_the_table_has_it_and_refused_elsewhere(machine, status, step):
    then = machine.moves[status].get(step)
    assert machine.can_step(status, step) is (then is not None)
    assert (status in machine.sources(step)) is (then is not None)
    if then is not None:
        assert machine.check_step(status, step) is then
        return
    with pytest.raises(NotPossibleNow) as refused:
        machine.check_step(status, step)
    assert (refused.value.status, refused.value.step) == (status, step)
    assert status.ja in str(refused.value) and machine.ja in str(refused.value)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_a_machine_speaks_of_every_status_and_each_can_be_reached(machine):
    statuses = set(machine.statuses)
    assert set(machine.moves) == statuses
    assert {then for steps in machine.moves.values() for then in steps.values()} <= statuses
    reached, waiting = set(), list(machine.begins)
    while waiting:
        status = waiting.pop()
        if status not in reached:
            reached.add(status)
            waiting += machine.moves[status].values()
    assert reached == statuses


def test_each_noun_with_statuses_has_a_machine_of_its_name_whose_statuses_are_the_fields():
    with_statuses = [noun for noun in NOUNS if noun.states is not None]
    assert {noun.table for noun in NOUNS if "status" in noun.model_fields} - {n.table for n in with_statuses} == {
        "history"  # what a file told of the past moves nowhere
    }
    for noun in with_statuses:
        assert noun.states.name == noun.table
        assert noun.model_fields["status"].annotation is type(noun.states.begins[0])


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_the_diagram_shows_every_move_once(machine):
    lines = machine.diagram().splitlines()
    moves = [
        f"    {status.value} --> {then.value}: {step}"
        for status, steps in machine.moves.items()
        for step, then in steps.items()
    ]
    assert [line for line in lines if line.endswith(tuple(f": {m.rsplit(': ', 1)[1]}" for m in moves))] == moves
    assert [line for line in lines if "[*] -->" in line] == [f"    [*] --> {status.value}" for status in machine.begins]
