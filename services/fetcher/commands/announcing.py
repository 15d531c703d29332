"""Announces what a command brought, where NATS is up."""

import asyncio
from collections.abc import Awaitable, Callable

from services.fetcher.announcing.outbox import Outbox
from shared.bus.bus import NatsBus
from shared.errors import TemporaryFailure
from shared.settings.settings import BusSettings
from shared.store.files.data_folder import DataFolder

_NATS_SECONDS = 3.0


async def announce(
    data: DataFolder, bus_settings: BusSettings, empty: Callable[[NatsBus], Awaitable[int]] | None = None
) -> bool:
    """Empty the outbox, arXiv's where no other is given, where NATS can be reached within seconds; False where the
    service has to do it later."""
    bus = NatsBus(bus_settings, "fetcher")
    async with bus.running():
        for _ in range(int(_NATS_SECONDS / 0.1)):
            if bus.problem() is None:
                break
            await asyncio.sleep(0.1)
        try:
            await (Outbox(data, bus).empty() if empty is None else empty(bus))
        except TemporaryFailure:
            return False
    return True
