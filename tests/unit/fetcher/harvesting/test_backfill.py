"""What of a harvest is of days gone by."""

from datetime import date
from pathlib import Path

import pytest

from services.fetcher.announcing.outbox import events_of
from services.fetcher.harvesting.backfill import by_days, current_from
from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.harvesting.cursor_store import CursorStore
from services.fetcher.harvesting.progress import Progress, ProgressStore
from shared.store.harvests.runs import HarvestRun
from tests.support.arxiv.demo import Site, demo_corpus

TODAY = date(2026, 11, 20)
OCTOBER = date(2026, 10, 1)


def days_of_the_demo() -> dict[str, date]:
    """The OAI datestamps of the demo's papers."""
    rows = demo_corpus().view(date(2026, 12, 31)).rows
    return {row.paper_id: date.fromisoformat(row.datestamp) for row in rows}


@pytest.mark.parametrize(
    ("plan", "last_day", "since"),
    [
        pytest.param(HarvestPlan(date(2026, 9, 1)), date(2026, 9, 3), date(2026, 8, 20), id="two months away"),
        pytest.param(HarvestPlan(date(2015, 1, 1)), date(2026, 11, 19), date(2026, 11, 5), id="open-ended backfill"),
        pytest.param(HarvestPlan(OCTOBER, OCTOBER), date(2026, 11, 19), date(2026, 11, 5), id="a day of last month"),
        pytest.param(
            HarvestPlan(OCTOBER, OCTOBER), None, date(2026, 11, 6), id="a day of last month, before any harvest"
        ),
        pytest.param(HarvestPlan(date(2026, 11, 13)), None, None, id="the first harvest says itself"),
    ],
)
def test_current_is_what_came_since_the_last_harvest_and_two_weeks_before(
    plan: HarvestPlan, last_day: date | None, since: date | None
) -> None:
    assert current_from(plan, Progress((), last_day) if last_day else None, TODAY) == since


def test_papers_stand_by_their_days_and_those_of_no_known_day_are_current() -> None:
    new = {"c": "2026-11-03", "a": "", "b": "2026-10-01", "d": "2026-10-01"}
    assert by_days(new, {"e": "2026-10-02", "f": ""}, date(2026, 11, 1)) == {
        "new_ids": ("b", "d", "c", "a"),
        "revised_ids": ("e", "f"),
        "days": {OCTOBER: 2, date(2026, 11, 3): 1},
        "past_new": 2,
        "past_revised": 1,
    }


async def test_a_harvest_notes_the_day_on_which_each_paper_was_announced(tmp_path: Path) -> None:
    run = await Site(page_size=50).components(tmp_path).harvester.run(HarvestPlan(OCTOBER))
    datestamps = days_of_the_demo()
    assert len(run.days) > 3
    assert sum(run.days.values()) == len(run.new_ids)
    for day in run.days:
        assert set(run.announced_on(day)) == {paper_id for paper_id in run.new_ids if datestamps[paper_id] == day}
    assert run.announced_on(date(2020, 1, 1)) == ()


async def test_a_backfill_beside_the_daily_harvest_brings_no_candidate(tmp_path: Path) -> None:
    components = Site(page_size=50).components(tmp_path)
    ProgressStore(components.data).advance(HarvestPlan(OCTOBER, None, ("other",)), date(2026, 12, 24))
    run = await components.harvester.run(HarvestPlan(OCTOBER))
    assert run.size > 100
    assert run.candidates == 0
    assert all(event.backfill for event in events_of(run))


async def test_an_interrupted_backfill_goes_on_as_the_backfill_that_it_began_as(tmp_path: Path) -> None:
    """What was current when it began stays current, whatever other harvests reached meanwhile."""
    components = Site(page_size=50).components(tmp_path)
    ProgressStore(components.data).advance(HarvestPlan(OCTOBER, None, ("other",)), date(2026, 11, 16))
    store = CursorStore(components.data)
    cursor = components.harvester._begin(HarvestPlan(OCTOBER))
    ProgressStore(components.data).advance(HarvestPlan(OCTOBER, None, ("other",)), date(2027, 1, 1))
    (resumed,) = store.open_cursors()
    assert resumed.current_from == cursor.current_from == date(2026, 11, 2)
    run = await components.harvester.run(HarvestPlan(OCTOBER))
    datestamps = days_of_the_demo()
    assert set(run.new_ids[: run.past_new]) == {
        paper_id for paper_id in run.new_ids if datestamps[paper_id] < date(2026, 11, 2)
    }
    assert 0 < run.past_new < len(run.new_ids)


def test_a_record_of_before_opens_and_its_papers_are_of_its_day() -> None:
    old = HarvestRun.model_validate(
        {"run_id": "r", "started_at": "2026-11-06T00:00:00Z", "day": "2026-11-05", "new_ids": ["2611.00001"]}
    )
    assert (old.candidates, old.announced_on(date(2026, 11, 5))) == (1, ("2611.00001",))
    assert old.announced_on(date(2026, 11, 4)) == ()
