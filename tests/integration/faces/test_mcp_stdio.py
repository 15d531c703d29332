"""`papersys mcp` as a program: the official client starts it, as an agent does."""

import os
import sys
from pathlib import Path

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from tests.support.folders.seed import GRAPHS, seed

pytestmark = pytest.mark.proof


def program(data: Path, *arguments: str) -> StdioServerParameters:
    environment = {
        "PYTHONPATH": os.environ.get("PYTHONPATH", str(Path(__file__).parents[3])),
        "PAPERSYS_DATA__PATH": str(data),
        "PAPERSYS_BUS__PORT": "1",
    }
    return StdioServerParameters(command=sys.executable, args=["-m", "deploy.cli", "mcp", *arguments], env=environment)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_what_is_stored_needs_no_running_system_and_the_rest_says_so(tmp_path: Path, mode: str) -> None:
    data = seed(tmp_path)
    async with Client(program(data.root, "--read-only"), mode=mode) as agent:
        tools = {tool.name for tool in (await agent.list_tools()).tools}
        day = await agent.call_tool("today", {})
        paper = await agent.call_tool("paper", {"paper_id": GRAPHS})
        asked = await agent.call_tool("research", {"question": "How are walks counted?"})
    assert "rate" not in tools
    assert (day.is_error, paper.is_error, asked.is_error) == (False, False, True)
    assert "papersys is not running" in str(asked.content)
