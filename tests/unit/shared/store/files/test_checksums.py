"""Checksums that travel with their files."""

import os
import shutil
from pathlib import Path

import pytest

from shared.store.files.checksums import checksum_of, compared, forget
from shared.store.files.data_folder import DataFolder


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    data = DataFolder(tmp_path, min_free_mb=0)
    data.write_text(data.path("probe"), "probe")
    if checksum_of(data.path("probe")) is None:
        pytest.skip("this disk keeps no extended attributes")
    return data


def test_a_file_that_is_replaced_has_the_checksum_of_its_new_content(data: DataFolder) -> None:
    path = data.path("a.json")
    for text in ("one", "another"):
        data.write_text(path, text)
        assert compared(path) == "same"
    with path.open("a") as file:
        file.write("more")
    assert compared(path) == "changed"


def test_a_file_that_grows_is_compared_as_far_as_it_was_written(data: DataFolder) -> None:
    path = data.path("a.jsonl")
    for line in ("one\n", "two\n", "three\n"):
        data.append_lines(path, line)
        assert compared(path) == "same"
    with path.open("a") as file:
        file.write("tor")  # a killed write
    assert compared(path) == "same"
    data.append_lines(path, "four\n")
    assert (compared(path), path.read_text()) == ("same", "one\ntwo\nthree\nfour\n")


def test_an_append_does_not_make_good_what_was_changed_before(data: DataFolder) -> None:
    path = data.path("a.jsonl")
    data.append_lines(path, "one\n")
    path.write_text("ome\n")
    data.append_lines(path, "two\n")
    assert compared(path) == "changed"
    path.write_text("o")
    assert compared(path) == "cut"


def test_copies_keep_it_where_they_keep_attributes(data: DataFolder) -> None:
    path = data.path("a.json")
    data.write_text(path, "one")
    shutil.copy2(path, data.path("b.json"))
    assert compared(data.path("b.json")) == "same"
    data.path("c.json").write_bytes(path.read_bytes())
    assert compared(data.path("c.json")) == "unknown"
    forget(path)
    assert compared(path) == "unknown"


def test_a_disk_without_attributes_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr(os, "setxattr", refused)
    data = DataFolder(tmp_path, min_free_mb=0)
    data.append_lines(data.path("a.jsonl"), "one\n")
    assert data.write_text(data.path("b.json"), "b")
    assert compared(data.path("a.jsonl")) == "unknown"
