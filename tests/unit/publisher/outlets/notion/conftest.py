"""The seeded papers, and a Notion in which their database has been made."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from tests.support.folders.seed import seed
from tests.support.notion.beside import Desk
from tests.support.notion.server import notion_server


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Written once; each test has a copy."""
    return seed(tmp_path_factory.mktemp("seeded")).root


@pytest.fixture
def data(seeded: Path, tmp_path: Path) -> DataFolder:
    return DataFolder(Path(shutil.copytree(seeded, tmp_path / "data")), min_free_mb=0)


@pytest.fixture
async def desk(data: DataFolder) -> AsyncIterator[Desk]:
    with notion_server(per_second=10_000, burst=10_000) as server:
        made = Desk(server, data)
        await made.make_database()
        yield made
