"""A folder with every dataset, its bundle, and an empty folder."""

from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from tests.support.folders.bundles import copied, export, seed_everything


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Not to be changed."""
    return seed_everything(tmp_path_factory.mktemp("everything"))


@pytest.fixture(scope="session")
def whole(everything: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of everything."""
    path = tmp_path_factory.mktemp("bundle") / "whole.zip"
    export(everything, path)
    return path


@pytest.fixture
def data(everything: DataFolder, tmp_path: Path) -> DataFolder:
    """A copy of everything."""
    return copied(everything, tmp_path / "data")


@pytest.fixture
def empty(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "empty", min_free_mb=0)
