"""Calls that are not as a tool wants them."""

from typing import Any

import pytest
from mcp_types import TextContent

from shared.store.files.data_folder import DataFolder
from tests.support.checks.agents import agent_of


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            {"question": "How?", "most_token": 5},
            "no argument 'most_token'; it has question, corpus, conversation, most_",
        ),
        ({}, "question: field required."),
        ({"question": "x" * 5_000}, "question: string should have at most 2000 characters."),
        ({"question": "How?", "most_tokens": -1}, "most_tokens: input should be greater than or equal to 0."),
    ],
)
async def test_what_is_wrong_with_a_call_is_told_and_nothing_is_asked(
    data: DataFolder, arguments: dict[str, Any], told: str
) -> None:
    async with agent_of(data) as (agent, fake):
        reply = await agent.call_tool("research", arguments)
        assert reply.is_error
        (content,) = reply.content
        assert isinstance(content, TextContent)
        assert told in content.text
        assert "http" not in content.text
        assert "x" * 50 not in content.text
        assert fake.bus.asked == []


async def test_every_tool_says_that_it_takes_no_other_arguments(data: DataFolder) -> None:
    async with agent_of(data) as (agent, _):
        tools = (await agent.list_tools()).tools
    assert {tool.input_schema["additionalProperties"] for tool in tools} == {False}
