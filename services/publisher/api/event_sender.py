"""Events that a button sends; where one cannot be published, the reason is told to the user."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from shared.bus.bus import Bus
from shared.contracts import Event
from shared.errors import TemporaryFailure

_PUBLISH_SECONDS = 6.0


@dataclass(frozen=True)
class EventSender:
    """`connection_problem` says why the bus cannot be used now; None while it can."""

    bus: Bus
    connection_problem: Callable[[], str | None]

    async def send(self, event: Event) -> str | None:
        """Publish an event; the reason where that failed, None where it went well."""
        if (problem := self.connection_problem()) is not None:
            return problem
        try:
            async with asyncio.timeout(_PUBLISH_SECONDS):
                await self.bus.publish(event)
        except TimeoutError:
            return f"NATS has not confirmed it within {_PUBLISH_SECONDS:g} s"
        except TemporaryFailure as error:
            return str(error)
        return None
