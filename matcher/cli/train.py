"""`deban train`: make the trained part of the reader anew from the lexicon."""

import sys
from pathlib import Path

import click

from matcher.errors import DebanError
from matcher.words import lexicon_folder, load_lexicon
from matcher.words.guesser import WEIGHTS


@click.command("train")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="重みを書くファイル（なければ語彙のとなり）。",
)
def train(target: Path | None) -> None:
    """語彙にない言葉を推しはかる部分を、いまの語彙から学習しなおします（数十秒）。"""
    try:
        from matcher.words.training import train as learn
    except ImportError:
        click.echo("学習には scikit-learn が要ります。pip install 'deban[train]' で入れてください。", err=True)
        sys.exit(2)
    try:
        trained = learn(load_lexicon(lexicon_folder()))
        path = target or lexicon_folder() / WEIGHTS
        trained.weights.write(path)
    except (DebanError, OSError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(f"{path} に書きました（{path.stat().st_size:,}バイト）。")
    click.echo(
        f"語彙の{trained.forms:,}の言葉で学習しました。知らない言葉のうち{trained.made:.0%}に答え、"
        f"その{trained.precision:.0%}が正しいか、ごく近い活動でした（交差検証）。"
    )
