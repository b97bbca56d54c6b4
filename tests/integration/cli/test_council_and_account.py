"""`deban council` and `deban account`, as an operator types them."""

import re

import pytest
from click.testing import CliRunner

from matcher.cli.main import main
from matcher.model.account import Account
from matcher.permissions import NOBODY, OPERATOR
from matcher.services.invitations import see_invitation
from matcher.storage.keys import written
from tests.integration.conftest import OURS
from tests.integration.services.invited import EMAIL, TOWN, add_areas

ADD = ["account", "add", OURS, "--role", "coordinator", "--name", "川井はなこ", "--email", EMAIL]


@pytest.fixture
def deban(database, monkeypatch, tmp_path):
    """Runs the command on this test's database: (exit code, output, complaints)."""
    monkeypatch.setenv("DEBAN_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database.addresses.app)
    monkeypatch.setenv("DEBAN_KEYS", written(database.keys).replace("\n", ";"))

    def run(*arguments):
        done = CliRunner().invoke(main, list(arguments))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    return run


def token_in(output):
    return re.search(r"^  /invitation/([\w-]{43})$", output, re.MULTILINE)[1]


def test_councils_are_added_and_listed(deban, database):
    assert deban("council", "list") == (0, "まだ社協がありません。deban council add で加えてください。\n", "")
    code, output, _ = deban("council", "add", "hinata", "日向市社会福祉協議会")
    assert code == 0 and "hinata" in output
    assert deban("council", "list")[1] == "hinata  日向市社会福祉協議会　アカウント 0（招待中 0）\n"
    code, _, error = deban("council", "add", "hinata", "別の名前")
    assert code == 2 and "もうあります" in error


@pytest.mark.parametrize(("council_id", "name"), [("A", "x"), ("日向", "x"), ("-ab", "x"), ("hinata", " ")])
def test_a_council_of_no_proper_id_or_name_is_refused(deban, council_id, name):
    code, output, error = deban("council", "add", "--", council_id, name)
    assert (code, output) == (2, "") and "書いてください" in error
    assert "まだ社協がありません" in deban("council", "list")[1]


def test_an_account_is_added_with_a_link_that_opens(deban, store):
    with store.work(OURS, OPERATOR) as work:
        add_areas(work)
    code, output, _ = deban(*ADD, "--area", f"{TOWN}:A1", "--area", f"{TOWN}：A2")
    assert code == 0
    with store.work(OURS, NOBODY) as work:
        assert see_invitation(work, token_in(output)).name == "川井はなこ"
    code, output, _ = deban("account", "list", OURS)
    assert code == 0
    assert output == f"{EMAIL}  川井はなこ　コーディネーター　招待中　{TOWN}:A1　{TOWN}:A2\n"


def test_an_account_is_invited_again_and_closed(deban, store):
    first = token_in(deban(*ADD)[1])
    code, output, _ = deban("account", "invite-again", OURS, EMAIL.upper())
    assert code == 0 and token_in(output) != first
    assert deban("account", "close", OURS, EMAIL)[:2] == (0, "アカウントを閉じました。\n")
    assert "閉じた" in deban("account", "list", OURS)[1]
    code, _, error = deban("account", "close", OURS, EMAIL)
    assert code == 2 and "閉じた" in error
    assert token_in(deban("account", "invite-again", OURS, EMAIL)[1])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["account", "list", "hinata"], "社協 hinata はありません"),
        (["account", "close", OURS, "nobody@example.jp"], "アカウントはありません"),
        ([*ADD, "--area", "A1"], "区市町村:圏域ID の形"),
        ([*ADD, "--area", f"{TOWN}:A9"], "圏域 A9 がありません"),
        ([*ADD[:-1], "hanako"], "メールアドレスの形"),
    ],
)
def test_what_cannot_be_done_is_said_plainly_and_nothing_is_left(deban, store, arguments, said):
    code, output, error = deban(*arguments)
    assert code == 2 and output == "" and said in error
    with store.work(OURS, OPERATOR) as work:
        assert work.rows(Account) == []


def test_an_installation_without_a_database_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("DEBAN_HOME", str(tmp_path / "var"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    done = CliRunner().invoke(main, ["council", "list"])
    assert done.exit_code == 2 and "deban init" in done.stderr
