"""A stamp changes whenever a file does, and says which errors mean that there is none."""

from pathlib import Path

import pytest

from shared.store.files.file_stamps import FileStamp, stamp_of


def test_a_stamp_changes_with_every_writing(tmp_path: Path) -> None:
    path, draft = tmp_path / "a", tmp_path / "draft"
    path.write_text("a")
    first = stamp_of(path)
    assert first is not None
    assert stamp_of(path) == first
    path.write_text("ab")
    assert stamp_of(path) != first
    draft.write_text("a")
    draft.replace(path)
    assert stamp_of(path) != first


def test_a_file_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert stamp_of(tmp_path / "a") is None


def test_what_cannot_be_looked_at_raises_unless_it_counts_as_absent(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    below = tmp_path / "file" / "a"
    with pytest.raises(NotADirectoryError):
        stamp_of(below)
    assert stamp_of(below, absent=OSError) is None


def test_a_stamp_in_a_text_keeps_its_three_numbers_apart() -> None:
    assert str(FileStamp(1, 2, 3)) == "1:2:3"
