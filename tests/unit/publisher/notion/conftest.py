"""The seeded papers, and a Notion in which their database has been made."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.notion import Desk
from tests.support.notion_server import notion_server
from tests.support.seed import seed


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    with notion_server(per_second=10_000, burst=10_000) as server:
        made = Desk(server, seed(tmp_path))
        await made.make_database()
        yield made
