"""Fitted models on disk: what was written is what is read, also by an earlier papersys."""

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from services.ranker.learning.lexicon import Bag, bag_of, lexicon_of
from services.ranker.learning.taste import Taste
from services.ranker.models.arrays import OLD_NAMES
from services.ranker.models.files import ModelFiles
from shared.store.files.data_folder import DataFolder
from tests.unit.ranker.learning.test_taste import others, taste

BAGS: list[Bag] = [bag_of(f"graph survey{row} networks") for row in range(20)]


def fitted() -> Taste:
    ordinary = [bag_of(f"word{row} other{row % 7}") for row in range(60)]
    words = lexicon_of(
        [bag_of(f"graph networks {row}") for row in range(5)], [bag_of("survey of graphs")] * 3, ordinary
    )
    return replace(taste(30, 10), lexicon=words)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ModelFiles(DataFolder(tmp_path, 0)).save(fitted(), 1.0)
    return tmp_path / "state" / "ranker" / "me"


def load(folder: Path) -> Taste:
    found = ModelFiles(DataFolder(folder.parents[2], 0)).load("me", fitted().dimension)
    assert found is not None
    return found


def test_a_model_with_dislikes_scores_and_explains_as_before_it_was_written(folder: Path) -> None:
    known, found = fitted(), load(folder)
    assert found.contrast is not None
    assert (found.score(others(20), BAGS) == known.score(others(20), BAGS)).all()
    assert found.influences(others(1)[0]) == known.influences(others(1)[0])


def written_before_contrasts(folder: Path) -> None:
    """As papersys wrote models until dislikes were contrasted."""
    record = json.loads((folder / "model.json").read_text("utf-8"))
    with np.load(folder / record["arrays"], allow_pickle=False) as arrays:
        newer = ("contrast_", "lexicon_telling", "lexicon_slope", "lexicon_midpoint", "lexicon_usual_doubt")
        kept = {name: arrays[name] for name in arrays.files if not name.startswith(newer)}
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **kept)
    (folder / record["arrays"]).write_bytes(out.getvalue())
    record |= {"format": 2, "sha256": hashlib.sha256(out.getvalue()).hexdigest()}
    (folder / "model.json").write_text(json.dumps(record), "utf-8")


def test_a_model_whose_contrast_was_a_penalty_still_opens_and_scores(folder: Path) -> None:
    record = json.loads((folder / "model.json").read_text("utf-8"))
    with np.load(folder / record["arrays"], allow_pickle=False) as arrays:
        kept = {name.replace("usual_doubt", "usual"): arrays[name] for name in arrays.files}
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **kept)
    (folder / record["arrays"]).write_bytes(out.getvalue())
    record |= {"format": 3, "sha256": hashlib.sha256(out.getvalue()).hexdigest()}
    (folder / "model.json").write_text(json.dumps(record), "utf-8")
    found, known = load(folder).score(others(20), BAGS), fitted().score(others(20), BAGS)
    assert np.corrcoef(found, known)[0, 1] > 0.95


def test_a_model_from_before_contrasts_still_opens_and_scores(folder: Path) -> None:
    written_before_contrasts(folder)
    found = load(folder)
    assert found.contrast is None
    assert found.lexicon is not None
    assert not len(found.lexicon.telling)
    scores = found.score(others(20), BAGS)
    assert ((scores > 0) & (scores < 1)).all()
    assert len(found.influences(others(1)[0])) == 40


def renamed(path: Path, new_names: dict[str, str]) -> str:
    """Writes a file of arrays with the names that they had before; returns its new hash."""
    old_names = {new: old for old, new in new_names.items()}
    with np.load(path, allow_pickle=False) as arrays:
        kept = {old_names.get(name, name): arrays[name] for name in arrays.files}
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **kept)
    path.write_bytes(out.getvalue())
    return hashlib.sha256(out.getvalue()).hexdigest()


def test_a_model_with_the_names_of_old_still_opens_and_scores_the_same(folder: Path) -> None:
    expected = load(folder).score(others(20), BAGS)
    record = json.loads((folder / "model.json").read_text("utf-8"))
    record["sha256"] = renamed(folder / record["arrays"], OLD_NAMES)
    record["background_sha256"] = renamed(folder.parent / "backgrounds" / record["background"], OLD_NAMES)
    (folder / "model.json").write_text(json.dumps(record), "utf-8")
    with np.load(folder / record["arrays"], allow_pickle=False) as arrays:
        assert "regression_pulls" in arrays.files  # name of old
    assert (load(folder).score(others(20), BAGS) == expected).all()
