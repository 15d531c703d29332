"""What counts as a difference between two data folders."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.folders.folder_comparison import differences

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


def compared(folder: Path, name: str, one: str, other: str) -> list[str]:
    for side, text in (("one", one), ("other", other)):
        path = folder / side / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return differences(folder / "one", folder / "other", BEGAN)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ('{"score": 0.961972}', '{"score": 0.961973}', True),
        ('{"score": 0.961972}', '{"score": 0.961992}', False),
        ('{"id": "2610.00385"}', '{"id": "2610.00386"}', False),
        ('{"at": "2026-11-02T10:00:00Z"}', '{"at": "2026-11-03T11:00:00Z"}', True),
        ('{"at": "2026-10-02T10:00:00Z"}', '{"at": "2026-10-03T11:00:00Z"}', False),
        ('{"rank": 1}', '{"rank": 2}', False),
        ('{"rank": 1}', '{"rank": 1}\n{"rank": 0.5}', False),
    ],
)
def test_times_of_the_run_and_rounding_are_no_difference(tmp_path: Path, one: str, other: str, is_same: bool) -> None:
    assert (compared(tmp_path, "selections/day.jsonl", one, other) == []) is is_same


def test_events_of_a_harvest_may_arrive_in_any_order(tmp_path: Path) -> None:
    first, last = '{"arrived": ["a"]}\n', '{"arrived": ["b"], "run_size": 2}\n'
    name = "state/ranker/arrivals/run.jsonl"
    swapped = '{"arrived": ["b"]}\n{"arrived": ["a"], "run_size": 2}\n'
    assert compared(tmp_path, name, first + last, swapped) == []
    assert len(compared(tmp_path, name, first + last, first)) == 1
