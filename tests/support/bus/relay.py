"""`python -m tests.support.bus.relay FROM TO`: a port that all may reach for one that listens on loopback only."""

import asyncio
import contextlib
import sys

_BYTES = 65_536


async def relay(port: int, target: int) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there, here = await asyncio.open_connection("127.0.0.1", target)
            await asyncio.gather(_copy(reader, here), _copy(there, writer))

    async with await asyncio.start_server(serve, "0.0.0.0", port) as server:
        await server.serve_forever()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError), contextlib.closing(target):
        while block := await source.read(_BYTES):
            target.write(block)
            await target.drain()


if __name__ == "__main__":
    asyncio.run(relay(int(sys.argv[1]), int(sys.argv[2])))
