"""`deban gaps` as a coordinator runs it."""

from tests.unit.cli.test_match import DATES, HOSTS, OPENINGS, PEOPLE, deban, folder

MORE = PEOPLE + "P2,なつさん,町,花を育てること,毎日 9:00-17:00,share\nP3,あきさん,町,将棋,土 9:00-17:00,share\n"


def lines(done):
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_asks_are_listed_best_first(tmp_path):
    found = lines(deban("gaps", folder(tmp_path, hosts=HOSTS, openings=OPENINGS, people=MORE), *DATES))
    assert found[0] == "いま提案のない人は2人です。"
    text = "".join(x.strip() for x in found[1:])
    assert (
        "花の会の「花壇の水やり」（O1）に、もう一人受け入れてもらえれば、提案のある人が1人ふえます（なつさん）。"
        in text
    )
    assert "土 9:00-11:00 に「将棋」に参加できる枠ができれば、提案のある人が1人ふえます（あきさん）。" in text
    assert "ここまでの全部で2人です。" in text
    assert found[1].startswith("1. ")


def test_no_more_than_wanted(tmp_path):
    found = lines(deban("gaps", folder(tmp_path, hosts=HOSTS, openings=OPENINGS, people=MORE), *DATES, "--most", "1"))
    assert [x[:2] for x in found if x[0].isdigit()] == ["1."]


def test_nothing_would_help(tmp_path):
    silent = PEOPLE.replace("花を育てること", "")
    found = lines(deban("gaps", folder(tmp_path, hosts=HOSTS, openings=OPENINGS, people=silent), *DATES))
    assert found == [
        "いま提案のない人は1人です。",
        "席や時間をひとつふやしただけで提案ができる人は、いません。ことばや条件を、もう少し聞いてみてください。",
    ]


def test_everybody_has_something(tmp_path):
    found = lines(deban("gaps", folder(tmp_path, hosts=HOSTS, openings=OPENINGS, people=PEOPLE), *DATES))
    assert found == ["いま提案のない人は0人です。"]


def test_a_missing_bundle_is_named(tmp_path):
    done = deban("gaps", tmp_path / "ない.xlsx", *DATES)
    assert (done.returncode, done.stdout) == (2, "")
    assert "ない.xlsx が見つかりません" in done.stderr


def test_so_many_at_least(tmp_path):
    done = deban("gaps", folder(tmp_path, hosts=HOSTS, openings=OPENINGS, people=PEOPLE), *DATES, "--most", "0")
    assert done.returncode == 2
