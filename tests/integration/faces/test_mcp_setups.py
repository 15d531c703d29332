"""The set-ups of docs/mcp.md, each tried as it stands there: the official client connects by it."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from tests.support.checks.agents import served_reader
from tests.support.folders.seed import seed

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "mcp.md").read_text("utf-8")
TOKEN = "a-token-of-the-owner"
THEIR_PATH = "/home/you/papersys/papersys.toml"


def setups() -> list[tuple[str, dict[str, Any]]]:
    """Each JSON block with the heading above it, and the one server that it names."""
    found = []
    for section in re.split(r"^### ", PAGE, flags=re.M)[1:]:
        for block in re.findall(r"```json\n(.*?)```", section, re.S):
            content = json.loads(block)
            (server,) = (content.get("mcpServers") or content["servers"]).values()
            found.append((section.partition("\n")[0], server))
    return found


PROGRAMS = [server for _, server in setups() if "command" in server]
ADDRESSES = [server for _, server in setups() if "url" in server]


def test_every_agent_of_the_page_has_one() -> None:
    assert {name for name, _ in setups()} == {"Claude Desktop", "Claude Code", "VS Code", "Cursor"}


@pytest.mark.parametrize("server", PROGRAMS[:1])
async def test_a_program_starts_with_what_its_agent_gives_it(tmp_path: Path, server: dict[str, Any]) -> None:
    assert all(
        (other["command"], other["args"], other["env"]) == (server["command"], server["args"], server["env"])
        for other in PROGRAMS
    )
    file = tmp_path / "papersys.toml"
    file.write_text('[data]\npath = "data"\n')
    seed(tmp_path / "data")
    environment = {name: value.replace(THEIR_PATH, str(file)) for name, value in server["env"].items()}
    assert server["command"] == "papersys"
    program = StdioServerParameters(
        command=sys.executable,
        args=["-m", "deploy.cli", *server["args"]],
        env={**environment, "PYTHONPATH": os.environ.get("PYTHONPATH", str(ROOT))},
        cwd="/",
    )
    async with Client(program) as agent:
        day = await agent.call_tool("today", {})
    assert day.structured_content is not None
    assert day.structured_content["total"] == 4


@pytest.mark.parametrize("server", ADDRESSES)
async def test_an_address_answers_with_the_token(tmp_path: Path, server: dict[str, Any]) -> None:
    scheme, _, given = server["headers"]["Authorization"].partition(" ")
    assert scheme == "Bearer"
    assert re.fullmatch(r"TOKEN|\$\{[\w:-]+\}", given)
    async with served_reader(seed(tmp_path), token=TOKEN) as served:
        assert server["url"].removeprefix("http://127.0.0.1:8080") == served.mcp.removeprefix(served.address)
        async with served.client(TOKEN) as agent:
            assert not (await agent.call_tool("today", {})).is_error
