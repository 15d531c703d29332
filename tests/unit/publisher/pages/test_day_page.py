"""A day's page: its picks, the days before and after, and the notice on the last harvest."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.publisher.system.status.queues import QueueState
from shared.bus.delivery.dead_letters import DeadLetter
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore
from shared.store.papers.summaries import SummaryStore
from shared.store.selections import SelectionStore
from tests.support.browsing.reader import FakeReader, page, reader
from tests.support.folders.seed import (
    GRAPHS,
    HOSTILE,
    NOON,
    PROTEINS,
    TIDES,
    TODAY,
    UNREAD,
    YESTERDAY,
    matched,
    pick,
    summary,
)


async def test_today_shows_the_newest_days_picks_best_first(fake_reader: FakeReader) -> None:
    text = await page(fake_reader, "/")
    assert "Friday, 6 November 2026" in text
    places = [text.index(f'data-paper="{paper_id}"') for paper_id in (GRAPHS, TIDES, UNREAD, HOSTILE)]
    assert places == sorted(places)
    assert f'data-paper="{PROTEINS}"' not in text
    for shown in ("Rank 1 of 5", "which you liked", "Graph neural networks", "no AI text", "exploration"):
        assert shown in text
    assert "No document could be had" in text


async def test_a_pick_for_a_smaller_interest_is_marked_and_says_which(
    data: DataFolder, fake_reader: FakeReader
) -> None:
    why = "for a smaller interest of yours (8 of your 48 likes): like “Tides”, which you liked in May"
    for_interest = matched(pick(TIDES, 37, "facet", TODAY, why), "strong")
    SelectionStore(data).write(TODAY, f"run-{TODAY}", [pick(GRAPHS, 1), for_interest])
    text = await page(fake_reader, "/")
    assert ">smaller interest</span>" in text
    assert why in text


async def test_a_pick_without_a_summary_is_being_summarised_and_the_page_looks_again_until_it_is(
    data: DataFolder, fake_reader: FakeReader
) -> None:
    before = await page(fake_reader, "/")
    assert before.count("Being summarised …") == 1
    assert 'data-poll="3"' in before
    assert 'http-equiv="refresh"' in before
    SummaryStore(data).put(summary(UNREAD))
    after = await page(fake_reader, "/")
    assert "Being summarised" not in after
    assert "refresh" not in after
    assert before.split('data-state="')[1][:16] != after.split('data-state="')[1][:16]


async def test_a_pick_that_could_not_be_summarised_says_why_and_waits_no_more(fake_reader: FakeReader) -> None:
    letter = DeadLetter(
        service="summarizer",
        subject="papers.selected",
        event_id="e",
        paper_id=UNREAD,
        reason="its source is <garbage>",
        attempts=3,
        died_at=NOON,
        body="{}",
    )
    fake_reader.queues.current = QueueState(letters=[letter])
    text = await page(fake_reader, "/")
    assert "could not be summarised: its source is &lt;garbage&gt;" in text
    assert "Being summarised" not in text


async def test_the_days_are_linked_to_each_other(fake_reader: FakeReader) -> None:
    assert f'href="/day/{YESTERDAY}"' in await page(fake_reader, "/")
    older = await page(fake_reader, f"/day/{YESTERDAY}")
    assert f'href="/day/{TODAY}"' in older
    assert "requested" in older
    assert 'href="/paper/hep-th/9901001"' in older


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (None, "Nothing has been harvested yet"),
        (HarvestRun(run_id="r", started_at=NOON), "A harvest has been running since 2026-11-06 12:00 UTC"),
        (HarvestRun(run_id="r", started_at=NOON, state="failed", problem="arXiv answers 503"), "failed: arXiv answers"),
        (HarvestRun(run_id="r", started_at=NOON, state="done", outcome="No announcement today."), "No announcement"),
        (
            HarvestRun(run_id="r", started_at=NOON, state="done", day=TODAY, new_ids=(GRAPHS, TIDES)),
            "2 papers of 2026-11-06 are being embedded and ranked. 0 of 2 embedded so far.",
        ),
    ],
)
async def test_the_first_page_says_what_the_harvest_is_doing_before_there_are_picks(
    tmp_path: Path, run: HarvestRun | None, says: str
) -> None:
    data = DataFolder(tmp_path, 0)
    if run:
        RunStore(data).put(run)
    text = await page(reader(data), "/")
    assert says in text
    assert 'data-poll="3"' in text


async def test_a_later_harvest_is_announced_above_the_older_picks(data: DataFolder, fake_reader: FakeReader) -> None:
    later = TODAY + timedelta(days=3)
    run = HarvestRun(run_id="run-z", started_at=NOON, state="done", day=later, new_ids=("2611.01000",))
    RunStore(data).put(run)
    text = await page(fake_reader, "/")
    assert f"1 paper of {later} is being embedded" in text
    assert "Message passing" in text


async def test_papers_that_came_after_the_days_picks_wait_for_the_next(
    data: DataFolder, fake_reader: FakeReader
) -> None:
    run = HarvestRun(run_id="run-z", started_at=NOON, state="done", day=TODAY, new_ids=("2611.01000",))
    RunStore(data).put(run)
    assert "will compete for the next" in await page(fake_reader, "/")
