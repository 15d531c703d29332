"""What waits in the queues: cached, and a problem where NATS does not answer."""

import pytest
from nats.js import JetStreamContext

from services.publisher.system.status.queues import NatsQueues, QueueState, summary_problems
from shared.bus.delivery.dead_letters import DeadLetter
from shared.errors import TemporaryFailure
from tests.support.folders.seed import GRAPHS, NOON, TIDES


def letter(service: str, subject: str, paper_id: str | None) -> DeadLetter:
    return DeadLetter(
        service=service,
        subject=subject,
        event_id="e",
        paper_id=paper_id,
        reason="no text",
        attempts=3,
        died_at=NOON,
        body="{}",
    )


def test_only_failed_summaries_of_picks_are_problems_of_papers() -> None:
    letters = [
        letter("summarizer", "papers.selected", GRAPHS),
        letter("embedder", "papers.new", TIDES),
        letter("summarizer", "papers.selected", None),
    ]
    assert summary_problems(QueueState(letters=letters)) == {GRAPHS: "no text"}


async def test_without_a_connection_the_problem_is_reported() -> None:
    def no_jetstream() -> JetStreamContext:
        raise AssertionError("must not be asked")

    assert (await NatsQueues(no_jetstream, lambda: "NATS is away").state()).problem == "NATS is away"


async def test_a_failure_while_asking_is_reported_and_cached(caplog: pytest.LogCaptureFixture) -> None:
    calls = []

    def failing() -> JetStreamContext:
        calls.append(1)
        raise TemporaryFailure("no answer")

    queues = NatsQueues(failing, lambda: None)
    assert "NATS does not answer: " in (await queues.state()).problem
    assert "no answer" in (await queues.state()).problem
    assert len(calls) == 1


async def test_a_failed_job_is_not_decided_about_while_nats_is_away() -> None:
    def no_jetstream() -> JetStreamContext:
        raise AssertionError("must not be asked")

    with pytest.raises(TemporaryFailure, match="NATS is away"):
        await NatsQueues(no_jetstream, lambda: "NATS is away").retry(7)
