"""The backlog of papers without vectors."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.vectors.backlog import Backlog, Missing

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def backlog(tmp_path: Path) -> Backlog:
    return Backlog(DataFolder(tmp_path, min_free_mb=0))


def test_rows_come_back_newest_paper_first_and_by_model(backlog: Backlog) -> None:
    old = Missing("hep-th/9901001", "no_year_file", NOON, "minilm", "scan")
    new = Missing("2401.00010", "failed", NOON, "minilm", "event", 2, "the text is empty")
    other = Missing("2401.00010", "not_embedded", NOON, "large", "scan")
    backlog.put([old, new, other])
    assert backlog.all("minilm") == [new, old]
    assert len(backlog.all()) == 3


def test_a_paper_queued_again_keeps_its_place_in_time_and_takes_the_new_reason(backlog: Backlog) -> None:
    backlog.put([Missing("2401.00010", "not_embedded", NOON, "minilm", "scan")])
    backlog.put([Missing("2401.00010", "failed", NOON + timedelta(hours=1), "minilm", "event", 1, "no")])
    (row,) = backlog.all()
    assert (row.missing_reason, row.queued_at, row.attempts, row.detail) == ("failed", NOON, 1, "no")


def test_what_is_removed_is_gone_for_its_model_only(backlog: Backlog) -> None:
    backlog.put([Missing("2401.00010", "not_embedded", NOON, alias, "scan") for alias in ("minilm", "large")])
    backlog.remove("minilm", ["2401.00010", "2401.99999"])
    assert [row.model_alias for row in backlog.all()] == ["large"]


def test_the_file_has_the_columns_that_were_promised(backlog: Backlog, tmp_path: Path) -> None:
    backlog.put([Missing("2401.00010", "not_embedded", NOON, "minilm", "scan")])
    table = pq.read_table(tmp_path / "embeddings" / "backlog.parquet")
    promised = ["paper_id", "year", "missing_reason", "queued_at", "model_alias", "origin", "attempts"]
    assert table.column_names[:7] == promised
    assert table.column("year").to_pylist() == [2024]


def test_a_damaged_file_is_an_error_that_says_what_to_do(backlog: Backlog, tmp_path: Path) -> None:
    (tmp_path / "embeddings").mkdir()
    (tmp_path / "embeddings" / "backlog.parquet").write_bytes(b"rubbish")
    with pytest.raises(PapersysError, match="remove it"):
        backlog.all()
