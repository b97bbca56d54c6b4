"""`deban train`: make the trained part of the reader anew from the lexicon."""

import sys
from pathlib import Path

import click

from matcher.errors import DebanError
from matcher.words import lexicon_folder, load_lexicon
from matcher.words.guesser import WEIGHTS
from matcher.words.lexicon import load_examples
from matcher.words.vectors import VECTORS, Vectors

SOURCE = "chiVe (Works Applications, Apache-2.0), as in ja_ginza (Megagon Labs, MIT)"

_HEADS = {"activity": "活動", "avoided": "避けたいようす", "shown": "現れるようす"}


@click.command("train")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="重みを書くファイル（なければ語彙のとなり）。",
)
@click.option(
    "--vectors",
    "source",
    type=click.Path(path_type=Path, file_okay=False),
    help="単語ベクトルも作りなおす。spaCy の日本語モデルの vocab フォルダ。",
)
def train(target: Path | None, source: Path | None) -> None:
    """語彙にない言葉を推しはかる部分を、いまの語彙から学習しなおします（一、二分）。"""
    try:
        from matcher.words.training import train as learn
        from matcher.words.vectors_import import vectors_from
    except ImportError:
        click.echo(
            "学習には scikit-learn と msgpack が要ります。pip install 'deban[train]' で入れてください。", err=True
        )
        sys.exit(2)
    path = target or lexicon_folder() / WEIGHTS
    beside = path.parent / VECTORS
    if not path.parent.is_dir():
        click.echo(f"フォルダ {path.parent} がありません。先に作ってください。", err=True)
        sys.exit(2)
    try:
        vectors = vectors_from(source, SOURCE) if source else Vectors.read(lexicon_folder() / VECTORS)
        if source:
            vectors.write(beside)
            click.echo(f"{beside} に書きました（{beside.stat().st_size:,}バイト、{len(vectors.keys):,}語）。")
        lexicon = load_lexicon(lexicon_folder())
        trained = learn(lexicon, load_examples(lexicon, lexicon_folder()), vectors)
        trained.weights.write(path)
    except (DebanError, OSError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(f"{path} に書きました（{path.stat().st_size:,}バイト）。")
    for name, found in trained.measured.items():
        click.echo(
            f"{_HEADS[name]}: {found.texts:,}の言葉で学習しました。一度も見ていない語でできた{found.tried:,}の言葉のうち"
            f"{found.made:.0%}に答え、その{found.precision:.0%}が正しいか、ごく近いものでした。"
        )
