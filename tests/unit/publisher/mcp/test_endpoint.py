"""Agents at the reader's port: who may call, and whose papers they see."""

import json

import httpx
import pytest
from mcp.shared.exceptions import MCPError

from shared.store.files.data_folder import DataFolder
from shared.store.people.users import UserStore
from tests.support.checks.agents import ServedReader, served_reader

TOKEN = "a-token-of-the-owner"
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "a", "version": "1"}},
}
JSON = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


def plain_client() -> httpx.AsyncClient:
    """Without certificates, which take longer to read than most tests."""
    return httpx.AsyncClient(trust_env=False, timeout=10, verify=False)


async def post(served: ServedReader, content: object = INITIALIZE, **headers: str) -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    async with plain_client() as http:
        return await http.post(served.mcp, headers={**JSON, **headers}, content=body)


async def delete(served: ServedReader, **headers: str) -> httpx.Response:
    async with plain_client() as http:
        return await http.delete(served.mcp, headers={**JSON, **headers})


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_an_agent_with_the_token_lists_and_calls_tools(data: DataFolder, mode: str) -> None:
    async with served_reader(data, token=TOKEN) as served, served.client(TOKEN, mode) as agent:
        names = {tool.name for tool in (await agent.list_tools()).tools}
        day = await agent.call_tool("today", {})
    assert names == {"research", "search", "today", "paper", "related", "why", "rate", "add", "list", "trace"}
    assert not day.is_error


@pytest.mark.parametrize("token", [None, "a-token-of-nobody"])
async def test_without_the_right_token_nothing_is_told(data: DataFolder, token: str | None) -> None:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with served_reader(data, token=TOKEN) as served:
        answer = await post(served, **headers)
    assert answer.status_code == 401
    assert "papersys" not in answer.text


async def test_a_wrong_token_is_refused_even_where_none_is_needed(data: DataFolder) -> None:
    async with served_reader(data) as served:
        wrong, none = await post(served, authorization="Bearer of-somebody-removed"), await post(served)
    assert (wrong.status_code, wrong.headers["www-authenticate"], none.status_code) == (401, "Bearer", 200)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_page_of_another_site_is_refused(data: DataFolder, origin: str) -> None:
    async with served_reader(data) as served:
        answers = [
            await post(served, origin=origin),
            await delete(served, origin=origin),
            await post(served, **{"sec-fetch-site": "cross-site"}),
        ]
        async with plain_client() as http:
            answers.append(await http.get(served.mcp, headers={"origin": origin, "accept": "text/event-stream"}))
    assert [answer.status_code for answer in answers] == [403] * 4


async def test_another_host_name_is_refused(data: DataFolder) -> None:
    async with served_reader(data) as served:
        assert (await post(served, host="rebound.example")).status_code == 421


async def test_each_person_has_a_session_of_their_own(data: DataFolder) -> None:
    _, token = UserStore(data).add("ada")
    async with served_reader(data, token=TOKEN) as served:
        opened = await post(served, authorization=f"Bearer {TOKEN}")
        session = {"mcp-session-id": opened.headers["mcp-session-id"]}
        by_another = await delete(served, authorization=f"Bearer {token}", **session)
        by_its_owner = await delete(served, authorization=f"Bearer {TOKEN}", **session)
    assert (by_another.status_code, by_its_owner.status_code) == (404, 200)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"jsonrpc": "2.0", "id": 1, "method": 5}', 400),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call"}', 400),
        (b'"' + b"x" * 1_100_000 + b'"', 413),
    ],
)
async def test_a_malformed_call_is_refused_and_the_next_one_answered(
    data: DataFolder, body: bytes, status: int
) -> None:
    async with served_reader(data) as served:
        assert (await post(served, body)).status_code == status
        async with served.client() as agent:
            assert not (await agent.call_tool("today", {})).is_error


async def test_an_unknown_tool_is_named_as_such(data: DataFolder) -> None:
    async with served_reader(data, is_read_only=True) as served, served.client() as agent:
        answer = await agent.call_tool("rate", {"paper_id": "2611.00101", "rating": "like"})
        assert answer.is_error
        assert "rate" in str(answer.content)
        with pytest.raises(MCPError, match="Unknown resource"):
            await agent.read_resource("papersys://nothing")
    assert served.reader.bus.published == []


async def test_a_stream_that_an_agent_holds_open_ends_with_the_server(
    data: DataFolder, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with plain_client() as http:
        async with served_reader(data, token=TOKEN) as served:
            opened = await http.post(served.mcp, headers={**JSON, **headers}, content=json.dumps(INITIALIZE).encode())
            session = {"mcp-session-id": opened.headers["mcp-session-id"], "accept": "text/event-stream"}
            stream = http.stream("GET", served.mcp, headers={**headers, **session})
            held = await stream.__aenter__()
        assert held.status_code == 200
        await held.aread()
        await stream.__aexit__(None, None, None)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
