"""Days as people type them."""

from datetime import date

import pytest

from services.ranker.search.query.periods import period_of


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-1-5", date(2026, 1, 5), date(2026, 1, 5)),
        ("2025-11..2026-01", date(2025, 11, 1), date(2026, 1, 31)),
        ("2026..", date(2026, 1, 1), None),
    ],
)
def test_a_period_has_a_first_and_a_last_day(text: str, first: date, last: date | None) -> None:
    assert period_of(text, is_open=True) == (first, last)


@pytest.mark.parametrize("text", ["", "0000", "2026-13", "2026-02-30", "yesterday", "20261106", "2026-"])
def test_anything_else_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid date"):
        period_of(text)
