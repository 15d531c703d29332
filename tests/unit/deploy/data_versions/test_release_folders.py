"""The data folders of all releases open with today's code, and hold what plain csv and json find in their files."""

import csv
import json
import tarfile
from pathlib import Path

import pytest

from deploy.backup.soundness import problems_of
from deploy.data_versions.migrating import FolderMigration
from shared.settings.sections.backup import BackupSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.folder_version import LAYOUT, read_folder_version
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.results import ResultStore
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import RatingStore
from shared.store.research.chunks import ChunkStore
from shared.store.research.reading_list import ReadingListStore
from shared.store.research.traces import TraceStore
from shared.store.selections import SelectionStore
from shared.store.vectors.embeddings import VectorStore
from shared.version import papersys_version
from tests.support.folders.release_folder import FIXTURES, archive_of

ARCHIVES = sorted(FIXTURES.glob("data-folder-*.tar.xz"))


@pytest.fixture(params=ARCHIVES, ids=lambda path: path.name.removesuffix(".tar.xz"))
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> DataFolder:
    """A release's folder, opened by today's `papersys up`."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path / "data", filter="data")
    data = DataFolder(tmp_path / "data", 0)
    FolderMigration(data, BackupSettings(), lambda text: None).run()
    return data


def test_this_version_has_left_its_folder_for_later_ones() -> None:
    """Made by `python -m tests.support.folders.release_folder`, at the latest when the version is released."""
    assert archive_of(papersys_version()) in ARCHIVES


def test_it_is_sound_and_of_todays_layout(folder: DataFolder) -> None:
    version = read_folder_version(folder.root)
    assert version is not None
    assert version.layout == LAYOUT
    assert list(problems_of(folder)) == []


def test_every_dataset_holds_what_its_files_hold(folder: DataFolder) -> None:
    papers = {row["paper_id"] for row in _rows(folder, "metadata/*.csv")}
    assert len(papers) > 100
    assert {paper.paper_id for paper in MetadataStore(folder).all()} == papers
    vectors = VectorStore(folder, "minilm", cached=False).all()
    assert len(papers) - 10 < len(set(vectors.ids) & papers) == len(vectors.ids)
    ratings = _rows(folder, "preferences/events-*.csv")
    assert RatingStore(folder).count() == len({(row["event_id"], row["paper_id"]) for row in ratings}) > 0
    summaries = [
        line for path in sorted(folder.root.glob("summaries/*.jsonl")) for line in path.read_text().splitlines()
    ]
    assert set(SummaryStore(folder).ids()) == {json.loads(line)["paper_id"] for line in summaries} != set()
    store = SelectionStore(folder)
    picks = {pick.paper_id for day in store.days() for pick in store.day(day) if pick.outcome == "picked"}
    assert picks
    assert picks <= set(SummaryStore(folder).ids())


def test_what_was_asked_of_papers_is_there(folder: DataFolder) -> None:
    """Folders of before have none of it."""
    traces, lists = TraceStore(folder), ReadingListStore(folder)
    assert set(traces.ids()) == {path.stem for path in folder.root.glob("traces/*/*.jsonl")}
    assert all(traces.head(trace_id) is not None for trace_id in traces.ids())
    listed = {row["paper_id"] for row in _records(folder, "reading_list/*.jsonl")}
    assert {paper.paper_id for paper in lists.everybody()} == listed
    assert listed <= set(ChunkStore(folder).papers())
    assert ResultStore(folder).count() == len(_records(folder, "results/*.jsonl"))
    is_of_today = folder.root.joinpath("chunks").exists()
    assert [bool(traces.ids()), bool(listed), ResultStore(folder).count() > 0] == [is_of_today] * 3


def _rows(folder: DataFolder, pattern: str) -> list[dict[str, str]]:
    found = []
    for path in sorted(folder.root.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as lines:
            found += list(csv.DictReader(lines))
    return found


def _records(folder: DataFolder, pattern: str) -> list[dict[str, object]]:
    lines = [line for path in sorted(folder.root.glob(pattern)) for line in path.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]
