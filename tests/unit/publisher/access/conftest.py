"""A reader that wants a token."""

import pytest

from shared.store.files.data_folder import DataFolder
from tests.support.browsing.logging_in import TOKEN
from tests.support.browsing.reader import FakeReader, reader


@pytest.fixture
def guarded(data: DataFolder) -> FakeReader:
    return reader(data, token=TOKEN)
