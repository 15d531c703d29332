"""Builds are published in one step, and whatever is left of killed ones does no harm."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.publisher.site.building.builds import Builds, Manifest
from shared.store.files.data_folder import DataFolder

NOW = datetime(2026, 11, 6, 12, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path, 0)


def manifest(stamp: str = "s") -> Manifest:
    return Manifest(stamp=stamp, content="c", papers={"2611.00101": "h"}, built_at=NOW)


def published(data: DataFolder, text: str) -> Path:
    builds = Builds(data)
    build = builds.begin(NOW)
    (build / "index.html").write_text(text)
    builds.publish(build, manifest(text))
    return build


def test_the_last_build_is_the_published_one_and_the_one_before_stays_for_its_readers(data: DataFolder) -> None:
    first, second, third = (published(data, text) for text in ("one", "two", "three"))
    assert (data.path("site", "public", "index.html")).read_text() == "three"
    found = Builds(data).published()
    assert found is not None
    assert (found[0], found[1].stamp) == (third, "three")
    assert [build.exists() for build in (first, second, third)].count(True) == 2
    assert third.exists()


def test_a_build_that_was_killed_is_removed_by_the_next_and_what_is_published_stands(data: DataFolder) -> None:
    published(data, "one")
    killed = Builds(data).begin(NOW)
    (killed / "index.html").write_text("half")
    assert (data.path("site", "public", "index.html")).read_text() == "one"
    Builds(data).begin(NOW)
    assert not killed.exists()
    assert (data.path("site", "public", "index.html")).read_text() == "one"


def test_a_folder_that_somebody_put_there_is_moved_aside_whole(data: DataFolder) -> None:
    data.path("site", "public").mkdir(parents=True)
    data.path("site", "public", "mine.html").write_text("mine")
    assert Builds(data).published() is None
    published(data, "one")
    assert data.path("site", "public").is_symlink()
    assert [path.read_text() for path in data.path("site").glob("public-before-*/mine.html")] == ["mine"]


def test_a_manifest_that_cannot_be_read_means_that_all_is_built_again(data: DataFolder) -> None:
    build = published(data, "one")
    build.with_name(f"{build.name}.json").write_text("{")
    assert Builds(data).published() is None
