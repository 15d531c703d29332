from datetime import UTC, date, datetime

import pytest

from services.fetcher.harvesting.outcome import outcome_of
from shared.store.harvests.runs import HarvestRun

RUN = HarvestRun(run_id="r", started_at=datetime(2026, 11, 6, tzinfo=UTC), from_date=date(2026, 11, 4))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}-05:00")


@pytest.mark.parametrize(
    ("facts", "now", "expected"),
    [
        ({"new_ids": ("2611.00001",), "revised_ids": ("2611.00002",), "known": 5}, "2026-11-05T23:00",
         "1 new, 1 revised, 5 unchanged"),
        ({"new_ids": ("2611.00001",), "filtered": 2}, "2026-11-05T23:00",
         "1 new, 0 revised, 2 withdrawn, stored only; 0 unchanged"),
        ({}, "2026-11-07T12:00", "No announcement: Saturday"),
        ({"known": 3}, "2026-11-07T12:00", "No announcement: Saturday (0 new, 0 revised, 3 unchanged)"),
        ({}, "2026-11-26T23:00", "No announcement: a holiday at arXiv"),
        ({}, "2026-11-05T12:00",
         "Not announced yet: arXiv announces at 20:00 US Eastern and its lists are ready about 22:30"),
        ({"day": date(2026, 11, 5)}, "2026-11-05T23:00", "Nothing new since 2026-11-05"),
        ({}, "2027-11-25T23:00", "Probably no announcement: Thanksgiving is a holiday at arXiv"),
        ({}, "2027-12-29T23:00",
         "Probably no announcement: arXiv announces on some evenings only between Christmas and New Year"),
        ({}, "2027-11-18T23:00", "Nothing new since 2026-11-04"),
        ({"filtered": 2}, "2026-11-05T23:00", "Nothing to announce: all 2 new or revised papers are withdrawn "
         "(0 new, 0 revised, 2 withdrawn, stored only; 0 unchanged)"),
        ({"new_ids": ("2611.00001",), "cross_listed": 1}, "2026-11-05T23:00",
         "1 new (1 of them cross-listed), 0 revised, 0 unchanged"),
        ({"until_date": date(2026, 11, 5), "categories": ("cs.CL",)}, "2026-11-07T12:00",
         "Nothing new in cs.CL from 2026-11-04 to 2026-11-05"),
    ],
)  # fmt: skip
def test_a_outcome_says_how_many_or_why_none(facts: dict[str, object], now: str, expected: str) -> None:
    assert outcome_of(RUN.model_copy(update=facts), at(now)) == expected
