"""Japanese sentences for faults of cells and rows: what would be right."""

from collections.abc import Mapping
from typing import Any

_SENTENCES = {
    "required": "必ず書く欄ですが、空です。",
    "too_long": "{length:,}字あります。一つのセルは{limit:,}字までです。短くするか、分けて書いてください。",
    "odd_characters": "IDに使えない文字（制御文字）が入っています。打ち直してください。",
    "not_a_number": "数ではありません。35.66 のような数で書いてください。",
    "not_whole": "{low}から{high}までの整数で書いてください。分からないときは空のままにします。",
    "not_degrees": "緯度・経度は{low:g}から{high:g}までの数です。{example} のように書いてください。",
    "not_yes_no": "yes（はい）か no（いいえ）で書いてください。分からないときは空のままにします。",
    "unknown_code": "次のどれかで書いてください: {choices}。",
    "no_such_date": "そのような日はありません。日付を確かめてください。",
    "serial_date": "日付ではなく、表計算ソフトの通し番号のようです。{date} のことなら、その形で書いてください。",
    "not_a_date": "日付として読めません。2026-12-01 のように書いてください。",
    "times": "{sentences}",
    "ages_reversed": "最少年齢 {low} が最高年齢 {high} より大きくなっています。どちらかを直してください。",
    "dates_reversed": "終了日 {last} が開始日 {first} より前です。どちらかを直してください。",
    "same_person": "同じ人どうしです。別の二人のIDを書いてください。",
}
CODES = tuple(_SENTENCES)


def sentence(code: str, data: Mapping[str, Any]) -> str:
    """What would be right; unknown codes come from pydantic itself and are told in general words."""
    if code not in _SENTENCES:
        return "読めない値です。書き方の説明を見て直してください。"
    shown = dict(data)
    if "codes" in shown:
        shown["choices"] = " / ".join(f"{c.value}（{c.ja}）" for c in shown["codes"])
    return _SENTENCES[code].format(**shown)
