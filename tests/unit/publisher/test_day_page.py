"""A day's page: its picks, the days beside it, and what is said where there is nothing yet."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.publisher.pages.queues import QueueState
from services.publisher.records import picks_of
from shared.bus.dead_letters import DeadLetter
from shared.store.files.data_folder import DataFolder
from shared.store.runs import HarvestRun, RunStore
from shared.store.summaries import SummaryStore
from tests.support.reader import ReaderOnPaper, page, reader
from tests.support.seed import GRAPHS, HOSTILE, NOON, PROTEINS, TIDES, TODAY, UNREAD, YESTERDAY, pick, summary


async def test_today_shows_the_newest_days_picks_best_first(on_paper: ReaderOnPaper) -> None:
    text = await page(on_paper, "/")
    assert "Friday, 6 November 2026" in text
    places = [text.index(f'data-paper="{paper_id}"') for paper_id in (GRAPHS, TIDES, UNREAD, HOSTILE)]
    assert places == sorted(places)
    assert f'data-paper="{PROTEINS}"' not in text
    for shown in ("no. 1 of 5", "because you liked", "Graph neural networks", "no model wrote this", "exploration"):
        assert shown in text
    assert "No document could be had" in text


async def test_a_pick_without_a_summary_is_being_read_and_the_page_looks_again_until_it_is(
    data: DataFolder, on_paper: ReaderOnPaper
) -> None:
    before = await page(on_paper, "/")
    assert before.count("being read …") == 1
    assert 'data-poll="3"' in before
    assert 'http-equiv="refresh"' in before
    SummaryStore(data).put(summary(UNREAD))
    after = await page(on_paper, "/")
    assert "being read" not in after
    assert "refresh" not in after
    assert before.split('data-state="')[1][:16] != after.split('data-state="')[1][:16]


async def test_a_pick_whose_reading_was_given_up_says_why_and_waits_no_more(on_paper: ReaderOnPaper) -> None:
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
    on_paper.queues.known = QueueState(letters=[letter])
    text = await page(on_paper, "/")
    assert "could not be read: its source is &lt;garbage&gt;" in text
    assert "being read" not in text


async def test_the_days_are_linked_to_each_other(on_paper: ReaderOnPaper) -> None:
    assert f'href="/day/{YESTERDAY}"' in await page(on_paper, "/")
    older = await page(on_paper, f"/day/{YESTERDAY}")
    assert f'href="/day/{TODAY}"' in older
    assert "requested" in older
    assert 'href="/paper/hep-th/9901001"' in older


def test_a_paper_picked_twice_on_a_day_is_shown_once_in_its_better_place() -> None:
    candidates = [pick(GRAPHS, None, "requested"), pick(TIDES, 2), pick(GRAPHS, 1), pick(HOSTILE, 3, "explore")]
    assert [(one.paper_id, one.slot) for one in picks_of(candidates)] == [
        (GRAPHS, "top"),
        (TIDES, "top"),
        (HOSTILE, "explore"),
    ]


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (None, "Nothing has been harvested yet"),
        (HarvestRun(run_id="r", started_at=NOON), "A harvest has been running since 2026-11-06 12:00 UTC"),
        (HarvestRun(run_id="r", started_at=NOON, state="failed", problem="arXiv answers 503"), "failed: arXiv answers"),
        (HarvestRun(run_id="r", started_at=NOON, state="done", outcome="No announcement today."), "No announcement"),
        (
            HarvestRun(run_id="r", started_at=NOON, state="done", day=TODAY, new_ids=(GRAPHS, TIDES)),
            "2 papers of 2026-11-06 are being embedded and compared with what you liked. 0 of 2 embedded so far.",
        ),
    ],
)
async def test_the_first_page_says_what_is_going_on_before_there_are_picks(
    tmp_path: Path, run: HarvestRun | None, says: str
) -> None:
    data = DataFolder(tmp_path, 0)
    if run:
        RunStore(data).put(run)
    text = await page(reader(data), "/")
    assert says in text
    assert 'data-poll="3"' in text


async def test_a_later_harvest_is_announced_above_the_older_picks(data: DataFolder, on_paper: ReaderOnPaper) -> None:
    later = TODAY + timedelta(days=3)
    run = HarvestRun(run_id="run-z", started_at=NOON, state="done", day=later, new_ids=("2611.01000",))
    RunStore(data).put(run)
    text = await page(on_paper, "/")
    assert f"1 paper of {later} is being embedded" in text
    assert "Message passing" in text


async def test_papers_that_came_after_the_days_selection_are_said_to_wait(
    data: DataFolder, on_paper: ReaderOnPaper
) -> None:
    run = HarvestRun(run_id="run-z", started_at=NOON, state="done", day=TODAY, new_ids=("2611.01000",))
    RunStore(data).put(run)
    assert "will compete in the next one" in await page(on_paper, "/")
