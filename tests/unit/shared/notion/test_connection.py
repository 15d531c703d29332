"""Requests keep their pace, wait as they are told, and carry the version and the token."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from shared.errors import SettingsError
from shared.notion.connection import Notion
from shared.settings.sections.notion import NotionSettings
from tests.support.notion.server import TOKEN, Fault, NotionServer, notion_server


class Clock:
    """Time goes by only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
async def server() -> AsyncIterator[NotionServer]:
    with notion_server(per_second=10_000, burst=10_000) as running:
        yield running


def settings(server: NotionServer) -> NotionSettings:
    return NotionSettings(token=SecretStr(TOKEN), base_url=server.url, requests_per_second=2.5)


async def test_requests_come_no_faster_than_their_pace(server: NotionServer) -> None:
    clock = Clock()
    async with Notion(settings(server), clock=lambda: clock.now, sleep=clock.sleep) as notion:
        for _ in range(6):
            await notion.read(lambda api: api.users.me())
    assert clock.now == pytest.approx(5 * 0.4)


async def test_a_wait_that_is_asked_for_is_kept(server: NotionServer) -> None:
    clock, faults = Clock(), [Fault(429, retry_after="7", code="rate_limited")]
    server.fault = lambda asked: faults.pop() if faults else None
    async with Notion(settings(server), clock=lambda: clock.now, sleep=clock.sleep) as notion:
        await notion.read(lambda api: api.users.me())
    assert clock.now == pytest.approx(7)


async def test_without_a_token_it_says_where_one_goes(server: NotionServer) -> None:
    with pytest.raises(SettingsError, match=r"notion\.token_file"):
        async with Notion(NotionSettings(base_url=server.url)):
            pass
