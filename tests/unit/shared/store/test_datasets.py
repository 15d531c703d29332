"""Selections: what goes in comes back."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.selections import Candidate, SelectionStore

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path, min_free_mb=0)


def test_every_candidate_of_a_selection_comes_back_by_rank(data: DataFolder) -> None:
    store = SelectionStore(data)
    day = date(2026, 11, 6)
    facts = {"day": day, "run_id": "r1", "made_at": NOON}
    best = Candidate(
        paper_id="2410.12850", score=0.9, rank=1, outcome="picked", slot="top", reasons=("a", "b"), **facts
    )
    late = Candidate(paper_id="2410.00001", outcome="withdrawn", **facts)
    store.write(day, "r1", [late, best])
    assert store.day(day) == [best, late]
    assert store.days() == [day]
    assert store.outcomes("2410.00001") == [late]
    assert store.selected_ids() == {"2410.12850", "2410.00001"}
