"""`deban import`: a bundle into a council's data, or only what would happen."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.cli.report import table
from matcher.cli.terminal import COLUMNS_NOTE, Paint, wrap
from matcher.errors import DebanError

if TYPE_CHECKING:
    from matcher.services.import_plan import ImportPlan, SheetPlan

_MOST_SHOWN = 200
_FIRST = "withheld"  # notices that people must see before all others


@click.command("import")
@click.argument("council", metavar="社協ID")
@click.argument("bundle", metavar="一式", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="取り込まずに、何が変わるかだけを見る。")
@click.option(
    "--refused", "refused_path", type=click.Path(path_type=Path), help="直す行だけを、このフォルダに同じ形で書く。"
)
def import_(council: str, bundle: Path, dry_run: bool, refused_path: Path | None) -> None:
    """一式（CSVのフォルダか .xlsx）を、社協のデータに取り込みます。"""
    from matcher.exchange import read_bundle
    from matcher.exchange.refused import write_refused
    from matcher.permissions import OPERATOR
    from matcher.services.importing import apply_import, known_here, plan_import
    from matcher.services.opening_store import opened

    number = None
    try:
        with opened() as store:
            if council not in store.councils():
                raise DebanError(f"社協 {council} がありません。deban council list でIDを確かめてください。")
            with store.work(council, OPERATOR) as work:
                known = known_here(work)
            read = read_bundle(bundle, also_known=lambda noun: known.get(noun, frozenset()))
            with store.work(council, OPERATOR) as work:
                if dry_run:
                    plan = plan_import(work, read)
                else:
                    done = apply_import(work, read, "")
                    number, plan = done.import_id, done.plan or plan_import(work, read)
            files = write_refused(plan.read, refused_path) if refused_path is not None else []
    except DebanError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    _show(plan, Paint(sys.stdout.isatty()))
    for file in files:
        click.echo(f"直す行を {file} に書きました。「エラー」の列を見て直し、もう一度取り込んでください。")
    click.echo("")
    if plan.nothing:
        click.echo("すべて、もう入っています。何も変わりません。")
    elif dry_run:
        click.echo("ためしに見ただけで、まだ何も変わっていません。--dry-run を外すと取り込みます。")
    else:
        click.echo(f"取り込みました（取り込みの番号 {number}）。")
    sys.exit(1 if plan.read.refused else 0)


def _show(plan: "ImportPlan", paint: Paint) -> None:
    for notice in plan.read.notices:
        if notice.code == _FIRST:
            _print(f"注意: {notice.file} {notice.row}行目: {notice.text}", paint)
    counts = plan.counts
    rows = [
        (sheet.sheet.sheet_ja, _counted(sheet, counts[sheet.sheet.sheet]))
        for sheet in plan.sheets
        if any(counts[sheet.sheet.sheet].values())
    ]
    for line in table(rows):
        click.echo(line)
    if plan.objections:
        click.echo("")
        click.echo(paint.strong(f"■ ここで決めたことを残すもの（{len(plan.objections)}件）"))
    for objection in plan.objections[:_MOST_SHOWN]:
        _print(f"{objection.sheet.sheet_ja} {'–'.join(objection.key)}: {objection.text}", paint)
    if plan.read.refused:
        click.echo("")
        click.echo(paint.strong(f"■ 直してほしい行（{plan.read.rows_refused}行）"))
    for refusal in plan.read.refused[:_MOST_SHOWN]:
        where = f"{refusal.file} {refusal.row}行目" + (f"「{refusal.column}」" if refusal.column else "")
        _print(f"{where}: {refusal.text}", paint)
    for file, header in plan.columns_left_out[:_MOST_SHOWN]:
        _print(
            f"{file} の列「{header}」には入れる場所がないので、取り込みません。元のファイルを残しておいてください。",
            paint,
        )
    for count in (len(plan.objections), len(plan.read.refused)):
        if count > _MOST_SHOWN:
            click.echo(f"ほかに{count - _MOST_SHOWN}件あります。直す行は --refused で、すべてをファイルに書けます。")


def _counted(sheet: "SheetPlan", count: dict[str, int]) -> str:
    words = {"new": "新しい", "changed": "変わる", "unchanged": "同じ", "refused": "直す", "kept": "ここのまま"}
    said = "　".join(f"{word} {count[code]}" for code, word in words.items() if count[code])
    headers = sheet.sheet.headers()
    columns = [f"{headers[name]} {times}" for name, times in sheet.columns.items() if name in headers]
    return said + (f"（変わる列: {'、'.join(columns)}）" if columns else "")


def _print(text: str, paint: Paint) -> None:
    for line in wrap("".join(c if c.isprintable() else " " for c in text), COLUMNS_NOTE, "  "):
        click.echo(paint.warm(line) if text.startswith("注意") else line)
