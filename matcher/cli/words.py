"""`deban words`: how a text is read, and which words of a bundle are not read yet."""

import sys
from pathlib import Path

import click

from matcher.cli.report import table
from matcher.cli.terminal import Paint
from matcher.errors import DebanError
from matcher.services.reading import CELLS, Read, Unread, read_text, unread_words
from matcher.words import Kind, Mention, Proposal, TraitMention, proposals

_AS = {
    Kind.INTEREST: "関心",
    Kind.STRENGTH: "得意",
    Kind.BIOGRAPHY: "経歴から",
    Kind.AVOID: "避けたい",
}
_CELLS_JA = {
    "interests": "関心",
    "strengths": "得意・できること",
    "avoid": "苦手・避けたいこと",
    "note": "備考",
    "opening": "ちょっとできること",
}
_FIELDS = {
    "availability": "出られる時間",
    "reach": "動ける範囲",
    "max_travel_min": "移動時間上限（分）",
    "contact_max": "交流の上限",
    "physical_max": "体力の上限",
    "needs_companion": "同行希望",
    "wants": "希望数",
    "frequency": "回数",
}
_MOST_SHOWN = 60


@click.command("words")
@click.argument("text", required=False)
@click.option(
    "--as", "cell", type=click.Choice([*CELLS, "opening"]), default="interests", help="どの欄の言葉として読むか。"
)
@click.option(
    "--unknown", "bundle", type=click.Path(path_type=Path), help="一式のうち、まだ読めない言葉を多い順に並べる。"
)
@click.option(
    "--lexicon",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    help="自分たちの語彙のフォルダを足して読む。",
)
def words(text: str | None, cell: str, bundle: Path | None, folders: tuple[Path, ...]) -> None:
    """言葉がどう読まれるかを見ます。読めない言葉は、語彙に一行足せば読めるようになります。"""
    paint = Paint(sys.stdout.isatty())
    if (text is None) == (bundle is None):
        click.echo("読む言葉か、--unknown と一式のフォルダの、どちらか一つを書いてください。", err=True)
        sys.exit(2)
    try:
        if bundle is not None:
            _show_unread(unread_words(bundle, *folders), paint)
        elif text is not None:
            _show(read_text(text, cell, *folders), cell, proposals(text) if cell != "opening" else (), paint)
    except DebanError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


def _show(read: Read, cell: str, proposed: tuple[Proposal, ...], paint: Paint) -> None:
    reading = read.reading
    click.echo(paint.strong(f"「{reading.text}」を「{_CELLS_JA[cell]}」の欄として読むと"))
    rows = [_mention(m, cell) for m in sorted(reading.mentions, key=lambda m: (m.start, -m.strength, m.activity))]
    rows += [_trait(t) for t in sorted(reading.traits, key=lambda t: (t.start, t.trait))]
    for line in table(rows) if rows else ["  活動は、何も読みとれませんでした。"]:
        click.echo(line)
    if read.near:
        near = "、".join(f"{activity} {how:.2f}" for activity, how in read.near)
        click.echo(f"文ぜんたいが近い活動: {near}")
    if proposed:
        click.echo(paint.strong("■ 本人に確かめること（まだ何も決まりません）"))
        for line in table([(f"「{p.words}」", f"{_FIELDS[p.field]}は「{_value(p)}」でよいですか") for p in proposed]):
            click.echo(line)
    if reading.unread:
        click.echo(paint.quiet(f"読めなかった言葉: {'、'.join(dict.fromkeys(reading.unread))}"))


def _mention(m: Mention, cell: str) -> tuple[str, str]:
    side = "避けたい" if m.polarity < 0 else "すること" if cell == "opening" else _AS[m.kind]
    guessed = "（たぶん）" if m.guessed else ""
    return f"「{m.words}」", f"{side}: {m.activity}{guessed}　強さ {m.strength:.2f}"


def _trait(t: TraitMention) -> tuple[str, str]:
    return f"「{t.words}」", f"{'ようす' if t.polarity > 0 else '避けたい・ない ようす'}: {t.trait}"


def _value(p: Proposal) -> str:
    shown = {"home": "自宅のみ", "area": "圏域内", "neighbour": "隣の圏域まで", "city": "市内どこでも", "yes": "はい"}
    return shown.get(p.value, p.value)


def _show_unread(found: list[Unread], paint: Paint) -> None:
    if not found:
        click.echo(paint.agreed("読めない言葉はありません。"))
        return
    click.echo(paint.strong(f"■ まだ読めない言葉（{len(found)}語）"))
    for line in table(
        [(f"{u.word}　{u.times}回", "／".join(_short(p, u.word) for p in u.places)) for u in found[:_MOST_SHOWN]]
    ):
        click.echo(line)
    if len(found) > _MOST_SHOWN:
        click.echo(f"ほかに{len(found) - _MOST_SHOWN}語あります。")
    click.echo("")
    click.echo("語彙のフォルダの activities/ に、活動の名を［ ］に、その下に「言葉 = …」と書けば、次から読めます。")


def _short(text: str, word: str) -> str:
    at = max(0, text.find(word))
    start, end = max(0, at - 8), at + len(word) + 8
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
