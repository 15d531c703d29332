"""An event is sent, or the reason why not is returned."""

from services.publisher.api.event_sender import EventSender
from shared.contracts import Event
from shared.errors import TemporaryFailure
from tests.support.bus.in_memory import FakeBus
from tests.support.folders.seed import GRAPHS, rating

LIKE = rating(GRAPHS, "like")


async def test_an_event_that_was_published_has_no_problem() -> None:
    bus = FakeBus()
    assert await EventSender(bus, lambda: None).send(LIKE) is None
    assert bus.published == [LIKE]


async def test_without_a_connection_nothing_is_tried() -> None:
    bus = FakeBus()
    assert await EventSender(bus, lambda: "NATS is away").send(LIKE) == "NATS is away"
    assert bus.published == []


async def test_a_publish_that_fails_or_takes_too_long_is_a_reason() -> None:
    class Failing(FakeBus):
        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

        async def publish(self, event: Event) -> None:
            raise self.error

    assert await EventSender(Failing(TemporaryFailure("no ack")), lambda: None).send(LIKE) == "no ack"
    slow = await EventSender(Failing(TimeoutError()), lambda: None).send(LIKE)
    assert slow == "NATS has not confirmed it within 6 s"
