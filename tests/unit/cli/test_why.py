"""`deban why` as a coordinator runs it."""

import pytest

from tests.unit.cli.test_match import DATES, HOSTS, OPENINGS, PEOPLE, deban, folder

TWO = PEOPLE + "P2,なつさん,町,花を育てること,毎日 9:00-17:00,share\n"


@pytest.fixture
def bundle(tmp_path):
    return folder(tmp_path, hosts=HOSTS, openings=OPENINGS, people=TWO)


def asked(bundle, person, opening="O1", *more):
    return deban("why", bundle, *DATES, "--person", person, "--opening", opening, *more)


def test_what_giving_it_would_cost(bundle):
    lines = [asked(bundle, person).stdout.splitlines() for person in ("P1", "P2")]
    given, passed = sorted(lines, key=len)
    assert given[0].endswith("は、いま提案しています。")
    text = "".join(x.strip() for x in passed)
    assert "は、提案できます。みんなの分を合わせるとほかの組み合わせのほうがよいので、外れています。" in text
    assert "これを入れると、こう変わります。" in text
    assert "提案なし。席がなくなったためです。" in text


def test_a_rule_against_it(tmp_path):
    early = PEOPLE.replace("毎日 9:00-17:00", "火 9:00-10:30")
    done = asked(folder(tmp_path, hosts=HOSTS, openings=OPENINGS, people=early), "P1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "はるさん（P1）に「花壇の水やり」（O1）を提案しないのには、わけがあります。",
        "× 時間が合わない。火曜日に、10:30より30分おそくまでいられれば行けます。",
    ]


@pytest.mark.parametrize(
    ("person", "opening", "said"),
    [
        ("P9", "O1", "本人ID「P9」はいません。IDを確かめてください。"),
        ("P1", "O9", "枠ID「O9」はありません。IDを確かめてください。"),
    ],
)
def test_an_id_that_is_not_there(bundle, person, opening, said):
    done = asked(bundle, person, opening)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{said}\n")


def test_a_missing_bundle_is_named(tmp_path):
    done = asked(tmp_path / "ない.xlsx", "P1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "ない.xlsx が見つかりません" in done.stderr


def test_both_ids_are_needed(bundle):
    done = deban("why", bundle, *DATES, "--person", "P1")
    assert (done.returncode, "--opening" in done.stderr) == (2, True)
