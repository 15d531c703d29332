"""A question put to one other researcher over MCP, by the official client."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from services.summarizer.research.researchers.paging import joined_pages, page_count
from shared.errors import PermanentFailure
from shared.settings.sections.researchers import ResearcherSettings

_QUESTION_NAMES = ("question", "query", "prompt", "q", "text")
_MOST_CHARACTERS = 2_000_000
_WAIT_SECONDS = 50.0


async def call(name: str, settings: ResearcherSettings, question: str) -> Mapping[str, Any] | str:
    """What a researcher answers: JSON of its contract, or text.

    Raises PermanentFailure where it says no or answers too much, TimeoutError, and what its connection raises.
    """
    try:
        return await _called(name, settings, question)
    except ExceptionGroup as group:  # the client wraps whatever happens within its connection
        raise _innermost(group) from group


async def _called(name: str, settings: ResearcherSettings, question: str) -> Mapping[str, Any] | str:
    async with asyncio.timeout(settings.seconds), _client(name, settings) as client:
        tool = await _tool(client, name, settings.tool)
        content = _content(await client.call_tool(settings.tool, _arguments(tool, question)), name)
        while isinstance(content, Mapping) and (trace_id := _unfinished(content)):
            arguments = {"trace_id": trace_id, "wait_seconds": _WAIT_SECONDS}
            content = _content(await client.call_tool("trace", arguments), name)
        return await _whole(client, name, content) if isinstance(content, Mapping) else content


def _innermost(error: Exception) -> Exception:
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


async def _whole(client: Client, name: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer with all of its pages."""
    pages = [content]
    for page in range(2, page_count(content) + 1):
        more = _content(await client.call_tool("trace", {"trace_id": content.get("trace_id"), "page": page}), name)
        pages += [more] if isinstance(more, Mapping) else []
    return joined_pages(pages) or content if len(pages) > 1 else content


@asynccontextmanager
async def _client(name: str, settings: ResearcherSettings) -> AsyncIterator[Client]:
    if settings.command:
        program, *arguments = settings.command
        async with Client(StdioServerParameters(command=program, args=arguments)) as client:
            yield client
        return
    token = settings.known_token(name)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=settings.seconds) as http,
        Client(streamable_http_client(settings.url, http_client=http)) as client,
    ):
        yield client


async def _tool(client: Client, name: str, wanted: str) -> Mapping[str, Any]:
    """The schema of what the tool takes."""
    tools = {tool.name: tool.input_schema for tool in (await client.list_tools()).tools}
    if wanted not in tools:
        raise PermanentFailure(f"{name} has no tool {wanted!r}; it has {', '.join(sorted(tools)[:20]) or 'none'}.")
    return tools[wanted]


def _arguments(schema: Mapping[str, Any], question: str) -> dict[str, Any]:
    """The question under the name that the tool gives it: a usual one, else that of the first text it requires."""
    known: Mapping[str, Any] = schema.get("properties") or {}
    required = [name for name in schema.get("required") or () if known.get(name, {}).get("type") == "string"]
    name = next((usual for usual in _QUESTION_NAMES if usual in known), next(iter(required), "question"))
    return {name: question, **({"wait_seconds": _WAIT_SECONDS} if "wait_seconds" in known else {})}


def _content(result: CallToolResult, name: str) -> Mapping[str, Any] | str:
    text = "\n\n".join(block.text for block in result.content if isinstance(block, TextContent))
    if result.is_error:
        raise PermanentFailure(f"{name} says: {text[:500] or 'an error'}")
    structured = result.structured_content
    if len(text) > _MOST_CHARACTERS or (structured and len(json.dumps(structured)) > _MOST_CHARACTERS):
        raise PermanentFailure(f"{name} answered more than {_MOST_CHARACTERS:,} characters.")
    return structured if isinstance(structured, dict) else text


def _unfinished(content: Mapping[str, Any]) -> str:
    """The id to wait with, where an answer is still being made."""
    return str(content.get("trace_id") or "") if content.get("state") == "running" else ""
