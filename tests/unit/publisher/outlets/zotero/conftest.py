"""A server with a library, and the seeded papers."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from tests.support.folders.seed import seed
from tests.support.outside.zotero_server import ZoteroServer, zotero_server


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Written once; each test has a copy."""
    return seed(tmp_path_factory.mktemp("seeded")).root


@pytest.fixture
def data(seeded: Path, tmp_path: Path) -> DataFolder:
    return DataFolder(Path(shutil.copytree(seeded, tmp_path / "data")), min_free_mb=0)


@pytest.fixture
def server() -> Iterator[ZoteroServer]:
    with zotero_server() as server:
        yield server
