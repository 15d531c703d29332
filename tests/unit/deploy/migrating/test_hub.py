"""A dataset at Hugging Face as a source, against a stand-in for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.migrating.hub import HubSource
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.embeddings import VectorStore
from tests.support.folders.older_system import move_in, row, vector, write_table
from tests.support.outside.dataset_hub import COMMIT, DatasetHub, dataset_hub

NAME = "someone/papers"


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data", 0)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatasetHub]:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    tables = {year: write_table(tmp_path / f"{year}.parquet", _rows(year)) for year in (2023, 2024)}
    files = {f"{year}.parquet": path.read_bytes() for year, path in tables.items()}
    files |= {"README.md": b"# Papers", ".gitattributes": b"x", "likes.csv": b"id,preference\n2401.00001,like\n"}
    with dataset_hub(NAME, files) as server:
        yield server


def _rows(year: int) -> list[dict[str, object]]:
    return [row(f"{year % 100}01.{number:05}", jasper_v1=vector(number, 8)) for number in range(1, 4)]


def source(hub: DatasetHub, data: DataFolder, waits: tuple[float, ...] = (0.0, 0.0)) -> HubSource:
    return HubSource(NAME, "main", data, hub.url, waits)


def test_a_dataset_is_taken_at_one_commit_and_tables_are_removed_when_they_are_taken(
    hub: DatasetHub, data: DataFolder
) -> None:
    manifest = move_in(data, source(hub, data))
    assert manifest.revision == COMMIT
    assert manifest.source == f"hf:{NAME}"
    assert MetadataStore(data).count() == VectorStore(data, "jasper_v1").count() == 6
    assert [entry.name for entry in manifest.files] == ["2023.parquet", "2024.parquet", "README.md", "likes.csv"]
    assert manifest.ratings is not None
    assert manifest.ratings.likes == 1
    assert not data.path("cache", "migrating").exists() or not any(data.path("cache", "migrating").iterdir())


def test_the_token_goes_to_the_hub_and_never_to_where_it_redirects(hub: DatasetHub, data: DataFolder) -> None:
    move_in(data, source(hub, data))
    assert set(hub.tokens) == {"Bearer hf_secret"}
    assert set(hub.storage_tokens) == {""}
    stored = b"".join(path.read_bytes() for path in data.root.rglob("*") if path.is_file())
    assert b"hf_secret" not in stored


def test_a_second_run_fetches_no_table_again(hub: DatasetHub, data: DataFolder) -> None:
    move_in(data, source(hub, data))
    hub.asked.clear()
    move_in(data, source(hub, data))
    assert not [name for name in hub.transfers() if name.endswith(".parquet")]


def test_a_busy_hub_is_asked_again(hub: DatasetHub, data: DataFolder) -> None:
    hub.refusals = [429]
    assert move_in(data, source(hub, data)).total("kept") > 0


def test_a_hub_that_stays_away_says_so(data: DataFolder) -> None:
    with pytest.raises(TemporaryFailure, match="cannot be reached"):
        HubSource(NAME, "main", data, "http://127.0.0.1:9", ())


def test_a_gated_dataset_says_what_to_do(hub: DatasetHub, data: DataFolder) -> None:
    hub.needs_token = "another"
    with pytest.raises(PapersysError, match="accept its terms on its page, and set HF_TOKEN"):
        source(hub, data)


def test_a_refused_token_says_what_to_do(hub: DatasetHub, data: DataFolder) -> None:
    hub.refusals = [403] * 9
    with pytest.raises(PapersysError, match="set HF_TOKEN to a token that may read it"):
        source(hub, data)


def test_a_name_that_is_no_dataset_is_refused(data: DataFolder) -> None:
    with pytest.raises(PapersysError, match="write hf:OWNER/NAME"):
        HubSource.of("papers", data)
