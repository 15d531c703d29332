"""Health probes: whether a process is alive or ready, over HTTP, or by the greeting of a NATS server."""

import asyncio
from urllib.parse import urlsplit

import httpx

_TIMEOUT_SECONDS = 3.0


async def answers(address: str, client: httpx.AsyncClient) -> bool:
    """Whether `address` (http:// or nats://) answers well now. A stopped process accepts, but does not answer."""
    if address.startswith("nats://"):
        return await _greets(address)
    try:
        return (await client.get(address, timeout=_TIMEOUT_SECONDS)).status_code == 200
    except httpx.HTTPError:
        return False


async def _greets(address: str) -> bool:
    parts = urlsplit(address)
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                return (await reader.readexactly(4)) == b"INFO"
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False
