"""How far the demo's days have come."""

from datetime import date

import pytest
from pydantic import ValidationError

from shared.demo.days import DemoDays

DAYS = (date(2026, 11, 5), date(2026, 11, 6))


def test_the_number_of_days_and_the_next_one() -> None:
    assert (DemoDays(today=DAYS[0], days=DAYS).number, DemoDays(today=DAYS[0], days=DAYS).next) == (1, DAYS[1])
    assert (DemoDays(today=DAYS[1], days=DAYS).number, DemoDays(today=DAYS[1], days=DAYS).next) == (2, None)


def test_a_day_that_is_none_of_them_is_refused() -> None:
    with pytest.raises(ValidationError, match="none of the demo"):
        DemoDays(today=date(2026, 11, 7), days=DAYS)
