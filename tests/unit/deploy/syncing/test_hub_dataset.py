"""The dataset at Hugging Face: one commit a sync, with what changed alone, over nothing that others wrote."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.syncing.destination import Synced, sync
from deploy.syncing.hub_dataset import HubDataset
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.vectors.writer import VectorWriter
from tests.support.outside.hub_dataset import TOKEN, DatasetServer, dataset_server
from tests.support.papers.vectors import RECIPE, embedded

A, B = "metadata/2026-10.csv", "metadata/2026-11.csv"
VECTORS = {"embeddings/tiny/2026.parquet", "embeddings/tiny/manifest.json"}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[DatasetServer]:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    with dataset_server() as server:
        yield server


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    data = DataFolder(tmp_path / "data", min_free_mb=0)
    for name in (A, B):
        data.write_text(data.path(name), f"paper_id\n{name}\n")
    VectorWriter(data, "tiny", RECIPE).put(embedded(["2611.00001"]))
    return data


def synced(data: DataFolder, hub: DatasetServer, token: str = TOKEN, *, dry_run: bool = False) -> Synced:
    return sync(data, HubDataset("me/papers", token, hub.address), with_ratings=False, dry_run=dry_run)


def test_a_sync_is_one_commit_with_what_changed_alone(data: DataFolder, hub: DatasetServer) -> None:
    assert set(synced(data, hub, dry_run=True).plan.put) == {A, B, *VECTORS}
    assert not hub.exists
    synced(data, hub)
    assert hub.is_private
    assert hub.files["embeddings/tiny/2026.parquet"] == data.path("embeddings", "tiny", "2026.parquet").read_bytes()
    synced(data, hub)
    data.write_text(data.path(A), "changed\n")
    data.path(B).unlink()
    synced(data, hub)
    assert list(map(set, hub.commits)) == [{A, B, *VECTORS}, {A, B}]
    assert set(hub.files) == {A, *VECTORS}


def test_what_others_wrote_stays(data: DataFolder, hub: DatasetServer) -> None:
    synced(data, hub)
    hub.files |= {A: b"theirs", "README.md": b"theirs"}
    data.write_text(data.path(A), "ours\n")
    assert synced(data, hub).plan.conflicts == (A,)
    assert (hub.files[A], hub.files["README.md"], len(hub.commits)) == (b"theirs", b"theirs", 1)


@pytest.mark.parametrize(
    ("status", "says"),
    [(412, "Somebody else wrote"), (403, "refuses the token"), (500, "busy or away"), (400, "refuses to")],
)
def test_a_commit_that_failed_changes_nothing_and_the_next_one_goes_on(
    status: int, says: str, data: DataFolder, hub: DatasetServer
) -> None:
    hub.failures = [status] * (1 if status < 500 else 9)
    with pytest.raises(PapersysError, match=says) as caught:
        synced(data, hub)
    assert TOKEN not in str(caught.value)
    hub.failures = []
    synced(data, hub)
    assert len(hub.commits) == 1


def test_a_wrong_token_and_a_hub_that_is_away_are_said(data: DataFolder, hub: DatasetServer) -> None:
    with pytest.raises(PapersysError, match="refuses the token"):
        synced(data, hub, "wrong")
    hub.port = 1
    with pytest.raises(PapersysError, match="cannot be reached"):
        synced(data, hub)
