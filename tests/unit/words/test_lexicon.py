from pathlib import Path

import numpy as np
import pytest

from matcher.words import LexiconError, default_reader, lexicon_folder, load_lexicon
from matcher.words.lexicon import load_examples


@pytest.fixture(scope="module")
def lexicon():
    return default_reader().lexicon


def test_it_holds_a_town_full_of_small_things(lexicon):
    assert len(lexicon.activities) >= 250
    assert len(lexicon.biography) >= 400
    assert len(lexicon.forms) >= 8000


def test_closeness_is_symmetric_and_fades(lexicon):
    close, at = lexicon.closeness, lexicon.index
    assert np.allclose(close, close.T)
    assert np.allclose(np.diag(close), 1)
    assert close[at["花の世話"], at["植物とふれあう"]] > close[at["花の世話"], at["野菜づくり"]] > 0.3
    assert close[at["花の世話"], at["会計"]] < 0.1


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_council_adds_words_in_a_file_of_its_own(tmp_path, lexicon):
    write(tmp_path, "activities/ours.ini", "[花の世話]\n言葉 = はなもり\n")
    ours = load_lexicon(lexicon_folder(), tmp_path)
    assert any(f.text == "はなもり" and f.name == "花の世話" for f in ours.forms)
    assert len(ours.activities) == len(lexicon.activities)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("activities/a.ini", "[散歩]\n上位 = 月へ行く\n", "月へ行く"),
        ("biography/b.ini", "[板前]\n示す = 月へ行く 0.5\n", "月へ行く"),
        ("activities/a.ini", "[散歩]\n性質 = ふわふわ\n", "ふわふわ"),
        ("activities/a.ini", "言葉 = 散歩\n", "a.ini"),
        ("activities/a.ini", "[散歩]\n言葉 = そぞろ歩き 7.5\n", "そぞろ歩き 7.5"),
        ("activities/a.ini", "[散歩]\n[散歩]\n", "a.ini"),
    ],
)
def test_a_faulty_file_is_named_with_its_place(tmp_path, name, text, said):
    write(tmp_path, name, text)
    with pytest.raises(LexiconError, match=said):
        load_lexicon(tmp_path)


def test_examples_name_texts_and_activities_with_strengths(tmp_path, lexicon):
    write(tmp_path, "examples/a.csv", "text,activities\n苗に水をまく,水やり;草むしり 0.4\n")
    (example,) = load_examples(lexicon, tmp_path)
    assert example.text == "苗に水をまく"
    assert example.activities == {"水やり": 1.0, "草むしり": 0.4}


@pytest.mark.parametrize("row", ["苗,月へ行く", "苗,", ",水やり"])
def test_a_faulty_example_is_named_with_its_row(tmp_path, lexicon, row):
    write(tmp_path, "examples/a.csv", f"text,activities\n花,花の世話\n{row}\n")
    with pytest.raises(LexiconError, match=r"a\.csv の 3 行目"):
        load_examples(lexicon, tmp_path)


def test_the_examples_that_are_shipped_can_be_read(lexicon):
    assert len(load_examples(lexicon, lexicon_folder())) > 1000
