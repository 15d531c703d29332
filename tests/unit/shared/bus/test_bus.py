"""Publishing without a server: tried a few times, then left to whoever delivers again."""

from typing import Any

import nats.errors
import pytest

from shared.bus.bus import NatsBus
from shared.contracts import PapersNew
from shared.errors import PermanentFailure, TemporaryFailure
from shared.settings.settings import BusSettings

EVENT = PapersNew(paper_ids=("2403.00001",))


class JetStream:
    """Fails as told, one error a call, then stores."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.stored: list[bytes] = []

    async def publish(self, subject: str, body: bytes, **_: Any) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.stored.append(body)


def bus_over(jetstream: JetStream, monkeypatch: pytest.MonkeyPatch) -> NatsBus:
    monkeypatch.setattr(NatsBus, "jetstream", jetstream)
    return NatsBus(BusSettings(), "fetcher")


@pytest.mark.parametrize("failure", [nats.errors.TimeoutError(), TimeoutError(), TemporaryFailure("away")])
async def test_a_server_that_is_away_for_a_moment_is_tried_again(
    failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    jetstream = JetStream(failure, failure)
    await bus_over(jetstream, monkeypatch).publish(EVENT)
    assert jetstream.stored == [EVENT.model_dump_json().encode()]


async def test_a_server_that_stays_away_is_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    jetstream = JetStream(*[nats.errors.TimeoutError()] * 5)
    with pytest.raises(TemporaryFailure, match="could not be published") as caught:
        await bus_over(jetstream, monkeypatch).publish(EVENT)
    assert caught.value.retry_in_seconds is not None
    assert len(jetstream.failures) == 2


async def test_an_event_that_is_too_large_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    jetstream = JetStream(nats.errors.MaxPayloadError())
    with pytest.raises(PermanentFailure, match="more than NATS takes"):
        await bus_over(jetstream, monkeypatch).publish(EVENT)
    assert not jetstream.stored
