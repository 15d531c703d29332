"""Who needs a first selection, and from which papers."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from services.ranker.selection.newcomers import Newcomers
from shared.store.files.data_folder import DataFolder
from shared.store.selections import Candidate, SelectionStore

DAY = date(2026, 11, 2)


def selected(store: SelectionStore, day: date, *paper_ids: str, user: str = "me", rank: int | None = 1) -> None:
    made_at = datetime(2026, 11, 2, tzinfo=UTC)
    store.of(user).write(
        day,
        f"run of {day}",
        [
            Candidate(
                paper_id=name, user=user, day=day, run_id=f"run of {day}", rank=rank, outcome="picked", made_at=made_at
            )
            for name in paper_ids
        ],
    )


def test_nobody_is_welcomed_before_the_owner_has_a_day(tmp_path: Path) -> None:
    store = SelectionStore(DataFolder(tmp_path, 0))
    newcomers = Newcomers(store, lambda: ("me", "anna"))
    assert newcomers.unwelcomed() == []
    assert newcomers.first_papers() is None
    selected(store, DAY, "2611.00001")
    assert newcomers.unwelcomed() == ["anna"]
    newcomers.mark_welcomed("anna")
    assert newcomers.unwelcomed() == []


def test_who_has_a_selection_already_needs_no_first_one(tmp_path: Path) -> None:
    store = SelectionStore(DataFolder(tmp_path, 0))
    selected(store, DAY, "2611.00001")
    selected(store, DAY, "2611.00002", user="anna")
    assert Newcomers(store, lambda: ("me", "anna")).unwelcomed() == []


def test_the_first_papers_are_those_of_the_newest_day_with_a_selection_by_score(tmp_path: Path) -> None:
    store = SelectionStore(DataFolder(tmp_path, 0))
    selected(store, DAY, "2611.00001", "2611.00002")
    selected(store, DAY + timedelta(days=1), "2611.00003", rank=None)
    first = Newcomers(store, lambda: ("me",)).first_papers()
    assert first == (DAY, f"run of {DAY}", ["2611.00001", "2611.00002"])
