"""The site is built when a day is complete or has come to rest, once, and later again after a failure."""

import os
from pathlib import Path

import pytest

from services.publisher.records.records import Records
from services.publisher.site.building.build import Built, SiteBuilder
from services.publisher.site.building.builds import Builds, Manifest
from services.publisher.site.building.content_files import content_stamp
from services.publisher.site.daily_build import DailyBuild
from services.publisher.site.markdown_files import Site
from services.publisher.site.settings import GiscusSettings, SiteSettings
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import SummaryStore
from tests.support.folders.seed import GRAPHS, NOON, UNREAD, seed, summary

WRITTEN = NOON.timestamp()
SETTINGS = SiteSettings(settle_minutes=10)


class FakeBuilder(SiteBuilder):
    """Publishes a folder with nothing in it but its manifest, or fails."""

    def __init__(self, data: DataFolder) -> None:
        super().__init__(data, SETTINGS, GiscusSettings(), "https://arxiv.org")
        self.data, self.built, self.problem = data, 0, ""

    def build(self) -> Built:
        if self.problem:
            raise PapersysError(self.problem)
        self.built += 1
        builds = Builds(self.data)
        content = content_stamp(self.data.path("site", "content"))
        builds.publish(builds.begin(NOON), Manifest(stamp="s", content=content, papers={}, built_at=NOON))
        return Built(builds.public, 0, 0, 0, (), 0.1)


class Clock:
    def __init__(self) -> None:
        self.seconds = WRITTEN

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """Of four picks of the newest day one has no summary yet."""
    data = seed(tmp_path)
    write(data, GRAPHS)
    return data


def write(data: DataFolder, paper_id: str) -> None:
    Site(data, Records(data, "minilm"), "https://arxiv.org").publish([paper_id])
    for path in data.path("site", "content").rglob("*.md"):
        os.utime(path, (WRITTEN, WRITTEN))


def daily(data: DataFolder) -> tuple[DailyBuild, FakeBuilder, Clock]:
    builder, clock = FakeBuilder(data), Clock()
    return DailyBuild(data, Records(data, "minilm"), SETTINGS, builder, clock=clock), builder, clock


def test_a_day_is_built_once_it_is_complete_and_then_no_more(data: DataFolder) -> None:
    build, builder, _ = daily(data)
    build.build_if_due()
    assert builder.built == 0
    SummaryStore(data).put(summary(UNREAD))
    write(data, UNREAD)
    build.build_if_due()
    build.build_if_due()
    assert builder.built == 1


def test_a_day_that_stays_incomplete_is_built_when_it_has_come_to_rest(data: DataFolder) -> None:
    build, builder, clock = daily(data)
    clock.seconds += 599
    build.build_if_due()
    assert builder.built == 0
    clock.seconds += 1
    build.build_if_due()
    assert builder.built == 1


def test_a_build_that_fails_is_tried_again_later_each_time(data: DataFolder) -> None:
    build, builder, clock = daily(data)
    clock.seconds += 3600
    builder.problem = "no space"
    build.build_if_due()
    builder.problem = ""
    build.build_if_due()
    assert builder.built == 0
    clock.seconds += 60
    build.build_if_due()
    assert builder.built == 1


def test_nothing_is_built_where_nothing_was_ever_written(tmp_path: Path) -> None:
    build, builder, clock = daily(DataFolder(tmp_path, 0))
    clock.seconds += 10**6
    build.build_if_due()
    assert builder.built == 0
