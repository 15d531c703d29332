"""The notice on the last harvest, as a table."""

from datetime import date, timedelta

import pytest

from services.publisher.pages.harvest_notice import harvest_notice
from shared.store.harvests.runs import HarvestRun
from tests.support.folders.seed import GRAPHS, NOON, TIDES, TODAY

RUN = HarvestRun(run_id="r", started_at=NOON)
DONE = RUN.model_copy(update={"state": "done", "day": TODAY, "new_ids": (GRAPHS, TIDES)})
EMPTY = RUN.model_copy(update={"state": "done", "outcome": "No announcement today."})
FAILED = RUN.model_copy(update={"state": "failed", "problem": "arXiv answers 503"})
LATER = TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("run", "newest", "text", "waiting", "wrong"),
    [
        (None, None, "Nothing has been harvested yet.", True, False),
        (RUN, TODAY, "A harvest has been running since 2026-11-06 12:00 UTC.", True, False),
        (FAILED, TODAY, "The harvest of 2026-11-06 12:00 UTC failed: arXiv answers 503", True, True),
        (EMPTY, TODAY, "Last harvest, 2026-11-06 12:00 UTC: No announcement today.", False, False),
        (EMPTY, None, "Last harvest, 2026-11-06 12:00 UTC: No announcement today.", True, False),
        (DONE, None, "2 papers of 2026-11-06 are being embedded and ranked.", True, False),
        (DONE, LATER, "2 papers arrived after the picks of 2026-11-06 were made", False, False),
    ],
)
def test_a_harvest_is_told_in_a_sentence(
    run: HarvestRun | None, newest: date | None, text: str, waiting: bool, wrong: bool
) -> None:
    notice = harvest_notice(run, newest, [])
    assert notice is not None
    assert notice.text.startswith(text)
    assert (notice.waiting, notice.wrong) == (waiting, wrong)


def test_a_harvest_whose_papers_were_ranked_needs_no_notice() -> None:
    assert harvest_notice(DONE, TODAY, ["r"]) is None
