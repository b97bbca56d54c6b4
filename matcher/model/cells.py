"""Cell types: how a cell of a file or form becomes a value. Each type is used by every noun that has such a column.

A reader takes what a CSV (str) or a workbook (str, int, float, bool, date, datetime) gives and returns the value, or
raises a pydantic error whose type is a code of `matcher.model.wording` and whose context holds what the sentence needs.
An empty cell means *not answered*: None or the column's default, never "no".
"""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from matcher.model.codes import Acceptance, Coded, CompanionKind, Consent, HistoryStatus, HostKind, Reach, Role
from matcher.model.noun import Between
from matcher.times import Schedule, TimesError, clock, parse

LONGEST_CELL = 32_767  # characters; Excel's own limit
_LIST = re.compile(r"[;；、]")
_NOT_A_NUMBER = re.compile(r"[^\d.+-]")


def fault(code: str, **data: object) -> PydanticCustomError:
    """A fault of a cell; its sentence is made in `matcher.model.wording`."""
    return PydanticCustomError(code, "{code}", {"code": code, **data})


@lru_cache(maxsize=65536)
def _clean(text: str) -> str:
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text).strip()


def text_of(cell: Any) -> str:
    """A cell as trimmed, NFKC-normalised text; numbers as people write them."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        if len(cell) > LONGEST_CELL:
            raise fault("too_long", length=len(cell), limit=LONGEST_CELL)
        return _clean(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if (cell.hour, cell.minute) == (0, 0) else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, timedelta):
        return clock(int(cell.total_seconds() // 60))
    return _clean(str(cell))


def _one_line(cell: Any) -> str:
    return re.sub(r"\s*[\r\n]+\s*", " ", text_of(cell))


def _identifier(cell: Any) -> str:
    found = _one_line(cell)
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in found):
        raise fault("odd_characters")
    return found


def _required(value: Any) -> Any:
    if value in ("", None, ()):
        raise fault("required")
    return value


def _items(cell: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(x.strip() for x in _LIST.split(_one_line(cell)) if x.strip()))


def _number(cell: Any) -> float | None:
    if isinstance(cell, float) and math.isfinite(cell):
        return cell
    found = text_of(cell)
    if not found:
        return None
    try:
        if _NOT_A_NUMBER.search(found):
            raise ValueError
        return float(found)
    except ValueError:
        raise fault("not_a_number") from None


def _whole(low: int, high: int, default: int | None = None) -> Callable[[Any], int | None]:
    def read(cell: Any) -> int | None:
        try:
            value = _number(cell)
        except PydanticCustomError:
            raise fault("not_whole", low=low, high=high) from None
        if value is None:
            return default
        if not value.is_integer() or not low <= value <= high:
            raise fault("not_whole", low=low, high=high)
        return int(value)

    return read


def _degrees(low: float, high: float, example: str) -> Callable[[Any], float | None]:
    def read(cell: Any) -> float | None:
        try:
            value = _number(cell)
        except PydanticCustomError:
            raise fault("not_degrees", low=low, high=high, example=example) from None
        if value is not None and not low <= value <= high:
            raise fault("not_degrees", low=low, high=high, example=example)
        return value

    return read


_YES_NO = {
    "yes": True, "no": False, "はい": True, "いいえ": False, "可": True, "不可": False,
    "true": True, "false": False, "○": True, "×": False, "あり": True, "なし": False, "要": True, "不要": False,
}  # fmt: skip


def _flag(cell: Any) -> bool | None:
    found = text_of(cell).lower()
    if not found:
        return None
    if found not in _YES_NO:
        raise fault("not_yes_no")
    return _YES_NO[found]


def _coded(codes: type[Coded], default: Any = None, required: bool = False) -> Callable[[Any], Any]:
    table = {unicodedata.normalize("NFKC", word).lower(): code for code in codes for word in (code.value, *code.words)}

    def read(cell: Any) -> Any:
        found = text_of(cell).lower()
        if not found:
            return _required(default) if required else default
        if found not in table:
            raise fault("unknown_code", codes=tuple(codes))
        return table[found]

    return read


def _roles(cell: Any) -> tuple[Role, ...]:
    read = _coded(Role)
    whole = text_of(cell).lower()
    for role in Role:  # one Japanese word holds the list separator's look-alike
        if whole in (unicodedata.normalize("NFKC", w) for w in role.words):
            return (role,)
    return tuple(dict.fromkeys(read(x) for x in _items(cell)))


_ERAS = {"令和": 2018, "R": 2018, "r": 2018, "平成": 1988, "H": 1988, "h": 1988}
_DATE = re.compile(r"^(\d{4})(?:[-/.]|年\s*)(\d{1,2})(?:[-/.]|月\s*)(\d{1,2})日?$")
_ERA_DATE = re.compile(r"^(令和|平成|[RrHh])\s*(\d{1,2}|元)(?:年\s*|[.])(\d{1,2})(?:月\s*|[.])(\d{1,2})日?$")


def is_era_date(cell: Any) -> bool:
    """Whether the cell is written in a Japanese era; it is accepted, and the reader says how it was understood."""
    return isinstance(cell, str) and bool(_ERA_DATE.match(_clean(cell)))


def _day(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = text_of(cell)
    if not found:
        return None
    era, plain = _ERA_DATE.match(found), _DATE.match(found)
    try:
        if era:
            return date(_ERAS[era[1]] + (1 if era[2] == "元" else int(era[2])), int(era[3]), int(era[4]))
        if plain:
            return date(int(plain[1]), int(plain[2]), int(plain[3]))
    except ValueError:
        raise fault("no_such_date") from None
    if re.fullmatch(r"\d{5}(\.0)?", found):
        raise fault("serial_date", date=(date(1899, 12, 30) + timedelta(days=int(float(found)))).isoformat())
    raise fault("not_a_date")


def _times(cell: Any) -> Schedule | None:
    if isinstance(cell, Schedule):
        return cell
    if isinstance(cell, str) and len(cell) > LONGEST_CELL:
        raise fault("too_long", length=len(cell), limit=LONGEST_CELL)
    try:
        return parse(cell if isinstance(cell, str) else text_of(cell))
    except TimesError as error:
        raise fault("times", sentences=str(error)) from None


Text = Annotated[str, BeforeValidator(text_of)]
Line = Annotated[str, BeforeValidator(_one_line)]
RequiredLine = Annotated[str, AfterValidator(_required), BeforeValidator(_one_line)]
Id = Annotated[str, AfterValidator(_required), BeforeValidator(_identifier)]
Reference = Annotated[str, BeforeValidator(_identifier)]
Items = Annotated[tuple[str, ...], BeforeValidator(_items)]
Roles = Annotated[tuple[Role, ...], BeforeValidator(_roles)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]
Public = Annotated[bool, BeforeValidator(lambda cell: bool(_flag(cell)))]
Latitude = Annotated[float | None, BeforeValidator(_degrees(-90, 90, "35.66"))]
Longitude = Annotated[float | None, BeforeValidator(_degrees(-180, 180, "139.47"))]
Day = Annotated[date | None, BeforeValidator(_day)]
Times = Annotated[Schedule | None, BeforeValidator(_times)]
Age = Annotated[int | None, BeforeValidator(_whole(0, 120)), Between(0, 120)]
Contact = Annotated[int | None, BeforeValidator(_whole(1, 5)), Between(1, 5)]
Effort = Annotated[int | None, BeforeValidator(_whole(1, 3)), Between(1, 3)]
Minutes = Annotated[int | None, BeforeValidator(_whole(0, 600)), Between(0, 600)]
Newcomers = Annotated[int | None, BeforeValidator(_whole(0, 10_000)), Between(0, 10_000)]
Capacity = Annotated[int, BeforeValidator(_whole(1, 10_000, default=1)), Between(1, 10_000)]
Wants = Annotated[int, BeforeValidator(_whole(1, 50, default=1)), Between(1, 50)]
PerWeek = Annotated[int, BeforeValidator(_whole(0, 100, default=2)), Between(0, 100)]
RoleCode = Annotated[Role, BeforeValidator(_coded(Role, required=True))]
HostKindCode = Annotated[HostKind, BeforeValidator(_coded(HostKind, required=True))]
AcceptanceCode = Annotated[Acceptance | None, BeforeValidator(_coded(Acceptance))]
ReachCode = Annotated[Reach, BeforeValidator(_coded(Reach, default=Reach.NEIGHBOUR))]
ConsentCode = Annotated[Consent | None, BeforeValidator(_coded(Consent))]
CompanionKindCode = Annotated[CompanionKind, BeforeValidator(_coded(CompanionKind, required=True))]
StatusCode = Annotated[HistoryStatus, BeforeValidator(_coded(HistoryStatus, required=True))]
