"""The outbox: an entry stays until its picks are published."""

from datetime import date
from pathlib import Path

import pytest

from services.ranker.selection.outbox import Outbox
from shared.contracts import PapersSelected
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.selections import Candidate, SelectionStore
from tests.support.bus.in_memory import FakeBus
from tests.unit.ranker.world import MORNING

DAY = date(2026, 11, 2)


def candidate(paper_id: str, outcome: str, rank: int) -> Candidate:
    values = {"paper_id": paper_id, "day": DAY, "run_id": "r", "made_at": MORNING, "slot": "top"}
    return Candidate.model_validate({**values, "outcome": outcome, "rank": rank})


CANDIDATES = [candidate("2611.00001", "picked", 1), candidate("2611.00002", "below_quota", 2)]


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    data = DataFolder(tmp_path, 0)
    made = Outbox(data, SelectionStore(data))
    made.write(DAY, "r", CANDIDATES)
    return made


async def test_picks_are_published_once_and_their_entry_goes(outbox: Outbox) -> None:
    bus = FakeBus()
    assert await outbox.deliver(bus) == 1
    assert await outbox.deliver(bus) == 0
    (event,) = bus.published
    assert isinstance(event, PapersSelected)
    assert event.paper_ids == ("2611.00001",)


async def test_an_entry_stays_while_the_bus_is_away_and_the_same_event_comes_later(outbox: Outbox) -> None:
    class Away(FakeBus):
        async def publish(self, event: object) -> None:
            raise TemporaryFailure("NATS is away")

    with pytest.raises(TemporaryFailure):
        await outbox.deliver(Away())
    bus, again = FakeBus(), FakeBus()
    await outbox.deliver(bus)
    outbox.write(DAY, "r", CANDIDATES)
    await outbox.deliver(again)
    assert [event.event_id for event in bus.published] == [event.event_id for event in again.published]


async def test_an_entry_that_cannot_be_read_is_passed_over(
    outbox: Outbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state" / "ranker" / "outbox" / "0 torn.json").write_text("{")
    assert await outbox.deliver(FakeBus()) == 1
    assert "cannot be read and is passed over" in caplog.text
