"""Who may do what: every kind and every action against an expectation written by hand, and whose people are whose."""

from uuid import uuid4

import pytest

from matcher.permissions import (
    TABLE,
    Action,
    Actor,
    Kind,
    NotAllowed,
    Where,
    check,
    check_host,
    check_person,
    may,
    may_host,
    may_person,
)

# One line an action, one letter a kind that may:
# O operator, A administrator, L lead, C coordinator, S statistics, H host link, I intake link, W worker, N nobody.
LETTERS = {
    "O": Kind.OPERATOR,
    "A": Kind.ADMINISTRATOR,
    "L": Kind.LEAD,
    "C": Kind.COORDINATOR,
    "S": Kind.STATISTICS,
    "H": Kind.HOST_LINK,
    "I": Kind.INTAKE_LINK,
    "W": Kind.WORKER,
    "N": Kind.NOBODY,
}
EXPECTED = {
    "make_council": "O",
    "set_council": "OA",
    "manage_accounts": "OA",
    "accept_invitation": "N",
    "log_in": "N",
    "see_catalogue": "ALC",
    "edit_catalogue": "LC",
    "see_people": "LC",
    "edit_people": "LC",
    "assign_people": "L",
    "erase_people": "L",
    "record_consent": "LC",
    "disclose": "LC",
    "see_disclosed": "LCH",
    "import": "OL",
    "export": "L",
    "run_match": "LC",
    "work_run": "W",
    "review": "LC",
    "confirm": "LC",
    "record": "LC",
    "manage_survey": "LC",
    "answer_survey": "LCH",
    "see_host_page": "H",
    "manage_links": "LC",
    "manage_cards": "LC",
    "send_intake": "LCI",
    "see_statistics": "ALCS",
    "see_audit": "OA",
    "keep": "OW",
}
OF_A_PERSON = [
    Action.SEE_PEOPLE,
    Action.EDIT_PEOPLE,
    Action.RECORD_CONSENT,
    Action.DISCLOSE,
    Action.REVIEW,
    Action.CONFIRM,
    Action.RECORD,
]
ME, ANOTHER = uuid4(), uuid4()
MINE = ("若葉野市", "W1")
coordinator = Actor(Kind.COORDINATOR, ME, frozenset({MINE}))
lead = Actor(Kind.LEAD, ME)


def test_the_expectation_speaks_of_every_kind_and_action():
    assert set(LETTERS.values()) == set(Kind)
    assert set(EXPECTED) == {action.value for action in Action}
    assert set(TABLE) == set(Action)


@pytest.mark.parametrize("action", Action, ids=lambda action: action.value)
@pytest.mark.parametrize("letter", LETTERS)
def test_the_table_says_what_is_expected(letter, action):
    actor = Actor(LETTERS[letter])
    expected = letter in EXPECTED[action.value]
    assert may(actor, action) is expected
    if expected:
        check(actor, action)
    else:
        with pytest.raises(NotAllowed) as refused:
            check(actor, action)
        assert refused.value.action is action


def test_an_action_that_the_table_forgot_is_nobodys(monkeypatch):
    monkeypatch.setattr("matcher.permissions.TABLE", {})
    assert not any(may(Actor(kind), action) for kind in Kind for action in Action)


@pytest.mark.parametrize("action", OF_A_PERSON, ids=lambda action: action.value)
@pytest.mark.parametrize(
    ("where", "coordinators"),
    [
        pytest.param(Where("若葉野市", "W1", None), True, id="own area, nobody's"),
        pytest.param(Where("若葉野市", "W1", ANOTHER), True, id="own area, carried by another"),
        pytest.param(Where("若葉野市", "W2", ME), True, id="other area, carried"),
        pytest.param(Where("若葉野市", "W2", None), False, id="other area, nobody's"),
        pytest.param(Where("若葉野市", "W2", ANOTHER), False, id="other area, carried by another"),
        pytest.param(Where("湊市", "W1", None), False, id="the same area_id elsewhere"),
        pytest.param(Where("若葉野市", "", None), False, id="blank area, nobody's"),
        pytest.param(Where("若葉野市", "", ME), True, id="blank area, carried"),
        pytest.param(Where("若葉野市", "", ANOTHER), False, id="blank area, carried by another"),
    ],
)
def test_a_coordinator_has_their_areas_and_whom_they_carry_and_the_lead_everybody(action, where, coordinators):
    assert may_person(coordinator, action, where) is coordinators
    assert may_person(lead, action, where)
    check_person(lead, action, where)
    if coordinators:
        check_person(coordinator, action, where)
    else:
        with pytest.raises(NotAllowed):
            check_person(coordinator, action, where)


def test_an_account_of_no_id_carries_nobody():
    assert not may_person(Actor(Kind.COORDINATOR), Action.SEE_PEOPLE, Where("若葉野市", "W1", None))


@pytest.mark.parametrize("action", Action, ids=lambda action: action.value)
@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_whoever_may_not_do_it_at_all_may_do_it_to_nobody_and_links_have_no_persons_file(kind, action):
    actor, where = Actor(kind, ME, frozenset({MINE})), Where(*MINE, ME)
    expected = may(actor, action) and kind not in (Kind.HOST_LINK, Kind.INTAKE_LINK)
    assert may_person(actor, action, where) is expected
    if not expected:
        with pytest.raises(NotAllowed):
            check_person(actor, action, where)


def test_the_refusal_is_the_same_wherever_the_person_is():
    said = set()
    for where in (Where("若葉野市", "W2", None), Where("湊市", "M1", ANOTHER), Where("", "", None)):
        with pytest.raises(NotAllowed) as refused:
            check_person(coordinator, Action.SEE_PEOPLE, where)
        said.add(str(refused.value))
    assert len(said) == 1


@pytest.mark.parametrize("action", [a for a in Action if "H" in EXPECTED[a.value]], ids=lambda action: action.value)
def test_a_hosts_link_is_for_that_host_alone(action):
    bearer = Actor(Kind.HOST_LINK, link_id=uuid4(), host_id="H1")
    assert may_host(bearer, action, "H1")
    check_host(bearer, action, "H1")
    for foreign in ("H2", "", "H11"):
        assert not may_host(bearer, action, foreign)
        with pytest.raises(NotAllowed):
            check_host(bearer, action, foreign)


def test_a_hosts_link_gives_nothing_that_the_table_does_not():
    bearer = Actor(Kind.HOST_LINK, link_id=uuid4(), host_id="H1")
    with pytest.raises(NotAllowed):
        check_host(bearer, Action.EDIT_CATALOGUE, "H1")
    assert may_host(lead, Action.EDIT_CATALOGUE, "H1")


def test_the_name_for_the_audit_holds_no_name():
    link = uuid4()
    assert Actor(Kind.LEAD, ME).name == f"lead:{ME}"
    assert Actor(Kind.HOST_LINK, link_id=link, host_id="H1").name == f"host_link:{link}"
    assert Actor(Kind.WORKER).name == "worker"
