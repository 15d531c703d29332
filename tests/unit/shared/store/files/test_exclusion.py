"""What keeps writers apart is chosen by data folder; lock files are the rule."""

from pathlib import Path

import pytest

from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.files.exclusion import LockFiles, exclude_by, exclusion_for


def test_a_choice_holds_for_a_folder_and_all_in_it(tmp_path: Path) -> None:
    chosen = LockFiles()
    exclude_by(tmp_path / "data", chosen)
    assert exclusion_for(tmp_path / "data" / "replays" / "a") is chosen
    assert exclusion_for(tmp_path / "other") is not chosen
    exclude_by(tmp_path / "data", None)
    assert exclusion_for(tmp_path / "data") is not chosen


def test_a_lock_file_lets_one_writer_in(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    with data.lock("tags"), pytest.raises(TemporaryFailure, match="writing tags"), data.lock("tags", 0):
        pass
    with data.lock("tags", 0), data.lock("ledger", 0):
        pass
