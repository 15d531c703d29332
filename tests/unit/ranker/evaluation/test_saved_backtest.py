"""The saved backtest: used under its key only, and computed again where a file of before lies."""

import json
from pathlib import Path

from services.ranker.evaluation.backtest import Backtest, Metrics
from services.ranker.evaluation.saved_backtest import SavedBacktest
from shared.store.files.data_folder import DataFolder

BACKTEST = Backtest([Metrics("papersys", 0.9, 0.8, 0.1)], 12, 0.25, [(12, 0.1, 0.25)])


def test_a_backtest_is_found_under_its_key_only(tmp_path: Path) -> None:
    saved = SavedBacktest(DataFolder(tmp_path, 0), "me")
    saved.put("key", BACKTEST)
    assert saved.get("key") == BACKTEST
    assert saved.get("another key") is None


def test_a_replay_of_before_is_not_read_and_goes_when_a_backtest_is_saved(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "ranker" / "me"
    folder.mkdir(parents=True)
    (folder / "replay.json").write_text(json.dumps({"key": "key", "replay": {}}))
    saved = SavedBacktest(DataFolder(tmp_path, 0), "me")
    assert saved.get("key") is None
    saved.put("key", BACKTEST)
    assert [path.name for path in folder.iterdir()] == ["backtest.json"]


def test_a_damaged_file_counts_as_none(tmp_path: Path) -> None:
    saved = SavedBacktest(DataFolder(tmp_path, 0), "me")
    saved.put("key", BACKTEST)
    (tmp_path / "state" / "ranker" / "me" / "backtest.json").write_text('{"key": "key", "backtest": {}}')
    assert saved.get("key") is None
