"""`like`, `dislike`, `clear`, `reprocess`: which papers are meant, and what becomes of ids that are none."""

from typing import Any

import pytest

from shared.contracts import Event, FeedbackLabel, PapersNew
from tests.support.checks.command_line import run_command


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    events: list[Event] = []

    async def publish(bus: object, event: Event) -> None:
        events.append(event)

    monkeypatch.setattr("deploy.commands.papers.publish", publish)
    return events


@pytest.mark.parametrize("command", ["like", "dislike", "clear", "reprocess"])
def test_an_id_that_is_none_spoils_only_itself(command: str, published: list[Any]) -> None:
    done = run_command(command, "2403.12345", "nonsense", "hep-th/9901001v2", "2403.1234", "2403.12345v3")
    (event,) = published
    assert isinstance(event, PapersNew if command == "reprocess" else FeedbackLabel)
    assert event.paper_ids == ("2403.12345", "hep-th/9901001")
    assert done.code == 1
    assert "2403.12345, hep-th/9901001." in done.out
    assert "'nonsense' is not an arXiv id" in done.err
    assert "'2403.1234' is not an arXiv id; it lacks a digit" in done.err


def test_where_every_id_is_none_nothing_is_said_and_the_use_was_wrong(published: list[Any]) -> None:
    done = run_command("like", "nonsense", "more")
    assert (done.code, published) == (2, [])
    assert "nonsense" in done.err
    assert "more" in done.err


def test_more_ids_than_an_event_carries_travel_in_several(published: list[Any]) -> None:
    ids = [f"2403.{number:05}" for number in range(1, 1101)]
    assert run_command("like", *ids).code == 0
    assert [len(event.paper_ids) for event in published] == [500, 500, 100]
    assert [one for event in published for one in event.paper_ids] == ids
