"""Folders as they lie on other people's disks."""

import os
from pathlib import Path

from deploy.migrating.sources import FolderSource


def test_links_are_followed_each_folder_once_and_hidden_files_left(tmp_path: Path) -> None:
    old, elsewhere = tmp_path / "old", tmp_path / "elsewhere"
    for name in ("old/2024.parquet", "old/.git/config.csv", "old/.hidden.csv", "elsewhere/2023.parquet"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (old / "linked").symlink_to(elsewhere)
    (old / "loop").symlink_to(old)
    (old / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    os.mkfifo(old / "pipe.csv")
    source = FolderSource(old)
    items = source.items()
    assert [item.name for item in items] == ["2024.parquet", "gone.csv", "linked/2023.parquet"]
    with source.opened(items[2]) as path:
        assert path.read_bytes() == b"x"


def test_a_name_in_an_older_encoding_is_read_and_its_file_found(tmp_path: Path) -> None:
    name = os.fsdecode("偏好.csv".encode("gb18030"))
    (tmp_path / name).write_bytes(b"x")
    source = FolderSource(tmp_path)
    (item,) = source.items()
    assert item.name == "偏好.csv"
    with source.opened(item) as path:
        assert path.read_bytes() == b"x"
