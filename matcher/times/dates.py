"""Dates as people write them inside a cell: 2026-12-24, 2026/12/24, 2026年12月24日, 令和8年12月24日, R8.12.24."""

import re
from datetime import date

DASH = "\\-‐−–—―─ー"  # what NFKC leaves of the many dashes, and the long vowel mark that is typed in their place
TO = rf"(?:[{DASH}~〜∼〰]|から)"
# Runs of blanks have become one blank before anything is searched, so ` ?` is every gap there can be.
DATE = (
    r"(?:(?<!\d)(?P<year>\d{4})|(?:令和|(?<![A-Za-z])[Rr]) ?(?P<reiwa>\d{1,2}|元))"
    rf" ?(?:(?P<mark>[/.{DASH}]) ?(?P<m>\d{{1,2}}) ?(?P=mark) ?(?P<d>\d{{1,2}})(?!\d)"
    r"|年 ?(?P<month>\d{1,2}) ?月 ?(?P<day>\d{1,2})(?: ?日|(?!\d)))"
)
SHORT_DATE = r"(?<![\d:])\d{1,2} ?(?:/ ?\d{1,2}(?![\d:])|月 ?\d{1,2}(?: ?日|(?![\d:])))"  # without its year
WEEKDAY_NOTE = r"\( ?(?P<note>[月火水木金土日])(?:曜日?)?(?P<also>[・、,]?祝日?)? ?\)"  # 2026-11-03(火・祝)

_REIWA_BEGAN = date(2019, 5, 1)


def date_of(found: re.Match[str]) -> date | None:
    """The date of a match that has the groups of `DATE`; None where there is no such day."""
    month, day = int(found["m"] or found["month"]), int(found["d"] or found["day"])
    try:
        if found["year"]:
            return date(int(found["year"]), month, day)
        dated = date(2018 + (1 if found["reiwa"] == "元" else int(found["reiwa"])), month, day)
    except ValueError:
        return None
    return dated if dated >= _REIWA_BEGAN else None
