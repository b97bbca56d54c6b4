"""Weeks as bits, against counting minutes one by one."""

from datetime import date, timedelta

from hypothesis import given

from matcher.times import NthWeekday, Once, Schedule, Weekly, common_minutes, parse, sessions, usual_week, week
from tests.unit.times.strategies import dates, schedules


def bits(minutes: set[int]) -> int:
    return sum(1 << m for m in minutes)


@given(schedules(), dates)
def test_every_session_lies_inside_the_week(schedule: Schedule, first: date) -> None:
    possible = week(schedule)
    for session in sessions(schedule, first, first + timedelta(days=60)):
        wanted = bits(set(range(session.start, session.end)))
        assert possible[session.date.weekday()] & wanted == wanted


@given(schedules())
def test_a_minute_is_set_where_a_pattern_can_have_it(schedule: Schedule) -> None:
    possible, drawn = week(schedule), usual_week(schedule)
    for weekday in range(7):
        ever: set[int] = set()
        usual: set[int] = set()
        for p in schedule.patterns:
            hours = set(range(p.start, p.end))
            if isinstance(p, Weekly):
                ever |= hours if weekday in p.days or p.holidays else set()
                usual |= hours if weekday in p.days else set()
            elif isinstance(p, Once):
                ever |= hours if p.date.weekday() == weekday else set()
            elif p.day == weekday:
                ever |= hours
                usual |= hours
        assert possible[weekday] == bits(ever)
        assert drawn[weekday] == bits(usual)


@given(schedules(), schedules(), dates)
def test_common_minutes_are_needed_to_meet(a: Schedule, b: Schedule, day: date) -> None:
    def minutes(schedule: Schedule) -> set[int]:
        return {m for s in sessions(schedule, day, day) for m in range(s.start, s.end)}

    shared = common_minutes(week(a), week(b))
    assert len(minutes(a) & minutes(b)) <= shared
    both = [{m for m in range(1440) if x >> m & y >> m & 1} for x, y in zip(week(a), week(b), strict=True)]
    assert shared == sum(map(len, both)) == common_minutes(week(b), week(a))


def test_month_bound_patterns_count_as_possible_and_exceptions_take_nothing() -> None:
    off = parse("除く 2026-01-01〜2027-12-31 / 祝日除く / 第5火 10:00-12:00")
    assert off is not None
    assert week(off) == week(Schedule((NthWeekday((1,), 1, 600, 720),)))
    assert common_minutes(week(off), week(off)) == 120


def test_what_is_drawn_leaves_out_public_holidays_and_single_dates() -> None:
    schedule = parse("日・祝 10:00-12:00 / 2026-12-24 9:00-10:00 / 最終金 23:59-24:00")
    assert schedule is not None
    hours = (1 << 720) - (1 << 600)
    assert usual_week(schedule) == (0, 0, 0, 0, 1 << 1439, 0, hours)
    assert week(schedule) == (
        hours,
        hours,
        hours,
        hours | (1 << 600) - (1 << 540),
        hours | 1 << 1439,
        hours,
        hours,
    )
