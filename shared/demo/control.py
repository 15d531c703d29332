"""The demo's next day: the demo arXiv announces it, and the fetcher is told to harvest it now."""

from collections.abc import Awaitable, Callable

import httpx
from pydantic import ValidationError

from shared.contracts import Harvest, HarvestReply
from shared.demo.days import DemoDays
from shared.errors import PapersysError

_SECONDS = 5.0
_NO_MORE = 409


class NoMoreDays(PapersysError):
    """The demo has come to its last day."""


async def bring_next_day(
    port: int,
    ask: Callable[[Harvest], Awaitable[HarvestReply]],
    transport: httpx.AsyncBaseTransport | None = None,
) -> DemoDays:
    """Have the next day announced and harvested; returns how far the days have come.

    Raises NoMoreDays, PapersysError where the demo does not answer, RequestFailed where the fetcher does not (it then
    finds the papers at its next harvest).
    """
    days = await _announce(port, transport)
    await ask(Harvest())
    return days


async def _announce(port: int, transport: httpx.AsyncBaseTransport | None) -> DemoDays:
    try:
        async with httpx.AsyncClient(transport=transport, trust_env=False, timeout=_SECONDS) as client:
            answer = await client.post(f"http://127.0.0.1:{port}/_demo/next", json={})
        if answer.status_code == _NO_MORE:
            raise NoMoreDays("The demo has no further day; all of its papers are announced.")
        return DemoDays.model_validate_json(answer.raise_for_status().content)
    except (httpx.HTTPError, ValidationError) as error:
        text = f"The demo arXiv does not answer on port {port} ({type(error).__name__}); is `papersys up` running?"
        raise PapersysError(text) from error
