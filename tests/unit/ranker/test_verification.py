"""The ranker's look at what it derives, and how that is made again."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from services.ranker.verification import rebuild_search_index, remove_unusable, verify_ranker
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from tests.support.folders.sound_folder import commands_on, sound_folder


def found(data: DataFolder) -> list[tuple[str, str, str]]:
    with commands_on(data):
        return [(finding.severity, finding.where, finding.repair) for finding in verify_ranker(deep=True)]


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    data = sound_folder(tmp_path)
    with commands_on(data):
        assert rebuild_search_index() == "The search index knows 3 papers."
    assert found(data) == []
    return data


def test_a_search_index_that_is_gone_is_made_anew(data: DataFolder) -> None:
    shutil.rmtree(data.path("state", "search"))
    assert found(data) == [("gap", "state/search", "search-index")]
    with commands_on(data):
        rebuild_search_index()
    assert found(data) == []


def test_models_whose_arrays_are_gone_or_changed_are_removed(data: DataFolder) -> None:
    folder, backgrounds = data.path("state", "ranker", "me"), data.path("state", "ranker", "backgrounds")
    folder.mkdir(parents=True)
    backgrounds.mkdir()
    digest = hashlib.sha256(b"arrays").hexdigest()
    (folder / "model-1.npz").write_bytes(b"arrays")
    (backgrounds / "background-1.npz").write_bytes(b"arrays")
    record = {"arrays": "model-1.npz", "sha256": digest, "background": "background-1.npz", "background_sha256": digest}
    (folder / "model.json").write_text(json.dumps(record))
    assert found(data) == []
    (folder / "model-1.npz").write_bytes(b"arrayz")
    assert found(data) == [("gap", "state/ranker/me/model-1.npz", "ranker-files")]
    with commands_on(data):
        assert remove_unusable().startswith("1 derived file ")
    assert found(data) == [("gap", "state/ranker/me/model.json", "ranker-files")]
    (folder / "map.json").write_text("{")
    with commands_on(data):
        assert remove_unusable().startswith("2 derived files ")
    assert found(data) == []


def test_ratings_that_are_gone_are_missed_by_the_model_that_was_fitted_to_them(data: DataFolder) -> None:
    folder = data.path("state", "ranker", "ada")
    folder.mkdir(parents=True)
    names = {"likes": [rating.paper_id for rating in RatingStore(data).all("ada")], "dislikes": [], "seeds": ["walks"]}
    (folder / "model.json").write_text(json.dumps({"user": "ada", "names": names}))
    assert names["likes"]
    assert found(data) == []
    data.path("preferences", "events-2026.csv").unlink()
    assert found(data) == [("damage", "preferences", "")]
