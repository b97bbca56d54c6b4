"""What can be wrong with a cell of times: codes and data. The sentences are made in `wording`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """Kinds of fault; beside each, what `Problem.data` holds."""

    UNREADABLE = "unreadable"
    OPEN_ENDED = "open_ended"  # only one end of the hours, as in 17時以降
    SPOKEN_HOURS = "spoken_hours"  # 10時〜12時
    UNKNOWN_DAY = "unknown_day"  # word
    NO_DAY = "no_day"
    NO_TIME = "no_time"
    NO_SUCH_TIME = "no_such_time"  # time
    END_BEFORE_START = "end_before_start"  # start, end
    NO_SUCH_DATE = "no_such_date"  # date
    NO_YEAR = "no_year"  # date
    WRONG_WEEKDAY = "wrong_weekday"  # date, found, wanted
    NO_SUCH_NTH = "no_such_nth"  # nth
    AMBIGUOUS_NTH = "ambiguous_nth"
    EVERY_OTHER_DAYS = "every_other_days"  # not exactly one weekday
    NO_ANCHOR = "no_anchor"
    ANCHOR_WEEKDAY = "anchor_weekday"  # date, found, wanted
    ONLY_EXCEPTIONS = "only_exceptions"
    EXCEPTION_UNREADABLE = "exception_unreadable"
    OFF_REVERSED = "off_reversed"  # first, last
    LEFT_OVER = "left_over"  # rest


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a cell.

    Attributes:
        code: its kind.
        part: the piece of the cell it is in, NFKC-normalised.
        data: what its sentence needs (see `Code`); `fix`, where there is one, is a cell that would be right.
    """

    code: Code
    part: str
    data: Mapping[str, str] = field(default_factory=dict, hash=False)
