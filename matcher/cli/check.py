"""`deban check`: what of a bundle can be read, and what is to be mended."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from matcher.cli.report import table
from matcher.cli.terminal import COLUMNS_NOTE, Paint, wrap
from matcher.errors import DebanError
from matcher.exchange import ReadResult, Refusal, read_bundle
from matcher.exchange.refused import write_refused
from matcher.exchange.writing import replace
from matcher.model import SHEETS

_FIRST = "withheld"  # notices that people must see before all others
_MOST_SHOWN = 200


@click.command("check")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--refused", "refused_path", type=click.Path(path_type=Path), help="直す行だけを、このフォルダに同じ形で書く。"
)
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path, allow_dash=True), help="結果をJSONで書く（- は標準出力）。"
)
def check(bundle: Path, refused_path: Path | None, json_path: Path | None) -> None:
    """一式（CSVのフォルダか .xlsx）が読めるか確かめ、直す所を知らせます。"""
    try:
        result = read_bundle(bundle)
        files = write_refused(result, refused_path) if refused_path is not None else []
        content = json.dumps(document(result), ensure_ascii=False, indent=1) + "\n"
        if json_path is not None and str(json_path) != "-":
            replace(json_path, lambda file: file.write(content.encode()))
    except DebanError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    if str(json_path) == "-":
        click.echo(content, nl=False)
    else:
        _show(result, Paint(sys.stdout.isatty()))
        for file in files:
            click.echo(f"直す行を {file} に書きました。「エラー」の列を見て直し、もう一度読みこんでください。")
    sys.exit(1 if result.refused else 0)


def document(result: ReadResult) -> dict[str, Any]:
    """The check as JSON types, notices that hold pairs back first."""
    return {
        "sheets": [{"file": s.sheet.file, "accepted": s.good, "refused": len(s.refused)} for s in result.sheets],
        "refused": [
            {"file": r.file, "row": r.row, "column": r.column, "value": r.value, "text": r.text} for r in result.refused
        ],
        "warnings": [
            {"file": n.file, "row": n.row, "column": n.column, "text": n.text}
            for n in sorted(result.notices, key=lambda n: n.code != _FIRST)
        ],
    }


def _show(result: ReadResult, paint: Paint) -> None:
    for notice in result.notices:
        if notice.code == _FIRST:
            _print(f"注意: {_place(notice.file, notice.row, '')}{notice.text}", paint.warm)
    names = {m.sheet: m.sheet_ja for m in SHEETS}
    rows = [
        (
            s.sheet.file + (f"（{names[s.sheet.name]}）" if s.sheet.name in names else ""),
            _counted(s.good, len(s.refused)),
        )
        for s in result.sheets
    ]
    for line in table(rows):
        click.echo(line)
    if result.refused:
        click.echo("")
        click.echo(paint.strong(f"■ 直してほしい行（{result.rows_refused}行）"))
    for refusal in result.refused[:_MOST_SHOWN]:
        _print(f"{_place(refusal.file, refusal.row, refusal.column)}{_value(refusal)}{refusal.text}", str)
    if len(result.refused) > _MOST_SHOWN:
        click.echo(f"ほかに{len(result.refused) - _MOST_SHOWN}か所あります。--refused で、すべてをファイルに書けます。")
    others = [n for n in result.notices if n.code != _FIRST]
    if others:
        click.echo("")
        click.echo(paint.strong("■ お知らせ"))
    for other in others[:_MOST_SHOWN]:
        _print(f"{_place(other.file, other.row, '')}{other.text}", str)
    if len(others) > _MOST_SHOWN:
        click.echo(f"ほかに{len(others) - _MOST_SHOWN}件あります。--json で、すべてを見られます。")
    if not result.refused:
        click.echo("")
        filled = any(s.good for s in result.sheets)
        click.echo(paint.agreed("すべての行が読めました。") if filled else "まだ何も書かれていません。")


def _counted(good: int, refused: int) -> str:
    return f"読めた行 {good}" + (f"　直す行 {refused}" if refused else "")


def _place(file: str, row: int, column: str) -> str:
    where = f" {row}行目" if row else ""
    return f"{file}{where}" + (f"「{column}」" if column else "") + ": "


def _value(refusal: Refusal) -> str:
    return f"いまの値は「{refusal.value}」。" if refusal.value and refusal.value not in refusal.text else ""


def _print(text: str, paint: Callable[[str], str]) -> None:
    for line in wrap("".join(c if c.isprintable() else " " for c in text), COLUMNS_NOTE, "  "):
        click.echo(paint(line))
