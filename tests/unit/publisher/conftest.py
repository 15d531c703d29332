"""A reader over a seeded data folder."""

from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from tests.support.browsing.reader import FakeReader, reader
from tests.support.folders.seed import seed


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return seed(tmp_path)


@pytest.fixture
def fake_reader(data: DataFolder) -> FakeReader:
    return reader(data)
