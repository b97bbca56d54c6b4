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
    assert set(answer) == {"run", "people", "gaps", "refused", "warnings"}
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


def test_readme_shows_what_the_command_prints():
    readme = (Path(seed_data.__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    shown = readme.split("たとえば、こう出ます。\n\n```\n")[1].split("\n```")[0]
    assert shown in deban("demo").stdout
