"""A database is made once, and one that is there is made ready without losing anything."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.publisher.outlets.notion.database import adopt_database, create_database
from shared.errors import PermanentFailure, SettingsError
from shared.notion.failures import NotionClosed
from shared.notion.properties import TYPES
from shared.store.files.data_folder import DataFolder
from tests.support.notion.beside import Desk
from tests.support.notion.server import Fault, notion_server


@pytest.fixture
def empty(data: DataFolder) -> Iterator[Desk]:
    with notion_server(per_second=10_000, burst=10_000) as server:
        yield Desk(server, data)


async def test_a_database_is_made_with_every_property_and_found_by_the_next_call(empty: Desk) -> None:
    async with empty.notion() as notion:
        first = await create_database(notion, empty.server.workspace.home)
        second = await create_database(
            notion, f"https://www.notion.so/Home-{empty.server.workspace.home.replace('-', '')}"
        )
    assert (first.is_new, second.is_new) == (True, False)
    assert first.data_source == second.data_source
    (source,) = empty.server.workspace.sources.values()
    assert [(name, entry["type"]) for name, entry in source.properties.items()] == list(TYPES.values())


async def test_a_creation_whose_answer_is_lost_is_found_again(empty: Desk) -> None:
    faults = [Fault(504, after=True)]
    empty.server.fault = lambda asked: faults.pop() if faults and asked.path == "databases" else None
    async with empty.notion() as notion:
        await create_database(notion, empty.server.workspace.home)
    assert len(empty.server.workspace.databases) == 1


async def test_a_database_of_ones_own_gets_what_it_lacks(empty: Desk) -> None:
    own: dict[str, Any] = {
        "Name": {"title": {}},
        "Tags": {"multi_select": {"options": [{"name": "Mine"}]}},
        "Mood": {"rich_text": {}},
    }
    database = empty.server.workspace.create_database(empty.server.workspace.home, "Reading", own, by="me")
    async with empty.notion() as notion:
        adopted = await adopt_database(notion, database["id"])
    assert "Paper ID" in adopted.added
    assert "Title" not in adopted.added
    (source,) = empty.server.workspace.sources.values()
    assert source.properties["Tags"]["multi_select"]["options"][0]["name"] == "Mine"
    report = await empty.passed()
    assert len(report.created) == 4


async def test_what_is_no_address_or_cannot_be_seen_or_used_is_said(empty: Desk) -> None:
    async with empty.notion() as notion:
        with pytest.raises(SettingsError, match="neither an id nor an address"):
            await create_database(notion, "hello")
        with pytest.raises(NotionClosed, match="Connections"):
            await create_database(notion, "11111111222243338444555555555555")
        taken: dict[str, Any] = {"Name": {"title": {}}, "Rating": {"number": {}}}
        database = empty.server.workspace.create_database(empty.server.workspace.home, "Reading", taken)
        with pytest.raises(PermanentFailure, match="Rating is a number"):
            await adopt_database(notion, database["id"])
