from datetime import date
from pathlib import Path

import pytest

from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.harvesting.progress import Progress, ProgressStore, daily_plan
from tests.support.arxiv.demo import data_folder, demo_settings

TODAY = date(2026, 11, 6)
BEFORE = Progress(("cs.CL",), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("progress", "settings", "expected"),
    [
        (None, {"start": "2026-10-26"}, "2026-10-26"),
        (None, {"start": None}, "2026-10-30"),
        (BEFORE, {}, "2026-10-30"),
        (BEFORE, {"reach_back_days": 0}, "2026-11-01"),
        (Progress(("cs.CV",), date(2026, 11, 1)), {"start": "2026-10-26"}, "2026-10-26"),
        (None, {"start": "1999-01-01"}, "2005-09-16"),
    ],
)
def test_the_daily_harvest_begins_before_the_last_day_or_at_the_start(
    progress: Progress | None, settings: dict[str, object], expected: str
) -> None:
    plan = daily_plan(demo_settings(categories=("cs.CL",), **settings), progress, TODAY)
    assert (plan.from_date, plan.until_date) == (date.fromisoformat(expected), None)


@pytest.mark.parametrize(
    ("plan", "newest", "expected"),
    [
        (HarvestPlan(date(2026, 10, 30), None, ("cs.CL",)), date(2026, 11, 5), date(2026, 11, 5)),
        (HarvestPlan(date(2026, 10, 30), None, ("cs.CL",)), None, date(2026, 11, 1)),
        (HarvestPlan(date(2026, 10, 20), date(2026, 11, 5), ("cs.CL",)), date(2026, 11, 5), date(2026, 11, 1)),
        (HarvestPlan(date(2026, 10, 20), None, ("cs.CL",), 5), date(2026, 11, 5), date(2026, 11, 1)),
        (HarvestPlan(date(2026, 11, 4), None, ("cs.CL",)), date(2026, 11, 5), date(2026, 11, 1)),
        (HarvestPlan(date(2020, 1, 1), None, ("cs.CL",)), date(2020, 1, 5), date(2026, 11, 1)),
    ],
)
def test_only_a_harvest_without_gaps_is_progress(
    tmp_path: Path, plan: HarvestPlan, newest: date | None, expected: date
) -> None:
    store = ProgressStore(data_folder(tmp_path))
    store.advance(HarvestPlan(date(2026, 10, 1), None, BEFORE.categories), BEFORE.day)
    store.advance(plan, newest)
    assert store.get() == Progress(("cs.CL",), expected)
