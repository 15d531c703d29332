"""Records of harvests: in order, and a spoilt one hides no other."""

from datetime import UTC, datetime

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def test_runs_come_back_in_order(data: DataFolder) -> None:
    store = RunStore(data)
    for name in ("20261106T120000", "20261105T120000"):
        store.put(HarvestRun(run_id=name, started_at=NOON, new_ids=("2410.12850",)))
    assert [run.run_id for run in store.all()] == ["20261105T120000", "20261106T120000"]
    latest = store.latest()
    assert latest is not None
    assert latest.size == 1


def test_a_spoilt_record_of_a_run_hides_no_other(data: DataFolder, caplog: pytest.LogCaptureFixture) -> None:
    runs = RunStore(data)
    runs.put(HarvestRun(run_id="20261105T120000", started_at=NOON))
    data.write_bytes(data.path("state", "fetcher", "runs", "20261106T120000.json"), b'{"run_id": \xff')
    assert [run.run_id for run in runs.all()] == ["20261105T120000"]
    assert runs.get("20261106T120000") is None
    assert "20261106T120000.json cannot be read" in caplog.text
