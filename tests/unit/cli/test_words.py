"""`deban words` and `deban train` as a coordinator or a site's engineer runs them."""

import numpy as np
import pytest
from click.testing import CliRunner, Result

from matcher.cli.main import main
from matcher.words import lexicon_folder
from matcher.words.guesser import Weights


def deban(*arguments: object) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def own_lexicon(folder, text):
    (folder / "activities").mkdir(parents=True)
    (folder / "activities" / "ours.ini").write_text(text, encoding="utf-8")
    return folder


def test_a_text_is_shown_with_sides_strengths_and_proposals():
    shown = deban("words", "料理は苦手だけど片付けは苦にならない。夕方からなら出られる").output
    assert "避けたい: 料理" in shown
    assert "関心: 片づけ" in shown
    assert "出られる時間は" in shown
    assert "まだ何も決まりません" in shown


def test_the_cell_decides_what_a_word_counts_as():
    assert "得意: 掃除" in deban("words", "掃除", "--as", "strengths").output
    assert "避けたい: 掃除" in deban("words", "掃除", "--as", "avoid").output
    assert "すること: 掃除" in deban("words", "掃除", "--as", "opening").output


def test_an_opening_has_no_hours_to_be_confirmed():
    assert "本人に確かめること" not in deban("words", "夕方からなら水やり", "--as", "opening").output


def test_nothing_read_is_said():
    shown = deban("words", "ギョルム").output
    assert "何も読みとれませんでした" in shown


def test_a_line_in_a_councils_own_lexicon_is_read_at_once(tmp_path):
    assert "ずんどこ踊祭り" not in deban("words", "ずんどこ踊祭").output
    folder = own_lexicon(tmp_path, "[盆踊り]\n言葉 = ずんどこ踊祭\n")
    assert "「ずんどこ踊祭」  関心: 盆踊り" in deban("words", "ずんどこ踊祭", "--lexicon", folder).output


def test_an_activity_of_a_councils_own_is_read_at_once(tmp_path):
    folder = own_lexicon(tmp_path, "[みこしみがき]\n言葉 = みこしみがき\n同じ楽しみ = 掃除 0.6\n")
    assert "関心: みこしみがき" in deban("words", "みこしみがき", "--lexicon", folder).output


def test_a_lexicon_that_is_not_there_is_named(tmp_path):
    done = deban("words", "花", "--lexicon", tmp_path / "nowhere")
    assert done.exit_code == 2
    assert str(tmp_path / "nowhere") in done.output


def test_a_line_that_cannot_be_read_is_named(tmp_path):
    folder = own_lexicon(tmp_path, "[ずんどこ]\n言葉 = ずんどこ 7.5\n")
    done = deban("words", "花", "--lexicon", folder)
    assert done.exit_code == 2
    assert "ours.ini" in done.output


@pytest.mark.parametrize("arguments", [(), ("花", "--unknown", "somewhere")])
def test_one_of_text_and_bundle_is_needed(arguments):
    done = deban("words", *arguments)
    assert done.exit_code == 2
    assert "どちらか一つ" in done.output


def bundle(folder, *interests):
    (folder / "hosts.csv").write_text("host_id,name,kind,municipality\nH1,会,npo,町\n", encoding="utf-8")
    (folder / "openings.csv").write_text(
        "opening_id,host_id,title,role\nO1,H1,ぐらぱす祭の水やり,help\n", encoding="utf-8"
    )
    rows = "".join(f"P{i},町,{text}\n" for i, text in enumerate(interests))
    (folder / "people.csv").write_text("person_id,municipality,interests\n" + rows, encoding="utf-8")
    return folder


def test_unread_words_of_a_bundle_come_most_frequent_first(tmp_path):
    shown = deban("words", "--unknown", bundle(tmp_path, "花とギョルム", "ギョルムがすき", "ヌベロック"))
    lines = [line for line in shown.output.splitlines() if "回" in line]
    assert lines[0].strip().startswith("ギョルム　2回")
    assert any("ヌベロック　1回" in line for line in lines)
    assert not any(line.strip().startswith("花") for line in lines)
    assert "次から読めます" in shown.output


def test_a_bundle_without_unread_words_says_so(tmp_path):
    folder = bundle(tmp_path, "花")
    (folder / "openings.csv").write_text("opening_id,host_id,title,role\nO1,H1,水やり,help\n", encoding="utf-8")
    assert "読めない言葉はありません" in deban("words", "--unknown", folder).output


def test_a_bundle_that_is_not_there_is_told(tmp_path):
    done = deban("words", "--unknown", tmp_path / "nowhere")
    assert done.exit_code == 2
    assert "nowhere" in done.output


def test_training_again_gives_the_stored_weights(tmp_path):
    pytest.importorskip("sklearn")
    done = deban("train", "--to", tmp_path / "weights.npz")
    assert done.exit_code == 0, done.output
    again, stored = Weights.read(tmp_path / "weights.npz"), Weights.read(lexicon_folder() / "weights.npz")
    assert again.digest == stored.digest
    for name, head in stored.heads.items():
        assert again.heads[name].threshold == head.threshold
        assert np.mean(again.heads[name].value == head.value) > 0.999  # sums may round apart on another machine
    assert "一度も見ていない語" in done.output


def test_a_folder_that_is_not_there_is_told_before_the_work(tmp_path):
    pytest.importorskip("sklearn")
    done = deban("train", "--to", tmp_path / "missing" / "weights.npz")
    assert done.exit_code == 2
    assert "missing" in done.output
