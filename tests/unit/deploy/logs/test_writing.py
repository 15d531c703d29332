"""The log in files: by day, in parts, bounded, and never a reason to stop."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.logs.writing import LogFiles

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_day_has_a_file_and_old_days_go(tmp_path: Path) -> None:
    clock = Clock()
    files = LogFiles(tmp_path, keep_days=2, max_mb=1, clock=clock)
    for _ in range(4):
        files.write("{}")
        clock.now += timedelta(days=1)
    assert names(tmp_path) == ["2026-11-24-001.jsonl", "2026-11-25-001.jsonl"]


def test_a_long_day_is_cut_into_parts_and_all_together_stay_within_the_limit(tmp_path: Path) -> None:
    files = LogFiles(tmp_path, keep_days=9, max_mb=0.01, clock=Clock())
    for number in range(2_000):
        files.write(f'{{"number": {number}}}')
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 0.01 * 1024**2
    newest = sorted(tmp_path.iterdir())[-1]
    assert newest.read_text().splitlines()[-1] == '{"number": 1999}'


def test_a_new_start_goes_on_in_the_same_file_behind_a_torn_line(tmp_path: Path) -> None:
    first = LogFiles(tmp_path, keep_days=2, max_mb=1, clock=Clock())
    first.write('{"a": 1}')
    first.close()
    path = tmp_path / "2026-11-22-001.jsonl"
    path.write_text(path.read_text() + '{"tor')
    LogFiles(tmp_path, keep_days=2, max_mb=1, clock=Clock()).write('{"b": 2}')
    assert path.read_text().splitlines() == ['{"a": 1}', '{"tor', '{"b": 2}']


def test_what_cannot_be_written_is_left_out_without_a_word_until_it_can(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.write_text("a file where the folder should be")
    files = LogFiles(folder, keep_days=2, max_mb=1, clock=Clock())
    files.write("{}")
    folder.unlink()
    files.write('{"after": 1}')
    assert (folder / "2026-11-22-001.jsonl").read_text() == '{"after": 1}\n'


def test_with_zero_days_nothing_is_kept(tmp_path: Path) -> None:
    LogFiles(tmp_path, keep_days=0, max_mb=1, clock=Clock()).write("{}")
    assert names(tmp_path) == []
