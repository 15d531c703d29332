"""What a data folder says of the papersys that wrote it."""

import json
from pathlib import Path

import pytest

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.folder_version import (
    FILE_NAME,
    LAYOUT,
    FolderVersion,
    NewerFolder,
    check_folder_version,
    read_folder_version,
    stamped,
    write_folder_version,
)
from shared.version import papersys_version


def test_a_folder_without_the_file_says_nothing(tmp_path: Path) -> None:
    assert read_folder_version(tmp_path) is None
    assert read_folder_version(tmp_path / "gone") is None


def test_what_is_written_is_read_and_the_id_stays_for_life(tmp_path: Path) -> None:
    before = FolderVersion(layout=LAYOUT, written_by="0.0.1")
    write_folder_version(DataFolder(tmp_path, 0), stamped(before))
    after = read_folder_version(tmp_path)
    assert after is not None
    assert (after.folder_id, after.layout, after.written_by) == (before.folder_id, LAYOUT, papersys_version())


def test_fields_of_a_later_version_of_this_layout_are_no_obstacle(tmp_path: Path) -> None:
    content = {**FolderVersion(layout=LAYOUT, written_by="0.9.0").model_dump(mode="json"), "colour": "blue"}
    (tmp_path / FILE_NAME).write_text(json.dumps(content))
    check_folder_version(tmp_path)


def test_a_newer_folder_is_refused_whatever_else_its_file_says(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(json.dumps({"layout": LAYOUT + 1, "written_by": "7.1.0", "folder_id": ["new"]}))
    with pytest.raises(NewerFolder) as raised:
        check_folder_version(tmp_path)
    says = str(raised.value)
    for part in (str(tmp_path), "papersys 7.1.0", f"layouts up to {LAYOUT}", "Nothing was changed", "backup list"):
        assert part in says


@pytest.mark.parametrize("content", ["", "{", "[]", '{"layout": "1"}', '{"layout": 1}', '{"layout": -1}', "\x00"])
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(PapersysError, match="Restore the file from a backup"):
        check_folder_version(tmp_path)
