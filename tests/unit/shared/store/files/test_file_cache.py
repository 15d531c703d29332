"""What was read of a file is kept until the file changes, as far as there is room."""

from pathlib import Path

import pytest

from shared.store.files.file_cache import FileCache


class Reading:
    """Reads texts, and counts how often."""

    def __init__(self) -> None:
        self.reads: list[str] = []

    def __call__(self, path: Path) -> str | None:
        self.reads.append(path.name)
        text = path.read_text()
        return None if text == "broken" else text


@pytest.fixture
def reading() -> Reading:
    return Reading()


def test_a_file_is_read_once_until_it_changes(tmp_path: Path, reading: Reading) -> None:
    cache = FileCache(reading, len, 100)
    (tmp_path / "a").write_text("text")
    assert [cache.get(tmp_path / "a") for _ in range(3)] == ["text"] * 3
    assert reading.reads == ["a"]
    (tmp_path / "a").write_text("another text")
    assert cache.get(tmp_path / "a") == "another text"


def test_a_file_that_cannot_be_read_is_not_tried_again_and_one_that_is_gone_is_none(
    tmp_path: Path, reading: Reading
) -> None:
    cache = FileCache(reading, len, 100)
    (tmp_path / "a").write_text("broken")
    assert cache.get(tmp_path / "a") is cache.get(tmp_path / "a") is None
    assert reading.reads == ["a"]
    (tmp_path / "a").unlink()
    assert cache.get(tmp_path / "a") is None


def test_what_was_used_least_is_forgotten_where_all_weighs_too_much(tmp_path: Path, reading: Reading) -> None:
    cache = FileCache(reading, len, 10)
    for name in "abc":
        (tmp_path / name).write_text(name * 4)
    for name in "abac":
        cache.get(tmp_path / name)
    reading.reads.clear()
    for name in "acb":
        cache.get(tmp_path / name)
    assert reading.reads == ["b"]


def test_the_newest_is_kept_whatever_it_weighs(tmp_path: Path, reading: Reading) -> None:
    cache = FileCache(reading, len, 1)
    (tmp_path / "a").write_text("much text")
    assert cache.get(tmp_path / "a") == cache.get(tmp_path / "a") == "much text"
    assert reading.reads == ["a"]
