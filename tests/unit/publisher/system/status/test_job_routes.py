"""Failed jobs are retried and deleted by buttons."""

import pytest

from services.publisher.system.status.queues import QueueState
from shared.bus.delivery.dead_letters import DeadLetter
from tests.support.browsing.reader import FORM, FakeReader, page
from tests.support.folders.seed import GRAPHS, NOON

FAILED = DeadLetter(
    service="embedder",
    subject="papers.new",
    event_id="e",
    paper_id=GRAPHS,
    reason="<b>no text</b>",
    attempts=3,
    died_at=NOON,
    body="{}",
    number=7,
)


@pytest.mark.parametrize("action", ["retry", "drop"])
async def test_a_button_decides_about_a_failed_job(fake_reader: FakeReader, action: str) -> None:
    fake_reader.queues.current = QueueState(letters=[FAILED])
    text = await page(fake_reader, "/status")
    assert 'aria-label="Failed job 7"' in text
    assert "<b>no text" not in text
    async with fake_reader.client() as client:
        answer = await client.post("/api/jobs", data={"number": "7", "action": action}, headers=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/status#failed")
    assert fake_reader.queues.decided == [(action, 7)]


@pytest.mark.parametrize(
    "form", [{"number": "8", "action": "drop"}, {"number": "x", "action": "drop"}, {"number": "7"}]
)
async def test_what_makes_no_sense_is_refused(fake_reader: FakeReader, form: dict[str, str]) -> None:
    async with fake_reader.client() as client:
        assert (await client.post("/api/jobs", data=form, headers=FORM)).status_code == 422
    assert fake_reader.queues.decided == []
