"""`deban check` and `deban template`: what is printed, what is written, and the exit code."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from matcher.cli.main import main

BROKEN = Path(__file__).parents[2] / "bundles" / "broken"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_a_broken_bundle_is_told_row_by_row_what_holds_back_first(tmp_path: Path) -> None:
    result = run("check", BROKEN, "--refused", tmp_path / "back")
    assert result.exit_code == 1
    assert result.stdout.startswith("注意: history.csv 5行目: ")
    assert "people.csv 4行目「年齢」: いまの値は「還暦」。" in result.stdout
    assert (tmp_path / "back" / "people.csv").exists()


def test_a_good_bundle(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person_id,municipality\nP1,霧ヶ浜市\n")
    result = run("check", tmp_path)
    assert (result.exit_code, "すべての行が読めました。" in result.stdout) == (0, True)


def test_nothing_readable_is_one_sentence(tmp_path: Path) -> None:
    result = run("check", tmp_path / "none")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.strip().endswith("確かめてください。")


def test_json_on_standard_output_and_in_a_file(tmp_path: Path) -> None:
    result = run("check", BROKEN, "--json", "-")
    content = json.loads(result.stdout)
    assert result.exit_code == 1
    assert {s["file"]: s["accepted"] for s in content["sheets"]}["people.csv"] == 2
    assert content["warnings"][0]["file"] == "history.csv"
    run("check", BROKEN, "--json", tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text()) == content


def test_escape_sequences_of_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person_id,municipality,age\nP1,霧ヶ浜市,\x1b[31m\n")
    assert "\x1b" not in run("check", tmp_path).stdout


def test_template_is_written_once(tmp_path: Path) -> None:
    assert run("template", tmp_path).exit_code == 0
    assert run("check", tmp_path / "出番テンプレート.xlsx").exit_code == 0
    second = run("template", tmp_path)
    assert (second.exit_code, "もうあります" in second.stderr) == (2, True)
