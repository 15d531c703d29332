"""Files are hashed again only where they changed."""

import os
import time
from pathlib import Path

import pytest

from services.publisher.site.deploying import known_hashes
from services.publisher.site.deploying.known_hashes import KnownHashes
from services.publisher.site.deploying.manifest import SiteFile, site_file
from shared.store.files.data_folder import DataFolder

LATER = time.time_ns() + 3600 * 10**9


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read."""
    names: list[str] = []

    def read(path: Path) -> SiteFile:
        names.append(path.name)
        return site_file(path)

    monkeypatch.setattr(known_hashes, "site_file", read)
    return names


def hashes_at(tmp_path: Path, now_ns: int = LATER) -> KnownHashes:
    return KnownHashes(DataFolder(tmp_path / "data", 0), lambda: now_ns)


def test_a_file_is_read_once_by_all_its_names_and_again_when_it_changed(tmp_path: Path, hashed: list[str]) -> None:
    file, link = tmp_path / "a.html", tmp_path / "b.html"
    file.write_text("one")
    os.link(file, link)
    hashes = hashes_at(tmp_path)
    assert hashes.file(file) == hashes.file(link) == site_file(file)
    hashes.save()
    assert hashes_at(tmp_path).file(link) == site_file(link)
    assert hashed == ["a.html"]
    file.write_text("two")
    os.utime(file, ns=(1, LATER - 10**10))
    assert hashes_at(tmp_path).file(file) == site_file(file)
    assert hashed == ["a.html", "a.html"]


def test_a_file_that_may_still_be_written_is_read_again(tmp_path: Path, hashed: list[str]) -> None:
    file = tmp_path / "a.html"
    file.write_text("one")
    hashes = hashes_at(tmp_path, file.stat().st_mtime_ns + 1000)
    hashes.file(file)
    hashes.file(file)
    assert hashed == ["a.html", "a.html"]


def test_what_nobody_asked_for_is_forgotten_and_a_damaged_file_counts_as_none(
    tmp_path: Path, hashed: list[str]
) -> None:
    file = tmp_path / "a.html"
    file.write_text("one")
    kept = tmp_path / "data" / "state" / "deploy" / "hashes.json"
    hashes = hashes_at(tmp_path)
    hashes.file(file)
    hashes.save()
    hashes.save()
    assert kept.read_text() == "{}\n"
    kept.write_text('["no"')
    assert hashes_at(tmp_path).file(file) == site_file(file)
