"""The ceiling on a process's memory, in a process of its own."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from shared.service.memory import limited_memory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no such limit")
ROOT = Path(__file__).resolve().parents[4]

READER = """
import asyncio, resource
from lxml import etree
from shared.contracts import Lookup, LookupReply
from shared.service.memory import limit_memory
from shared.bus.questions.replies import handle_request

limit_memory(400)

async def handler(request):
    if request.paper_ids == ("2401.00001",):
        if "{kind}" == "python":
            return bytearray(2_000_000_000)
        etree.fromstring(b"<a>" + b"<b c='d'/>" * 4_000_000 + b"</a>")
    return LookupReply()

async def main():
    for paper_id in ("2401.00001", "2401.00002"):
        envelope = await handle_request(Lookup(paper_ids=(paper_id,)).model_dump_json().encode(), Lookup, handler)
        print(envelope.error is None)

asyncio.run(main())
"""


@pytest.mark.parametrize("kind", ["python", "lxml"])
def test_what_takes_too_much_memory_fails_alone_and_the_next_goes_on(kind: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", READER.replace("{kind}", kind)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)
    assert ended.stdout.splitlines() == ["False", "True"], ended.stderr[-500:]


def test_a_limit_for_a_while_is_taken_back() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with limited_memory(50_000):
        assert resource.getrlimit(resource.RLIMIT_DATA)[0] == 50_000 * 1024**2
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
