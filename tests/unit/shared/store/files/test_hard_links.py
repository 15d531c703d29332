"""Links to files that are replaced at the same time."""

import threading
from pathlib import Path

import pytest

from shared.store.files.hard_links import link_present

TIMES = 3_000


def test_a_file_that_is_replaced_all_the_time_can_be_linked_at_any_moment(tmp_path: Path) -> None:
    path, stop = tmp_path / "index.jsonl", threading.Event()
    path.write_text("0")

    def replace() -> None:
        while not stop.is_set():
            draft = tmp_path / "draft"
            draft.write_text("1")
            draft.replace(path)

    writer = threading.Thread(target=replace)
    writer.start()
    try:
        for number in range(TIMES):
            link_present(path, tmp_path / f"link-{number}")
    finally:
        stop.set()
        writer.join()
    assert len(list(tmp_path.glob("link-*"))) == TIMES


def test_what_is_gone_and_where_no_folder_is_are_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        link_present(tmp_path / "gone", tmp_path / "link")
    (tmp_path / "there").write_text("1")
    with pytest.raises(FileNotFoundError):
        link_present(tmp_path / "there", tmp_path / "no folder" / "link")
