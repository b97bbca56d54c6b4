from datetime import date

from matcher.engine.answer import Horizon


def test_a_horizon_ends_the_day_before_its_first_weekday_comes_again() -> None:
    horizon = Horizon(date(2026, 12, 28), 2)
    assert horizon.last == date(2027, 1, 10)
    assert horizon.dates[0] == date(2026, 12, 28)
    assert horizon.dates[-1] == horizon.last
    assert len(horizon.dates) == 14
