"""What tests of the stores begin with."""

from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.writer import VectorWriter
from tests.support.papers.vectors import RECIPE


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path, min_free_mb=0)


@pytest.fixture
def writer(data: DataFolder) -> VectorWriter:
    return VectorWriter(data, "tiny", RECIPE, max_parts=2)


@pytest.fixture
def store(data: DataFolder) -> VectorStore:
    return VectorStore(data, "tiny")
