"""The command as a coordinator runs it."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import seed_data

DEMO = Path(seed_data.__file__).parent / "demo"


def deban(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from matcher.cli.main import main; main(prog_name='deban')", *map(str, arguments)]
    path = str(Path(seed_data.__file__).parent.parent)
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, check=False, env=os.environ | {"PYTHONPATH": path}
    )


def folder(tmp_path: Path, **sheets: str) -> Path:
    for name, text in sheets.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


HOSTS = "host_id,name,kind,municipality\nH1,花の会,npo,町\n"
OPENINGS = "opening_id,host_id,title,role,schedule\nO1,H1,花壇の水やり,help,火 10:00-12:00\n"
PEOPLE = (
    "person_id,alias,municipality,interests,availability,consent\nP1,はるさん,町,花を育てること,毎日 9:00-17:00,share\n"
)
DATES = ("--from", "2099-12-01", "--weeks", "4")


def test_the_answer_is_one_of_its_own_and_complete(tmp_path):
    out, pairs = tmp_path / "out.json", tmp_path / "pairs.csv"
    done = deban("match", DEMO, "--from", "2099-12-01", "--json", out, "--pairs", pairs)
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(out.read_text(encoding="utf-8"))
    assert set(answer) == {"run", "people", "gaps", "fairness", "refused", "warnings"}
    assert set(answer["run"]) == {"from", "weeks", "status", "objective", "bound", "seconds"}
    assert len(answer["people"]) == 12
    with pairs.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(abs(float(r["fit"]) - sum(float(v) for k, v in list(r.items())[3:])) < 0.002 for r in rows)


def test_json_on_standard_output_is_json_and_nothing_else():
    done = deban("match", DEMO, *DATES, "--json", "-")
    assert json.loads(done.stdout)["run"]["weeks"] == 4


def test_the_same_input_gives_the_same_answer_byte_for_byte(tmp_path):
    texts = []
    for n in range(2):
        deban("match", DEMO, *DATES, "--json", tmp_path / f"{n}.json")
        answer = json.loads((tmp_path / f"{n}.json").read_text(encoding="utf-8"))
        answer["run"].pop("seconds")
        texts.append(json.dumps(answer, ensure_ascii=False))
    assert texts[0] == texts[1]


def test_one_person_in_full():
    done = deban("match", DEMO, *DATES, "--person", "P-WK-01")
    assert "ゆうさん" in done.stdout
    assert "けいさん" not in done.stdout
    assert "\033[" not in done.stdout


@pytest.mark.parametrize(
    ("sheets", "options", "said"),
    [
        ({}, DATES, "読めるシートがありません"),
        ({"people": PEOPLE}, DATES, "受け入れ枠"),
        ({"hosts": HOSTS, "openings": OPENINGS}, DATES, "本人"),
        ({"hosts": HOSTS, "openings": OPENINGS, "people": PEOPLE}, ("--from", "2020-01-01"), "もう過ぎています"),
        ({"hosts": HOSTS, "openings": OPENINGS, "people": PEOPLE}, (*DATES[:2], "--weeks", "0"), "1週間から"),
        ({"hosts": HOSTS, "openings": OPENINGS, "people": PEOPLE}, ("--from", "あした"), "2026-12-01 のように"),
        ({"hosts": HOSTS, "openings": OPENINGS, "people": PEOPLE}, (*DATES, "--person", "P9"), "「P9」はいません"),
        (
            {"hosts": HOSTS, "openings": OPENINGS, "people": PEOPLE},
            (*DATES, "--json", "/ない/out.json"),
            "フォルダがありません",
        ),
        (
            {"hosts": HOSTS, "openings": OPENINGS.replace("help", "手助"), "people": PEOPLE},
            DATES,
            "1行すべてが読めませんでした",
        ),
        (
            {"hosts": HOSTS, "openings": OPENINGS, "people": PEOPLE.replace("share", "あり")},
            DATES,
            "1行すべてが読めませんでした",
        ),
    ],
)
def test_bad_input_ends_in_one_plain_sentence(tmp_path, sheets, options, said):
    done = deban("match", folder(tmp_path, **sheets), *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_missing_bundle_is_named(tmp_path):
    done = deban("match", tmp_path / "ない.xlsx", *DATES)
    assert (done.returncode, "ない.xlsx が見つかりません" in done.stderr) == (2, True)


def test_pinned_people_stay_and_what_is_odd_is_told(tmp_path):
    people = PEOPLE + "P2,なつさん,町,花,水 9:00-17:00,share\nP3,あきさん,町,花,毎日 9:00-17:00,share\n"
    history = "person_id,opening_id,status\nP2,O1,pinned\nP3,O1,pinned\nP1,O1,pinned\n"
    done = deban("match", folder(tmp_path, hosts=HOSTS, openings=OPENINGS, people=people, history=history), *DATES)
    assert done.returncode == 0
    assert "出られる時間と合いません" in done.stdout
    assert "定員より多い人が入っています" in done.stdout


TWO = PEOPLE + "P2,なつさん,町,花を育てること,毎日 9:00-17:00,share\n"


def two(tmp_path: Path, **sheets: str) -> Path:
    """Two people who could both do the one thing there is."""
    return folder(tmp_path, **{"hosts": HOSTS, "openings": OPENINGS, "people": TWO} | sheets)


def what_if(bundle: Path, *asked: str) -> dict:
    done = deban("match", bundle, *DATES, "--json", "-", *asked)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def served(answer: dict) -> dict[str, list[str]]:
    return {p["person_id"]: [s["opening_id"] for s in p["suggestions"]] for p in answer["people"] if p["suggestions"]}


def test_what_if_shows_the_answer_after_it_and_the_difference(tmp_path):
    answer = what_if(two(tmp_path), "--what-if", "seat O1 +1")
    assert served(answer) == {"P1": ["O1"], "P2": ["O1"]}
    assert answer["what_if"]["objective"]["s1"] == {"before": 1, "after": 2}
    (moved,) = answer["what_if"]["moved"]
    assert (moved["before"], moved["code"]) == ([], "gained")
    assert moved["after"] == [{"opening_id": "O1", "first_session": "2099-12-01T10:00", "companion_id": None}]
    assert moved["text"].endswith(
        "さん（{}）: 提案なし → 「花壇の水やり」（12/1から）。新しく提案ができました。".format(moved["person_id"])
    )
    assert answer["run"]["objective"]["s1"] == 2


def test_without_a_question_there_is_no_difference(tmp_path):
    assert "what_if" not in what_if(two(tmp_path))


def test_a_pin_gives_the_pair_and_says_who_lost_it(tmp_path):
    bundle = two(tmp_path)
    (before,) = served(what_if(bundle))
    other = {"P1": "P2", "P2": "P1"}[before]
    answer = what_if(bundle, "--pin", f"{other}:O1")
    assert served(answer) == {other: ["O1"]}
    assert {m["person_id"]: m["code"] for m in answer["what_if"]["moved"]} == {before: "capacity", other: "gained"}


def test_a_pin_against_a_rule_is_held_and_told(tmp_path):
    people = TWO.replace("P2,なつさん,町,花を育てること,毎日", "P2,なつさん,町,花を育てること,日")
    answer = what_if(two(tmp_path, people=people), "--pin", "P2:O1")
    assert {p["person_id"]: p["status"] for p in answer["people"]} == {"P1": "suggested", "P2": "placed"}
    assert any("出られる時間と合いません" in w["text"] for w in answer["warnings"])


def test_a_pin_for_which_there_is_no_room_is_told(tmp_path):
    hosts = "host_id,name,kind,municipality,max_newcomers\nH1,花の会,npo,町,1\n"
    openings = OPENINGS + "O2,H1,花の植えかえ,help,水 10:00-12:00\n"
    history = "person_id,opening_id,status\nP2,O1,pinned\n"
    bundle = two(tmp_path, hosts=hosts, openings=openings, history=history)
    answer = what_if(bundle, "--pin", "P1:O2")
    assert served(answer) == {}
    texts = [w["text"] for w in answer["warnings"]]
    assert "--pin P1:O2 は、席や付き添いの都合がつかず、入れられませんでした。" in texts


def test_a_ban_and_a_closed_host_take_it_away(tmp_path):
    bundle = two(tmp_path)
    (before,) = served(what_if(bundle))
    banned = what_if(bundle, "--ban", f"{before}:O1")
    assert before not in served(banned)
    assert len(served(banned)) == 1
    assert {m["code"] for m in banned["what_if"]["moved"]} == {"declined", "gained"}
    closed = what_if(bundle, "--close", "H1")
    assert served(closed) == {}
    assert [m["code"] for m in closed["what_if"]["moved"]] == ["acceptance"]


def test_questions_are_answered_before_the_report(tmp_path):
    done = deban("match", two(tmp_path), *DATES, "--what-if", "seat O1 +1")
    lines = [x.strip() for x in done.stdout.splitlines()]
    assert lines[0] == "■ たずねられたことを入れると"
    assert lines[1] == "・提案のある人: 1人 → 2人"
    assert any(x.startswith("マッチング ") for x in lines)


def test_a_question_that_changes_nothing_says_so(tmp_path):
    done = deban("match", two(tmp_path), *DATES, "--what-if", "limit H1 +1")
    assert "変わりません。いまの提案のままです。" in done.stdout


def test_pairs_of_any_fit_are_written_after_a_question_too(tmp_path):
    people = PEOPLE + "P2,なつさん,町,,毎日 9:00-17:00,share\n"
    bundle, counts = two(tmp_path, people=people), []
    for n, asked in enumerate(([], ["--what-if", "seat O1 +1"])):
        path = tmp_path / f"pairs{n}.csv"
        assert deban("match", bundle, *DATES, "--pairs", path, *asked).returncode == 0
        with path.open(encoding="utf-8", newline="") as file:
            counts.append([(r["person_id"], r["fit"]) for r in csv.DictReader(file)])
    assert counts[0] == counts[1]
    assert len(counts[0]) == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--what-if", "いす"), "のように書いてください"),
        (("--close", "H9"), "受け入れ先ID「H9」がありません"),
    ],
)
def test_a_question_that_cannot_be_read_ends_in_one_sentence(tmp_path, asked, said):
    done = deban("match", two(tmp_path), *DATES, *asked)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_readme_shows_what_the_command_prints():
    readme = (Path(seed_data.__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    shown = readme.split("たとえば、こう出ます。\n\n```\n")[1].split("\n```")[0]
    assert shown in deban("demo").stdout
